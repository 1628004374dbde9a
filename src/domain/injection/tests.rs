//! Faults as values: when they hold, for whom, and what they make of instances.

use super::*;
use crate::domain::endpoint::tests::variant;
use crate::domain::serving::Latency;
use crate::domain::variant::Health;

fn injection(number: i64, effect: Effect) -> Injection {
    Injection {
        number,
        effect,
        scope: Scope::default(),
        start: Start::At(Timestamp(100)),
        end: End::Never,
        added_at: Timestamp(50),
        outcome: None,
    }
}

fn errors(number: i64, rate: f64) -> Injection {
    injection(number, Effect::ErrorRate { rate, status: 503 })
}

#[test]
fn a_fault_holds_from_its_beginning_until_before_its_end() {
    let ends = [(End::Never, None), (End::At(Timestamp(150)), Some(150)), (End::After(70), Some(170))];
    for (end, over) in ends {
        let fault = Injection { end, ..errors(1, 0.5) };
        let holds = |at| fault.holds(Timestamp(at));
        assert_eq!((holds(99), holds(100), holds(149)), (false, true, true), "{end:?}");
        assert_eq!(over.map(|over| (holds(over - 1), holds(over))), over.map(|_| (true, false)), "{end:?}");
        assert_eq!(fault.ends_at(), over.map(Timestamp));
    }
    let standings =
        [99, 100, 170].map(|at| Injection { end: End::After(70), ..errors(1, 0.5) }.standing(Timestamp(at)));
    assert_eq!(standings, [Standing::Waiting, Standing::Active, Standing::Over]);
}

#[test]
fn one_that_waits_for_a_step_begins_with_the_first_deployment_that_comes_to_it_and_is_about_that_endpoint() {
    let waiting =
        Injection { start: Start::Step { step: 2, moved_at: None }, end: End::After(10), ..errors(1, 0.5) };
    assert_eq!((waiting.standing(Timestamp(900)), waiting.ends_at()), (Standing::Waiting, None));
    assert_eq!(waiting.begun_at_step(["shop"; 2], 1, Timestamp(900)), None, "another step");
    let begun = waiting.begun_at_step(["shop"; 2], 2, Timestamp(900)).expect("its step");
    assert_eq!((begun.began_at(), begun.ends_at()), (Some(Timestamp(900)), Some(Timestamp(910))));
    assert_eq!(begun.scope.endpoint.as_deref(), Some("shop"));
    assert_eq!(begun.begun_at_step(["shop"; 2], 2, Timestamp(950)), None, "it has begun");
    let elsewhere =
        Injection { scope: Scope { endpoint: Some("Shop".to_owned()), ..Scope::default() }, ..waiting };
    assert_eq!(elsewhere.begun_at_step(["house"; 2], 2, Timestamp(900)), None, "another endpoint");
    assert!(elsewhere.begun_at_step(["shop"; 2], 2, Timestamp(900)).is_some(), "names ignore case");
}

#[test]
fn what_is_done_at_one_instant_wakes_once_and_holds_never() {
    let strike = injection(1, Effect::InstancesDie { instances: Some(1) });
    assert_eq!((strike.wake_at(), strike.holds(Timestamp(100))), (Some(Timestamp(100)), false));
    let done = Injection { outcome: Some("1 instance(s) died.".to_owned()), ..strike };
    assert_eq!((done.wake_at(), done.standing(Timestamp(100))), (None, Standing::Over));
    assert_eq!(errors(1, 0.5).wake_at(), None, "what lasts is asked for, and wakes nobody");
}

#[test]
fn the_later_of_two_faults_holds_and_others_add_to_it() {
    let slow = injection(2, Effect::Latency { latency: Latency::Fixed { us: 7 } });
    let ends = Injection { end: End::At(Timestamp(200)), ..errors(3, 0.9) };
    let all = [errors(1, 0.5), slow, ends, injection(4, Effect::UnhealthyInstances)];
    let variant = variant("main", 1, Health::Passing);
    let at = |now| tuned(&all, Tuning::default(), ["shop"; 2], &variant, Timestamp(now));
    assert_eq!(at(99), Tuning::default());
    assert_eq!((at(100).error_rate, at(100).error_status), (Some(0.9), Some(503)));
    assert_eq!((at(200).error_rate, at(200).latency), (Some(0.5), Some(Latency::Fixed { us: 7 })));
    assert_eq!(at(200).health, Some(Health::Failing));
    let changes = [0, 100, 200].map(|now| next_change(&all, Timestamp(now)));
    assert_eq!(changes, [Some(Timestamp(100)), Some(Timestamp(200)), None]);
}

#[test]
fn all_that_a_scope_says_has_to_be_so() {
    let variant = variant("main", 1, Health::Passing);
    let model = |id: &str| Some(Model { name: "model".to_owned(), id: id.to_owned() });
    let whole = Scope {
        endpoint: Some("SHOP".to_owned()),
        model: model(&variant.model_id),
        variant: Some("main".to_owned()),
        instance_type: Some(variant.instance_type.clone()),
    };
    assert!(
        Scope::default().takes_variant(["shop"; 2], &variant) && whole.takes_variant(["shop"; 2], &variant)
    );
    let others = [
        Scope { endpoint: Some("house".to_owned()), ..whole.clone() },
        Scope { model: model("another"), ..whole.clone() },
        Scope { variant: Some("Main".to_owned()), ..whole.clone() },
        Scope { instance_type: Some("ml.none".to_owned()), ..whole },
    ];
    assert!(others.iter().all(|scope| !scope.takes_variant(["shop"; 2], &variant)));
}

#[test]
fn a_fault_is_about_requests_to_the_operations_that_it_names() {
    let named = |operations: &[&str]| Effect::ApiThrottling {
        rate: 1.0,
        operations: operations.iter().map(ToString::to_string).collect(),
    };
    assert!(
        named(&[]).concerns("DescribeEndpoint") && named(&["DescribeEndpoint"]).concerns("DescribeEndpoint")
    );
    assert!(!named(&["ListEndpoints"]).concerns("DescribeEndpoint"));
    assert!(!Effect::UnhealthyInstances.concerns("DescribeEndpoint"));
}
