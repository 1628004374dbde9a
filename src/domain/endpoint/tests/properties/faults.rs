//! What holds wherever a deployment is when its steps begin to fail.

use proptest::prelude::*;

use super::case::{Case, case};
use super::judged;
use crate::domain::deployment::Phase;
use crate::domain::deployment::record::Status;
use crate::domain::endpoint::tests::*;

/// The life of the case after so many of its stages; `None` if it rests by then.
fn after(case: &Case, stages: usize) -> Option<Life> {
    let mut life = case.accepted();
    let began = life.now;
    for (at, state) in &case.alarms {
        let drawn = [AlarmState::Ok, AlarmState::Alarm, AlarmState::InsufficientData];
        life.alarm("latency", Some(drawn[usize::from(*state)]), began + at);
    }
    for _ in 0..stages {
        let wake = life.endpoint.as_ref().and_then(Endpoint::wake_at)?;
        life.run_to(wake.0 / 1000);
    }
    matches!(life.state(), State::Updating(_)).then_some(life)
}

fn ends_so(mut life: Life, ways: &[Way]) -> Result<Life, TestCaseError> {
    for way in ways {
        prop_assert!(life.end(*way), "an update has such an end");
    }
    life.run();
    let last = life.records.last().expect("an update has a row");
    prop_assert!(last.ended_at.is_some());
    prop_assert_ne!(last.status, Status::Succeeded);
    prop_assert_eq!(last.failure_reason.as_deref(), Some(life.reason()));
    prop_assert!(life.reason().contains("Request to service failed."), "{}", life.reason());
    let endings = life.events.iter().filter(|event| {
        matches!(event.kind, EventKind::Succeeded | EventKind::RolledBack | EventKind::RollbackFailed)
    });
    prop_assert_eq!(endings.count(), 1, "exactly one terminal event");
    Ok(life)
}

proptest! {
    #![proptest_config(judged())]

    #[test]
    fn a_deployment_that_is_given_up_goes_back_like_any_other(case in case(), stages in 0usize..20) {
        let Some(life) = after(&case, stages) else { return Ok(()) };
        let went_back = matches!(life.state(), State::Updating(d) if matches!(d.phase, Phase::RollingBack { .. }));
        let life = ends_so(life, &[Endpoint::give_up])?;
        prop_assert!(!went_back || life.status() == "UpdateRollbackFailed");
    }

    #[test]
    fn one_that_is_left_where_it_stands_keeps_every_healthy_instance_and_can_be_recovered(
        case in case(),
        stages in 0usize..20,
    ) {
        let Some(life) = after(&case, stages) else { return Ok(()) };
        let healthy = |life: &Life| {
            let fleets = life.endpoint.as_ref().expect("it is there").fleets();
            fleets.iter().map(|fleet| fleet.healthy(at(life.now))).sum::<u32>()
        };
        let before = healthy(&life);
        let mut life = ends_so(life, &[Endpoint::strand])?;
        prop_assert_eq!(life.status(), "UpdateRollbackFailed");
        prop_assert_eq!(healthy(&life), before);
        let passing = case.new.iter().enumerate();
        let passing = passing.map(|(index, (count, _))| variant(&format!("v{index}"), *count, Health::Passing));
        prop_assert!(life.update(spec("newest", passing.collect()), None).is_ok());
        life.run();
        prop_assert_eq!((life.status(), life.reason()), ("InService", ""));
    }
}
