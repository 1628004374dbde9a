//! What requests are counted as: under whose dimensions, and with what; and the synthetic ones themselves.

use std::collections::{BTreeMap, BTreeSet};

use super::traffic::{Traffic, route};
use super::tuned::Tuned;
use crate::clock::Timestamp;
use crate::domain::component::{Host, name_of};
use crate::domain::endpoint::Endpoint;
use crate::domain::serving::Publish;
use crate::fleet::{OVERHEAD_US, Served, Span, Target, run};
use crate::metrics::invoked::{Invoked, Runs, Subject, Tracked, no_capacity};
use crate::metrics::usage::{Request, Usage};

/// Under which dimensions a target is counted.
pub(super) fn invoked(endpoint: &Endpoint, target: &Target) -> Invoked {
    component(endpoint).map_or_else(
        || Invoked {
            endpoint: endpoint.name.clone(),
            variant: target.variant.clone(),
            runs: Runs::Config(target.config_name.clone()),
        },
        |(_, who)| who,
    )
}

/// Where an inference component is hosted, and under which dimensions it is counted; none of an endpoint.
pub(super) fn component(endpoint: &Endpoint) -> Option<(&Host, Invoked)> {
    let (host, name) = endpoint.host.as_ref().zip(name_of(&endpoint.name))?;
    let (endpoint, variant) = (host.endpoint.clone(), host.variant.clone());
    Some((host, Invoked { endpoint, variant, runs: Runs::Component(name.to_owned()) }))
}

/// The keys of the high-resolution metrics of an endpoint's variants, or of an inference component.
pub(super) fn fine_metrics(endpoint: &Endpoint) -> Vec<String> {
    if let Some((_, who)) = component(endpoint) {
        let subject = who.subject();
        return vec![Tracked::Concurrency.metric(subject).key(), no_capacity(subject).key()];
    }
    let fleets = endpoint.fleets();
    let names: BTreeSet<_> =
        fleets.iter().flat_map(|fleet| &fleet.spec.variants).map(|variant| &variant.name).collect();
    let of = |name: &String| Tracked::Concurrency.metric(Subject::Variant(&endpoint.name, name)).key();
    names.into_iter().map(of).collect()
}

/// A request that arrived at `at` as its metrics see it.
pub(super) fn request(at: Timestamp, target: &Target, served: &Served) -> Request {
    Request {
        at,
        status: served.status,
        latency_us: served.latency_us,
        overhead_us: OVERHEAD_US,
        instances: target.variant_instances,
    }
}

type Spans = BTreeMap<(Invoked, i64, Timestamp), Usage>;

/// The synthetic requests up to `until`. Time alone changes a route when instances come up, so it is cut there.
pub(super) fn counted(
    endpoint: &Endpoint,
    tuned: &Tuned,
    traffic: &mut Traffic,
    until: Timestamp,
    seed: u64,
) -> Spans {
    let mut spans = Spans::new();
    while traffic.done < until {
        let from = traffic.done;
        let route = route(endpoint, tuned, from);
        let changes_at = route.as_ref().and_then(|route| route.changes_at);
        traffic.done = changes_at.filter(|at| *at > from).unwrap_or(until).min(until);
        // A request that names no component reaches no model.
        let Some(route) = route.filter(|route| !route.hosts_components()) else { continue };
        // Requests are many and targets few: what a target is called is said once for all of them.
        let mut of_targets: Vec<BTreeMap<Timestamp, Usage>> = vec![BTreeMap::new(); route.targets.len()];
        let add = |target: &Target, at: Timestamp, served: Served| {
            let span = at.plus_ms(-at.0.rem_euclid(target.publish.invocations_ms()));
            of_targets[target.place].entry(span).or_default().add(&request(at, target, &served));
        };
        let span = Span { since: traffic.since, from, until: traffic.done };
        let mut lost = Vec::new();
        run(&route, &traffic.demand, span, seed, &mut traffic.load, add, |at| lost.push(at));
        if let Some((_, who)) = component(endpoint) {
            for at in lost {
                let span_ms = Publish::default().invocations_ms();
                let span = at.plus_ms(-at.0.rem_euclid(span_ms));
                spans.entry((who.clone(), span_ms, span)).or_default().refuse(at);
            }
        }
        for (target, of_target) in route.targets.iter().zip(of_targets) {
            let (who, span_ms) = (invoked(endpoint, target), target.publish.invocations_ms());
            for (span, usage) in of_target {
                spans.entry((who.clone(), span_ms, span)).or_default().merge(&usage);
            }
        }
    }
    spans
}
