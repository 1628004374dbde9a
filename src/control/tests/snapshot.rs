//! Stories of prepared states: worlds are written down and taken over again over the control API.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::House;
use super::document::Document;
use crate::clock::Mode;
use crate::domain::world::WorldId;
use crate::engine::Engine;
use crate::store::Store;

const PATH: &str = "/_sagebrush/snapshot";

impl House {
    async fn snapshot(&self, query: &str) -> String {
        let (status, text) = self.send("GET", &format!("{PATH}{query}"), "").await;
        assert_eq!(status, StatusCode::OK, "{text}");
        text.as_str().unwrap().to_owned()
    }

    /// The answer to a PUT of this text.
    async fn taken_over(&self, query: &str, text: &str) -> Value {
        let (status, answer) = self.send("PUT", &format!("{PATH}{query}"), text.to_owned()).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        Document::read().conforms("imported", &answer);
        answer
    }

    /// The sentence with which this is refused.
    async fn refusal(&self, method: &str, query: &str, text: &str) -> String {
        let (status, problem) = self.send(method, &format!("{PATH}{query}"), text.to_owned()).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{problem}");
        problem["error"].as_str().unwrap().to_owned()
    }

    /// The newest deployment in this world with its events, without what names it.
    async fn story(&self, account: &str) -> Value {
        let listed =
            self.ask("GET", &format!("/_sagebrush/deployments?account={account}"), Value::Null).await;
        let id = listed["deployments"][0]["id"].as_str().unwrap();
        let path = format!("/_sagebrush/deployments/{id}?account={account}");
        let mut told = self.ask("GET", &path, Value::Null).await;
        told.as_object_mut().unwrap().remove("id");
        told
    }

    async fn advance(&self, account: &str, seconds: i64) -> Value {
        let path = format!("/_sagebrush/clock/advance?account={account}");
        self.ask("POST", &path, json!({"seconds": seconds})).await
    }
}

#[tokio::test]
async fn a_state_that_was_prepared_once_is_the_beginning_of_many_runs() {
    let house = House::new().await;
    house.endpoint("shop").await;
    house.canary("shop").await;
    house.advance("123456789012", 100).await;
    let prepared = house.snapshot("").await;
    let before = house.ask("GET", "/_sagebrush/clock", Value::Null).await;
    for _ in 0..2 {
        house.advance("123456789012", 1000).await;
        let done = house.story("123456789012").await;
        assert_eq!(done["status"], "succeeded");
        let answer = house.taken_over("", &prepared).await;
        let world = &answer["worlds"][0];
        assert_eq!((&world["account"], &world["region"]), (&json!("123456789012"), &json!("us-east-1")));
        assert_eq!((&world["clock"]["now"], &world["clock"]["mode"]), (&before["now"], &before["mode"]));
        assert_eq!(answer["rows"], prepared.lines().count() - 2);
        assert_eq!(house.story("123456789012").await["status"], "running");
        assert_eq!(house.snapshot("").await, prepared);
    }
}

#[tokio::test]
async fn a_worker_that_waits_for_the_world_goes_on_with_what_was_taken_over() {
    let house = House::new().await;
    house.endpoint("shop").await;
    house.canary("shop").await;
    let prepared = house.snapshot("").await;
    let fast = prepared
        .replace(r#""mode":"manual","rate_milli":0"#, r#""mode":"scaled","rate_milli":100000000"#)
        .replace("shop-", "chop-");
    house.ask("POST", "/_sagebrush/reset", Value::Null).await;
    let worker = house.engine.start();
    house.taken_over("", &fast).await;
    while house.story("123456789012").await["status"] == "running" {
        tokio::task::yield_now().await;
    }
    assert_eq!(house.story("123456789012").await["status"], "succeeded");
    worker.stop().await;
}

#[tokio::test]
async fn the_scope_and_the_place_are_said_in_the_query() {
    let house = House::new().await;
    for world in ["?account=111122223333", "?account=111122223333&region=eu-west-1", "?account=222222222222"]
    {
        house.ask("PUT", &format!("/_sagebrush/clock{world}"), json!({"mode": "manual"})).await;
    }
    let worlds = |text: &str| text.matches(r#""table":"worlds""#).count();
    assert_eq!(worlds(&house.snapshot("?account=111122223333").await), 1);
    assert_eq!(worlds(&house.snapshot("?account=111122223333&scope=account").await), 2);
    let all = house.snapshot("?scope=all").await;
    assert_eq!(worlds(&all), 3);
    assert_eq!(house.taken_over("", &all).await["worlds"].as_array().unwrap().len(), 3);
    let one = house.snapshot("?account=222222222222&scope=world").await;
    let moved = house.taken_over("?region=eu-central-1", &one).await;
    assert_eq!(
        (&moved["worlds"][0]["account"], &moved["worlds"][0]["region"]),
        (&json!("222222222222"), &json!("eu-central-1"))
    );
    let several = "The snapshot holds 3 worlds, which go where they came from: an account or a region can be given \
                   for one alone.";
    assert_eq!(house.refusal("PUT", "?account=111122223333", &all).await, several);
}

#[tokio::test]
async fn a_query_that_makes_no_sense_is_told() {
    let house = House::new().await;
    let wrong = [
        ("GET", "?scope=everything", "scope must be \"world\", \"account\" or \"all\"."),
        ("GET", "?scope=account&region=a", "The scope \"account\" means all regions: leave out region."),
        ("GET", "?scope=all&region=a", "The scope \"all\" means every world: leave out account and region."),
        ("GET", "?world=1", "\"world\" is unknown in the query; there are account, region and scope."),
        ("GET", "?account=1", "account is \"1\", but an account has 12 digits."),
        ("PUT", "?scope=all", "\"scope\" is unknown in the query; there are account and region."),
    ];
    for (method, query, sentence) in wrong {
        assert_eq!(house.refusal(method, query, "").await, sentence);
    }
}

#[tokio::test]
async fn a_snapshot_comes_as_lines_and_a_bad_one_is_read_to_its_end() {
    let house = House::new().await;
    let request = Request::get(PATH).header("host", "localhost").body(Body::empty()).unwrap();
    let response = house.router.clone().oneshot(request).await.unwrap();
    assert_eq!(response.headers()["content-type"], "application/jsonl");
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    assert!(bytes.ends_with(b"\n"));
    let bad = format!("no\n{}", "x".repeat(5_000_000));
    let sentence = house.refusal("PUT", "", &bad).await;
    assert_eq!(sentence, "Line 1 of the snapshot: it is no JSON object (sign 2).");
}

#[tokio::test]
async fn a_server_with_another_database_takes_the_same_text() {
    let (house, dir) = (House::new().await, tempfile::tempdir().unwrap());
    house.endpoint("shop").await;
    let prepared = house.snapshot("").await;
    let url = format!("sqlite:{}", dir.path().join("sagebrush.db").display());
    let store = Store::connect(&url, Mode::Real).await.unwrap();
    let engine = Engine::new(store, *house.engine.rules());
    let router =
        super::super::router(engine.clone(), std::sync::Arc::default(), 60_000, crate::door::Door::default());
    let other = House { router, engine, world: WorldId::new("123456789012", "us-east-1") };
    other.taken_over("", &prepared).await;
    assert_eq!(other.snapshot("").await, prepared);
    assert_eq!(other.story("123456789012").await, house.story("123456789012").await);
}
