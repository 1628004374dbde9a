//! What holds for every deployment, whatever its policy, its alarms and the health of its instances.

use proptest::prelude::*;

use super::*;
use crate::domain::deployment::Phase;
use crate::domain::deployment::record::Status;

#[derive(Clone, Debug)]
struct Case {
    old: u32,
    new: u32,
    config: DeploymentConfig,
    old_health: Health,
    new_health: Health,
    alarms: Vec<(i64, u8)>,
}

fn size(low: u32, high: u32) -> impl Strategy<Value = CapacitySize> {
    prop_oneof![(low.max(1)..=high).prop_map(percent), (1u32..5).prop_map(count)]
}

fn config() -> impl Strategy<Value = DeploymentConfig> {
    let kinds = prop_oneof![
        Just(TrafficRoutingType::AllAtOnce),
        Just(TrafficRoutingType::Canary),
        Just(TrafficRoutingType::Linear)
    ];
    let blue = (kinds, size(10, 50), 0u32..400, 0u32..200, proptest::option::of(600u32..2000));
    let blue = blue.prop_map(|(kind, size, wait, termination, timeout)| {
        let mut config = blue_green(kind, Some(size), wait);
        let policy = config.blue_green_update_policy.as_mut().expect("it is blue/green");
        policy.termination_wait_in_seconds = Some(termination);
        policy.maximum_execution_timeout_in_seconds = timeout;
        config
    });
    let roll =
        (size(5, 50), 0u32..400, proptest::option::of(size(5, 100)), proptest::option::of(600u32..4000));
    let roll = roll.prop_map(|(batch, wait, back, timeout)| {
        let mut config = rolling(batch, wait, back);
        config.rolling_update_policy.as_mut().expect("it rolls").maximum_execution_timeout_in_seconds =
            timeout;
        config
    });
    prop_oneof![blue, roll]
}

fn case() -> impl Strategy<Value = Case> {
    let health = || prop_oneof![4 => Just(Health::Passing), 1 => Just(Health::Failing), 2 => (0u64..20).prop_map(Health::FailingAfter)];
    let old_health = prop_oneof![3 => Just(Health::Passing), 1 => (12u64..30).prop_map(Health::FailingAfter)];
    let alarms = proptest::collection::vec((0i64..3000, 0u8..3), 0..4);
    (0u32..12, 1u32..12, config(), old_health, health(), alarms).prop_map(
        |(old, new, config, old_health, new_health, mut alarms)| {
            alarms.sort_unstable();
            Case { old, new, config, old_health, new_health, alarms }
        },
    )
}

/// I8: what has traffic exists and is healthy. Rolling back, traffic follows what is up.
fn capacity_covers_traffic(endpoint: &Endpoint, now: Timestamp) {
    let Some(deployment) = endpoint.deployment() else { return };
    for ((plan, share), pool) in
        deployment.plan.variants.iter().zip(&deployment.shares).zip(&deployment.green.pools)
    {
        assert!(share.green <= share.of && share.of > 0);
        assert!(share.green_active(plan.green) <= pool.healthy(now), "green serves with what it has not");
        let blue: u32 = deployment
            .blue
            .iter()
            .filter_map(|fleet| fleet.pool(&plan.name))
            .map(|pool| pool.healthy(now))
            .sum();
        assert!(share.blue_active(plan.blue) <= blue, "blue serves with what it has not");
        let split = share.green > 0 && share.green < share.of;
        assert!(!split || blue > 0, "a part of the traffic goes to nobody");
    }
    assert_eq!(deployment.traffic().blue_bp() + deployment.traffic().green_bp(), 10_000);
}

fn play(case: &Case) -> Option<Life> {
    let mut life = Life::serving(spec("old", vec![variant("v", case.old, case.old_health)]));
    life.check = capacity_covers_traffic;
    let new = spec("new", vec![variant("v", case.new, case.new_health)]);
    life.update(new, Some(case.config.clone())).ok()?;
    for (secs, state) in &case.alarms {
        let states = [AlarmState::Ok, AlarmState::Alarm, AlarmState::InsufficientData];
        life.alarm("latency", Some(states[usize::from(*state)]), *secs);
    }
    life.run();
    Some(life)
}

/// The window that the history tells: from the first traffic to the end of the last watched bake.
fn window(life: &Life) -> Option<(i64, i64)> {
    let told = life.told();
    let open = told.iter().find(|(_, kind, _)| *kind == EventKind::ActivatingTraffic)?.0;
    let close = told.iter().rfind(|(_, kind, _)| *kind == EventKind::Terminating)?.0;
    Some((open, close))
}

/// Green's percentage after every step, by AWS's words and not by the plan's code.
fn planned(case: &Case) -> Vec<f64> {
    let fleet = f64::from(case.new);
    let instances = |size: CapacitySize| match size.kind {
        CapacityType::InstanceCount => f64::from(size.value).min(fleet),
        CapacityType::CapacityPercent => (f64::from(size.value) * fleet / 100.0 - 0.5).ceil().max(1.0),
    };
    let routing =
        case.config.blue_green_update_policy.as_ref().map(|policy| &policy.traffic_routing_configuration);
    let canary = routing.and_then(|routing| routing.canary_size).map(instances);
    let batch = case.config.rolling_update_policy.as_ref().map(|policy| policy.maximum_batch_size);
    let equal = routing.and_then(|routing| routing.linear_step_size).or(batch).map(instances);
    let mut active = vec![fleet];
    match (canary, equal) {
        _ if case.old == 0 => {}
        (Some(canary), _) if canary < fleet => active.insert(0, canary),
        (None, Some(step)) => {
            active = std::iter::successors(Some(step), |done| Some(done + step))
                .take_while(|done| *done < fleet)
                .collect();
            active.push(fleet);
        }
        _ => {}
    }
    active.into_iter().map(|active| (active / fleet * 10_000.0).round() / 100.0).collect()
}

/// How long the stage that an event begins takes, in seconds, by AWS's words and the default rules.
fn stage(config: &DeploymentConfig, event: &Event) -> Option<i64> {
    let blue_green = config.blue_green_update_policy.as_ref();
    let roll = config.rolling_update_policy.as_ref().map(|policy| policy.wait_interval_in_seconds);
    let interval =
        roll.or(blue_green.map(|policy| policy.traffic_routing_configuration.wait_interval_in_seconds));
    let termination = blue_green.and_then(|policy| policy.termination_wait_in_seconds);
    match (event.kind, event.step) {
        (EventKind::ActivatingTraffic, _) => Some(5),
        (EventKind::Baking, Some(_)) => interval.map(i64::from),
        (EventKind::Baking, None) => termination.map(i64::from),
        (EventKind::Terminating, _) => Some(10),
        _ => None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, ..ProptestConfig::default() })]

    #[test]
    fn every_deployment_ends_and_a_tripped_alarm_never_ends_in_success(case in case()) {
        let Some(life) = play(&case) else { return Ok(()) };
        let last = life.records.last().expect("an update has a row");
        prop_assert!(last.ended_at.is_some());
        prop_assert!(life.events.is_sorted_by_key(|event| event.at), "time never goes back");
        let endings = life.events.iter().filter(|event| matches!(
            event.kind, EventKind::Succeeded | EventKind::RolledBack | EventKind::RollbackFailed
        ));
        prop_assert_eq!(endings.count(), 1, "exactly one terminal event");
        if last.status == Status::Succeeded {
            let (open, close) = window(&life).expect("a success has a window");
            let inside = |secs: i64| secs >= open && secs <= close;
            prop_assert!(!case.alarms.iter().any(|(secs, state)| *state == 1 && inside(*secs)));
        } else if !case.alarms.iter().any(|(_, state)| *state == 1) {
            prop_assert!(!life.reason().contains("ALARM"), "no alarm, no alarm rollback");
        }
    }

    #[test]
    fn weight_moves_by_the_planned_steps_only(case in case()) {
        let Some(life) = play(&case) else { return Ok(()) };
        if life.records.last().map(|record| record.status) != Some(Status::Succeeded) { return Ok(()) }
        let told = life.told();
        let shifts = told.iter().filter(|(_, kind, _)| *kind == EventKind::ActivatingTraffic);
        let shares: Vec<f64> = shifts.map(|(_, _, green)| *green).collect();
        prop_assert!(shares.windows(2).all(|pair| pair[0] < pair[1]), "green never falls: {shares:?}");
        prop_assert_eq!(&shares, &planned(&case), "as many steps, and as large, as the config says");
    }

    #[test]
    fn every_stage_of_a_success_takes_exactly_its_time(case in case()) {
        let Some(life) = play(&case) else { return Ok(()) };
        if life.records.last().map(|record| record.status) != Some(Status::Succeeded) { return Ok(()) }
        let told: Vec<&Event> = life.events.iter().filter(|event| event.kind != EventKind::Warning).collect();
        for pair in told.windows(2) {
            let Some(secs) = stage(&case.config, pair[0]) else { continue };
            prop_assert_eq!(pair[1].at.0 - pair[0].at.0, secs * 1000, "{:?}", pair[0]);
        }
        let next = told.windows(2).map(|pair| (pair[0].kind, pair[1].kind));
        let shifts = next.clone().filter(|(kind, _)| *kind == EventKind::ActivatingTraffic);
        prop_assert!(shifts.clone().all(|(_, next)| next == EventKind::Baking), "every shift bakes");
        let last = usize::from(case.config.blue_green_update_policy.is_some());
        let bakes = next.filter(|(kind, _)| *kind == EventKind::Baking).count();
        prop_assert_eq!(bakes, shifts.count() + last, "one bake after every shift, and blue/green's last");
    }

    #[test]
    fn a_step_before_its_time_changes_nothing(case in case(), early in 1i64..100_000) {
        let mut life = Life::serving(spec("old", vec![variant("v", case.old, Health::Passing)]));
        let new = spec("new", vec![variant("v", case.new, case.new_health)]);
        if life.update(new, Some(case.config.clone())).is_err() { return Ok(()) }
        while let Some(wake) = life.endpoint.as_ref().and_then(Endpoint::wake_at) {
            let endpoint = life.endpoint.clone().expect("it is on its way");
            let launching = endpoint.deployment().is_some_and(|d| matches!(d.phase, Phase::Launching { .. }));
            let before = Timestamp(wake.0 - early);
            if !launching && before.0 > 0 {
                prop_assert!(endpoint.step(before, &Observed::default(), &life.rules).is_none());
            }
            life.run_to(wake.0 / 1000);
        }
    }
}
