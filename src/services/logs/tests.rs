//! Stories of log groups, told in requests and answers.

use serde_json::{Value as Json, json};

use crate::services::tests::House;

const ARN: &str = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/events/all";

async fn asked(house: &House, operation: &str, request: Json) -> Result<Json, String> {
    house.ask(operation, request).await.map_err(|fault| fault.to_string())
}

/// A house with a group in which two streams have these messages, a second after each other.
async fn filled(messages: &[(&str, &str)]) -> House {
    let house = House::new().await;
    asked(&house, "CreateLogGroup", json!({"logGroupName": "/aws/events/all"})).await.unwrap();
    for (stream, message) in messages {
        let mut tx = house.store.begin(&house.world).await.unwrap();
        let now = tx.now();
        assert!(tx.append_log_event(("/aws/events/all", stream), now, message).await.unwrap());
        tx.commit().await.unwrap();
        house.advance(1).await;
    }
    house
}

fn messages(answer: &Json) -> Vec<&str> {
    answer["events"].as_array().unwrap().iter().map(|event| event["message"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_group_is_created_described_tagged_and_deleted() {
    let house = House::new().await;
    let create = json!({"logGroupName": "/aws/events/all", "tags": {"a": "b"}});
    assert_eq!(asked(&house, "CreateLogGroup", create.clone()).await, Ok(Json::Null));
    let refusal = asked(&house, "CreateLogGroup", create).await.unwrap_err();
    assert_eq!(refusal, "ResourceAlreadyExistsException: The specified log group already exists");
    for name in ["b", "a"] {
        asked(&house, "CreateLogGroup", json!({"logGroupName": name})).await.unwrap();
    }
    let all = asked(&house, "DescribeLogGroups", json!({"limit": 2})).await.unwrap();
    let names: Vec<_> =
        all["logGroups"].as_array().unwrap().iter().map(|group| group["logGroupName"].clone()).collect();
    assert_eq!(names, ["/aws/events/all", "a"]);
    assert_eq!(all["logGroups"][0]["arn"], format!("{ARN}:*"));
    let next = json!({"limit": 2, "nextToken": all["nextToken"]});
    let rest = asked(&house, "DescribeLogGroups", next).await.unwrap();
    assert_eq!((&rest["logGroups"][0]["logGroupName"], rest.get("nextToken")), (&json!("b"), None));
    let tag = json!({"resourceArn": ARN, "tags": {"c": "d"}});
    asked(&house, "CloudWatchLogs.TagResource", tag).await.unwrap();
    let untag = json!({"resourceArn": ARN, "tagKeys": ["a"]});
    asked(&house, "CloudWatchLogs.UntagResource", untag).await.unwrap();
    let tags = asked(&house, "CloudWatchLogs.ListTagsForResource", json!({"resourceArn": ARN})).await;
    assert_eq!(tags, Ok(json!({"tags": {"c": "d"}})));
    let delete = json!({"logGroupName": "/aws/events/all"});
    assert_eq!(asked(&house, "DeleteLogGroup", delete.clone()).await, Ok(Json::Null));
    let refusal = asked(&house, "DeleteLogGroup", delete).await.unwrap_err();
    assert_eq!(refusal, "ResourceNotFoundException: The specified log group does not exist.");
}

#[tokio::test]
async fn what_is_in_a_group_is_found_by_terms_times_and_streams_in_pages() {
    let house =
        filled(&[("r1", "one ok"), ("r2", "two failed"), ("r1", "three failed"), ("r1", "four ok")]).await;
    let find = async |mut request: Json| {
        request["logGroupIdentifier"] = json!(ARN);
        asked(&house, "FilterLogEvents", request).await.unwrap()
    };
    let all = find(json!({})).await;
    assert_eq!(messages(&all), ["one ok", "two failed", "three failed", "four ok"]);
    let second = all["events"][1]["timestamp"].clone();
    assert_eq!(messages(&find(json!({"filterPattern": "failed"})).await), ["two failed", "three failed"]);
    assert_eq!(messages(&find(json!({"logStreamNames": ["r2"]})).await), ["two failed"]);
    assert_eq!(
        messages(&find(json!({"logStreamNamePrefix": "r1", "startTime": second})).await),
        ["three failed", "four ok"]
    );
    assert_eq!(messages(&find(json!({"endTime": second})).await), ["one ok", "two failed"]);
    let page = find(json!({"limit": 3})).await;
    let rest = find(json!({"limit": 3, "nextToken": page["nextToken"]})).await;
    assert_eq!((messages(&page).len(), messages(&rest)), (3, vec!["four ok"]));
    assert_eq!(rest.get("nextToken"), None);
    let streams =
        asked(&house, "DescribeLogStreams", json!({"logGroupName": "/aws/events/all"})).await.unwrap();
    assert_eq!(streams["logStreams"][0]["logStreamName"], "r1");
    assert_eq!(streams["logStreams"][1]["firstEventTimestamp"], second);
    assert_eq!(streams["logStreams"][1]["arn"], format!("{ARN}:log-stream:r2"));
}

#[tokio::test]
async fn a_stream_is_read_from_its_end_or_its_head_and_its_tokens_end_at_themselves() {
    let house = filled(&[("r", "1"), ("r", "2"), ("r", "3"), ("r-2", "other")]).await;
    let read = async |mut request: Json| {
        request["logGroupName"] = json!("/aws/events/all");
        request["logStreamName"] = json!("r");
        asked(&house, "GetLogEvents", request).await.unwrap()
    };
    let last = read(json!({"limit": 2})).await;
    assert_eq!(messages(&last), ["2", "3"]);
    let before = read(json!({"limit": 2, "nextToken": last["nextBackwardToken"]})).await;
    assert_eq!(messages(&before), ["1"]);
    let none = read(json!({"nextToken": before["nextBackwardToken"]})).await;
    assert_eq!((messages(&none).len(), &none["nextBackwardToken"]), (0, &before["nextBackwardToken"]));
    let head = read(json!({"limit": 2, "startFromHead": true})).await;
    assert_eq!(messages(&head), ["1", "2"]);
    let next = read(json!({"nextToken": head["nextForwardToken"]})).await;
    assert_eq!(messages(&next), ["3"]);
    let end = read(json!({"nextToken": next["nextForwardToken"]})).await;
    assert_eq!((messages(&end).len(), &end["nextForwardToken"]), (0, &next["nextForwardToken"]));
    let third = next["events"][0]["timestamp"].clone();
    assert_eq!(messages(&read(json!({"endTime": third})).await), ["1", "2"]);
}

#[tokio::test]
async fn what_is_not_there_or_not_built_is_said() {
    let house = filled(&[("r", "1")]).await;
    let group = "/aws/events/all";
    for (operation, request, part) in [
        (
            "FilterLogEvents",
            json!({"logGroupName": "none"}),
            "ResourceNotFoundException: The specified log group",
        ),
        ("FilterLogEvents", json!({}), "InvalidParameterException: A logGroupName or"),
        (
            "FilterLogEvents",
            json!({"logGroupName": group, "nextToken": "x"}),
            "InvalidParameterException: The specified nextToken",
        ),
        (
            "FilterLogEvents",
            json!({"logGroupName": group, "logStreamNames": ["r"], "logStreamNamePrefix": "r"}),
            "InvalidParameterException: Only one of",
        ),
        (
            "FilterLogEvents",
            json!({"logGroupName": group, "filterPattern": "{$.a = 1}"}),
            "NotImplemented: sagebrush finds",
        ),
        (
            "GetLogEvents",
            json!({"logGroupName": group, "logStreamName": "none"}),
            "ResourceNotFoundException: The specified log stream",
        ),
        (
            "GetLogEvents",
            json!({"logGroupName": group, "logStreamName": "r", "nextToken": "x/y"}),
            "InvalidParameterException: The specified nextToken",
        ),
        (
            "DescribeLogStreams",
            json!({"logGroupName": group, "orderBy": "LastEventTime"}),
            "NotImplemented: sagebrush lists",
        ),
        (
            "DescribeLogGroups",
            json!({"logGroupNamePattern": "x"}),
            "NotImplemented: sagebrush finds log groups",
        ),
        (
            "CreateLogGroup",
            json!({"logGroupName": "a b"}),
            "InvalidParameterException: 1 validation error detected: Value 'a b' at 'logGroupName'",
        ),
        (
            "CloudWatchLogs.TagResource",
            json!({"resourceArn": "arn:x", "tags": {"a": "b"}}),
            "InvalidParameterException: arn:x is not",
        ),
    ] {
        let refusal = asked(&house, operation, request.clone()).await.expect_err(part);
        assert!(refusal.starts_with(part), "{request}: {refusal}");
    }
}
