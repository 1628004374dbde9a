//! What the stories of hosting share: a house whose time the engine moves, and the usual requests.

mod samples;

use std::ops::Deref;

use serde_json::{Value as Json, json};

use crate::engine::Advance;
use crate::schema::Fault;
use crate::services::Settings;
use crate::services::tests::House;

pub(in crate::services) const IMAGE: &str = "123456789012.dkr.ecr.us-east-1.amazonaws.com/web:v1";

/// Hosting on a manual clock that the engine moves.
pub(in crate::services) struct Hosting {
    house: House,
}

impl Deref for Hosting {
    type Target = House;

    fn deref(&self) -> &House {
        &self.house
    }
}

impl Hosting {
    pub(in crate::services) async fn new() -> Self {
        Self::with(Settings::default()).await
    }

    pub(in crate::services) async fn with(settings: Settings) -> Self {
        Self { house: House::with(settings).await }
    }

    /// The endpoint `web` in service with `blue`.
    pub(in crate::services) async fn in_service(instances: u32) -> Self {
        let hosting = Self::new().await;
        hosting.endpoint(instances).await;
        hosting.pass(60).await;
        hosting
    }

    /// Asks what must be answered.
    pub(in crate::services) async fn get(&self, operation: &str, request: Json) -> Json {
        self.ask(operation, request).await.unwrap_or_else(|fault| panic!("{operation}: {fault}"))
    }

    /// Asks what must be refused, and gives the code with the sentence.
    pub(in crate::services) async fn refused(&self, operation: &str, request: Json) -> String {
        let fault: Fault = self.ask(operation, request).await.expect_err("a refusal");
        fault.to_string()
    }

    pub(in crate::services) async fn model(&self, name: &str) -> Json {
        let container = json!({"Image": IMAGE});
        self.get("CreateModel", json!({"ModelName": name, "PrimaryContainer": container})).await
    }

    pub(in crate::services) async fn config(&self, name: &str, instances: u32) -> Json {
        let variants = [variant("main", instances)];
        self.get("CreateEndpointConfig", json!({"EndpointConfigName": name, "ProductionVariants": variants}))
            .await
    }

    /// The model `model`, the configs `blue` and `green`, and the endpoint `web` on its way with `blue`.
    pub(in crate::services) async fn endpoint(&self, instances: u32) {
        self.model("model").await;
        self.config("blue", instances).await;
        self.config("green", instances).await;
        self.get("CreateEndpoint", json!({"EndpointName": "web", "EndpointConfigName": "blue"})).await;
    }

    pub(in crate::services) async fn describe(&self) -> Json {
        self.get("DescribeEndpoint", json!({"EndpointName": "web"})).await
    }

    /// Lets everything happen that is due by then.
    pub(in crate::services) async fn pass(&self, seconds: i64) {
        self.engine.advance(&self.world, Advance::By(seconds * 1000)).await.expect("time passes");
    }
}

/// A variant of the model `model` on instances.
pub(in crate::services) fn variant(name: &str, instances: u32) -> Json {
    json!({
        "VariantName": name, "ModelName": "model", "InstanceType": "ml.m5.large",
        "InitialInstanceCount": instances,
    })
}

/// A request with `members` on top; null takes a member out.
pub(in crate::services) fn with(mut request: Json, members: &Json) -> Json {
    for (name, value) in members.as_object().expect("members") {
        request[name] = value.clone();
    }
    request
}
