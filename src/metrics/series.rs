//! Datapoints in time, and the same put together into longer periods.
//!
//! A stored datapoint covers a stretch of time and belongs to the instant where that begins; it is never
//! divided. Buckets are aligned to the beginning of what is asked for, as CloudWatch's sliding windows are.
//! What is visible yet is not known here, see [`super::delay`].

use std::collections::BTreeMap;

use super::datapoint::Datapoint;
use crate::clock::Timestamp;

/// A stored datapoint: it covers the time from `at` up to `at + span_ms`.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// Where its time begins.
    pub at: Timestamp,
    /// How long its time is.
    pub span_ms: i64,
    /// What was measured.
    pub datapoint: Datapoint,
}

/// The points that begin from `from` on and before `until`, merged into buckets of `period_ms` that are
/// aligned to `from`. A bucket without any point is not there.
pub fn bucketed<'a>(
    points: impl IntoIterator<Item = &'a Point>,
    from: Timestamp,
    until: Timestamp,
    period_ms: i64,
) -> BTreeMap<Timestamp, Datapoint> {
    let mut buckets: BTreeMap<Timestamp, Datapoint> = BTreeMap::new();
    for point in points.into_iter().filter(|point| (from..until).contains(&point.at)) {
        let into_bucket = point.at.ms_since(from) % period_ms.max(1);
        buckets
            .entry(point.at.plus_ms(-into_bucket))
            .and_modify(|bucket| bucket.merge(&point.datapoint))
            .or_insert_with(|| point.datapoint.clone());
    }
    buckets
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(at_secs: i64, value: f64) -> Point {
        Point { at: Timestamp(at_secs * 1000), span_ms: 60_000, datapoint: Datapoint::of(value, 1.0) }
    }

    #[test]
    fn buckets_begin_where_the_question_begins() {
        let points = [point(60, 1.0), point(120, 2.0), point(180, 4.0), point(240, 8.0), point(300, 16.0)];
        let sums = |from: i64, until: i64, period: i64| {
            let (from, until) = (Timestamp(from * 1000), Timestamp(until * 1000));
            let buckets = bucketed(&points, from, until, period * 1000);
            buckets.iter().map(|(at, bucket)| (at.0 / 1000, bucket.sum)).collect::<Vec<_>>()
        };
        assert_eq!(sums(0, 600, 300), [(0, 15.0), (300, 16.0)]);
        assert_eq!(sums(60, 300, 120), [(60, 3.0), (180, 12.0)]);
        assert_eq!(sums(90, 600, 120), [(90, 6.0), (210, 24.0)]);
        // The end belongs to what comes after it, and where nothing is there is no bucket.
        assert_eq!(sums(60, 120, 60), [(60, 1.0)]);
        assert_eq!(sums(120, 120, 60), []);
        assert_eq!(sums(-600, 0, 60), []);
        assert_eq!(sums(-30, 100, 60), [(30, 1.0)]);
    }
}
