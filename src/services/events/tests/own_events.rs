//! `PutEvents`.

use serde_json::{Value as Json, json};

use super::{asked, outbox, rule};
use crate::services::tests::House;
use crate::store::bus_event::BusEventQuery;

/// What was told, whole.
async fn told(house: &House) -> Vec<Json> {
    let query = BusEventQuery { after: 0, resource: None, detail_type: None, limit: 1000 };
    let found = house.engine.bus_events(&house.world, &query).await.unwrap();
    found.iter().map(|event| serde_json::from_str(&event.body).unwrap()).collect()
}

fn entry(members: &Json) -> Json {
    let mut entry = json!({"Source": "mine", "DetailType": "Order", "Detail": "{\"id\": 7}"});
    entry.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    entry
}

#[tokio::test]
async fn an_event_of_ones_own_reaches_the_rules_of_its_bus() {
    let house = House::new().await;
    rule(&house, "orders", r#"{"detail": {"id": [{"numeric": [">", 5]}]}}"#).await;
    let entries = json!({"Entries": [
        entry(&json!({"Resources": ["arn:a", "arn:b"], "Time": 1_767_225_600})),
        entry(&json!({"Detail": "{\"id\": 5}"})),
        entry(&json!({"EventBusName": "nowhere"})),
    ]});
    let answer = asked(&house, "PutEvents", entries).await.unwrap();
    assert_eq!(answer["FailedEntryCount"], 0);
    let ids: Vec<_> = answer["Entries"].as_array().unwrap().iter().map(|it| it["EventId"].clone()).collect();
    let told = told(&house).await;
    assert_eq!(told.len(), 2, "what is told on no bus is told to nobody");
    assert_eq!(
        told[0],
        json!({
            "version": "0", "id": ids[0], "detail-type": "Order", "source": "mine", "account": "123456789012",
            "time": "2026-01-01T00:00:00Z", "region": "us-east-1", "resources": ["arn:a", "arn:b"], "detail": {"id": 7},
        })
    );
    assert_eq!((told[1]["id"].clone(), &told[1]["resources"]), (ids[1].clone(), &json!([])));
    let on_its_way = outbox(&house).await;
    assert_eq!(on_its_way.len(), 1);
    assert!(on_its_way[0].event.contains(ids[0].as_str().unwrap()) && ids[2].is_string());
}

#[tokio::test]
async fn an_entry_that_is_no_event_does_not_keep_the_others_back() {
    let house = House::new().await;
    let entries = json!({"Entries": [
        entry(&json!({"Source": "aws.sagemaker"})), entry(&json!({"Source": ""})), entry(&json!({"Detail": "[]"})),
        {"Source": "mine", "Detail": "{}"}, {"Source": "mine", "DetailType": "t"}, entry(&json!({})),
    ]});
    let answer = asked(&house, "PutEvents", entries).await.unwrap();
    assert_eq!(answer["FailedEntryCount"], 5);
    let required = |name: &str| {
        let sentence = format!("Parameter {name} is not valid. Reason: {name} is a required argument.");
        json!({"ErrorCode": "InvalidArgument", "ErrorMessage": sentence})
    };
    let entries = answer["Entries"].as_array().unwrap();
    assert_eq!(
        entries[..5],
        [
            json!({"ErrorCode": "NotAuthorizedForSourceException", "ErrorMessage": "Not authorized for the source."}),
            required("Source"),
            json!({"ErrorCode": "MalformedDetail", "ErrorMessage": "Detail is malformed."}),
            required("DetailType"),
            required("Detail"),
        ]
    );
    assert!(entries[5]["EventId"].is_string());
    assert_eq!(told(&house).await.len(), 1);
}

#[tokio::test]
async fn what_is_too_large_is_refused_whole() {
    let house = House::new().await;
    let detail = json!({"text": "x".repeat(1 << 20)}).to_string();
    let refusal = asked(&house, "PutEvents", json!({"Entries": [entry(&json!({"Detail": detail}))]})).await;
    let sentence = "ValidationException: Total size of the entries in the request is over the limit.";
    assert_eq!(refusal.unwrap_err(), sentence);
    assert!(told(&house).await.is_empty());
}
