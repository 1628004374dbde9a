//! What EventBridge is told, as a page and as a stream.

use axum::body::Body;
use axum::http::Request;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::House;
use super::document::Document;

const PATH: &str = "/_sagebrush/events";

/// The numbers and the statuses of a page.
async fn page(house: &House, query: &str) -> Vec<(i64, String)> {
    let answer = house.ask("GET", &format!("{PATH}{query}"), Value::Null).await;
    let events = answer["events"].as_array().expect("a list");
    let status = |it: &Value| it["event"]["detail"]["EndpointStatus"].as_str().expect("a status").to_owned();
    events.iter().map(|it| (it["number"].as_i64().expect("a number"), status(it))).collect()
}

fn told(lines: &[(i64, &str)]) -> Vec<(i64, String)> {
    lines.iter().map(|(number, status)| (*number, (*status).to_owned())).collect()
}

#[tokio::test]
async fn events_are_read_page_by_page_and_by_what_they_are_about() {
    let house = House::new().await;
    house.endpoint("web").await;
    house.endpoint("Other").await;
    let all = page(&house, "").await;
    let three = [(1, "CREATING"), (2, "CREATING"), (3, "IN_SERVICE")];
    assert_eq!(all[..3], told(&three));
    assert_eq!(all.len(), 6);
    assert_eq!(page(&house, "?after=1&limit=2").await, told(&three[1..]));
    assert_eq!(page(&house, "?endpoint=OTHER&after=4").await, all[4..]);
    let kind = "detail_type=SageMaker%20Endpoint%20State%20Change";
    assert_eq!(page(&house, &format!("?{kind}&endpoint=web")).await, told(&[three[0], three[2]]));
    assert_eq!(page(&house, "?region=eu-west-1").await, []);
    let mut answer = house.ask("GET", PATH, Value::Null).await;
    for event in answer["events"].as_array_mut().expect("a list") {
        event["event"]["detail"] = json!({});
    }
    Document::read().conforms("bus_events", &answer);
}

#[tokio::test]
async fn numbers_are_numbers() {
    let house = House::new().await;
    for (query, sentence) in [
        ("after=-1", "after is \"-1\", but it takes a number from 0 to 9223372036854775807."),
        ("limit=0", "limit is \"0\", but it takes a number from 1 to 1000."),
        (
            "from=1",
            "\"from\" is unknown in the query; there are after, limit, endpoint, detail_type, account and region.",
        ),
    ] {
        assert_eq!(house.refused("GET", &format!("{PATH}?{query}"), &Value::Null, 400).await, sentence);
    }
}

#[tokio::test]
async fn a_world_that_is_reset_has_had_no_events() {
    let house = House::new().await;
    house.endpoint("web").await;
    house.ask("POST", "/_sagebrush/reset", Value::Null).await;
    assert_eq!(page(&house, "").await, []);
    house.endpoint("web").await;
    assert_eq!(page(&house, "").await[0], (1, "CREATING".to_owned()));
}

#[tokio::test]
async fn a_stream_goes_on_where_its_client_left_off() {
    let house = House::new().await;
    house.endpoint("web").await;
    let request = Request::builder().uri(PATH).header("host", "localhost:7243");
    let request = request.header("accept", "text/event-stream").header("last-event-id", "2");
    let answer = house.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(answer.headers()["content-type"], "text/event-stream");
    let mut body = answer.into_body();
    let mut next = async || {
        let frame = body.frame().await.expect("it goes on").expect("a frame");
        String::from_utf8(frame.into_data().expect("data").to_vec()).expect("text")
    };
    let first = next().await;
    assert!(first.starts_with("id: 3\ndata: {\"version\":\"0\","), "{first}");
    assert_eq!(first.matches("data: ").count(), 1);
    house.endpoint("other").await;
    let second = next().await;
    assert_eq!(second.matches("\ndata: ").count(), 3, "{second}");
    assert!(second.ends_with("}\n\n") && second.contains("endpoint/other"), "{second}");
}
