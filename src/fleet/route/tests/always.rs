//! What holds at every moment of every deployment and every rollback: who had an instance keeps one, and the
//! shares are the deployment's.

use proptest::prelude::*;

use super::*;
use crate::domain::endpoint::tests::properties::case::case;

/// Cases; each is a whole deployment with hundreds of moments.
const CASES: u32 = 2_000;

/// Holds an endpoint to it from `now` until time changes it again.
fn serves(endpoint: &Endpoint, now: Timestamp) {
    let end = endpoint.wake_at().unwrap_or(now);
    let mut moment = now;
    loop {
        let route = Route::of(endpoint, moment, |_| Tuning::default())
            .expect("an endpoint that was in service has a route");
        finds_an_instance(endpoint, &route, moment);
        if let State::Updating(deployment) = &endpoint.state {
            shares_are_the_deployments(deployment, &route, moment);
        }
        let Some(next) = route.changes_at.filter(|next| *next < end) else { break };
        let before =
            Route::of(endpoint, Timestamp(next.0 - 1), |_| Tuning::default()).expect("it has a route");
        assert_eq!(before.targets, route.targets, "it changes at no other instant than it says");
        moment = next;
    }
}

fn finds_an_instance(endpoint: &Endpoint, route: &Route, now: Timestamp) {
    let had = match &endpoint.state {
        State::InService(fleet) => fleet.healthy(now) > 0,
        State::Mixed(fleets) => fleets.iter().any(|fleet| fleet.healthy(now) > 0),
        State::Updating(deployment) => deployment.plan.variants.iter().any(|plan| plan.blue > 0),
        other => panic!("an update does not lead to {other:?}"),
    };
    let all: f64 = route.targets.iter().map(|target| target.share).sum();
    assert!(!had || (all - 1.0).abs() < 1e-9, "{all} of the requests find an instance");
    for n in 0..4 {
        let picked = route.pick(None, &mut Chance::new(n, 0, 0));
        assert!(!had || picked.is_ok());
        assert!(picked.is_err() || picked.is_ok_and(|target| target.count() > 0));
    }
    assert!(route.targets.iter().all(|target| target.instances.iter().all(|group| group.up_at <= now)));
}

fn shares_are_the_deployments(deployment: &Deployment, route: &Route, now: Timestamp) {
    let blue_serves = deployment.blue.iter().any(|fleet| fleet.healthy(now) > 0);
    for ((plan, share), pool) in
        deployment.plan.variants.iter().zip(&deployment.shares).zip(&deployment.green.pools)
    {
        let mine = || route.targets.iter().filter(|target| target.variant == plan.name);
        let side = |green: bool| {
            let side = mine().filter(move |target| (target.config_name == "new") == green);
            side.fold((0.0, 0), |sum, target| (sum.0 + target.share_of_variant, sum.1 + target.count()))
        };
        if mine().next().is_none() {
            let wanted_blue = *share != Share::GREEN && deployment.blue_up(&plan.name, now) > 0;
            let wanted_green = *share != Share::BLUE && pool.healthy(now) > 0;
            assert!(!wanted_blue && !wanted_green, "{} has instances and no part", plan.name);
            continue;
        }
        if *share == Share::BLUE && !blue_serves {
            // Nothing that has traffic is healthy: whatever is healthy takes the requests.
            continue;
        }
        let ((blue_part, blue), (green_part, green)) = (side(false), side(true));
        assert!((green_part - share.as_fraction()).abs() < 1e-9, "{green_part} on green, not {share:?}");
        assert!((blue_part + green_part - 1.0).abs() < 1e-9);
        assert_eq!(green, u64::from(share.green_active(plan.green)));
        assert_eq!(blue, u64::from(share.blue_active(plan.blue)));
        assert!(mine().all(|target| target.variant_instances == blue + green));
    }
    let complete = deployment.plan.variants.iter().all(|plan| plan.blue > 0);
    if complete {
        let green = route.targets.iter().filter(|target| target.config_name == "new");
        let green_bp = green.map(|target| target.share).sum::<f64>() * 10_000.0;
        let told = f64::from(deployment.traffic().green_bp());
        assert!((green_bp - told).abs() <= 0.5 + 1e-6, "{green_bp} on green, the history tells {told}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: CASES, ..ProptestConfig::default() })]

    #[test]
    fn no_request_is_lost_at_any_moment_of_an_update_and_the_shares_are_those_of_the_deployment(case in case()) {
        let (life, _) = case.play_checking(serves);
        prop_assert!(life.records.last().is_some_and(|record| record.ended_at.is_some()));
    }
}
