//! Who serves at each step of each strategy, and that it is so over ten thousand requests.

use super::*;
use crate::domain::alarm::AlarmState;
use crate::domain::deployment::config::{DeploymentConfig, TrafficRoutingType};
use crate::domain::endpoint::tests::{blue_green, count, percent, rolling};

const PICKS: u64 = 10_000;

/// An update of `old` to `new` instances that runs by itself.
fn updating(old: u32, new: u32, config: DeploymentConfig) -> Life {
    let mut life = Life::serving(one("old", old));
    life.update(one("new", new), Some(config)).expect("a legal update");
    life
}

/// At these seconds so many instances of each config serve, and green has that percentage: also by picks.
fn expect(mut life: Life, table: &[(i64, u64, u64, f64)]) {
    for (secs, old, new, green) in table {
        life.run_to(*secs);
        let route = route(&life).expect("it serves");
        let of = |config: &str| {
            let side = route.targets.iter().filter(|target| target.config_name == config);
            side.fold((0, 0.0), |sum, target| (sum.0 + target.count(), sum.1 + target.share * 100.0))
        };
        assert_eq!((of("old").0, of("new").0), (*old, *new), "instances at {secs}");
        assert!((of("new").1 - green).abs() < 1e-9, "{} % on green at {secs}", of("new").1);
        let part = green / 100.0;
        let picks = (0..PICKS).filter(|n| {
            let mut chance = Chance::new(secs.cast_unsigned(), route.stream(), *n);
            route.pick(None, &mut chance).expect("it is picked").config_name == "new"
        });
        let (picked, wanted) = (picks.count() as f64, part * PICKS as f64);
        let sigma = (PICKS as f64 * part * (1.0 - part)).sqrt();
        assert!((picked - wanted).abs() <= 4.0 * sigma, "{picked} picks of green at {secs}, not {wanted}");
    }
}

#[test]
fn all_at_once_moves_everything_when_the_last_instance_is_up() {
    let life = updating(3, 2, blue_green(TrafficRoutingType::AllAtOnce, None, 100));
    expect(
        life,
        &[(0, 3, 0, 0.0), (59, 3, 0, 0.0), (60, 0, 2, 100.0), (165, 0, 2, 100.0), (999, 0, 2, 100.0)],
    );
}

#[test]
fn a_canary_takes_its_part_and_then_everything() {
    let life = updating(10, 10, blue_green(TrafficRoutingType::Canary, Some(percent(20)), 100));
    expect(life, &[(59, 10, 0, 0.0), (60, 8, 2, 20.0), (164, 8, 2, 20.0), (165, 0, 10, 100.0)]);
}

#[test]
fn a_linear_update_takes_equal_parts() {
    let life = updating(4, 3, blue_green(TrafficRoutingType::Linear, Some(count(1)), 100));
    let third = 100.0 / 3.0;
    expect(
        life,
        &[
            (59, 4, 0, 0.0),
            (60, 3, 1, third),
            (165, 2, 2, 2.0 * third),
            (270, 0, 3, 100.0),
            (999, 0, 3, 100.0),
        ],
    );
}

#[test]
fn a_rolling_update_takes_its_part_batch_by_batch() {
    let life = updating(4, 4, rolling(percent(25), 100, None));
    // A batch takes 60 s to start, 5 s to shift, 100 s to bake and 10 s to clear the old one.
    let steps = [(59, 4, 0, 0.0), (60, 3, 1, 25.0), (165, 3, 1, 25.0), (234, 3, 1, 25.0), (235, 2, 2, 50.0)];
    expect(life, &[&steps[..], &[(410, 1, 3, 75.0), (585, 0, 4, 100.0), (9_999, 0, 4, 100.0)]].concat());
}

#[test]
fn a_rollback_gives_everything_back_at_the_instant_of_the_alarm() {
    let mut life = updating(10, 10, blue_green(TrafficRoutingType::Canary, Some(percent(20)), 100));
    life.alarm("latency", Some(AlarmState::Alarm), 90);
    expect(life, &[(60, 8, 2, 20.0), (89, 8, 2, 20.0), (90, 10, 0, 0.0), (999, 10, 0, 0.0)]);
}

#[test]
fn a_rolling_rollback_gives_back_what_is_up_again() {
    let mut life = updating(4, 4, rolling(percent(50), 100, Some(count(1))));
    // Half of blue is gone by then, and comes back one by one.
    life.alarm("latency", Some(AlarmState::Alarm), 200);
    expect(
        life,
        &[
            (199, 2, 2, 50.0),
            (200, 2, 2, 50.0),
            (259, 2, 2, 50.0),
            (260, 3, 1, 25.0),
            (334, 3, 1, 25.0),
            (335, 4, 0, 0.0),
            (999, 4, 0, 0.0),
        ],
    );
}

#[test]
fn instances_that_serve_while_others_are_terminated_are_those_that_stay() {
    let green = |life: &Life| {
        let route = route(life).expect("it serves");
        let target = route.targets.iter().find(|target| target.config_name == "new").expect("green serves");
        target.instances.clone()
    };
    let mut life = updating(4, 4, rolling(percent(25), 100, Some(count(1))));
    // Two batches of green, started 175 s apart; blue comes back one by one.
    life.alarm("latency", Some(AlarmState::Alarm), 345);
    life.run_to(345);
    assert_eq!(green(&life).iter().map(|group| group.launched_at).collect::<Vec<_>>(), [at(175), at(0)]);
    life.run_to(408);
    let serving = green(&life);
    life.run_to(420);
    assert_eq!(serving.len(), 1, "half of its part has gone back");
    assert_eq!(green(&life), serving);
}

#[test]
fn a_side_that_lost_its_instances_gives_its_part_to_the_other() {
    let mut life = updating(10, 10, blue_green(TrafficRoutingType::Canary, Some(percent(20)), 100));
    life.run_to(60);
    let mut endpoint = life.endpoint.clone().expect("it exists");
    let State::Updating(deployment) = &mut endpoint.state else { panic!("it is updating") };
    deployment.green.pools[0].groups.clear();
    let route = Route::of(&endpoint, at(60), |_| Tuning::default()).expect("it serves");
    assert_eq!(shown(&route), [("AllTraffic", "old", 8, 100.0)]);
}

#[test]
fn an_endpoint_of_no_instances_serves_with_the_first_that_its_update_brings() {
    let mut life = Life::serving(one("old", 0));
    let ill = spec("new", vec![variant("AllTraffic", 2, Health::FailingAfter(1))]);
    life.update(ill, None).expect("a legal update");
    life.run_to(60);
    // The other one is given up at 240 s, and with it the update.
    assert_eq!(shown(&route(&life).expect("it has a route")), [("AllTraffic", "new", 1, 100.0)]);
    life.run();
    assert_eq!(shown(&route(&life).expect("it has a route")), []);
}

#[test]
fn the_first_shift_brings_the_new_configs_weights() {
    let two = |config: &str, weight: f64| spec(config, vec![weighing("a", 1, 1.0), weighing("b", 1, weight)]);
    let mut life = Life::serving(two("old", 1.0));
    let config = blue_green(TrafficRoutingType::AllAtOnce, None, 100);
    life.update(two("new", 3.0), Some(config)).expect("a legal update");
    assert_eq!(shown(&route(&life).unwrap()), [("a", "old", 1, 50.0), ("b", "old", 1, 50.0)]);
    life.run_to(60);
    assert_eq!(shown(&route(&life).unwrap()), [("a", "new", 1, 25.0), ("b", "new", 1, 75.0)]);
    life.alarm("latency", Some(AlarmState::Alarm), 61);
    life.run_to(61);
    assert_eq!(shown(&route(&life).unwrap()), [("a", "old", 1, 50.0), ("b", "old", 1, 50.0)]);
}

#[test]
fn a_plain_update_can_leave_the_old_variants_for_others() {
    let mut life = Life::serving(spec("old", vec![weighing("a", 1, 1.0), weighing("b", 1, 3.0)]));
    life.update(spec("new", vec![weighing("c", 2, 1.0)]), None).expect("a legal update");
    life.run_to(59);
    assert_eq!(shown(&route(&life).unwrap()), [("a", "old", 1, 25.0), ("b", "old", 1, 75.0)]);
    life.run_to(60);
    assert_eq!(shown(&route(&life).unwrap()), [("c", "new", 2, 100.0)]);
}
