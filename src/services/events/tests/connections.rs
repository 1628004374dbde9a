//! Connections and API destinations.

use serde_json::{Value as Json, json};

use super::asked;
use crate::services::tests::House;

fn basic() -> Json {
    json!({"BasicAuthParameters": {"Username": "u", "Password": "p"}})
}

async fn connect(house: &House, name: &str) -> String {
    let create = json!({"Name": name, "AuthorizationType": "BASIC", "AuthParameters": basic()});
    let created = asked(house, "CreateConnection", create).await.unwrap();
    assert_eq!(created["ConnectionState"], "AUTHORIZED");
    created["ConnectionArn"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_connection_is_shown_without_its_secrets() {
    let house = House::new().await;
    for (kind, parameters, shown) in [
        ("BASIC", basic(), json!({"BasicAuthParameters": {"Username": "u"}})),
        (
            "API_KEY",
            json!({"ApiKeyAuthParameters": {"ApiKeyName": "x-key", "ApiKeyValue": "secret"},
            "InvocationHttpParameters": {"HeaderParameters": [
                {"Key": "a", "Value": "secret", "IsValueSecret": true}, {"Key": "b", "Value": "c"},
            ]}}),
            json!({"ApiKeyAuthParameters": {"ApiKeyName": "x-key"},
            "InvocationHttpParameters": {"HeaderParameters": [
                {"Key": "a", "IsValueSecret": true}, {"Key": "b", "Value": "c"},
            ]}}),
        ),
        (
            "OAUTH_CLIENT_CREDENTIALS",
            json!({"OAuthParameters": {"AuthorizationEndpoint": "https://a/token", "HttpMethod": "POST",
                "ClientParameters": {"ClientID": "id", "ClientSecret": "secret"}}}),
            json!({"OAuthParameters": {"AuthorizationEndpoint": "https://a/token", "HttpMethod": "POST",
                "ClientParameters": {"ClientID": "id"}}}),
        ),
    ] {
        let create = json!({"Name": kind, "AuthorizationType": kind, "AuthParameters": parameters});
        asked(&house, "CreateConnection", create).await.unwrap();
        let described = asked(&house, "DescribeConnection", json!({"Name": kind})).await.unwrap();
        assert_eq!(described["AuthParameters"], shown, "{kind}");
        assert!(!described.to_string().contains("secret"), "{described}");
        let other = json!({"Name": "other", "AuthorizationType": kind, "AuthParameters": {}});
        let refusal = asked(&house, "CreateConnection", other).await.unwrap_err();
        assert!(
            refusal.starts_with(&format!("ValidationException: Authorization type {kind} requires")),
            "{refusal}"
        );
    }
    let listed = asked(&house, "ListConnections", json!({"NamePrefix": "B"})).await.unwrap();
    assert_eq!(listed["Connections"][0]["AuthorizationType"], "BASIC");
    assert!(!listed.to_string().contains("AuthParameters"), "{listed}");
}

#[tokio::test]
async fn a_connection_is_changed_deauthorized_and_deleted() {
    let house = House::new().await;
    let arn = connect(&house, "c").await;
    let again = json!({"Name": "c", "AuthorizationType": "BASIC", "AuthParameters": basic()});
    let refusal = asked(&house, "CreateConnection", again).await.unwrap_err();
    assert_eq!(refusal, "ResourceAlreadyExistsException: Connection c already exists.");
    let off = asked(&house, "DeauthorizeConnection", json!({"Name": "c"})).await.unwrap();
    assert_eq!((&off["ConnectionState"], &off["ConnectionArn"]), (&json!("DEAUTHORIZED"), &json!(arn)));
    let key = json!({"ApiKeyAuthParameters": {"ApiKeyName": "k", "ApiKeyValue": "v"}});
    let update =
        json!({"Name": "c", "AuthorizationType": "API_KEY", "AuthParameters": key, "Description": "d"});
    let on = asked(&house, "UpdateConnection", update).await.unwrap();
    assert_eq!(on["ConnectionState"], "AUTHORIZED");
    let described = asked(&house, "DescribeConnection", json!({"Name": "c"})).await.unwrap();
    assert_eq!(described["AuthParameters"], json!({"ApiKeyAuthParameters": {"ApiKeyName": "k"}}));
    assert_eq!(described["Description"], "d");
    let gone = asked(&house, "DeleteConnection", json!({"Name": "c"})).await.unwrap();
    assert_eq!(gone["ConnectionState"], "DELETING");
    for operation in ["DescribeConnection", "DeleteConnection", "UpdateConnection", "DeauthorizeConnection"] {
        let refusal = asked(&house, operation, json!({"Name": "c"})).await.unwrap_err();
        assert!(refusal.ends_with("Connection 'c' does not exist."), "{operation}: {refusal}");
    }
}

#[tokio::test]
async fn an_api_destination_is_active_as_long_as_its_connection_may_be_used() {
    let house = House::new().await;
    let arn = connect(&house, "c").await;
    let create = |arn: &str| {
        json!({
            "Name": "hook", "ConnectionArn": arn, "InvocationEndpoint": "http://127.0.0.1:9/a/*", "HttpMethod": "POST",
        })
    };
    let missing =
        asked(&house, "CreateApiDestination", create(&arn.replace("/c/", "/x/"))).await.unwrap_err();
    assert!(missing.starts_with("ResourceNotFoundException: Connection 'arn:"), "{missing}");
    let created = asked(&house, "CreateApiDestination", create(&arn)).await.unwrap();
    assert_eq!(created["ApiDestinationState"], "ACTIVE");
    let refusal = asked(&house, "CreateApiDestination", create(&arn)).await.unwrap_err();
    assert_eq!(refusal, "ResourceAlreadyExistsException: An api-destination 'hook' already exists.");
    let update = json!({"Name": "hook", "HttpMethod": "PUT", "InvocationRateLimitPerSecond": 5});
    asked(&house, "UpdateApiDestination", update).await.unwrap();
    let described = asked(&house, "DescribeApiDestination", json!({"Name": "hook"})).await.unwrap();
    assert_eq!(
        (&described["HttpMethod"], &described["InvocationRateLimitPerSecond"]),
        (&json!("PUT"), &json!(5))
    );
    assert_eq!(described["InvocationEndpoint"], "http://127.0.0.1:9/a/*");
    let target = json!({"Id": "t", "Arn": described["ApiDestinationArn"]});
    asked(&house, "PutRule", json!({"Name": "r", "EventPattern": super::PATTERN})).await.unwrap();
    asked(&house, "PutTargets", json!({"Rule": "r", "Targets": [target]})).await.unwrap();
    asked(&house, "DeauthorizeConnection", json!({"Name": "c"})).await.unwrap();
    let listed = asked(&house, "ListApiDestinations", json!({"ConnectionArn": arn})).await.unwrap();
    assert_eq!(listed["ApiDestinations"][0]["ApiDestinationState"], "INACTIVE");
    let none = asked(&house, "ListApiDestinations", json!({"ConnectionArn": arn.replace("/c/", "/x/")}))
        .await
        .unwrap();
    assert_eq!(none["ApiDestinations"], json!([]));
    assert_eq!(asked(&house, "DeleteApiDestination", json!({"Name": "hook"})).await, Ok(json!({})));
    let refusal = asked(&house, "DescribeApiDestination", json!({"Name": "hook"})).await.unwrap_err();
    assert!(refusal.ends_with("Api-destination 'hook' does not exist."), "{refusal}");
}
