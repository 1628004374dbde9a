//! The arithmetic of policies, what comes of it, and when schedules are due.

mod decided;
mod scheduled;
mod steps;
mod tracked;
