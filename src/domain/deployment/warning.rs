//! What the history says of a deployment that is accepted although it will surprise.

use super::Deployment;
use super::plan::Strategy;
use crate::clock::Timestamp;
use crate::domain::capacity::Traffic;
use crate::domain::event::{Event, EventKind};
use crate::domain::rules::Rules;

/// The warnings of a deployment that begins at `now`; `excluded` says why guardrails cannot be used.
pub(in crate::domain) fn warnings(
    deployment: &Deployment,
    excluded: Option<&str>,
    now: Timestamp,
    rules: &Rules,
) -> Vec<Event> {
    sentences(deployment, excluded, rules).into_iter().map(|sentence| warning(now, sentence)).collect()
}

fn warning(at: Timestamp, message: String) -> Event {
    let (kind, traffic) = (EventKind::Warning, Traffic::BLUE);
    Event { at, kind, step: None, traffic, message, cause: None, alarms: Vec::new() }
}

fn sentences(deployment: &Deployment, excluded: Option<&str>, rules: &Rules) -> Vec<String> {
    let plan = &deployment.plan;
    let mut warnings = Vec::new();
    if let Some(reason) = excluded {
        warnings
            .push(format!("Guardrails cannot be used: {reason}. Everything shifts at once, without a bake."));
    }
    for variant in plan.variants.iter().filter(|_| plan.strategy != Strategy::AllAtOnce) {
        let why = match (variant.blue, variant.green) {
            (0, _) => "no instance in service",
            (_, 1) => "one instance",
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
