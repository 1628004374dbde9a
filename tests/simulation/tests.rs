//! What must hold of the simulation itself, and some of its seeds; `scripts/test simulation` plays 5,000.

use clap::ValueEnum;

use super::{Sabotage, Summary, Wish, play, play_all};

/// Seeds that were red once, each with what was wrong. They stay.
const KEPT: &[(u64, &str)] = &[
    (31, "a command on alarms overtook an evaluation that was due before it"),
    (
        187,
        "after the base time had gone back, an item of an alarm's history was earlier than the one before it",
    ),
    (244, "the same, and an alarm ended a deployment later than it had tripped"),
    (
        2575,
        "the judge took copies that had waited for room, and got it on the way back, for a step on the way forward",
    ),
    (1806, "the judge took copies that got an instance again during a bake for the stage after it"),
    (2286, "a simulated worker slept on although counts were unwritten"),
    (10_006_114, "the judge took an alarm that was OK again when the window opened for one that had tripped"),
    (20_018_731, "the judge took a world for forgotten whose backlog was worked off"),
    (20_005_165, "the judge wanted servers whose clocks are apart to tell times that are not"),
    (
        10_009_810,
        "the run was over before a worker had the answer that it waited for, and wrote what it had counted",
    ),
];

/// So many seeds see any sabotage; most need one or two.
const MOST_SEEDS: u64 = 120;

#[test]
fn nothing_goes_wrong_in_some_seeds() {
    let summary = play_all(1_000_000, 30, 1, |_: &Summary| ());
    assert_eq!(summary.red, [], "{summary}");
    assert_eq!(summary.seeds, 30);
}

#[test]
fn seeds_that_were_red_stay_green() {
    for (seed, what) in KEPT {
        assert_eq!(play(*seed, Wish::default()).violations, Vec::<String>::new(), "{seed}: {what}");
    }
}

#[test]
fn the_same_seed_is_the_same_run_to_the_last_word() {
    for seed in 0..4 {
        let [first, again] = [0; 2].map(|_| play(seed, Wish { traced: true, sabotage: None }));
        assert!(first.trace.len() > 100, "something happens in {seed}");
        assert_eq!(first.trace, again.trace, "{seed}");
        assert_eq!((first.digest, first.tally), (again.digest, again.tally), "{seed}");
    }
    assert_ne!(play(0, Wish::default()).digest, play(1, Wish::default()).digest);
}

#[test]
fn to_be_looked_at_changes_nothing() {
    let [seen, unseen] = [true, false].map(|traced| play(5, Wish { traced, sabotage: None }).digest);
    assert_eq!(seen, unseen);
}

/// The words of a violation that tell a sabotage from a mishap of the simulation.
fn seen_by(sabotage: Sabotage) -> &'static [&'static str] {
    match sabotage {
        Sabotage::ForgetsACommit | Sabotage::TearsACommit => &["I10", "audit", "L1", "L2"],
        Sabotage::DeniesACommit => &["failed: ", "I10"],
        Sabotage::TrustsEverybody => &["failed: ", "audit", "I4", "I10"],
        Sabotage::HidesAlarms => &["audit", "I6"],
        Sabotage::HidesWhatIsDue => &["nobody looks"],
        Sabotage::HidesFlushes => &["I12"],
    }
}

#[test]
fn every_sabotage_is_seen() {
    for sabotage in Sabotage::value_variants().iter().copied() {
        let wish = Wish { traced: false, sabotage: Some(sabotage) };
        let words = seen_by(sabotage);
        let is_seen = |seed| {
            let violations = play(seed, wish).violations;
            violations.iter().any(|violation| words.iter().any(|word| violation.contains(word)))
        };
        assert!((0..MOST_SEEDS).any(is_seen), "nobody sees that the database {sabotage:?}");
    }
}
