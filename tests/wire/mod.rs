//! The wire from outside: bytes in, bytes out, with a stub where the services would be.

mod captures;
mod faults;
mod hanging_up;
mod hostile;
mod messages;
mod recognition;
mod refused;
mod stub;
mod writing;
