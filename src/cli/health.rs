//! `sagebrush health`: asks a server whether it can do its work. For health checks where there is no other
//! client, as in the container image.

use std::process::ExitCode;
use std::time::Duration;

use clap::Args;

use super::client::Client;
use super::{Error, say};
use crate::config::DEFAULT_LISTEN;

/// Whoever asks has a limit of its own, three seconds in the container image, and shall hear the reason.
const LONGEST: Duration = Duration::from_secs(2);

/// What `health` takes.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Where the server is [default: http://127.0.0.1:7243]
    #[arg(long, value_name = "URL")]
    url: Option<String>,
}

/// Says how the server is.
pub(super) async fn run(arguments: Arguments) -> Result<ExitCode, Error> {
    let url = arguments.url.unwrap_or_else(|| format!("http://{DEFAULT_LISTEN}"));
    if !url.starts_with("http://") {
        return Err(Error::Other(format!("--url is {url:?}, but it takes http://HOST:PORT")));
    }
    match Client::new(&url, LONGEST).control("health").await {
        Ok(health) => {
            say(&format!("{url} serves: sagebrush {}\n", health["version"].as_str().unwrap_or("")));
            Ok(ExitCode::SUCCESS)
        }
        Err(why) => Err(Error::Other(format!("{url} is not in good health: {why}"))),
    }
}
