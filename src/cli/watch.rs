//! `sagebrush watch`: an endpoint's deployment as it goes, until it has ended; the exit code is that of `wait`.
//!
//! A view of what the server says, and nothing else: [`look`] asks, [`screen`] and [`change`] make text of it without
//! knowing where it goes, [`display`] knows the terminal.

mod change;
mod display;
mod ladder;
mod line;
mod look;
mod screen;
#[cfg(test)]
mod tests;

use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use tokio::time::{MissedTickBehavior, interval};

use super::client::{Client, Failure};
use super::deployments::{maybe_newest, newest, nothing};
use super::place::{Output, Place};
use super::wait::{TIMED_OUT, code_of};
use super::{Error, signal};
use crate::clock::steady_now;
use display::Display;
use look::Look;

/// How often the server is asked, and at most what is shown is drawn again.
const INTERVAL: Duration = Duration::from_millis(200);

/// A server that is being started anew is given so long to answer again.
const PATIENCE_MS: i64 = 10_000;

/// What `watch` takes.
#[derive(Debug, Args)]
#[command(
    after_help = "It watches the deployment that is under way, or else shows the last one, and ends with it. On a \
                        terminal it is a screen that is drawn again when something changes; elsewhere it is a line for \
                        each change, and with --json an object for each.\n\n\
                        Exit codes, as wait has them: 0 the new config is in service, 2 it was rolled back, 3 it was \
                        not over in time, 4 it failed, 1 anything else. With --keep it is 0 when Ctrl-C ends it."
)]
pub(super) struct Arguments {
    /// The endpoint, or inference-component/NAME
    endpoint: String,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    output: Output,
    /// Go on after the end, with every later deployment of the endpoint, until Ctrl-C; wait for one if there is none yet
    #[arg(long)]
    keep: bool,
    /// Watch so many seconds of real time at the most [default: as long as it takes]
    #[arg(long, value_name = "SECONDS")]
    timeout: Option<u64>,
}

/// Shows the endpoint until its deployment has ended.
pub(super) async fn run(arguments: Arguments) -> Result<ExitCode, Error> {
    let Arguments { endpoint, place, output, keep, timeout } = arguments;
    let mut end = std::pin::pin!(signal::end_asked_for()?);
    let client = place.client()?;
    // Whoever keeps watching may begin before there is anything to be seen.
    let path = if keep { None } else { Some(newest(&client, &endpoint).await?) };
    let mut watch = Watch { client, endpoint, path, keep, last: None };
    let longest_ms = timeout.map(|seconds| i64::try_from(seconds).unwrap_or(i64::MAX).saturating_mul(1000));
    let mut display = Display::new(output.json);
    let (began, mut answered) = (steady_now(), None);
    let mut looks = interval(INTERVAL);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let looked = tokio::select! {
            () = &mut end => return Ok(if keep { ExitCode::SUCCESS } else { ExitCode::FAILURE }),
            looked = async { looks.tick().await; watch.look().await } => looked,
        };
        match looked {
            Ok(None) => {
                if answered.is_none() {
                    let nothing = nothing(&watch.endpoint, &watch.client);
                    // Where nobody reads standard error, it waits all the same.
                    let _ =
                        writeln!(std::io::stderr(), "sagebrush: {nothing} yet; waiting for the first one");
                }
                answered = Some(steady_now());
            }
            Ok(Some(look)) => {
                if display.show(watch.last.as_ref(), &look).is_err() {
                    return Ok(ExitCode::FAILURE);
                }
                answered = Some(steady_now());
                let code = code_of(look.deployment["status"].as_str().unwrap_or_default());
                watch.last = Some(look);
                if let Some(code) = code.filter(|_| !keep) {
                    return Ok(ExitCode::from(code));
                }
            }
            Err(failure) if answered.is_none_or(|at| steady_now().ms_since(at) > PATIENCE_MS) => {
                return Err(watch.client.told(&failure));
            }
            Err(_) => {}
        }
        if longest_ms.is_some_and(|longest| steady_now().ms_since(began) >= longest) {
            return Ok(ExitCode::from(TIMED_OUT));
        }
    }
}

/// Who looks, at what, and what was seen last.
struct Watch {
    client: Client,
    endpoint: String,
    /// Where the deployment is described, if there is one.
    path: Option<String>,
    /// Whether a later deployment is followed.
    keep: bool,
    last: Option<Look>,
}

impl Watch {
    async fn look(&mut self) -> Result<Option<Look>, Failure> {
        if self.keep {
            let newest = maybe_newest(&self.client, &self.endpoint).await?;
            self.path = newest.or_else(|| self.path.take());
        }
        let Some(path) = &self.path else { return Ok(None) };
        Look::take(&self.client, &self.endpoint, path, self.last.as_ref()).await.map(Some)
    }
}
