//! What a plan says: the structure that `POST /_sagebrush/plan` answers, and that texts and pictures are made of.

use serde::Serialize;
use serde_json::{Map, Value};

use super::length::Length;
use crate::domain::capacity::Traffic;
use crate::domain::deployment::plan::Strategy;
use crate::domain::deployment::record::Status;
use crate::domain::event::{CauseKind, EventKind};

/// What would come of an update.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Plan {
    /// What AWS would refuse; there is nothing else then, but for the rows of a sweep.
    pub rejected: Option<Rejected>,
    /// What to know about the question before one believes the answer.
    pub notes: Vec<String>,
    /// The update with a new model that is good.
    pub schedule: Option<Course>,
    /// The pool of instances that the update needs by each strategy; empty if AWS would refuse it, and in a sweep.
    pub pools: Vec<Pool>,
    /// The update with the bad model; none if it was not asked for.
    pub outcome: Option<Outcome>,
    /// The outcomes of several runs, each with other luck; none if there was to be one.
    pub spread: Option<Spread>,
    /// A row for every combination of a sweep; empty without one.
    pub sweep: Vec<Row>,
    /// What the alarms can see in the first bake; none if it was not asked for.
    pub explanation: Option<Explanation>,
}

impl Plan {
    /// What `POST /_sagebrush/plan` answers.
    pub fn to_json(&self) -> Value {
        serde_json::to_value(self).expect("a plan is plain data with string keys")
    }
}

/// What an update needs where the instances of a type are limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Pool {
    /// How it moves: as the question says, or in the smallest steps that AWS takes.
    pub strategy: Strategy,
    /// The most instances that ran or started at once, of both fleets: with so many none waits.
    pub pool: u64,
    /// Instances in a batch of a rolling update.
    pub batch: Option<u32>,
}

/// A request that AWS would refuse.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rejected {
    /// Which one.
    pub operation: String,
    /// The error's name: `ValidationException`.
    pub code: String,
    /// AWS's sentence.
    pub message: String,
}

/// How an update went.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Course {
    /// What luck was drawn from.
    pub seed: u64,
    /// The second of the minute at which the update was accepted: alarms judge whole minutes.
    pub second_of_minute: i64,
    /// The kind of the update.
    pub strategy: Strategy,
    /// How it ended.
    pub status: Status,
    /// Why it was rolled back.
    pub cause: Option<CauseKind>,
    /// `FailureReason`.
    pub failure_reason: Option<String>,
    /// When it ended.
    #[serde(rename = "ends_after_seconds")]
    pub ends_after: Length,
    /// When `MaximumExecutionTimeoutInSeconds` would have ended it, given or not.
    #[serde(rename = "times_out_after_seconds")]
    pub times_out_after: Length,
    /// The most instances that were up at once.
    pub peak_instances: u32,
    /// Instances by the time that there were so many, from beginning to end.
    pub instance_hours: f64,
    /// Its history.
    pub events: Vec<Moment>,
}

/// A line of the history.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Moment {
    /// Since the update was accepted.
    #[serde(rename = "after_seconds")]
    pub after: Length,
    /// What began.
    pub phase: EventKind,
    /// The step, from 1.
    pub step: Option<u32>,
    /// Percent of the traffic from here on.
    pub traffic: Split,
    /// Instances that are up from here on.
    pub instances: Instances,
    /// In plain words.
    pub message: String,
}

/// Percent of the traffic; the sides sum to 100.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Split {
    /// The old fleet's.
    pub blue: f64,
    /// The new fleet's.
    pub green: f64,
}

impl From<Traffic> for Split {
    fn from(traffic: Traffic) -> Self {
        let [blue, green] = [traffic.blue_bp(), traffic.green_bp()].map(|bp| f64::from(bp) / 100.0);
        Self { blue, green }
    }
}

/// Instances that are up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Instances {
    /// The old fleet's.
    pub blue: u32,
    /// The new fleet's.
    pub green: u32,
}

/// What came of a failure.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Outcome {
    /// When the new model began to be bad.
    #[serde(rename = "bad_from_seconds")]
    pub bad_from: Length,
    /// From when the new model was bad and had traffic until the rollback began; none if nothing noticed.
    #[serde(rename = "detected_after_seconds")]
    pub detected_after: Option<Length>,
    /// When all traffic was back on the old config, since the update was accepted; none if it never was.
    #[serde(rename = "traffic_back_after_seconds")]
    pub traffic_back_after: Option<Length>,
    /// The alarms that tripped.
    pub tripped: Vec<Tripped>,
    /// Requests from the beginning of the update to its end.
    pub requests: u64,
    /// Those of them that met the bad model: the blast radius.
    pub requests_met: u64,
    /// Those of them that failed.
    pub requests_failed: u64,
    /// How the update went.
    pub course: Course,
}

/// An alarm that tripped.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Tripped {
    /// `AlarmName`.
    pub alarm: String,
    /// When it went to ALARM, since the update was accepted.
    #[serde(rename = "after_seconds")]
    pub after: Length,
    /// The value that it judged.
    pub value: Option<f64>,
    /// What that was held against.
    pub threshold: Option<f64>,
}

/// Outcomes of several runs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Spread {
    /// How many.
    pub runs: u32,
    /// How many of them noticed the failure.
    pub detected: u32,
    /// How many ended with the new config in service.
    pub succeeded: u32,
    /// How many ended with the old config in service again.
    pub rolled_back: u32,
    /// From when the new model was bad and had traffic until that was noticed, where it was.
    #[serde(rename = "detected_after_seconds")]
    pub detected_after: Option<Quantiles<Length>>,
    /// When all traffic was back, where it was.
    #[serde(rename = "traffic_back_after_seconds")]
    pub traffic_back_after: Option<Quantiles<Length>>,
    /// Requests that met the bad model.
    pub requests_met: Quantiles<u64>,
    /// Those of them that failed.
    pub requests_failed: Quantiles<u64>,
}

/// Where values lie, by nearest rank.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Quantiles<T> {
    /// The smallest.
    pub min: T,
    /// One in twenty is not above it.
    pub p5: T,
    /// Half are not above it.
    pub p50: T,
    /// Nineteen in twenty are not above it.
    pub p95: T,
    /// The largest.
    pub max: T,
}

/// A combination of a sweep.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Row {
    /// The values of the settings that were varied.
    pub values: Map<String, Value>,
    /// What AWS would refuse.
    pub rejected: Option<Rejected>,
    /// When the update ends with a good model.
    #[serde(rename = "ends_after_seconds")]
    pub ends_after: Option<Length>,
    /// The most instances that there are at once.
    pub peak_instances: Option<u32>,
    /// What comes of the failure.
    pub spread: Option<Spread>,
}

/// What the alarms can see in the bake of the first step.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Explanation {
    /// All of it in a paragraph.
    pub text: String,
    /// How many runs were made for each error rate.
    pub runs: u32,
    /// Requests that the new model gets in a minute of the first bake.
    pub requests_a_minute: f64,
    /// The bake of the first step.
    #[serde(rename = "bake_seconds")]
    pub bake: Length,
    /// The longest bake that was tried.
    #[serde(rename = "longest_bake_seconds")]
    pub longest_bake: Length,
    /// What each alarm does, by error rate.
    pub chances: Vec<Chance>,
}

/// What alarms do about an error rate.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Chance {
    /// The part of the new model's requests that fail.
    pub error_rate: f64,
    /// The part of the runs in which each alarm went off within the bake, by name.
    pub fires: Map<String, Value>,
    /// The smallest bake within which some alarm went off in 95 % of the runs; none up to the longest.
    #[serde(rename = "smallest_bake_seconds")]
    pub smallest_bake: Option<Length>,
}
