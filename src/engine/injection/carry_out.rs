//! Faults that do their work at one instant: instances die, an alarm goes into a state.

use crate::clock::Timestamp;
use crate::domain::alarm::AlarmState;
use crate::domain::endpoint::Endpoint;
use crate::domain::fleet::Fleet;
use crate::domain::injection::{Effect, Injection, Strike};
use crate::domain::journal::Door;
use crate::domain::rules::Rules;
use crate::engine::Error;
use crate::engine::alarm::{enter, evaluate_next, settle};
use crate::engine::apply::{Made, apply};
use crate::engine::change::{Change, Standing};
use crate::store::Error::Unreadable;
use crate::store::{AlarmKind, Tx};

/// Does the work of a fault at `at`. Answers what came of it in a sentence, and what changed.
pub(super) async fn carry_out(
    tx: &mut Tx,
    injection: &Injection,
    at: Timestamp,
    rules: &Rules,
) -> Result<(String, Vec<Change>), Error> {
    match &injection.effect {
        Effect::InstancesDie { instances } => {
            let strike = Strike { scope: injection.scope.clone(), instances: *instances, side: None };
            strike_all(tx, &strike, at, rules).await
        }
        Effect::Alarm { alarm, state } => {
            let reason = format!("It was forced by fault-{}.", injection.number);
            Ok((force(tx, alarm, *state, reason, at).await?, Vec::new()))
        }
        _ => unreachable!("only what is done at one instant is carried out"),
    }
}

async fn strike_all(
    tx: &mut Tx,
    strike: &Strike,
    at: Timestamp,
    rules: &Rules,
) -> Result<(String, Vec<Change>), Error> {
    let world = tx.id().clone();
    // Copies die with their instance; of themselves only if it is their model that is meant.
    let with_components = strike.scope.model.is_some();
    let names = match &strike.scope.endpoint {
        Some(name) if with_components => {
            let hosted = tx.hosted(&world, name).await?;
            [name.clone()].into_iter().chain(hosted.into_iter().map(|row| row.endpoint.name)).collect()
        }
        Some(name) => vec![name.clone()],
        None => tx.endpoint_names(&world, with_components).await?,
    };
    let (mut changes, mut struck) = (Vec::new(), Vec::new());
    for name in names {
        let row = match tx.endpoint(&world, &name).await {
            Ok(Some(row)) => row,
            Ok(None) => continue,
            Err(Unreadable(why)) => {
                tx.put_off(&world, &format!("the death of instances of endpoint {name}"), &why);
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        // The base time may go back; what happens to an endpoint never does.
        let at = at.max(row.endpoint.modified_at);
        let Some(transition) = row.endpoint.clone().strike(strike, at) else { continue };
        let dead = healthy(&row.endpoint, at)
            .saturating_sub(transition.next.as_ref().map_or(0, |next| healthy(next, at)));
        struck.push(format!("{dead} of {}", row.endpoint.name));
        changes.push(Change::of(
            &row.endpoint.name,
            Standing::of(&row.endpoint, rules),
            &transition,
            at,
            rules,
        ));
        let by = transition.record.is_some().then(|| Door::Strike(strike.clone()));
        apply(tx, row, Made { transition, by }, at, rules).await?;
    }
    let sentence = if struck.is_empty() {
        "There was no healthy instance that it is about.".to_owned()
    } else {
        format!("Instances died: {}.", struck.join(", "))
    };
    Ok((sentence, changes))
}

fn healthy(endpoint: &Endpoint, now: Timestamp) -> u64 {
    endpoint.fleets().iter().map(|fleet: &&Fleet| u64::from(fleet.healthy(now))).sum()
}

async fn force(
    tx: &mut Tx,
    name: &str,
    state: AlarmState,
    reason: String,
    at: Timestamp,
) -> Result<String, Error> {
    let world = tx.id().clone();
    let Some(mut alarm) = tx.alarm(&world, name).await? else {
        return Ok(format!("There was no alarm {name:?}."));
    };
    if alarm.state == state {
        return Ok(format!("The alarm {name:?} was in {} already.", state.word()));
    }
    if alarm.kind == AlarmKind::Metric {
        // Then it is what its metrics say again.
        evaluate_next(tx, &alarm, at).await?;
    }
    enter(tx, &mut alarm, state, reason, None, at).await?;
    settle(tx, &[alarm.name], at).await?;
    Ok(format!("The alarm {name:?} went to {}.", state.word()))
}
