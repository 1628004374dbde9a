//! A recipe as a client asks for it: the requests, as AWS's JSON.

use sagebrush::domain::variant::{Behaviour, Health};
use serde_json::{Map, Value, json};

use super::Recipe;

impl Recipe {
    /// The model's name, and whether other configs use it too.
    pub fn model(&self, number: u32) -> (String, bool) {
        let shared = self.model.is_some();
        (self.model.clone().unwrap_or_else(|| self.config_name(number)), shared)
    }

    /// `CreateModel`.
    pub fn create_model(&self, number: u32) -> Value {
        let Behaviour { startup_ms, health, .. } = self.behaviour;
        let health = match health {
            Health::Passing => "passing".to_owned(),
            Health::Failing => "failing".to_owned(),
            Health::FailingAfter(first) => format!("failing-after:{first}"),
        };
        let startup = (startup_ms as f64 / 1000.0).to_string();
        let environment = json!({"SAGEBRUSH_STARTUP_SECONDS": startup, "SAGEBRUSH_HEALTH": health});
        let container = json!({"Image": "registry/model:v1", "Environment": environment});
        json!({"ModelName": self.model(number).0, "PrimaryContainer": container})
    }

    /// `CreateEndpointConfig`.
    pub fn create_config(&self, number: u32, fleet: u32) -> Value {
        // Which instances exclude guardrails, and in which words, the server knows by itself.
        let excluded = self.excluded.as_deref().and_then(|why| why.split(' ').next_back());
        let variant = |name: &String| {
            json!({
                "VariantName": name,
                "ModelName": self.model(number).0,
                "InstanceType": excluded.unwrap_or("ml.m5.large"),
                "InitialInstanceCount": fleet,
                "InitialVariantWeight": 1.0,
                "ContainerStartupHealthCheckTimeoutInSeconds": self.behaviour.ping_timeout_ms / 1000,
            })
        };
        let variants: Vec<_> = self.variants.iter().map(variant).collect();
        let mut request =
            json!({"EndpointConfigName": self.config_name(number), "ProductionVariants": variants});
        if self.asynchronous {
            request["AsyncInferenceConfig"] = json!({"OutputConfig": {"S3OutputPath": "s3://bucket/out"}});
        }
        request
    }

    /// `CreateEndpoint`.
    pub fn create_endpoint(&self) -> Value {
        Value::Object(self.endpoint_members(1))
    }

    /// `UpdateEndpoint`.
    pub fn update_endpoint(&self, number: u32) -> Value {
        let mut request = self.endpoint_members(number);
        request.insert("RetainDeploymentConfig".to_owned(), self.retain_config.into());
        request.insert("RetainAllVariantProperties".to_owned(), self.retain.into());
        Value::Object(request)
    }

    fn endpoint_members(&self, number: u32) -> Map<String, Value> {
        let mut request = Map::new();
        request.insert("EndpointName".to_owned(), self.endpoint.as_str().into());
        request.insert("EndpointConfigName".to_owned(), self.config_name(number).into());
        if let Some(config) = self.deployment_config() {
            request.insert("DeploymentConfig".to_owned(), serde_json::to_value(config).unwrap());
        }
        request
    }
}
