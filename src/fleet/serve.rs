//! What a request costs at an instance: how long it takes and whether it fails.
//!
//! The latency is what AWS calls `ModelLatency`: the container's time with the time in line before it. A
//! young instance is slower, an old one may have begun to fail, and one that is busy lets a request wait.

use super::chance::Chance;
use super::exact;
use super::load::Load;
use super::target::Target;
use crate::domain::serving::{Latency, Routing};
use crate::domain::tuning::LATENCY_MAX_US;

/// A container has a minute; after it the caller is told of a time-out, while the container works on.
/// See <https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html>.
pub const TIMEOUT_US: i64 = 60_000_000;

/// `OverheadLatency`: what the platform adds to a request, always the same millisecond.
pub const OVERHEAD_US: i64 = 1_000;

/// The status that AWS reports for a request that timed out.
pub const TIMED_OUT: u16 = 0;

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Served {
    /// Identity of the instance.
    pub instance: u64,
    /// `ModelLatency`, microseconds; at most [`TIMEOUT_US`].
    pub latency_us: i64,
    /// 200, the container's error status, or [`TIMED_OUT`].
    pub status: u16,
}

impl Served {
    /// Whether the container answered.
    pub fn is_ok(&self) -> bool {
        self.status == 200
    }
}

impl Target {
    /// One of the instances serves a request that arrives at `at_us`, microseconds of the world's time.
    pub fn serve(&self, at_us: i64, chance: &mut Chance, load: &mut Load) -> Served {
        let index = match self.routing {
            Routing::Random => chance.below(self.count()),
            Routing::LeastOutstandingRequests => load.least(self, at_us, chance),
        };
        let (instance, up_at) = self.instance(index);
        let age_us = at_us.saturating_sub(up_at.0.saturating_mul(1000)).max(0);
        let errs = self.errs(age_us, chance);
        let service_us = self.service_us(age_us, chance);
        let wait_us = if self.notes_load() {
            load.take(instance, at_us, service_us, self.serving.concurrency)
        } else {
            Some(0)
        };
        match wait_us.map(|wait_us| wait_us.saturating_add(service_us)) {
            Some(latency_us) if latency_us < TIMEOUT_US => {
                let status = if errs { self.serving.error_status } else { 200 };
                Served { instance, latency_us, status }
            }
            _ => Served { instance, latency_us: TIMEOUT_US, status: TIMED_OUT },
        }
    }

    /// Whether it matters what its instances are busy with.
    pub fn notes_load(&self) -> bool {
        self.serving.concurrency.is_some() || self.routing == Routing::LeastOutstandingRequests
    }

    /// Whether a request to an instance of this age fails. The number is drawn in any case: a model that errs
    /// more often is no faster or slower for it.
    fn errs(&self, age_us: i64, chance: &mut Chance) -> bool {
        let unlucky = chance.uniform() < self.serving.error_rate;
        unlucky || self.serving.fail_after_ms.is_some_and(|ms| age_us >= ms.saturating_mul(1000))
    }

    /// How long an instance of this age works on a request.
    fn service_us(&self, age_us: i64, chance: &mut Chance) -> i64 {
        let normal_us = match self.serving.latency {
            Latency::Fixed { us } => us,
            Latency::LogNormal { p50_us, .. } => {
                rounded(p50_us as f64 * exact::exp(self.sigma * chance.normal()))
            }
        };
        match &self.serving.warmup {
            Some(warmup) if age_us < warmup.ms.saturating_mul(1000) => {
                let young = 1.0 - age_us as f64 / (warmup.ms as f64 * 1000.0);
                rounded(normal_us as f64 * (1.0 + (warmup.factor - 1.0) * young))
            }
            _ => normal_us,
        }
    }
}

/// The nearest microsecond, at most the longest latency that there is.
fn rounded(us: f64) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "at most LATENCY_MAX_US")]
    let us = us.clamp(0.0, LATENCY_MAX_US as f64).round() as i64;
    us
}

#[cfg(test)]
mod tests;
