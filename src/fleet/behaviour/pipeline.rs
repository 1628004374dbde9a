//! What the containers of a model come to together. They run in series, each works on what the one before it
//! answered; <https://docs.aws.amazon.com/sagemaker/latest/dg/inference-pipelines.html>.
//!
//! - An instance is up when its slowest container is, and as ill as its worst.
//! - Latencies add up, the medians and the 99th percentiles each for themselves. Where no container names
//!   one, the model has the default of a model; where one does, the others take no time.
//! - The first container that errs, by a rate or by age, errs: its rate, age and status hold.
//! - What is answered is what the last container that names an answer answers.
//! - The longest warm-up and its greatest factor hold, and the smallest concurrency.

use crate::domain::serving::{Latency, Serving, Warmup};
use crate::domain::tuning::Tuning;
use crate::domain::variant::{Behaviour, Health};

/// How instances of a model come up. A container that does not name its start-up takes
/// `default_startup_ms`, as does a model without containers.
pub fn behaviour(containers: &[Tuning], default_startup_ms: i64, ping_timeout_ms: i64) -> Behaviour {
    let startups = containers.iter().map(|container| container.startup_ms.unwrap_or(default_startup_ms));
    let healths = containers.iter().filter_map(|container| container.health);
    Behaviour {
        startup_ms: startups.max().unwrap_or(default_startup_ms),
        ping_timeout_ms,
        health: healths.min_by_key(|health| passes(*health)).unwrap_or(Health::Passing),
    }
}

/// How instances of a model serve.
pub fn serving(containers: &[Tuning]) -> Serving {
    let errs =
        |tuning: &&Tuning| tuning.error_rate.is_some_and(|rate| rate > 0.0) || tuning.fail_after_ms.is_some();
    let erring = containers.iter().find(errs);
    let error_status = match erring {
        Some(container) => container.error_status,
        None => containers.iter().find_map(|container| container.error_status),
    };
    let whole = Tuning {
        error_rate: erring.and_then(|container| container.error_rate),
        error_status,
        fail_after_ms: erring.and_then(|container| container.fail_after_ms),
        latency: containers.iter().filter_map(|container| container.latency).reduce(one_after_another),
        response: containers.iter().rev().find_map(|container| container.response.clone()),
        warmup: containers.iter().filter_map(|container| container.warmup).reduce(slower),
        concurrency: containers.iter().filter_map(|container| container.concurrency).min(),
        ..Tuning::default()
    };
    whole.applied_to_serving(&Serving::default())
}

fn one_after_another(first: Latency, second: Latency) -> Latency {
    if let (Latency::Fixed { us: first }, Latency::Fixed { us: second }) = (first, second) {
        return Latency::Fixed { us: first + second };
    }
    let ((p50, p99), (next_p50, next_p99)) = (first.percentiles_us(), second.percentiles_us());
    Latency::LogNormal { p50_us: p50 + next_p50, p99_us: p99 + next_p99 }
}

fn slower(first: Warmup, second: Warmup) -> Warmup {
    Warmup { ms: first.ms.max(second.ms), factor: first.factor.max(second.factor) }
}

/// How many instances pass, where all are more than any number.
fn passes(health: Health) -> (bool, u64) {
    match health {
        Health::Failing => (false, 0),
        Health::FailingAfter(first) => (false, first),
        Health::Passing => (true, 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::serving::Response;
    use crate::fleet::behaviour::read;

    /// Containers of these Environments, written as `NAME=value NAME=value`.
    fn containers(environments: &[&str]) -> Vec<Tuning> {
        let container = |text: &&str| {
            let pairs = text.split_whitespace().map(|pair| pair.split_once('=').expect("a pair"));
            let pairs: Vec<_> =
                pairs.map(|(name, value)| (format!("SAGEBRUSH_{name}"), value.to_owned())).collect();
            read("it", pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())))
                .expect("it is legal")
        };
        environments.iter().map(container).collect()
    }

    #[test]
    fn a_model_is_as_slow_to_start_as_its_slowest_container_and_as_ill_as_its_worst() {
        let table: [(&[&str], _); 5] = [
            (&[], (60_000, Health::Passing)),
            (&["STARTUP_SECONDS=5"], (5_000, Health::Passing)),
            (&["STARTUP_SECONDS=5", "HEALTH=failing-after:9"], (60_000, Health::FailingAfter(9))),
            (&["HEALTH=failing-after:9", "HEALTH=failing-after:3"], (60_000, Health::FailingAfter(3))),
            (
                &["STARTUP_SECONDS=90 HEALTH=failing", "HEALTH=failing-after:0", "HEALTH=passing"],
                (90_000, Health::Failing),
            ),
        ];
        for (environments, (startup_ms, health)) in table {
            let wanted = Behaviour { startup_ms, ping_timeout_ms: 240_000, health };
            assert_eq!(behaviour(&containers(environments), 60_000, 240_000), wanted, "{environments:?}");
        }
    }

    #[test]
    fn a_model_that_says_nothing_echoes_after_three_milliseconds() {
        let silent = Serving {
            error_rate: 0.0,
            error_status: 500,
            latency: Latency::Fixed { us: 3_000 },
            response: Response::Echo,
            warmup: None,
            fail_after_ms: None,
            concurrency: None,
        };
        assert_eq!(serving(&[]), silent);
        assert_eq!(serving(&containers(&["", ""])), silent);
    }

    #[test]
    fn latencies_in_series_add_up_and_the_most_cautious_limits_hold() {
        let latency = |environments: &[&str]| serving(&containers(environments)).latency;
        assert_eq!(latency(&["LATENCY_MS=5", "", "LATENCY_MS=2.5"]), Latency::Fixed { us: 7_500 });
        let mixed = latency(&["LATENCY_MS=5", "LATENCY_MS=1/4", "LATENCY_MS=2/3"]);
        assert_eq!(mixed, Latency::LogNormal { p50_us: 8_000, p99_us: 12_000 });
        let whole = serving(&containers(&[
            "WARMUP=180:2 CONCURRENCY=8",
            "WARMUP=60:4",
            "CONCURRENCY=3 RESPONSE=yes",
        ]));
        assert_eq!(whole.warmup, Some(Warmup { ms: 180_000, factor: 4.0 }));
        assert_eq!(whole.concurrency, Some(3));
        let yes = Response::Fixed { content_type: "text/plain".into(), body: "yes".into() };
        assert_eq!(whole.response, yes);
        assert_eq!(serving(&containers(&["RESPONSE=no", "RESPONSE=yes", ""])).response, yes);
    }

    #[test]
    fn the_first_container_that_errs_errs_with_its_own_status() {
        let error = |environments: &[&str]| {
            let serving = serving(&containers(environments));
            (serving.error_rate, serving.error_status, serving.fail_after_ms)
        };
        let table: [(&[&str], _); 4] = [
            (&["ERROR_RATE=0.5", "ERROR_RATE=1 ERROR_STATUS=503"], (0.5, 500, None)),
            (&["ERROR_RATE=0", "ERROR_RATE=1 ERROR_STATUS=503"], (1.0, 503, None)),
            (&["ERROR_STATUS=418", "FAIL_AFTER=9 ERROR_STATUS=502", "ERROR_RATE=1"], (0.0, 502, Some(9_000))),
            (&["", "ERROR_STATUS=418"], (0.0, 418, None)),
        ];
        for (environments, wanted) in table {
            assert_eq!(error(environments), wanted, "{environments:?}");
        }
    }
}
