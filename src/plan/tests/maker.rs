//! Who makes plans for a server.

use serde_json::json;

use super::{ask, canary, with};
use crate::plan::{Limits, Maker, Plan, Unplanned};
use crate::services::Settings;

const ENOUGH: Limits = Limits { runs: 10, moments: 10_000, requests: 10_000_000 };

fn maker(limits: Limits) -> Maker {
    Maker::new(Settings::default(), limits)
}

async fn made(maker: &Maker, question: serde_json::Value) -> Result<serde_json::Value, String> {
    let plan = maker.plan(question.as_object().unwrap().clone()).await;
    plan.map(|plan| plan.to_json()).map_err(|unplanned| match unplanned {
        Unplanned::Wrong(wrong) => wrong.to_string(),
        failed @ Unplanned::Failed(_) => panic!("{failed}"),
    })
}

#[tokio::test]
async fn a_plan_is_the_same_whoever_makes_it_and_however_many_are_asked_for_at_once() {
    let alone = ask(&canary()).await.unwrap().to_json();
    let maker = maker(ENOUGH);
    let other = maker.clone();
    let (one, two) = tokio::join!(made(&maker, canary()), made(&other, canary()));
    assert_eq!((one.unwrap(), two.unwrap()), (alone.clone(), alone));
}

#[tokio::test]
async fn a_wrong_question_and_one_of_too_much_are_told_and_the_next_is_answered() {
    let maker = maker(ENOUGH);
    let wrong = made(&maker, with(canary(), &json!({"instances": "x"}))).await.unwrap_err();
    assert_eq!(wrong, "instances is \"x\", but it must be a whole number from 0 to 2147483647.");
    let much = made(&maker, with(canary(), &json!({"runs": 100}))).await.unwrap_err();
    assert!(
        much.starts_with("the question comes to ") && much.contains("one question may ask for 10:"),
        "{much}"
    );
    assert!(made(&maker, canary()).await.is_ok());
}

#[tokio::test]
async fn a_question_that_nobody_waits_for_any_more_gives_its_turn_back() {
    let maker = maker(ENOUGH);
    let abandoned = tokio::spawn({
        let maker = maker.clone();
        async move { made(&maker, canary()).await.is_ok() }
    });
    tokio::task::yield_now().await;
    abandoned.abort();
    assert!(made(&maker, canary()).await.is_ok());
    assert!(!format!("{maker:?}").contains("seed"), "it shows its limits alone");
}

#[tokio::test]
async fn two_questions_are_compared_without_the_pools_of_other_strategies_and_each_by_itself() {
    let maker = maker(ENOUGH);
    let alone = maker.plan(canary().as_object().unwrap().clone()).await.unwrap();
    assert!(!alone.pools.is_empty());
    let wrong = with(canary(), &json!({"instances": "x"}));
    let questions = [canary(), wrong].map(|question| question.as_object().unwrap().clone());
    let [one, other] = maker.compare(questions).await;
    assert_eq!(one.unwrap(), Plan { pools: Vec::new(), ..alone });
    assert!(matches!(other, Err(Unplanned::Wrong(_))), "{other:?}");
}
