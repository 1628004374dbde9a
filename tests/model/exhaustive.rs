//! The engine's protocol holds in every state; one that lacks something of it is found out.

use std::collections::BTreeSet;
use std::num::NonZero;
use std::thread::available_parallelism;

use sagebrush_model::properties::{DUE_AT_ONCE, NOT_OVERTAKEN, ONE_COMMIT, WHOLE_HISTORY};
use sagebrush_model::protocol::{Part, Protocol};
use sagebrush_model::state::Left;
use sagebrush_model::world::World;
use stateright::{Checker, Expectation, HasDiscoveries, Model};

/// Nothing but time passes.
const CALM: Left = Left { crashes: 0, losses: 0, evictions: 0, hints: 0, commands: 0, alarms: 0 };

/// Goes through everything; each sentence must hold, and what may come up must have come up.
fn holds(protocol: Protocol, left: Left) {
    let threads = available_parallelism().map_or(1, NonZero::get);
    let checker = World::new(protocol, left).checker().threads(threads);
    let checker = checker.finish_when(HasDiscoveries::AnyFailures).spawn_dfs().join();
    let (states, ways) = (checker.unique_state_count(), checker.state_count());
    println!("{left:?}: {states} states, {ways} ways into them, at most {} actions", checker.max_depth());
    for (name, way) in checker.discoveries() {
        println!("  {name}, after {} actions", way.into_actions().len());
    }
    checker.assert_properties();
    let properties = checker.model().properties();
    let sometimes = properties.iter().filter(|property| property.expectation == Expectation::Sometimes);
    assert_eq!(checker.discoveries().len(), sometimes.count(), "what may come up has come up");
}

/// Looks for the shortest way to break this sentence.
fn breaks(sentence: &'static str, lacks: &'static [Part], left: Left) {
    let checker = World::new(Protocol::lacking(lacks), left).checker();
    let checker = checker.finish_when(HasDiscoveries::AnyOf(BTreeSet::from([sentence]))).spawn_bfs().join();
    let way = checker.discovery(sentence).expect("a protocol that is too weak is found out");
    println!("Without {lacks:?} it does not hold that {sentence}: {:?}", way.into_actions());
}

#[test]
fn crashes_lost_answers_pauses_and_wakings_for_nothing() {
    holds(Protocol::ENGINE, Left { crashes: 1, losses: 1, evictions: 1, hints: 1, alarms: 1, ..CALM });
}

#[test]
fn a_client_that_commands_what_is_due() {
    holds(Protocol::ENGINE, Left { evictions: 1, commands: 1, alarms: 1, ..CALM });
}

#[test]
fn an_alarm_that_comes_and_goes() {
    holds(Protocol::ENGINE, Left { crashes: 1, alarms: 2, ..CALM });
}

#[test]
fn a_lock_that_ends_with_its_transaction_is_enough() {
    let protocol = Protocol::lacking(&[Part::Versions]);
    holds(protocol, Left { crashes: 1, evictions: 1, alarms: 1, ..CALM });
}

#[test]
fn versions_see_that_a_commit_is_repeated() {
    holds(Protocol::lacking(&[Part::Anew]), Left { losses: 1, ..CALM });
}

#[test]
fn with_neither_lock_nor_versions_a_version_has_two_commits() {
    breaks(ONE_COMMIT, &[Part::Lock, Part::Versions], CALM);
}

#[test]
fn a_lock_that_can_be_lost_in_the_middle_is_none() {
    breaks(ONE_COMMIT, &[Part::Session, Part::Versions], Left { evictions: 1, ..CALM });
}

#[test]
fn versions_alone_do_not_see_an_alarm_that_makes_nothing_due_earlier() {
    let left = Left { evictions: 1, alarms: 1, ..CALM };
    breaks(NOT_OVERTAKEN, &[Part::Lock], left);
    breaks(NOT_OVERTAKEN, &[Part::Session], left);
}

#[test]
fn a_commit_whose_answer_was_lost_is_not_taken_for_undone() {
    breaks(WHOLE_HISTORY, &[Part::Anew, Part::Versions], Left { losses: 1, ..CALM });
}

#[test]
fn a_state_without_its_history_has_a_gap() {
    breaks(WHOLE_HISTORY, &[Part::Whole], Left { crashes: 1, ..CALM });
}

#[test]
fn an_alarm_that_wakes_nobody_is_seen_late() {
    breaks(DUE_AT_ONCE, &[Part::Waking], Left { alarms: 1, ..CALM });
}
