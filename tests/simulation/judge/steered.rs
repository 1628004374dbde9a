//! What operators were told, against the histories: I10. Each verb that was acknowledged is there once.

use std::collections::BTreeSet;

use sagebrush::domain::deployment::Steer;
use sagebrush::domain::event::{CauseKind, Event, EventKind};

use super::super::log::{Asked, Log, Told};
use super::rows::Rows;

pub fn judge(rows: &Rows, log: &Log, faults: &mut Vec<String>) {
    let asked = log.entries.iter().filter_map(|entry| match &entry.asked {
        Asked::Steer { endpoint, steer } => Some((&entry.world, endpoint, steer.word())),
        _ => None,
    });
    for (world, endpoint, word) in asked.collect::<BTreeSet<_>>() {
        let Some(steer) = Steer::from_word(word) else { continue };
        let asked = Asked::Steer { endpoint: endpoint.clone(), steer };
        let told =
            |told: Told| log.of(world).filter(|entry| entry.asked == asked && entry.told == told).count();
        let deployments =
            rows.deployments.iter().filter(|told| told.world == *world && told.endpoint == *endpoint);
        let there = deployments.flat_map(|told| &told.events).filter(|event| is_of(steer, event)).count();
        let (done, unknown) = (told(Told::Done), told(Told::Unknown));
        // What is paused at the end of a storm is resumed by nobody who is in the log.
        let too_many = there > done + unknown && steer != Steer::Resume;
        if too_many || (there < done && !log.is_forgotten(world)) {
            faults.push(format!(
                "I10: {word} of {endpoint} in {world} was acknowledged {done} times and {unknown} times not \
                 answered, and is there {there} times"
            ));
        }
    }
}

fn is_of(steer: Steer, event: &Event) -> bool {
    match steer {
        Steer::Pause => event.kind == EventKind::Paused,
        Steer::Resume => event.kind == EventKind::Resumed,
        Steer::Advance => event.kind == EventKind::Advanced,
        Steer::Promote => event.kind == EventKind::Promoted,
        Steer::Abort => event.cause == Some(CauseKind::Operator),
    }
}
