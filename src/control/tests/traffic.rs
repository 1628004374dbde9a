//! Stories of synthetic traffic that is asked for over the control API.

use serde_json::{Value, json};

use super::House;

const PATH: &str = "/_sagebrush/endpoints/SHOP/traffic";

#[tokio::test]
async fn traffic_is_set_counted_replaced_and_ended() {
    let house = House::new().await;
    house.endpoint("Shop").await;
    let none = json!({"endpoint": "Shop", "demand": null, "since": null, "done_until": null});
    assert_eq!(house.ask("GET", PATH, Value::Null).await, none);

    let set = house.ask("PUT", PATH, json!({"requests_per_second": 50, "bursts": null})).await;
    let now = house.ask("GET", "/_sagebrush/clock", Value::Null).await["now"].clone();
    let demand = json!({"requests_per_second": 50.0});
    assert_eq!(set, json!({"endpoint": "Shop", "demand": demand, "since": now, "done_until": now}));
    house.ask("POST", "/_sagebrush/clock/advance", json!({"seconds": 120})).await;
    let later = house.ask("GET", PATH, Value::Null).await;
    assert_eq!(later["since"], now);
    let done = later["done_until"].as_str().unwrap();
    assert!(done.ends_with(":00.000Z") || done.ends_with(":00Z"), "whole minutes are counted: {done}");
    assert!(done > now.as_str().unwrap());

    let whole = json!({
        "requests_per_second": 5.0, "daily": {"peak_requests_per_second": 9.5, "peak_hour": 14},
        "bursts": {"requests_per_second": 100.0, "every_seconds": 600, "for_seconds": 30},
    });
    assert_eq!(house.ask("PUT", PATH, whole.clone()).await["demand"], whole);
    for _ in 0..2 {
        assert_eq!(house.ask("DELETE", PATH, Value::Null).await, none);
    }
    house.ask("PUT", PATH, whole).await;
    let nothing = house.ask("PUT", PATH, json!({"requests_per_second": 0})).await;
    assert_eq!(nothing, none, "a demand for nothing ends it");
}

#[tokio::test]
async fn a_demand_that_makes_no_sense_is_refused_in_a_sentence() {
    let house = House::new().await;
    house.endpoint("shop").await;
    let daily = "The member \"daily\" must be {\"peak_requests_per_second\": number, \"peak_hour\": whole number}, not";
    let bursts = "The member \"bursts\" must be {\"requests_per_second\": number, \"every_seconds\": whole number, \
                  \"for_seconds\": whole number}, not";
    let table = [
        (
            json!({}),
            "The body needs the member \"requests_per_second\": a number from 0 to 10000.".to_owned(),
        ),
        (
            json!({"requests_per_second": "50"}),
            "The member \"requests_per_second\" must be a number from 0 to 10000, not \"50\".".to_owned(),
        ),
        (
            json!({"requests_per_second": -1}),
            "requests_per_second is -1, but it must be a number from 0 to 10000.".to_owned(),
        ),
        (
            json!({"requests_per_second": 1, "rate": 2}),
            "The body has the unknown member \"rate\"; there are requests_per_second, daily and bursts."
                .to_owned(),
        ),
        (json!({"requests_per_second": 1, "daily": 9}), format!("{daily} 9.")),
        (
            json!({"requests_per_second": 1, "daily": {"peak_requests_per_second": 9, "peak_hour": 1.5}}),
            format!("{daily} {{\"peak_requests_per_second\":9,\"peak_hour\":1.5}}."),
        ),
        (
            json!({"requests_per_second": 1, "bursts": {"every_seconds": 9, "for": 1}}),
            format!("{bursts} {{\"every_seconds\":9,\"for\":1}}."),
        ),
        (
            json!({"requests_per_second": 1, "daily": {"peak_requests_per_second": 9, "peak_hour": 24}}),
            "daily.peak_hour is 24, but it must be a number from 0 to 23.".to_owned(),
        ),
    ];
    for (body, sentence) in table {
        assert_eq!(house.refused("PUT", PATH, &body, 400).await, sentence);
    }
    let valid = json!({"requests_per_second": 1});
    for method in ["GET", "PUT", "DELETE"] {
        let said = house.refused(method, "/_sagebrush/endpoints/none/traffic", &valid, 404).await;
        assert_eq!(said, "There is no endpoint \"none\" in 123456789012/us-east-1.");
    }
    assert_eq!(house.ask("GET", PATH, Value::Null).await["demand"], Value::Null, "nothing was done");
}

#[tokio::test]
async fn a_whole_number_is_the_same_however_it_is_written() {
    let house = House::new().await;
    house.endpoint("shop").await;
    house.canary("shop").await;
    let demand = r#"{"requests_per_second": 5, "daily": {"peak_requests_per_second": 9, "peak_hour": 14.0}}"#;
    let (status, set) = house.send("PUT", PATH, demand).await;
    assert_eq!((status.as_u16(), &set["demand"]["daily"]["peak_hour"]), (200, &json!(14)), "{set}");
    let (status, paused) =
        house.send("POST", "/_sagebrush/deployments/shop-2/pause", r#"{"version": 1.0}"#).await;
    assert_eq!((status.as_u16(), &paused["changed"]), (200, &json!(true)), "{paused}");
    let (beyond, steer) =
        (json!({"version": 9_007_199_254_740_992_i64}), "/_sagebrush/deployments/shop-2/pause");
    let refusal = house.refused("POST", steer, &beyond, 400).await;
    assert!(refusal.contains("a whole number from 1 to 9007199254740991, not"), "{refusal}");
    let refusal = house.refused("PUT", PATH, &json!({"requests_per_second": 1, "daily": 1.5}), 400).await;
    assert!(refusal.ends_with("not 1.5."), "{refusal}");
}
