//! `sagebrush reset`: forgets everything of a world, or of all of them.

use std::process::ExitCode;

use clap::Args;
use hyper::Method;
use serde_json::Value;

use super::clock::reading;
use super::place::{Output, Place};
use super::{Error, SNAPSHOT_LONGEST};

/// What `reset` takes.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    place: Place,
    /// Every world of the server
    #[arg(long, conflicts_with_all = ["account", "region"])]
    all: bool,
    #[command(flatten)]
    output: Output,
}

/// Forgets it; what is printed is how the world begins again.
pub(super) async fn run(Arguments { place, all, output }: Arguments) -> Result<ExitCode, Error> {
    let client = place.patient_client(SNAPSHOT_LONGEST)?;
    let answer = if all {
        client.send_to_all(Method::POST, "/moto-api/reset").await
    } else {
        client.send(Method::POST, "/_sagebrush/reset", &Value::Null).await
    };
    let answer = answer.map_err(|failure| client.told(&failure))?;
    Ok(output.say(&answer, |answer| {
        if all {
            format!("every world of {} is empty\n", client.url())
        } else {
            format!("everything is forgotten; {}\n", reading(client.world(), answer))
        }
    }))
}
