//! The values of the Environment's knobs: from a text to what it stands for, or nothing.
//!
//! A number is digits with at most one point. What Rust would read besides (`1e3`, `+1`, `inf`) is refused.

use std::str::FromStr;

use crate::domain::serving::{Latency, Warmup};
use crate::domain::tuning::{
    CONCURRENCIES, DAY_MS, ERROR_RATES, ERROR_STATUSES, FAIL_AFTER_MAX_MS, LATENCY_MAX_US, WARMUP_FACTORS,
};
use crate::domain::variant::Health;

pub(super) fn startup_ms(value: &str) -> Option<i64> {
    thousandths(value, DAY_MS)
}

pub(super) fn health(value: &str) -> Option<Health> {
    Health::from_text(value)
}

pub(super) fn error_rate(value: &str) -> Option<f64> {
    number(value).filter(|rate| ERROR_RATES.contains(rate))
}

pub(super) fn error_status(value: &str) -> Option<u16> {
    whole(value).filter(|status| ERROR_STATUSES.contains(status))
}

/// `5` or `5/40`.
pub(super) fn latency(value: &str) -> Option<Latency> {
    let Some((p50, p99)) = value.split_once('/') else {
        return Some(Latency::Fixed { us: thousandths(value, LATENCY_MAX_US)? });
    };
    let (p50_us, p99_us) = (thousandths(p50, LATENCY_MAX_US)?, thousandths(p99, LATENCY_MAX_US)?);
    (p50_us > 0 && p99_us >= p50_us).then_some(Latency::LogNormal { p50_us, p99_us })
}

/// `180:4`.
pub(super) fn warmup(value: &str) -> Option<Warmup> {
    let (secs, factor) = value.split_once(':')?;
    let factor = number(factor).filter(|factor| WARMUP_FACTORS.contains(factor))?;
    Some(Warmup { ms: thousandths(secs, DAY_MS)?, factor })
}

pub(super) fn fail_after_ms(value: &str) -> Option<i64> {
    thousandths(value, FAIL_AFTER_MAX_MS)
}

pub(super) fn concurrency(value: &str) -> Option<u32> {
    whole(value).filter(|requests| CONCURRENCIES.contains(requests))
}

fn whole<T: FromStr>(value: &str) -> Option<T> {
    let plain = value.bytes().all(|byte| byte.is_ascii_digit());
    value.parse().ok().filter(|_| plain)
}

/// A number as people write it: digits with at most one point.
pub fn number(value: &str) -> Option<f64> {
    let plain = value.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    value.parse().ok().filter(|_| plain)
}

/// A number in thousandths, rounded: seconds in milliseconds, milliseconds in microseconds. At most `max`.
fn thousandths(value: &str, max: i64) -> Option<i64> {
    let thousandths = number(value)? * 1000.0;
    #[expect(clippy::cast_possible_truncation, reason = "a number up to max, which is one itself")]
    (thousandths <= max as f64).then(|| thousandths.round() as i64)
}
