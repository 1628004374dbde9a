//! Deployments told as timelines: `tests/stories/*.story`, each carried out by the pure core, by the whole server
//! on SQLite and by the whole server on PostgreSQL. The language is described in `script.rs`.
//!
//! A test is made of each story that the list in `stories!` names; a file that it does not name is an error.

pub mod client;
mod driver;
mod expect;
mod pure;
mod recipe;
mod script;
mod seen;
mod teller;
mod whole;
mod words;

use std::path::PathBuf;

use crate::store::Place;
use teller::{script, tell};

macro_rules! stories {
    ($($name:ident)*) => {
        const STORIES: &[&str] = &[$(stringify!($name)),*];

        mod core {
            $(#[tokio::test]
            async fn $name() {
                let script = super::script(stringify!($name));
                let driver = super::pure::Pure::new(script.rules);
                super::tell(stringify!($name), &script, driver).await;
            })*
        }

        stories!(on memory: $($name)*);
        stories!(on postgres: $($name)*);
    };
    (on $store:ident: $($name:ident)*) => {
        mod $store {
            $(#[tokio::test]
            async fn $name() {
                let script = super::script(stringify!($name));
                let place = super::Place::$store(sagebrush::clock::Mode::Manual).await;
                let driver = super::whole::Whole::new(script.rules, place);
                super::tell(stringify!($name), &script, driver).await;
            })*
        }
    };
}

stories! {
    a_creation_cannot_be_steered
    a_pause_stops_no_alarm
    a_pause_stops_no_timeout
    aborted
    aborted_rolling
    aborted_while_launching
    advanced_bakes
    alarm_after_the_window
    alarm_at_start
    alarm_at_start_ignored_until_ok
    alarm_at_the_end_of_a_bake
    alarm_before_the_window
    alarm_flaps_between_looks
    alarm_in_each_linear_bake
    alarm_in_the_canary_bake
    alarm_in_the_last_bake
    alarm_in_the_termination_wait
    alarm_without_data_is_noted
    all_at_once_succeeds
    an_alarm_after_a_promotion
    async_config_stays
    blue_green_rollback_without_blue
    canary_succeeds
    creation_fails
    creation_succeeds
    deleted_alarm_still_counts
    deployments_before_scaling
    empty_fleet_is_replaced_at_once
    guardrails_that_cannot_be_used
    health_failure
    in_transition_nothing_is_accepted
    insufficient_data_never_trips
    linear_gives_the_rest_to_the_last_step
    linear_succeeds
    missing_alarm_comes_back
    missing_alarm_is_noted
    missing_alarm_is_rejected
    missing_alarm_rolls_back
    nothing_watches_the_update
    one_alarm_of_two_endpoints
    one_instance
    paused_bake_goes_on
    paused_before_the_bake
    plain_update_succeeds
    promoted
    promoted_while_launching
    recovery_by_rolling
    recovery_is_rolled_back
    retained_deployment_config
    retained_properties
    rolling_changes_the_size
    rolling_health_failure
    rolling_rollback_at_once
    rolling_rollback_fails
    rolling_rollback_in_batches
    rolling_rollback_while_a_batch_is_terminated
    rolling_succeeds
    scaling
    scaling_fails
    several_variants
    sizes_are_refused
    stages_of_no_length
    switches_of_a_rollback
    timeout_at_the_end_of_the_bake
    timeout_check
    timeout_check_of_all_waits
    timeout_of_rolling
    timeout_rolls_back
    timeout_while_launching
    two_alarms_trip_at_one_instant
    two_endpoints_at_one_instant
    update_of_an_empty_fleet_fails_its_ping
}

#[test]
fn every_story_is_told() {
    let dir = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/stories");
    let files = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    let stories = files.filter(|path| path.extension().is_some_and(|ending| ending == "story"));
    let mut names: Vec<_> =
        stories.map(|path| path.file_stem().unwrap().to_string_lossy().into_owned()).collect();
    names.sort();
    assert_eq!(names, STORIES);
}

#[test]
fn a_story_that_cannot_be_read_says_where_and_why() {
    let table = [
        ("endpoint shop\nat 5s jump", 2, "there is no verb \"jump\""),
        ("# first\n\nat 5 delete", 3, "a time must be like 300s, not \"5\""),
        ("at 9s delete\nat 8s delete", 2, "time only moves forward"),
        ("expect mood good", 1, "there is no such expectation: \"mood\""),
        ("update canary lots", 1, "the canary must be like 33% or 2, not \"lots\""),
        ("update plain refused \"no end", 1, "a text in quotes has no end"),
        ("alarm latency LOUD", 1, "there is no state \"LOUD\""),
        ("rules alarm_at_start never", 1, "\"never\" is no value of alarm_at_start"),
        ("delete twice", 1, "\"twice\" is not understood"),
    ];
    for (text, line, why) in table {
        let (number, what) = script::read(text).err().expect(text);
        assert_eq!(number, line, "{text}");
        assert!(what.starts_with(why), "{text}: {what}");
    }
}
