//! `sagebrush wait`: waits for the end of an update and judges it by its exit code, as `aws sagemaker wait` cannot: to
//! that a rolled-back update is in service.

use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use tokio::time::interval;

use super::client::Client;
use super::deployments::{LONGEST, nothing};
use super::place::{Place, ask};
use super::{Error, say};
use crate::clock::steady_now;

/// How often the server is asked.
const INTERVAL: Duration = Duration::from_millis(200);

const ROLLED_BACK: u8 = 2;
const TIMED_OUT: u8 = 3;
const FAILED: u8 = 4;

/// What `wait` takes.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 the new config is in service, 2 it was rolled back, 3 it was not over in time, \
                        4 it failed, 1 anything else."
)]
pub(super) struct Arguments {
    /// The endpoint
    endpoint: String,
    #[command(flatten)]
    place: Place,
    /// Wait so many seconds of real time at the most
    #[arg(long, value_name = "SECONDS", default_value_t = 3600)]
    timeout: u64,
    /// Print the deployment as the server's JSON
    #[arg(long)]
    json: bool,
}

/// Judges the deployment that is under way, or else the last one.
pub(super) async fn run(arguments: Arguments) -> Result<ExitCode, Error> {
    let Arguments { endpoint, place, timeout, json } = arguments;
    let client = Client::new(&place.url()?, LONGEST);
    let pairs = [("endpoint", Some(endpoint.clone())), ("limit", Some(1.to_string()))];
    let newest = ask(&client, &place, "deployments", &pairs).await?;
    let Some(id) = newest["deployments"][0]["id"].as_str().map(str::to_owned) else {
        return Err(nothing(&endpoint, &place, &client));
    };
    let path = format!("deployments/{id}");
    let (began, longest_ms) = (steady_now(), i64::try_from(timeout).unwrap_or(i64::MAX).saturating_mul(1000));
    let mut looks = interval(INTERVAL);
    loop {
        looks.tick().await;
        let described = ask(&client, &place, &path, &[]).await?;
        let code = code_of(described["status"].as_str().unwrap_or_default());
        if code.is_some() || steady_now().ms_since(began) >= longest_ms {
            let why = described["why"].as_str().unwrap_or_default();
            say(&if json { format!("{described:#}\n") } else { format!("{endpoint}: {why}\n") });
            return Ok(ExitCode::from(code.unwrap_or(TIMED_OUT)));
        }
    }
}

/// The exit code of an end; none while it is on its way.
fn code_of(status: &str) -> Option<u8> {
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
