//! Stories of requests at instances.

use super::*;
use crate::clock::Timestamp;
use crate::domain::endpoint::tests::{Life, at, spec, variant};
use crate::domain::serving::{Response, Serving, Warmup};
use crate::domain::tuning::Tuning;
use crate::domain::variant::{Health, Variant};
use crate::fleet::Route;

const SECOND_US: i64 = 1_000_000;

/// The only target of an endpoint with so many instances, up at second 0, that serve so.
fn target(instances: u32, routing: Routing, serving: Serving) -> Target {
    let one = Variant { serving, routing, ..variant("AllTraffic", instances, Health::Passing) };
    let life = Life::serving(spec("config", vec![one]));
    let route = Route::of(life.endpoint.as_ref().expect("it exists"), at(0), |_| Tuning::default());
    route.expect("it serves").targets.swap_remove(0)
}

fn fixed(us: i64) -> Serving {
    Serving { latency: Latency::Fixed { us }, ..Serving::default() }
}

fn chance(n: u64) -> Chance {
    Chance::new(1, 2, n)
}

/// Latency and status of requests at these microseconds, one after another.
fn served(target: &Target, arrivals: &[i64]) -> Vec<(i64, u16)> {
    let mut load = Load::default();
    let serve = |(n, at_us): (u64, &i64)| {
        let served = target.serve(*at_us, &mut chance(n), &mut load);
        (served.latency_us, served.status)
    };
    (0..).zip(arrivals).map(serve).collect()
}

#[test]
fn a_plain_request_takes_its_three_milliseconds_and_leaves_no_trace() {
    let plain = target(2, Routing::Random, Serving { response: Response::Echo, ..Serving::default() });
    let mut load = Load::default();
    for n in 0..100 {
        let served = plain.serve(5, &mut chance(n), &mut load);
        assert_eq!((served.latency_us, served.status, served.is_ok()), (3_000, 200, true));
    }
    assert_eq!(load, Load::default());
}

#[test]
fn any_instance_may_take_a_request() {
    let four = target(4, Routing::Random, Serving::default());
    let mut counts = std::collections::BTreeMap::new();
    for n in 0..10_000 {
        *counts.entry(four.serve(0, &mut chance(n), &mut Load::default()).instance).or_insert(0i32) += 1;
    }
    // 4 sigma of 10,000 tries at a quarter is 173.
    assert!(counts.len() == 4 && counts.values().all(|count| (count - 2_500).abs() < 173), "{counts:?}");
}

#[test]
fn errors_come_at_their_rate_with_their_status_and_at_the_same_pace() {
    let latency = Latency::LogNormal { p50_us: 5_000, p99_us: 40_000 };
    let calm = Serving { latency, ..Serving::default() };
    let ill = Serving { error_rate: 0.1, error_status: 503, ..calm.clone() };
    let (calm, ill) = (target(1, Routing::Random, calm), target(1, Routing::Random, ill));
    let arrivals: Vec<i64> = (0..10_000).collect();
    let (calm, ill) = (served(&calm, &arrivals), served(&ill, &arrivals));
    assert!(calm.iter().all(|(_, status)| *status == 200));
    assert!(calm.iter().zip(&ill).all(|(calm, ill)| calm.0 == ill.0), "errors change no latency");
    let errors = ill.iter().filter(|(_, status)| *status == 503).count();
    // 4 sigma of 10,000 tries at a tenth is 120.
    assert!(errors.abs_diff(1_000) < 120, "{errors}");
    let always = Serving { error_rate: 1.0, ..fixed(1) };
    assert!(served(&target(1, Routing::Random, always), &arrivals).iter().all(|(_, status)| *status == 500));
}

#[test]
fn latencies_have_the_median_and_the_percentile_that_were_asked_for() {
    let latency = Latency::LogNormal { p50_us: 5_000, p99_us: 40_000 };
    let target = target(1, Routing::Random, Serving { latency, ..Serving::default() });
    let arrivals: Vec<i64> = (0..10_000).collect();
    let served = served(&target, &arrivals);
    let above = |us: i64| served.iter().filter(|(latency, _)| *latency > us).count();
    // 4 sigma of 10,000 tries at a half is 200, at a hundredth 40.
    assert!(above(5_000).abs_diff(5_000) < 200 && above(40_000).abs_diff(100) < 40);
    let even = Latency::LogNormal { p50_us: 7, p99_us: 7 };
    let even = Serving { latency: even, ..Serving::default() };
    assert_eq!(self::served(&self::target(1, Routing::Random, even), &[0, 1]), [(7, 200), (7, 200)]);
}

#[test]
fn luck_makes_the_same_latencies_for_ever() {
    let latency = Latency::LogNormal { p50_us: 5_000, p99_us: 40_000 };
    let target = target(1, Routing::Random, Serving { latency, ..Serving::default() });
    let told = served(&target, &[0; 6]).into_iter().map(|(latency_us, _)| latency_us);
    assert_eq!(told.collect::<Vec<_>>(), [5_255, 11_332, 22_695, 20_837, 2_981, 2_978]);
}

#[test]
fn a_young_instance_is_slower_and_warms_up_evenly() {
    let warmup = Some(Warmup { ms: 180_000, factor: 4.0 });
    let target = target(1, Routing::Random, Serving { warmup, ..fixed(1_000) });
    let table = [(0, 4_000), (60, 3_000), (90, 2_500), (179, 1_017), (180, 1_000), (9_999, 1_000)];
    for (secs, latency_us) in table {
        assert_eq!(served(&target, &[secs * SECOND_US]), [(latency_us, 200)], "at {secs}");
    }
}

#[test]
fn from_its_age_on_an_instance_fails_every_request() {
    let serving = Serving { fail_after_ms: Some(900_000), error_status: 502, ..fixed(1_000) };
    let target = target(1, Routing::Random, serving);
    let told = served(&target, &[0, 900 * SECOND_US - 1, 900 * SECOND_US, 9_999 * SECOND_US]);
    assert_eq!(told, [(1_000, 200), (1_000, 200), (1_000, 502), (1_000, 502)]);
}

#[test]
fn more_than_its_concurrency_wait_in_line() {
    let two = target(1, Routing::Random, Serving { concurrency: Some(2), ..fixed(1_000) });
    // Two begin at once; each pair waits for the pair before; what comes late finds a free place.
    let told = served(&two, &[0, 0, 0, 0, 0, 500, 2_500, 9_000]);
    let latencies: Vec<i64> = told.iter().map(|(latency, _)| *latency).collect();
    assert_eq!(latencies, [1_000, 1_000, 2_000, 2_000, 3_000, 2_500, 1_500, 1_000]);
    let unlimited = target(1, Routing::Random, fixed(1_000));
    assert!(served(&unlimited, &[0; 9]).iter().all(|told| *told == (1_000, 200)));
}

#[test]
fn a_minute_is_a_time_out_and_whoever_would_wait_one_is_not_taken() {
    let slow = target(1, Routing::Random, fixed(TIMEOUT_US));
    assert_eq!(served(&slow, &[0]), [(TIMEOUT_US, TIMED_OUT)]);
    let quick = target(1, Routing::Random, fixed(TIMEOUT_US - 1));
    assert_eq!(served(&quick, &[0]), [(TIMEOUT_US - 1, 200)]);
    // One at a time, 25 s each: the third is taken and times out on the way to its 75th second, the fourth
    // would begin there and is not taken. So the line ends at 75 s for whoever comes at 40 s or 41 s.
    let line = target(1, Routing::Random, Serving { concurrency: Some(1), ..fixed(25 * SECOND_US) });
    let told = served(&line, &[0, 0, 0, 0, 40 * SECOND_US]);
    assert_eq!(
        told,
        [
            (25 * SECOND_US, 200),
            (50 * SECOND_US, 200),
            (TIMEOUT_US, TIMED_OUT),
            (TIMEOUT_US, TIMED_OUT),
            (TIMEOUT_US, TIMED_OUT)
        ]
    );
    assert_eq!(served(&line, &[0, 0, 0, 0, 41 * SECOND_US])[4], (59 * SECOND_US, 200));
}

#[test]
fn the_instance_with_the_fewest_outstanding_requests_takes_the_next() {
    let least = target(5, Routing::LeastOutstandingRequests, fixed(1_000));
    let mut load = Load::default();
    let mut take = |at_us: i64| least.serve(at_us, &mut chance(at_us.cast_unsigned()), &mut load).instance;
    for round in 0..3 {
        let taken: std::collections::BTreeSet<u64> = (0..5).map(|n| take(round * 5 + n)).collect();
        assert_eq!(taken.len(), 5, "each of the five before any has one more");
    }
}

#[test]
fn least_outstanding_requests_keeps_lines_shorter_than_chance_does() {
    let line = |routing: Routing| {
        let target = target(10, routing, Serving { concurrency: Some(1), ..fixed(10_000) });
        let arrivals: Vec<i64> = (0..5_000).map(|n| n * 1_250).collect();
        served(&target, &arrivals).iter().map(|(latency, _)| latency - 10_000).sum::<i64>()
    };
    assert_eq!(line(Routing::LeastOutstandingRequests), 0, "eight of ten instances are busy");
    assert!(line(Routing::Random) > 0);
}

#[test]
fn a_load_is_kept_between_slices_and_stays_small() {
    let serving = Serving { concurrency: Some(1), ..fixed(400_000) };
    let huge = target(2_000_000_000, Routing::LeastOutstandingRequests, serving);
    let (mut whole, mut sliced) = (Load::default(), Load::default());
    for n in 0..20_000i64 {
        let serve = |load: &mut Load| huge.serve(n * 100, &mut chance(n.cast_unsigned()), load);
        assert_eq!(serve(&mut whole), serve(&mut sliced));
        if n % 5_000 == 0 {
            let text = serde_json::to_string(&sliced).unwrap();
            sliced = serde_json::from_str(&text).unwrap();
        }
    }
    let noted = serde_json::to_value(&whole).unwrap().as_object().expect("by instance").len();
    assert!((4_000..20_000).contains(&noted), "4,000 are in work, and others were forgotten: {noted}");
}

#[test]
fn a_clock_that_stands_still_does_not_fill_the_memory() {
    let least = target(3, Routing::LeastOutstandingRequests, fixed(1_000));
    let mut load = Load::default();
    for n in 0..300_000 {
        assert_eq!(least.serve(7, &mut chance(n), &mut load).latency_us, 1_000);
    }
    let noted = serde_json::to_value(&load).unwrap();
    let noted: usize =
        noted.as_object().expect("by instance").values().map(|ends| ends.as_array().unwrap().len()).sum();
    assert_eq!(noted, 1 << 18);
}

#[test]
fn an_age_before_an_instance_was_up_is_none() {
    let warmup = Some(Warmup { ms: 1_000, factor: 2.0 });
    let young = target(1, Routing::Random, Serving { warmup, ..fixed(1_000) });
    assert_eq!(young.instances[0].up_at, Timestamp(0));
    assert_eq!(served(&young, &[-5]), [(2_000, 200)]);
}
