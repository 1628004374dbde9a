//! Simulated instances: what a container's environment says about them, what becomes of a launch, which of
//! them takes a request and what the request costs.
//!
//! Everything here is a pure function. The fate of a launch is decided once, at the launch, and handed to
//! the core as instants. A request is picked and served by arithmetic over (route, time, chance); the same
//! path serves a client's request and a synthetic one. The core knows no environment and no requests; this
//! room knows endpoints only to find the way to their instances, and keeps nothing.

mod arrivals;
pub mod behaviour;
mod chance;
mod exact;
mod launch;
mod load;
mod route;
mod serve;
mod synthetic;
mod target;

pub use arrivals::{Arrivals, arrivals};
pub use chance::{Chance, stream_of};
pub use launch::launch;
pub use load::Load;
pub use route::{NotRouted, Route};
pub use serve::{OVERHEAD_US, Served, TIMED_OUT, TIMEOUT_US};
pub use synthetic::{Span, run};
pub use target::{Active, Target};
