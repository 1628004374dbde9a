//! Faults that operators put in, where something else is wrong too, and what the auditor makes of them.

use sagebrush::engine::Advance;
use serde_json::{Value, json};

use super::House;
use crate::store::{Place, stories};

stories! { kept on Manual;
    a_fault_about_everybody_passes_over_what_this_version_cannot_read
    faults_that_an_older_server_has_left_behind_are_nobodys
    what_strikes_and_room_make_of_deployments_is_made_again
}

impl House {
    async fn fault(&self, fault: &Value) -> Value {
        self.client.control("POST", "faults", Some(fault)).await
    }

    async fn pool(&self, pool: u32) {
        self.client.control("PUT", "capacity/ml.m5.large", Some(&json!({ "pool": pool }))).await;
    }
}

async fn a_fault_about_everybody_passes_over_what_this_version_cannot_read(place: Place) {
    let house = House::on(place);
    for name in ["later", "well"] {
        house.create(name, 10).await;
    }
    house.advance(Advance::Idle).await;
    house
        .place
        .raw("UPDATE endpoints SET state = replace(state, '{\"v\":1,', '{\"v\":9,') WHERE name = 'later'")
        .await
        .unwrap();
    let died = house.fault(&json!({"kind": "instances_die"})).await;
    assert_eq!(died["outcome"], "Instances died: 2 of well.");
    house.fault(&json!({"kind": "stale_reads", "seconds": 5, "scope": {"endpoint": "well"}})).await;
    let listed = house.client.sagemaker("ListEndpoints", &json!({})).await.unwrap();
    assert_eq!(listed["Endpoints"].as_array().unwrap().len(), 1, "{listed}");
    house.pool(1).await;
    let usage = house.client.control("GET", "capacity", None).await;
    assert_eq!(usage["instance_types"][0]["running"], 2, "as far as it can be read");
}

async fn faults_that_an_older_server_has_left_behind_are_nobodys(place: Place) {
    let house = House::on(place);
    house.create("well", 10).await;
    house.advance(Advance::Idle).await;
    house.fault(&json!({"kind": "instances_die", "start": {"after_seconds": 30}})).await;
    house.fault(&json!({"kind": "error_rate", "rate": 1})).await;
    // One that knows of no faults begins the world anew: the rows stay.
    house.place.raw("UPDATE worlds SET injections = 0").await.unwrap();
    house.create("other", 10).await;
    house.advance(Advance::By(60_000)).await;
    assert_eq!(house.client.control("GET", "faults", None).await, json!({"faults": []}));
    assert_eq!(house.shown("well").await.0, "InService");
    let first =
        house.fault(&json!({"kind": "instances_die", "instances": 1, "scope": {"endpoint": "well"}})).await;
    assert_eq!((&first["id"], &first["outcome"]), (&json!("fault-1"), &json!("Instances died: 1 of well.")));
    let faults = house.client.control("GET", "faults", None).await;
    assert_eq!(faults["faults"].as_array().unwrap().len(), 1, "what was left is gone");
    house.audited().await;
}

async fn what_strikes_and_room_make_of_deployments_is_made_again(place: Place) {
    let house = House::on(place);
    for name in ["a", "b"] {
        house.create(name, 10).await;
    }
    house.advance(Advance::Idle).await;
    house.pool(5).await;
    house.update("a", "new-a", 10).await;
    house.update("b", "new-b", 10).await;
    for _ in 0..4 {
        house.advance(Advance::By(7_000)).await;
        house.fault(&json!({"kind": "instances_die", "instances": 1})).await;
    }
    house.pool(8).await;
    house.advance(Advance::Idle).await;
    for name in ["a", "b"] {
        let (status, phases) = house.history(name).await;
        assert_eq!(status, "succeeded", "{name}: {phases:?}");
        assert!(phases.contains(&"instances_died".to_owned()), "{name}: {phases:?}");
    }
    house.audited().await;
}
