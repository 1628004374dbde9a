//! Stories of arrivals.

use proptest::prelude::*;

use super::*;
use crate::domain::demand::{Bursts, Daily};

const DAY_SECS: i64 = 86_400;

fn at(secs: i64) -> Timestamp {
    Timestamp(secs * 1000)
}

fn all(demand: &Demand, from: Timestamp, until: Timestamp) -> Vec<(u64, i64)> {
    arrivals(demand, at(0), from, until).collect()
}

fn count(demand: &Demand, from: i64, until: i64) -> usize {
    arrivals(demand, at(0), at(from), at(until)).count()
}

#[test]
fn a_constant_demand_arrives_evenly() {
    let first: Vec<_> = all(&Demand::constant(3.0), at(0), at(2));
    let us = [333_333, 666_666, 999_999, 1_333_333, 1_666_666, 1_999_999];
    assert_eq!(first, (0..).zip(us).collect::<Vec<_>>());
    assert_eq!(count(&Demand::constant(50.0), 0, 3_600), 50 * 3_600);
    assert_eq!(count(&Demand::constant(50.0), 3_600, 7_200), 50 * 3_600);
    assert_eq!(count(&Demand::constant(0.0), 0, 10 * DAY_SECS), 0);
    assert_eq!(count(&Demand::constant(0.01), 0, 1_001), 10);
}

#[test]
fn nothing_arrives_before_a_demand_begins_or_in_an_empty_span() {
    let demand = Demand::constant(10.0);
    assert_eq!(arrivals(&demand, at(100), at(0), at(100)).count(), 0);
    let first = arrivals(&demand, at(100), at(0), at(200)).next();
    assert_eq!(first, Some((0, 100_099_999)));
    assert_eq!(count(&demand, 5, 5), 0);
    assert_eq!(count(&demand, 9, 5), 0);
}

#[test]
fn a_daily_curve_is_highest_at_its_hour_and_lowest_half_a_day_later() {
    let daily = Some(Daily { peak_requests_per_second: 10.0, peak_hour: 14 });
    let demand = Demand { requests_per_second: 2.0, daily, bursts: None };
    let hour = |hour: i64| count(&demand, hour * 3_600, hour * 3_600 + 60);
    let near = |count: usize, wanted: usize| count.abs_diff(wanted) <= 1;
    assert!(near(hour(14), 600) && near(hour(2), 120), "{} {}", hour(14), hour(2));
    assert!(near(hour(8), 360) && near(hour(20), 360), "{} {}", hour(8), hour(20));
    let mean = 6 * usize::try_from(DAY_SECS).unwrap();
    assert!(near(count(&demand, 0, DAY_SECS), mean) && near(count(&demand, 5_000, 5_000 + DAY_SECS), mean));
}

#[test]
fn bursts_come_on_top_from_the_beginning() {
    let bursts = Some(Bursts { requests_per_second: 100.0, every_seconds: 600, for_seconds: 30 });
    let demand = Demand { requests_per_second: 1.0, daily: None, bursts };
    for burst in [600, 1_200, 6_000] {
        assert_eq!(count(&demand, burst, burst + 30), 101 * 30);
        assert_eq!(count(&demand, burst + 31, burst + 600), 569);
    }
    let silent = Demand { requests_per_second: 0.0, ..demand };
    assert_eq!((count(&silent, 31, 600), count(&silent, 0, 601)), (0, 30 * 100 + 100));
}

fn demand() -> impl Strategy<Value = Demand> {
    let daily = proptest::option::of((0.0..50.0f64, 0u32..24));
    let bursts = proptest::option::of((0.0..200.0f64, 1u32..400, 1u32..400));
    (prop_oneof![Just(0.0), 0.001..40.0f64], daily, bursts).prop_map(|(rate, daily, bursts)| {
        let daily = daily.map(|(more, peak_hour)| Daily { peak_requests_per_second: rate + more, peak_hour });
        let bursts = bursts.map(|(requests_per_second, every, long)| Bursts {
            requests_per_second,
            every_seconds: every,
            for_seconds: long.min(every),
        });
        Demand { requests_per_second: rate, daily, bursts }
    })
}

proptest! {
    #[test]
    fn a_span_in_slices_has_the_arrivals_of_the_whole(
        demand in demand(), since in 0i64..2_000_000_000_000, lengths in proptest::collection::vec(0i64..60_000, 1..6)
    ) {
        let ends = lengths.iter().scan(since - 1_000, |end, length| { *end += length; Some(*end) });
        let mut from = since - 1_000;
        let (mut sliced, mut until) = (Vec::new(), from);
        for end in ends {
            sliced.extend(arrivals(&demand, Timestamp(since), Timestamp(from), Timestamp(end)));
            (from, until) = (end, end);
        }
        let whole: Vec<_> =
            arrivals(&demand, Timestamp(since), Timestamp(since - 1_000), Timestamp(until)).collect();
        prop_assert_eq!(sliced, whole);
    }

    #[test]
    fn every_arrival_is_the_first_microsecond_of_its_sum(demand in demand(), since in 0i64..2_000_000_000_000) {
        let sum = Sum::of(&demand, since * 1000);
        let span = arrivals(&demand, Timestamp(since), Timestamp(since), Timestamp(since + 60_000));
        let (mut before, mut number) = (i64::MIN, 0);
        for (n, at_us) in span {
            prop_assert_eq!(n, number);
            prop_assert!(at_us > before);
            let wanted = i128::from(n + 1) * REQUEST;
            prop_assert!(sum.at(at_us) >= wanted && sum.at(at_us - 1) < wanted);
            (before, number) = (at_us, number + 1);
        }
        prop_assert_eq!(i128::from(number), sum.at((since + 60_000) * 1000 - 1) / REQUEST);
    }
}
