//! What a client is shown at each stage of an endpoint's life.

use crate::domain::alarm::AlarmState;
use crate::domain::deployment::config::{DeploymentConfig, TrafficRoutingType};
use crate::domain::endpoint::tests::{Life, blue_green, count, one, percent, rolling, spec, variant};
use crate::domain::endpoint::{Command, ScaleTarget};
use crate::domain::rules::RollbackStatus;
use crate::domain::variant::Health;

use super::{EndpointStatus, FleetView};

/// A fleet's variants in a line each: name, weight, instances, and what is being done.
fn lines(fleet: &FleetView<'_>) -> Vec<String> {
    let lines = fleet.variants.iter().map(|shown| {
        let activity = shown.activity.as_ref();
        let activity = activity.map_or(String::new(), |activity| {
            format!(" {} since {}: {}", activity.status, activity.since.0 / 1000, activity.message)
        });
        format!("{} {} x{}{activity}", shown.variant.name, shown.weight, shown.instances)
    });
    lines.collect()
}

/// The status, what serves and what is pending.
fn shown(life: &Life) -> (&'static str, Vec<String>, Vec<String>) {
    let view = life.endpoint.as_ref().expect("it is there").view(&life.rules);
    let serving = view.serving.as_ref().map(lines).unwrap_or_default();
    let pending = view.pending.as_ref().map(|(fleet, _)| lines(fleet)).unwrap_or_default();
    (view.status.word(), serving, pending)
}

fn updating(config: DeploymentConfig, fleet: u32) -> Life {
    let mut life = Life::serving(one("old", fleet));
    life.update(one("new", fleet), Some(config)).expect("it rests");
    life
}

/// Holds what is shown at these seconds against what a client is to see.
fn follows(life: &mut Life, told: &[(i64, &str, &str, &str)]) {
    for (at, status, serving, pending) in told {
        life.run_to(*at);
        let (seen, blue, green) = shown(life);
        assert_eq!(
            (seen, blue.join(", "), green.join(", ")),
            (*status, (*serving).to_owned(), (*pending).to_owned()),
            "at {at} s"
        );
    }
}

#[test]
fn a_canary_is_shown_beside_the_old_fleet() {
    let mut config = blue_green(TrafficRoutingType::Canary, Some(percent(34)), 100);
    config.blue_green_update_policy.as_mut().expect("it is one").termination_wait_in_seconds = Some(50);
    let mut life = updating(config, 3);
    follows(
        &mut life,
        &[
            (1, "Updating", "AllTraffic 1 x3", "AllTraffic 0 x0 Creating since 0: Launching 3 instance(s)."),
            (
                61,
                "Updating",
                "AllTraffic 1 x3",
                "AllTraffic 1 x1 ActivatingTraffic since 60: Activating traffic on canary capacity of 1 instance(s).",
            ),
            (
                66,
                "Updating",
                "AllTraffic 1 x3",
                "AllTraffic 1 x1 Baking since 65: Baking for 100 seconds (TerminationWaitInSeconds) with traffic \
                 enabled on canary capacity of 1 instance(s).",
            ),
            (
                271,
                "Updating",
                "AllTraffic 1 x3",
                "AllTraffic 1 x3 Baking since 270: Baking for 50 seconds (TerminationWaitInSeconds) with traffic \
                 enabled on full capacity of 3 instance(s).",
            ),
            (
                321,
                "Updating",
                "AllTraffic 1 x3 Deleting since 320: Terminating 3 instance(s).",
                "AllTraffic 1 x3",
            ),
            (331, "InService", "AllTraffic 1 x3", ""),
        ],
    );
    let bakes = life.events.iter().filter(|event| event.message.starts_with("Baking"));
    let bakes: Vec<_> = bakes.map(|event| event.message.as_str()).collect();
    let bake = "Baking for 100 seconds.";
    assert_eq!(bakes, [bake, bake, "Baking for 50 seconds (TerminationWaitInSeconds)."]);
}

#[test]
fn a_rolling_deployment_is_shown_batch_by_batch_and_on_its_way_back() {
    let mut life = updating(rolling(percent(50), 100, Some(count(1))), 4);
    life.rules.rollback_status = RollbackStatus::RollingBack;
    life.alarm("latency", Some(AlarmState::Alarm), 300);
    follows(
        &mut life,
        &[
            (
                166,
                "Updating",
                "AllTraffic 1 x4 Deleting since 165: Terminating 2 instance(s).",
                "AllTraffic 1 x2",
            ),
            (
                176,
                "Updating",
                "AllTraffic 1 x2",
                "AllTraffic 1 x2 Creating since 175: Launching 2 instance(s).",
            ),
            (
                301,
                "RollingBack",
                "AllTraffic 1 x2 Creating since 300: Launching 1 instance(s).",
                "AllTraffic 1 x2 Deleting since 300: Terminating 2 instance(s).",
            ),
            (
                361,
                "RollingBack",
                "AllTraffic 1 x3 ActivatingTraffic since 360: Activating traffic on canary capacity of 3 instance(s).",
                "AllTraffic 1 x1 Deleting since 360: Terminating 3 instance(s).",
            ),
            (
                441,
                "RollingBack",
                "AllTraffic 1 x4",
                "AllTraffic 0 x0 Deleting since 440: Terminating 1 instance(s).",
            ),
            (451, "InService", "AllTraffic 1 x4", ""),
        ],
    );
    let batches = life.events.iter().filter(|event| event.message.starts_with("Terminating"));
    let batches: Vec<_> = batches.map(|event| event.message.as_str()).collect();
    assert_eq!(
        batches,
        [
            "Terminating 2 instance(s) of the old fleet.",
            "Terminating 3 instance(s) of the new fleet.",
            "Terminating 1 instance(s) of the new fleet."
        ]
    );
}

#[test]
fn each_variant_is_shown_with_its_own_plan() {
    let two = |name| spec(name, vec![variant("a", 2, Health::Passing), variant("b", 4, Health::Passing)]);
    let mut life = Life::serving(two("old"));
    let half = blue_green(TrafficRoutingType::Canary, Some(percent(50)), 100);
    life.update(two("new"), Some(half)).expect("it rests");
    life.run_to(271);
    let (_, serving, pending) = shown(&life);
    assert_eq!(
        serving,
        ["a", "b"].map(|name| {
            let instances = if name == "a" { 2 } else { 4 };
            format!("{name} 1 x{instances} Deleting since 270: Terminating {instances} instance(s).")
        })
    );
    assert_eq!(pending, ["a 1 x2", "b 1 x4"]);
}

#[test]
fn a_scaling_is_shown_in_both_ways_and_on_its_way_back() {
    let two = |health| spec("two", vec![variant("a", 2, Health::Passing), variant("b", 3, health)]);
    let target = |name: &str, instances| ScaleTarget {
        name: name.to_owned(),
        weight: None,
        instances: Some(instances),
    };
    let mut life = Life::serving(two(Health::Passing));
    life.command(Command::Scale(vec![target("a", 4), target("b", 1)])).expect("it rests");
    let out = "Scaling out desired instance count to 4.";
    let within = "Scaling in desired instance count to 1.";
    follows(
        &mut life,
        &[
            (
                1,
                "Updating",
                &format!("a 1 x2 Updating since 0: {out}, b 1 x3 Updating since 0: {within}"),
                "",
            ),
            (
                61,
                "Updating",
                &format!("a 1 x4 Updating since 60: {out}, b 1 x3 Updating since 60: {within}"),
                "",
            ),
            (71, "InService", "a 1 x4, b 1 x1", ""),
        ],
    );
    let mut life = Life::serving(two(Health::FailingAfter(3)));
    life.command(Command::Scale(vec![target("b", 4)])).expect("it rests");
    let back = "a 1 x2, b 1 x3 Updating since 240: Scaling in desired instance count to 3.";
    follows(&mut life, &[(241, "RollingBack", back, ""), (251, "InService", "a 1 x2, b 1 x3", "")]);
    life.command(Command::Scale(vec![target("a", 1)])).expect("it rests");
    let only = "a 1 x2 Updating since 251: Scaling in desired instance count to 1., b 1 x3";
    follows(&mut life, &[(252, "Updating", only, "")]);
}

#[test]
fn an_endpoint_begins_pending_and_ends_with_what_it_had() {
    let mut life = Life::serving(one("config", 2));
    life.command(Command::Delete).expect("it rests");
    follows(
        &mut life,
        &[(0, "Deleting", "AllTraffic 1 x2 Deleting since 0: Terminating 2 instance(s).", "")],
    );
    life.run();
    assert_eq!(life.status(), "gone");
    life.create(one("config", 2));
    let now = life.now;
    let pending = format!("AllTraffic 0 x0 Creating since {now}: Launching 2 instance(s).");
    follows(
        &mut life,
        &[(now + 1, "Creating", "", &pending), (now + 61, "InService", "AllTraffic 1 x2", "")],
    );
    let mut life = Life::serving(spec("broken", vec![variant("a", 1, Health::Failing)]));
    follows(&mut life, &[(300, "Failed", "", "")]);
}

#[test]
fn every_status_is_listed_once() {
    let words = EndpointStatus::ALL.map(EndpointStatus::word);
    for (nth, word) in words.iter().enumerate() {
        assert!(!words[..nth].contains(word), "{word}");
    }
    // Whoever adds one is led here, and to the list.
    for status in EndpointStatus::ALL {
        match status {
            EndpointStatus::Creating
            | EndpointStatus::Updating
            | EndpointStatus::RollingBack
            | EndpointStatus::InService
            | EndpointStatus::Deleting
            | EndpointStatus::Failed
            | EndpointStatus::UpdateRollbackFailed => {}
        }
    }
}
