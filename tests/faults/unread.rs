//! Endpoints that this version cannot read: a later one has written them, or somebody has spoiled them.

use std::time::Duration;

use sagebrush::clock::{Mode, wall_now};
use sagebrush::engine::Advance;
use serde_json::json;

use super::{House, Line};
use crate::store::{Place, stories};

stories! { kept on Manual;
    an_endpoint_of_a_later_version_stops_nobody_and_is_stepped_at_its_own_instant_once_it_can_be_read
    one_that_is_no_json_stops_nobody_either
    a_client_is_told_that_the_server_failed_and_nothing_is_overwritten
    traffic_to_it_waits_with_it
    the_worker_goes_on_beside_it_and_does_not_spin
}

fn up(secs: i64, name: &str) -> Line {
    (secs, name.to_owned(), "InService", None)
}

/// Makes the endpoint one of a later version.
async fn ahead(place: &Place, name: &str) {
    write(place, name, "replace(state, '{\"v\":1,', '{\"v\":9,')").await;
}

/// Makes it one of this version again.
async fn back(place: &Place, name: &str) {
    write(place, name, "replace(state, '{\"v\":9,', '{\"v\":1,')").await;
}

async fn write(place: &Place, name: &str, state: &str) {
    place.raw(&format!("UPDATE endpoints SET state = {state} WHERE name = '{name}'")).await.unwrap();
}

async fn an_endpoint_of_a_later_version_stops_nobody_and_is_stepped_at_its_own_instant_once_it_can_be_read(
    place: Place,
) {
    let house = House::on(place);
    let start = house.now().await;
    for (name, secs) in [("later", 10), ("well", 20), ("still", 30), ("long", 40)] {
        house.create(name, secs).await;
    }
    ahead(&house.place, "later").await;
    assert_eq!(house.pass(20_000, start).await, [up(20, "well")]);
    let next = house.advance(Advance::Next).await;
    assert_eq!(super::lines(&next, start), [up(30, "still")]);
    let idle = house.advance(Advance::Idle).await;
    assert_eq!((super::lines(&idle, start), idle.reading.now), (vec![up(40, "long")], start.plus_secs(40)));
    for advance in [Advance::Next, Advance::Idle] {
        let nothing = house.advance(advance).await;
        assert_eq!((nothing.changes.len(), nothing.reading.now), (0, idle.reading.now), "{advance:?}");
    }
    back(&house.place, "later").await;
    assert_eq!(house.pass(0, start).await, [up(10, "later")], "it was due all the time");
    let (status, phases) = house.history("later").await;
    assert_eq!((status.as_str(), phases.join(" ")), ("succeeded", "launching succeeded".to_owned()));
    house.audited().await;
}

async fn one_that_is_no_json_stops_nobody_either(place: Place) {
    let house = House::on(place);
    let start = house.now().await;
    house.create("ill", 10).await;
    house.create("well", 20).await;
    write(&house.place, "ill", "'{\"v\":1,\"endpoint\":'").await;
    assert_eq!(house.pass(60_000, start).await, [up(20, "well")]);
    house.update("well", "new", 1).await;
    house.advance(Advance::Idle).await;
    assert_eq!(house.shown("well").await, ("InService".into(), "new".into(), None));
    house.audited().await;
}

async fn a_client_is_told_that_the_server_failed_and_nothing_is_overwritten(place: Place) {
    let house = House::on(place);
    house.create("later", 10).await;
    house.advance(Advance::Idle).await;
    ahead(&house.place, "later").await;
    let name = json!({"EndpointName": "later"});
    let update = json!({"EndpointName": "later", "EndpointConfigName": "later"});
    let scale = json!({"EndpointName": "later", "DesiredWeightsAndCapacities": [{"VariantName": "main", "DesiredInstanceCount": 3}]});
    for (operation, request) in [
        ("DescribeEndpoint", &name),
        ("CreateEndpoint", &update),
        ("UpdateEndpoint", &update),
        ("UpdateEndpointWeightsAndCapacities", &scale),
        ("DeleteEndpoint", &name),
    ] {
        let (status, answer) = house.client.sagemaker_fails(operation, request).await;
        assert_eq!(
            (status, answer["__type"].as_str()),
            (500, Some("InternalFailure")),
            "{operation}: {answer}"
        );
    }
    let listed = house.client.sagemaker("ListEndpoints", &json!({})).await.unwrap();
    assert_eq!(listed["Endpoints"][0]["EndpointStatus"], "InService", "what is searched by is still read");
    let behaviour = json!({"error_rate": 0.5});
    house.client.control("PUT", "models/later/behaviour", Some(&behaviour)).await;
    back(&house.place, "later").await;
    assert_eq!(house.shown("later").await, ("InService".into(), "later".into(), None));
    house.audited().await;
}

async fn traffic_to_it_waits_with_it(place: Place) {
    let house = House::on(place);
    house.create("later", 1).await;
    house.create("well", 1).await;
    house.advance(Advance::Idle).await;
    let demand = json!({"requests_per_second": 1});
    for name in ["later", "well"] {
        house.client.control("PUT", &format!("endpoints/{name}/traffic"), Some(&demand)).await;
    }
    ahead(&house.place, "later").await;
    let start = house.now().await;
    assert_eq!(house.pass(600_000, start).await, []);
    back(&house.place, "later").await;
    house.pass(0, start).await;
    for name in ["later", "well"] {
        let traffic = house.client.control("GET", &format!("endpoints/{name}/traffic"), None).await;
        let until = traffic["done_until"].as_str().unwrap().to_owned();
        assert!(until >= start.plus_secs(540).to_string(), "{name} is accounted for: {until}");
    }
    house.audited().await;
}

async fn the_worker_goes_on_beside_it_and_does_not_spin(place: Place) {
    let house = House::on(place);
    house.create("later", 10).await;
    house.create("one", 20).await;
    ahead(&house.place, "later").await;
    house.engine.set_mode(&house.place.world, Mode::Scaled { rate_milli: 60_000 }).await.unwrap();
    let worker = house.engine.start();
    let deadline = wall_now().plus_secs(60);
    let mut look = tokio::time::interval(Duration::from_millis(5));
    for name in ["one", "two", "three"] {
        if name != "one" {
            house.create(name, 20).await;
        }
        while house.shown(name).await.0 != "InService" {
            assert!(wall_now() < deadline, "{name} is not in service after 60 s");
            look.tick().await;
        }
    }
    // Every look writes how far time has come: so many of them, with a rest between any two.
    let mut session = house.place.store.session();
    let (first, began) = (session.world(&house.place.world).await.unwrap().version, wall_now());
    while session.world(&house.place.world).await.unwrap().version < first + 4 {
        assert!(wall_now() < deadline, "the world is not looked at any more");
        look.tick().await;
    }
    let took_ms = wall_now().ms_since(began);
    assert!(took_ms > 1_000, "four looks took {took_ms} ms: it spins");
    worker.stop().await;
    back(&house.place, "later").await;
    house.engine.set_mode(&house.place.world, Mode::Manual).await.unwrap();
    assert_eq!(house.shown("later").await.0, "InService");
    house.audited().await;
}
