//! What a client of the control API sees, over its router.

mod behaviour;
mod document;
mod door;
mod events;
mod metrics;
mod snapshot;
mod traffic;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::clock::{Mode, Timestamp};
use crate::domain::deployment::config::DeploymentConfig;
use crate::domain::endpoint::{Command, Create, Retain, Update};
use crate::domain::rules::Rules;
use crate::domain::serving::{Publish, Routing, Serving};
use crate::domain::variant::{Behaviour, Echo, Health, PRIMARY, Spec, Variant};
use crate::domain::world::WorldId;
use crate::engine::{self, Engine};
use crate::store::{Inserted, Kind, Store};

/// A control API over a store of its own, on a manual clock.
struct House {
    router: Router,
    engine: Engine,
    world: WorldId,
}

impl House {
    async fn new() -> Self {
        Self::behind(crate::door::Door::default()).await
    }

    async fn behind(door: crate::door::Door) -> Self {
        Self::over(Store::connect("sqlite::memory:", Mode::Manual).await.unwrap(), door)
    }

    fn over(store: Store, door: crate::door::Door) -> Self {
        let engine = Engine::new(store, Rules::default());
        let router = router(&engine, door);
        Self { router, engine, world: WorldId::new(WorldId::DEFAULT_ACCOUNT, WorldId::DEFAULT_REGION) }
    }

    async fn send(&self, method: &str, path: &str, body: impl Into<Body>) -> (StatusCode, Value) {
        let request = Request::builder().method(method).uri(path).header("host", "localhost:7243");
        let response = self.router.clone().oneshot(request.body(body.into()).unwrap()).await.unwrap();
        let (status, body) = (response.status(), response.into_body().collect().await.unwrap().to_bytes());
        // A snapshot is not JSON, but lines of it.
        (
            status,
            serde_json::from_slice(&body).unwrap_or_else(|_| String::from_utf8(body.into()).unwrap().into()),
        )
    }

    /// The answer to a request that is right.
    async fn ask(&self, method: &str, path: &str, body: Value) -> Value {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let (status, answer) = self.send(method, path, body).await;
        assert_eq!(status, StatusCode::OK, "{method} {path}: {answer}");
        answer
    }

    /// An endpoint of three instances, in service.
    async fn endpoint(&self, name: &str) {
        self.endpoint_of(name, &format!("{name}-v1")).await;
    }

    /// An endpoint that runs the model of this id, in service.
    async fn endpoint_of(&self, name: &str, model_id: &str) {
        let mut tx = self.engine.store().begin(&self.world).await.unwrap();
        let create = Create {
            name: name.to_owned(),
            deployment_id: format!("{name}-1"),
            spec: spec(model_id, tx.now()),
            deployment_config: None,
            host: None,
        };
        let created = engine::create(&mut tx, create, &Vec::new(), self.engine.rules()).await.unwrap();
        created.unwrap().expect("the name is free");
        tx.commit().await.unwrap();
        self.ask("POST", "/_sagebrush/clock/advance", json!({"to": "idle"})).await;
    }

    /// A model of one container with this Environment; answers its id.
    async fn model(&self, name: &str, environment: Value) -> String {
        let body = json!({"ModelName": name, "PrimaryContainer": {"Environment": environment}}).to_string();
        let mut session = self.engine.store().session();
        let inserted =
            session.insert_definition(&self.world, Kind::Model, name, &body, &Vec::new()).await.unwrap();
        let Inserted::Created { id, .. } = inserted else { panic!("{name} is there already") };
        id
    }

    /// The sentence with which a request is refused.
    async fn refused(&self, method: &str, path: &str, body: &Value, status: u16) -> String {
        let (answered, problem) = self.send(method, path, body.to_string()).await;
        assert_eq!(answered.as_u16(), status, "{method} {path} {body}: {problem}");
        problem["error"].as_str().unwrap().to_owned()
    }

    /// An update to version 2 by a canary on one instance, with five minutes of bake.
    async fn canary(&self, name: &str) {
        let policy = json!({"BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": {
            "Type": "CANARY", "WaitIntervalInSeconds": 300, "CanarySize": {"Type": "INSTANCE_COUNT", "Value": 1},
        }}});
        let rules = *self.engine.rules();
        let mut tx = self.engine.store().begin(&self.world).await.unwrap();
        let update = Update {
            deployment_id: format!("{name}-2"),
            spec: spec(&format!("{name}-v2"), tx.now()),
            deployment_config: serde_json::from_value::<DeploymentConfig>(policy).ok(),
            retain_deployment_config: false,
            retain: Retain::default(),
            missing_alarms: Vec::new(),
            warnings: Vec::new(),
        };
        let row = engine::bring_up(&mut tx, name, &rules).await.unwrap().unwrap();
        let update = Command::Update(Box::new(update));
        engine::accept(&mut tx, row, update, &rules).await.unwrap().unwrap().unwrap();
        tx.commit().await.unwrap();
    }
}

/// The control API over that engine, with plans.
fn router(engine: &Engine, door: crate::door::Door) -> Router {
    let settings = crate::config::Settings::default();
    let maker = crate::server::maker(&settings);
    let handed = crate::server::handed(engine, &settings, maker, std::sync::Arc::default());
    super::router(engine.clone(), handed, door)
}

fn spec(config_name: &str, accepted_at: Timestamp) -> Spec {
    let behaviour = Behaviour { startup_ms: 60_000, ping_timeout_ms: 240_000, health: Health::Passing };
    let variant = Variant {
        name: "main".to_owned(),
        model_id: config_name.to_owned(),
        instance_type: "ml.m5.large".to_owned(),
        accelerator_type: None,
        instances: 3,
        weight: 1.0,
        needs: crate::domain::placement::Resources::default(),
        hosts: false,
        managed: None,
        behaviour,
        serving: Serving::default(),
        routing: Routing::default(),
        container: PRIMARY.to_owned(),
        images: Vec::new(),
        excluded: None,
        echo: Echo::default(),
    };
    let config_name = config_name.to_owned();
    let (variants, publish) = (vec![variant], Publish::default());
    Spec { config_name, accepted_at, variants, asynchronous: false, publish, echo: Echo::default() }
}

#[tokio::test]
async fn the_history_tells_a_deployment_event_by_event_with_the_traffic_in_percent() {
    let house = House::new().await;
    house.endpoint("shop").await;
    house.canary("shop").await;
    house.ask("POST", "/_sagebrush/clock/advance", json!({"seconds": 60})).await;
    let listed = house.ask("GET", "/_sagebrush/deployments?endpoint=SHOP", Value::Null).await;
    let told = listed["deployments"].as_array().unwrap().iter().map(|one| (&one["sequence"], &one["status"]));
    assert_eq!(told.collect::<Vec<_>>(), [(&json!(2), &json!("running")), (&json!(1), &json!("succeeded"))]);
    let newest = house.ask("GET", "/_sagebrush/deployments?limit=1", Value::Null).await;
    assert_eq!(newest["deployments"][0], listed["deployments"][0]);
    let described = house.ask("GET", "/_sagebrush/deployments/shop-2", Value::Null).await;
    let event = described["events"].as_array().unwrap().last().unwrap();
    assert_eq!((&event["phase"], &event["step"]), (&json!("activating_traffic"), &json!(1)));
    assert_eq!(event["traffic"], json!({"blue": 66.67, "green": 33.33}));
    assert_eq!(described["events"][0]["traffic"], json!({"blue": 100, "green": 0}));
}

#[tokio::test]
async fn a_pause_shows_in_the_list_and_the_alarms_of_a_guardrail_until_its_end() {
    let house = House::new().await;
    house.endpoint("shop").await;
    house.canary("shop").await;
    house.ask("POST", "/_sagebrush/clock/advance", json!({"seconds": 100})).await;
    let paused = house.ask("POST", "/_sagebrush/deployments/shop-2/pause", Value::Null).await;
    let since = &paused["deployment"]["paused_since"];
    assert!(since.is_string(), "{paused}");
    let listed = house.ask("GET", "/_sagebrush/deployments", Value::Null).await;
    let told = listed["deployments"].as_array().unwrap().iter().map(|one| &one["paused_since"]);
    assert_eq!(told.collect::<Vec<_>>(), [since, &Value::Null]);
    assert_eq!(paused["deployment"]["alarms"], json!([]));
    let ended = house.ask("GET", "/_sagebrush/deployments/shop-1", Value::Null).await;
    assert_eq!(ended["alarms"], Value::Null);
}

#[tokio::test]
async fn a_clock_is_set_and_moved_and_keeps_the_time_it_reached() {
    let house = House::new().await;
    let before = house.ask("GET", "/_sagebrush/clock", Value::Null).await;
    assert_eq!((&before["mode"], &before["rate"]), (&json!("manual"), &json!(0)));
    let after = house.ask("POST", "/_sagebrush/clock/advance", json!({"seconds": 86400.5})).await;
    assert_eq!(after["transitions"], json!([]));
    let scaled = house.ask("PUT", "/_sagebrush/clock", json!({"mode": "scaled", "rate": 2.5})).await;
    assert_eq!((&scaled["mode"], &scaled["rate"]), (&json!("scaled"), &json!(2.5)));
    assert!(scaled["offset_seconds"].as_f64().unwrap() > 86_000.0);
    let elsewhere = house.ask("GET", "/_sagebrush/clock?account=111122223333", Value::Null).await;
    assert_eq!(elsewhere["mode"], "manual", "another world has its own clock");
    let reset = house.ask("POST", "/_sagebrush/reset", Value::Null).await;
    assert_eq!(reset["mode"], "manual");
    assert!(reset["offset_seconds"].as_f64().unwrap() <= 0.0);
}

#[tokio::test]
async fn what_is_wrong_is_said_in_a_sentence_that_names_it() {
    let house = House::new().await;
    let (clock, advance) = ("/_sagebrush/clock", "/_sagebrush/clock/advance");
    let large = "x".repeat(70_000);
    let wrong = [
        ("PUT", clock, "{", 400, "not JSON"),
        ("PUT", clock, "[]", 400, "must be a JSON object"),
        ("PUT", clock, r#"{"mode": "fast"}"#, 400, r#""mode" must be "real", "scaled" or "manual""#),
        ("PUT", clock, r#"{"mode": 3}"#, 400, r#""mode" must be a string, not a number"#),
        ("PUT", clock, r#"{"mode": null}"#, 400, "not null"),
        ("PUT", clock, r#"{"mode": "scaled"}"#, 400, r#"needs the member "rate""#),
        ("PUT", clock, r#"{"mode": "scaled", "rate": 1e9}"#, 400, "0.001 to 100000"),
        (
            "PUT",
            clock,
            r#"{"mode": "scaled", "rate": "60"}"#,
            400,
            r#""rate" must be a number, not a string"#,
        ),
        ("PUT", clock, r#"{"mode": "real", "rate": 60}"#, 400, "alone"),
        ("PUT", clock, r#"{"mode": "real", "speed": 60}"#, 400, r#"unknown member "speed""#),
        ("PUT", clock, &large, 413, "larger than 65536"),
        ("POST", advance, "{}", 400, r#"one member: "seconds" or "to""#),
        ("POST", advance, r#"{"seconds": 1, "to": "next"}"#, 400, "one member"),
        ("POST", advance, r#"{"to": "tomorrow"}"#, 400, r#"must be "next" or "idle""#),
        ("POST", advance, r#"{"seconds": -1}"#, 400, "only moves forward"),
        ("POST", advance, r#"{"seconds": 1e300}"#, 400, "366 days"),
        ("POST", advance, r#"{"seconds": 31622401}"#, 400, "366 days"),
        ("DELETE", clock, "", 405, "/_sagebrush/clock does not take DELETE"),
        ("GET", advance, "", 405, "does not take GET"),
        ("GET", "/_sagebrush", "", 404, "There is no /_sagebrush; there are /_sagebrush/capacity"),
        ("GET", "/_sagebrush/", "", 404, "There is no /_sagebrush/; there are"),
        ("GET", "/_sagebrush/deployments/%FF", "", 400, "The id of a deployment is text in UTF-8."),
        ("GET", "/_sagebrush/clocks", "", 404, "There is no /_sagebrush/clocks"),
        (
            "GET",
            "/_sagebrush/deployments/none",
            "",
            404,
            r#"no deployment "none" in 123456789012/us-east-1; "#,
        ),
        ("GET", "/_sagebrush/deployments/none", "", 404, "/_sagebrush/deployments?endpoint=NAME lists"),
        ("GET", "/_sagebrush/deployments?limit=0", "", 400, "a number from 1 to 1000"),
        ("GET", "/_sagebrush/deployments?name=shop", "", 400, r#""name" is unknown"#),
        ("GET", "/_sagebrush/clock?account=12", "", 400, "12 digits"),
        ("GET", "/_sagebrush/clock?region=US", "", 400, "small letters"),
        ("GET", "/_sagebrush/clock?region=a&region=b", "", 400, "given twice"),
    ];
    let document = document::Document::read();
    for (method, path, body, status, part) in wrong {
        let (answered, problem) = house.send(method, path, body.to_owned()).await;
        let sentence = problem["error"].as_str().unwrap_or_default();
        assert!(answered.as_u16() == status && sentence.contains(part), "{method} {path} {body}: {problem}");
        document.conforms("problem", &problem);
    }
}
