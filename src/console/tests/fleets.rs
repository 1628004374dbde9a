//! Who of a fleet does what, in every state that an endpoint can be in.

use std::collections::BTreeMap;

use super::*;
use crate::console::fleet::{VariantShown, fleets};
use crate::domain::alarm::AlarmState;
use crate::domain::deployment::config::TrafficRoutingType;
use crate::domain::endpoint::tests::{Life, blue_green, count, rolling, spec};
use crate::domain::endpoint::{Command, ScaleTarget, ScalingPhase};

/// The fleets in a line each: `blue old: 3 serving, 1 up without traffic`.
fn told(endpoint: &Endpoint, secs: i64) -> Vec<String> {
    let shown = fleets(endpoint, at(secs), &BTreeMap::new());
    let line = shown.iter().map(|fleet| {
        let variants: Vec<_> = fleet.variants.iter().map(VariantShown::summary).collect();
        format!("{} {}: {}", fleet.side, fleet.config, variants.join(" | "))
    });
    line.collect()
}

/// The fleets of a life at each of these seconds.
#[track_caller]
fn goes(life: &mut Life, course: &[(i64, &[&str])]) {
    for (secs, expected) in course {
        life.run_to(*secs);
        assert_eq!(told(life.endpoint.as_ref().unwrap(), *secs), *expected, "at {secs}");
    }
}

#[test]
fn instances_are_counted_by_what_has_become_of_them() {
    let all = [
        (1, Outcome::Ready(at(10))),
        (2, Outcome::Ready(at(90))),
        (3, Outcome::Unhealthy(at(90))),
        (4, Outcome::Unhealthy(at(10))),
        (5, Outcome::NoCapacity(at(90))),
        (6, Outcome::NoCapacity(at(10))),
    ];
    let serves = endpoint(State::InService(fleet("old", &all)));
    assert_eq!(told(&serves, 20), ["all old: 1 serving, 5 starting, 5 waiting for capacity, 10 failed"]);
    // What is settled at an instant is so from that instant on.
    assert_eq!(told(&serves, 10), told(&serves, 20));
    assert_eq!(told(&serves, 90), ["all old: 3 serving, 18 failed"]);
    let (id, since) = ("d1".to_owned(), at(0));
    let creating = endpoint(State::Creating { id, green: fleet("old", &all), since });
    assert_eq!(told(&creating, 20)[0][..31], *"all old: 1 up without traffic, ");
    assert_eq!(told(&endpoint(State::InService(fleet("old", &[]))), 0), ["all old: no instances"]);
}

#[test]
fn a_canary_has_both_fleets_until_the_old_one_goes() {
    let mut life = Life::serving(one("old", 4));
    life.update(one("new", 4), Some(blue_green(TrafficRoutingType::Canary, Some(count(1)), 100))).unwrap();
    let baking: &[&str] =
        &["blue old: 3 serving, 1 up without traffic", "green new: 1 serving, 3 up without traffic"];
    goes(
        &mut life,
        &[
            (30, &["blue old: 4 serving", "green new: 4 starting"]),
            (60, baking),
            (100, baking),
            (200, &["blue old: 4 up without traffic", "green new: 4 serving"]),
            (275, &["blue old: 4 terminating", "green new: 4 serving"]),
            (300, &["all new: 4 serving"]),
        ],
    );
}

#[test]
fn a_rolling_update_replaces_batch_by_batch() {
    let mut life = Life::serving(one("old", 4));
    life.update(one("new", 4), Some(rolling(count(2), 100, None))).unwrap();
    goes(
        &mut life,
        &[
            (30, &["blue old: 4 serving", "green new: 2 starting"]),
            (100, &["blue old: 2 serving, 2 up without traffic", "green new: 2 serving"]),
            (170, &["blue old: 2 serving, 2 terminating", "green new: 2 serving"]),
            (200, &["blue old: 2 serving", "green new: 2 serving, 2 starting"]),
            (300, &["blue old: 2 up without traffic", "green new: 4 serving"]),
            (345, &["blue old: 2 terminating", "green new: 4 serving"]),
            (400, &["all new: 4 serving"]),
        ],
    );
}

#[test]
fn a_rollback_gives_everything_back_to_blue_and_green_goes() {
    let mut life = Life::serving(one("old", 4));
    life.update(one("new", 4), Some(blue_green(TrafficRoutingType::Canary, Some(count(1)), 100))).unwrap();
    life.alarm("latency", Some(AlarmState::Alarm), 100);
    goes(
        &mut life,
        &[(102, &["blue old: 4 serving", "green new: 4 terminating"]), (200, &["all old: 4 serving"])],
    );
}

#[test]
fn a_rolling_rollback_launches_the_old_config_again() {
    let mut life = Life::serving(one("old", 4));
    life.update(one("new", 4), Some(rolling(count(2), 100, Some(count(1))))).unwrap();
    life.alarm("latency", Some(AlarmState::Alarm), 300);
    goes(
        &mut life,
        &[
            (299, &["blue old: 2 up without traffic", "green new: 4 serving"]),
            (301, &["blue old: 2 serving, 1 starting", "green new: 2 serving, 2 up without traffic"]),
        ],
    );
    life.run();
    assert_eq!(told(life.endpoint.as_ref().unwrap(), life.now), ["all old: 4 serving"]);
}

#[test]
fn a_variant_that_the_new_config_lacks_serves_as_long_as_the_old_fleet_does() {
    let both =
        |config, names: [&str; 2]| spec(config, names.map(|name| variant(name, 2, Health::Passing)).to_vec());
    let mut life = Life::serving(both("old", ["a", "b"]));
    // Guardrails want the same variants on both sides.
    life.update(both("new", ["b", "c"]), None).unwrap();
    let up = "green new: 2 serving | 2 serving";
    goes(
        &mut life,
        &[
            (30, &["blue old: 2 serving | 2 serving", "green new: 2 starting | 2 starting"]),
            (62, &["blue old: 2 up without traffic | 2 up without traffic", up]),
            (70, &["blue old: 2 terminating | 2 terminating", up]),
            (90, &["all new: 2 serving | 2 serving"]),
        ],
    );
}

#[test]
fn a_scaling_launches_first_and_terminates_then() {
    let mut life = Life::serving(one("old", 4));
    let scale = |instances| {
        let name = "AllTraffic".to_owned();
        Command::Scale(vec![ScaleTarget { name, weight: None, instances: Some(instances) }])
    };
    life.command(scale(6)).unwrap();
    goes(&mut life, &[(30, &["all old: 4 serving, 2 starting"]), (60, &["all old: 6 serving"])]);
    life.command(scale(1)).unwrap();
    goes(&mut life, &[(62, &["all old: 1 serving, 5 terminating"]), (90, &["all old: 1 serving"])]);
}

#[test]
fn a_scaling_that_goes_back_terminates_what_it_has_launched() {
    let mut life = Life::serving(one("old", 4));
    let State::InService(mut fleet) = life.state().clone() else { panic!("it serves") };
    fleet.spec.variants[0].behaviour.health = Health::Failing;
    life.endpoint.as_mut().unwrap().state = State::InService(fleet);
    let target = ScaleTarget { name: "AllTraffic".to_owned(), weight: None, instances: Some(6) };
    life.command(Command::Scale(vec![target])).unwrap();
    goes(&mut life, &[(239, &["all old: 4 serving, 2 starting"]), (241, &["all old: 4 serving, 2 failed"])]);
    let State::Scaling(scaling) = life.state() else { panic!("it scales") };
    assert!(matches!(scaling.phase, ScalingPhase::RollingBack { .. }), "{scaling:?}");
    goes(&mut life, &[(300, &["all old: 4 serving"])]);
}

#[test]
fn what_is_mixed_serves_with_both_and_what_is_deleted_goes() {
    let up = [(2, Outcome::Ready(at(0)))];
    let two = vec![fleet("old", &up), fleet("new", &up)];
    let mixed = endpoint(State::Mixed(two.clone()));
    assert_eq!(told(&mixed, 10), ["blue old: 2 serving", "green new: 2 serving"]);
    let config_name = "old".to_owned();
    let deleting =
        State::Deleting { fleets: two, config_name: config_name.clone(), since: at(0), until: at(60) };
    assert_eq!(told(&endpoint(deleting), 10), ["all old: 2 terminating", "all new: 2 terminating"]);
    assert_eq!(told(&endpoint(State::Failed { config_name }), 10), Vec::<String>::new());
}

#[test]
fn of_what_is_deleted_goes_also_what_has_not_come_up() {
    let groups = [
        (1, Outcome::Ready(at(0))),
        (2, Outcome::Ready(at(90))),
        (4, Outcome::NoCapacity(at(90))),
        (8, Outcome::Unhealthy(at(10))),
    ];
    let (fleets, config_name) = (vec![fleet("old", &groups)], "old".to_owned());
    let deleting = State::Deleting { fleets, config_name, since: at(0), until: at(60) };
    assert_eq!(told(&endpoint(deleting), 20), ["all old: 7 terminating, 8 failed"]);
}

#[test]
fn an_update_of_what_is_mixed_counts_each_instance_once() {
    let mut life = Life::serving(one("old", 4));
    let fleets = [("old", 3), ("left", 1)].map(|(config, up)| fleet(config, &[(up, Outcome::Ready(at(0)))]));
    life.endpoint.as_mut().unwrap().state = State::Mixed(fleets.to_vec());
    life.update(one("new", 4), Some(blue_green(TrafficRoutingType::Canary, Some(count(1)), 100))).unwrap();
    goes(
        &mut life,
        &[
            (30, &["blue old: 3 serving", "blue left: 1 serving", "green new: 4 starting"]),
            (
                100,
                &[
                    "blue old: 3 serving",
                    "blue left: 1 up without traffic",
                    "green new: 1 serving, 3 up without traffic",
                ],
            ),
        ],
    );
}

#[test]
fn a_variant_has_the_name_of_its_model_while_that_is_there() {
    let serves = endpoint(State::InService(fleet("old", &[(1, Outcome::Ready(at(0)))])));
    let names = [("model-Passing".to_owned(), "llama".to_owned())].into();
    assert_eq!(fleets(&serves, at(0), &names)[0].variants[0].model.as_deref(), Some("llama"));
    assert_eq!(fleets(&serves, at(0), &BTreeMap::new())[0].variants[0].model, None);
}
