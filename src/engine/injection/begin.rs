//! When faults begin: with a step of a deployment, or because their time has come.

use super::carry_out::carry_out;
use crate::clock::Timestamp;
use crate::domain::deployment::{Deployment, Phase};
use crate::domain::injection::Injection;
use crate::domain::rules::Rules;
use crate::engine::Error;
use crate::engine::attempt::{UNDONE, attempt};
use crate::engine::change::Change;
use crate::store::{EndpointRow, Tx};

/// Begins the faults that wait for the step whose traffic the endpoint in `row` has moved at `at`, if it has. Answers
/// the row as it is then, and what they changed.
pub(in crate::engine) async fn begin_at_step(
    tx: &mut Tx,
    row: EndpointRow,
    at: Timestamp,
    rules: &Rules,
) -> Result<(Option<EndpointRow>, Vec<Change>), Error> {
    let Some(step) = row.endpoint.deployment().and_then(|deployment| moved_step(deployment, at)) else {
        return Ok((Some(row), Vec::new()));
    };
    let (name, names) = (row.endpoint.name.clone(), row.endpoint.names());
    let waiting = tx.own_injections().await?;
    let begun: Vec<_> =
        waiting.iter().filter_map(|injection| injection.begun_at_step(names, step, at)).collect();
    if begun.is_empty() {
        return Ok((Some(row), Vec::new()));
    }
    let mut changes = Vec::new();
    for injection in begun {
        tx.put_injection(&injection).await?;
        if injection.effect.is_instant() {
            changes.extend(begin_due(tx, injection, at, rules).await?.1);
        }
    }
    let world = tx.id().clone();
    Ok((tx.endpoint(&world, &name).await?, changes))
}

/// The step, from 1, whose traffic was moved at `at`.
fn moved_step(deployment: &Deployment, at: Timestamp) -> Option<u32> {
    match deployment.phase {
        Phase::Shifting { step, .. } if deployment.since == at => u32::try_from(step + 1).ok(),
        _ => None,
    }
}

/// Has a fault do its work at `at`, at which it is due. Answers the fault with what came of it, and what changed.
/// One that fails harms nothing, and is over.
pub(in crate::engine) async fn begin_due(
    tx: &mut Tx,
    injection: Injection,
    at: Timestamp,
    rules: &Rules,
) -> Result<(Injection, Vec<Change>), Error> {
    let done = attempt(tx, async |tx| carry_out(tx, &injection, at, rules).await).await?;
    let (outcome, changes) = done.unwrap_or_else(|fault| {
        tracing::warn!(world = %tx.id(), "fault-{} could not do its work: {}", injection.number, fault.0);
        (UNDONE.to_owned(), Vec::new())
    });
    let injection = Injection { outcome: Some(outcome), ..injection };
    tx.put_injection(&injection).await?;
    tx.set_reached(at);
    Ok((injection, changes))
}
