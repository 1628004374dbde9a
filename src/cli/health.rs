//! `sagebrush health`: asks a server whether it can do its work. For health checks where there is no other
//! client, as in the container image.

use std::process::ExitCode;
use std::time::Duration;

use clap::Args;

use super::Error;
use super::client::Client;
use super::place::{Output, Site};
use crate::domain::world::WorldId;

/// Whoever asks has a limit of its own, three seconds in the container image, and shall hear the reason.
const LONGEST: Duration = Duration::from_secs(2);

/// What `health` takes.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    site: Site,
    #[command(flatten)]
    output: Output,
}

/// Says how the server is.
pub(super) async fn run(arguments: Arguments) -> Result<ExitCode, Error> {
    let url = arguments.site.url()?;
    // Health is the server's, whatever world; this one is always named as it should be.
    let world = WorldId::new(WorldId::DEFAULT_ACCOUNT, WorldId::DEFAULT_REGION);
    let health = Client::new(&url, world, LONGEST).get("/_sagebrush/health", &[]).await;
    let health = health.map_err(|why| Error::Other(format!("{url} is not in good health: {why}")))?;
    let version = health["version"].as_str().unwrap_or_default();
    Ok(arguments.output.say(&health, |_| format!("{url} serves: sagebrush {version}\n")))
}
