//! What an endpoint wants to be looked at for.

use super::*;
use crate::console::attention::attention;
use crate::domain::alarm::AlarmState;
use crate::domain::deployment::config::TrafficRoutingType;
use crate::domain::deployment::{Phase, Steer};
use crate::domain::endpoint::tests::{Life, blue_green, count, rolling};
use crate::domain::endpoint::{Scaling, ScalingPhase};

fn why(life: &Life) -> Option<&'static str> {
    attention(life.endpoint.as_ref().unwrap(), at(life.now))
}

fn canary_on(health: Health) -> Life {
    let mut life = Life::serving(one("old", 4));
    let mut new = one("new", 4);
    new.variants[0].behaviour.health = health;
    life.update(new, Some(blue_green(TrafficRoutingType::Canary, Some(count(1)), 100))).unwrap();
    life
}

#[test]
fn an_endpoint_as_it_should_be_wants_nothing() {
    let mut life = canary_on(Health::Passing);
    for secs in [0, 30, 62, 100, 200, 275, 400] {
        life.run_to(secs);
        assert_eq!(why(&life), None, "at {secs}");
    }
    assert_eq!(life.status(), "InService");
}

#[test]
fn an_update_that_goes_back_says_why_and_that_it_was_rolled_back_afterwards() {
    let mut life = canary_on(Health::Passing);
    life.alarm("latency", Some(AlarmState::Alarm), 100);
    life.run_to(102);
    assert_eq!(why(&life), Some("an alarm rolls it back"));
    life.run_to(400);
    assert_eq!(why(&life), Some("its last change was rolled back"));
    let mut life = canary_on(Health::Failing);
    life.run_to(242);
    assert_eq!(why(&life), Some("it rolls back"));
    life.run_to(400);
    assert_eq!(why(&life), Some("its last change was rolled back"));
    life.update(one("newer", 4), None).unwrap();
    assert_eq!(why(&life), None, "the next update is another one");
}

#[test]
fn a_pause_counts_until_it_is_over_and_a_rollback_more() {
    let mut life = canary_on(Health::Passing);
    life.run_to(100);
    let steer = |life: &mut Life, steer| {
        let endpoint = life.endpoint.clone().unwrap();
        let transition = endpoint.steer(steer, at(life.now), &life.rules).unwrap();
        life.endpoint = transition.next;
    };
    steer(&mut life, Steer::Pause);
    assert_eq!(why(&life), Some("it is paused"));
    steer(&mut life, Steer::Resume);
    assert_eq!(why(&life), None);
    steer(&mut life, Steer::Pause);
    steer(&mut life, Steer::Abort);
    assert_eq!(why(&life), Some("it rolls back"));
}

#[test]
fn whoever_waits_for_room_wants_it_on_either_side_and_at_rest() {
    let waits = [(1, Outcome::Ready(at(0))), (1, Outcome::NoCapacity(at(90)))];
    let waiting = Some("it waits for capacity");
    let serves = endpoint(State::InService(fleet("old", &waits)));
    assert_eq!(
        (attention(&serves, at(89)), attention(&serves, at(90))),
        (waiting, None),
        "until it is given up"
    );
    let (id, green, since) = ("d1".to_owned(), fleet("old", &waits), at(0));
    assert_eq!(attention(&endpoint(State::Creating { id, green, since }), at(10)), waiting);
    for is_blue in [true, false] {
        let mut life = Life::serving(one("old", 4));
        life.update(one("new", 4), Some(rolling(count(2), 100, None))).unwrap();
        let State::Updating(deployment) = &mut life.endpoint.as_mut().unwrap().state else {
            panic!("it updates")
        };
        assert!(matches!(deployment.phase, Phase::Launching { .. }));
        let side = if is_blue { &mut deployment.blue[0] } else { &mut deployment.green };
        side.pools[0].groups.push(Group {
            count: 1,
            launched_at: at(0),
            outcome: Outcome::NoCapacity(at(90)),
        });
        life.now = 10;
        assert_eq!(why(&life), waiting, "blue: {is_blue}");
    }
}

#[test]
fn what_has_failed_says_what() {
    let failed = endpoint(State::Failed { config_name: "old".to_owned() });
    assert_eq!(attention(&failed, at(0)), Some("its creation failed"));
    let up = fleet("old", &[(1, Outcome::Ready(at(0)))]);
    let mixed = endpoint(State::Mixed(vec![up.clone(), up.clone()]));
    assert_eq!(attention(&mixed, at(0)), Some("its rollback failed: two configs serve"));
    let (until, reason) = (at(60), "no room".to_owned());
    let phase = ScalingPhase::RollingBack { until, reason };
    let scaling = Scaling { fleet: up, before: vec![(1, 1.0)], phase, since: at(0) };
    assert_eq!(attention(&endpoint(State::Scaling(Box::new(scaling))), at(0)), Some("it rolls back"));
}
