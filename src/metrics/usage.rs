//! What a fleet was used for in one span, and the invocation metrics that come of it.
//! See <https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html>.
//!
//! Counts are whole numbers until they become datapoints, so that sums are exact to the last request.

use super::datapoint::Datapoint;
use super::metric::{Dimensions, Metric, Series};

/// The namespace of invocation metrics.
pub const INVOCATIONS: &str = "AWS/SageMaker";

/// The metric by which a variant is scaled.
pub const PER_INSTANCE: &str = "InvocationsPerInstance";

/// The metric by which this variant is scaled.
pub fn per_instance(endpoint: &str, variant: &str) -> Metric {
    Metric::new(INVOCATIONS, PER_INSTANCE, of_variant(endpoint, variant))
}

fn of_variant<'a>(endpoint: &'a str, variant: &'a str) -> [(&'static str, &'a str); 2] {
    [("EndpointName", endpoint), ("VariantName", variant)]
}

/// Who was invoked: the dimensions under which it is published.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Invoked {
    /// `EndpointName`.
    pub endpoint: String,
    /// `VariantName`.
    pub variant: String,
    /// `EndpointConfigName`.
    pub config: String,
}

/// One request, as its metrics see it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Request {
    /// What the model answered; 0 if it did not.
    pub status: u16,
    /// `ModelLatency`.
    pub latency_us: i64,
    /// `OverheadLatency`.
    pub overhead_us: i64,
    /// Instances that shared the traffic of the variant.
    pub instances: u64,
}

/// The requests of a span.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Usage {
    requests: u64,
    client_errors: u64,
    server_errors: u64,
    model_errors: u64,
    per_instance: f64,
    latency: Option<Datapoint>,
    overhead: Option<Datapoint>,
}

impl Usage {
    /// Counts a request.
    pub fn add(&mut self, request: &Request) {
        self.requests += 1;
        self.client_errors += u64::from((400..500).contains(&request.status));
        self.server_errors += u64::from(request.status >= 500 || request.status == 0);
        self.model_errors += u64::from(!(200..300).contains(&request.status));
        self.per_instance += 1.0 / request.instances.max(1) as f64;
        measure(&mut self.latency, request.latency_us as f64);
        measure(&mut self.overhead, request.overhead_us as f64);
    }

    /// How many there were.
    pub fn requests(&self) -> u64 {
        self.requests
    }

    /// Counts the requests of `other` too.
    pub fn merge(&mut self, other: &Self) {
        self.requests += other.requests;
        self.client_errors += other.client_errors;
        self.server_errors += other.server_errors;
        self.model_errors += other.model_errors;
        self.per_instance += other.per_instance;
        for (mine, theirs) in [(&mut self.latency, &other.latency), (&mut self.overhead, &other.overhead)] {
            match (mine.as_mut(), theirs) {
                (Some(mine), Some(theirs)) => mine.merge(theirs),
                (None, Some(_)) => mine.clone_from(theirs),
                (_, None) => {}
            }
        }
    }

    /// The datapoints that are published of it, each under the variant's dimensions and once more with those
    /// of its config.
    pub fn datapoints(&self, who: &Invoked) -> Vec<(Series, Datapoint)> {
        if self.requests == 0 {
            return Vec::new();
        }
        let requests = self.requests as f64;
        // One for each error, and zero for every request without one.
        let errors = |count: u64| {
            let count = count as f64;
            match (count > 0.0, count < requests) {
                (true, true) => {
                    let mut mixed = Datapoint::of(1.0, count);
                    mixed.add(0.0, requests - count);
                    mixed
                }
                (all, _) => Datapoint::of(f64::from(u8::from(all)), requests),
            }
        };
        let constant = |value: f64| Datapoint::of(value, requests);
        let metrics = [
            ("Invocations", "None", Some(constant(1.0))),
            ("Invocation4XXErrors", "None", Some(errors(self.client_errors))),
            ("Invocation5XXErrors", "None", Some(errors(self.server_errors))),
            ("InvocationModelErrors", "None", Some(errors(self.model_errors))),
            (PER_INSTANCE, "None", Some(constant(self.per_instance / requests))),
            ("ModelLatency", "Microseconds", self.latency.clone()),
            ("OverheadLatency", "Microseconds", self.overhead.clone()),
        ];
        let published =
            metrics.into_iter().filter_map(|(name, unit, datapoint)| Some((name, unit, datapoint?)));
        published
            .flat_map(|(name, unit, datapoint)| {
                who.dimensions().map(|dimensions| {
                    let (namespace, name) = (INVOCATIONS.to_owned(), name.to_owned());
                    let metric = Metric { namespace, name, dimensions };
                    (Series { metric, unit: unit.to_owned() }, datapoint.clone())
                })
            })
            .collect()
    }
}

impl Invoked {
    /// The dimension sets under which it is published: the variant's, and with it those of the config.
    pub fn dimensions(&self) -> [Dimensions; 2] {
        let variant = of_variant(&self.endpoint, &self.variant);
        let config = ("EndpointConfigName", self.config.as_str());
        [variant.into_iter().collect(), variant.into_iter().chain([config]).collect()]
    }
}

fn measure(into: &mut Option<Datapoint>, value: f64) {
    match into {
        Some(datapoint) => datapoint.add(value, 1.0),
        None => *into = Some(Datapoint::of(value, 1.0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::statistic::Statistic;

    fn who() -> Invoked {
        let [endpoint, variant, config] = ["e", "v", "c"].map(str::to_owned);
        Invoked { endpoint, variant, config }
    }

    fn usage(statuses: &[u16]) -> Usage {
        let mut usage = Usage::default();
        for (status, latency_us) in statuses.iter().zip(1..) {
            usage.add(&Request { status: *status, latency_us, overhead_us: 1_000, instances: 4 });
        }
        usage
    }

    /// A metric's datapoints, one for each set of dimensions.
    fn published(usage: &Usage, name: &str) -> Vec<(usize, Datapoint)> {
        let all = usage.datapoints(&who()).into_iter().filter(|(series, _)| series.metric.name == name);
        all.map(|(series, datapoint)| (series.metric.dimensions.iter().count(), datapoint)).collect()
    }

    #[test]
    fn every_request_is_one_sample_of_each_metric_under_both_sets_of_dimensions() {
        let usage = usage(&[200, 404, 500, 503, 0, 200, 200, 200]);
        for (name, sum) in [
            ("Invocations", 8.0),
            ("Invocation4XXErrors", 1.0),
            ("Invocation5XXErrors", 3.0),
            ("InvocationModelErrors", 4.0),
            ("InvocationsPerInstance", 2.0),
            ("ModelLatency", 36.0),
            ("OverheadLatency", 8_000.0),
        ] {
            let published = published(&usage, name);
            assert_eq!(
                published.iter().map(|(dimensions, _)| *dimensions).collect::<Vec<_>>(),
                [2, 3],
                "{name}"
            );
            for (_, datapoint) in published {
                assert_eq!((datapoint.count, datapoint.sum), (8.0, sum), "{name}");
            }
        }
        assert_eq!(usage.datapoints(&who()).len(), 14);
        assert!(Usage::default().datapoints(&who()).is_empty(), "nothing is published of nothing");
    }

    #[test]
    fn an_error_is_one_and_a_request_without_one_is_zero() {
        let average = |statuses: &[u16]| {
            let (_, errors) = published(&usage(statuses), "Invocation5XXErrors").swap_remove(0);
            (Statistic::Average.of(&errors), errors.min, errors.max)
        };
        assert_eq!(average(&[200, 200]), (Some(0.0), 0.0, 0.0));
        assert_eq!(average(&[500, 200, 200, 500]), (Some(0.5), 0.0, 1.0));
        assert_eq!(average(&[500, 503]), (Some(1.0), 1.0, 1.0));
    }

    #[test]
    fn what_two_replicas_counted_is_what_one_would_have() {
        let (mut one, other) = (usage(&[200, 500]), usage(&[404]));
        one.merge(&other);
        one.merge(&Usage::default());
        let mut none = Usage::default();
        none.merge(&one);
        assert_eq!((one.requests(), &none), (3, &one));
        let errors = published(&one, "InvocationModelErrors").swap_remove(0).1;
        assert_eq!((errors.count, errors.sum), (3.0, 2.0));
    }
}
