//! Tags of scalable targets.

use super::*;

#[tokio::test]
async fn a_target_is_tagged_and_untagged() {
    let hosting = Hosting::in_service(1).await;
    let answer = register(&hosting, json!({"MinCapacity": 1, "MaxCapacity": 2, "Tags": {"team": "x"}})).await;
    let arn = &answer["ScalableTargetARN"];
    let tags = async || {
        let answer = hosting
            .ask("ApplicationAutoScaling.ListTagsForResource", json!({"ResourceARN": arn}))
            .await
            .unwrap();
        answer["Tags"].clone()
    };
    assert_eq!(tags().await, json!({"team": "x"}));
    let more = json!({"ResourceARN": arn, "Tags": {"team": "y", "stage": "beta"}});
    hosting.ask("ApplicationAutoScaling.TagResource", more).await.unwrap();
    assert_eq!(tags().await, json!({"team": "y", "stage": "beta"}));
    let less = json!({"ResourceARN": arn, "TagKeys": ["team", "none"]});
    hosting.ask("ApplicationAutoScaling.UntagResource", less).await.unwrap();
    assert_eq!(tags().await, json!({"stage": "beta"}));
    let many: Json =
        (0..50).map(|at| (format!("k{at}"), json!("v"))).collect::<serde_json::Map<_, _>>().into();
    let fault = hosting
        .ask("ApplicationAutoScaling.TagResource", json!({"ResourceARN": arn, "Tags": many}))
        .await
        .unwrap_err();
    assert_eq!(fault.to_string(), "TooManyTagsException: A resource must not have more than 50 tags.");
    let other = "arn:aws:application-autoscaling:us-east-1:123456789012:scalable-target/0";
    let fault = hosting
        .ask("ApplicationAutoScaling.ListTagsForResource", json!({"ResourceARN": other}))
        .await
        .unwrap_err();
    assert_eq!(
        fault.to_string(),
        format!("ResourceNotFoundException: No scalable target found for ARN: {other}")
    );
}
