//! The step ladder.

use super::*;
use crate::console::ladder::{Rung, ladder};

fn states(rungs: &[Rung]) -> Vec<&'static str> {
    rungs.iter().map(|rung| rung.state).collect()
}

#[test]
fn one_rung_is_under_way_those_before_it_are_done_and_those_after_it_to_come() {
    let rungs = ladder(&under_way(100));
    assert_eq!(states(&rungs), ["done", "done", "now", "ahead", "ahead", "ahead", "ahead", "ahead"]);
    let now = &rungs[2];
    assert_eq!((now.words, now.until), ("under way", Some(at(165))), "until the next stage begins");
    assert_eq!(
        (now.time.as_str(), now.green.as_str(), now.message.as_str()),
        ("00:01:05", "25 %", "baking at 65")
    );
    assert!(rungs.iter().enumerate().all(|(nth, rung)| nth == 2 || rung.until.is_none()));
    assert_eq!(rungs[7].green, "100 %");
}

#[test]
fn what_has_succeeded_is_done_from_the_first_to_the_last() {
    let rungs = ladder(&outlook(&canary(), &[]));
    assert_eq!(states(&rungs), ["done"; 8]);
}

#[test]
fn what_changes_no_stage_is_noted_and_the_stage_before_it_stays_under_way() {
    let mut events = canary()[..3].to_vec();
    for kind in [EventKind::Warning, EventKind::InstancesDied, EventKind::Paused, EventKind::Resumed] {
        events.push(event(70, kind, None, 25));
    }
    let rungs = ladder(&outlook(&events, &[]));
    assert_eq!(states(&rungs), ["done", "done", "now", "noted", "noted", "noted", "noted"]);
    assert_eq!(rungs[2].until, None, "nothing is to come of which is known when");
}

#[test]
fn what_is_paused_counts_nothing_down() {
    let mut paused = under_way(100);
    paused.prospect.paused = Some(at(90));
    let rungs = ladder(&paused);
    assert_eq!((rungs[2].state, rungs[2].until), ("now", None));
}

#[test]
fn a_rollback_is_bad_and_so_is_how_it_ends() {
    let mut events = canary()[..3].to_vec();
    events.push(event(100, EventKind::RollingBack, None, 0));
    let back = event(110, EventKind::RolledBack, None, 0);
    let rungs = ladder(&outlook(&events, std::slice::from_ref(&back)));
    assert_eq!(states(&rungs), ["done", "done", "done", "now", "ahead"]);
    assert_eq!(rungs[3].until, Some(at(110)));
    for end in [EventKind::RolledBack, EventKind::RollbackFailed, EventKind::Failed] {
        let ended = [events.as_slice(), &[event(110, end, None, 0)]].concat();
        let rungs = ladder(&outlook(&ended, &[]));
        assert_eq!(states(&rungs), ["done", "done", "done", "bad", "bad"], "{end:?}");
        assert_eq!(rungs[4].words, "gone wrong");
    }
}

#[test]
fn a_kind_of_event_is_a_stage_or_a_note_and_every_word_is_another() {
    let stages = canary().iter().map(|event| event.kind).collect::<Vec<_>>();
    let ends = [EventKind::RollingBack, EventKind::RolledBack, EventKind::RollbackFailed, EventKind::Failed];
    let notes = [
        EventKind::Warning,
        EventKind::InstancesDied,
        EventKind::Paused,
        EventKind::Resumed,
        EventKind::Advanced,
        EventKind::Promoted,
    ];
    assert!(stages.iter().chain(&ends).all(|kind| kind.is_stage()));
    assert!(!notes.iter().any(|kind| kind.is_stage()));
    for kind in stages.into_iter().chain(ends).chain(notes) {
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.word(), "the word that its rows have");
    }
}
