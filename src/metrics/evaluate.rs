//! What a metric alarm concludes from its datapoints.
//!
//! An alarm looks at somewhat more datapoints than its N evaluation periods. If N of them are there, the
//! latest N decide, and it does not matter which are missing. Otherwise all that are there decide, and
//! what is lacking up to N is treated as the alarm says. Where nothing can be concluded the state stays.
//! The verdict is a function of the arguments alone: how often an alarm was looked at before, or since
//! when it is in its state, makes no difference. What follows from a change of state is not known here.
//!
//! See <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html>.

use super::alarm::{Comparison, Limit, LowSamples, MetricAlarm, TreatMissingData};
use super::reason;
use super::statistic::Statistic;
use crate::clock::Timestamp;
use crate::domain::alarm::AlarmState;

#[cfg(test)]
mod tests;

/// One datapoint of an alarm: its statistic over one period.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    /// Where the period begins.
    pub at: Timestamp,
    /// The value that is compared.
    pub value: f64,
    /// How many values it was computed from.
    pub count: f64,
}

/// What an evaluation comes to.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// The state that the alarm is in from now on.
    pub state: AlarmState,
    /// `StateReason`, should the state be another one than before.
    pub reason: String,
    /// `StateReasonData`, likewise.
    pub reason_data: String,
}

/// Why an alarm is in a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ruling {
    /// As many datapoints breach as it takes.
    Alarm,
    /// They do not.
    Ok,
    /// As many breach as it takes, with those that are missing.
    AlarmByMissing,
    /// Enough do not, with those that are missing.
    OkByMissing,
    /// There is none, or there can be none.
    Insufficient,
    /// Nothing can be said, because datapoints are missing.
    KeptByMissing,
    /// Nothing can be said, because a percentile has too few samples.
    KeptByLowSamples,
}

/// The datapoints that decide.
pub(super) struct Seen<'a> {
    /// The alarm.
    pub alarm: &'a MetricAlarm,
    /// How it compares, and with what.
    pub threshold: (Comparison, f64),
    /// The latest ones that are there, at most N, old to new, each with its place from the newest on,
    /// which is 1.
    pub samples: Vec<(usize, Sample)>,
}

/// Evaluates an alarm. `range` are its latest [`MetricAlarm::range`] datapoints, old to new, `None` where
/// there is none; `state` is the state it is in. An alarm against an anomaly band cannot be evaluated and
/// has `INSUFFICIENT_DATA`.
pub fn evaluate(alarm: &MetricAlarm, range: &[Option<Sample>], state: AlarmState, now: Timestamp) -> Verdict {
    let Limit::Threshold { operator, threshold } = alarm.limit else {
        return reason::of_band(alarm, now);
    };
    let present = range.iter().rev().zip(1..).filter_map(|(sample, age)| Some((age, (*sample)?)));
    let mut samples: Vec<_> = present.take(alarm.evaluation_periods).collect();
    samples.reverse();
    let seen = Seen { alarm, threshold: (operator, threshold), samples };
    let ruling = seen.ruling();
    let state = match ruling {
        Ruling::Alarm | Ruling::AlarmByMissing => AlarmState::Alarm,
        Ruling::Ok | Ruling::OkByMissing => AlarmState::Ok,
        Ruling::Insufficient => AlarmState::InsufficientData,
        Ruling::KeptByMissing | Ruling::KeptByLowSamples => state,
    };
    let (reason, reason_data) = reason::of(&seen, ruling, now);
    Verdict { state, reason, reason_data }
}

impl Seen<'_> {
    /// Whether a datapoint breaches.
    pub(super) fn breaches(&self, sample: &Sample) -> bool {
        let (operator, threshold) = self.threshold;
        operator.is_breached(sample.value, threshold)
    }

    /// How many datapoints are lacking up to N.
    pub(super) fn missing(&self) -> usize {
        self.alarm.evaluation_periods - self.samples.len()
    }

    fn breaching(&self) -> usize {
        self.samples.iter().filter(|(_, sample)| self.breaches(sample)).count()
    }

    fn ruling(&self) -> Ruling {
        let wanted = self.alarm.datapoints_to_alarm();
        let (breaching, missing) = (self.breaching(), self.missing());
        if self.has_low_samples() {
            return Ruling::KeptByLowSamples;
        }
        if breaching >= wanted {
            return Ruling::Alarm;
        }
        if missing == 0 {
            return Ruling::Ok;
        }
        let some_do_not_breach = breaching < self.samples.len();
        match self.alarm.treat_missing_data {
            TreatMissingData::Breaching if breaching + missing >= wanted => Ruling::AlarmByMissing,
            // More than N - M that do not breach are enough without those that are missing.
            TreatMissingData::NotBreaching if missing + breaching >= wanted => Ruling::OkByMissing,
            TreatMissingData::Breaching | TreatMissingData::NotBreaching => Ruling::Ok,
            TreatMissingData::Ignore | TreatMissingData::Missing if some_do_not_breach => Ruling::Ok,
            TreatMissingData::Ignore => Ruling::KeptByMissing,
            TreatMissingData::Missing => self.without_any_that_does_not_breach(),
        }
    }

    /// A few breaching datapoints, and nothing else: they alarm once the oldest of them is so old that as
    /// many could have breached as it takes. Before that the next one may yet be good.
    fn without_any_that_does_not_breach(&self) -> Ruling {
        match self.samples.first() {
            None => Ruling::Insufficient,
            Some((age, _)) if *age >= self.alarm.datapoints_to_alarm() => Ruling::Alarm,
            Some(_) => Ruling::KeptByMissing,
        }
    }

    /// Whether one of the datapoints is a percentile of too few samples to mean anything, and the alarm
    /// leaves such ones alone.
    fn has_low_samples(&self) -> bool {
        let (LowSamples::Ignore, Some(Statistic::Percentile(percent))) =
            (self.alarm.low_samples, self.alarm.statistic())
        else {
            return false;
        };
        let least = if percent >= 50.0 { 1000.0 / (100.0 - percent) } else { 1000.0 / percent };
        // The highest and the lowest value mean the same however many there are.
        least.is_finite() && self.samples.iter().any(|(_, sample)| sample.count < least)
    }
}
