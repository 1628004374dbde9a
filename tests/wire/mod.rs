//! The wire from outside: bytes in, bytes out, with a stub where the services would be.

mod captures;
mod cbor;
mod compressed;
mod door;
mod faults;
mod hanging_up;
mod hostile;
mod invocations;
mod messages;
mod recognition;
mod refused;
mod stub;
mod writing;
