//! Statistics: what a number is computed from the values of a period, and how.
//!
//! Five need only what every datapoint has; the others need its values. As in CloudWatch they are not
//! available where only a statistic set is known, nor where a value is negative. Percentages cut in
//! proportion: of a bin that lies across a border, only the part inside counts. Ranges of values leave
//! their lower border out and take their upper one in.
//!
//! See <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html>.

use std::fmt;

use super::bins::Bins;
use super::datapoint::Datapoint;

mod parse;
#[cfg(test)]
mod tests;

/// A statistic by which a metric is judged or shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Statistic {
    /// `SampleCount`.
    SampleCount,
    /// `Average`.
    Average,
    /// `Sum`.
    Sum,
    /// `Minimum`.
    Minimum,
    /// `Maximum`.
    Maximum,
    /// `p99`: the highest of the lowest 99 percent.
    Percentile(f64),
    /// `IQM`: the mean of the middle half.
    InterquartileMean,
    /// `PR(n:m)`: the percentage of values above n and up to m.
    PercentileRank(Bounds),
    /// `tm99`: like `TM(:99%)`, and so the others that end in a percentage.
    Below(Trim, f64),
    /// `TM(10%:90%)`: of the values between two percentiles.
    BetweenPercent(Trim, Bounds),
    /// `TM(80:500)`: of the values above the one and up to the other.
    Between(Trim, Bounds),
}

/// What is computed of the values within borders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trim {
    /// `TM`: their mean.
    Mean,
    /// `TC`: their number.
    Count,
    /// `TS`: their sum.
    Sum,
    /// `WM`: the mean of all values, those outside moved to the border.
    Winsorized,
}

/// Two borders, of which one may be absent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    /// The lower one.
    pub low: Option<f64>,
    /// The upper one.
    pub high: Option<f64>,
}

impl Trim {
    const ALL: [Self; 4] = [Self::Mean, Self::Count, Self::Sum, Self::Winsorized];

    /// The letters before a range.
    fn letters(self) -> &'static str {
        match self {
            Self::Mean => "TM",
            Self::Count => "TC",
            Self::Sum => "TS",
            Self::Winsorized => "WM",
        }
    }
}

impl Statistic {
    /// Reads a statistic as AWS writes it; `None` if there is none of that name.
    pub fn parse(text: &str) -> Option<Self> {
        parse::statistic(text)
    }

    /// Whether it is one of those that `ExtendedStatistic` takes: all that need the values themselves.
    pub fn is_extended(self) -> bool {
        !matches!(self, Self::SampleCount | Self::Average | Self::Sum | Self::Minimum | Self::Maximum)
    }

    /// The statistic of a datapoint; `None` where there is no value, or where the values are needed and
    /// not known.
    pub fn of(self, datapoint: &Datapoint) -> Option<f64> {
        if datapoint.count <= 0.0 {
            return None;
        }
        match self {
            Self::SampleCount => Some(datapoint.count),
            Self::Average => Some(datapoint.sum / datapoint.count),
            Self::Sum => Some(datapoint.sum),
            Self::Minimum => Some(datapoint.min),
            Self::Maximum => Some(datapoint.max),
            _ if datapoint.min < 0.0 => None,
            _ => self.of_bins(datapoint.bins.as_ref()?, datapoint),
        }
    }

    fn of_bins(self, bins: &Bins, datapoint: &Datapoint) -> Option<f64> {
        match self {
            Self::Percentile(percent) => Some(percentile(bins, datapoint, percent)),
            Self::InterquartileMean => {
                let middle = Bounds { low: Some(25.0), high: Some(75.0) };
                between_percent(Trim::Mean, middle, bins, datapoint)
            }
            Self::PercentileRank(bounds) => {
                between(Trim::Count, bounds, bins).map(|count| 100.0 * count / bins.count())
            }
            Self::Below(trim, percent) => {
                between_percent(trim, Bounds { low: None, high: Some(percent) }, bins, datapoint)
            }
            Self::BetweenPercent(trim, bounds) => between_percent(trim, bounds, bins, datapoint),
            Self::Between(trim, bounds) => between(trim, bounds, bins),
            Self::SampleCount | Self::Average | Self::Sum | Self::Minimum | Self::Maximum => None,
        }
    }
}

/// The lowest value that at least so many percent of the values do not exceed.
fn percentile(bins: &Bins, datapoint: &Datapoint, percent: f64) -> f64 {
    if percent <= 0.0 {
        return datapoint.min;
    }
    // A part in a billion, so that 99.9 percent of 1000 is 999 and not a value more for its last digit.
    let wanted = bins.count() * percent / 100.0 * (1.0 - 1e-9);
    let mut passed = 0.0;
    let found = bins.iter().find(|bin| {
        passed += bin.count;
        passed >= wanted
    });
    match found {
        Some(bin) if percent < 100.0 => bin.mean,
        _ => datapoint.max,
    }
}

/// What is left of the values when the part below one percentile and that above another is cut off.
fn between_percent(trim: Trim, bounds: Bounds, bins: &Bins, datapoint: &Datapoint) -> Option<f64> {
    let (low, high) = (bounds.low.unwrap_or(0.0), bounds.high.unwrap_or(100.0));
    let total = bins.count();
    let (from, until) = (total * low / 100.0, total * high / 100.0);
    let (mut passed, mut count, mut sum) = (0.0, 0.0, 0.0);
    for bin in bins.iter() {
        let end = passed + bin.count;
        let inside = (end.min(until) - f64::max(passed, from)).max(0.0);
        count += inside;
        sum += inside * bin.mean;
        passed = end;
    }
    let edges = from * percentile(bins, datapoint, low) + (total - until) * percentile(bins, datapoint, high);
    match trim {
        Trim::Mean => (count > 0.0).then(|| sum / count),
        Trim::Count => Some(count),
        Trim::Sum => Some(sum),
        Trim::Winsorized => Some((sum + edges) / total),
    }
}

/// What is left of the values above one border and up to another.
fn between(trim: Trim, bounds: Bounds, bins: &Bins) -> Option<f64> {
    let (low, high) = (bounds.low.unwrap_or(f64::NEG_INFINITY), bounds.high.unwrap_or(f64::INFINITY));
    let inside = || bins.iter().filter(move |bin| low < bin.mean && bin.mean <= high);
    let count: f64 = inside().map(|bin| bin.count).sum();
    let sum: f64 = inside().map(|bin| bin.count * bin.mean).sum();
    match trim {
        Trim::Mean => (count > 0.0).then(|| sum / count),
        Trim::Count => Some(count),
        Trim::Sum => Some(sum),
        Trim::Winsorized => {
            let moved: f64 = bins.iter().map(|bin| bin.count * bin.mean.clamp(low, high)).sum();
            Some(moved / bins.count())
        }
    }
}

impl fmt::Display for Statistic {
    /// As AWS writes it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SampleCount => f.write_str("SampleCount"),
            Self::Average => f.write_str("Average"),
            Self::Sum => f.write_str("Sum"),
            Self::Minimum => f.write_str("Minimum"),
            Self::Maximum => f.write_str("Maximum"),
            Self::Percentile(percent) => write!(f, "p{percent}"),
            Self::InterquartileMean => f.write_str("IQM"),
            Self::PercentileRank(bounds) => write_range(f, "PR", *bounds, ""),
            Self::Below(trim, percent) => write!(f, "{}{percent}", trim.letters().to_lowercase()),
            Self::BetweenPercent(trim, bounds) => write_range(f, trim.letters(), *bounds, "%"),
            Self::Between(trim, bounds) => write_range(f, trim.letters(), *bounds, ""),
        }
    }
}

fn write_range(f: &mut fmt::Formatter<'_>, letters: &str, bounds: Bounds, unit: &str) -> fmt::Result {
    let border = |bound: Option<f64>| bound.map_or(String::new(), |bound| format!("{bound}{unit}"));
    write!(f, "{letters}({}:{})", border(bounds.low), border(bounds.high))
}
