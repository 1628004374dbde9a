//! CloudWatch over the wire, and what an alarm means to a deployment.

use std::sync::atomic::Ordering;

use sagebrush::domain::rules::Rules;

use super::Server;
use crate::store::sample::{in_service, watching};

const ALARM: &str = r#"{"AlarmName": "NAME", "MetricName": "ModelLatency", "Namespace": "AWS/SageMaker",
    "Statistic": "Average", "Period": 60, "EvaluationPeriods": 1, "Threshold": 1,
    "ComparisonOperator": "GreaterThanThreshold"}"#;

#[tokio::test]
async fn a_transition_to_alarm_makes_deployments_due_also_through_a_composite() {
    let server = Server::start().await;
    server.json("PutMetricAlarm", &ALARM.replace("NAME", "latency")).await;
    server.json("PutCompositeAlarm", r#"{"AlarmName": "any", "AlarmRule": "ALARM(latency)"}"#).await;
    let rules = Rules::default();
    let mut tx = server.store.begin(&server.world).await.unwrap();
    let now = tx.now();
    let mut row = tx.insert_endpoint(in_service("e", now), &Vec::new(), &rules).await.unwrap().unwrap();
    row.endpoint = watching("e", now, "any");
    tx.save_endpoint(&mut row, &rules).await.unwrap();
    tx.commit().await.unwrap();
    let due = async || server.store.session().world(&server.world).await.unwrap().next_due;
    assert!(due().await > Some(now), "it waits for its next stage");
    let rung = server.rung.load(Ordering::Relaxed);

    let ok = r#"{"AlarmName": "latency", "StateValue": "OK", "StateReason": "fast"}"#;
    assert_eq!(server.json("SetAlarmState", ok).await, (200, None, String::new()));
    assert!(due().await > Some(now), "OK concerns nobody");
    let alarm = "Action=SetAlarmState&Version=2010-08-01&AlarmName=latency&StateValue=ALARM&StateReason=slow";
    assert_eq!(server.form(alarm).await.0, 200);
    assert_eq!(due().await, Some(now));
    assert_eq!(server.rung.load(Ordering::Relaxed), rung + 2, "the bell rings after each transition");
}

#[tokio::test]
async fn errors_carry_the_codes_of_old_and_new_clients() {
    let server = Server::start().await;
    let missing = r#"{"AlarmName": "x", "StateValue": "OK", "StateReason": ""}"#;
    let (status, code, body) = server.json("SetAlarmState", missing).await;
    assert_eq!((status, code.as_deref()), (404, Some("ResourceNotFound;Sender")));
    assert!(!body.contains("message"), "{body}");
    server.json("PutMetricAlarm", &ALARM.replace("NAME", "x")).await;
    let bad = r#"{"AlarmName": "x", "StateValue": "OK", "StateReason": "", "StateReasonData": "{"}"#;
    assert_eq!(server.json("SetAlarmState", bad).await.1.as_deref(), Some("InvalidFormat;Sender"));
    let percentile = ALARM.replace(r#""Statistic": "Average""#, r#""ExtendedStatistic": "p101""#);
    assert_eq!(
        server.json("PutMetricAlarm", &percentile).await.1.as_deref(),
        Some("InvalidParameterValue;Sender")
    );
    let state = r#"{"AlarmName": "x", "StateValue": "BLUE", "StateReason": ""}"#;
    let (status, code, body) = server.json("SetAlarmState", state).await;
    assert_eq!((status, code.as_deref()), (400, Some("ValidationError;Sender")));
    assert!(body.contains("Member must satisfy enum value set: [INSUFFICIENT_DATA, ALARM, OK]"), "{body}");
    let rule = "Action=PutCompositeAlarm&Version=2010-08-01&AlarmName=c&AlarmRule=()";
    let (status, _, body) = server.form(rule).await;
    assert_eq!(status, 400);
    assert!(body.contains("<Code>ValidationError</Code>"), "{body}");
}

#[tokio::test]
async fn what_is_not_built_says_so() {
    let server = Server::start().await;
    let (status, _, body) = server.json("PutDashboard", "{}").await;
    assert_eq!(status, 501);
    assert!(body.contains("sagebrush does not implement CloudWatch.PutDashboard"), "{body}");
}

#[tokio::test]
async fn both_protocols_show_the_same_alarm() {
    let server = Server::start().await;
    server.json("PutMetricAlarm", &ALARM.replace("NAME", "x")).await;
    let (_, _, json) = server.json("DescribeAlarms", "{}").await;
    assert!(json.contains(r#""AlarmName":"x""#) && json.contains(r#""CompositeAlarms":[]"#), "{json}");
    assert!(json.contains(r#""Threshold":1.0"#), "{json}");
    let (_, _, xml) = server.form("Action=DescribeAlarms&Version=2010-08-01").await;
    assert!(xml.contains("<AlarmName>x</AlarmName>") && xml.contains("<CompositeAlarms/>"), "{xml}");
    assert!(xml.contains("<Threshold>1.0</Threshold>"), "{xml}");
    let (_, _, caller) = server.form("Action=GetCallerIdentity&Version=2011-06-15").await;
    assert!(caller.contains("<Arn>arn:aws:iam::123456789012:root</Arn>"), "{caller}");
}
