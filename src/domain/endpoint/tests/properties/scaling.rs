//! What holds for every scaling: weights change at once, counts end as wanted or, if a launch failed, as
//! they were, and what is kept never stops serving.

use proptest::prelude::*;

use super::judged;
use crate::domain::endpoint::tests::*;
use crate::domain::fleet::Pool;

/// One variant: instances and weight in service, then what is wanted of each.
type Wish = (u32, f64, Option<u32>, Option<f64>);

fn wishes() -> impl Strategy<Value = Vec<Wish>> {
    let weight = || (0u32..5).prop_map(f64::from);
    let wish = (0u32..12, weight(), proptest::option::of(0u32..12), proptest::option::of(weight()));
    proptest::collection::vec(wish, 1..=3)
}

fn fleet(life: &Life) -> &Fleet {
    match life.state() {
        State::InService(fleet) => fleet,
        State::Scaling(scaling) => &scaling.fleet,
        other => panic!("it neither serves nor scales: {other:?}"),
    }
}

fn weights(life: &Life) -> Vec<f64> {
    fleet(life).spec.variants.iter().map(|variant| variant.weight).collect()
}

fn desired(life: &Life) -> Vec<u32> {
    fleet(life).spec.variants.iter().map(|variant| variant.instances).collect()
}

fn healthy(life: &Life) -> Vec<u32> {
    fleet(life).pools.iter().map(|pool| pool.healthy(at(life.now))).collect()
}

fn existing(life: &Life) -> Vec<u32> {
    fleet(life).pools.iter().map(Pool::existing).collect()
}

/// An endpoint that was just asked to scale; `spare` more instances of its model come up, or all do.
fn asked(wishes: &[Wish], spare: Option<u64>) -> Life {
    let launched: u64 = wishes.iter().map(|(old, ..)| u64::from(*old)).sum();
    let health = spare.map_or(Health::Passing, |spare| Health::FailingAfter(launched + spare));
    let served = wishes.iter().enumerate().map(|(index, (old, weight, ..))| Variant {
        weight: *weight,
        ..variant(&format!("v{index}"), *old, health)
    });
    let mut life = Life::serving(spec("old", served.collect()));
    // The last variant is named first, and one of which nothing is wanted not at all, unless it is alone.
    let named = wishes.iter().enumerate().rev();
    let named = named.filter(|(_, wish)| wishes.len() == 1 || wish.2.is_some() || wish.3.is_some());
    let targets = named.map(|(index, (_, _, instances, weight))| ScaleTarget {
        name: format!("v{index}"),
        weight: *weight,
        instances: *instances,
    });
    life.command(Command::Scale(targets.collect())).expect("every target is a variant");
    life
}

proptest! {
    #![proptest_config(judged())]

    #[test]
    fn a_scaling_ends_as_wanted_or_as_it_began(wishes in wishes(), spare in proptest::option::of(0u64..12)) {
        let mut life = asked(&wishes, spare);
        let began: Vec<u32> = wishes.iter().map(|wish| wish.0).collect();
        let wanted: Vec<u32> = wishes.iter().map(|wish| wish.2.unwrap_or(wish.0)).collect();
        let weights_before: Vec<f64> = wishes.iter().map(|wish| wish.1).collect();
        let weights_wanted: Vec<f64> = wishes.iter().map(|wish| wish.3.unwrap_or(wish.1)).collect();
        let pairs = || began.iter().zip(&wanted);
        let launches: u32 = pairs().map(|(began, wanted)| wanted.saturating_sub(*began)).sum();
        let fails = spare.is_some_and(|spare| u64::from(launches) > spare);
        prop_assert_eq!(life.status(), "Updating");
        prop_assert_eq!(weights(&life), weights_wanted.clone(), "weights change at once");

        let mut secs = 0;
        while let Some(wake) = life.endpoint.as_ref().and_then(Endpoint::wake_at) {
            life.run_to(wake.0 / 1000);
            secs = wake.0 / 1000;
            let kept = pairs().map(|(began, wanted)| began.min(wanted));
            prop_assert!(healthy(&life).iter().zip(kept).all(|(up, kept)| up >= kept), "what is kept serves");
        }
        let surplus = pairs().any(|(began, wanted)| began > wanted);
        let (launch, terminate) = (if launches > 0 { 60 } else { 0 }, if surplus { 10 } else { 0 });
        prop_assert_eq!(secs, if fails { 240 + 10 } else { launch + terminate });
        prop_assert_eq!(life.status(), "InService");
        let (counts, end_weights) = if fails { (began, weights_before) } else { (wanted, weights_wanted) };
        prop_assert_eq!(desired(&life), counts.clone());
        prop_assert_eq!(existing(&life), counts.clone());
        prop_assert_eq!(healthy(&life), counts);
        prop_assert_eq!(weights(&life), end_weights);
        prop_assert_eq!(!life.reason().is_empty(), fails, "a reason, if and only if a launch failed");
    }
}
