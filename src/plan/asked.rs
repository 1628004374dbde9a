//! What is asked: the members of a body of `POST /_sagebrush/plan`, which the command's flags come down to.
//!
//! Every member is looked at before anything is carried out, and a wrong one is told by its name with what would be
//! right. What AWS would say of the deployment config is not known here.

use serde_json::{Map, Value, json};

use super::alarm::Alarm;
use super::fail_at::FailAt;
use super::sweep::Sweep;
use crate::domain::demand::Demand;
use crate::domain::tuning::{ERROR_RATES, Tuning};
use crate::fleet::behaviour;

/// A question.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// Instances of the endpoint, before and after.
    pub(super) instances: u32,
    /// `DeploymentConfig`, as it goes to `UpdateEndpoint`.
    pub(super) config: Option<Value>,
    /// Requests a second.
    pub(super) traffic: f64,
    /// How the new model behaves when it is bad; none if it is good.
    pub(super) bad: Option<Tuning>,
    /// When it begins to be bad.
    pub(super) fail_at: FailAt,
    /// The alarms that there are.
    pub(super) alarms: Vec<Alarm>,
    /// What is to be varied.
    pub(super) sweep: Sweep,
    /// How often the failure is tried, each time with other luck.
    pub(super) runs: Option<u32>,
    /// Whether the alarms' chances are wanted.
    pub(super) explain: bool,
    /// Whether the pools of other strategies are wanted.
    pub(super) pools: bool,
    /// What luck is drawn from; the server's seed without one.
    pub(super) seed: Option<u64>,
}

/// What is wrong with a question: which member, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{member} {why}.")]
pub struct Wrong {
    /// The member's name.
    pub member: String,
    /// What is wrong with it, and what would be right.
    pub why: String,
}

impl Wrong {
    pub(super) fn new(member: &str, why: impl Into<String>) -> Self {
        Self { member: member.to_owned(), why: why.into() }
    }
}

/// What a number of instances must be.
pub(super) const COUNT: &str = "a whole number from 0 to 2147483647";
/// What traffic must be.
pub(super) const TRAFFIC: &str = "a number of requests a second from 0 to 10000";
const MEMBERS: &str = "instances, config, traffic, bad_error_rate, bad_latency_ms, fail_at, alarms, sweep, runs, \
                       explain and seed";
const LATENCY: &str = "a number of milliseconds, or median/p99 such as \"80/400\"";

impl Asked {
    /// Reads the members of a body.
    pub fn read(members: Map<String, Value>) -> Result<Self, Wrong> {
        let mut members = Members(members);
        let instances = members.take("instances", COUNT, count)?;
        let config = members.take("config", "AWS's DeploymentConfig, a JSON object", deployment_config)?;
        let traffic = members.take("traffic", TRAFFIC, traffic)?;
        let error_rate = members.take("bad_error_rate", "a number from 0 to 1", rate)?;
        let latency = members.take("bad_latency_ms", LATENCY, latency)?;
        let bad = bad(error_rate, latency);
        let fail_at = FailAt::take(&mut members, bad.is_some())?;
        let asked = Self {
            instances: instances.ok_or_else(|| Wrong::new("instances", format!("is needed: {COUNT}")))?,
            config,
            traffic: traffic.unwrap_or(0.0),
            bad,
            fail_at,
            alarms: Alarm::take(&mut members)?,
            sweep: Sweep::take(&mut members)?,
            runs: members.take("runs", "a whole number from 1 to 1000000", |value| {
                count(value).filter(|runs| (1..=1_000_000).contains(runs))
            })?,
            explain: members.take("explain", "true or false", Value::as_bool)?.unwrap_or(false),
            pools: true,
            seed: members.take("seed", "a whole number from 0 to 18446744073709551615", Value::as_u64)?,
        };
        members.finish()?;
        if let Some(name) = twice(&asked.alarms) {
            let why = format!("has {name} twice, and the second would take the place of the first");
            return Err(Wrong::new("alarms", why));
        }
        Ok(asked)
    }

    /// The first value of that dimension that an alarm names: the endpoint under test is called so.
    pub(super) fn named(&self, dimension: &str) -> Option<&str> {
        self.alarms.iter().find_map(|alarm| alarm.dimension(dimension))
    }

    /// The same question with an error rate of the bad model's.
    pub(super) fn with_error_rate(mut self, rate: f64) -> Self {
        self.bad = Some(Tuning { error_rate: Some(rate), ..self.bad.unwrap_or_default() });
        self
    }

    /// The names of the alarms that `AutoRollbackConfiguration` lists.
    pub(super) fn alarm_names(&self) -> Vec<String> {
        let alarms =
            self.config.as_ref().and_then(|config| config.pointer("/AutoRollbackConfiguration/Alarms"));
        let alarms = alarms.and_then(Value::as_array).into_iter().flatten();
        alarms.filter_map(|alarm| alarm["AlarmName"].as_str().map(str::to_owned)).collect()
    }
}

/// The first name that two of the alarms have.
fn twice(alarms: &[Alarm]) -> Option<&str> {
    let names: Vec<&str> = alarms.iter().filter_map(Alarm::name).collect();
    names.iter().enumerate().find(|(index, name)| names[..*index].contains(name)).map(|(_, name)| *name)
}

fn bad(error_rate: Option<f64>, latency: Option<Tuning>) -> Option<Tuning> {
    match (error_rate, latency) {
        (None, None) => None,
        (error_rate, latency) => Some(Tuning { error_rate, ..latency.unwrap_or_default() }),
    }
}

/// The config, also from within a request of `UpdateEndpoint`.
fn deployment_config(value: &Value) -> Option<Value> {
    let inner = value.get("DeploymentConfig").unwrap_or(value);
    inner.is_object().then(|| inner.clone())
}

/// A whole number, also where it is written as 4.0.
pub(super) fn whole(value: &Value) -> Option<u64> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is whole, and in that range"
    )]
    let whole =
        |number: f64| (number.fract() == 0.0 && (0.0..=4e9).contains(&number)).then_some(number as u64);
    value.as_f64().and_then(whole)
}

/// See [`COUNT`].
pub(super) fn count(value: &Value) -> Option<u32> {
    whole(value).and_then(|number| u32::try_from(number).ok()).filter(|number| *number <= 2_147_483_647)
}

/// See [`TRAFFIC`].
pub(super) fn traffic(value: &Value) -> Option<f64> {
    value.as_f64().filter(|rate| Demand::constant(*rate).check().is_ok())
}

pub(super) fn rate(value: &Value) -> Option<f64> {
    value.as_f64().filter(|rate| ERROR_RATES.contains(rate))
}

/// As a container's Environment says it.
fn latency(value: &Value) -> Option<Tuning> {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    behaviour::read("the bad model", [("SAGEBRUSH_LATENCY_MS", text.as_str())]).ok()
}

/// The members of a body, each taken once.
pub(super) struct Members(Map<String, Value>);

impl Members {
    /// What `read` makes of a member, where it is given and not null.
    pub(super) fn take<T>(
        &mut self,
        name: &str,
        wanted: &str,
        read: impl FnOnce(&Value) -> Option<T>,
    ) -> Result<Option<T>, Wrong> {
        let Some(value) = self.0.shift_remove(name).filter(|value| !value.is_null()) else { return Ok(None) };
        let wrong = || Wrong::new(name, format!("is {}, but it must be {wanted}", shortened(&value)));
        read(&value).map(Some).ok_or_else(wrong)
    }

    /// A member as it is; null where it is not given.
    pub(super) fn raw(&mut self, name: &str) -> Value {
        self.0.shift_remove(name).unwrap_or_else(|| json!(null))
    }

    fn finish(self) -> Result<(), Wrong> {
        let unknown = self.0.keys().next();
        unknown.map_or(Ok(()), |name| Err(Wrong::new(name, format!("is not known: there are {MEMBERS}"))))
    }
}

/// A value as it was given, as far as a sentence can hold it.
pub(super) fn shortened(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(120) {
        Some((end, _)) => format!("{}\u{2026}", &text[..end]),
        None => text,
    }
}
