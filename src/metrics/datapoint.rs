//! What is kept of the values of one stretch of time: their number, sum and extremes, and where the values
//! themselves are known a sketch of them.
//!
//! A client may publish a statistic set instead of values. What a percentile needs is lost then, for the
//! set and for everything it is merged with, except where the set can only stand for one value. The
//! invariant: the sketch, where there is one, counts as many values as `count`. Time and units are not
//! known here.

use super::bins::Bins;

/// `StatisticSet`, with a sketch of its values.
#[derive(Clone, Debug, PartialEq)]
pub struct Datapoint {
    /// How many values there are; a fraction where a client said so.
    pub count: f64,
    /// Their sum.
    pub sum: f64,
    /// The lowest.
    pub min: f64,
    /// The highest.
    pub max: f64,
    /// The values, or `None` where only a statistic set is known.
    pub bins: Option<Bins>,
}

impl Datapoint {
    /// One value that occurred `count` times.
    pub fn of(value: f64, count: f64) -> Self {
        let bins = Some(Bins::of(value, count));
        Self { count, sum: value * count, min: value, max: value, bins }
    }

    /// A statistic set. Its values are known only if it is that of one value: minimum and maximum are the
    /// same, and the sum is what they make.
    pub fn of_set(count: f64, sum: f64, min: f64, max: f64) -> Self {
        let expected = min * count;
        let is_one_value = min >= max && (sum - expected).abs() <= expected.abs() * 1e-9;
        Self { count, sum, min, max, bins: is_one_value.then(|| Bins::of(min, count)) }
    }

    /// Takes in a value that occurred `count` times.
    pub fn add(&mut self, value: f64, count: f64) {
        self.count += count;
        self.sum += value * count;
        self.min = self.min.min(value);
        self.max = self.max.max(value);
        if let Some(bins) = &mut self.bins {
            bins.add(value, count);
        }
    }

    /// Takes in all values of `other`.
    pub fn merge(&mut self, other: &Self) {
        self.count += other.count;
        self.sum += other.sum;
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
        self.bins = match (self.bins.take(), &other.bins) {
            (Some(mut bins), Some(others)) => {
                bins.merge(others);
                Some(bins)
            }
            _ => None,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_together() {
        let mut minute = Datapoint::of(3.0, 2.0);
        minute.add(1.0, 1.0);
        minute.merge(&Datapoint::of(10.0, 1.0));
        let (count, sum, min, max) = (minute.count, minute.sum, minute.min, minute.max);
        assert_eq!((count, sum, min, max), (4.0, 17.0, 1.0, 10.0));
        assert_eq!(minute.bins.unwrap().to_text(), "1 3*2 10");
    }

    #[test]
    fn a_statistic_set_has_values_only_if_it_is_that_of_one() {
        let text = |set: Datapoint| set.bins.map(|bins| bins.to_text());
        assert_eq!(text(Datapoint::of_set(1.0, 7.0, 7.0, 7.0)), Some("7".into()));
        assert_eq!(text(Datapoint::of_set(3.0, 0.3, 0.1, 0.1)), Some("0.1*3".into()));
        assert_eq!(text(Datapoint::of_set(3.0, 6.0, 1.0, 3.0)), None);
        // One sample cannot have two values, and three ones do not make five.
        assert_eq!(text(Datapoint::of_set(1.0, 7.0, 6.0, 7.0)), None);
        assert_eq!(text(Datapoint::of_set(3.0, 5.0, 1.0, 1.0)), None);
    }

    #[test]
    fn what_is_merged_with_a_bare_statistic_set_loses_its_values() {
        let mut minute = Datapoint::of(2.0, 1.0);
        minute.merge(&Datapoint::of_set(2.0, 9.0, 1.0, 8.0));
        assert_eq!(minute, Datapoint { count: 3.0, sum: 11.0, min: 1.0, max: 8.0, bins: None });
        minute.add(4.0, 1.0);
        assert_eq!((minute.count, minute.bins), (4.0, None));
    }
}
