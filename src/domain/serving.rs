//! How a model serves once its instances are up: what a request costs, whether it fails and what comes back.
//!
//! An endpoint holds its own copy, beside the [`Behaviour`](super::variant::Behaviour) that says how the
//! instances come up. These are plain facts: chance is the fleet's, and nothing here knows of requests. All
//! members have a default, so that a state that was written before there were any still reads.

use serde::{Deserialize, Serialize};

/// How instances of a model serve, on the world's clock.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Serving {
    /// The part of requests that fail, 0 to 1.
    pub error_rate: f64,
    /// What the container answers to a request that fails, 400 to 599.
    pub error_status: u16,
    /// How long the container takes.
    pub latency: Latency,
    /// What it answers otherwise.
    pub response: Response,
    /// How its young instances are slower.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warmup: Option<Warmup>,
    /// The age of an instance from which every request to it fails.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fail_after_ms: Option<i64>,
    /// How many requests an instance works on at once; more of them queue. Without it all are taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub concurrency: Option<u32>,
}

impl Default for Serving {
    fn default() -> Self {
        Self {
            error_rate: 0.0,
            error_status: 500,
            latency: Latency::Fixed { us: 3_000 },
            response: Response::Echo,
            warmup: None,
            fail_after_ms: None,
            concurrency: None,
        }
    }
}

/// How long a container takes for a request, in microseconds as AWS's `ModelLatency` has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Latency {
    /// Always the same.
    Fixed {
        /// That long.
        us: i64,
    },
    /// Log-normal: most requests near the median, a few far above it.
    LogNormal {
        /// The median; at least 1.
        p50_us: i64,
        /// One request in a hundred takes longer; at least the median.
        p99_us: i64,
    },
}

impl Latency {
    /// Median and 99th percentile.
    pub fn percentiles_us(self) -> (i64, i64) {
        match self {
            Self::Fixed { us } => (us, us),
            Self::LogNormal { p50_us, p99_us } => (p50_us, p99_us),
        }
    }
}

/// What a container answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Response {
    /// The request's own body and content type.
    Echo,
    /// Always the same.
    Fixed {
        /// `ContentType`.
        content_type: String,
        /// `Body`.
        body: String,
    },
}

/// Instances that were just started are slower.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Warmup {
    /// For so long after an instance is up.
    pub ms: i64,
    /// A latency is so many times as long at the beginning; from there it falls evenly to its normal length.
    pub factor: f64,
}

/// `RoutingConfig.RoutingStrategy`: which instance of a variant takes a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Routing {
    /// Any of them.
    #[default]
    Random,
    /// The one with the fewest requests in work.
    LeastOutstandingRequests,
}

/// `MetricsConfig`: how often an endpoint's metrics are published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Publish {
    /// `EnableEnhancedMetrics`: invocations are published as often as utilization.
    pub enhanced: bool,
    /// `MetricPublishFrequencyInSeconds`.
    pub frequency_secs: u32,
}

impl Publish {
    /// What `MetricPublishFrequencyInSeconds` may be.
    /// See <https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_MetricsConfig.html>.
    pub const FREQUENCIES_SECS: [u32; 7] = [10, 30, 60, 120, 180, 240, 300];

    /// How often instances report their utilization: always as often as they are told to.
    pub fn instances_ms(self) -> i64 {
        i64::from(self.frequency_secs.max(1)) * 1000
    }

    /// How much time a datapoint of an invocation metric covers: a minute, unless the metrics are enhanced.
    pub fn invocations_ms(self) -> i64 {
        if self.enhanced { self.instances_ms() } else { 60_000 }
    }
}

impl Default for Publish {
    fn default() -> Self {
        Self { enhanced: false, frequency_secs: 60 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_are_published_as_often_as_they_are_told_and_invocations_only_if_enhanced() {
        for (enhanced, frequency_secs, instances_ms, invocations_ms) in [
            (false, 60, 60_000, 60_000),
            (false, 10, 10_000, 60_000),
            (true, 10, 10_000, 10_000),
            (true, 300, 300_000, 300_000),
            (true, 0, 1_000, 1_000),
        ] {
            let publish = Publish { enhanced, frequency_secs };
            let seen = (publish.instances_ms(), publish.invocations_ms());
            assert_eq!(seen, (instances_ms, invocations_ms), "{publish:?}");
        }
    }

    #[test]
    fn a_latency_has_a_median_and_a_99th_percentile() {
        assert_eq!(Latency::Fixed { us: 7 }.percentiles_us(), (7, 7));
        assert_eq!(Latency::LogNormal { p50_us: 7, p99_us: 9 }.percentiles_us(), (7, 9));
    }
}
