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
mod whole;
mod words;

use std::collections::HashMap;
use std::path::PathBuf;

use sagebrush::clock::Timestamp;

use crate::store::Place;
use driver::Driver;
use recipe::Recipe;
use script::{Act, Line, Script};

/// What the teller of a story remembers of it.
struct Teller<D> {
    driver: D,
    origin: Timestamp,
    order: Vec<String>,
    /// How many configs each endpoint has had.
    configs: HashMap<String, u32>,
}

impl<D: Driver> Teller<D> {
    async fn line(&mut self, line: &Line) -> Result<(), String> {
        let (now, target) = (self.driver.now().await, line.time(self.origin));
        if let Act::Begin(recipe) = &line.act {
            self.create(recipe).await?;
            self.driver.advance_to(now.plus_secs(3_600)).await;
            self.origin = self.driver.now().await;
            return Ok(());
        }
        let order = self.driver.advance_to(target).await;
        if target > now {
            self.order = order;
        } else {
            self.order.extend(order);
        }
        self.act(&line.act).await
    }

    async fn act(&mut self, act: &Act) -> Result<(), String> {
        match act {
            Act::Begin(recipe) | Act::Create(recipe) => self.create(recipe).await,
            Act::Update(recipe) => self.update(recipe).await,
            Act::Scale(name, targets) => self.driver.scale(name, targets).await,
            Act::Delete(name) => self.driver.delete(name).await,
            Act::Alarm { name, to, ahead_ms } => {
                let at = self.driver.now().await.plus_ms(*ahead_ms);
                self.driver.record_alarm(name, *to, at).await;
                Ok(())
            }
            Act::Expect(name, expected) => {
                let mut seen = self.driver.see(name).await;
                seen.order.clone_from(&self.order);
                expected.check(&seen, self.origin)
            }
            Act::Refused { act, text } => match Box::pin(self.act(act)).await {
                Ok(()) => Err(format!("expected a refusal {text:?}, but it was accepted")),
                Err(refusal) if refusal.contains(text.as_str()) => Ok(()),
                Err(refusal) => Err(format!("expected {text:?}\n     seen {refusal:?}")),
            },
        }
    }

    async fn create(&mut self, recipe: &Recipe) -> Result<(), String> {
        self.configs.insert(recipe.endpoint.clone(), 1);
        self.driver.create(recipe).await
    }

    async fn update(&mut self, recipe: &Recipe) -> Result<(), String> {
        let number = self.configs.get(&recipe.endpoint).copied().unwrap_or(0) + 1;
        let before = self.driver.see(&recipe.endpoint).await.endpoint.and_then(|shown| shown.fleet);
        let fleet = recipe.fleet.or(before).unwrap_or(1);
        self.driver.update(recipe, number, fleet).await?;
        self.configs.insert(recipe.endpoint.clone(), number);
        Ok(())
    }
}

async fn tell<D: Driver>(name: &str, script: &Script, driver: D) {
    let mut teller = Teller { driver, origin: Timestamp(0), order: Vec::new(), configs: HashMap::new() };
    teller.origin = teller.driver.now().await;
    for line in &script.lines {
        if let Err(what) = teller.line(line).await {
            panic!("{}:{}: {what}", path(name).display(), line.number);
        }
    }
}

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/stories").join(format!("{name}.story"))
}

fn script(name: &str) -> Script {
    let path = path(name);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    script::read(&text).unwrap_or_else(|(line, what)| panic!("{}:{line}: {what}", path.display()))
}

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
    plain_update_succeeds
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
