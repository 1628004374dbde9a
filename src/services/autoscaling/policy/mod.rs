//! Scaling policies, and the alarms of those that track a target.

mod alarms;
mod delete;
mod describe;
mod put;

pub(super) use alarms::remove as remove_alarms;
pub(super) use delete::delete_scaling_policy;
pub(super) use describe::describe_scaling_policies;
pub(super) use put::put_scaling_policy;

use serde::Deserialize;

use crate::domain::world::WorldId;
use crate::schema::{Fields, Value};

/// The member of a stored policy under which stand the names of its own alarms.
const OWN_ALARMS: &str = "Alarms";

/// What is read of a stored policy beside its configuration.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Stored {
    policy_type: String,
    #[serde(default)]
    alarms: Vec<String>,
}

/// `Alarm`: an alarm by its name and its ARN.
fn alarm(world: &WorldId, name: &str) -> Value {
    let arn = world.alarm_arn(name);
    Fields::from_iter([("AlarmName", name.into()), ("AlarmARN", arn.into())]).into()
}
