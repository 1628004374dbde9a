//! Changes to how a model behaves: every knob may be set or left as it is.
//!
//! A container's Environment is read into one, and a running model is given one. A knob that is not set
//! changes nothing. What a knob may be is said here, once for all who set it.

use std::fmt::Display;
use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use super::serving::{Latency, Response, Serving, Warmup};
use super::variant::{Behaviour, Health, Variant};

/// The longest start-up or warm-up: a day. AWS gives a container an hour at most to start.
pub const DAY_MS: i64 = 86_400_000;
/// The longest latency, an hour: at a minute already a request has timed out.
pub const LATENCY_MAX_US: i64 = 3_600_000_000;
/// How much slower a young instance may be.
pub const WARMUP_FACTORS: RangeInclusive<f64> = 1.0..=1_000.0;
/// The latest age at which instances may begin to fail: a year.
pub const FAIL_AFTER_MAX_MS: i64 = 365 * DAY_MS;
/// How many requests an instance may work on at once.
pub const CONCURRENCIES: RangeInclusive<u32> = 1..=10_000;
/// What a container may answer to a request that fails.
pub const ERROR_STATUSES: RangeInclusive<u16> = 400..=599;
/// The part of requests that may fail.
pub const ERROR_RATES: RangeInclusive<f64> = 0.0..=1.0;

/// What is to be different about a model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Tuning {
    /// [`Behaviour::startup_ms`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub startup_ms: Option<i64>,
    /// [`Behaviour::health`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub health: Option<Health>,
    /// [`Serving::error_rate`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_rate: Option<f64>,
    /// [`Serving::error_status`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_status: Option<u16>,
    /// [`Serving::latency`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latency: Option<Latency>,
    /// [`Serving::response`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response: Option<Response>,
    /// [`Serving::warmup`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warmup: Option<Warmup>,
    /// [`Serving::fail_after_ms`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fail_after_ms: Option<i64>,
    /// [`Serving::concurrency`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub concurrency: Option<u32>,
}

impl Tuning {
    /// Whether every knob that is set may be set so; otherwise one sentence about the first that may not.
    pub fn check(&self) -> Result<(), String> {
        within("startup_ms", self.startup_ms.as_ref(), &(0..=DAY_MS))?;
        within("error_rate", self.error_rate.as_ref(), &ERROR_RATES)?;
        within("error_status", self.error_status.as_ref(), &ERROR_STATUSES)?;
        within("warmup.ms", self.warmup.map(|warmup| warmup.ms).as_ref(), &(0..=DAY_MS))?;
        within("warmup.factor", self.warmup.map(|warmup| warmup.factor).as_ref(), &WARMUP_FACTORS)?;
        within("fail_after_ms", self.fail_after_ms.as_ref(), &(0..=FAIL_AFTER_MAX_MS))?;
        within("concurrency", self.concurrency.as_ref(), &CONCURRENCIES)?;
        match self.latency {
            Some(Latency::Fixed { us }) => {
                within("latency.fixed.us", Some(&us), &(0..=LATENCY_MAX_US))?;
            }
            Some(Latency::LogNormal { p50_us, p99_us }) => {
                within("latency.log_normal.p50_us", Some(&p50_us), &(1..=LATENCY_MAX_US))?;
                within("latency.log_normal.p99_us", Some(&p99_us), &(p50_us..=LATENCY_MAX_US))?;
            }
            None => {}
        }
        match &self.response {
            Some(Response::Fixed { content_type, .. }) if !is_content_type(content_type) => Err(format!(
                "response.fixed.content_type is {content_type:?}, but it must be {CONTENT_TYPE_WANTED}."
            )),
            _ => Ok(()),
        }
    }

    /// The variant as it behaves with this.
    pub fn applied(&self, variant: &Variant) -> Variant {
        Variant {
            behaviour: self.applied_to_behaviour(variant.behaviour),
            serving: self.applied_to_serving(&variant.serving),
            ..variant.clone()
        }
    }

    /// How instances come up with this.
    pub fn applied_to_behaviour(&self, behaviour: Behaviour) -> Behaviour {
        Behaviour {
            startup_ms: self.startup_ms.unwrap_or(behaviour.startup_ms),
            health: self.health.unwrap_or(behaviour.health),
            ..behaviour
        }
    }

    /// How instances serve with this.
    pub fn applied_to_serving(&self, serving: &Serving) -> Serving {
        Serving {
            error_rate: self.error_rate.unwrap_or(serving.error_rate),
            error_status: self.error_status.unwrap_or(serving.error_status),
            latency: self.latency.unwrap_or(serving.latency),
            response: self.response.clone().unwrap_or_else(|| serving.response.clone()),
            warmup: self.warmup.or(serving.warmup),
            fail_after_ms: self.fail_after_ms.or(serving.fail_after_ms),
            concurrency: self.concurrency.or(serving.concurrency),
        }
    }
}

/// What a content type must be, in words.
pub const CONTENT_TYPE_WANTED: &str = "1 to 1024 visible ASCII characters";

/// Whether a text can be sent as a content type.
pub fn is_content_type(text: &str) -> bool {
    let visible = text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic());
    visible && !text.trim().is_empty() && text.len() <= 1024
}

fn within<T: PartialOrd + Display>(
    name: &str,
    value: Option<&T>,
    range: &RangeInclusive<T>,
) -> Result<(), String> {
    let Some(value) = value.filter(|value| !range.contains(value)) else { return Ok(()) };
    let (low, high) = (range.start(), range.end());
    Err(format!("{name} is {value}, but it must be a number from {low} to {high}."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::endpoint::tests::variant;

    fn tuned(text: &str) -> Tuning {
        serde_json::from_str(text).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn a_knob_that_is_not_set_changes_nothing() {
        let behaviour = Behaviour { startup_ms: 5, ping_timeout_ms: 9, health: Health::Failing };
        let serving = Serving { error_rate: 0.5, concurrency: Some(2), ..Serving::default() };
        let nothing = Tuning::default();
        assert_eq!(nothing.applied_to_behaviour(behaviour), behaviour);
        assert_eq!(nothing.applied_to_serving(&serving), serving);
        let some = tuned(r#"{"startup_ms": 7, "error_status": 503, "concurrency": 4}"#);
        assert_eq!(some.applied_to_behaviour(behaviour), Behaviour { startup_ms: 7, ..behaviour });
        let wanted = Serving { error_status: 503, concurrency: Some(4), ..serving.clone() };
        assert_eq!(some.applied_to_serving(&serving), wanted);
    }

    #[test]
    fn a_variant_comes_up_and_serves_as_its_knobs_say() {
        let before = variant("main", 2, Health::Passing);
        let after = tuned(r#"{"startup_ms": 7, "health": "failing", "error_status": 503}"#).applied(&before);
        assert_eq!((after.behaviour.startup_ms, after.behaviour.health), (7, Health::Failing));
        assert_eq!((after.serving.error_status, after.name), (503, before.name));
    }

    #[test]
    fn a_content_type_is_visible_text_of_some_length() {
        for text in ["text/csv", "text/csv; header=present", &"x".repeat(1024)] {
            assert!(is_content_type(text), "{text}");
        }
        for text in ["", "  ", "a\tb", "caf\u{e9}", &"x".repeat(1025)] {
            assert!(!is_content_type(text), "{text}");
        }
        let fixed = tuned(r#"{"response": {"fixed": {"content_type": "text/csv", "body": ""}}}"#);
        assert_eq!(fixed.check(), Ok(()));
    }

    #[test]
    fn every_knob_is_written_and_read_in_snake_case() {
        let text = concat!(
            r#"{"startup_ms":1,"health":{"failing_after":2},"error_rate":0.5,"error_status":503,"#,
            r#""latency":{"log_normal":{"p50_us":5000,"p99_us":40000}},"#,
            r#""response":{"fixed":{"content_type":"text/csv","body":"1,2"}},"#,
            r#""warmup":{"ms":180000,"factor":4.0},"fail_after_ms":900000,"concurrency":4}"#
        );
        let all = tuned(text);
        assert_eq!(all.check(), Ok(()));
        assert_eq!(serde_json::to_string(&all).unwrap(), text);
        assert_eq!(serde_json::to_string(&Tuning::default()).unwrap(), "{}");
        assert!(serde_json::from_str::<Tuning>(r#"{"eror_rate": 1}"#).is_err(), "a slip of the pen");
    }

    #[test]
    fn a_knob_out_of_its_range_is_refused_in_a_sentence() {
        let table = [
            (r#"{"error_rate": 1.5}"#, "error_rate is 1.5, but it must be a number from 0 to 1."),
            (r#"{"error_status": 200}"#, "error_status is 200, but it must be a number from 400 to 599."),
            (r#"{"startup_ms": -1}"#, "startup_ms is -1, but it must be a number from 0 to 86400000."),
            (
                r#"{"warmup": {"ms": 5, "factor": 0.5}}"#,
                "warmup.factor is 0.5, but it must be a number from 1 to 1000.",
            ),
            (r#"{"concurrency": 0}"#, "concurrency is 0, but it must be a number from 1 to 10000."),
            (
                r#"{"fail_after_ms": -1}"#,
                "fail_after_ms is -1, but it must be a number from 0 to 31536000000.",
            ),
            (
                r#"{"latency": {"fixed": {"us": -1}}}"#,
                "latency.fixed.us is -1, but it must be a number from 0 to 3600000000.",
            ),
            (
                r#"{"latency": {"log_normal": {"p50_us": 9, "p99_us": 8}}}"#,
                "latency.log_normal.p99_us is 8, but it must be a number from 9 to 3600000000.",
            ),
            (
                r#"{"response": {"fixed": {"content_type": "a\nb", "body": ""}}}"#,
                "response.fixed.content_type is \"a\\nb\", but it must be 1 to 1024 visible ASCII characters.",
            ),
        ];
        for (text, sentence) in table {
            assert_eq!(tuned(text).check(), Err(sentence.to_owned()));
        }
    }
}
