//! `sagebrush import`: replaces worlds of a running server by what was written down of them.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use hyper::Method;
use serde_json::Value;

use super::client::query;
use super::place::{Output, Place};
use super::{Error, SNAPSHOT_LONGEST};

/// What `import` takes.
#[derive(Debug, Args)]
#[command(
    after_help = "A file of one world goes to the account and the region that are given, or that the AWS clients \
                        of this environment have; where none is said, and with a file of several worlds, to where \
                        it came from."
)]
pub(super) struct Arguments {
    /// Read the snapshot here; - is standard input
    file: PathBuf,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    output: Output,
}

/// Takes all worlds of the file over, or none.
pub(super) async fn run(arguments: Arguments) -> Result<ExitCode, Error> {
    let Arguments { file, place, output } = arguments;
    let client = place.patient_client(SNAPSHOT_LONGEST)?;
    let url = client.url();
    let mut snapshot = Vec::new();
    let read = if file == Path::new("-") {
        std::io::stdin().lock().read_to_end(&mut snapshot)
    } else {
        std::fs::File::open(&file).and_then(|mut open| open.read_to_end(&mut snapshot))
    };
    read.map_err(|error| Error::Other(format!("cannot read {}: {error}", file.display())))?;
    // A flag about several worlds is refused by the server; what the environment says means one.
    let (account, region) = if worlds(&snapshot) == Some(1) {
        place.said()
    } else {
        (place.account.clone(), place.region.clone())
    };
    let query = query(&[("account", account.as_deref()), ("region", region.as_deref())]);
    let answer = client.bytes(Method::PUT, "/_sagebrush/snapshot", &query, snapshot.into()).await;
    let answer =
        answer.map_err(|why| Error::Other(format!("cannot import {} into {url}: {why}", file.display())))?;
    let answer: Value = serde_json::from_slice(&answer)
        .map_err(|error| Error::Other(format!("{url} does not answer as sagebrush does: {error}")))?;
    Ok(output.say(&answer, |answer| answer["worlds"].as_array().into_iter().flatten().map(line).collect()))
}

fn line(world: &Value) -> String {
    let [account, region, now, mode] =
        [&world["account"], &world["region"], &world["clock"]["now"], &world["clock"]["mode"]]
            .map(|text| text.as_str().unwrap_or_default());
    format!("{account}/{region} goes on from {now} on its {mode} clock\n")
}

/// How many worlds the first line of a snapshot counts.
fn worlds(snapshot: &[u8]) -> Option<u64> {
    let line = snapshot.split(|byte| *byte == b'\n').next()?;
    serde_json::from_slice::<Value>(line).ok()?["worlds"].as_u64()
}
