//! `sagebrush deployments`: what became of the updates of an endpoint, the newest first.

use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use serde_json::Value;

use super::client::Client;
use super::place::{Place, ask};
use super::{Error, say};

/// The server looks into its database and answers.
pub(super) const LONGEST: Duration = Duration::from_secs(30);

/// What `deployments` takes.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The endpoint
    endpoint: String,
    #[command(flatten)]
    place: Place,
    /// Print the server's JSON
    #[arg(long)]
    json: bool,
}

/// Prints the deployments of an endpoint.
pub(super) async fn run(arguments: Arguments) -> Result<ExitCode, Error> {
    let Arguments { endpoint, place, json } = arguments;
    let client = Client::new(&place.url()?, LONGEST);
    let listed = ask(&client, &place, "deployments", &[("endpoint", Some(endpoint.clone()))]).await?;
    if json {
        say(&format!("{listed:#}\n"));
        return Ok(ExitCode::SUCCESS);
    }
    let rows = listed["deployments"].as_array().map(Vec::as_slice).unwrap_or_default();
    if rows.is_empty() {
        return Err(nothing(&endpoint, &place, &client));
    }
    say(&table(rows));
    Ok(ExitCode::SUCCESS)
}

/// There is no deployment of that endpoint, or none in that world.
pub(super) fn nothing(endpoint: &str, place: &Place, client: &Client) -> Error {
    let (account, region) = place.said();
    let world = [account, region].into_iter().flatten().collect::<Vec<_>>().join("/");
    let of_world = if world.is_empty() { String::new() } else { format!(" in {world}") };
    Error::Other(format!("there is no deployment of endpoint {endpoint:?}{of_world} at {}", client.url()))
}

/// One line a deployment, columns as wide as they need to be, and why it did not succeed below it.
fn table(rows: &[Value]) -> String {
    let text = |row: &Value, member: &str| row[member].as_str().unwrap_or("-").to_owned();
    let heads = ["#", "STATUS", "STRATEGY", "FROM", "TO", "STARTED", "ENDED"].map(str::to_owned);
    let line = |row: &Value| {
        let number = row["sequence"].to_string();
        let [status, strategy, from, to, started, ended] =
            ["status", "strategy", "from_config", "to_config", "started_at", "ended_at"]
                .map(|it| text(row, it));
        [number, status, strategy, from, to, started, ended]
    };
    let lines: Vec<_> = std::iter::once(heads).chain(rows.iter().map(line)).collect();
    let widths: Vec<usize> =
        (0..7).map(|at| lines.iter().map(|line| line[at].chars().count()).max().unwrap_or(0)).collect();
    let mut out = String::new();
    for (index, line) in lines.iter().enumerate() {
        let cells: Vec<_> = line.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        out.push_str(cells.join("  ").trim_end());
        out.push('\n');
        let reason = index.checked_sub(1).and_then(|row| rows[row]["failure_reason"].as_str());
        if let Some(reason) = reason {
            out.push_str(&" ".repeat(widths[0] + 2));
            out.push_str(reason);
            out.push('\n');
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_table_is_as_wide_as_it_needs_to_be_and_says_why() {
        let rows = [
            json!({
                "sequence": 2, "status": "rolled_back", "strategy": "CANARY", "from_config": "blue", "to_config": "green",
                "started_at": "2026-11-26T08:00:00Z", "ended_at": null, "failure_reason": "It was aborted.",
            }),
            json!({
                "sequence": 1, "status": "succeeded", "strategy": "ALL_AT_ONCE", "from_config": null,
                "to_config": "blue", "started_at": "2026-11-26T07:00:00Z", "ended_at": "2026-11-26T07:01:00Z",
                "failure_reason": null,
            }),
        ];
        let wanted = "\
#  STATUS       STRATEGY     FROM  TO     STARTED               ENDED
2  rolled_back  CANARY       blue  green  2026-11-26T08:00:00Z  -
   It was aborted.
1  succeeded    ALL_AT_ONCE  -     blue   2026-11-26T07:00:00Z  2026-11-26T07:01:00Z
";
        assert_eq!(table(&rows), wanted);
    }
}
