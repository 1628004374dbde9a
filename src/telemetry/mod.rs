//! What a server tells of itself to those who watch over it: figures for Prometheus, and spans for OpenTelemetry.
//!
//! Whoever does something counts it in a measure of his own, [`Requests`] or [`Work`]; here they become one page.
//! Every server has its own, so several in one process do not count each other's. A measure is atomics: counting
//! takes no lock and allocates nothing once a series is there.
//!
//! Invariant: the values of labels come from the services' models and from our own enums, never from a request, so
//! no client can make the number of series grow.

mod live;
mod requests;
#[cfg(test)]
mod tests;
pub mod trace;
mod work;

use prometheus::core::Collector;
use prometheus::{Registry, TextEncoder};

pub use live::Live;
pub use requests::Requests;
pub use work::{Carried, Kind, Work};

/// The target of every span, by which spans are told from the lines of the log.
pub const SPANS: &str = "sagebrush::spans";

/// The content type of [`page`].
pub use prometheus::TEXT_FORMAT;

/// Durations of requests and statements: from what a read from memory takes to the minute that a model may take.
const SECONDS: [f64; 16] = [
    0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0,
    60.0,
];

/// Everything that is measured, in Prometheus' text format 0.0.4.
pub fn page(requests: &Requests, work: &Work, live: &Live) -> Result<String, prometheus::Error> {
    let registry = Registry::new();
    let measures = requests.measures().into_iter().chain(work.measures()).chain(live.measures());
    for measure in measures {
        registry.register(measure)?;
    }
    TextEncoder::new().encode_to_string(&registry.gather())
}

/// A measure as a registry takes it; clones are the same measure.
type Measure = Box<dyn Collector>;
