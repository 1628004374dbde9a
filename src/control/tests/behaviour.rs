//! Stories of models that are changed at run time.

use serde_json::{Value, json};

use super::House;

fn path(model: &str) -> String {
    format!("/_sagebrush/models/{model}/behaviour")
}

/// How a model that says nothing behaves, with these members on top.
fn effective(members: &Value) -> Value {
    let mut whole = json!({
        "error_rate": 0, "error_status": 500, "latency_ms": 3, "startup_seconds": 60, "health": "passing",
        "response": "echo", "warmup": null, "fail_after_seconds": null, "concurrency": null,
    });
    for (name, value) in members.as_object().unwrap() {
        whole[name] = value.clone();
    }
    whole
}

#[tokio::test]
async fn a_model_behaves_as_its_environment_says_with_the_override_on_top() {
    let house = House::new().await;
    house.model("Wise", json!({"SAGEBRUSH_LATENCY_MS": "5/40", "SAGEBRUSH_ERROR_RATE": "0.25"})).await;
    let says = json!({"latency_ms": {"p50": 5, "p99": 40}, "error_rate": 0.25});
    let untouched = json!({"model": "Wise", "override": null, "effective": effective(&says)});
    assert_eq!(house.ask("GET", &path("wise"), Value::Null).await, untouched);

    let change = json!({"error_rate": 1, "error_status": 503, "warmup": {"seconds": 1.5, "factor": 2}});
    let mut both = change.clone();
    both["latency_ms"] = says["latency_ms"].clone();
    let changed = json!({"model": "Wise", "override": change, "effective": effective(&both)});
    assert_eq!(house.ask("PUT", &path("WISE"), change).await, changed);
    assert_eq!(house.ask("GET", &path("Wise"), Value::Null).await, changed);

    let nothing = json!({"error_rate": null});
    let answer = house.ask("PUT", &path("Wise"), nothing).await;
    assert_eq!(answer["override"], json!({}), "it replaces all that was there, and null is absent");
    assert_eq!(answer["effective"], untouched["effective"]);
    for _ in 0..2 {
        assert_eq!(house.ask("DELETE", &path("Wise"), Value::Null).await, untouched);
    }
}

#[tokio::test]
async fn every_member_is_shown_as_it_was_put() {
    let house = House::new().await;
    house.model("m", json!({})).await;
    for member in [
        json!({"error_rate": 0.5}),
        json!({"error_status": 404}),
        json!({"latency_ms": 0}),
        json!({"latency_ms": 2.5}),
        json!({"latency_ms": {"p50": 0.5, "p99": 40}}),
        json!({"startup_seconds": 0.25}),
        json!({"health": "failing"}),
        json!({"health": "failing-after:3"}),
        json!({"response": "echo"}),
        json!({"response": {"body": "echo", "content_type": "text/csv"}}),
        json!({"warmup": {"seconds": 180, "factor": 4}}),
        json!({"fail_after_seconds": 900}),
        json!({"concurrency": 4}),
    ] {
        let answer = house.ask("PUT", &path("m"), member.clone()).await;
        assert_eq!(answer["override"], member);
        assert_eq!(answer["effective"], effective(&member));
    }
    for (body, content_type) in [("[1]", "application/json"), ("1,2;", "text/plain")] {
        let answer = house.ask("PUT", &path("m"), json!({"response": {"body": body}})).await;
        let shown = json!({"body": body, "content_type": content_type});
        assert_eq!(answer["override"], json!({"response": shown}));
    }
}

#[tokio::test]
async fn what_no_model_can_do_is_refused_in_a_sentence() {
    let house = House::new().await;
    house.model("m", json!({})).await;
    let latency = "a number of milliseconds from 0 to 3600000, or {\"p50\": number, \"p99\": number} with a median \
                   above 0 and a p99 that is not smaller";
    let warmup =
        "{\"seconds\": number, \"factor\": number} with seconds from 0 to 86400 and a factor from 1 to 1000";
    let health = "\"passing\", \"failing\" or \"failing-after:N\" with a whole number N";
    let response =
        "\"echo\", or {\"body\": string}, where \"content_type\" may be 1 to 1024 visible ASCII characters";
    let table = [
        ("error_rate", "1.5", "a number from 0 to 1"),
        ("error_rate", "\"0.5\"", "a number from 0 to 1"),
        ("error_status", "200", "a whole number from 400 to 599"),
        ("error_status", "500.5", "a whole number from 400 to 599"),
        ("latency_ms", "-1", latency),
        ("latency_ms", "\"5/40\"", latency),
        ("latency_ms", r#"{"p50":5}"#, latency),
        ("latency_ms", r#"{"p50":5,"p99":4}"#, latency),
        ("latency_ms", r#"{"p50":0,"p99":4}"#, latency),
        ("latency_ms", r#"{"p50":5,"p99":9,"p90":7}"#, latency),
        ("startup_seconds", "86401", "a number of seconds from 0 to 86400"),
        ("health", "\"failing-after:-1\"", health),
        ("health", "true", health),
        ("response", "\"yes\"", response),
        ("response", r#"{"content_type":"text/csv"}"#, response),
        ("response", r#"{"body":"","content_type":""}"#, response),
        ("warmup", "180", warmup),
        ("warmup", r#"{"seconds":180}"#, warmup),
        ("warmup", r#"{"seconds":180,"factor":0.5}"#, warmup),
        ("fail_after_seconds", "1e9", "a number of seconds from 0 to 31536000"),
        ("concurrency", "0", "a whole number from 1 to 10000"),
    ];
    for (member, value, wanted) in table {
        let value: Value = serde_json::from_str(value).unwrap();
        let said = house.refused("PUT", &path("m"), &json!({ member: value }), 400).await;
        assert_eq!(said, format!("The member {member:?} must be {wanted}, not {value}."));
    }
    let unknown = house.refused("PUT", &path("m"), &json!({"eror_rate": 1}), 400).await;
    assert!(unknown.starts_with("The body has the unknown member \"eror_rate\"; there are error_rate, "));
    let long = house.refused("PUT", &path("m"), &json!({"health": "x".repeat(60_000)}), 400).await;
    assert!(long.len() < 300 && long.ends_with("xxx\u{2026}."), "{long}");
    assert_eq!(house.ask("GET", &path("m"), Value::Null).await["override"], Value::Null, "nothing was done");
}

#[tokio::test]
async fn a_change_is_met_at_once_and_belongs_to_one_model_alone() {
    let house = House::new().await;
    let id = house.model("m", json!({})).await;
    house.endpoint_of("shop", &id).await;
    let status = async || house.engine.invoke(&house.world, "shop").await.unwrap().status;
    assert_eq!(status().await, 200);
    house.ask("PUT", &path("m"), json!({"error_rate": 1, "error_status": 503})).await;
    assert_eq!(status().await, 503);

    let mut session = house.engine.store().session();
    assert!(session.delete_definition(&house.world, crate::store::Kind::Model, "m").await.unwrap().is_some());
    for method in ["GET", "DELETE", "PUT"] {
        let said = house.refused(method, &path("m"), &json!({}), 404).await;
        assert_eq!(said, "There is no model \"m\" in 123456789012/us-east-1.");
    }
    house.model("m", json!({})).await;
    let anew = house.ask("GET", &path("m"), Value::Null).await;
    assert_eq!(anew["override"], Value::Null, "another model of that name");
    assert_eq!(status().await, 503, "the endpoint runs the one that was deleted");
}
