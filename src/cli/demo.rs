//! `sagebrush demo`: the server at sixty times real time, and a client that plays two deployments on it.
//!
//! Nothing is staged. The client speaks AWS's protocol over HTTP, as boto3 does, and what it tells is what
//! the server answered.

mod picture;
mod story;

use std::process::ExitCode;
use std::time::Duration;

use clap::Args;

use super::client::Client;
use super::paint::Paint;
use super::{Error, log, say, signal};
use crate::clock::Mode;
use crate::config::{DEFAULT_LISTEN, Given, Settings};
use crate::domain::world::WorldId;
use crate::server::{Server, StartError};

/// An hour of the world is a minute: the story is told in about twenty seconds.
const CLOCK: Mode = Mode::Scaled { rate_milli: 60_000 };

/// Three times what the story takes; a story that hangs shall end all the same.
const LONGEST: Duration = Duration::from_mins(1);

/// No answer on the loopback takes as long.
const LONGEST_REQUEST: Duration = Duration::from_secs(10);

/// What `demo` takes.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// End after the story, with exit code 0 only if both deployments went as they should
    #[arg(long)]
    exit: bool,
    /// Listen on this host and port [default: 127.0.0.1:7243, or a free port if that is taken]
    #[arg(long, value_name = "HOST:PORT")]
    listen: Option<String>,
}

/// Tells the story, and stays up for whoever wants to look around.
pub(super) async fn run(arguments: Arguments) -> Result<ExitCode, Error> {
    let mut end = std::pin::pin!(signal::end_asked_for()?);
    let server = start(arguments.listen).await?;
    let url = server.url();
    say(&format!("It can be watched at {url}/console/endpoints/{} as it happens.\n", story::ENDPOINT));
    let told = tokio::select! {
        () = &mut end => Err("it was interrupted".to_owned()),
        told = tell(&url) => told,
    };
    if let Err(why) = &told {
        say(&format!("\nThe story did not go as it should: {why}.\n"));
    }
    if !arguments.exit && told.is_ok() {
        say(&format!(
            "\nThe server stays up on {url}, at 60 times real time. Look around, at {url}/console or by a client:\n  \
             export AWS_ENDPOINT_URL={url} AWS_DEFAULT_REGION=us-east-1 AWS_ACCESS_KEY_ID=123456789012 AWS_SECRET_ACCESS_KEY=secret\n  \
             aws sagemaker describe-endpoint --endpoint-name {}\n  \
             curl '{url}/_sagebrush/deployments?endpoint={0}'\n\
             Ctrl-C ends it.\n",
            story::ENDPOINT,
        ));
        end.await;
    }
    server.stop().await;
    Ok(told.map_or(ExitCode::FAILURE, |()| ExitCode::SUCCESS))
}

/// Starts where it was told to, else on the default address, else on a free port.
async fn start(listen: Option<String>) -> Result<Server, Error> {
    let mut settings = Settings::load(None, |_| None, Vec::new())?;
    settings.clock = CLOCK;
    // Its settings name no collector.
    log(&settings, None);
    if let Some(listen) = listen {
        let settings = Settings::load(None, |_| None, vec![Given::by_flag("listen", listen)])?;
        return Ok(Server::start(&Settings { clock: CLOCK, ..settings }).await?);
    }
    match Server::start(&settings).await {
        Err(StartError::Listen { .. }) => {
            DEFAULT_LISTEN.rsplit_once(':').map_or("", |(host, _)| host).clone_into(&mut settings.listen);
            settings.listen.push_str(":0");
            Ok(Server::start(&settings).await?)
        }
        outcome => Ok(outcome?),
    }
}

async fn tell(url: &str) -> Result<(), String> {
    let world = WorldId::new(WorldId::DEFAULT_ACCOUNT, WorldId::DEFAULT_REGION);
    let client = Client::new(url, world, LONGEST_REQUEST);
    let told = tokio::time::timeout(LONGEST, story::tell(&client, Paint::of_terminal())).await;
    told.unwrap_or_else(|_| Err(format!("it was not over after {} seconds", LONGEST.as_secs())))
}
