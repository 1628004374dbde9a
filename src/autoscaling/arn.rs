//! The ARNs of Application Auto Scaling.

use crate::domain::world::WorldId;

fn of_rule(world: &WorldId, kind: &str, id: &str, resource: &str) -> String {
    format!("{}{id}:resource/sagemaker/{resource}:", world.scaling_arn(kind))
}

/// The ARN of a scaling policy, as it stands in the actions of alarms.
pub fn policy_arn(world: &WorldId, id: &str, resource: &str, name: &str) -> String {
    format!("{}policyName/{name}", of_rule(world, "scalingPolicy", id, resource))
}

/// The ARN of a scheduled action.
pub fn scheduled_action_arn(world: &WorldId, id: &str, resource: &str, name: &str) -> String {
    format!("{}scheduledActionName/{name}", of_rule(world, "scheduledAction", id, resource))
}

/// The ARN of a scalable target.
pub fn target_arn(world: &WorldId, id: &str) -> String {
    let (partition, region, account) = (world.partition(), &world.region, &world.account);
    format!("arn:{partition}:application-autoscaling:{region}:{account}:scalable-target/{id}")
}

/// The id of the scalable target of this world that has this ARN.
pub fn target_of_arn<'a>(world: &WorldId, arn: &'a str) -> Option<&'a str> {
    arn.strip_prefix(&target_arn(world, ""))
}

/// The resource and the name of the policy of this world that has this ARN; `None` if it is the ARN of something else.
pub fn policy_of_arn<'a>(world: &WorldId, arn: &'a str) -> Option<(&'a str, &'a str)> {
    let rest = arn.strip_prefix(&world.scaling_arn("scalingPolicy"))?;
    let (_, rest) = rest.split_once(":resource/sagemaker/")?;
    rest.split_once(":policyName/")
}
