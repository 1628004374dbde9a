//! How a behaviour is written for people: in seconds, milliseconds and words.
//!
//! The limits are the domain's. Each member is refused with one sentence that says all that it may be; null
//! is the same as absent.

use serde_json::{Map, Value, json};

use super::body::Body;
use super::problem::Problem;
use super::value::{in_thousandths, members, number, thousandths, whole};
use crate::domain::serving::{Latency, Response, Serving, Warmup};
use crate::domain::tuning::{
    CONCURRENCIES, DAY_MS, ERROR_RATES, ERROR_STATUSES, FAIL_AFTER_MAX_MS, LATENCY_MAX_US, Tuning,
    WARMUP_FACTORS, is_content_type,
};
use crate::domain::variant::{Behaviour, Health};
use crate::fleet::behaviour::content_type_of;

const KNOWN: &str = "error_rate, error_status, latency_ms, startup_seconds, health, response, warmup, \
                     fail_after_seconds and concurrency";
pub(super) const LATENCY: &str = "a number of milliseconds from 0 to 3600000, or {\"p50\": number, \"p99\": number} with \
                       a median above 0 and a p99 that is not smaller";
pub(super) const STATUS: &str = "a whole number from 400 to 599";
const RESPONSE: &str = "\"echo\", or {\"body\": string}, where \"content_type\" may be 1 to 1024 visible ASCII \
                        characters";
const WARMUP: &str = "{\"seconds\": number, \"factor\": number} with seconds from 0 to 86400 and a factor \
                      from 1 to 1000";
const HEALTH: &str = "\"passing\", \"failing\" or \"failing-after:N\" with a whole number N";

/// The change that a body asks for.
pub(super) fn read(body: Body) -> Result<Tuning, Problem> {
    let mut body = body.without_nulls();
    let tuning = Tuning {
        error_rate: body.take("error_rate", "a number from 0 to 1", |value| {
            value.as_f64().filter(|rate| ERROR_RATES.contains(rate))
        })?,
        error_status: body.take("error_status", STATUS, status)?,
        latency: body.take("latency_ms", LATENCY, latency)?,
        startup_ms: body.take("startup_seconds", "a number of seconds from 0 to 86400", |value| {
            in_thousandths(value, DAY_MS)
        })?,
        health: body.take("health", HEALTH, |value| Health::from_text(value.as_str()?))?,
        response: body.take("response", RESPONSE, response)?,
        warmup: body.take("warmup", WARMUP, warmup)?,
        fail_after_ms: body.take(
            "fail_after_seconds",
            "a number of seconds from 0 to 31536000",
            |value| in_thousandths(value, FAIL_AFTER_MAX_MS),
        )?,
        concurrency: body.take("concurrency", "a whole number from 1 to 10000", |value| {
            whole(value).filter(|requests| CONCURRENCIES.contains(requests))
        })?,
    };
    body.finish(KNOWN)?;
    debug_assert_eq!(tuning.check(), Ok(()), "what is read here may be set");
    Ok(tuning)
}

/// A change as it would be put: the members that it sets.
pub(super) fn shown(tuning: &Tuning) -> Map<String, Value> {
    let mut shown = whole_of(tuning);
    shown.retain(|_, value| !value.is_null());
    shown
}

/// Everything about how a model behaves; what it does not do is null.
pub(super) fn shown_whole(behaviour: Behaviour, serving: Serving) -> Map<String, Value> {
    whole_of(&Tuning {
        startup_ms: Some(behaviour.startup_ms),
        health: Some(behaviour.health),
        error_rate: Some(serving.error_rate),
        error_status: Some(serving.error_status),
        latency: Some(serving.latency),
        response: Some(serving.response),
        warmup: serving.warmup,
        fail_after_ms: serving.fail_after_ms,
        concurrency: serving.concurrency,
    })
}

fn whole_of(tuning: &Tuning) -> Map<String, Value> {
    let members = [
        ("error_rate", tuning.error_rate.map(|rate| number(rate).into())),
        ("error_status", tuning.error_status.map(Value::from)),
        ("latency_ms", tuning.latency.map(latency_shown)),
        ("startup_seconds", tuning.startup_ms.map(|ms| thousandths(ms).into())),
        ("health", tuning.health.map(|health| health.to_string().into())),
        ("response", tuning.response.as_ref().map(response_shown)),
        ("warmup", tuning.warmup.map(warmup_shown)),
        ("fail_after_seconds", tuning.fail_after_ms.map(|ms| thousandths(ms).into())),
        ("concurrency", tuning.concurrency.map(Value::from)),
    ];
    members.into_iter().map(|(name, value)| (name.to_owned(), value.unwrap_or_default())).collect()
}

pub(super) fn status(value: &Value) -> Option<u16> {
    whole(value).filter(|status| ERROR_STATUSES.contains(status))
}

pub(super) fn latency(value: &Value) -> Option<Latency> {
    let Some(pair) = members(value, &["p50", "p99"]) else {
        return Some(Latency::Fixed { us: in_thousandths(value, LATENCY_MAX_US)? });
    };
    let p50_us = in_thousandths(pair.get("p50")?, LATENCY_MAX_US)?;
    let p99_us = in_thousandths(pair.get("p99")?, LATENCY_MAX_US)?;
    (p50_us > 0 && p99_us >= p50_us).then_some(Latency::LogNormal { p50_us, p99_us })
}

pub(super) fn latency_shown(latency: Latency) -> Value {
    match latency {
        Latency::Fixed { us } => thousandths(us).into(),
        Latency::LogNormal { p50_us, p99_us } => {
            json!({"p50": thousandths(p50_us), "p99": thousandths(p99_us)})
        }
    }
}

fn response(value: &Value) -> Option<Response> {
    if value == "echo" {
        return Some(Response::Echo);
    }
    let fixed = members(value, &["body", "content_type"])?;
    let body = fixed.get("body")?.as_str()?.to_owned();
    let content_type = match fixed.get("content_type").filter(|named| !named.is_null()) {
        Some(named) => named.as_str().filter(|named| is_content_type(named))?,
        None => content_type_of(&body),
    };
    Some(Response::Fixed { content_type: content_type.to_owned(), body })
}

fn response_shown(response: &Response) -> Value {
    match response {
        Response::Echo => "echo".into(),
        Response::Fixed { content_type, body } => json!({"body": body, "content_type": content_type}),
    }
}

fn warmup(value: &Value) -> Option<Warmup> {
    let warmup = members(value, &["seconds", "factor"])?;
    let factor = warmup.get("factor")?.as_f64().filter(|factor| WARMUP_FACTORS.contains(factor))?;
    Some(Warmup { ms: in_thousandths(warmup.get("seconds")?, DAY_MS)?, factor })
}

fn warmup_shown(warmup: Warmup) -> Value {
    json!({"seconds": thousandths(warmup.ms), "factor": number(warmup.factor)})
}
