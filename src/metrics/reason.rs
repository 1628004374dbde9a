//! Why an alarm is in a state, in CloudWatch's words: `StateReason` for people, `StateReasonData` for
//! programs.
//!
//! The forms are those that public logs show; `docs/fidelity.md` says which are not. The invariant: both
//! texts keep within the limits that the model sets them. What the state is was decided before.

use serde::Serialize;

use super::alarm::MetricAlarm;
use super::evaluate::{Ruling, Sample, Seen, Verdict};
use super::text::{json_time, short_time};
use crate::clock::Timestamp;
use crate::domain::alarm::AlarmState;
use crate::schema::java_double;

/// The most datapoints that a reason lists.
const MAX_LISTED: usize = 5;

/// The most datapoints in `StateReasonData`: as many always fit into its 4000 characters.
const MAX_RECORDED: usize = 25;

/// `StateReason` and `StateReasonData` of a verdict.
pub(super) fn of(seen: &Seen, ruling: Ruling, now: Timestamp) -> (String, String) {
    let periods = seen.alarm.evaluation_periods;
    let reason = match ruling {
        Ruling::Alarm => crossed(seen, true),
        Ruling::Ok => crossed(seen, false),
        Ruling::AlarmByMissing => filled(seen, "Breaching"),
        Ruling::OkByMissing => filled(seen, "NonBreaching"),
        Ruling::Insufficient => format!("Insufficient Data: {} unknown.", counted("datapoint", periods)),
        Ruling::KeptByMissing => {
            format!("Unchanged: {} unknown.", counted("datapoint", seen.missing()))
        }
        Ruling::KeptByLowSamples => "Unchanged: a percentile had too few samples.".to_owned(),
    };
    let samples: Vec<_> = seen.samples.iter().map(|(_, sample)| *sample).collect();
    (reason, reason_data(seen.alarm, &samples, Some(seen.threshold.1), now))
}

/// The verdict on an alarm against an anomaly band.
pub(super) fn of_band(alarm: &MetricAlarm, now: Timestamp) -> Verdict {
    Verdict {
        state: AlarmState::InsufficientData,
        reason: "Insufficient Data: sagebrush learns no anomaly detection models, so the band was unknown."
            .to_owned(),
        reason_data: reason_data(alarm, &[], None, now),
    }
}

/// The datapoints that breach, or those that do not.
fn crossed(seen: &Seen, breaching: bool) -> String {
    let samples = seen.samples.iter().map(|(_, sample)| sample);
    let meant: Vec<_> = samples.rev().filter(|sample| seen.breaches(sample) == breaching).collect();
    let (alarm, count) = (seen.alarm, meant.len());
    let given = alarm.given_datapoints_to_alarm.is_some();
    let subject = if given {
        format!("{count} out of the last {} datapoints", alarm.evaluation_periods)
    } else {
        plural("datapoint", count)
    };
    let minimum = match (given, breaching) {
        (false, _) => String::new(),
        (true, true) => minimum(alarm.datapoints_to_alarm(), "OK -> ALARM"),
        (true, false) => {
            let most_breaching = alarm.datapoints_to_alarm() - 1;
            minimum(alarm.evaluation_periods - most_breaching, "ALARM -> OK")
        }
    };
    let list: Vec<_> = meant.iter().take(MAX_LISTED).map(|sample| listed(sample)).collect();
    let list = format!("[{}]", list.join(", "));
    let (was, not) = (if count == 1 { "was" } else { "were" }, if breaching { "" } else { "not " });
    let (operator, threshold) = seen.threshold;
    let compared = format!("{was} {not}{} the threshold ({})", operator.words(), java_double(threshold));
    let which = if breaching { " which crossed the threshold" } else { "" };
    if count < MAX_LISTED {
        format!("Threshold Crossed: {subject} {list} {compared}{minimum}.")
    } else {
        format!(
            "Threshold Crossed: {subject} {compared}. The most recent datapoints{which}: {list}{minimum}."
        )
    }
}

/// Too few datapoints, and what those that are missing were taken for.
fn filled(seen: &Seen, treated_as: &str) -> String {
    let received = match seen.samples.len() {
        0 => "no datapoints were".to_owned(),
        received => counted("datapoint", received),
    };
    let periods = plural("period", seen.alarm.evaluation_periods);
    let missing = counted("missing datapoint", seen.missing());
    format!("Threshold Crossed: {received} received for {periods} and {missing} treated as [{treated_as}].")
}

/// ` (minimum 2 datapoints for OK -> ALARM transition)`.
fn minimum(count: usize, transition: &str) -> String {
    format!(" (minimum {} for {transition} transition)", plural("datapoint", count))
}

/// `1 datapoint`, `2 datapoints`.
fn plural(noun: &str, count: usize) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// `1 datapoint was`, `2 datapoints were`.
fn counted(noun: &str, count: usize) -> String {
    format!("{} {}", plural(noun, count), if count == 1 { "was" } else { "were" })
}

/// `12.0 (22/11/26 10:00:00)`.
fn listed(sample: &Sample) -> String {
    format!("{} ({})", java_double(sample.value), short_time(sample.at))
}

/// `StateReasonData` of a metric alarm.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Recorded<'a> {
    version: &'static str,
    query_date: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    statistic: Option<String>,
    period: i64,
    recent_datapoints: Vec<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    threshold: Option<f64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    evaluated_datapoints: Vec<Evaluated>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Evaluated {
    timestamp: String,
    sample_count: f64,
    value: f64,
}

/// The JSON of what was evaluated: recent values from old to new, datapoints from new to old.
fn reason_data(alarm: &MetricAlarm, samples: &[Sample], threshold: Option<f64>, now: Timestamp) -> String {
    let recent = &samples[samples.len().saturating_sub(MAX_RECORDED)..];
    let evaluated = |sample: &Sample| Evaluated {
        timestamp: json_time(sample.at),
        sample_count: sample.count,
        value: sample.value,
    };
    let recorded = Recorded {
        version: "1.0",
        query_date: json_time(now),
        start_date: samples.first().map(|sample| json_time(sample.at)),
        unit: alarm.unit(),
        statistic: alarm.statistic().map(|statistic| statistic.to_string()),
        period: alarm.period_ms() / 1000,
        recent_datapoints: recent.iter().map(|sample| sample.value).collect(),
        threshold,
        evaluated_datapoints: recent.iter().rev().map(evaluated).collect(),
    };
    serde_json::to_string(&recorded).expect("numbers and texts under fixed names are JSON")
}
