//! The console as a browser gets it, over the router of a whole server: what its pages show, to whom they are shown, and
//! what none of them can hold.

mod answers;
mod components;
mod course;
mod deployments;
mod endpoints;
mod escaping;
mod faults;
mod greeting;
mod guardrails;
mod guards;
mod html;
mod list;
mod stream;
mod what_if;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request};
use http_body_util::BodyExt;
use sagebrush::clock::{Mode, Timestamp};
use sagebrush::config::Settings;
use sagebrush::domain::world::WorldId;
use sagebrush::engine::{Advance, Engine};
use sagebrush::server;
use sagebrush::store::Store;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::stories::client::Client;
use html::Html;

/// What a browser says when somebody opens a page by its address.
const BROWSER: [(&str, &str); 2] =
    [("host", "localhost:7243"), ("accept", "text/html,application/xml;q=0.9")];

/// An endpoint of four instances under traffic, a config whose model fails every other request, and the alarm that
/// sees it.
const SHOP: &str = r#"
clock = "manual"

[models.shop-v1]
[models.shop-v2]
error_rate = 0.5

[endpoint_configs.shop-v1]
model = "shop-v1"
instances = 4

[endpoints.shop]
config = "shop-v1"

[endpoint_configs.shop-v2]
model = "shop-v2"
instances = 4

[endpoint_configs.shop-v3]
model = "shop-v1"
instances = 4

[alarms.shop-errors]
endpoint = "shop"
MetricName = "Invocation5XXErrors"
Statistic = "Average"
Threshold = 0.05

[traffic]
shop = 20
"#;

/// A server without a socket, on a manual clock.
struct Site {
    router: Router,
    engine: Engine,
    client: Client,
    world: WorldId,
}

/// An answer of the console.
struct Answer {
    status: u16,
    headers: HeaderMap,
    body: String,
}

impl Site {
    async fn new() -> Self {
        Self::with(&Settings::default()).await
    }

    async fn with(settings: &Settings) -> Self {
        let store = Store::connect("sqlite::memory:", Mode::Manual).await.unwrap();
        Self::over(store, settings)
    }

    fn over(store: Store, settings: &Settings) -> Self {
        let engine = Engine::new(store, settings.rules);
        let router = server::router(&engine, settings);
        let client = Client::new(router.clone());
        Self {
            router,
            engine,
            client,
            world: WorldId::new(WorldId::DEFAULT_ACCOUNT, WorldId::DEFAULT_REGION),
        }
    }

    /// A server whose world is that of a scenario.
    async fn of(scenario: &str) -> Self {
        let site = Self::new().await;
        site.play(scenario, "/_sagebrush/scenario").await;
        site
    }

    /// Makes a world what a scenario says.
    async fn play(&self, scenario: &str, path: &str) {
        let request =
            Request::post(path).header("host", "localhost").header("content-type", "application/toml");
        let played = self.send(request.body(Body::from(scenario.to_owned())).unwrap()).await;
        assert_eq!(played.status, 200, "{}", played.body);
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        let (parts, body) = self.router.clone().oneshot(request).await.unwrap().into_parts();
        // A stream does not end by itself.
        let is_stream = parts.headers.get("content-type").is_some_and(|of| of == "text/event-stream");
        let body = if is_stream { Body::empty() } else { body };
        let body = body.collect().await.unwrap().to_bytes();
        let body = String::from_utf8(body.to_vec()).unwrap();
        Answer { status: parts.status.as_u16(), headers: parts.headers, body }
    }

    /// What a browser gets that sends these headers besides its own; one of the same name takes its place.
    async fn asked(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send(asking(path, headers)).await
    }

    async fn get(&self, path: &str) -> Answer {
        self.asked(path, &[]).await
    }

    /// A page that is there.
    async fn page(&self, path: &str) -> Html {
        let answer = self.get(path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        answer.html()
    }

    /// The sentence of a page that is not there.
    async fn trouble(&self, path: &str, status: u16) -> String {
        let answer = self.get(path).await;
        assert_eq!(answer.status, status, "{path}: {}", answer.body);
        answer.html().inner("p")
    }

    async fn ask(&self, operation: &str, request: Value) -> Value {
        self.client.sagemaker(operation, &request).await.unwrap()
    }

    async fn advance(&self, seconds: i64) {
        self.engine.advance(&self.world, Advance::By(seconds * 1000)).await.unwrap();
    }

    async fn settle(&self) {
        self.engine.advance(&self.world, Advance::Idle).await.unwrap();
    }

    async fn now(&self) -> Timestamp {
        self.engine.clock(&self.world).await.unwrap().now
    }

    /// An update of the shop to a config by a canary of one instance that bakes for five minutes and is guarded by
    /// these alarms.
    async fn canary(&self, config: &str, alarms: &[&str]) {
        let size = json!({"Type": "INSTANCE_COUNT", "Value": 1});
        let routing = json!({"Type": "CANARY", "CanarySize": size, "WaitIntervalInSeconds": 300});
        let policy = json!({"TrafficRoutingConfiguration": routing, "TerminationWaitInSeconds": 120});
        self.update(config, json!({"BlueGreenUpdatePolicy": policy}), alarms).await;
    }

    async fn update(&self, config: &str, mut guardrails: Value, alarms: &[&str]) {
        if !alarms.is_empty() {
            let alarms: Vec<_> = alarms.iter().map(|name| json!({"AlarmName": name})).collect();
            guardrails["AutoRollbackConfiguration"] = json!({"Alarms": alarms});
        }
        let update =
            json!({"EndpointName": "shop", "EndpointConfigName": config, "DeploymentConfig": guardrails});
        self.ask("UpdateEndpoint", update).await;
    }

    /// The identity of the newest deployment of an endpoint.
    async fn newest(&self, endpoint: &str) -> String {
        let listed = self.engine.deployments(&self.world, Some(endpoint), 1).await.unwrap();
        listed[0].0.record.id.clone()
    }

    /// The page of the shop's newest deployment.
    async fn deployment(&self) -> Html {
        self.page(&format!("/console/deployments/{}", self.newest("shop").await)).await
    }
}

impl Answer {
    /// It as a page, which holds nothing that the policy forbids.
    fn html(&self) -> Html {
        let html = Html::read(&self.body);
        html.harmless();
        html
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

fn asking(path: &str, headers: &[(&str, &str)]) -> Request<Body> {
    let named = |name: &str| headers.iter().any(|(other, _)| *other == name);
    let own = BROWSER.iter().filter(|(name, _)| !named(name));
    let builder =
        own.chain(headers).fold(Request::get(path), |builder, (name, value)| builder.header(*name, *value));
    builder.body(Body::empty()).unwrap()
}
