//! `sagebrush deployments`: what became of the updates of an endpoint, the newest first.

use std::process::ExitCode;

use clap::Args;
use serde_json::Value;

use super::Error;
use super::client::{Client, Failure};
use super::place::{Output, Place};
use super::table::columns;

/// Where the server lists them.
const PATH: &str = "/_sagebrush/deployments";

/// What `deployments` takes.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The endpoint, or inference-component/NAME
    endpoint: String,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    output: Output,
}

/// Prints the deployments of an endpoint.
pub(super) async fn run(arguments: Arguments) -> Result<ExitCode, Error> {
    let Arguments { endpoint, place, output } = arguments;
    let client = place.client()?;
    let listed = client.get(PATH, &[("endpoint", Some(&endpoint))]).await;
    let listed = listed.map_err(|failure| client.told(&failure))?;
    let rows = listed["deployments"].as_array().map(Vec::as_slice).unwrap_or_default();
    if rows.is_empty() && !output.json {
        return Err(nothing(&endpoint, &client));
    }
    Ok(output.say(&listed, |_| table(rows)))
}

/// Where the server describes the newest deployment of an endpoint: the one that is under way, or else the last one.
pub(super) async fn newest(client: &Client, endpoint: &str) -> Result<String, Error> {
    let found = maybe_newest(client, endpoint).await.map_err(|failure| client.told(&failure))?;
    found.ok_or_else(|| nothing(endpoint, client))
}

/// The same; none if there never was a deployment of such an endpoint.
pub(super) async fn maybe_newest(client: &Client, endpoint: &str) -> Result<Option<String>, Failure> {
    let listed = client.get(PATH, &[("endpoint", Some(endpoint)), ("limit", Some("1"))]).await?;
    Ok(listed["deployments"][0]["id"].as_str().map(|id| format!("{PATH}/{id}")))
}

/// There is no deployment of that endpoint in that world.
pub(super) fn nothing(endpoint: &str, client: &Client) -> Error {
    let (world, url) = (client.world(), client.url());
    Error::Other(format!("there is no deployment of endpoint {endpoint:?} in {world} at {url}"))
}

/// One line a deployment, columns as wide as they need to be, and why it did not succeed below it.
fn table(rows: &[Value]) -> String {
    let text = |row: &Value, member: &str| row[member].as_str().unwrap_or("-").to_owned();
    let heads = ["#", "STATUS", "STRATEGY", "FROM", "TO", "STARTED", "ENDED"].map(str::to_owned);
    let line = |row: &Value| {
        let number = row["sequence"].to_string();
        let [mut status, strategy, from, to, started, ended] =
            ["status", "strategy", "from_config", "to_config", "started_at", "ended_at"]
                .map(|it| text(row, it));
        if row["paused_since"].is_string() {
            status.push_str(" (paused)");
        }
        [number, status, strategy, from, to, started, ended]
    };
    let lines: Vec<_> = std::iter::once(heads).chain(rows.iter().map(line)).collect();
    let margin = " ".repeat(lines.iter().map(|line| line[0].len()).max().unwrap_or(0) + 2);
    let mut lines = columns(&lines).into_iter();
    let mut out: Vec<_> = lines.next().into_iter().collect();
    for (line, row) in lines.zip(rows) {
        out.push(line);
        out.extend(row["failure_reason"].as_str().map(|reason| format!("{margin}{reason}")));
    }
    out.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_table_is_as_wide_as_it_needs_to_be_and_says_why() {
        let rows = [
            json!({
                "sequence": 3, "status": "running", "strategy": "LINEAR", "from_config": "blue", "to_config": "green",
                "started_at": "2026-11-26T09:00:00Z", "ended_at": null, "failure_reason": null,
                "paused_since": "2026-11-26T09:02:00Z",
            }),
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
#  STATUS            STRATEGY     FROM  TO     STARTED               ENDED
3  running (paused)  LINEAR       blue  green  2026-11-26T09:00:00Z  -
2  rolled_back       CANARY       blue  green  2026-11-26T08:00:00Z  -
   It was aborted.
1  succeeded         ALL_AT_ONCE  -     blue   2026-11-26T07:00:00Z  2026-11-26T07:01:00Z
";
        assert_eq!(table(&rows), wanted);
    }
}
