//! `sagebrush fault`: what was put into a world on purpose; puts a fault in, and takes one away.

use std::process::ExitCode;

use clap::{Args, Subcommand, value_parser};
use hyper::Method;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Number, Value, json};

use super::Error;
use super::client::Client;
use super::flags::Flags;
use super::moment::instant;
use super::place::{Output, Place};

/// Where the server has them.
const PATH: &str = "/_sagebrush/faults";

/// What is written for the members of a fault.
const FLAGS: Flags = &[
    ("kind", "KIND"),
    ("rate", "--rate"),
    ("error_status", "--error-status"),
    ("latency_ms", "--latency-ms"),
    ("instances", "--instances"),
    ("seconds", "--seconds"),
    ("operations", "--operation"),
    ("alarm", "--alarm"),
    ("alarm_state", "--alarm-state"),
    ("scope", "--endpoint, --model, --variant, --instance-type"),
    ("endpoint", "--endpoint"),
    ("model", "--model"),
    ("variant", "--variant"),
    ("instance_type", "--instance-type"),
    ("start", "--at-step, --at, --after"),
    ("end", "--until or --for"),
];

/// What `fault` takes.
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
    /// Put a fault in; one that does its work at one instant, and now, has done it then
    Add(Box<Add>),
    /// Take a fault away
    Remove(Remove),
}

#[derive(Debug, Args)]
#[command(after_help = "\
Kinds: error_rate (--rate, --error-status), latency (--latency-ms), unhealthy_instances, instances_die (--instances),
stale_reads (--seconds), failure_reason_vanishes (--seconds), rollback_cannot_provision, api_throttling (--rate,
--operation), api_latency (--latency-ms, --operation), alarm (--alarm, --alarm-state).

Half of the requests to the new model fail from the second step on:
  sagebrush fault add error_rate --rate 0.5 --model shop-v2 --at-step 2")]
struct Add {
    /// What it does
    kind: String,
    /// The part of requests, above 0 and up to 1
    #[arg(long, value_name = "PART")]
    rate: Option<f64>,
    /// What requests that fail are answered [default: 500]
    #[arg(long, value_name = "STATUS")]
    error_status: Option<u16>,
    /// Milliseconds: always (80), or median and 99th percentile (80/400)
    #[arg(long, value_name = "MS", value_parser = latency)]
    latency_ms: Option<Value>,
    /// How many instances of an endpoint die [default: all]
    #[arg(long, value_name = "COUNT")]
    instances: Option<u32>,
    #[arg(
        long,
        value_name = "SECONDS",
        help = "How long ago answers are of, or how long a FailureReason is shown"
    )]
    seconds: Option<f64>,
    /// An operation of SageMaker's API; may be given again [default: all]
    #[arg(long = "operation", value_name = "NAME")]
    operations: Vec<String>,
    /// The alarm that goes into a state
    #[arg(long, value_name = "NAME")]
    alarm: Option<String>,
    /// The state [default: ALARM]
    #[arg(long, value_name = "STATE")]
    alarm_state: Option<String>,
    #[command(flatten)]
    scope: Scope,
    #[command(flatten)]
    time: Time,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    output: Output,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Whom it is about")]
struct Scope {
    /// An endpoint
    #[arg(long, value_name = "NAME")]
    endpoint: Option<String>,
    /// Instances that run a model: the way to mean the new fleet alone
    #[arg(long, value_name = "NAME")]
    model: Option<String>,
    /// Instances of a variant
    #[arg(long, value_name = "NAME")]
    variant: Option<String>,
    /// Instances of a type
    #[arg(long, value_name = "TYPE")]
    instance_type: Option<String>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "From when until when")]
struct Time {
    /// From when a deployment moves the traffic of this step
    #[arg(long, value_name = "STEP", conflicts_with_all = ["at", "after"], value_parser = value_parser!(u32).range(1..))]
    at_step: Option<u32>,
    /// From this time on, such as 2026-01-31T12:00:00Z
    #[arg(long, value_name = "TIME", conflicts_with = "after", value_parser = time)]
    at: Option<String>,
    /// From so many seconds from now on
    #[arg(long, value_name = "SECONDS", value_parser = seconds, allow_negative_numbers = true)]
    after: Option<f64>,
    /// Until this time
    #[arg(long, value_name = "TIME", conflicts_with = "lasting", value_parser = time)]
    until: Option<String>,
    /// For so many seconds
    #[arg(long = "for", value_name = "SECONDS", value_parser = seconds, allow_negative_numbers = true)]
    lasting: Option<f64>,
}

#[derive(Debug, Args)]
struct Remove {
    /// Its id, such as fault-1
    #[arg(required_unless_present = "all")]
    id: Option<String>,
    /// Every fault of the world
    #[arg(long, conflicts_with = "id")]
    all: bool,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    output: Output,
}

/// An id as a part of a path.
fn escaped(id: &str) -> String {
    utf8_percent_encode(id, NON_ALPHANUMERIC).to_string()
}

fn latency(text: &str) -> Result<Value, String> {
    let number = |text: &str| text.parse().ok().and_then(Number::from_f64);
    let read = match text.split_once('/') {
        Some((median, p99)) => {
            number(median).zip(number(p99)).map(|(p50, p99)| json!({ "p50": p50, "p99": p99 }))
        }
        None => number(text).map(Value::Number),
    };
    read.ok_or_else(|| "it takes milliseconds: 80, or median and 99th percentile 80/400".to_owned())
}

fn time(text: &str) -> Result<String, String> {
    let read = instant(&json!(text)).map(|_| text.to_owned());
    read.ok_or_else(|| "it takes a time such as 2026-01-31T12:00:00Z".to_owned())
}

fn seconds(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|number| (0.0..=31_622_400.0).contains(number));
    number.ok_or_else(|| "it takes a number of seconds from 0 to 31622400".to_owned())
}

/// Asks for it, and prints what came of it.
pub(super) async fn run(arguments: Arguments) -> Result<ExitCode, Error> {
    let Arguments { verb, place, output } = arguments;
    let told: fn(&Client, &Value) -> String;
    let (place, output, method, path, body) = match verb {
        None => {
            told = list;
            (place, output, Method::GET, PATH.to_owned(), Value::Null)
        }
        Some(Verb::Add(add)) => {
            told = |_, fault| {
                let note = fault["note"].as_str().map(|note| format!("note: {note}\n"));
                line(fault) + &note.unwrap_or_default()
            };
            let body = add.body();
            (add.place, add.output, Method::POST, PATH.to_owned(), body)
        }
        Some(Verb::Remove(Remove { id, place, output, .. })) => {
            told = |_, answer| format!("{} fault(s) taken away\n", answer["withdrawn"]);
            let path = id.map_or_else(|| PATH.to_owned(), |id| format!("{PATH}/{}", escaped(&id)));
            (place, output, Method::DELETE, path, Value::Null)
        }
    };
    let client = place.client()?;
    let answer =
        client.send(method, &path, &body).await.map_err(|failure| client.told_in(&failure, FLAGS))?;
    Ok(output.say(&answer, |answer| told(&client, answer)))
}

impl Add {
    /// The fault as the server takes it: what was not said is not in it.
    fn body(&self) -> Value {
        let Self { kind, rate, error_status, latency_ms, instances, seconds, operations, .. } = self;
        let Scope { endpoint, model, variant, instance_type } = &self.scope;
        let Time { at_step, at, after, until, lasting } = &self.time;
        let scope = said([
            ("endpoint", json!(endpoint)),
            ("model", json!(model)),
            ("variant", json!(variant)),
            ("instance_type", json!(instance_type)),
        ]);
        let start = said([("step", json!(at_step)), ("at", json!(at)), ("after_seconds", json!(after))]);
        let end = said([("at", json!(until)), ("after_seconds", json!(lasting))]);
        let operations = (!operations.is_empty()).then_some(operations);
        said([
            ("kind", json!(kind)),
            ("rate", json!(rate)),
            ("error_status", json!(error_status)),
            ("latency_ms", json!(latency_ms)),
            ("instances", json!(instances)),
            ("seconds", json!(seconds)),
            ("operations", json!(operations)),
            ("alarm", json!(self.alarm)),
            ("alarm_state", json!(self.alarm_state)),
            ("scope", scope),
            ("start", start),
            ("end", end),
        ])
    }
}

/// A table of the members that have a value; null if there is none.
fn said<const N: usize>(members: [(&str, Value); N]) -> Value {
    let said = members.into_iter().filter(|(_, value)| !value.is_null());
    let said: Map<_, _> = said.map(|(name, value)| (name.to_owned(), value)).collect();
    if said.is_empty() { Value::Null } else { said.into() }
}

fn list(client: &Client, answer: &Value) -> String {
    let faults = answer["faults"].as_array().map(Vec::as_slice).unwrap_or_default();
    if faults.is_empty() {
        return format!("there is no fault in {}\n", client.world());
    }
    faults.iter().map(line).collect()
}

/// A fault in a line: `fault-1  active  error_rate rate=0.5 …`.
fn line(fault: &Value) -> String {
    const COMMON: [&str; 11] = [
        "id", "kind", "scope", "start", "end", "status", "added_at", "began_at", "ends_at", "outcome", "note",
    ];
    let text = |name: &str| fault[name].as_str().unwrap_or_default();
    let plain = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let told = |members: &Value, skipped: &[&str]| -> String {
        let members = members.as_object().into_iter().flatten();
        let members = members.filter(|(name, value)| {
            let nothing = value.is_null() || value.as_array().is_some_and(Vec::is_empty);
            !skipped.contains(&name.as_str()) && !nothing
        });
        let told: Vec<String> = members.map(|(name, value)| format!(" {name}={}", plain(value))).collect();
        told.concat()
    };
    let own = told(fault, &COMMON);
    let scope = told(&fault["scope"], &[]);
    let whom = if scope.is_empty() { " everybody".to_owned() } else { scope };
    let from = match (&fault["start"]["step"], fault["began_at"].as_str()) {
        (Value::Null, Some(began)) => format!("from {began}"),
        (step, Some(began)) => format!("from step {step}, {began}"),
        (step, None) => format!("from step {step} of the next deployment"),
    };
    let until = fault["ends_at"]
        .as_str()
        .map_or_else(|| told(&fault["end"], &[]).trim().to_owned(), |ends| format!("until {ends}"));
    let (id, status, kind, outcome) = (text("id"), text("status"), text("kind"), text("outcome"));
    let rest: Vec<String> =
        [from, until, outcome.to_owned()].into_iter().filter(|part| !part.is_empty()).collect();
    format!("{id}  {status:7}  {kind}{own}  of{whom}  {}\n", rest.join("  "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_told_in_a_line() {
        let nobody = json!({"endpoint": null, "model": null, "variant": null, "instance_type": null});
        let errors = json!({
            "id": "fault-1", "kind": "error_rate", "rate": 0.5, "error_status": 500,
            "scope": {"endpoint": "shop", "model": "shop-v2", "variant": null, "instance_type": null},
            "start": {"step": 2}, "end": {"after_seconds": 60}, "status": "waiting", "added_at": "2026-01-31T12:00:00Z",
            "began_at": null, "ends_at": null, "outcome": null,
        });
        let wanted = "fault-1  waiting  error_rate rate=0.5 error_status=500  of endpoint=shop model=shop-v2  from step 2 of \
                      the next deployment  after_seconds=60\n";
        assert_eq!(line(&errors), wanted);
        let dead = json!({
            "id": "fault-2", "kind": "instances_die", "instances": null, "scope": nobody,
            "start": {"at": "2026-01-31T12:00:00Z"}, "end": null, "status": "over", "added_at": "2026-01-31T12:00:00Z",
            "began_at": "2026-01-31T12:00:00Z", "ends_at": null, "outcome": "Instances died: 3 of web.",
        });
        let wanted = "fault-2  over     instances_die  of everybody  from 2026-01-31T12:00:00Z  Instances died: 3 of web.\n";
        assert_eq!(line(&dead), wanted);
        let slow = json!({
            "id": "fault-3", "kind": "api_latency", "latency_ms": 5, "operations": [], "scope": nobody,
            "start": {"step": 1}, "end": {"after_seconds": 60}, "status": "active", "added_at": "2026-01-31T12:00:00Z",
            "began_at": "2026-01-31T12:01:00Z", "ends_at": "2026-01-31T12:02:00Z", "outcome": null,
        });
        let wanted = "fault-3  active   api_latency latency_ms=5  of everybody  from step 1, 2026-01-31T12:01:00Z  until \
                      2026-01-31T12:02:00Z\n";
        assert_eq!(line(&slow), wanted);
    }

    #[test]
    fn a_latency_is_one_number_or_two() {
        assert_eq!(latency("80"), Ok(json!(80.0)));
        assert_eq!(latency("80/400"), Ok(json!({"p50": 80.0, "p99": 400.0})));
        for text in ["", "fast", "80/", "/", "1/2/3", "nan"] {
            assert!(latency(text).is_err(), "{text}");
        }
    }
}
