//! Stories of tags.

use serde_json::{Value as Json, json};

use crate::domain::demand::Demand;
use crate::engine::Traffic;
use crate::services::sagemaker::tests::{Hosting, IMAGE};

fn arn(resource: &str) -> String {
    format!("arn:aws:sagemaker:us-east-1:123456789012:{resource}")
}

fn tag(key: &str, value: &str) -> Json {
    json!({"Key": key, "Value": value})
}

#[tokio::test]
async fn models_configs_and_endpoints_have_tags_that_are_added_overwritten_and_deleted() {
    let hosting = Hosting::new().await;
    hosting.endpoint(1).await;
    for resource in ["model/model", "endpoint-config/blue", "endpoint/web"] {
        let on = |mut request: Json| {
            request["ResourceArn"] = json!(arn(resource));
            request
        };
        let given = json!([tag("team", "red"), tag("stage", "")]);
        let added = hosting.get("AddTags", on(json!({"Tags": given}))).await;
        assert_eq!(added, json!({"Tags": given}));
        let one = json!([tag("team", "blue")]);
        let added = hosting.get("AddTags", on(json!({"Tags": one}))).await;
        assert_eq!(added, json!({"Tags": one}), "the answer has the tags just given");
        let listed = hosting.get("ListTags", on(json!({"MaxResults": 50}))).await;
        assert_eq!(listed, json!({"Tags": [tag("team", "blue"), tag("stage", "")]}));
        let deleted = hosting.get("DeleteTags", on(json!({"TagKeys": ["team", "absent"]}))).await;
        assert_eq!(deleted, json!({}));
        assert_eq!(hosting.get("ListTags", on(json!({}))).await, json!({"Tags": [tag("stage", "")]}));
    }
}

#[tokio::test]
async fn tags_that_come_with_a_creation_obey_the_same_rules() {
    let hosting = Hosting::new().await;
    let create = |tags: Json| json!({"ModelName": "m", "PrimaryContainer": {"Image": IMAGE}, "Tags": tags});
    for (tags, sentence) in [
        (json!([tag("a", "1"), tag("a", "2")]), "Duplicate tag key found: \"a\"."),
        (json!([tag("AWS:a", "1")]), "Tag keys that start with \"aws:\" are reserved for AWS: \"AWS:a\"."),
    ] {
        let refused = hosting.refused("CreateModel", create(tags.clone())).await;
        assert_eq!(refused, format!("ValidationException: {sentence}"));
        hosting.get("CreateModel", create(json!([]))).await;
        let add = json!({"ResourceArn": arn("model/m"), "Tags": tags});
        assert_eq!(hosting.refused("AddTags", add).await, format!("ValidationException: {sentence}"));
        hosting.get("DeleteModel", json!({"ModelName": "m"})).await;
    }
}

#[tokio::test]
async fn a_resource_has_at_most_fifty_tags() {
    let hosting = Hosting::new().await;
    hosting.model("model").await;
    let resource = arn("model/model");
    let fifty: Vec<_> = (0..50).map(|number| tag(&format!("k{number}"), "v")).collect();
    hosting.get("AddTags", json!({"ResourceArn": resource, "Tags": fifty})).await;
    hosting.get("AddTags", json!({"ResourceArn": resource, "Tags": [tag("k0", "again")]})).await;
    assert_eq!(
        hosting.refused("AddTags", json!({"ResourceArn": resource, "Tags": [tag("one-more", "")]})).await,
        "ValidationException: A resource can have at most 50 tags, but this one would have 51."
    );
    let listed = hosting.get("ListTags", json!({"ResourceArn": resource})).await;
    assert_eq!(listed["Tags"].as_array().map(Vec::len), Some(50));
    assert_eq!(listed.get("NextToken"), None, "a page holds all that a resource can have");
    let other_page = json!({"ResourceArn": resource, "NextToken": "AAAA"});
    assert_eq!(hosting.refused("ListTags", other_page).await, "ValidationException: Invalid NextToken.");
}

#[tokio::test]
async fn an_arn_that_names_nothing_here_is_not_found_in_the_words_of_its_kind() {
    let hosting = Hosting::new().await;
    hosting.endpoint(1).await;
    let foreign = [
        (arn("model/none"), "model"),
        (arn("endpoint-config/none"), "endpoint configuration"),
        (arn("endpoint/none"), "endpoint"),
        (arn("endpoint/web").replace("1234", "9999"), "endpoint"),
        (arn("model/model").replace("us-east-1", "eu-west-1"), "model"),
        (arn("training-job/web"), "training job"),
    ];
    for (arn, words) in foreign {
        let sentence = format!("ValidationException: Could not find {words} \"{arn}\".");
        for (operation, member, value) in [
            ("ListTags", "MaxResults", json!(50)),
            ("AddTags", "Tags", json!([tag("a", "b")])),
            ("DeleteTags", "TagKeys", json!(["a"])),
        ] {
            let request = json!({"ResourceArn": arn, member: value});
            assert_eq!(hosting.refused(operation, request).await, sentence, "{operation}");
        }
    }
}

const RATE: &str = "sagebrush:requests-per-second";

/// What the endpoint `web` has of synthetic traffic.
async fn demand(hosting: &Hosting) -> Option<Demand> {
    let mut session = hosting.store.session();
    let row = session.endpoint(&hosting.world, "web").await.unwrap().expect("it is there");
    session.traffic(&row.id).await.unwrap().map(|traffic: Traffic| traffic.demand)
}

#[tokio::test]
async fn a_tag_of_an_endpoint_sets_and_ends_its_synthetic_traffic() {
    let hosting = Hosting::new().await;
    hosting.model("model").await;
    hosting.config("blue", 1).await;
    let create = json!({"EndpointName": "web", "EndpointConfigName": "blue", "Tags": [tag(RATE, "2.5")]});
    hosting.get("CreateEndpoint", create).await;
    assert_eq!(demand(&hosting).await, Some(Demand::constant(2.5)));
    let add = |tags: Json| hosting.get("AddTags", json!({"ResourceArn": arn("endpoint/web"), "Tags": tags}));
    let delete =
        |key: &str| hosting.get("DeleteTags", json!({"ResourceArn": arn("endpoint/web"), "TagKeys": [key]}));
    add(json!([tag("team", "red")])).await;
    assert_eq!(demand(&hosting).await, Some(Demand::constant(2.5)), "other tags mean nothing");
    let rung = hosting.rung();
    add(json!([tag("team", "blue"), tag(RATE, "10000")])).await;
    assert_eq!(demand(&hosting).await, Some(Demand::constant(10_000.0)));
    assert_eq!(hosting.rung(), rung + 1, "there is something to do for the engine");
    delete("team").await;
    assert_eq!(demand(&hosting).await, Some(Demand::constant(10_000.0)));
    delete(RATE).await;
    assert_eq!(demand(&hosting).await, None);
    add(json!([tag(RATE, "7")])).await;
    add(json!([tag(RATE, "0")])).await;
    assert_eq!(demand(&hosting).await, None, "nothing a second is none");
    let listed = hosting.get("ListTags", json!({"ResourceArn": arn("endpoint/web")})).await;
    assert_eq!(listed, json!({"Tags": [tag(RATE, "0")]}));
}

#[tokio::test]
async fn between_the_tag_and_other_requests_for_traffic_the_last_one_decides() {
    let hosting = Hosting::in_service(1).await;
    let set = |demand| hosting.engine().set_traffic(&hosting.world, "web", demand);
    let add = || {
        let tags = json!([tag(RATE, "5")]);
        hosting.get("AddTags", json!({"ResourceArn": arn("endpoint/web"), "Tags": tags}))
    };
    add().await;
    assert!(set(Some(Demand::constant(50.0))).await.unwrap());
    assert_eq!(demand(&hosting).await, Some(Demand::constant(50.0)));
    add().await;
    assert_eq!(demand(&hosting).await, Some(Demand::constant(5.0)), "the same tag once more");
    set(None).await.unwrap();
    assert_eq!(demand(&hosting).await, None);
    set(Some(Demand::constant(50.0))).await.unwrap();
    let untag = json!({"ResourceArn": arn("endpoint/web"), "TagKeys": [RATE]});
    hosting.get("DeleteTags", untag.clone()).await;
    assert_eq!(demand(&hosting).await, None, "also of traffic that the tag did not ask for");
    set(Some(Demand::constant(50.0))).await.unwrap();
    hosting.get("DeleteTags", untag).await;
    assert_eq!(demand(&hosting).await, Some(Demand::constant(50.0)), "there was no tag to delete");
}

#[tokio::test]
async fn a_tag_that_is_no_rate_is_refused_and_on_other_things_it_is_a_tag_like_any() {
    let hosting = Hosting::new().await;
    hosting.endpoint(1).await;
    for value in ["", "fast", "-1", "10001", "1e3", "inf", "NaN", "+1", "1.2.3"] {
        let sentence = format!(
            "ValidationException: The tag {RATE} is \"{value}\", but it must be a number from 0 to 10000."
        );
        let tags = json!([tag(RATE, value)]);
        let add = json!({"ResourceArn": arn("endpoint/web"), "Tags": tags});
        assert_eq!(hosting.refused("AddTags", add).await, sentence);
        let create = json!({"EndpointName": "other", "EndpointConfigName": "blue", "Tags": tags});
        assert_eq!(hosting.refused("CreateEndpoint", create).await, sentence);
        hosting.get("AddTags", json!({"ResourceArn": arn("model/model"), "Tags": tags})).await;
    }
    let listed = hosting.get("ListTags", json!({"ResourceArn": arn("endpoint/web")})).await;
    assert_eq!(listed, json!({"Tags": []}));
}
