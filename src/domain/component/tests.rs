//! What is said and shown of inference components.

use super::*;
use crate::clock::Timestamp;
use crate::domain::endpoint::tests::one;
use crate::domain::endpoint::{Command, Create, ScaleTarget};
use crate::domain::fleet::{Group, Outcome};
use crate::domain::refusal::Refusal;

/// A component of two copies that are up at 60 s.
fn component() -> Endpoint {
    let host = Host { endpoint: "web".to_owned(), variant: "main".to_owned() };
    let mut spec = one("model", 2);
    spec.variants[0].needs.memory_mb = 1024;
    let create = Create {
        name: key("llm"),
        deployment_id: "d0".to_owned(),
        spec,
        deployment_config: None,
        host: Some(host),
    };
    let created = Endpoint::create(create, Timestamp(0)).expect("it is accepted");
    let up = Group { count: 2, launched_at: Timestamp(0), outcome: Outcome::Ready(Timestamp(60_000)) };
    assert_eq!(created.events[0].message, "Launching 2 copy(ies) of model.");
    created.admitted(&[vec![up]]).expect("it begins")
}

#[test]
fn a_component_shows_the_copies_that_are_up() {
    let rules = Rules::default();
    let created = component();
    let shown = |it: &Endpoint, at: i64| {
        let view = it.component_view(Timestamp(at), &rules);
        (view.status, view.desired, view.current)
    };
    assert_eq!(shown(&created, 59_999), (EndpointStatus::Creating, 2, 0));
    let step = created.step(Timestamp(60_000), &crate::domain::alarm::Observed::default(), &rules);
    let serving = step.and_then(|step| step.next).expect("its copies are up");
    assert_eq!(shown(&serving, 60_000), (EndpointStatus::InService, 2, 2));
    let variant = serving.only_variant().expect("it has one").name.clone();
    let target = ScaleTarget { name: variant, weight: None, instances: Some(5) };
    let scaled = serving.accept(Command::Scale(vec![target]), Timestamp(70_000), &rules).expect("it rests");
    assert_eq!(shown(&scaled.next.expect("it is there"), 70_000), (EndpointStatus::Updating, 5, 2));
}

#[test]
fn what_is_refused_is_said_of_copies() {
    let rules = Rules::default();
    let mut unfinished = component();
    unfinished.state = State::Mixed(unfinished.fleets().into_iter().cloned().collect());
    assert_eq!(unfinished.status(&rules), EndpointStatus::Failed, "AWS has no other word");
    let refused =
        unfinished.accept(Command::Scale(Vec::new()), Timestamp(0), &rules).expect_err("it must be updated");
    assert_eq!(
        refused,
        Refusal::invalid(
            "UpdateInferenceComponentRuntimeConfig is not possible after a rollback that failed: recover it by \
             UpdateInferenceComponent."
        )
    );
}

#[test]
fn a_key_is_no_name_of_an_endpoint() {
    assert_eq!((name_of(&key("llm")), name_of("llm")), (Some("llm"), None));
}
