//! `sagebrush wait`: waits for the end of an update and judges it by its exit code, as `aws sagemaker wait` cannot: to
//! that a rolled-back update is in service.

use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use tokio::time::interval;

use super::Error;
use super::deployments::newest;
use super::place::{Output, Place};
use crate::clock::steady_now;

/// How often the server is asked.
const INTERVAL: Duration = Duration::from_millis(200);

const ROLLED_BACK: u8 = 2;
pub(super) const TIMED_OUT: u8 = 3;
const FAILED: u8 = 4;

/// What `wait` takes.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 the new config is in service, 2 it was rolled back, 3 it was not over in time, \
                        4 it failed, 1 anything else."
)]
pub(super) struct Arguments {
    /// The endpoint, or inference-component/NAME
    endpoint: String,
    #[command(flatten)]
    place: Place,
    /// Wait so many seconds of real time at the most
    #[arg(long, value_name = "SECONDS", default_value_t = 3600)]
    timeout: u64,
    #[command(flatten)]
    output: Output,
}

/// Judges the deployment that is under way, or else the last one.
pub(super) async fn run(arguments: Arguments) -> Result<ExitCode, Error> {
    let Arguments { endpoint, place, timeout, output } = arguments;
    let client = place.client()?;
    let path = newest(&client, &endpoint).await?;
    let (began, longest_ms) = (steady_now(), i64::try_from(timeout).unwrap_or(i64::MAX).saturating_mul(1000));
    let mut looks = interval(INTERVAL);
    loop {
        looks.tick().await;
        let described = client.get(&path, &[]).await.map_err(|failure| client.told(&failure))?;
        let code = code_of(described["status"].as_str().unwrap_or_default());
        if code.is_some() || steady_now().ms_since(began) >= longest_ms {
            let why = described["why"].as_str().unwrap_or_default();
            output.say(&described, |_| format!("{endpoint}: {why}\n"));
            return Ok(ExitCode::from(code.unwrap_or(TIMED_OUT)));
        }
    }
}

/// The exit code of an end; none while it is on its way.
pub(super) fn code_of(status: &str) -> Option<u8> {
    match status {
        "running" => None,
        "succeeded" => Some(0),
        "rolled_back" => Some(ROLLED_BACK),
        _ => Some(FAILED),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_end_has_its_exit_code() {
        let codes = ["running", "succeeded", "rolled_back", "rollback_failed", "failed"].map(code_of);
        assert_eq!(codes, [None, Some(0), Some(2), Some(4), Some(4)]);
    }
}
