//! Requests of the AWS API, by service, operation and code, and how long their answers took.
//!
//! A request finds its series by its operation's place in the model. A code takes the first free place of its
//! operation and is found there afterwards, so that counting takes no lock.

use std::sync::OnceLock;
use std::time::Duration;

use prometheus::{Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, Opts};

use super::{Measure, SECONDS};
use crate::schema::{Operation, Service, ServiceId};

/// What stands for the service and the operation of a request that names none of ours.
const UNKNOWN: &str = "unknown";

/// More codes than any operation answers with. What is beyond is counted as [`OTHER`].
const CODES: usize = 32;

/// The code of what has no place of its own.
const OTHER: &str = "other";

/// The requests of one server.
#[derive(Debug)]
pub struct Requests {
    total: IntCounterVec,
    seconds: HistogramVec,
    services: [OnceLock<Box<[OnceLock<Series>]>>; ServiceId::ALL.len()],
    unknown: OnceLock<Series>,
}

/// The series of one operation.
#[derive(Debug)]
struct Series {
    service: &'static str,
    operation: &'static str,
    seconds: Histogram,
    codes: [OnceLock<(String, IntCounter)>; CODES],
}

impl Default for Requests {
    fn default() -> Self {
        let total = Opts::new(
            "sagebrush_requests_total",
            "Requests of the AWS API by service, operation and code: 200, the code of the error that the service \
             answered with, or the HTTP status where the request was refused before it reached one.",
        );
        let seconds = HistogramOpts::new(
            "sagebrush_request_duration_seconds",
            "Real time from the headers of a request of the AWS API to its answer. An InvokeEndpoint spends the \
             latency of its simulated model in it.",
        );
        let labels = ["service", "operation"];
        Self {
            total: IntCounterVec::new(total, &["service", "operation", "code"]).expect("the names are legal"),
            seconds: HistogramVec::new(seconds.buckets(SECONDS.into()), &labels)
                .expect("the names are legal"),
            services: Default::default(),
            unknown: OnceLock::new(),
        }
    }
}

impl Requests {
    /// Counts an answer; `asked` is none where the request named no operation of a service.
    pub fn count(&self, asked: Option<(&Service, &Operation)>, code: &str, took: Duration) {
        let series =
            asked.map_or_else(|| self.unknown(), |(service, operation)| self.series(service, operation));
        series.seconds.observe(took.as_secs_f64());
        self.count_code(series, code);
    }

    pub(super) fn measures(&self) -> [Measure; 2] {
        [Box::new(self.total.clone()), Box::new(self.seconds.clone())]
    }

    fn unknown(&self) -> &Series {
        self.unknown.get_or_init(|| self.begin(UNKNOWN, UNKNOWN))
    }

    fn series(&self, service: &Service, operation: &Operation) -> &Series {
        let operations = service.operations();
        let Ok(place) = operations.binary_search_by(|one| one.name.cmp(operation.name)) else {
            return self.unknown();
        };
        let table = self.services[service.id as usize]
            .get_or_init(|| operations.iter().map(|_| OnceLock::new()).collect());
        table[place].get_or_init(|| self.begin(service.id.name(), operation.name))
    }

    fn begin(&self, service: &'static str, operation: &'static str) -> Series {
        let seconds = self.seconds.with_label_values(&[service, operation]);
        Series { service, operation, seconds, codes: Default::default() }
    }

    fn count_code(&self, series: &Series, code: &str) {
        let Series { service, operation, codes, .. } = series;
        let begin = |code: &str| self.total.with_label_values(&[*service, *operation, code]);
        for place in codes {
            let (known, counter) = place.get_or_init(|| (code.to_owned(), begin(code)));
            if known == code {
                return counter.inc();
            }
        }
        begin(OTHER).inc();
    }
}
