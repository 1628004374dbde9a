//! What a plan answers.

use serde_json::{Value, json};

use super::{ask, canary, with};
use crate::domain::deployment::record::Status;
use crate::domain::event::{CauseKind, EventKind};
use crate::domain::rules::Rules;
use crate::plan::{Asked, Length, Maker, Outcome};
use crate::services::Settings;

async fn outcome(question: &Value) -> Outcome {
    let plan = ask(question).await.expect("a plan");
    plan.outcome.unwrap_or_else(|| panic!("{question} asks for a failure: {:?}", plan.rejected))
}

fn secs(secs: i64) -> Length {
    Length(secs * 1000)
}

#[tokio::test]
async fn the_same_question_is_answered_the_same_to_the_byte() {
    let question = with(canary(), &json!({"runs": 3, "seed": 11}));
    let answers =
        [ask(&question).await, ask(&question).await].map(|plan| plan.expect("a plan").to_json().to_string());
    assert_eq!(answers[0], answers[1]);
    let other = ask(&with(question, &json!({"seed": 12}))).await.expect("a plan").to_json().to_string();
    assert_ne!(answers[0], other, "another seed is other luck");
}

#[tokio::test]
async fn a_schedule_has_the_instances_and_their_hours_from_the_engines_own_count() {
    let plan = ask(&json!({"instances": 6})).await.expect("a plan");
    let schedule = plan.schedule.expect("AWS takes it");
    // Sixty seconds of launching, five of shifting, ten of terminating.
    assert_eq!((schedule.ends_after, schedule.status), (secs(75), Status::Succeeded));
    assert_eq!(schedule.times_out_after, secs(14_400));
    assert_eq!(schedule.peak_instances, 12);
    assert!(
        (schedule.instance_hours - (6.0 * 75.0 + 6.0 * 15.0) / 3600.0).abs() < 1e-9,
        "{}",
        schedule.instance_hours
    );
    assert!(
        plan.outcome.is_none() && plan.spread.is_none() && plan.rejected.is_none() && plan.notes.is_empty()
    );
}

#[tokio::test]
async fn a_rolling_update_needs_a_batch_beside_its_fleet() {
    let policy =
        json!({"MaximumBatchSize": {"Type": "INSTANCE_COUNT", "Value": 2}, "WaitIntervalInSeconds": 60});
    let question = json!({"instances": 10, "config": {"DeploymentConfig": {"RollingUpdatePolicy": policy}}});
    let schedule = ask(&question).await.expect("a plan").schedule.expect("AWS takes it");
    assert_eq!(schedule.peak_instances, 12);
}

#[tokio::test]
async fn every_strategy_has_its_pool_that_of_the_question_as_it_says() {
    let policy =
        json!({"MaximumBatchSize": {"Type": "INSTANCE_COUNT", "Value": 4}, "WaitIntervalInSeconds": 60});
    let pools = async |question: Value| {
        let pools = ask(&question).await.expect("a plan").pools.into_iter();
        pools.map(|it| (it.strategy.word(), it.pool, it.batch)).collect::<Vec<_>>()
    };
    let blue_green = |pool| ["ALL_AT_ONCE", "CANARY", "LINEAR"].map(|word| (word, pool, None)).to_vec();
    let all = |pool, rolling, batch| [blue_green(pool), vec![("ROLLING", rolling, Some(batch))]].concat();
    assert_eq!(pools(json!({"instances": 40})).await, all(80, 42, 2));
    assert_eq!(pools(json!({"instances": 1})).await, all(2, 2, 1));
    let own = json!({"instances": 10, "config": {"RollingUpdatePolicy": policy}});
    assert_eq!(pools(own).await, all(20, 14, 4));
    let sweep = with(canary(), &json!({"sweep": {"bake": [60]}}));
    assert_eq!(pools(sweep).await, [], "a sweep has none");
}

/// Stages that take no time are counted all the same.
#[tokio::test]
async fn a_pool_is_the_same_where_nothing_takes_time() {
    let asked = Asked::read(json!({"instances": 4}).as_object().expect("members").clone()).expect("right");
    let rules = Rules { activate_ms: 0, terminate_ms: 0, ..Rules::default() };
    let settings = Settings { rules, launch_ms: 0, ..Settings::default() };
    let pools = Maker::new(settings, None).make(asked).await.expect("a plan").pools;
    assert_eq!(pools.iter().map(|it| it.pool).collect::<Vec<_>>(), [8, 8, 8, 5]);
}

#[tokio::test]
async fn without_an_alarm_nothing_notices_and_every_request_of_the_new_model_is_counted() {
    let outcome = outcome(&json!({"instances": 2, "traffic": 10, "bad_error_rate": 1})).await;
    // Seventy-five seconds of ten requests, of which the new model has the last fifteen.
    assert_eq!((outcome.requests, outcome.requests_met, outcome.requests_failed), (750, 150, 150));
    assert_eq!((outcome.detected_after, outcome.traffic_back_after), (None, None));
    assert_eq!(outcome.course.status, Status::Succeeded);
}

#[tokio::test]
async fn an_alarm_ends_it_and_says_what_it_saw() {
    let outcome = outcome(&canary()).await;
    let course = &outcome.course;
    assert_eq!((course.status, course.cause), (Status::RolledBack, Some(CauseKind::Alarm)));
    let rollback =
        course.events.iter().find(|event| event.phase == EventKind::RollingBack).expect("it rolls back");
    let tripped = &outcome.tripped[0];
    assert_eq!((tripped.alarm.as_str(), tripped.after), ("errors", rollback.after));
    assert!(tripped.value > Some(5.0) && tripped.threshold == Some(5.0), "{tripped:?}");
    assert_eq!(outcome.traffic_back_after, Some(rollback.after), "blue/green goes back at once");
    assert_eq!(
        outcome.detected_after,
        Some(Length(rollback.after.0 - 60_000)),
        "the new model is up after a minute"
    );
    // A quarter of ten a second, give or take luck.
    let expected = (rollback.after.0 - 60_000) as f64 / 1000.0 * 2.5;
    assert!((outcome.requests_met as f64 - expected).abs() < expected * 0.3, "{outcome:?}");
}

#[tokio::test]
async fn a_model_that_fails_later_has_met_nobody_before() {
    let at_once = outcome(&canary()).await;
    let later = outcome(&with(canary(), &json!({"fail_at": "3m"}))).await;
    assert_eq!(later.bad_from, secs(180));
    assert!(later.course.ends_after > at_once.course.ends_after, "{later:?}");
    // The quarter of two minutes has met a good model.
    assert!(later.requests_met < at_once.requests_met + 200 && later.requests_failed > 5, "{later:?}");
    let step = outcome(&with(canary(), &json!({"fail_at": "step 2"}))).await;
    assert_eq!(step.bad_from, secs(365), "when the traffic of the second step moves");
    let moment = outcome(&with(canary(), &json!({"fail_at": 365}))).await;
    assert_eq!((step.requests_met, step.course), (moment.requests_met, moment.course));
}

#[tokio::test]
async fn latency_is_a_failure_too() {
    let slow = json!({
        "bad_error_rate": null, "bad_latency_ms": "80/400",
        "alarms": ["errors: ModelLatency p90 > 50ms for 1 x 60s"],
        "config": {
            "BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": {"Type": "ALL_AT_ONCE", "WaitIntervalInSeconds": 600}},
            "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "errors"}]},
        },
    });
    let outcome = outcome(&with(canary(), &slow)).await;
    assert_eq!((outcome.course.status, outcome.requests_failed), (Status::RolledBack, 0));
    assert!(outcome.tripped[0].value > Some(50_000.0), "{:?}", outcome.tripped);
}

#[tokio::test]
async fn runs_differ_by_luck_alone_and_the_first_is_the_outcome() {
    let one = outcome(&canary()).await;
    let plan = ask(&with(canary(), &json!({"runs": 12}))).await.expect("a plan");
    assert_eq!(plan.outcome, Some(one));
    let spread = plan.spread.expect("it was asked for");
    assert_eq!((spread.runs, spread.detected, spread.rolled_back, spread.succeeded), (12, 12, 12, 0));
    let met = spread.requests_met;
    assert!(
        met.min <= met.p5
            && met.p5 <= met.p50
            && met.p50 <= met.p95
            && met.p95 <= met.max
            && met.min < met.max
    );
}

#[tokio::test]
async fn sizes_that_come_to_the_same_instances_are_told_to_make_rows_that_are_alike() {
    let sweep = json!({"sweep": {"canary_size": [10, 25, 30, 50, 75], "instances": [4, 100]}});
    let notes = ask(&with(canary(), &sweep)).await.expect("a plan").notes;
    let alike =
        "CanarySize 10 %, 25 %, 30 % of 4 instance(s) is 1 instance(s) each time, so these rows are alike.";
    assert_eq!(notes, [alike], "75 % is refused, and of 100 each is another");
}

#[tokio::test]
async fn a_sweep_has_a_row_for_each_combination_also_for_what_aws_refuses() {
    let sweep = json!({"sweep": {"canary_size": [25, "50", 75], "bake": ["10m", 60]}});
    let plan = ask(&with(canary(), &sweep)).await.expect("a plan");
    assert!(plan.schedule.is_none() && plan.sweep.len() == 6);
    let ends: Vec<_> = plan.sweep.iter().map(|row| row.ends_after).collect();
    let two_bakes = |bake: i64| Some(secs(60 + 2 * (5 + bake) + 10));
    assert_eq!(ends, [two_bakes(600), two_bakes(60), two_bakes(600), two_bakes(60), None, None]);
    assert_eq!(plan.sweep[2].values, *json!({"canary_size": "50", "bake": "10m"}).as_object().unwrap());
    let refused = plan.sweep[4].rejected.as_ref().expect("75 % are too many");
    assert!(refused.message.starts_with("CanarySize must be at most 50 %"), "{refused:?}");
    let met = |row: usize| plan.sweep[row].spread.as_ref().expect("a failure was asked for").requests_met.p50;
    assert!(met(0) < met(2), "half of the traffic is more than a quarter");
}

/// What is said of the smallest bake is held against updates with that bake, and with a shorter one.
#[tokio::test]
async fn the_smallest_bake_is_one_in_which_the_update_is_rolled_back_in_time() {
    let explained = json!({"explain": true, "runs": 20, "bad_error_rate": 0.1, "traffic": 4});
    let explanation =
        ask(&with(canary(), &explained)).await.expect("a plan").explanation.expect("it was asked for");
    let rates: Vec<_> = explanation.chances.iter().map(|chance| chance.error_rate).collect();
    assert_eq!(rates, [0.01, 0.02, 0.05, 0.1, 0.2, 0.5]);
    assert!((explanation.requests_a_minute - 60.0).abs() < 6.0, "{explanation:?}");
    assert_eq!(explanation.chances[5].fires["errors"], 1.0, "thirty errors a minute are more than five");
    assert_eq!(explanation.chances[0].fires["errors"], 0.0, "one in two minutes is not");
    let smallest = explanation.chances[3].smallest_bake.expect("six errors a minute are seen at last");
    for (bake, enough) in [(smallest.0 / 1000, true), (smallest.0 / 1000 - 1, false)] {
        let question = with(
            canary(),
            &json!({"runs": 20, "bad_error_rate": 0.1, "traffic": 4, "sweep": {"bake": [bake]}}),
        );
        let plan = ask(&question).await.expect("a plan");
        let spread = plan.sweep[0].spread.as_ref().expect("a failure was asked for");
        // In the second step the whole traffic meets the model, so only what was noticed by then counts.
        let noticed_in_time = spread.detected_after.expect("it is noticed").p95 <= secs(5 + bake);
        assert_eq!(noticed_in_time, enough, "{bake} s: {spread:?}");
    }
}

#[tokio::test]
async fn what_would_be_asked_in_vain_is_said() {
    let question =
        with(canary(), &json!({"traffic": 0, "alarms": ["other: Invocations Sum > 1 for 1 x 60s"]}));
    let notes = ask(&question).await.expect("a plan").notes;
    assert_eq!(
        notes,
        [
            "AutoRollbackConfiguration names the alarm errors, which is not given: there is none here, and it ends \
             nothing.",
            "The alarm other is not named by AutoRollbackConfiguration: it may go off, but it ends nothing.",
            "There is no traffic, so nobody meets the bad model.",
        ]
    );
}

#[tokio::test]
async fn an_alarm_in_aws_own_words_names_the_endpoint() {
    let alarm = json!({
        "AlarmName": "errors", "Namespace": "AWS/SageMaker", "MetricName": "Invocation5XXErrors", "Statistic": "Sum",
        "Dimensions": [{"Name": "EndpointName", "Value": "shop"}, {"Name": "VariantName", "Value": "main"}],
        "Period": 60, "EvaluationPeriods": 1, "Threshold": 5, "ComparisonOperator": "GreaterThanThreshold",
    });
    let outcome = outcome(&with(canary(), &json!({"alarms": [alarm]}))).await;
    assert_eq!(outcome.course.status, Status::RolledBack);
}
