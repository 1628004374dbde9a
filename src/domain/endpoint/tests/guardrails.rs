//! The way forward: every strategy's stages at their seconds.

use super::*;
use EventKind::{ActivatingTraffic, Baking, Launching, Succeeded, Terminating};
use TrafficRoutingType::{AllAtOnce, Canary, Linear};

#[test]
fn a_creation_is_in_service_when_its_instances_are() {
    let mut life = Life::serving(one("old", 2));
    assert_eq!(life.status(), "InService");
    life.command(Command::Delete).expect("an endpoint in service can be deleted");
    life.run_to(9);
    assert_eq!(life.status(), "Deleting");
    life.run_to(10);
    assert_eq!(life.status(), "gone");
}

#[test]
fn a_plain_update_shifts_everything_at_once_without_a_bake() {
    let mut life = Life::serving(one("old", 3));
    life.update(one("new", 3), None).expect("it rests");
    assert_eq!(life.run(), 75);
    let story = [
        (0, Launching, 0.0),
        (60, ActivatingTraffic, 100.0),
        (65, Baking, 100.0),
        (65, Baking, 100.0),
        (65, Terminating, 100.0),
        (75, Succeeded, 100.0),
    ];
    assert_eq!(life.told(), story);
    assert_eq!(life.endpoint.as_ref().map(Endpoint::config_name), Some("new"));
}

#[test]
fn a_canary_of_a_third_bakes_twice_and_waits_before_the_old_fleet_goes() {
    let mut life = Life::serving(one("old", 3));
    let mut config = blue_green(Canary, Some(percent(33)), 300);
    let policy = config.blue_green_update_policy.as_mut().expect("it is blue/green");
    policy.termination_wait_in_seconds = Some(120);
    life.update(one("new", 3), Some(config)).expect("it rests");
    life.run();
    let story = [
        (0, Launching, 0.0),
        (60, ActivatingTraffic, 33.33),
        (65, Baking, 33.33),
        (365, ActivatingTraffic, 100.0),
        (370, Baking, 100.0),
        (670, Baking, 100.0),
        (790, Terminating, 100.0),
        (800, Succeeded, 100.0),
    ];
    assert_eq!(life.told(), story);
}

#[test]
fn a_linear_update_takes_the_rest_in_its_last_step() {
    let mut life = Life::serving(one("old", 5));
    life.update(one("new", 5), Some(blue_green(Linear, Some(count(2)), 60))).expect("it rests");
    life.run();
    let shifts: Vec<_> = life.told().into_iter().filter(|(_, kind, _)| *kind == ActivatingTraffic).collect();
    let expected =
        [(60, ActivatingTraffic, 40.0), (125, ActivatingTraffic, 80.0), (190, ActivatingTraffic, 100.0)];
    assert_eq!(shifts, expected);
}

#[test]
fn a_rolling_update_replaces_batch_by_batch_and_never_has_more_than_one_batch_too_many() {
    let mut life = Life::serving(one("old", 4));
    life.check = |endpoint, _| {
        let Some(deployment) = endpoint.deployment() else { return };
        let exist = deployment.blue_existing("AllTraffic") + deployment.green.existing("AllTraffic");
        assert!(exist <= 6, "{exist} instances of 4 and a batch of 2");
    };
    life.update(one("new", 4), Some(rolling(percent(50), 100, None))).expect("it rests");
    life.run();
    let story = [
        (0, Launching, 0.0),
        (60, ActivatingTraffic, 50.0),
        (65, Baking, 50.0),
        (165, Terminating, 50.0),
        (175, Launching, 50.0),
        (235, ActivatingTraffic, 100.0),
        (240, Baking, 100.0),
        (340, Terminating, 100.0),
        (350, Succeeded, 100.0),
    ];
    assert_eq!(life.told(), story);
}

#[test]
fn variants_step_together_and_one_that_is_full_stays_full() {
    let two = |config: &str, instances: u32| {
        let variants = vec![variant("a", 1, Health::Passing), variant("b", instances, Health::Passing)];
        spec(config, variants)
    };
    let mut life = Life::serving(two("old", 4));
    life.update(two("new", 4), Some(blue_green(Linear, Some(percent(50)), 10))).expect("it rests");
    life.run_to(60);
    let shares = &life.endpoint.as_ref().and_then(Endpoint::deployment).expect("it is on its way").shares;
    assert_eq!(shares.iter().map(|share| share.as_fraction()).collect::<Vec<_>>(), [1.0, 0.5]);
    life.run();
    assert_eq!(life.status(), "InService");
}

#[test]
fn a_plain_update_may_change_the_variants_and_a_guarded_one_may_not() {
    let renamed = || spec("new", vec![variant("Other", 1, Health::Passing)]);
    let mut life = Life::serving(one("old", 1));
    let refused = life.update(renamed(), Some(blue_green(AllAtOnce, None, 10)));
    assert!(matches!(refused, Err(Refusal::Invalid(text)) if text.contains("same variant names")));
    life.update(renamed(), None).expect("a plain update may");
    life.run();
    assert_eq!(life.endpoint.as_ref().map(Endpoint::config_name), Some("new"));
}

#[test]
fn an_excluded_feature_falls_back_to_all_at_once_without_a_bake_and_says_so() {
    let mut life = Life::serving(one("old", 2));
    life.rules.missing_alarm = crate::domain::rules::MissingAlarm::Reject;
    life.missing = vec!["latency".to_owned()];
    let mut new = one("new", 2);
    new.variants[0].excluded = Some("ml.inf1.xlarge".to_owned());
    life.update(new, Some(blue_green(Canary, Some(percent(50)), 600))).expect("it falls back");
    assert_eq!(life.run(), 75);
    assert!(life.events[0].message.contains("ml.inf1.xlarge"));
}

#[test]
fn a_second_update_is_refused_while_the_first_is_on_its_way() {
    let mut life = Life::serving(one("old", 1));
    life.update(one("new", 1), None).expect("it rests");
    assert_eq!(life.update(one("newer", 1), None), Err(Refusal::InProgress));
    assert_eq!(life.command(Command::Delete), Err(Refusal::InProgress));
}

#[test]
fn a_failed_creation_allows_only_its_deletion() {
    let mut life = Life::serving(spec("broken", vec![variant("AllTraffic", 2, Health::Failing)]));
    life.run_to(180);
    assert_eq!(life.status(), "Failed");
    assert!(life.reason().contains("production variant AllTraffic did not pass the ping health check"));
    assert_eq!(life.update(one("new", 1), None), Err(Refusal::Failed));
    life.command(Command::Delete).expect("it can be deleted");
}

#[test]
fn scaling_serves_more_when_they_are_up_and_returns_to_the_old_values_when_they_fail() {
    let weigh = |instances| ScaleTarget { name: "AllTraffic".into(), weight: Some(2.0), instances };
    let mut life = Life::serving(spec("old", vec![variant("AllTraffic", 2, Health::FailingAfter(3))]));
    life.command(Command::Scale(vec![weigh(Some(3))])).expect("it rests");
    assert_eq!((life.status(), life.run()), ("Updating", 60));
    life.command(Command::Scale(vec![weigh(None)])).expect("it rests");
    assert_eq!((life.status(), life.run(), life.status()), ("Updating", 0, "InService"));
    life.command(Command::Scale(vec![weigh(Some(5))])).expect("it rests");
    life.run_to(life.now + 240);
    assert_eq!(life.status(), "RollingBack");
    life.run();
    let State::InService(fleet) = life.state() else { panic!("it serves") };
    assert_eq!((fleet.spec.variants[0].instances, fleet.existing("AllTraffic")), (3, 3));
    assert!(life.reason().contains("ping health check"));
}

#[test]
fn a_scaling_orders_what_is_missing_and_its_instances_come_in() {
    let target = |instances| ScaleTarget { name: "AllTraffic".into(), weight: Some(2.0), instances };
    let serving = Life::serving(one("old", 2)).endpoint.expect("it serves");
    let scaled = |instances| {
        let command = Command::Scale(vec![target(instances)]);
        serving.clone().accept(command, at(5), &Rules::default()).expect("it rests")
    };
    assert_eq!(scaled(None).launches, [], "weights need no instances");
    let more = scaled(Some(5));
    assert_eq!(more.launches.iter().map(|order| order.count).collect::<Vec<_>>(), [3]);
    let up = Group { count: 3, launched_at: at(5), outcome: Outcome::Ready(at(65)) };
    let next = more.admitted(&[vec![up]]).expect("it is still there");
    assert_eq!(next.fleets()[0].existing("AllTraffic"), 5);
}

#[test]
fn deployments_are_numbered_one_after_the_other() {
    let mut life = Life::serving(one("old", 1));
    for number in [2, 3] {
        life.update(one("new", 1), None).expect("it rests");
        life.run();
        assert_eq!(life.records.last().map(|record| record.sequence), Some(number));
    }
}

#[test]
fn a_variant_without_instances_orders_none() {
    let idle = |name| {
        let variants = [("busy", 2), ("idle", 0)].map(|(name, fleet)| variant(name, fleet, Health::Passing));
        spec(name, variants.to_vec())
    };
    let deployment_id = "d".to_owned();
    let create = Create {
        name: "house".into(),
        deployment_id,
        spec: idle("old"),
        deployment_config: None,
        host: None,
    };
    let created = Endpoint::create(create, at(0)).expect("the spec is legal");
    let ordered: Vec<_> = created.launches.iter().map(|order| (order.variant, order.count)).collect();
    assert_eq!(ordered, [(0, 2)]);
    let mut life = Life::serving(idle("old"));
    life.update(idle("new"), None).expect("it rests");
    let began = life.endpoint.as_ref().and_then(Endpoint::deployment).expect("it is updating");
    let mut log = crate::domain::deployment::Log::default();
    began.clone().launch(0, at(0), &mut log);
    assert_eq!(log.launches, [], "everything is ordered already");
}

#[test]
fn nothing_ends_before_its_time() {
    let mut life = Life::serving(one("config", 3));
    let early = |life: &Life| {
        let endpoint = life.endpoint.clone().expect("it is there");
        let due = endpoint.wake_at().expect("something is on its way");
        endpoint.step(due.plus_ms(-1), &Observed::default(), &life.rules)
    };
    life.command(Command::Scale(vec![ScaleTarget {
        name: "AllTraffic".into(),
        weight: None,
        instances: Some(1),
    }]))
    .expect("it rests");
    life.run_to(0);
    assert_eq!((life.status(), early(&life)), ("Updating", None));
    life.run();
    life.command(Command::Delete).expect("it rests");
    assert_eq!((life.status(), early(&life)), ("Deleting", None));
}
