//! Event buses.

use serde_json::json;

use super::{PATTERN, asked, outbox, rule};
use crate::services::tests::House;

const ARN: &str = "arn:aws:events:us-east-1:123456789012:event-bus/";

#[tokio::test]
async fn the_default_bus_is_there_without_having_been_created() {
    let house = House::new().await;
    let default = json!({"Name": "default", "Arn": format!("{ARN}default")});
    assert_eq!(asked(&house, "DescribeEventBus", json!({})).await, Ok(default.clone()));
    assert_eq!(asked(&house, "ListEventBuses", json!({})).await, Ok(json!({"EventBuses": [default]})));
    let tag = json!({"ResourceARN": format!("{ARN}default"), "Tags": [{"Key": "a", "Value": "b"}]});
    asked(&house, "EventBridge.TagResource", tag).await.unwrap();
    let update = json!({"Description": "d"});
    let updated = json!({"Name": "default", "Arn": format!("{ARN}default"), "Description": "d"});
    assert_eq!(asked(&house, "UpdateEventBus", update).await, Ok(updated));
    let all = asked(&house, "ListEventBuses", json!({})).await.unwrap();
    assert_eq!(all["EventBuses"].as_array().unwrap().len(), 1, "it is still one");
    let refusal = asked(&house, "DeleteEventBus", json!({"Name": "default"})).await.unwrap_err();
    assert_eq!(refusal, "ValidationException: Cannot delete event bus default.");
}

#[tokio::test]
async fn a_bus_of_ones_own_has_rules_of_its_own() {
    let house = House::new().await;
    let create = json!({"Name": "orders", "Description": "d", "Tags": [{"Key": "a", "Value": "b"}]});
    let created = json!({"EventBusArn": format!("{ARN}orders"), "Description": "d"});
    assert_eq!(asked(&house, "CreateEventBus", create.clone()).await, Ok(created));
    let refusal = asked(&house, "CreateEventBus", create).await.unwrap_err();
    assert_eq!(refusal, "ResourceAlreadyExistsException: Event bus orders already exists.");
    rule(&house, "default", PATTERN).await;
    let put = json!({"Name": "r", "EventPattern": PATTERN, "EventBusName": format!("{ARN}orders")});
    let put = asked(&house, "PutRule", put).await.unwrap();
    assert_eq!(put["RuleArn"], "arn:aws:events:us-east-1:123456789012:rule/orders/r");
    let rules = asked(&house, "ListRules", json!({"EventBusName": "orders"})).await.unwrap();
    assert_eq!(rules["Rules"].as_array().unwrap().len(), 1);
    asked(&house, "CreateModel", json!({"ModelName": "m", "PrimaryContainer": {"Image": "i"}}))
        .await
        .unwrap();
    assert_eq!(outbox(&house).await.len(), 1, "AWS's services tell on the default bus alone");
    let refusal = asked(&house, "DeleteEventBus", json!({"Name": "orders"})).await.unwrap_err();
    assert_eq!(refusal, "ValidationException: Event bus can't be deleted since it has rules.");
    asked(&house, "DeleteRule", json!({"Name": "r", "EventBusName": "orders"})).await.unwrap();
    for _ in 0..2 {
        assert!(asked(&house, "DeleteEventBus", json!({"Name": "orders"})).await.is_ok());
    }
    let refusal = asked(&house, "DescribeEventBus", json!({"Name": "orders"})).await.unwrap_err();
    assert_eq!(refusal, "ResourceNotFoundException: Event bus orders does not exist.");
    let elsewhere = json!({"EventBusName": "arn:aws:events:us-east-1:999999999999:event-bus/x"});
    assert!(
        asked(&house, "ListRules", elsewhere).await.unwrap_err().starts_with("ResourceNotFoundException")
    );
}
