//! `sagebrush clock`: what time it is in a world, and how it passes; advances it, or lets it pass in another way.

use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Subcommand};
use hyper::Method;
use serde_json::{Value, json};

use super::Error;
use super::moment::length;
use super::place::{Output, Place};
use crate::clock::Mode;
use crate::domain::world::WorldId;

/// Where the server tells it.
const PATH: &str = "/_sagebrush/clock";

/// An advance is answered when everything on the way has happened: that can be a year of traffic.
const LONGEST_ADVANCE: Duration = Duration::from_mins(10);

/// What `clock` takes.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Arguments {
    #[command(subcommand)]
    verb: Option<Verb>,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    output: Output,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Move the time on, in every mode, and say what happened on the way
    Advance(Advance),
    /// Let time pass in another way; the time that was reached is kept
    Set(Set),
}

#[derive(Debug, Args)]
struct Advance {
    #[command(flatten)]
    target: Target,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    output: Output,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Target {
    /// By so many seconds
    #[arg(value_name = "SECONDS", value_parser = seconds, allow_negative_numbers = true)]
    seconds: Option<f64>,
    /// To the next change of an endpoint
    #[arg(long)]
    next: bool,
    /// Until no endpoint is in transition, but for those that are paused in a bake
    #[arg(long)]
    idle: bool,
}

#[derive(Debug, Args)]
struct Set {
    /// real, manual, or a rate such as 60x
    #[arg(value_name = "CLOCK", value_parser = mode)]
    mode: Mode,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    output: Output,
}

fn seconds(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|number: &f64| number.is_finite());
    number.ok_or_else(|| "it takes a number of seconds, such as 600".to_owned())
}

fn mode(text: &str) -> Result<Mode, String> {
    Mode::named(text)
        .ok_or_else(|| "it takes real, manual, or a rate such as 60x (0.001x to 100000x)".to_owned())
}

/// Asks for it, and prints what the clock is then.
pub(super) async fn run(arguments: Arguments) -> Result<ExitCode, Error> {
    let Arguments { verb, place, output } = arguments;
    let (place, output, request) = match verb {
        None => (place, output, None),
        Some(Verb::Advance(Advance { target, place, output })) => {
            let body = match target {
                Target { seconds: Some(seconds), .. } => json!({ "seconds": seconds }),
                Target { next: true, .. } => json!({ "to": "next" }),
                _ => json!({ "to": "idle" }),
            };
            (place, output, Some((Method::POST, format!("{PATH}/advance"), body)))
        }
        Some(Verb::Set(Set { mode, place, output })) => {
            let rate = mode.rate_milli() as f64 / 1000.0;
            let body = match mode {
                Mode::Scaled { .. } => json!({ "mode": mode.word(), "rate": rate }),
                _ => json!({ "mode": mode.word() }),
            };
            (place, output, Some((Method::PUT, PATH.to_owned(), body)))
        }
    };
    let client = place.patient_client(LONGEST_ADVANCE)?;
    let answer = match request {
        None => client.get(PATH, &[]).await,
        Some((method, path, body)) => client.send(method, &path, &body).await,
    };
    let answer = answer.map_err(|failure| client.told(&failure))?;
    Ok(output.say(&answer, |answer| told(client.world(), answer)))
}

/// A line for everything that happened on the way, and the last one for the clock.
fn told(world: &WorldId, answer: &Value) -> String {
    let list = |name: &str| answer[name].as_array().into_iter().flatten();
    let mut lines: Vec<_> = list("transitions").map(transition).collect();
    for late in list("late_replicas").filter_map(Value::as_str) {
        lines.push(format!("{late} did not answer in time: what it counted before may be missing"));
    }
    lines.push(reading(world, answer));
    lines.join("\n") + "\n"
}

fn transition(change: &Value) -> String {
    let [time, endpoint, message] =
        ["time", "endpoint", "message"].map(|it| change[it].as_str().unwrap_or("-"));
    let (from, to) = (standing(&change["from"]), standing(&change["to"]));
    format!("{time}  {endpoint}  {from} → {to}  {message}")
}

/// How an endpoint stands: `Updating (baking)`.
fn standing(stand: &Value) -> String {
    match (stand["status"].as_str(), stand["phase"].as_str()) {
        (None, _) => "gone".to_owned(),
        (Some(status), None) => status.to_owned(),
        (Some(status), Some(phase)) => format!("{status} ({})", phase.replace('_', " ")),
    }
}

/// The clock of a world, in a line.
pub(super) fn reading(world: &WorldId, clock: &Value) -> String {
    format!("{world} is at {}, {}", clock["now"].as_str().unwrap_or("-"), pace(clock))
}

/// How time passes, and how far it is from the real one.
pub(super) fn pace(clock: &Value) -> String {
    let pace = std::iter::once(rate(clock)).chain(distance(clock));
    pace.collect::<Vec<_>>().join(", ")
}

/// How time passes: `real`, `manual`, or at its rate, `60x`.
pub(super) fn rate(clock: &Value) -> String {
    match clock["mode"].as_str() {
        Some("scaled") => format!("{}x", clock["rate"]),
        mode => mode.unwrap_or("-").to_owned(),
    }
}

/// How far it is from the real time, where that is a second or more.
pub(super) fn distance(clock: &Value) -> Option<String> {
    #[expect(clippy::cast_possible_truncation, reason = "the cast saturates")]
    let ahead_ms = (clock["offset_seconds"].as_f64().unwrap_or(0.0) * 1000.0) as i64;
    match ahead_ms {
        1000.. => Some(format!("{} ahead of real time", length(ahead_ms))),
        ..=-1000 => Some(format!("{} behind real time", length(ahead_ms))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_advance_tells_what_happened_and_then_the_time() {
        let stand = |phase: Option<&str>| json!({ "status": "Updating", "phase": phase, "step": 1 });
        let answer = json!({
            "now": "2026-11-26T10:36:01.645Z", "mode": "manual", "rate": 0, "offset_seconds": 120.5,
            "transitions": [
                { "time": "2026-11-26T10:35:56.645Z", "endpoint": "web", "from": stand(Some("launching")),
                  "to": stand(Some("activating_traffic")), "message": "Activating traffic: 33.33 % on green." },
                { "time": "2026-11-26T10:36:00Z", "endpoint": "old", "from": { "status": "Deleting", "phase": null, "step": null },
                  "to": null, "message": "The endpoint is gone." },
            ],
            "late_replicas": ["http://127.0.0.1:1 on b, process 7"],
        });
        let wanted = "\
2026-11-26T10:35:56.645Z  web  Updating (launching) → Updating (activating traffic)  Activating traffic: 33.33 % on green.
2026-11-26T10:36:00Z  old  Deleting → gone  The endpoint is gone.
http://127.0.0.1:1 on b, process 7 did not answer in time: what it counted before may be missing
123456789012/us-east-1 is at 2026-11-26T10:36:01.645Z, manual, 2 min ahead of real time
";
        assert_eq!(told(&WorldId::new("123456789012", "us-east-1"), &answer), wanted);
    }

    #[test]
    fn a_pace_tells_its_rate_and_a_distance_from_real_time_that_counts() {
        let told = |mode: &str, rate: f64, offset: f64| {
            pace(&json!({ "mode": mode, "rate": rate, "offset_seconds": offset }))
        };
        assert_eq!(told("real", 1.0, 0.4), "real");
        assert_eq!(told("scaled", 2.5, 3_700.0), "2.5x, 1 h 1 min ahead of real time");
        assert_eq!(told("manual", 0.0, -61.0), "manual, 1 min 1 s behind real time");
    }
}
