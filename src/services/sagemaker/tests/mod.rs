//! What the stories of hosting share: a house whose time the engine moves, and the usual requests.

mod samples;

use std::ops::Deref;

use serde_json::{Value as Json, json};

use crate::engine::{Advance, Engine};
use crate::schema::Fault;
use crate::services::Settings;
use crate::services::tests::House;

pub(super) const IMAGE: &str = "123456789012.dkr.ecr.us-east-1.amazonaws.com/web:v1";

/// Hosting on a manual clock that the engine moves.
pub(super) struct Hosting {
    house: House,
    engine: Engine,
}

impl Deref for Hosting {
    type Target = House;

    fn deref(&self) -> &House {
        &self.house
    }
}

impl Hosting {
    pub(super) async fn new() -> Self {
        Self::with(Settings::default()).await
    }

    pub(super) async fn with(settings: Settings) -> Self {
        let house = House::with(settings).await;
        let engine = Engine::new(house.store.clone(), settings.rules);
        Self { house, engine }
    }

    /// What lets time pass.
    pub(super) fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The endpoint `web` in service with `blue`.
    pub(super) async fn in_service(instances: u32) -> Self {
        let hosting = Self::new().await;
        hosting.endpoint(instances).await;
        hosting.pass(60).await;
        hosting
    }

    /// Asks what must be answered.
    pub(super) async fn get(&self, operation: &str, request: Json) -> Json {
        self.ask(operation, request).await.unwrap_or_else(|fault| panic!("{operation}: {fault}"))
    }

    /// Asks what must be refused, and gives the code with the sentence.
    pub(super) async fn refused(&self, operation: &str, request: Json) -> String {
        let fault: Fault = self.ask(operation, request).await.expect_err("a refusal");
        fault.to_string()
    }

    pub(super) async fn model(&self, name: &str) -> Json {
        let container = json!({"Image": IMAGE});
        self.get("CreateModel", json!({"ModelName": name, "PrimaryContainer": container})).await
    }

    pub(super) async fn config(&self, name: &str, instances: u32) -> Json {
        let variants = [variant("main", instances)];
        self.get("CreateEndpointConfig", json!({"EndpointConfigName": name, "ProductionVariants": variants}))
            .await
    }

    /// The model `model`, the configs `blue` and `green`, and the endpoint `web` on its way with `blue`.
    pub(super) async fn endpoint(&self, instances: u32) {
        self.model("model").await;
        self.config("blue", instances).await;
        self.config("green", instances).await;
        self.get("CreateEndpoint", json!({"EndpointName": "web", "EndpointConfigName": "blue"})).await;
    }

    pub(super) async fn describe(&self) -> Json {
        self.get("DescribeEndpoint", json!({"EndpointName": "web"})).await
    }

    /// Lets everything happen that is due by then.
    pub(super) async fn pass(&self, seconds: i64) {
        self.engine.advance(&self.world, Advance::By(seconds * 1000)).await.expect("time passes");
    }
}

/// A variant of the model `model` on instances.
pub(super) fn variant(name: &str, instances: u32) -> Json {
    json!({
        "VariantName": name, "ModelName": "model", "InstanceType": "ml.m5.large",
        "InitialInstanceCount": instances,
    })
}

/// A request with `members` on top; null takes a member out.
pub(super) fn with(mut request: Json, members: &Json) -> Json {
    for (name, value) in members.as_object().expect("members") {
        request[name] = value.clone();
    }
    request
}
