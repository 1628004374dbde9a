//! The course of a deployment as the engine tells it: what was planned, when alarms were in ALARM, and what requests met.

use sagebrush::clock::Timestamp;
use sagebrush::domain::event::{Event, EventKind};
use sagebrush::engine::{Course, Outlook};
use serde_json::{Value, json};

use super::{SHOP, Site};

/// The newest deployment of the shop, and its course.
async fn told(site: &Site) -> (Outlook, Course) {
    let id = site.newest("shop").await;
    let outlook = site.engine.outlook(&site.world, &id).await.unwrap().unwrap();
    let course = site.engine.course(&site.world, &outlook.row).await.unwrap();
    (outlook, course)
}

/// What happened, without the event of the beginning, which is planned no more.
fn after_the_beginning(outlook: &Outlook) -> Vec<Event> {
    let events = outlook.history.iter().map(|(event, _)| event.clone());
    events.filter(|event| event.kind != EventKind::Warning).skip(1).collect()
}

fn size(percent: u32) -> Value {
    json!({"Type": "CAPACITY_PERCENT", "Value": percent})
}

/// Guardrails of each strategy.
fn guardrails() -> [Value; 4] {
    let routing = |routing: Value| json!({"BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": routing, "TerminationWaitInSeconds": 60}});
    [
        routing(json!({"Type": "ALL_AT_ONCE", "WaitIntervalInSeconds": 100})),
        routing(json!({"Type": "CANARY", "WaitIntervalInSeconds": 100, "CanarySize": size(25)})),
        routing(json!({"Type": "LINEAR", "WaitIntervalInSeconds": 30, "LinearStepSize": size(25)})),
        json!({"RollingUpdatePolicy": {"WaitIntervalInSeconds": 30, "MaximumBatchSize": size(50)}}),
    ]
}

#[tokio::test]
async fn what_was_planned_is_what_happens_to_an_update_that_nothing_disturbs() {
    for guardrails in guardrails() {
        let site = Site::of(SHOP).await;
        site.update("shop-v3", guardrails.clone(), &["shop-errors"]).await;
        let (_, begun) = told(&site).await;
        site.settle().await;
        let (outlook, course) = told(&site).await;
        let happened = after_the_beginning(&outlook);
        assert_eq!(happened.last().unwrap().kind, EventKind::Succeeded, "{guardrails}");
        assert_eq!(course.planned, happened, "{guardrails}");
        assert_eq!(begun.planned, happened, "it is known from the beginning");
    }
}

#[tokio::test]
async fn what_was_planned_is_still_there_after_a_rollback_and_after_an_operator_s_intervention() {
    let site = Site::of(SHOP).await;
    site.canary("shop-v2", &["shop-errors"]).await;
    let (_, begun) = told(&site).await;
    site.settle().await;
    let (outlook, course) = told(&site).await;
    assert_eq!(after_the_beginning(&outlook).last().unwrap().kind, EventKind::RolledBack);
    assert_eq!(course.planned, begun.planned);
    assert_eq!(course.planned.last().unwrap().kind, EventKind::Succeeded);
    site.canary("shop-v3", &[]).await;
    let (outlook, begun) = told(&site).await;
    site.advance(90).await;
    site.client.control("POST", &format!("deployments/{}/promote", outlook.row.record.id), None).await;
    site.settle().await;
    assert_eq!(told(&site).await.1.planned, begun.planned);
}

#[tokio::test]
async fn a_creation_has_its_plan_too() {
    let site = Site::of(SHOP).await;
    let (outlook, course) = told(&site).await;
    assert_eq!(course.planned, after_the_beginning(&outlook));
    assert_eq!(course.planned.len(), 1);
    assert_eq!(course.alarms, []);
}

/// An alarm without a metric, whose state is set by hand.
async fn alarm(site: &Site, name: &str) {
    let request = json!({
        "AlarmName": name, "Namespace": "None", "MetricName": "None", "Statistic": "Sum", "Period": 60,
        "EvaluationPeriods": 1, "Threshold": 5, "ComparisonOperator": "GreaterThanThreshold",
    });
    site.client.cloudwatch("PutMetricAlarm", &request).await;
}

async fn set(site: &Site, name: &str, state: &str) {
    let request = json!({"AlarmName": name, "StateValue": state, "StateReason": "by hand"});
    site.client.cloudwatch("SetAlarmState", &request).await;
}

/// The spans of an alarm in seconds since the deployment began.
fn spans(course: &Course, name: &str, began: Timestamp) -> Vec<(i64, Option<i64>)> {
    let alarm = course.alarms.iter().find(|alarm| alarm.name == name).unwrap();
    let secs = |at: Timestamp| at.ms_since(began) / 1000;
    alarm.spans.iter().map(|(from, until)| (secs(*from), until.map(secs))).collect()
}

#[tokio::test]
async fn an_alarm_s_spans_begin_with_its_state_at_the_start_and_end_where_it_recovers_or_is_deleted() {
    let site = Site::of(SHOP).await;
    for name in ["before", "flaps", "deleted", "quiet", "recovered", "recreated"] {
        alarm(&site, name).await;
    }
    for name in ["before", "recovered"] {
        set(&site, name, "ALARM").await;
    }
    site.advance(10).await;
    set(&site, "recovered", "OK").await;
    site.advance(10).await;
    // No alarm is watched before traffic moves, and in AWS's default one that is in ALARM then rolls the update back.
    let names = ["before", "flaps", "deleted", "quiet", "recovered", "recreated"];
    site.update("shop-v3", guardrails()[1].clone(), &names).await;
    let began = site.now().await;
    for (name, first, then) in [("flaps", "ALARM", "OK"), ("flaps", "ALARM", "INSUFFICIENT_DATA")] {
        site.advance(5).await;
        set(&site, name, first).await;
        site.advance(5).await;
        set(&site, name, then).await;
    }
    for name in ["deleted", "recreated"] {
        set(&site, name, "ALARM").await;
    }
    site.advance(5).await;
    site.client.cloudwatch("DeleteAlarms", &json!({"AlarmNames": ["deleted", "recreated"]})).await;
    site.advance(5).await;
    alarm(&site, "recreated").await;
    set(&site, "recreated", "ALARM").await;
    let (_, course) = told(&site).await;
    assert_eq!(course.alarms.iter().map(|alarm| alarm.name.as_str()).collect::<Vec<_>>(), names);
    for (name, expected) in [
        ("before", vec![(0, None)]),
        ("flaps", vec![(5, Some(10)), (15, Some(20))]),
        ("deleted", vec![(20, Some(25))]),
        ("quiet", vec![]),
        ("recovered", vec![]),
        ("recreated", vec![(20, Some(25)), (30, None)]),
    ] {
        assert_eq!(spans(&course, name, began), expected, "{name}");
    }
}

#[tokio::test]
async fn an_alarm_s_span_does_not_reach_beyond_the_end_of_the_deployment() {
    let site = Site::of(SHOP).await;
    site.canary("shop-v2", &["shop-errors"]).await;
    let began = site.now().await;
    site.settle().await;
    let (outlook, course) = told(&site).await;
    let [(from, until)] = spans(&course, "shop-errors", began)[..] else { panic!("{course:?}") };
    let rolled = outlook.history.iter().find(|(event, _)| event.kind == EventKind::RollingBack).unwrap();
    assert_eq!((from, until), (rolled.0.at.ms_since(began) / 1000, None));
    site.advance(600).await;
    site.client.cloudwatch("DeleteAlarms", &json!({"AlarmNames": ["shop-errors"]})).await;
    let (_, later) = told(&site).await;
    assert_eq!(later.alarms, course.alarms, "what came after it is not its course");
}

#[tokio::test]
async fn each_config_s_requests_are_measured_apart() {
    let site = Site::of(SHOP).await;
    site.canary("shop-v2", &[]).await;
    site.advance(300).await;
    let (outlook, course) = told(&site).await;
    let [old, new] = &course.measured[..] else { panic!("{course:?}") };
    assert_eq!((old.config.as_str(), new.config.as_str()), ("shop-v1", "shop-v2"));
    assert!(old.error_rate.len() >= 4 && old.error_rate.iter().all(|(_, rate)| *rate == 0.0), "{old:?}");
    assert!(
        new.error_rate.len() >= 3 && new.error_rate.iter().all(|(_, rate)| (0.3..0.7).contains(rate)),
        "{new:?}"
    );
    assert!(old.latency_ms.iter().chain(&new.latency_ms).all(|(_, ms)| *ms > 0.0));
    assert_eq!(course.period_ms, 60_000);
    let began = outlook.row.record.started_at;
    assert!(old.error_rate.iter().all(|(at, _)| at.0 > began.0 - 60_000), "none is of before it began");
    assert!(new.error_rate[0].0 > began, "the new config has no traffic before its instances are up");
}

#[tokio::test]
async fn without_traffic_nothing_is_measured() {
    let site = Site::of(&SHOP.replace("shop = 20", "")).await;
    site.canary("shop-v3", &[]).await;
    site.settle().await;
    let (_, course) = told(&site).await;
    let configs = course.measured.iter().map(|measured| measured.config.as_str());
    assert_eq!(configs.collect::<Vec<_>>(), ["shop-v1", "shop-v3"]);
    assert!(
        course
            .measured
            .iter()
            .all(|measured| measured.error_rate.is_empty() && measured.latency_ms.is_empty())
    );
}

#[tokio::test]
async fn a_period_grows_with_the_length_of_a_deployment_so_that_a_line_has_few_points() {
    let site = Site::of(SHOP).await;
    let mut guardrails = guardrails()[1].clone();
    guardrails["BlueGreenUpdatePolicy"]["MaximumExecutionTimeoutInSeconds"] = json!(28_800);
    site.update("shop-v3", guardrails, &[]).await;
    site.advance(90).await;
    let id = site.newest("shop").await;
    site.client.control("POST", &format!("deployments/{id}/pause"), None).await;
    let began = site.now().await.plus_secs(-90);
    for (minutes, period_ms) in [(239, 60_000), (240, 120_000), (479, 120_000)] {
        let due = began.plus_secs(minutes * 60);
        site.advance(due.ms_since(site.now().await) / 1000).await;
        let (outlook, course) = told(&site).await;
        assert_eq!((outlook.row.record.started_at, outlook.row.record.ended_at), (began, None));
        assert_eq!(course.period_ms, period_ms, "after {minutes} minutes");
        let points = course.measured.iter().map(|measured| measured.error_rate.len()).max().unwrap();
        assert!((119..=241).contains(&points), "{points} points after {minutes} minutes");
    }
}
