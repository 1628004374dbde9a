//! Which deployment configs are refused: the rules of one config alone, and those that need both sides.
//!
//! The first kind is checked by `CreateEndpoint` and `UpdateEndpoint`, the second by `UpdateEndpoint`,
//! which knows the fleet. AWS's texts for these are not public; each sentence names the rule.

use super::config::{DeploymentConfig, RollingUpdatePolicy, TrafficRoutingConfig, TrafficRoutingType};
use crate::domain::capacity::{CapacitySize, CapacityType};
use crate::domain::refusal::Refusal;
use crate::domain::rules::{Rules, TimeoutCheck};
use crate::domain::variant::{Spec, Unit};

/// A size that a policy restricts: its member name, the size, the range in percent.
type Sized = (&'static str, CapacitySize, u32, u32);

/// The rules of the config itself, of fleets that consist of this.
pub fn alone(config: &DeploymentConfig, unit: Unit) -> Result<(), Refusal> {
    if config.blue_green_update_policy.is_some() && config.rolling_update_policy.is_some() {
        return Err(Refusal::invalid(
            "Only one of BlueGreenUpdatePolicy and RollingUpdatePolicy can be specified in DeploymentConfig.",
        ));
    }
    if let Some(policy) = &config.blue_green_update_policy {
        size_is_given(&policy.traffic_routing_configuration)?;
    }
    let alarms = config.auto_rollback_configuration.iter().flat_map(|auto| auto.alarms.iter().flatten());
    if alarms.into_iter().any(|alarm| alarm.alarm_name.is_none()) {
        return Err(Refusal::invalid(
            "AlarmName must be specified for every alarm in AutoRollbackConfiguration.",
        ));
    }
    sizes(config).try_for_each(|(member, size, low, high)| match size.kind {
        CapacityType::CapacityPercent => in_range(member, size, (low, high), 0, unit),
        CapacityType::InstanceCount | CapacityType::CopyCount => Ok(()),
    })
}

/// The rules that need the fleet to be deployed and, for an update, the one in service.
pub fn against(config: &DeploymentConfig, blue: &Spec, green: &Spec) -> Result<(), Refusal> {
    if config.rolling_update_policy.is_some() && green.variants.len() > 1 {
        return Err(Refusal::invalid(
            "RollingUpdatePolicy is not supported for an endpoint with more than one production variant.",
        ));
    }
    let guarded = config.rolling_update_policy.is_some() || config.blue_green_update_policy.is_some();
    if guarded && !blue.same_names(green) {
        return Err(Refusal::invalid(format!(
            "Deployment guardrails need the same variant names in both endpoint configurations: \"{}\" has \
             [{}], \"{}\" has [{}].",
            blue.config_name,
            names(blue),
            green.config_name,
            names(green)
        )));
    }
    sizes(config).try_for_each(|(member, size, low, high)| {
        let unit = green.unit();
        green
            .variants
            .iter()
            .try_for_each(|variant| in_range(member, size, (low, high), variant.instances, unit))
    })
}

/// Holds a blue/green timeout that was given against the waits; `waits_secs` is their sum over all steps.
pub fn timeout(config: &DeploymentConfig, waits_secs: i64, rules: &Rules) -> Result<(), Refusal> {
    let Some(policy) = &config.blue_green_update_policy else { return Ok(()) };
    let Some(timeout) = policy.maximum_execution_timeout_in_seconds else { return Ok(()) };
    let wait = i64::from(policy.traffic_routing_configuration.wait_interval_in_seconds);
    let termination = i64::from(policy.termination_wait_in_seconds.unwrap_or(0));
    let timeout = i64::from(timeout);
    match rules.timeout_check {
        TimeoutCheck::Fields if timeout <= wait + termination => Err(Refusal::invalid(format!(
            "MaximumExecutionTimeoutInSeconds ({timeout}) must be larger than the sum of WaitIntervalInSeconds \
             ({wait}) and TerminationWaitInSeconds ({termination})."
        ))),
        TimeoutCheck::Waits if timeout < waits_secs => Err(Refusal::invalid(format!(
            "MaximumExecutionTimeoutInSeconds ({timeout}) must not be smaller than the waits of all steps \
             ({waits_secs})."
        ))),
        _ => Ok(()),
    }
}

/// CANARY needs its size and LINEAR its step; what the type does not use is ignored.
fn size_is_given(routing: &TrafficRoutingConfig) -> Result<(), Refusal> {
    let (missing, kind) = match routing.kind {
        TrafficRoutingType::Canary if routing.canary_size.is_none() => ("CanarySize", "CANARY"),
        TrafficRoutingType::Linear if routing.linear_step_size.is_none() => ("LinearStepSize", "LINEAR"),
        _ => return Ok(()),
    };
    Err(Refusal::invalid(format!(
        "{missing} must be specified in TrafficRoutingConfiguration when Type is {kind}."
    )))
}

/// The sizes that the config's policy uses, each with its range.
fn sizes(config: &DeploymentConfig) -> impl Iterator<Item = Sized> {
    let routing =
        config.blue_green_update_policy.as_ref().map(|policy| &policy.traffic_routing_configuration);
    let stepped = routing.and_then(|routing| match routing.kind {
        TrafficRoutingType::AllAtOnce => None,
        TrafficRoutingType::Canary => routing.canary_size.map(|size| ("CanarySize", size, 0, 50)),
        TrafficRoutingType::Linear => routing.linear_step_size.map(|size| ("LinearStepSize", size, 10, 50)),
    });
    let batch = |policy: &RollingUpdatePolicy| ("MaximumBatchSize", policy.maximum_batch_size, 5, 50);
    stepped.into_iter().chain(config.rolling_update_policy.as_ref().map(batch))
}

/// What a part is a part of.
fn whole(unit: Unit) -> &'static str {
    if unit == Unit::COPIES { "component's copy count" } else { "variant's total instance count" }
}

fn in_range(
    member: &str,
    size: CapacitySize,
    (low, high): (u32, u32),
    fleet: u32,
    unit: Unit,
) -> Result<(), Refusal> {
    if size.within_percent(low, high, fleet) {
        return Ok(());
    }
    let range = if low == 0 { format!("at most {high} %") } else { format!("between {low} % and {high} %") };
    let given = match size.kind {
        CapacityType::CapacityPercent => format!("{} %", size.value),
        CapacityType::InstanceCount | CapacityType::CopyCount => {
            format!("{} of {fleet} {}", size.value, unit.some)
        }
    };
    Err(Refusal::invalid(format!("{member} must be {range} of the {}, but it is {given}.", whole(unit))))
}

fn names(spec: &Spec) -> String {
    spec.variants.iter().map(|variant| variant.name.as_str()).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::deployment::config::{Alarm, AutoRollbackConfig};
    use crate::domain::endpoint::tests::{blue_green, count, one, percent, rolling, spec, variant};
    use crate::domain::variant::Health;
    use TrafficRoutingType::{AllAtOnce, Canary, Linear};

    fn refused(checked: Result<(), Refusal>) -> String {
        checked.expect_err("it is refused").to_string()
    }

    #[test]
    fn a_policy_needs_the_size_that_its_type_uses() {
        for kind in [Canary, Linear] {
            assert_eq!(alone(&blue_green(kind, Some(percent(20)), 0), Unit::INSTANCES), Ok(()));
            let missing = if kind == Canary { "CanarySize" } else { "LinearStepSize" };
            let sentence = refused(alone(&blue_green(kind, None, 0), Unit::INSTANCES));
            assert!(sentence.contains(&format!("{missing} must be specified")), "{sentence}");
        }
        assert_eq!(alone(&blue_green(AllAtOnce, None, 0), Unit::INSTANCES), Ok(()));
    }

    #[test]
    fn a_config_has_one_policy_and_names_its_alarms() {
        let mut config = rolling(percent(50), 0, None);
        config.auto_rollback_configuration =
            Some(AutoRollbackConfig { alarms: Some(vec![Alarm { alarm_name: None }]) });
        assert!(refused(alone(&config, Unit::INSTANCES)).contains("AlarmName must be specified"));
        config.blue_green_update_policy = blue_green(AllAtOnce, None, 0).blue_green_update_policy;
        assert!(refused(alone(&config, Unit::INSTANCES)).contains("Only one of"));
    }

    #[test]
    fn a_size_is_a_part_of_the_fleet_within_its_limits() {
        let fleet = one("fleet", 10);
        for (config, percents, counts) in [
            (|size| blue_green(Canary, Some(size), 0), 1..=50, 1..=5),
            (|size| blue_green(Linear, Some(size), 0), 10..=50, 1..=5),
            (|size| rolling(size, 0, None), 5..=50, 1..=5),
        ] as [(fn(CapacitySize) -> DeploymentConfig, _, _); 3]
        {
            for value in 1..=60 {
                let fits = alone(&config(percent(value)), Unit::INSTANCES).is_ok();
                assert_eq!(fits, percents.contains(&value), "{value} % alone");
                let fits = against(&config(count(value)), &fleet, &fleet).is_ok();
                assert_eq!(fits, counts.contains(&value), "{value} of 10");
            }
        }
        let sentence = refused(alone(&blue_green(Canary, Some(percent(51)), 0), Unit::INSTANCES));
        assert!(sentence.contains("CanarySize must be at most 50 %"), "{sentence}");
        let sentence = refused(against(&rolling(count(6), 0, None), &fleet, &fleet));
        assert!(sentence.contains("between 5 % and 50 %"), "{sentence}");
        assert!(sentence.contains("it is 6 of 10 instance(s)"), "{sentence}");
    }

    #[test]
    fn guardrails_need_the_same_names_and_rolling_one_variant() {
        let named = |names: &[&str]| {
            spec("config", names.iter().map(|name| variant(name, 4, Health::Passing)).collect())
        };
        let (one, two) = (named(&["a"]), named(&["a", "b"]));
        for config in [rolling(percent(50), 0, None), blue_green(AllAtOnce, None, 0)] {
            let sentence = refused(against(&config, &one, &named(&["c"])));
            assert!(sentence.contains("has [a]") && sentence.contains("has [c]"), "{sentence}");
            assert_eq!(against(&config, &one, &one), Ok(()));
        }
        assert_eq!(against(&blue_green(AllAtOnce, None, 0), &two, &two), Ok(()));
        assert!(refused(against(&blue_green(AllAtOnce, None, 0), &one, &two)).contains("has [a, b]"));
        assert!(refused(against(&rolling(percent(50), 0, None), &two, &two)).contains("not supported"));
        assert_eq!(against(&DeploymentConfig::default(), &one, &two), Ok(()), "nothing is guarded");
    }

    #[test]
    fn a_timeout_that_was_given_holds_the_waits() {
        let mut config = blue_green(Canary, Some(percent(20)), 300);
        let mut timed = |secs, rules: &Rules| {
            let policy = config.blue_green_update_policy.as_mut().expect("it is one");
            policy.termination_wait_in_seconds = Some(200);
            policy.maximum_execution_timeout_in_seconds = secs;
            timeout(&config, 800, rules).is_ok()
        };
        let fields = Rules { timeout_check: TimeoutCheck::Fields, ..Rules::default() };
        let waits = Rules { timeout_check: TimeoutCheck::Waits, ..Rules::default() };
        assert_eq!([499, 500, 501].map(|secs| timed(Some(secs), &fields)), [false, false, true]);
        assert_eq!([799, 800, 801].map(|secs| timed(Some(secs), &waits)), [false, true, true]);
        assert!(timed(None, &fields) && timed(None, &waits));
        assert_eq!(timeout(&rolling(percent(50), 0, None), 800, &waits), Ok(()));
    }
}
