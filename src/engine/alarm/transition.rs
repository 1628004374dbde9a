//! From one state to another, and what follows from it: the composite alarms above are looked at, children
//! first, each once.

use super::composite::{ByName, Composite, Composites, load, verdict};
use super::history;
use crate::clock::Timestamp;
use crate::domain::alarm::AlarmState;
use crate::domain::world::WorldId;
use crate::engine::bus::tell_transition;
use crate::engine::scaling;
use crate::metrics::history::triggering_alarms;
use crate::metrics::text::reason_time;
use crate::store::{Alarm, Error, Tags, Tx};

/// Brings `alarm` into another state at `at`, with its reason.
pub async fn enter(
    tx: &mut Tx,
    alarm: &mut Alarm,
    state: AlarmState,
    reason: String,
    reason_data: Option<String>,
    at: Timestamp,
) -> Result<(), Error> {
    let old = alarm.clone();
    *alarm = Alarm { state, reason, reason_data, updated: at, transitioned: at, ..old.clone() };
    tx.put_alarm(alarm, &Tags::new()).await?;
    history::transitioned(tx, &old, alarm).await?;
    tell_transition(tx, &old, alarm).await?;
    for action in scaling::called(tx, alarm, at).await? {
        history::executed(tx, alarm, &action).await?;
    }
    Ok(())
}

/// Evaluates the rule of a composite alarm that was just `done`: created or updated.
pub async fn evaluate_composite(tx: &mut Tx, composite: Composite, done: &str) -> Result<(), Error> {
    let (world, now) = (tx.id().clone(), tx.now());
    let names = composite.children(&world);
    let children = load(tx, &world, &names).await?;
    let state = verdict(&world, &composite.rule, &children);
    let mut alarm = composite.alarm;
    if state == alarm.state {
        return Ok(());
    }
    let (arn, outcome) = (world.alarm_arn(&alarm.name), state.word());
    let reason = format!("{arn} was {done} and its alarm rule evaluates to {outcome}");
    let triggering = names.iter().filter_map(|name| children.get(name)).collect::<Vec<_>>();
    enter(tx, &mut alarm, state, reason, Some(reason_data(&world, &triggering)), now).await?;
    settle(tx, &[alarm.name], now).await
}

/// Looks at every composite alarm that the changes of these alarms at `at` can reach.
pub async fn settle(tx: &mut Tx, changed: &[String], at: Timestamp) -> Result<(), Error> {
    let world = tx.id().clone();
    let mut composites = Composites::load(tx, &world).await?;
    let order = composites.dependencies.reached_by(changed);
    if order.is_empty() {
        return Ok(());
    }
    let mut names: Vec<String> =
        order.iter().flat_map(|name| composites.by_name[name].children(&world)).collect();
    names.sort_unstable();
    names.dedup();
    let mut alarms: ByName = load(tx, &world, &names).await?;
    let mut moved = changed.to_vec();
    for name in order {
        let Some(composite) = composites.by_name.remove(&name) else { continue };
        let trigger = composite.children(&world).into_iter().find(|child| moved.contains(child));
        let Some(trigger) = trigger.and_then(|child| alarms.get(&child)) else { continue };
        let state = verdict(&world, &composite.rule, &alarms);
        let mut alarm = composite.alarm;
        if state == alarm.state {
            continue;
        }
        let (reason, reason_data) = (reason(&world, trigger), reason_data(&world, &[trigger]));
        enter(tx, &mut alarm, state, reason, Some(reason_data), at).await?;
        alarms.insert(name.clone(), alarm);
        moved.push(name);
    }
    Ok(())
}

/// `ARN transitioned to ALARM at Friday 22 July, 2022 15:57:45 UTC`.
fn reason(world: &WorldId, child: &Alarm) -> String {
    let (arn, state) = (world.alarm_arn(&child.name), child.state.word());
    format!("{arn} transitioned to {state} at {}", reason_time(child.transitioned))
}

/// The children that made the composite change.
fn reason_data(world: &WorldId, children: &[&Alarm]) -> String {
    let told = |child: &&Alarm| (world.alarm_arn(&child.name), child.state, child.transitioned);
    triggering_alarms(&children.iter().map(told).collect::<Vec<_>>())
}
