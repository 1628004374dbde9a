//! What the history says of a deployment that is accepted although it will surprise.

use super::Deployment;
use super::plan::Strategy;
use crate::clock::Timestamp;
use crate::domain::capacity::Traffic;
use crate::domain::event::{Event, EventKind};
use crate::domain::rules::Rules;

/// How a deployment is guarded, as far as its [`Deployment`] does not say.
pub(in crate::domain) struct Guard<'a> {
    /// Why guardrails cannot be used.
    pub excluded: Option<&'a str>,
    /// Whether there is an update policy.
    pub has_policy: bool,
    /// What is wrong with the alarms.
    pub of_alarms: Vec<String>,
}

/// The warnings of a deployment that begins at `now`: those of its alarms first.
pub(in crate::domain) fn warnings(
    deployment: &Deployment,
    guard: Guard<'_>,
    now: Timestamp,
    rules: &Rules,
) -> Vec<Event> {
    let own = sentences(deployment, &guard, rules);
    guard.of_alarms.into_iter().chain(own).map(|sentence| warning(now, sentence)).collect()
}

fn warning(at: Timestamp, message: String) -> Event {
    let (kind, traffic) = (EventKind::Warning, Traffic::BLUE);
    Event { at, kind, step: None, traffic, message, cause: None, alarms: Vec::new() }
}

fn sentences(deployment: &Deployment, guard: &Guard<'_>, rules: &Rules) -> Vec<String> {
    let plan = &deployment.plan;
    let mut warnings = Vec::new();
    if let Some(reason) = guard.excluded {
        warnings
            .push(format!("Guardrails cannot be used: {reason}. Everything shifts at once, without a bake."));
    }
    if guard.has_policy && plan.alarms.is_empty() {
        warnings.push(
            "Nothing watches this deployment: its DeploymentConfig has an update policy, but \
             AutoRollbackConfiguration names no alarm that could end it."
                .to_owned(),
        );
    }
    let one = deployment.unit().one;
    for variant in plan.variants.iter().filter(|_| plan.strategy != Strategy::AllAtOnce) {
        let why = match (variant.blue, variant.green) {
            (0, _) => format!("no {one} in service"),
            (_, 1) => format!("one {one}"),
            _ => continue,
        };
        warnings.push(format!("{} has {why}: the first step is the whole fleet.", variant.name));
    }
    let needed = shortest_ms(deployment, rules);
    if plan.timeout_ms < needed {
        warnings.push(format!(
            "MaximumExecutionTimeoutInSeconds ({}) cannot suffice: the steps need at least {} seconds.",
            plan.timeout_ms / 1000,
            needed / 1000
        ));
    }
    warnings
}

/// From the acceptance to the end of the last bake, if nothing goes wrong.
fn shortest_ms(deployment: &Deployment, rules: &Rules) -> i64 {
    let (plan, variants) = (&deployment.plan, &deployment.green.spec.variants);
    let startup = variants.iter().map(|variant| variant.behaviour.startup_ms).max().unwrap_or(0);
    let steps = i64::try_from(plan.steps()).unwrap_or(i64::MAX);
    let step = rules.activate_ms.saturating_add(plan.wait_ms);
    if plan.is_rolling() {
        let batch = startup.saturating_add(step).saturating_add(rules.terminate_ms);
        return batch.saturating_mul(steps).saturating_sub(rules.terminate_ms);
    }
    startup.saturating_add(step.saturating_mul(steps))
}
