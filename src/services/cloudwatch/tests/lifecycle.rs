//! From `PutMetricAlarm` to `DeleteAlarms`.

use super::*;
use crate::domain::alarm::AlarmState;

#[tokio::test]
async fn a_new_alarm_begins_in_insufficient_data_with_cloudwatchs_defaults() {
    let house = House::new().await;
    let before = house.store.session().world_now(&house.world).await.unwrap();
    metric(&house, "latency").await;
    let alarm = show(&house, "latency").await;
    let now = json!(before.0 as f64 / 1000.0);
    assert_eq!(
        alarm,
        json!({
            "AlarmName": "latency", "AlarmArn": format!("{ARN}latency"), "AlarmConfigurationUpdatedTimestamp": now,
            "ActionsEnabled": true, "OKActions": [], "AlarmActions": [], "InsufficientDataActions": [],
            "StateValue": "INSUFFICIENT_DATA", "StateReason": "Unchecked: Initial alarm creation",
            "StateUpdatedTimestamp": now, "StateTransitionedTimestamp": now, "MetricName": "ModelLatency",
            "Namespace": "AWS/SageMaker", "Statistic": "Average", "Dimensions": [], "Period": 60,
            "EvaluationPeriods": 1, "Threshold": 10_000.0, "ComparisonOperator": "GreaterThanThreshold",
        })
    );
}

#[tokio::test]
async fn putting_it_again_keeps_state_and_tags_and_replaces_the_rest() {
    let house = at_noon().await;
    let mut alarm = json!({
        "AlarmName": "errors", "MetricName": "Invocation5XXErrors", "Namespace": "AWS/SageMaker", "Statistic": "Sum",
        "Period": 60, "EvaluationPeriods": 3, "DatapointsToAlarm": 2, "Threshold": 1.5,
        "ComparisonOperator": "GreaterThanThreshold", "AlarmDescription": "too many", "Tags": [{"Key": "a", "Value": "1"}],
    });
    house.ask("PutMetricAlarm", alarm.clone()).await.unwrap();
    set(&house, "errors", "OK").await;
    let first = show(&house, "errors").await;
    house.advance(30).await;
    let members = alarm.as_object_mut().unwrap();
    members.remove("AlarmDescription");
    members.insert("Threshold".into(), json!(2));
    members.insert("Tags".into(), json!([{"Key": "b", "Value": "2"}]));
    house.ask("PutMetricAlarm", alarm).await.unwrap();
    let second = show(&house, "errors").await;
    assert_eq!((second["StateValue"].as_str(), second.get("AlarmDescription")), (Some("OK"), None));
    assert_eq!(second["Threshold"], json!(2.0));
    assert_eq!(first["StateUpdatedTimestamp"], second["StateUpdatedTimestamp"]);
    let configured = |alarm: &Json| alarm["AlarmConfigurationUpdatedTimestamp"].as_f64().unwrap();
    assert!((configured(&second) - configured(&first) - 30.0).abs() < 0.001, "so much later in the world");
    let arn = json!({"ResourceARN": format!("{ARN}errors")});
    let tags = house.ask("ListTagsForResource", arn).await.unwrap();
    assert_eq!(tags, json!({"Tags": [{"Key": "a", "Value": "1"}]}), "tags are set at creation only");
}

#[tokio::test]
async fn a_name_belongs_to_one_kind_of_alarm() {
    let house = House::new().await;
    metric(&house, "one").await;
    let refused = composite(&house, "one", "TRUE").await.unwrap_err();
    assert_eq!(refused.to_string(), "ValidationException: A metric alarm with the name one already exists");
    let longest = "n".repeat(255);
    metric(&house, &longest).await;
    assert_eq!(state(&house, &longest).await, "INSUFFICIENT_DATA");
    let control = json!({"AlarmName": "a\nb", "AlarmRule": "TRUE"});
    assert!(house.ask("PutCompositeAlarm", control).await.is_err());
}

#[tokio::test]
async fn a_state_set_twice_is_one_transition() {
    let house = House::new().await;
    metric(&house, "latency").await;
    house.advance(10).await;
    let rung = house.rung();
    set(&house, "latency", "ALARM").await;
    let first = show(&house, "latency").await;
    house.advance(10).await;
    let again = json!({"AlarmName": "latency", "StateValue": "ALARM", "StateReason": "again", "StateReasonData": "{\"n\":1}"});
    house.ask("SetAlarmState", again).await.unwrap();
    let second = show(&house, "latency").await;
    assert_eq!((&second["StateReason"], &second["StateReasonData"]), (&json!("again"), &json!("{\"n\":1}")));
    assert_eq!(second["StateTransitionedTimestamp"], first["StateTransitionedTimestamp"]);
    assert_eq!(second["StateUpdatedTimestamp"], first["StateUpdatedTimestamp"]);
    let history = summaries(&house).await;
    assert_eq!(
        history,
        ["latency: Alarm \"latency\" created", "latency: Alarm updated from INSUFFICIENT_DATA to ALARM"]
    );
    assert_eq!(house.rung(), rung + 1, "only the transition may have made something due");
}

#[tokio::test]
async fn setting_the_state_of_nothing_and_bad_reason_data_are_refused() {
    let house = House::new().await;
    let change = |data: &str| json!({"AlarmName": "x", "StateValue": "OK", "StateReason": "", "StateReasonData": data});
    let unknown = house.ask("SetAlarmState", change("{}")).await.unwrap_err();
    assert_eq!((unknown.code.as_ref(), unknown.message, unknown.status), ("ResourceNotFound", None, 404));
    metric(&house, "x").await;
    let bad = house.ask("SetAlarmState", change("{not json")).await.unwrap_err();
    assert_eq!((bad.code.as_ref(), bad.status), ("InvalidFormatFault", 400));
    assert_eq!(state(&house, "x").await, "INSUFFICIENT_DATA");
}

/// What a guardrail sees since `opened`: the state at the opening, then each change.
async fn seen(house: &House, name: &str, opened: i64) -> (Option<AlarmState>, Vec<Option<AlarmState>>) {
    let mut session = house.store.session();
    let now = session.world_now(&house.world).await.unwrap();
    let observed = session.observe(&house.world, &[name.to_owned()], Some(opened), now).await.unwrap();
    let sight = &observed.alarms[0];
    (sight.at_open, sight.changes.iter().map(|change| change.to).collect())
}

#[tokio::test]
async fn a_guardrail_sees_every_transition_also_of_an_alarm_that_came_and_went() {
    let house = House::new().await;
    metric(&house, "latency").await;
    metric(&house, "latency").await;
    let opened = i64::try_from(summaries(&house).await.len()).unwrap();
    set(&house, "latency", "ALARM").await;
    set(&house, "latency", "OK").await;
    house.ask("DeleteAlarms", json!({"AlarmNames": ["latency"]})).await.unwrap();
    metric(&house, "latency").await;
    let (at_open, changes) = seen(&house, "latency", opened).await;
    assert_eq!(at_open, Some(AlarmState::InsufficientData));
    let (alarm, ok) = (Some(AlarmState::Alarm), Some(AlarmState::Ok));
    assert_eq!(changes, [alarm, ok, None, Some(AlarmState::InsufficientData)]);
}

#[tokio::test]
async fn deleting_passes_over_names_that_no_alarm_has() {
    let house = House::new().await;
    metric(&house, "a").await;
    house.ask("DeleteAlarms", json!({"AlarmNames": ["a", "b"]})).await.unwrap();
    house.ask("DeleteAlarms", json!({"AlarmNames": ["a"]})).await.unwrap();
    assert_eq!(list(&house, json!({})).await, (vec![], vec![]));
    assert_eq!(summaries(&house).await, ["a: Alarm \"a\" created", "a: Alarm \"a\" deleted"]);
}

#[tokio::test]
async fn actions_are_switched_and_tags_changed() {
    let house = House::new().await;
    metric(&house, "a").await;
    house.ask("DisableAlarmActions", json!({"AlarmNames": ["a", "nobody"]})).await.unwrap();
    assert_eq!(show(&house, "a").await["ActionsEnabled"], json!(false));
    house.ask("EnableAlarmActions", json!({"AlarmNames": ["a"]})).await.unwrap();
    house.ask("EnableAlarmActions", json!({"AlarmNames": ["a"]})).await.unwrap();
    assert_eq!(show(&house, "a").await["ActionsEnabled"], json!(true));
    assert_eq!(summaries(&house).await.len(), 3, "created, off, on; the third switch changed nothing");
    let arn = format!("{ARN}a");
    let tags = json!({"ResourceARN": arn, "Tags": [{"Key": "team", "Value": "x"}, {"Key": "stage", "Value": "dev"}]});
    house.ask("TagResource", tags).await.unwrap();
    house
        .ask("TagResource", json!({"ResourceARN": arn, "Tags": [{"Key": "team", "Value": "y"}]}))
        .await
        .unwrap();
    house.ask("UntagResource", json!({"ResourceARN": arn, "TagKeys": ["stage", "other"]})).await.unwrap();
    let tags = house.ask("ListTagsForResource", json!({"ResourceARN": arn})).await.unwrap();
    assert_eq!(tags, json!({"Tags": [{"Key": "team", "Value": "y"}]}));
    let many: Vec<Json> = (0..50).map(|n| json!({"Key": format!("k{n}"), "Value": ""})).collect();
    let too_many = house.ask("TagResource", json!({"ResourceARN": arn, "Tags": many})).await.unwrap_err();
    assert_eq!(too_many.code, "InvalidParameterValueException");
    let elsewhere = json!({"ResourceARN": "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:a"});
    let unknown = house.ask("ListTagsForResource", elsewhere).await.unwrap_err();
    assert_eq!(unknown.code, "ResourceNotFoundException");
}
