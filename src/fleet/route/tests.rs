//! Stories of the way to an instance.

mod always;
mod shares;

use super::*;
use crate::domain::endpoint::tests::{Life, at, one, spec, variant};
use crate::domain::endpoint::{Command, ScaleTarget};
use crate::domain::variant::{Health, Variant};

fn route(life: &Life) -> Option<Route> {
    route_at(life, at(life.now))
}

fn route_at(life: &Life, now: Timestamp) -> Option<Route> {
    Route::of(life.endpoint.as_ref().expect("it exists"), now, |_| Tuning::default())
}

/// Variant, config, instances and share in percent.
fn shown(route: &Route) -> Vec<(&str, &str, u64, f64)> {
    let percent = |share: f64| (share * 1e6).round() / 1e4;
    let shown = route.targets.iter();
    shown
        .map(|target| (&*target.variant, &*target.config_name, target.count(), percent(target.share)))
        .collect()
}

fn weighing(name: &str, instances: u32, weight: f64) -> Variant {
    Variant { weight, ..variant(name, instances, Health::Passing) }
}

fn scale(life: &mut Life, name: &str, instances: Option<u32>, weight: Option<f64>) {
    let target = ScaleTarget { name: name.to_owned(), weight, instances };
    life.command(Command::Scale(vec![target])).expect("it is in service");
}

#[test]
fn variants_take_their_part_by_weight() {
    let variants = vec![weighing("a", 1, 1.0), weighing("b", 2, 3.0), weighing("c", 5, 0.0)];
    let life = Life::serving(spec("old", variants));
    let route = route(&life).expect("it serves");
    assert_eq!(shown(&route), [("a", "old", 1, 25.0), ("b", "old", 2, 75.0), ("c", "old", 5, 0.0)]);
    let mut picked = [0; 3];
    for n in 0..10_000 {
        let target = route.pick(None, &mut Chance::new(1, route.stream(), n)).expect("it is picked");
        picked["abc".find(&target.variant).expect("a variant")] += 1;
    }
    // 4 sigma of 10,000 tries at a quarter is 173.
    assert!(picked[0] + picked[1] == 10_000 && i32::abs(picked[0] - 2_500) < 173, "{picked:?}");
}

#[test]
fn weights_that_are_all_nought_are_equal_and_huge_ones_are_no_trouble() {
    let even = Life::serving(spec("old", vec![weighing("a", 1, 0.0), weighing("b", 2, 0.0)]));
    let shares = [("a", "old", 1, 50.0), ("b", "old", 2, 50.0)];
    assert_eq!(shown(&route(&even).expect("it serves")), shares);
    let huge = Life::serving(spec("old", vec![weighing("a", 1, f64::MAX), weighing("b", 2, f64::MAX)]));
    assert_eq!(shown(&route(&huge).expect("it serves")), shares);
}

#[test]
fn a_variant_without_an_instance_gives_its_part_to_the_others() {
    let life = Life::serving(spec("old", vec![weighing("a", 0, 9.0), weighing("b", 2, 0.0)]));
    let route = route(&life).expect("it serves");
    assert_eq!(shown(&route), [("b", "old", 2, 100.0)]);
    let pick = |name: Option<&str>| {
        route.pick(name, &mut Chance::new(1, 2, 3)).map(|target| target.variant.as_str())
    };
    assert_eq!(pick(None), Ok("b"));
    assert_eq!(pick(Some("b")), Ok("b"));
    assert_eq!(pick(Some("a")), Err(NotRouted::NoInstance));
    assert_eq!(pick(Some("B")), Err(NotRouted::UnknownVariant));
}

#[test]
fn a_request_can_name_a_variant_without_weight() {
    let life = Life::serving(spec("old", vec![weighing("a", 1, 1.0), weighing("b", 2, 0.0)]));
    let route = route(&life).expect("it serves");
    for n in 0..100 {
        let mut chance = Chance::new(1, 2, n);
        assert_eq!(route.pick(Some("b"), &mut chance).map(|target| &*target.variant), Ok("b"));
        assert_eq!(route.pick(None, &mut chance).map(|target| &*target.variant), Ok("a"));
    }
}

#[test]
fn an_endpoint_that_is_created_or_deleted_or_failed_has_no_route() {
    let mut life = Life::serving(one("old", 1));
    life.command(Command::Delete).expect("it can be deleted");
    assert_eq!(route(&life), None);
    life.run();
    life.create(one("new", 1));
    assert_eq!(route(&life), None, "it is being created");
    life.run();
    assert!(route(&life).is_some());
    life.command(Command::Delete).expect("it can be deleted");
    life.run();
    life.create(spec("ill", vec![variant("AllTraffic", 1, Health::Failing)]));
    life.run();
    assert_eq!((life.status(), route(&life)), ("Failed", None));
}

#[test]
fn an_endpoint_scaled_to_nothing_has_a_route_that_leads_nowhere() {
    let mut life = Life::serving(one("old", 2));
    scale(&mut life, "AllTraffic", Some(0), None);
    let route = route(&life).expect("it is in transition");
    assert_eq!(route.pick(None, &mut Chance::new(1, 2, 3)), Err(NotRouted::NoInstance));
    let named = route.pick(Some("AllTraffic"), &mut Chance::new(1, 2, 3));
    assert_eq!(named, Err(NotRouted::NoInstance));
}

#[test]
fn a_scaling_serves_with_what_is_up_and_wanted() {
    let mut life = Life::serving(spec("old", vec![weighing("a", 3, 1.0), weighing("b", 3, 1.0)]));
    let targets = [("a", 1, 3.0), ("b", 5, 1.0)].map(|(name, instances, weight)| ScaleTarget {
        name: name.to_owned(),
        weight: Some(weight),
        instances: Some(instances),
    });
    life.command(Command::Scale(targets.to_vec())).expect("it is in service");
    let before = route(&life).expect("it serves");
    assert_eq!(shown(&before), [("a", "old", 1, 75.0), ("b", "old", 3, 25.0)]);
    assert_eq!(before.changes_at, Some(at(60)));
    let after = route_at(&life, at(60)).expect("it serves");
    assert_eq!(shown(&after), [("a", "old", 1, 75.0), ("b", "old", 5, 25.0)]);
    assert_eq!(after.changes_at, None);
    life.run();
    assert_eq!(shown(&route(&life).expect("it serves")), shown(&after));
}

#[test]
fn instances_keep_their_identity_while_others_come_and_go() {
    let identities = |route: &Route| {
        let target = &route.targets[0];
        (0..target.count()).map(|index| target.instance(index).0).collect::<std::collections::BTreeSet<_>>()
    };
    let mut life = Life::serving(one("old", 3));
    let three = identities(&route(&life).expect("it serves"));
    scale(&mut life, "AllTraffic", Some(5), None);
    life.run();
    let five = identities(&route(&life).expect("it serves"));
    assert_eq!((three.len(), five.len()), (3, 5));
    assert!(five.is_superset(&three));
    scale(&mut life, "AllTraffic", Some(1), None);
    let active = identities(&route(&life).expect("it serves"));
    life.run();
    let left = identities(&route(&life).expect("it serves"));
    assert!(left.len() == 1 && left.is_subset(&five));
    assert_eq!(active, left, "those that serve during a scaling are those that stay");
}

#[test]
fn two_billion_instances_are_as_quick_as_two() {
    let life = Life::serving(one("old", 2_000_000_000));
    let route = route(&life).expect("it serves");
    assert_eq!(shown(&route), [("AllTraffic", "old", 2_000_000_000, 100.0)]);
    let last = route.targets[0].instance(1_999_999_999).0;
    assert_eq!(last, route.targets[0].instances[0].first.wrapping_add(1_999_999_999));
}

#[test]
fn what_is_tuned_at_run_time_holds_for_the_models_that_it_names() {
    let variants = vec![variant("a", 1, Health::Passing), variant("b", 1, Health::FailingAfter(9))];
    let life = Life::serving(spec("old", variants));
    let endpoint = life.endpoint.as_ref().expect("it exists");
    let tuned = |variant: &Variant| {
        let error_rate = (variant.model_id == "model-Passing").then_some(0.5);
        Tuning { error_rate, ..Tuning::default() }
    };
    let route = Route::of(endpoint, at(0), tuned).expect("it serves");
    let rates: Vec<f64> = route.targets.iter().map(|target| target.serving.error_rate).collect();
    assert_eq!(rates, [0.5, 0.0]);
}
