//! What EventBridge is told of endpoints.

use serde_json::{Value as Json, json};

use super::{Hosting, canary, update};
use crate::store::bus_event::BusEventQuery;

/// The events so far, whole.
async fn events(hosting: &Hosting) -> Vec<Json> {
    let query = BusEventQuery { after: 0, resource: None, detail_type: None, limit: 1000 };
    let found = hosting.engine.bus_events(&hosting.world, &query).await.expect("events");
    let numbers: Vec<_> = found.iter().map(|it| it.number).collect();
    assert!(numbers.iter().copied().zip(1..).all(|(number, place)| number == place), "{numbers:?}");
    found.iter().map(|it| serde_json::from_str(&it.body).expect("JSON")).collect()
}

/// An event in a few words: its status, or what is done to which side's variant.
fn in_short(event: &Json) -> String {
    let detail = &event["detail"];
    let status = detail["EndpointStatus"].as_str().unwrap_or("-");
    let activity = |list: &str| {
        let told = detail.pointer(list)?.as_str()?;
        Some(told.to_owned())
    };
    let old = activity("/ProductionVariants/0/VariantStatus/0/StatusMessage").map(|it| format!(" old: {it}"));
    let new = activity("/PendingDeploymentSummary/ProductionVariants/0/VariantStatus/0/StatusMessage");
    let new = new.map(|it| format!(" new: {it}"));
    match event["detail-type"].as_str() {
        Some("SageMaker Endpoint State Change") => status.to_owned(),
        Some("SageMaker Endpoint Deployment State Change") => {
            format!("  {status}{}{}", old.unwrap_or_default(), new.unwrap_or_default())
        }
        other => other.unwrap_or("-").to_owned(),
    }
}

/// Those that are told from here on, in short.
async fn told_since(hosting: &Hosting, before: usize) -> Vec<String> {
    events(hosting).await[before..].iter().map(in_short).collect()
}

#[tokio::test]
async fn a_creation_is_told_after_what_it_is_made_of() {
    let hosting = Hosting::in_service(3).await;
    let told = told_since(&hosting, 0).await;
    assert_eq!(
        told,
        [
            "SageMaker Model State Change",
            "SageMaker Endpoint Config State Change",
            "SageMaker Endpoint Config State Change",
            "CREATING",
            "  CREATING new: Launching 3 instance(s).",
            "IN_SERVICE",
        ]
    );
}

#[tokio::test]
async fn a_canary_is_told_stage_by_stage() {
    let hosting = Hosting::in_service(3).await;
    let before = events(&hosting).await.len();
    hosting.get("UpdateEndpoint", update(&json!({"DeploymentConfig": canary(&[])}))).await;
    hosting.pass(3_600).await;
    assert_eq!(
        told_since(&hosting, before).await,
        [
            "UPDATING",
            "  UPDATING new: Launching 3 instance(s).",
            "  UPDATING new: Activating traffic on canary capacity of 1 instance(s).",
            "  UPDATING new: Baking for 300 seconds (TerminationWaitInSeconds) with traffic enabled on canary capacity of 1 instance(s).",
            "  UPDATING new: Activating traffic on full capacity of 3 instance(s).",
            "  UPDATING new: Baking for 300 seconds (TerminationWaitInSeconds) with traffic enabled on full capacity of 3 instance(s).",
            "  UPDATING new: Baking for 0 seconds (TerminationWaitInSeconds) with traffic enabled on full capacity of 3 instance(s).",
            "  UPDATING old: Terminating 3 instance(s).",
            "IN_SERVICE",
        ]
    );
}

#[tokio::test]
async fn a_bake_is_told_as_in_awss_example() {
    let hosting = Hosting::in_service(3).await;
    let before = events(&hosting).await.len();
    hosting.get("UpdateEndpoint", update(&json!({"DeploymentConfig": canary(&[])}))).await;
    hosting.pass(300).await;
    let mut baking = events(&hosting).await[before + 3].clone();
    let id = baking["id"].take();
    assert_eq!(id.as_str().map(str::len), Some(36), "{id}");
    let shown = hosting.describe().await;
    let created = (shown["CreationTime"].as_f64().expect("a time") * 1000.0).round();
    let ms = |pointer: &str| baking.pointer(pointer).and_then(Json::as_i64).expect("milliseconds");
    let (began, baked) = (
        ms("/detail/PendingDeploymentSummary/StartTime"),
        ms("/detail/PendingDeploymentSummary/ProductionVariants/0/VariantStatus/0/StartTime"),
    );
    assert!(began as f64 >= created && baked > began && baked % 1000 == 0, "{baking}");
    let second = aws_smithy_types::DateTime::from_secs(baked / 1000);
    let time = second.fmt(aws_smithy_types::date_time::Format::DateTime).expect("a time");
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds of this century")]
    let created = created as i64;
    let arn = "arn:aws:sagemaker:us-east-1:123456789012:endpoint/web";
    let expected = json!({
        "version": "0", "id": null, "detail-type": "SageMaker Endpoint Deployment State Change",
        "source": "aws.sagemaker", "account": "123456789012", "time": time, "region": "us-east-1", "resources": [arn],
        "detail": {
            "EndpointName": "web", "EndpointArn": arn, "EndpointConfigName": "blue",
            "ProductionVariants": [{
                "VariantName": "main", "CurrentWeight": 1, "DesiredWeight": 1,
                "CurrentInstanceCount": 3, "DesiredInstanceCount": 3,
            }],
            "EndpointStatus": "UPDATING", "CreationTime": created, "LastModifiedTime": baked, "Tags": {},
            "PendingDeploymentSummary": {
                "EndpointConfigName": "green", "StartTime": began,
                "ProductionVariants": [{
                    "VariantName": "main", "CurrentWeight": 1, "DesiredWeight": 1,
                    "CurrentInstanceCount": 1, "DesiredInstanceCount": 3,
                    "VariantStatus": [{
                        "Status": "Baking", "StartTime": baked,
                        "StatusMessage": "Baking for 300 seconds (TerminationWaitInSeconds) with traffic enabled on canary capacity of 1 instance(s).",
                    }],
                }],
            },
        },
    });
    assert_eq!(baking, expected);
    let names = |value: &Json| value.as_object().expect("an object").keys().cloned().collect::<Vec<_>>();
    assert_eq!(
        (names(&baking), names(&baking["detail"])),
        (names(&expected), names(&expected["detail"])),
        "in AWS's order"
    );
}

#[tokio::test]
async fn a_change_of_status_shows_what_is_desired_and_the_tags_as_an_object() {
    let hosting = Hosting::new().await;
    hosting.model("model").await;
    hosting.config("Blue", 2).await;
    let tags = json!([{"Key": "team", "Value": "a"}]);
    hosting
        .get("CreateEndpoint", json!({"EndpointName": "MyWeb", "EndpointConfigName": "Blue", "Tags": tags}))
        .await;
    let created =
        events(&hosting).await.into_iter().find(|it| in_short(it) == "CREATING").expect("it is told");
    let arn = "arn:aws:sagemaker:us-east-1:123456789012:endpoint/myweb";
    assert_eq!(created["resources"], json!([arn]));
    let detail = &created["detail"];
    assert_eq!((&detail["EndpointName"], &detail["EndpointArn"]), (&json!("MyWeb"), &json!(arn)));
    assert_eq!(detail["ProductionVariants"], json!([{"DesiredWeight": 1, "DesiredInstanceCount": 2}]));
    assert_eq!(detail["Tags"], json!({"team": "a"}));
    assert_eq!((detail.get("FailureReason"), detail.get("PendingDeploymentSummary")), (None, None));
}

#[tokio::test]
async fn a_scaling_and_a_deletion_are_told_too() {
    let hosting = Hosting::in_service(3).await;
    let before = events(&hosting).await.len();
    let desired = json!([{"VariantName": "main", "DesiredInstanceCount": 6}]);
    hosting
        .get(
            "UpdateEndpointWeightsAndCapacities",
            json!({"EndpointName": "web", "DesiredWeightsAndCapacities": desired}),
        )
        .await;
    hosting.pass(3_600).await;
    hosting.get("DeleteEndpoint", json!({"EndpointName": "web"})).await;
    hosting.pass(3_600).await;
    assert_eq!(
        told_since(&hosting, before).await,
        [
            "UPDATING",
            "  UPDATING old: Scaling out desired instance count to 6.",
            "IN_SERVICE",
            "DELETING",
            "  DELETING old: Terminating 6 instance(s).",
        ]
    );
}

#[tokio::test]
async fn models_and_configs_are_told_as_they_were_given_when_they_come_and_when_they_go() {
    let hosting = Hosting::new().await;
    let container = json!({"Image": "image", "Environment": {"A": "b"}});
    let tags = json!([{"Key": "team", "Value": "a"}]);
    let model = json!({"ModelName": "MyModel", "PrimaryContainer": container, "Tags": tags});
    hosting.get("CreateModel", model).await;
    hosting.get("DeleteModel", json!({"ModelName": "mymodel"})).await;
    let told = events(&hosting).await;
    assert_eq!(told.len(), 2);
    let arn = "arn:aws:sagemaker:us-east-1:123456789012:model/mymodel";
    for event in &told {
        assert_eq!(event["detail-type"], json!("SageMaker Model State Change"));
        assert_eq!(event["resources"], json!([arn]));
        let mut detail = event["detail"].clone();
        let created = detail["CreationTime"].take();
        assert!(created.is_i64(), "{created}");
        let expected = json!({
            "ModelName": "MyModel", "ModelArn": arn, "PrimaryContainer": container, "CreationTime": null,
            "Tags": {"team": "a"},
        });
        assert_eq!(detail, expected);
    }
    assert_ne!(told[0]["id"], told[1]["id"]);
    let refused = hosting.refused("DeleteModel", json!({"ModelName": "mymodel"})).await;
    assert!(refused.contains("Could not find model"), "{refused}");
    assert_eq!(events(&hosting).await.len(), 2, "what is refused has not happened");
}

#[tokio::test]
async fn a_rollback_is_told_after_the_alarm_that_began_it_and_ends_in_the_old_config() {
    let hosting = Hosting::in_service(3).await;
    let alarm = json!({
        "AlarmName": "errors", "Namespace": "Shop", "MetricName": "Errors", "Statistic": "Sum", "Period": 60,
        "EvaluationPeriods": 1, "Threshold": 1.0, "ComparisonOperator": "GreaterThanThreshold",
    });
    hosting.get("PutMetricAlarm", alarm).await;
    hosting.get("UpdateEndpoint", update(&json!({"DeploymentConfig": canary(&["errors"])}))).await;
    hosting.pass(120).await;
    let before = events(&hosting).await.len();
    let state = json!({"AlarmName": "errors", "StateValue": "ALARM", "StateReason": "by hand"});
    hosting.get("SetAlarmState", state).await;
    hosting.pass(3_600).await;
    let all = events(&hosting).await;
    let changes = all[before..].iter().filter(|it| it["source"] == json!("aws.sagemaker")).map(in_short);
    assert_eq!(changes.collect::<Vec<_>>(), ["  UPDATING new: Terminating 3 instance(s).", "IN_SERVICE"]);
    let (first, last) =
        (&all[before], all.iter().rfind(|it| in_short(it) == "IN_SERVICE").expect("it is told"));
    assert_eq!(first["detail-type"], json!("CloudWatch Alarm State Change"));
    let states = ["previousState", "state"].map(|state| first["detail"][state]["value"].clone());
    assert_eq!(states, [json!("INSUFFICIENT_DATA"), json!("ALARM")]);
    assert_eq!(last["detail"]["EndpointConfigName"], json!("blue"));
    let reason = last["detail"]["FailureReason"].as_str().expect("a reason");
    assert!(reason.contains("errors"), "{reason}");
}
