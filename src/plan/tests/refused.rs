//! What is refused: by us in one sentence, by AWS in its own.

use serde_json::json;

use super::{ask, canary, with, within};
use crate::plan::{Asked, Limits, Maker, Rejected, Unplanned};
use crate::services::Settings;

#[tokio::test]
async fn a_wrong_member_is_told_by_its_name_with_what_would_be_right() {
    let table = [
        (json!({"instances": null}), "instances is needed: a whole number from 0 to 2147483647."),
        (json!({"instances": 1.5}), "instances is 1.5, but it must be a whole number from 0 to 2147483647."),
        (json!({"config": [1]}), "config is [1], but it must be AWS's DeploymentConfig, a JSON object."),
        (
            json!({"traffic": -1}),
            "traffic is -1, but it must be a number of requests a second from 0 to 10000.",
        ),
        (json!({"bad_error_rate": 2}), "bad_error_rate is 2, but it must be a number from 0 to 1."),
        (
            json!({"bad_latency_ms": "fast"}),
            "bad_latency_ms is \"fast\", but it must be a number of milliseconds, or median/p99 such as \"80/400\".",
        ),
        (
            json!({"fail_at": "later"}),
            "fail_at is \"later\", but it must be seconds, or a length such as 90s, 10m or 1h30m, or a step such as \
             \"step 2\".",
        ),
        (json!({"fail_at": "step 3"}), "fail_at is step 3, but the update has 2 step(s)."),
        (json!({"fail_at": "2h"}), "fail_at is 2h, but the update is over after 11m 20s."),
        (
            json!({"fail_at": "1m", "bad_error_rate": null}),
            "fail_at says when the new model begins to be bad: say with bad_error_rate or bad_latency_ms how it is then.",
        ),
        (json!({"runs": 0}), "runs is 0, but it must be a whole number from 1 to 1000000."),
        (
            json!({"seed": "x"}),
            "seed is \"x\", but it must be a whole number from 0 to 18446744073709551615.",
        ),
        (
            json!({"sweep": {"bake": [60]}, "explain": true}),
            "explain is about one deployment config: leave the sweep away.",
        ),
        (
            json!({"alarms": [], "explain": true}),
            "explain is about the alarms that guard the update: give in \"alarms\" what AutoRollbackConfiguration names.",
        ),
        (
            json!({"retries": 1}),
            "retries is not known: there are instances, config, traffic, bad_error_rate, bad_latency_ms, fail_at, \
             alarms, sweep, runs, explain and seed.",
        ),
    ];
    for (members, sentence) in table {
        let refused = ask(&with(canary(), &members)).await.expect_err("it is wrong");
        assert_eq!(refused, sentence, "{members}");
    }
}

#[tokio::test]
async fn a_wrong_sweep_is_told_by_its_setting_with_what_would_be_right() {
    let table = [
        (
            json!({"sweep": {"size": [1]}}),
            "sweep has \"size\", but it knows canary_size, linear_step_size, batch_size, bake, termination_wait, \
             instances, traffic, bad_error_rate.",
        ),
        (json!({"sweep": {"bake": []}}), "sweep has no list of values for bake."),
        (
            json!({"sweep": {"batch_size": [5]}}),
            "sweep has batch_size 5, but it must be a whole percentage, where the config has a policy of that kind.",
        ),
        (
            json!({"sweep": {"instances": [3_000_000_000_u32]}}),
            "sweep has instances 3000000000, but it must be a whole number from 0 to 2147483647.",
        ),
    ];
    for (members, sentence) in table {
        let refused = ask(&with(canary(), &members)).await.expect_err("it is wrong");
        assert_eq!(refused, sentence, "{members}");
    }
}

#[tokio::test]
async fn two_alarms_of_one_name_are_refused() {
    let lines =
        ["errors: Invocation5XXErrors Sum > 5 for 1 x 60s", "errors: ModelLatency p99 > 50ms for 1 x 60s"];
    let refused = ask(&with(canary(), &json!({ "alarms": lines }))).await.expect_err("one name, two alarms");
    assert_eq!(refused, "alarms has errors twice, and the second would take the place of the first.");
}

#[tokio::test]
async fn settings_under_which_nothing_comes_into_service_are_refused() {
    let asked = Asked::read(canary().as_object().expect("members").clone()).expect("it is right");
    let settings = Settings { launch_ms: 600_000, ..Settings::default() };
    let refused =
        Maker::new(settings, None).make(asked).await.expect_err("no ping takes so long").to_string();
    assert!(
        refused.starts_with("the endpoint does not come into service under these settings: The primary"),
        "{refused}"
    );
}

#[tokio::test]
async fn an_alarm_that_the_old_model_trips_already_is_noted() {
    let slip = json!({"alarms": ["errors: ModelLatency p99 > 1 for 1 x 60s"]});
    let plan = ask(&with(canary(), &slip)).await.expect("an answer");
    assert!(
        plan.notes[0].starts_with("The alarm errors is in ALARM before the update begins"),
        "{:?}",
        plan.notes
    );
    assert!(ask(&canary()).await.expect("an answer").notes.is_empty());
}

#[tokio::test]
async fn what_aws_would_refuse_is_told_in_its_words_and_nothing_else_is() {
    let plan =
        ask(&with(canary(), &json!({"config": {"RollingUpdatePolicy": {}}}))).await.expect("an answer");
    let Some(Rejected { operation, code, message }) = &plan.rejected else { panic!("{plan:?}") };
    assert_eq!((operation.as_str(), code.as_str()), ("UpdateEndpoint", "ValidationException"));
    assert!(message.contains("'deploymentConfig.rollingUpdatePolicy.maximumBatchSize'"), "{message}");
    assert!(plan.schedule.is_none() && plan.outcome.is_none());
    let alarm = json!({"alarms": ["errors: Invocations Sum > 5 for 1 x 45s"]});
    let plan = ask(&with(canary(), &alarm)).await.expect("an answer");
    assert_eq!(plan.rejected.expect("45 s are no period").operation, "PutMetricAlarm");
}

#[tokio::test]
async fn a_question_that_is_too_much_work_is_refused_before_the_work() {
    let limits = Some(Limits { runs: 10, moments: 200, requests: 100_000 });
    let refused = |members| async move {
        match within(&with(canary(), &members), limits).await {
            Err(Unplanned::Wrong(wrong)) => wrong.to_string(),
            other => panic!("{other:?}"),
        }
    };
    let runs = refused(json!({"runs": 10})).await;
    assert!(runs.starts_with("the question comes to 11 runs, but one question may ask for 10: "), "{runs}");
    let rows = refused(json!({"sweep": {"instances": [1, 2, 3], "traffic": [1, 2, 3]}})).await;
    assert!(rows.starts_with("the question comes to 18 runs"), "{rows}");
    let traffic = refused(json!({"traffic": 10_000})).await;
    assert!(traffic.contains("requests in all, but one question may ask for 100000: "), "{traffic}");
    let explained = refused(json!({"explain": true, "runs": 2})).await;
    assert!(explained.starts_with("the question comes to 12 runs"), "{explained}");
    let alarm = "errors: Invocation5XXErrors Sum > 5 for 1 x 10s";
    let looks = refused(json!({"alarms": [alarm, "a: Invocations Sum > 5 for 1 x 10s"]})).await;
    assert!(
        looks.contains(
            "looks of alarms and events of updates, which count twice, but one question may ask for 200: "
        ),
        "{looks}"
    );
    let long = refused(json!({"alarms": ["errors: Invocation5XXErrors Sum > 5 for 1400 x 60s"]})).await;
    assert!(long.contains("looks of alarms"), "{long}");
    within(&canary(), limits).await.expect("little work");
}
