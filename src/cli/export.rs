//! `sagebrush export`: writes worlds of a running server down.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use hyper::Method;
use hyper::body::Bytes;
use serde_json::{Value, json};

use super::client::{Failure, query};
use super::place::{Output, Place};
use super::{Error, SNAPSHOT_LONGEST, whole_file};

/// What `export` takes.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Write the snapshot here; - is standard output
    file: PathBuf,
    #[command(flatten)]
    place: Place,
    /// All regions of the account
    #[arg(long, conflicts_with_all = ["region", "all"])]
    all_regions: bool,
    /// Every world of the server
    #[arg(long, conflicts_with_all = ["account", "region"])]
    all: bool,
    #[command(flatten)]
    output: Output,
}

/// Writes the file whole, or not at all.
pub(super) async fn run(arguments: Arguments) -> Result<ExitCode, Error> {
    let Arguments { file, place, all_regions, all, output } = arguments;
    let client = place.patient_client(SNAPSHOT_LONGEST)?;
    let (account, region) = place.said();
    let (account, region) = (account.as_deref(), region.as_deref());
    let pairs = match (all, all_regions) {
        (true, _) => [("account", None), ("region", None), ("scope", Some("all"))],
        (_, true) => [("account", account), ("region", None), ("scope", Some("account"))],
        _ => [("account", account), ("region", region), ("scope", None)],
    };
    let snapshot = client.bytes(Method::GET, "/_sagebrush/snapshot", &query(&pairs), Bytes::new()).await;
    let snapshot = snapshot.and_then(|snapshot| Ok((rows(&snapshot)?, snapshot)));
    let (rows, snapshot) =
        snapshot.map_err(|why| Error::Other(format!("cannot export from {}: {why}", client.url())))?;
    let written = if file == Path::new("-") {
        let mut out = std::io::stdout().lock();
        out.write_all(&snapshot).and_then(|()| out.flush())
    } else {
        whole_file::write(&file, &snapshot)
    };
    written.map_err(|error| Error::Other(format!("cannot write {}: {error}", file.display())))?;
    if file == Path::new("-") {
        // Standard output is the snapshot's own.
        return Ok(ExitCode::SUCCESS);
    }
    let told = json!({ "file": file.to_string_lossy(), "rows": rows });
    Ok(output.say(&told, |_| format!("{rows} rows are in {}\n", file.display())))
}

/// The number in the last line, without which it is no whole snapshot.
fn rows(snapshot: &[u8]) -> Result<u64, Failure> {
    let line = snapshot.trim_ascii_end().rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
    let rows = serde_json::from_slice::<Value>(line).ok().and_then(|line| line["rows"].as_u64());
    rows.ok_or_else(|| Failure::Unanswered("what it answers is no snapshot".to_owned()))
}
