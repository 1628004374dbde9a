//! What a config means, by AWS's words and not by the plan's code.

use super::capacity::weighted;
use super::case::Case;
use crate::domain::endpoint::tests::*;

/// Green's percentage after every step, not rounded.
pub fn percentages(case: &Case) -> Vec<f64> {
    let variants = case.new.iter().enumerate();
    let steps: Vec<Vec<f64>> = variants
        .map(|(index, (fleet, _))| parts(&case.config, f64::from(*fleet), case.serves(index)))
        .collect();
    let longest = steps.iter().map(Vec::len).max().expect("there is a variant");
    let after = |step: usize| {
        let parts = steps.iter().map(|parts| parts.get(step).copied().unwrap_or(1.0));
        weighted(case.new.iter().map(|(_, weight)| *weight).zip(parts).collect()) * 100.0
    };
    (0..longest).map(after).collect()
}

/// Green's part of one variant after every step; where blue has no instance there is only one.
fn parts(config: &DeploymentConfig, fleet: f64, serves: bool) -> Vec<f64> {
    let instances = |size: CapacitySize| match size.kind {
        CapacityType::InstanceCount | CapacityType::CopyCount => f64::from(size.value).min(fleet),
        CapacityType::CapacityPercent => (f64::from(size.value) * fleet / 100.0 - 0.5).ceil().max(1.0),
    };
    let routing =
        config.blue_green_update_policy.as_ref().map(|policy| &policy.traffic_routing_configuration);
    let canary = routing.and_then(|routing| routing.canary_size).map(instances);
    let batch = config.rolling_update_policy.as_ref().map(|policy| policy.maximum_batch_size);
    let equal = routing.and_then(|routing| routing.linear_step_size).or(batch).map(instances);
    let mut active = vec![fleet];
    match (canary, equal) {
        _ if !serves => {}
        (Some(canary), _) if canary < fleet => active.insert(0, canary),
        (None, Some(step)) => {
            active = std::iter::successors(Some(step), |done| Some(done + step))
                .take_while(|done| *done < fleet)
                .collect();
            active.push(fleet);
        }
        _ => {}
    }
    active.into_iter().map(|active| active / fleet).collect()
}

/// How long the stage that an event begins takes, in seconds, by AWS's words and the default rules.
pub fn stage(config: &DeploymentConfig, event: &Event) -> Option<i64> {
    let blue_green = config.blue_green_update_policy.as_ref();
    let roll = config.rolling_update_policy.as_ref().map(|policy| policy.wait_interval_in_seconds);
    let interval =
        roll.or(blue_green.map(|policy| policy.traffic_routing_configuration.wait_interval_in_seconds));
    let termination = blue_green.and_then(|policy| policy.termination_wait_in_seconds);
    match (event.kind, event.step) {
        (EventKind::ActivatingTraffic, _) => Some(5),
        (EventKind::Baking, Some(_)) => interval.map(i64::from),
        (EventKind::Baking, None) => termination.map(i64::from),
        (EventKind::Terminating, _) => Some(10),
        _ => None,
    }
}
