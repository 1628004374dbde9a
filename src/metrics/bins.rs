//! A sketch of many values: how often which value occurred, in bins whose width is 2 % of the value.
//!
//! Percentiles need the values themselves, and a minute of traffic has too many to keep. Two values share
//! a bin only if they are less than 2 % apart, and a bin answers with the mean of what is in it. So every
//! percentile is exact where values lie further apart, and never more than 2 % off. The invariant: bins
//! ascend by value, each has a count above zero and a mean inside its borders; from the mean follows which
//! bin it is, so the text need not say it. What the values measure is not known here.

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// A border is this much higher than the one below it.
const WIDTH: f64 = 1.02;

/// More than the logarithm to base [`WIDTH`] of any double, so that the keys of values of either sign lie
/// on their side of zero.
const OFFSET: i32 = 40_000;

/// Values and how often they occurred, mergeable in any order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bins {
    bins: BTreeMap<i32, Bin>,
}

/// Values that are less than 2 % apart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bin {
    /// How many values there are; a fraction where a client said so.
    pub count: f64,
    /// Their mean; the value itself where they are all the same.
    pub mean: f64,
}

/// Which bin a value falls into: keys ascend with the values.
#[expect(clippy::cast_possible_truncation, reason = "the logarithm of a double is below OFFSET")]
fn key(value: f64) -> i32 {
    if value == 0.0 {
        return 0;
    }
    let exponent = (value.abs().ln() / WIDTH.ln()).ceil() as i32 + OFFSET;
    if value > 0.0 { exponent } else { -exponent }
}

impl Bins {
    /// A sketch of one value that occurred `count` times.
    pub fn of(value: f64, count: f64) -> Self {
        let mut bins = Self::default();
        bins.add(value, count);
        bins
    }

    /// Takes in a value that occurred `count` times. What is no number, or did not occur, changes nothing.
    pub fn add(&mut self, value: f64, count: f64) {
        let counts = count.is_finite() && count > 0.0;
        if !value.is_finite() || !counts {
            return;
        }
        let bin = self.bins.entry(key(value)).or_insert(Bin { count: 0.0, mean: value });
        bin.count += count;
        // In this form equal values keep their mean to the last bit, which a sum divided again would not.
        bin.mean += (value - bin.mean) * (count / bin.count);
    }

    /// Takes in all values of `other`.
    pub fn merge(&mut self, other: &Self) {
        other.iter().for_each(|bin| self.add(bin.mean, bin.count));
    }

    /// The bins in ascending order of their values.
    pub fn iter(&self) -> impl Iterator<Item = Bin> + '_ {
        self.bins.values().copied()
    }

    /// How many values there are.
    pub fn count(&self) -> f64 {
        self.iter().map(|bin| bin.count).sum()
    }

    /// The text that [`Bins::from_text`] reads: `12.5 13*4` is 12.5 once and 13 four times.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        for bin in self.iter() {
            let gap = if text.is_empty() { "" } else { " " };
            text += gap;
            text += &shortest(bin.mean);
            if bin.count.to_bits() != 1.0_f64.to_bits() {
                let _ = write!(text, "*{}", shortest(bin.count));
            }
        }
        text
    }

    /// Reads what [`Bins::to_text`] wrote; `None` for anything else.
    pub fn from_text(text: &str) -> Option<Self> {
        let mut bins = Self::default();
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            let (mean, count) = word.split_once('*').unwrap_or((word, "1"));
            let bin = Bin { count: count.parse().ok()?, mean: mean.parse().ok()? };
            let sound = bin.mean.is_finite() && bin.count.is_finite() && bin.count > 0.0;
            if !sound || bins.bins.insert(key(bin.mean), bin).is_some() {
                return None;
            }
        }
        Some(bins)
    }
}

/// The shorter of the two ways to write a number; both read back as the same number.
fn shortest(number: f64) -> String {
    let (plain, exponential) = (format!("{number}"), format!("{number:e}"));
    if exponential.len() < plain.len() { exponential } else { plain }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sketch(values: &[f64]) -> Bins {
        let mut bins = Bins::default();
        for value in values {
            bins.add(*value, 1.0);
        }
        bins
    }

    #[test]
    fn values_that_lie_apart_are_kept_as_they_are() {
        let bins = sketch(&[3.0, -1.0, 0.0, 0.1, 0.1, 0.1, -250.0]);
        let kept: Vec<_> = bins.iter().map(|bin| (bin.mean, bin.count)).collect();
        assert_eq!(kept, [(-250.0, 1.0), (-1.0, 1.0), (0.0, 1.0), (0.1, 3.0), (3.0, 1.0)]);
    }

    #[test]
    fn values_close_together_share_a_bin_and_its_mean() {
        let bins = sketch(&[1000.0, 1001.0]);
        assert_eq!(bins.iter().map(|bin| (bin.mean, bin.count)).collect::<Vec<_>>(), [(1000.5, 2.0)]);
    }

    #[test]
    fn the_text_is_short() {
        let mut bins = sketch(&[12.5, 0.0, 1e300, -2.0]);
        bins.add(30.0, 4.0);
        bins.add(f64::NAN, 1.0);
        bins.add(7.0, 0.0);
        assert_eq!(bins.to_text(), "-2 0 12.5 30*4 1e300");
        assert_eq!(Bins::default().to_text(), "");
    }

    #[test]
    fn a_text_that_was_not_written_here_is_not_read() {
        for text in ["x", "1*", "1*0", "1*-2", "inf", "NaN", "1 1", "1000 1001", "1**2"] {
            assert_eq!(Bins::from_text(text), None, "{text}");
        }
    }

    /// Small and large, of both signs, and some that are close together.
    fn value() -> impl Strategy<Value = f64> {
        prop_oneof![-1e9..1e9, 99.0..101.0, Just(0.0), Just(f64::MIN_POSITIVE), Just(f64::MAX), Just(5e-324)]
    }

    proptest! {
        #[test]
        fn the_text_reads_back_as_the_same_sketch(values in prop::collection::vec((value(), 0.1..50.0), 0..60)) {
            let mut bins = Bins::default();
            for (value, count) in &values {
                bins.add(*value, *count);
            }
            prop_assert_eq!(Bins::from_text(&bins.to_text()), Some(bins));
        }

        #[test]
        fn a_merged_sketch_is_that_of_all_values(
            left in prop::collection::vec(value(), 0..40),
            right in prop::collection::vec(value(), 0..40),
        ) {
            let mut merged = sketch(&left);
            merged.merge(&sketch(&right));
            let whole = sketch(&[left, right].concat());
            let (merged, whole): (Vec<_>, Vec<_>) = (merged.iter().collect(), whole.iter().collect());
            prop_assert_eq!(merged.len(), whole.len());
            for (merged, whole) in merged.iter().zip(&whole) {
                prop_assert!((merged.count - whole.count).abs() < 1e-9);
                prop_assert!((merged.mean - whole.mean).abs() <= whole.mean.abs() * 1e-12);
            }
        }

        #[test]
        fn every_value_is_within_two_percent_of_its_bin(values in prop::collection::vec(-1e9..1e9_f64, 1..60)) {
            let bins = sketch(&values);
            let mut sorted = values;
            sorted.sort_by(f64::total_cmp);
            let means = bins.iter().flat_map(|bin| {
                std::iter::successors(Some(bin.count), |left| (*left > 1.5).then(|| left - 1.0)).map(move |_| bin.mean)
            });
            let means: Vec<_> = means.collect();
            prop_assert_eq!(means.len(), sorted.len());
            for (value, mean) in sorted.iter().zip(means) {
                prop_assert!((value - mean).abs() <= value.abs() * 0.02 + 1e-12, "{} in {}", value, mean);
            }
        }
    }
}
