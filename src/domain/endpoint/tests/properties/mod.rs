//! What holds for every deployment, whatever its policy, its alarms and the health of its instances, and
//! for every scaling.

mod capacity;
pub(crate) mod case;
mod expected;
mod faults;
mod scaling;

use proptest::prelude::*;

use super::*;
use crate::domain::deployment::Phase;
use crate::domain::deployment::record::Status;
use case::{Case, calm, case};
use expected::{percentages, stage};

/// Cases of every property.
const CASES: u32 = 4_000;

/// A property judges every case: one that passes over any fails.
fn judged() -> ProptestConfig {
    ProptestConfig { cases: CASES, max_global_rejects: 0, ..ProptestConfig::default() }
}

/// The window that the history tells: from the first traffic to the end of the last watched bake.
fn window(life: &Life) -> Option<(i64, i64)> {
    let told = life.told();
    let open = told.iter().find(|(_, kind, _)| *kind == EventKind::ActivatingTraffic)?.0;
    let close = told.iter().rfind(|(_, kind, _)| *kind == EventKind::Terminating)?.0;
    Some((open, close))
}

/// The life of a calm case, which ends well: at the latest with all the time that there is.
fn calm_life(case: &Case) -> Life {
    let (life, _) = case.play();
    let life = if succeeded(&life) { life } else { case.unhurried().play().0 };
    assert!(succeeded(&life), "nothing but its timeout can end it early: {}", life.reason());
    life
}

fn succeeded(life: &Life) -> bool {
    life.records.last().map(|record| record.status) == Some(Status::Succeeded)
}

proptest! {
    #![proptest_config(judged())]

    #[test]
    fn every_deployment_ends_and_a_tripped_alarm_never_ends_in_success(case in case()) {
        let (life, began) = case.play();
        let last = life.records.last().expect("an update has a row");
        prop_assert!(last.ended_at.is_some());
        prop_assert!(life.events.is_sorted_by_key(|event| event.at), "time never goes back");
        let endings = life.events.iter().filter(|event| matches!(
            event.kind, EventKind::Succeeded | EventKind::RolledBack | EventKind::RollbackFailed
        ));
        prop_assert_eq!(endings.count(), 1, "exactly one terminal event");
        if succeeded(&life) {
            let (open, close) = window(&life).expect("a success has a window");
            let inside = |secs: i64| began + secs >= open && began + secs <= close;
            prop_assert!(!case.alarms.iter().any(|(secs, state)| *state == 1 && inside(*secs)));
        } else if !case.alarms.iter().any(|(_, state)| *state == 1) {
            prop_assert!(!life.reason().contains("ALARM"), "no alarm, no alarm rollback");
        }
    }

    #[test]
    fn weight_moves_by_the_planned_steps_only(case in calm()) {
        let life = calm_life(&case);
        let told = life.told();
        let shifts = told.iter().filter(|(_, kind, _)| *kind == EventKind::ActivatingTraffic);
        let shares: Vec<f64> = shifts.map(|(_, _, green)| *green).collect();
        prop_assert!(shares.is_sorted(), "green never falls: {shares:?}");
        let wanted = percentages(&case);
        prop_assert_eq!(shares.len(), wanted.len(), "as many steps as the config says");
        let near = shares.iter().zip(&wanted).all(|(told, wanted)| (told - wanted).abs() <= 0.005 + 1e-6);
        prop_assert!(near, "as large as the config says: {shares:?}, not {wanted:?}");
    }

    #[test]
    fn every_stage_of_a_success_takes_exactly_its_time(case in calm()) {
        let life = calm_life(&case);
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
        let mut life = case.accepted();
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
