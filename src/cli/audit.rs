//! `sagebrush audit`: every deployment in a database is made again and compared.

use std::process::ExitCode;

use clap::Args;

use super::{Error, say};
use crate::audit::{Report, audit};
use crate::clock::Mode;
use crate::server::StartError;
use crate::store::{self, Store};

/// What `audit` takes.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The database: sqlite:PATH, or `postgres://USER:PASSWORD@HOST/DATABASE`
    #[arg(long, value_name = "URL", env = "SAGEBRUSH_DATABASE_URL", hide_env_values = true)]
    database_url: String,
}

/// Prints a sentence for each fault, and then what was looked at; exit code 1 if there is a fault.
pub(super) async fn run(Arguments { database_url }: Arguments) -> Result<ExitCode, Error> {
    if store::is_in_memory(&database_url) {
        let sentence =
            "there is nothing to audit in memory; name a database that was kept, such as sqlite:PATH";
        return Err(Error::Other(sentence.to_owned()));
    }
    let failed = |error| Error::Start(StartError::Store(error));
    let store = Store::connect(&database_url, Mode::Real).await.map_err(failed)?;
    let report = audit(&store).await.map_err(failed)?;
    store.close().await;
    say(&told(&report));
    Ok(if report.faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The report as it is printed.
fn told(report: &Report) -> String {
    let Report { worlds, deployments, transitions, without_journal, faults } = report;
    let mut lines = faults.clone();
    lines.push(format!(
        "{worlds} world(s), {deployments} deployment(s) made again in {transitions} transition(s): {} fault(s)",
        faults.len()
    ));
    if *without_journal > 0 {
        lines.push(format!("{without_journal} deployment(s) of an earlier version keep no journal"));
    }
    lines.join("\n") + "\n"
}
