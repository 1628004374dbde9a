//! Application Auto Scaling: when a variant is to have more instances or fewer, and how many.
//!
//! A [`Policy`] says how many instances it wants, given how many there are and what its alarm has seen;
//! [`decide()`] makes a [`Verdict`] of that, within the [`Bounds`] of the target, its suspensions and its cooldown. A
//! [`Schedule`] says when a scheduled action is due. An [`Activity`] is what is told of it afterwards, in AWS's words.
//!
//! All of it is pure: time, capacities and measurements are arguments. It knows no endpoint, no alarm and no store.

mod action;
mod activity;
mod arn;
mod decide;
mod policy;
mod schedule;
mod step;
mod target;
#[cfg(test)]
mod tests;
mod tracking;

pub use action::ScheduledAction;
pub use activity::{Activity, Change, Status};
pub use arn::{policy_arn, policy_of_arn, scheduled_action_arn, target_arn, target_of_arn};
pub use decide::{Moment, Reason, Verdict, decide};
pub use policy::{Policy, Signal, Trigger};
pub use schedule::{Schedule, Window};
pub use step::{AdjustmentType, StepScaling};
pub use target::{Bounds, Cooldown, Direction, ResourceId, Suspended, Target};
pub use tracking::{HIGH_PERIODS, LOW_PERIODS, Metric, Side, TargetTracking, low_threshold};
