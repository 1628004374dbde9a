//! A time series as metric math sees it: instants and their values, without gaps filled in.
//!
//! Every value is finite: what has no value (a division by zero, the logarithm of nothing) has no datapoint,
//! as in CloudWatch. A line knows neither its period nor its name.

use std::collections::BTreeMap;

use crate::clock::Timestamp;

/// A time series: at most one finite value at an instant.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Line(BTreeMap<Timestamp, f64>);

impl FromIterator<(Timestamp, f64)> for Line {
    /// Drops what is not finite. Zero has no sign: no client expects -0.
    fn from_iter<T: IntoIterator<Item = (Timestamp, f64)>>(points: T) -> Self {
        let finite = points.into_iter().filter(|(_, value)| value.is_finite());
        Self(finite.map(|(at, value)| (at, value + 0.0)).collect())
    }
}

impl Line {
    /// The value at this instant.
    pub fn at(&self, at: Timestamp) -> Option<f64> {
        self.0.get(&at).copied()
    }

    /// The points, old to new.
    pub fn points(&self) -> impl DoubleEndedIterator<Item = (Timestamp, f64)> {
        self.0.iter().map(|(&at, &value)| (at, value))
    }

    /// The values, old to new.
    pub fn values(&self) -> impl Iterator<Item = f64> {
        self.0.values().copied()
    }

    /// How many points it has.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether it has no point.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each value through `change`.
    pub(super) fn map(&self, change: impl Fn(f64) -> f64) -> Self {
        self.points().map(|(at, value)| (at, change(value))).collect()
    }

    /// Both lines at every instant of either; a value that is missing on one side counts as 0, as
    /// CloudWatch's manual says.
    pub(super) fn with(&self, other: &Self, combine: impl Fn(f64, f64) -> f64) -> Self {
        let instants = self.0.keys().chain(other.0.keys());
        let value = |at| combine(self.at(at).unwrap_or(0.0), other.at(at).unwrap_or(0.0));
        instants.map(|&at| (at, value(at))).collect()
    }

    /// Each point but the first with its predecessor: `of(difference of values, difference in seconds)`.
    pub(super) fn steps(&self, of: impl Fn(f64, f64) -> f64) -> Self {
        let pairs = self.points().zip(self.points().skip(1));
        pairs
            .map(|((earlier, before), (later, after))| {
                (later, of(after - before, later.ms_since(earlier) as f64 / 1000.0))
            })
            .collect()
    }

    /// The sum of everything up to each point.
    pub(super) fn running_sum(&self) -> Self {
        let sums = self.points().scan(0.0, |sum, (at, value)| {
            *sum += value;
            Some((at, *sum))
        });
        sums.collect()
    }

    /// Missing instants of `grid` get what `filler` says of them.
    pub(super) fn filled(&self, grid: &[Timestamp], filler: impl Fn(Timestamp) -> Option<f64>) -> Self {
        let missing = grid.iter().filter(|at| !self.0.contains_key(at));
        let fillings = missing.filter_map(|&at| Some((at, filler(at)?)));
        self.points().chain(fillings).collect()
    }

    /// The newest value before this instant.
    pub(super) fn before(&self, at: Timestamp) -> Option<f64> {
        self.0.range(..at).next_back().map(|(_, &value)| value)
    }

    /// The value of the straight line between the neighbours of this instant; nothing at either end.
    pub(super) fn between(&self, at: Timestamp) -> Option<f64> {
        let (&earlier, before) = self.0.range(..at).next_back()?;
        let (&later, after) = self.0.range(at..).next()?;
        let share = at.ms_since(earlier) as f64 / later.ms_since(earlier) as f64;
        Some(before + (after - before) * share)
    }
}
