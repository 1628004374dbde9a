//! What a fleet was used for in one span, and the invocation metrics that come of it.
//! See <https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html>.
//!
//! Counts are whole numbers until they become datapoints, so that sums are exact to the last request.

use super::datapoint::Datapoint;
use super::invoked::{INVOCATIONS, Invoked, Runs, Tracked, no_capacity};
use super::metric::{Metric, Series};
use crate::clock::Timestamp;

/// How much time a datapoint of a high-resolution metric covers.
pub const SLOT_MS: i64 = 10_000;

/// One request, as its metrics see it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Request {
    /// When it arrived.
    pub at: Timestamp,
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
    /// In the order of their time.
    slots: Vec<Slot>,
}

/// What high-resolution metrics see of [`SLOT_MS`].
#[derive(Clone, Copy, Debug, PartialEq)]
struct Slot {
    at: Timestamp,
    /// For how long an instance worked on requests, if all did alike, microseconds.
    busy_us: f64,
    /// Requests for which there was no copy.
    refused: u64,
}

impl Usage {
    /// Counts a request to an inference component that has no copy.
    pub fn refuse(&mut self, at: Timestamp) {
        self.slot(at).refused += 1;
    }

    fn slot(&mut self, at: Timestamp) -> &mut Slot {
        let at = at.plus_ms(-at.0.rem_euclid(SLOT_MS));
        let place = match self.slots.last() {
            Some(last) if last.at == at => self.slots.len() - 1,
            _ => self.slots.binary_search_by_key(&at, |slot| slot.at).unwrap_or_else(|place| {
                self.slots.insert(place, Slot { at, busy_us: 0.0, refused: 0 });
                place
            }),
        };
        &mut self.slots[place]
    }

    /// Counts a request.
    pub fn add(&mut self, request: &Request) {
        self.requests += 1;
        self.client_errors += u64::from((400..500).contains(&request.status));
        self.server_errors += u64::from(request.status >= 500 || request.status == 0);
        self.model_errors += u64::from(!(200..300).contains(&request.status));
        let instances = request.instances.max(1) as f64;
        self.per_instance += 1.0 / instances;
        self.slot(request.at).busy_us += request.latency_us as f64 / instances;
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
        for theirs in &other.slots {
            let mine = self.slot(theirs.at);
            mine.busy_us += theirs.busy_us;
            mine.refused += theirs.refused;
        }
        for (mine, theirs) in [(&mut self.latency, &other.latency), (&mut self.overhead, &other.overhead)] {
            match (mine.as_mut(), theirs) {
                (Some(mine), Some(theirs)) => mine.merge(theirs),
                (None, Some(_)) => mine.clone_from(theirs),
                (_, None) => {}
            }
        }
    }

    /// The datapoints of high-resolution metrics, with the instants at which their [`SLOT_MS`] begin: how many requests were
    /// worked on at once, and for how many there was no copy.
    pub fn slots(&self, who: &Invoked) -> Vec<(Timestamp, Series, Datapoint)> {
        let series = |metric| Series { metric, unit: "None".to_owned() };
        let subject = who.subject();
        let mut points = Vec::new();
        for Slot { at, busy_us, refused } in &self.slots {
            if *busy_us > 0.0 {
                let at_once = Datapoint::of(busy_us / (SLOT_MS as f64 * 1_000.0), 1.0);
                points.push((*at, series(Tracked::Concurrency.metric(subject)), at_once));
            }
            if *refused > 0 {
                points.push((*at, series(no_capacity(subject)), Datapoint::of(1.0, *refused as f64)));
            }
        }
        points
    }

    /// The datapoints that are published of it, each under the variant's dimensions and once more with those
    /// of its config, or of the inference component: what is divided by copies is only published of that.
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
        let is_component = matches!(who.runs, Runs::Component(_));
        let constant = |value: f64| Datapoint::of(value, requests);
        let metrics = [
            ("Invocations", "None", Some(constant(1.0))),
            ("Invocation4XXErrors", "None", Some(errors(self.client_errors))),
            ("Invocation5XXErrors", "None", Some(errors(self.server_errors))),
            ("InvocationModelErrors", "None", Some(errors(self.model_errors))),
            (Tracked::Invocations.name(who.subject()), "None", Some(constant(self.per_instance / requests))),
            ("ModelLatency", "Microseconds", self.latency.clone()),
            ("OverheadLatency", "Microseconds", self.overhead.clone()),
        ];
        let published =
            metrics.into_iter().filter_map(|(name, unit, datapoint)| Some((name, unit, datapoint?)));
        let mut datapoints = Vec::new();
        for (name, unit, datapoint) in published {
            let per_copy = name == Tracked::Invocations.name(who.subject()) && is_component;
            let dimensions = who.dimensions().into_iter().skip(usize::from(per_copy));
            datapoints.extend(dimensions.map(|dimensions| {
                let metric = Metric { namespace: INVOCATIONS.to_owned(), name: name.to_owned(), dimensions };
                (Series { metric, unit: unit.to_owned() }, datapoint.clone())
            }));
        }
        datapoints
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
        Invoked { endpoint, variant, runs: Runs::Config(config) }
    }

    fn usage(statuses: &[u16]) -> Usage {
        let mut usage = Usage::default();
        for (status, latency_us) in statuses.iter().zip(1..) {
            let at = Timestamp(latency_us * 4_000);
            usage.add(&Request { at, status: *status, latency_us, overhead_us: 1_000, instances: 4 });
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

    #[test]
    fn how_many_requests_were_worked_on_at_once_follows_from_how_long_they_took() {
        let mut usage = Usage::default();
        for (at, latency_us) in [(1_000, 4_000_000), (9_999, 6_000_000), (10_000, 30_000_000), (2_000, 0)] {
            let at = Timestamp(at);
            usage.add(&Request { at, status: 200, latency_us, overhead_us: 0, instances: 2 });
        }
        let (who, mut other) = (who(), Usage::default());
        other.add(&Request {
            at: Timestamp(0),
            status: 200,
            latency_us: 10_000_000,
            overhead_us: 0,
            instances: 1,
        });
        usage.merge(&other);
        let seen: Vec<_> = usage
            .slots(&who)
            .iter()
            .map(|(at, series, point)| (at.0, series.metric.name.clone(), point.sum))
            .collect();
        let name = || "ConcurrentRequestsPerModel".to_owned();
        assert_eq!(seen, [(0, name(), 1.5), (10_000, name(), 1.5)]);
    }

    #[test]
    fn of_a_component_requests_are_divided_by_its_copies_and_those_without_a_copy_are_told() {
        let (mut usage, mut who) = (usage(&[200, 500]), who());
        who.runs = Runs::Component("llm".to_owned());
        usage.refuse(Timestamp(20_000));
        usage.refuse(Timestamp(20_001));
        let datapoints = usage.datapoints(&who);
        let of = |name: &str| {
            let of_it = datapoints.iter().filter(|(series, _)| series.metric.name == name);
            of_it.map(|(series, _)| series.metric.dimensions.clone()).collect::<Vec<_>>()
        };
        assert_eq!(of("InvocationsPerInstance"), []);
        assert_eq!(of("InvocationsPerCopy"), [who.subject().dimensions()]);
        assert_eq!(of("Invocations"), who.dimensions());
        let slots = usage.slots(&who);
        let (at, series, refused) = slots.last().expect("somebody was refused");
        assert_eq!((at.0, series.metric.name.as_str()), (20_000, "NoCapacityInvocationFailures"));
        assert_eq!((refused.count, refused.sum), (2.0, 2.0));
    }
}
