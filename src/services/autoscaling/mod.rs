//! Application Auto Scaling, as far as it scales variants of endpoints.
//!
//! What policies decide, and when, is the engine's and the pure room's; here targets, policies and scheduled actions
//! are put, shown and deleted, and the alarms of policies that track a target come and go with them.

mod activities;
mod deregister;
mod describe_targets;
mod key;
mod page;
mod policy;
mod register;
mod scheduled_action;
mod tags;
#[cfg(test)]
mod tests;

use super::operations;

pub(super) use deregister::forget_endpoint;

operations! {
    "DeleteScalingPolicy" => policy::delete_scaling_policy,
    "DeleteScheduledAction" => scheduled_action::delete_scheduled_action,
    "DeregisterScalableTarget" => deregister::deregister_scalable_target,
    "DescribeScalableTargets" => describe_targets::describe_scalable_targets,
    "DescribeScalingActivities" => activities::describe_scaling_activities,
    "DescribeScalingPolicies" => policy::describe_scaling_policies,
    "DescribeScheduledActions" => scheduled_action::describe_scheduled_actions,
    "ListTagsForResource" => tags::list_tags_for_resource,
    "PutScalingPolicy" => policy::put_scaling_policy,
    "PutScheduledAction" => scheduled_action::put_scheduled_action,
    "RegisterScalableTarget" => register::register_scalable_target,
    "TagResource" => tags::tag_resource,
    "UntagResource" => tags::untag_resource,
}
