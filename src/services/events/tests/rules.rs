//! Rules and targets as they are put, shown, listed, changed and gone.

use serde_json::json;

use super::{PATTERN, QUEUE, asked, outbox, rule};
use crate::services::tests::House;

const ARN: &str = "arn:aws:events:us-east-1:123456789012:rule/stages";

#[tokio::test]
async fn a_rule_is_shown_as_it_was_put() {
    let house = House::new().await;
    let put = json!({
        "Name": "stages", "EventPattern": PATTERN, "Description": "d", "RoleArn": "arn:aws:iam::123456789012:role/r",
        "Tags": [{"Key": "a", "Value": "b"}],
    });
    assert_eq!(asked(&house, "PutRule", put).await, Ok(json!({"RuleArn": ARN})));
    let shown = json!({
        "Name": "stages", "Arn": ARN, "EventPattern": PATTERN, "Description": "d", "State": "ENABLED",
        "RoleArn": "arn:aws:iam::123456789012:role/r", "EventBusName": "default",
    });
    let mut described = shown.clone();
    described["CreatedBy"] = json!("123456789012");
    assert_eq!(asked(&house, "DescribeRule", json!({"Name": "stages"})).await, Ok(described));
    assert_eq!(asked(&house, "ListRules", json!({})).await, Ok(json!({"Rules": [shown]})));
    let tags = json!({"Tags": [{"Key": "a", "Value": "b"}]});
    assert_eq!(asked(&house, "EventBridge.ListTagsForResource", json!({"ResourceARN": ARN})).await, Ok(tags));
}

#[tokio::test]
async fn a_rule_that_is_put_again_keeps_its_targets_and_its_tags() {
    let house = House::new().await;
    rule(&house, "stages", PATTERN).await;
    let tags = json!({"ResourceARN": ARN, "Tags": [{"Key": "a", "Value": "b"}]});
    asked(&house, "EventBridge.TagResource", tags).await.unwrap();
    let other = r#"{"source":["mine"]}"#;
    let put = json!({"Name": "stages", "EventPattern": other, "State": "DISABLED", "Tags": [{"Key": "x", "Value": "y"}]});
    asked(&house, "PutRule", put).await.unwrap();
    let shown = asked(&house, "DescribeRule", json!({"Name": "stages"})).await.unwrap();
    assert_eq!((&shown["EventPattern"], &shown["State"]), (&json!(other), &json!("DISABLED")));
    let targets = asked(&house, "ListTargetsByRule", json!({"Rule": "stages"})).await.unwrap();
    assert_eq!(targets, json!({"Targets": [{"Id": "queue", "Arn": QUEUE}]}));
    let tags = asked(&house, "EventBridge.ListTagsForResource", json!({"ResourceARN": ARN})).await.unwrap();
    assert_eq!(tags, json!({"Tags": [{"Key": "a", "Value": "b"}]}));
    let untag = json!({"ResourceARN": ARN, "TagKeys": ["a"]});
    assert_eq!(asked(&house, "EventBridge.UntagResource", untag).await, Ok(json!({})));
    let tags = asked(&house, "EventBridge.ListTagsForResource", json!({"ResourceARN": ARN})).await.unwrap();
    assert_eq!(tags, json!({"Tags": []}));
}

#[tokio::test]
async fn lists_come_in_pages_by_name() {
    let house = House::new().await;
    for name in ["b-2", "a-1", "b-1", "b-3"] {
        rule(&house, name, PATTERN).await;
    }
    let names = |answer: &serde_json::Value| {
        let rules = answer["Rules"].as_array().unwrap();
        rules.iter().map(|rule| rule["Name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let first = asked(&house, "ListRules", json!({"NamePrefix": "b-", "Limit": 2})).await.unwrap();
    assert_eq!(names(&first), ["b-1", "b-2"]);
    let next = json!({"NamePrefix": "b-", "Limit": 2, "NextToken": first["NextToken"]});
    let second = asked(&house, "ListRules", next).await.unwrap();
    assert_eq!((names(&second), second.get("NextToken")), (vec!["b-3".to_owned()], None));
    let by_target = json!({"TargetArn": QUEUE, "Limit": 3});
    let found = asked(&house, "ListRuleNamesByTarget", by_target).await.unwrap();
    assert_eq!(found["RuleNames"], json!(["a-1", "b-1", "b-2"]));
    for (operation, mut request) in [("ListRules", json!({})), ("ListTargetsByRule", json!({"Rule": "a-1"}))]
    {
        request["NextToken"] = found["NextToken"].clone();
        let refusal = asked(&house, operation, request).await.unwrap_err();
        assert!(refusal.starts_with("ValidationException: Parameter NextToken is not valid."), "{refusal}");
    }
}

#[tokio::test]
async fn a_rule_goes_after_its_targets() {
    let house = House::new().await;
    rule(&house, "stages", PATTERN).await;
    let refusal = asked(&house, "DeleteRule", json!({"Name": "stages"})).await.unwrap_err();
    assert_eq!(refusal, "ValidationException: Rule can't be deleted since it has targets.");
    let none = json!({"FailedEntryCount": 0, "FailedEntries": []});
    let remove = json!({"Rule": "stages", "Ids": ["queue", "none"]});
    assert_eq!(asked(&house, "RemoveTargets", remove).await, Ok(none));
    for _ in 0..2 {
        assert!(asked(&house, "DeleteRule", json!({"Name": "stages"})).await.is_ok());
    }
    let refusal = asked(&house, "DescribeRule", json!({"Name": "stages"})).await.unwrap_err();
    assert_eq!(refusal, "ResourceNotFoundException: Rule stages does not exist on EventBus default.");
}

#[tokio::test]
async fn what_is_no_rule_or_no_target_is_refused_in_a_sentence() {
    let house = House::new().await;
    rule(&house, "stages", PATTERN).await;
    let target = |arn: &str| json!({"Rule": "stages", "Targets": [{"Id": "t", "Arn": arn}]});
    for (operation, request, part) in [
        (
            "PutRule",
            json!({"Name": "r"}),
            "ValidationException: Parameter(s) EventPattern or ScheduleExpression must be",
        ),
        (
            "PutRule",
            json!({"Name": "r", "ScheduleExpression": "rate(1 day)"}),
            "NotImplemented: sagebrush does not run",
        ),
        (
            "PutRule",
            json!({"Name": "r", "EventPattern": "{}"}),
            "InvalidEventPatternException: Event pattern is not valid.",
        ),
        (
            "PutRule",
            json!({"Name": "r", "EventPattern": PATTERN, "EventBusName": "b"}),
            "ResourceNotFoundException: Event bus b does not exist.",
        ),
        (
            "PutTargets",
            json!({"Rule": "none", "Targets": [{"Id": "t", "Arn": QUEUE}]}),
            "ResourceNotFoundException: Rule none does not exist on EventBus default.",
        ),
        (
            "PutTargets",
            target("queue"),
            "ValidationException: Parameter queue is not valid. Reason: Provided Arn",
        ),
        (
            "PutTargets",
            target("arn:aws:kinesis:us-east-1:123456789012:stream/s"),
            "NotImplemented: sagebrush delivers events to SQS",
        ),
        ("EnableRule", json!({"Name": "none"}), "ResourceNotFoundException: Rule none does not exist"),
        (
            "RemoveTargets",
            json!({"Rule": "none", "Ids": ["t"]}),
            "ResourceNotFoundException: Rule none does not exist",
        ),
        (
            "EventBridge.TagResource",
            json!({"ResourceARN": "arn:x", "Tags": []}),
            "ValidationException: Parameter arn:x is not valid.",
        ),
    ] {
        let refusal = asked(&house, operation, request.clone()).await.expect_err(part);
        assert!(refusal.starts_with(part), "{request}: {refusal}");
    }
    let targets = asked(&house, "ListTargetsByRule", json!({"Rule": "stages"})).await.unwrap();
    assert_eq!(targets["Targets"].as_array().unwrap().len(), 1, "all targets of a request, or none");
}

#[tokio::test]
async fn a_rule_that_is_disabled_gets_nothing_until_it_is_enabled() {
    let house = House::new().await;
    rule(&house, "models", PATTERN).await;
    let model = |name: &str| json!({"ModelName": name, "PrimaryContainer": {"Image": "i"}});
    assert!(asked(&house, "DisableRule", json!({"Name": "models"})).await.is_ok());
    asked(&house, "CreateModel", model("one")).await.unwrap();
    assert_eq!(outbox(&house).await, []);
    assert!(asked(&house, "EnableRule", json!({"Name": "models"})).await.is_ok());
    asked(&house, "CreateModel", model("two")).await.unwrap();
    let [delivery] = &outbox(&house).await[..] else { panic!("one is on its way") };
    assert!(delivery.event.contains("\"ModelName\":\"two\""), "{}", delivery.event);
    assert_eq!(
        (delivery.rule_arn.as_str(), delivery.attempts),
        ("arn:aws:events:us-east-1:123456789012:rule/models", 0)
    );
}
