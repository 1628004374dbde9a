//! What is wrong with an alarm that is to guard an update: the traps in which it never goes off, although
//! everybody believes that it watches.
//!
//! There are two: a comparison that no value can meet, and a metric that the endpoint does not publish. Both
//! are told from the alarm and from who is updated, before anything was measured. Only the metrics that endpoints
//! publish by themselves are judged: of anybody's own metrics nothing is known here.
//!
//! See <https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html>.

use super::alarm::{Comparison, Limit, MetricAlarm, Source, TreatMissingData};
use super::metric::Metric;
use super::statistic::{Statistic, Trim};
use published::{Known, Samples};

mod published;
#[cfg(test)]
mod tests;

/// The endpoint, or the inference component, that is updated, as far as its metrics tell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Guarded<'a> {
    /// `EndpointName`, also of a component.
    pub endpoint: &'a str,
    /// `InferenceComponentName`s: all that the endpoint hosts, or the one that is updated.
    pub components: Vec<&'a str>,
    /// `EndpointConfigName`s: those in service and then the new one. None where components are hosted.
    pub configs: Vec<&'a str>,
    /// `VariantName`s of all of them.
    pub variants: Vec<&'a str>,
    /// `InstanceType`s of all of them.
    pub instance_types: Vec<&'a str>,
    /// How many milliseconds a datapoint of an invocation metric covers, at the least.
    pub invocations_ms: i64,
    /// How much time a datapoint of its instances covers.
    pub instances_ms: i64,
}

/// A metric that an alarm reads, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Watched<'a> {
    metric: &'a Metric,
    /// The unit that it wants.
    unit: Option<&'a str>,
    /// Its period in seconds.
    period: i64,
}

/// What a value is, so what a threshold for it may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Microseconds.
    Time,
    /// Something from 0 to 1.
    Part,
    /// Something from 0 to 100, or more where there are several.
    Percent,
    /// So many.
    Count,
}

/// What the values of a statistic are; `None` of a metric that endpoints do not publish.
pub fn measure(metric: &Metric, statistic: Statistic) -> Option<Measure> {
    let known = Known::of(metric)?;
    let (counts, sums) = match statistic {
        Statistic::PercentileRank(_) => return Some(Measure::Percent),
        Statistic::SampleCount => (true, false),
        Statistic::Below(trim, _) | Statistic::BetweenPercent(trim, _) | Statistic::Between(trim, _) => {
            (trim == Trim::Count, trim == Trim::Sum)
        }
        _ => (false, statistic == Statistic::Sum),
    };
    Some(match (known.unit, known.samples) {
        _ if counts => Measure::Count,
        ("Microseconds", _) => Measure::Time,
        ("Percent", _) => Measure::Percent,
        (_, Samples::Flags) if !sums => Measure::Part,
        _ => Measure::Count,
    })
}

/// What is wrong with `alarm`, in sentences that begin with `subject`: `The alarm errors`.
pub fn warnings(subject: &str, alarm: &MetricAlarm, guarded: &Guarded<'_>) -> Vec<String> {
    let elsewhere = watched(alarm).into_iter().flat_map(|watched| guarded.lacks(&watched));
    let mut sentences: Vec<String> = elsewhere.map(|what| format!("{subject} {what}")).collect();
    sentences.extend(never_fires(alarm).map(|what| format!("{subject} {what}")));
    sentences
}

/// The metrics that an alarm reads.
fn watched(alarm: &MetricAlarm) -> Vec<Watched<'_>> {
    match &alarm.source {
        Source::Metric { metric, unit, period, .. } => {
            vec![Watched { metric, unit: unit.as_deref(), period: *period }]
        }
        Source::Queries(queries) => {
            let stats = queries.iter().filter_map(|query| query.metric_stat.as_ref());
            let watched =
                stats.map(|it| Watched { metric: &it.metric, unit: it.unit.as_deref(), period: it.period });
            let mut watched: Vec<_> = watched.collect();
            watched.sort_unstable();
            watched.dedup();
            watched
        }
    }
}

/// Why no value can meet the comparison; `None` if one can, or if nothing is known of the values.
fn never_fires(alarm: &MetricAlarm) -> Option<String> {
    let Limit::Threshold { operator, threshold } = alarm.limit else { return None };
    let (metric, statistic) = alarm.compared()?;
    let known = Known::of(metric)?;
    let range = Range::of(statistic, known.samples);
    if range.meets(operator, threshold) {
        return None;
    }
    // Missing data that counts as breaching is no value, and fires all the same.
    let fires = match alarm.treat_missing_data {
        TreatMissingData::Breaching => "can only fire for missing data",
        _ => "can never fire",
    };
    let (name, lies, words) = (known.name, range.words(), operator.words());
    let right = range.right(operator);
    Some(format!("{fires}: {statistic} of {name} {lies}, so it is never {words} {threshold}. {right}"))
}

/// Between which values a statistic lies.
struct Range {
    high: f64,
    /// Why it is not above.
    why: &'static str,
    /// Whether a sum of the same values has no such bound.
    is_of_samples: bool,
}

impl Range {
    fn of(statistic: Statistic, samples: Samples) -> Self {
        match statistic {
            Statistic::Average
            | Statistic::Minimum
            | Statistic::Maximum
            | Statistic::Percentile(_)
            | Statistic::InterquartileMean
            | Statistic::Below(Trim::Mean | Trim::Winsorized, _)
            | Statistic::BetweenPercent(Trim::Mean | Trim::Winsorized, _)
            | Statistic::Between(Trim::Mean | Trim::Winsorized, _) => {
                Self { high: samples.highest(), why: samples.words(), is_of_samples: true }
            }
            Statistic::PercentileRank(_) => {
                Self { high: 100.0, why: "it is a percentage", is_of_samples: false }
            }
            Statistic::SampleCount
            | Statistic::Sum
            | Statistic::Below(Trim::Count | Trim::Sum, _)
            | Statistic::BetweenPercent(Trim::Count | Trim::Sum, _)
            | Statistic::Between(Trim::Count | Trim::Sum, _) => {
                Self { high: f64::INFINITY, why: "", is_of_samples: false }
            }
        }
    }

    /// Whether there is a value in it that breaches; none is negative.
    fn meets(&self, operator: Comparison, threshold: f64) -> bool {
        operator.is_breached(0.0, threshold) || operator.is_breached(self.high, threshold)
    }

    fn words(&self) -> String {
        if self.high.is_finite() {
            format!("lies between 0 and {}, because {}", self.high, self.why)
        } else {
            "is never negative".to_owned()
        }
    }

    /// What would be right instead.
    fn right(&self, operator: Comparison) -> String {
        let high = self.high;
        let threshold = match operator {
            Comparison::Greater => format!("threshold below {high}"),
            Comparison::GreaterOrEqual => format!("threshold of at most {high}"),
            Comparison::Less => return "A threshold above 0 would be right.".to_owned(),
            Comparison::LessOrEqual => return "A threshold of at least 0 would be right.".to_owned(),
        };
        if self.is_of_samples && high <= 1.0 {
            return format!("Sum, or a {threshold}, would be right.");
        }
        format!("A {threshold} would be right.")
    }
}
