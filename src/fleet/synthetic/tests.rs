//! Stories of synthetic traffic.

use super::*;
use crate::domain::deployment::config::TrafficRoutingType;
use crate::domain::endpoint::Endpoint;
use crate::domain::endpoint::tests::{Life, at, blue_green, one, percent, spec, variant};
use crate::domain::serving::{Latency, Routing, Serving};
use crate::domain::tuning::Tuning;
use crate::domain::variant::{Health, Variant};

/// Config, millisecond and outcome of a request.
type Seen = (String, i64, Served);

/// Runs a demand that began at second 0 from `from` to `until`, milliseconds, in slices of `slice`.
fn run_in(endpoint: &Endpoint, demand: &Demand, (from, until): (i64, i64), slice: i64) -> Vec<Seen> {
    let (mut seen, mut load, mut begin) = (Vec::new(), Load::default(), from);
    while begin < until {
        let end = (begin + slice).min(until);
        let route = Route::of(endpoint, Timestamp(begin), |_| Tuning::default()).expect("it serves");
        assert!(route.changes_at.is_none_or(|next| next.0 >= end), "the route holds in the slice");
        let span = Span { since: Timestamp(0), from: Timestamp(begin), until: Timestamp(end) };
        let record = |target: &Target, arrival: Timestamp, served| {
            seen.push((target.config_name.clone(), arrival.0, served));
        };
        let mut lost = 0;
        run(&route, demand, span, 7, &mut load, record, |_| lost += 1);
        assert_eq!(lost, 0);
        begin = end;
    }
    seen
}

fn busy() -> Life {
    let serving = Serving {
        latency: Latency::LogNormal { p50_us: 30_000, p99_us: 200_000 },
        error_rate: 0.05,
        concurrency: Some(2),
        ..Serving::default()
    };
    let routing = Routing::LeastOutstandingRequests;
    let busy = Variant { serving, routing, ..variant("AllTraffic", 3, Health::Passing) };
    Life::serving(spec("old", vec![busy]))
}

#[test]
fn a_span_gives_the_same_whole_and_in_slices() {
    let life = busy();
    let endpoint = life.endpoint.as_ref().expect("it exists");
    let demand = Demand::constant(120.0);
    let whole = run_in(endpoint, &demand, (0, 60_000), 60_000);
    assert_eq!(whole.len(), 120 * 60);
    assert!(whole.iter().any(|(_, _, served)| !served.is_ok()));
    for slice in [1, 777, 10_000] {
        assert!(run_in(endpoint, &demand, (0, 60_000), slice) == whole, "in slices of {slice} ms");
    }
}

#[test]
fn every_request_of_a_canary_is_counted_once_and_on_the_side_of_its_instant() {
    let mut life = Life::serving(one("old", 10));
    let config = blue_green(TrafficRoutingType::Canary, Some(percent(20)), 100);
    life.update(one("new", 10), Some(config)).expect("a legal update");
    let demand = Demand::constant(100.0);
    let mut seen = Vec::new();
    // The fleet starts for 60 s, the canary has its part for 105 s, and then green has all.
    for (from, until, part) in [(0, 60, 0.0), (60, 165, 0.2), (165, 300, 1.0)] {
        life.run_to(from);
        let endpoint = life.endpoint.as_ref().expect("it exists");
        let ran = run_in(endpoint, &demand, (from * 1000, until * 1000), 1 << 40);
        let green = ran.iter().filter(|(config, ..)| config == "new").count() as f64;
        let (all, sigma) = (ran.len() as f64, (ran.len() as f64 * part * (1.0 - part)).sqrt());
        assert!((green - all * part).abs() <= 4.0 * sigma, "{green} of {all} on green from {from} on");
        seen.extend(ran);
    }
    assert_eq!(seen.len(), 300 * 100);
    assert!(seen.is_sorted_by_key(|(_, at_ms, _)| *at_ms));
}

#[test]
fn requests_that_find_no_instance_are_counted_and_not_recorded() {
    let life = Life::serving(one("old", 0));
    let route =
        Route::of(life.endpoint.as_ref().expect("it exists"), at(0), |_| Tuning::default()).expect("a route");
    let span = Span { since: at(0), from: at(0), until: at(10) };
    let (mut lost, nobody) = (0, |_: &Target, _, _| panic!("nobody serves"));
    run(&route, &Demand::constant(10.0), span, 7, &mut Load::default(), nobody, |_| lost += 1);
    assert_eq!(lost, 100);
}

#[test]
fn endpoints_and_seeds_have_luck_of_their_own() {
    let life = busy();
    let endpoint = life.endpoint.as_ref().expect("it exists");
    let outcomes = |name: &str, seed: u64| {
        let named = Endpoint { name: name.to_owned(), ..endpoint.clone() };
        let route = Route::of(&named, at(0), |_| Tuning::default()).expect("it serves");
        let span = Span { since: at(0), from: at(0), until: at(10) };
        let mut latencies = Vec::new();
        let record = |_: &Target, _, served: Served| latencies.push(served.latency_us);
        run(&route, &Demand::constant(50.0), span, seed, &mut Load::default(), record, |_| {});
        latencies
    };
    assert_eq!(outcomes("a", 1), outcomes("a", 1));
    assert_ne!(outcomes("a", 1), outcomes("b", 1));
    assert_ne!(outcomes("a", 1), outcomes("a", 2));
}
