//! A client that makes an update on a server of its own, and reads what became of it.

use aws_smithy_types::date_time::{DateTime, Format};
use sagebrush::clock::Mode;
use sagebrush::config::Settings;
use sagebrush::domain::rules::Rules;
use sagebrush::engine::Engine;
use sagebrush::server;
use serde_json::{Value, json};

use super::Line;
use crate::store::Place;
use crate::stories::client::Client;

const ENDPOINT: &str = "endpoint";
const TYPE: &str = "ml.m5.large";

/// See the module.
pub struct Real {
    client: Client,
    // Its database lives as long as the server.
    _place: Place,
}

/// An update that is over.
pub struct Done {
    pub lines: Vec<Line>,
    pub status: Value,
    pub strategy: Value,
}

impl Real {
    /// A server whose luck is drawn from this seed.
    pub async fn new(seed: u64) -> Self {
        let place = Place::memory(Mode::Manual).await;
        let rules = Rules { seed, ..Rules::default() };
        let settings = Settings { rules, ..Settings::default() };
        let router = server::router(&Engine::new(place.store.clone(), rules), &settings);
        Self { client: Client::new(router), _place: place }
    }

    /// What the server says would happen.
    pub async fn plan(&self, question: &Value) -> Value {
        self.client.control("POST", "plan", Some(question)).await
    }

    /// An empty world, and an endpoint of so many instances in it, which comes into service with a minute.
    pub async fn begin(&mut self, instances: u32) {
        let clock = self.client.control("POST", "reset", None).await;
        let into_minute = time(&clock["now"]).rem_euclid(60_000);
        self.advance(&json!({"seconds": (60_000 - into_minute) as f64 / 1000.0})).await;
        for name in ["blue", "green"] {
            let container = json!({"Image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/m:1"});
            self.ask("CreateModel", &json!({"ModelName": name, "PrimaryContainer": container})).await;
            let variant = json!({
                "VariantName": "AllTraffic", "ModelName": name, "InstanceType": TYPE,
                "InitialInstanceCount": instances,
            });
            let config = json!({"EndpointConfigName": name, "ProductionVariants": [variant]});
            self.ask("CreateEndpointConfig", &config).await;
        }
        self.ask("CreateEndpoint", &json!({"EndpointName": ENDPOINT, "EndpointConfigName": "blue"})).await;
        self.advance(&json!({"to": "idle"})).await;
    }

    /// So many instances can run or start at once.
    pub async fn limit(&self, pool: u64) {
        self.client.control("PUT", &format!("capacity/{TYPE}"), Some(&json!({"pool": pool}))).await;
    }

    /// Lets the new model fail a part of its requests.
    pub async fn bad_model(&self, error_rate: f64) {
        let behaviour = json!({"error_rate": error_rate});
        self.client.control("PUT", "models/green/behaviour", Some(&behaviour)).await;
    }

    /// Traffic and an alarm, for so many seconds.
    pub async fn load(&self, requests_per_second: u32, seconds: i64) {
        let demand = json!({"requests_per_second": requests_per_second});
        self.client.control("PUT", &format!("endpoints/{ENDPOINT}/traffic"), Some(&demand)).await;
        let alarm = json!({
            "AlarmName": "errors", "Namespace": "AWS/SageMaker", "MetricName": "Invocation5XXErrors",
            "Dimensions": [
                {"Name": "EndpointName", "Value": ENDPOINT}, {"Name": "VariantName", "Value": "AllTraffic"},
            ],
            "Statistic": "Sum", "Period": 60, "EvaluationPeriods": 1, "Threshold": 5.0,
            "ComparisonOperator": "GreaterThanThreshold",
        });
        self.client.cloudwatch("PutMetricAlarm", &alarm).await;
        self.advance(&json!({"seconds": seconds})).await;
    }

    /// Makes the update, and lets time pass until it is over.
    pub async fn update(&self, config: Option<&Value>) -> Done {
        let mut update = json!({"EndpointName": ENDPOINT, "EndpointConfigName": "green"});
        if let Some(config) = config {
            update["DeploymentConfig"] = config.clone();
        }
        self.ask("UpdateEndpoint", &update).await;
        self.advance(&json!({"to": "idle"})).await;
        let listed = self.listed().await;
        let id = listed["deployments"][0]["id"].as_str().unwrap();
        let told = self.client.control("GET", &format!("deployments/{id}"), None).await;
        let began = time(&told["started_at"]);
        let events = told["events"].as_array().unwrap().iter();
        let lines = events.map(|event| super::line(time(&event["time"]) - began, event)).collect();
        Done { lines, status: told["status"].clone(), strategy: told["strategy"].clone() }
    }

    /// The deployments of the world.
    pub async fn listed(&self) -> Value {
        self.client.control("GET", "deployments", None).await
    }

    /// The sum of a metric of the new config's, as a client of CloudWatch reads it.
    pub async fn counted(&self, metric: &str) -> u64 {
        self.advance(&json!({"seconds": 120})).await;
        let now = self.client.control("GET", "clock", None).await;
        let now = time(&now["now"]) as f64 / 1000.0;
        let request = json!({
            "Namespace": "AWS/SageMaker", "MetricName": metric, "Statistics": ["Sum"], "Period": 60,
            "StartTime": now - 7_200.0, "EndTime": now,
            "Dimensions": [
                {"Name": "EndpointName", "Value": ENDPOINT}, {"Name": "VariantName", "Value": "AllTraffic"},
                {"Name": "EndpointConfigName", "Value": "green"},
            ],
        });
        let answer = self.client.cloudwatch("GetMetricStatistics", &request).await;
        let points = answer["Datapoints"].as_array().unwrap().iter();
        let sum: f64 = points.map(|point| point["Sum"].as_f64().unwrap()).sum();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of requests")]
        let count = sum as u64;
        count
    }

    async fn ask(&self, operation: &str, request: &Value) {
        self.client
            .sagemaker(operation, request)
            .await
            .unwrap_or_else(|refusal| panic!("{operation}: {refusal}"));
    }

    async fn advance(&self, how: &Value) {
        self.client.control("POST", "clock/advance", Some(how)).await;
    }
}

/// A time of the control API, in milliseconds.
fn time(text: &Value) -> i64 {
    DateTime::from_str(text.as_str().unwrap(), Format::DateTime).unwrap().to_millis().unwrap()
}

/// A number of seconds, in milliseconds.
pub fn ms(seconds: &Value) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "a length of time of a test")]
    let ms = (seconds.as_f64().unwrap() * 1000.0).round() as i64;
    ms
}
