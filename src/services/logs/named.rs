//! Which log group a request means: by its name, or by its ARN.

use super::invalid;
use crate::domain::world::WorldId;
use crate::schema::Fault;
use crate::store::Session;

/// The name of the group that `logGroupName` or `logGroupIdentifier` says, which exists.
pub(super) async fn group(
    session: &mut Session,
    world: &WorldId,
    name: Option<String>,
    identifier: Option<String>,
) -> Result<String, Fault> {
    let given =
        name.or(identifier).ok_or_else(|| invalid("A logGroupName or a logGroupIdentifier is required."))?;
    let name = of_arn(world, &given).unwrap_or(&given).to_owned();
    if session.has_log_group(world, &name).await? { Ok(name) } else { Err(missing()) }
}

/// The name in the ARN of a group of this world, with or without `:*` behind it.
pub(super) fn of_arn<'a>(world: &WorldId, arn: &'a str) -> Option<&'a str> {
    arn.strip_prefix(&world.log_group_arn("")).map(|name| name.trim_end_matches(":*"))
}

/// The fault that there is no such group.
pub(super) fn missing() -> Fault {
    Fault::declared("ResourceNotFoundException", "The specified log group does not exist.")
}
