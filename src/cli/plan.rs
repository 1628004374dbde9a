//! `sagebrush plan`: what an update would do, before anybody makes it. No server is asked: the update is carried out in
//! this process, in a world in memory, under the settings of a server that starts here.
//!
//! Exit code 0 means that there is a plan, 1 that AWS would refuse something of it or that the question is wrong.

mod text;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use serde_json::{Map, Value, json};

use super::flags::{Flags, in_flags};
use super::place::Output;
use super::{Error, settings};
use crate::picture;
use crate::plan::{Asked, Maker, Unplanned, Wrong};
use crate::services::Settings;

/// What is written for the members of a question.
const FLAGS: Flags = &[
    ("instances", "--instances"),
    ("config", "--config"),
    ("traffic", "--traffic"),
    ("bad_error_rate", "--bad-error-rate"),
    ("bad_latency_ms", "--bad-latency-ms"),
    ("fail_at", "--fail-at"),
    ("alarms", "--alarm"),
    ("sweep", "--sweep"),
    ("runs", "--runs"),
    ("explain", "--explain"),
    ("seed", "--seed"),
];

/// What `plan` takes.
#[derive(Debug, Args)]
#[command(after_help = "\
An alarm is NAME: METRIC STATISTIC OPERATOR THRESHOLD for [M of] N x PERIOD [missing TREATMENT], about the endpoint that is
updated, or a file with the JSON of PutMetricAlarm or PutCompositeAlarm. It guards the update if the config's
AutoRollbackConfiguration names it.
  METRIC     Invocation5XXErrors, ModelLatency, CPUUtilization, ...
  STATISTIC  Sum, Average, Maximum, SampleCount, p99, ...
  OPERATOR   >, >=, < or <=
  THRESHOLD  a number in the metric's own unit; 50ms, 2s or 80us of a latency; 2% of errors (Average), 80% of a utilization
  PERIOD     60s, 5m, ...; the alarm goes off when M of the last N (M is N without it) are over the threshold
  TREATMENT  of periods without data: missing, ignore, breaching or notBreaching

  sagebrush plan --instances 10 --config deployment.json --traffic 200 --bad-error-rate 0.2 \\
      --alarm 'errors: Invocation5XXErrors Sum > 5 for 2 of 3 x 60s' \\
      --alarm 'slow: ModelLatency p99 >= 50ms for 3 x 1m missing breaching'")]
pub(super) struct Arguments {
    /// Instances of the endpoint
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    instances: String,
    #[arg(
        long,
        value_name = "FILE",
        help = "AWS's DeploymentConfig as JSON, as update-endpoint takes it; without one it is an update without guardrails"
    )]
    config: Option<PathBuf>,
    /// Requests a second that the endpoint gets [default: 0]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    traffic: Option<String>,
    /// The part of its requests that the new model fails, 0 to 1
    #[arg(long, value_name = "RATE", allow_negative_numbers = true)]
    bad_error_rate: Option<String>,
    /// How long the new model takes for a request: 80, or median/p99 such as 80/400
    #[arg(long, value_name = "MS", allow_negative_numbers = true)]
    bad_latency_ms: Option<String>,
    /// When the new model begins to be bad: 10m after the update begins, or "step 2" [default: 0s]
    #[arg(long, value_name = "WHEN")]
    fail_at: Option<String>,
    #[arg(
        long,
        value_name = "ALARM",
        help = "An alarm: 'errors: Invocation5XXErrors Sum > 5 for 2 of 3 x 60s' (see below), or a file with the JSON of PutMetricAlarm"
    )]
    alarm: Vec<String>,
    /// Settings to vary, such as canary-size=5,10,25 bake=60,300
    #[arg(long, value_name = "SETTING=VALUES", num_args = 1..)]
    sweep: Vec<String>,
    /// Try the failure so many times, each with other luck
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    runs: Option<String>,
    /// Say in a paragraph what the alarms can see
    #[arg(long)]
    explain: bool,
    /// What luck is drawn from [default: the seed of the settings]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    seed: Option<String>,
    /// Draw it
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    #[command(flatten)]
    output: Output,
}

/// Makes a plan and prints it.
pub(super) async fn run(arguments: Arguments) -> Result<ExitCode, Error> {
    let settings = settings(None, Vec::new())?;
    super::log(&settings, None);
    let asked = Asked::read(question(&arguments)?).map_err(|wrong| told(&wrong))?;
    let (rules, launch_ms, client_times) = (settings.rules, settings.launch_ms, settings.client_times);
    let plan = Maker::new(Settings { rules, launch_ms, client_times }, None).make(asked).await;
    let plan = plan.map_err(|unplanned| match unplanned {
        Unplanned::Wrong(wrong) => told(&wrong),
        failed @ Unplanned::Failed(_) => Error::Other(failed.to_string()),
    })?;
    if let Some(path) = &arguments.svg {
        let drawn = picture::plan(&plan, picture::Ground::File).ok_or_else(|| match &plan.rejected {
            Some(rejected) => {
                Error::Other(format!("there is nothing to draw: AWS would refuse it: {}", rejected.message))
            }
            None => Error::Other("--svg draws one deployment config: leave --sweep away".to_owned()),
        })?;
        std::fs::write(path, drawn)
            .map_err(|error| Error::Other(format!("cannot write {}: {error}", path.display())))?;
    }
    arguments.output.say(&plan.to_json(), |_| text::plan(&plan));
    Ok(if plan.rejected.is_some() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// The body of `POST /_sagebrush/plan` that the flags come down to.
fn question(arguments: &Arguments) -> Result<Map<String, Value>, Error> {
    let mut members = Map::new();
    let numbers = [
        ("instances", Some(&arguments.instances)),
        ("traffic", arguments.traffic.as_ref()),
        ("bad_error_rate", arguments.bad_error_rate.as_ref()),
        ("runs", arguments.runs.as_ref()),
        ("seed", arguments.seed.as_ref()),
    ];
    for (name, text) in numbers.into_iter().filter_map(|(name, text)| Some((name, text?))) {
        let number = serde_json::from_str(text).ok().filter(Value::is_number);
        members.insert(name.to_owned(), number.unwrap_or_else(|| json!(text)));
    }
    for (name, text) in [("bad_latency_ms", &arguments.bad_latency_ms), ("fail_at", &arguments.fail_at)] {
        if let Some(text) = text {
            members.insert(name.to_owned(), json!(text));
        }
    }
    if let Some(path) = &arguments.config {
        members.insert("config".to_owned(), read(path)?);
    }
    let mut alarms = Vec::new();
    for alarm in &arguments.alarm {
        // A line has a colon after its name; what is a file, is one all the same.
        match (Path::new(alarm).is_file() || !alarm.contains(": "))
            .then(|| read(Path::new(alarm)))
            .transpose()?
        {
            Some(Value::Array(several)) => alarms.extend(several),
            Some(one) => alarms.push(one),
            None => alarms.push(json!(alarm)),
        }
    }
    members.insert("alarms".to_owned(), alarms.into());
    if !arguments.sweep.is_empty() {
        members.insert("sweep".to_owned(), sweep(&arguments.sweep)?);
    }
    members.insert("explain".to_owned(), arguments.explain.into());
    Ok(members)
}

fn read(path: &Path) -> Result<Value, Error> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| Error::Other(format!("cannot read {}: {error}", path.display())))?;
    let broken = |error| Error::Other(format!("{} is not JSON: {error}", path.display()));
    serde_json::from_str(&text).map_err(broken)
}

/// `canary-size=5,10` and its like.
fn sweep(given: &[String]) -> Result<Value, Error> {
    let mut settings = Map::new();
    for one in given {
        let wrong =
            || Error::Other(format!("--sweep has {one:?}, but each must be like canary-size=5,10,25"));
        let (name, values) = one.split_once('=').ok_or_else(wrong)?;
        let values: Vec<_> = values.split(',').map(|value| json!(value.trim())).collect();
        settings.insert(name.replace('-', "_"), values.into());
    }
    Ok(settings.into())
}

/// What is wrong with a member is wrong with its flag. Settings of a sweep are written as flags are, without their dashes.
fn told(wrong: &Wrong) -> Error {
    let Wrong { member, why } = wrong;
    let flag = FLAGS.iter().find(|(known, _)| known == member).map_or(&**member, |(_, flag)| *flag);
    let why = if flag == "--sweep" { why.replace('_', "-") } else { in_flags(why, FLAGS) };
    Error::Other(format!("{flag} {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_told_of_flags() {
        let refused = |members: &str| {
            told(&Asked::read(serde_json::from_str(members).unwrap()).expect_err("it is wrong")).to_string()
        };
        assert_eq!(
            refused(r#"{"instances": 1, "fail_at": "1m"}"#),
            "--fail-at says when the new model begins to be bad: say with --bad-error-rate or --bad-latency-ms how it is then"
        );
        let sweep = refused(r#"{"instances": 1, "sweep": {"size": [1]}}"#);
        assert!(
            sweep.starts_with("--sweep has \"size\", but it knows canary-size, linear-step-size"),
            "{sweep}"
        );
        assert!(refused(r#"{"instances": 1, "alarms": ["x"]}"#).starts_with("--alarm has"));
    }
}
