//! What fails inside the server, on the databases that are kept: rows that were spoiled from outside and writes
//! that the database refuses. The whole server is asked, on a manual clock unless a story says otherwise.

mod injected;
mod refused;
mod unread;

use sagebrush::audit::audit;
use sagebrush::clock::Timestamp;
use sagebrush::config::Settings;
use sagebrush::engine::{Advance, Advanced, Engine};
use sagebrush::server;
use serde_json::{Value, json};

use crate::store::Place;
use crate::stories::client::Client;

const FAULT: &str = "Request to service failed. If failure persists after retry, contact customer support.";

/// A whole server on a database of its own.
struct House {
    place: Place,
    engine: Engine,
    client: Client,
}

/// A change of an endpoint: second, name, status and phase.
type Line = (i64, String, &'static str, Option<&'static str>);

impl House {
    fn on(place: Place) -> Self {
        let settings = Settings::default();
        let engine = Engine::new(place.store.clone(), settings.rules);
        let client = Client::new(server::router(&engine, &settings));
        Self { place, engine, client }
    }

    /// A config of that name with a model that starts within so many seconds.
    async fn config(&self, name: &str, startup_secs: u32) {
        let environment = json!({"SAGEBRUSH_STARTUP_SECONDS": startup_secs.to_string()});
        let container = json!({"Image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/image:1", "Environment": environment});
        let role = "arn:aws:iam::123456789012:role/role";
        let model = json!({"ModelName": name, "ExecutionRoleArn": role, "PrimaryContainer": container});
        self.client.sagemaker("CreateModel", &model).await.unwrap();
        let variant = json!({
            "VariantName": "main", "ModelName": name, "InstanceType": "ml.m5.large", "InitialInstanceCount": 2,
        });
        let config = json!({"EndpointConfigName": name, "ProductionVariants": [variant]});
        self.client.sagemaker("CreateEndpointConfig", &config).await.unwrap();
    }

    /// Creates an endpoint that is in service after so many seconds.
    async fn create(&self, name: &str, startup_secs: u32) {
        self.config(name, startup_secs).await;
        let request = json!({"EndpointName": name, "EndpointConfigName": name});
        self.client.sagemaker("CreateEndpoint", &request).await.unwrap();
    }

    /// Updates an endpoint to a new config whose instances start within so many seconds.
    async fn update(&self, name: &str, config: &str, startup_secs: u32) {
        self.config(config, startup_secs).await;
        let request = json!({"EndpointName": name, "EndpointConfigName": config});
        self.client.sagemaker("UpdateEndpoint", &request).await.unwrap();
    }

    async fn describe(&self, name: &str) -> Value {
        self.client.sagemaker("DescribeEndpoint", &json!({"EndpointName": name})).await.unwrap()
    }

    /// Status, config and reason of an endpoint.
    async fn shown(&self, name: &str) -> (String, String, Option<String>) {
        let shown = self.describe(name).await;
        let text = |member: &str| shown[member].as_str().map(str::to_owned);
        (text("EndpointStatus").unwrap(), text("EndpointConfigName").unwrap(), text("FailureReason"))
    }

    /// How the newest deployment of an endpoint ended, and its events' phases.
    async fn history(&self, name: &str) -> (String, Vec<String>) {
        let listed = self.client.control("GET", &format!("deployments?endpoint={name}&limit=1"), None).await;
        let id = listed["deployments"][0]["id"].as_str().unwrap();
        let told = self.client.control("GET", &format!("deployments/{id}"), None).await;
        let phases = told["events"].as_array().unwrap().iter();
        let phases = phases.map(|event| event["phase"].as_str().unwrap().to_owned());
        (told["status"].as_str().unwrap().to_owned(), phases.collect())
    }

    async fn now(&self) -> Timestamp {
        self.engine.clock(&self.place.world).await.unwrap().now
    }

    async fn advance(&self, advance: Advance) -> Advanced {
        self.engine.advance(&self.place.world, advance).await.unwrap()
    }

    /// Holds what is stored against what the core makes of its journal.
    async fn audited(&self) {
        let report = audit(&self.place.store).await.unwrap();
        assert_eq!(report.faults, Vec::<String>::new());
    }

    /// Lets so many milliseconds pass; answers what changed on the way, in seconds since `start`.
    async fn pass(&self, ms: i64, start: Timestamp) -> Vec<Line> {
        lines(&self.advance(Advance::By(ms)).await, start)
    }
}

fn lines(advanced: &Advanced, start: Timestamp) -> Vec<Line> {
    let lines = advanced.changes.iter().map(|change| {
        let (status, phase) = change.to.map_or(("gone", None), |to| (to.status, to.phase));
        (change.at.ms_since(start) / 1000, change.endpoint.clone(), status, phase)
    });
    lines.collect()
}

/// Makes the database refuse what a trigger is to look at (`BEFORE UPDATE ON endpoints`) when this holds.
async fn refuse(place: &Place, what: &str, when: &str) {
    let sql = if place.url.starts_with("sqlite:") {
        format!("CREATE TRIGGER poison {what} WHEN {when} BEGIN SELECT RAISE(ABORT, 'poison'); END")
    } else {
        let function = "CREATE OR REPLACE FUNCTION poison() RETURNS TRIGGER LANGUAGE plpgsql AS \
                        $$ BEGIN RAISE EXCEPTION 'poison'; END $$";
        format!(
            "{function}; CREATE TRIGGER poison {what} FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION poison()"
        )
    };
    place.raw(&sql).await.unwrap();
}

/// Makes the database refuse nothing any more.
async fn allow(place: &Place, table: &str) {
    let on = if place.url.starts_with("sqlite:") { String::new() } else { format!(" ON {table}") };
    place.raw(&format!("DROP TRIGGER poison{on}")).await.unwrap();
}
