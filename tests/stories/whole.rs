//! The whole server on a store, on a manual clock: everything that a client can do or see goes through the
//! router that the server serves.

use aws_smithy_types::date_time::{DateTime, Format};
use sagebrush::audit::audit;
use sagebrush::clock::Timestamp;
use sagebrush::config::Settings;
use sagebrush::domain::alarm::AlarmState;
use sagebrush::domain::deployment::Steer;
use sagebrush::domain::endpoint::ScaleTarget;
use sagebrush::domain::rules::Rules;
use sagebrush::engine::Engine;
use sagebrush::server;
use sagebrush::store::{Alarm, AlarmKind, Effect, NewItem, Tags};
use serde_json::{Value, json};

use super::client::Client;
use super::driver::Driver;
use super::recipe::Recipe;
use super::seen::{Line, Seen, Shown, Told};
use crate::store::Place;

pub struct Whole {
    client: Client,
    place: Place,
    rules: Rules,
    ahead: Vec<Ahead>,
}

/// What is recorded of an alarm before its time has come.
struct Ahead {
    at: Timestamp,
    to: Option<AlarmState>,
    /// The alarm as it was.
    alarm: Alarm,
}

impl Whole {
    pub fn new(rules: Rules, place: Place) -> Self {
        let settings = Settings { rules, ..Settings::default() };
        let router = server::router(&Engine::new(place.store.clone(), rules), &settings);
        Self { client: Client::new(router), place, rules, ahead: Vec::new() }
    }

    /// Makes the config of that number and its model anew: a refused update has left some behind.
    async fn define(&self, recipe: &Recipe, number: u32, fleet: u32) -> Result<(), String> {
        let config = recipe.create_config(number, fleet);
        let name = json!({"EndpointConfigName": config["EndpointConfigName"]});
        if self.client.sagemaker("DescribeEndpointConfig", &name).await.is_ok() {
            self.client.sagemaker("DeleteEndpointConfig", &name).await?;
        }
        let (model, shared) = recipe.model(number);
        let name = json!({"ModelName": model});
        let exists = self.client.sagemaker("DescribeModel", &name).await.is_ok();
        if exists && !shared {
            self.client.sagemaker("DeleteModel", &name).await?;
        }
        if !(exists && shared) {
            self.client.sagemaker("CreateModel", &recipe.create_model(number)).await?;
        }
        self.client.sagemaker("CreateEndpointConfig", &config).await.map(drop)
    }

    async fn exists(&self, alarm: &str) -> bool {
        let answer = self.client.cloudwatch("DescribeAlarms", &json!({"AlarmNames": [alarm]})).await;
        answer["MetricAlarms"].as_array().is_some_and(|alarms| !alarms.is_empty())
    }

    /// No client can say what will become of an alarm: the item goes into the store's history with its time,
    /// which is the only way to an alarm of the very instant at which a stage ends.
    async fn record_ahead(&mut self, name: &str, to: Option<AlarmState>, at: Timestamp) {
        let mut tx = self.place.store.begin(&self.place.world).await.unwrap();
        let alarm = tx.alarm(&self.place.world, name).await.unwrap();
        let item = NewItem {
            alarm: name,
            kind: AlarmKind::Metric,
            at,
            item_type: "StateUpdate",
            summary: "as the story says",
            body: "{}",
            effect: to.map_or(Effect::Deleted, Effect::Entered),
        };
        tx.append_alarm_history(&item).await.unwrap();
        tx.commit().await.unwrap();
        let alarm = alarm.unwrap_or_else(|| panic!("{name} must exist for something to be recorded ahead"));
        self.ahead.push(Ahead { at, to, alarm });
    }

    /// Brings the alarms to what was recorded ahead, once its time has come.
    async fn catch_up(&mut self, now: Timestamp) {
        for Ahead { at, to, alarm } in self.ahead.extract_if(.., |ahead| ahead.at <= now) {
            let mut tx = self.place.store.begin(&self.place.world).await.unwrap();
            match to {
                Some(state) => {
                    let alarm = Alarm { state, updated: at, transitioned: at, ..alarm };
                    tx.put_alarm(&alarm, &Tags::new()).await.unwrap();
                }
                None => drop(tx.delete_alarm(&alarm.name).await.unwrap()),
            }
            tx.commit().await.unwrap();
        }
    }

    /// `DescribeEndpoint`. It does not show a deployment's phase, its step and its halves, nor when something
    /// is due next: these are read from the store.
    async fn endpoint(&self, name: &str) -> (Option<Shown>, Option<Timestamp>) {
        let described = self.client.sagemaker("DescribeEndpoint", &json!({"EndpointName": name})).await;
        let row = self.place.store.session().endpoint(&self.place.world, name).await.unwrap();
        let described = match described {
            Ok(described) => described,
            Err(refusal) => {
                assert!(refusal.starts_with("Could not find endpoint") && row.is_none(), "{refusal}");
                return (None, None);
            }
        };
        let row = row.expect("what is described is stored");
        let text = |member: &str| described[member].as_str().map(str::to_owned);
        let shown = Shown {
            status: text("EndpointStatus").expect("every endpoint has a status"),
            config: text("EndpointConfigName").expect("every endpoint has a config"),
            reason: text("FailureReason"),
            ..Shown::of(&row.endpoint, &self.rules)
        };
        (Some(shown), row.wake)
    }

    /// The identity of the latest deployment.
    async fn latest(&self, name: &str) -> Option<String> {
        let path = format!("deployments?endpoint={name}&limit=1");
        let listed = self.client.control("GET", &path, None).await;
        listed["deployments"].get(0)?["id"].as_str().map(str::to_owned)
    }

    /// The latest deployment, as the control API has it.
    async fn history(&self, name: &str) -> Option<Told> {
        let id = self.latest(name).await?;
        let told = self.client.control("GET", &format!("deployments/{id}"), None).await;
        let lines = told["events"].as_array().unwrap().iter().map(|event| Line {
            kind: event["phase"].as_str().unwrap().to_owned(),
            step: event["step"].as_u64(),
            at: time(&event["time"]),
            message: event["message"].as_str().unwrap().to_owned(),
        });
        Some(Told { status: told["status"].as_str().unwrap().to_owned(), lines: lines.collect() })
    }
}

impl Driver for Whole {
    async fn now(&mut self) -> Timestamp {
        time(&self.client.control("GET", "clock", None).await["now"])
    }

    async fn create(&mut self, recipe: &Recipe) -> Result<(), String> {
        self.define(recipe, 1, recipe.fleet.unwrap_or(1)).await?;
        self.client.sagemaker("CreateEndpoint", &recipe.create_endpoint()).await.map(drop)
    }

    async fn update(&mut self, recipe: &Recipe, number: u32, fleet: u32) -> Result<(), String> {
        self.define(recipe, number, fleet).await?;
        self.client.sagemaker("UpdateEndpoint", &recipe.update_endpoint(number)).await.map(drop)
    }

    async fn scale(&mut self, name: &str, targets: &[ScaleTarget]) -> Result<(), String> {
        let wanted = targets.iter().map(|target| {
            let mut wanted = json!({"VariantName": target.name});
            if let Some(weight) = target.weight {
                wanted["DesiredWeight"] = weight.into();
            }
            if let Some(instances) = target.instances {
                wanted["DesiredInstanceCount"] = instances.into();
            }
            wanted
        });
        let wanted: Vec<_> = wanted.collect();
        let request = json!({"EndpointName": name, "DesiredWeightsAndCapacities": wanted});
        self.client.sagemaker("UpdateEndpointWeightsAndCapacities", &request).await.map(drop)
    }

    async fn delete(&mut self, name: &str) -> Result<(), String> {
        self.client.sagemaker("DeleteEndpoint", &json!({"EndpointName": name})).await.map(drop)
    }

    async fn steer(&mut self, name: &str, steer: Steer) -> Result<(), String> {
        let id = self.latest(name).await.ok_or("there is no such endpoint")?;
        let path = format!("deployments/{id}/{}", steer.word());
        let steered = self.client.control("POST", &path, None).await;
        let message = steered["message"].as_str().unwrap().to_owned();
        if steered["changed"] == true { Ok(()) } else { Err(message) }
    }

    async fn record_alarm(&mut self, name: &str, to: Option<AlarmState>, at: Timestamp) {
        if at > self.now().await {
            return self.record_ahead(name, to, at).await;
        }
        let Some(state) = to else {
            self.client.cloudwatch("DeleteAlarms", &json!({"AlarmNames": [name]})).await;
            return;
        };
        if !self.exists(name).await {
            let alarm = json!({
                "AlarmName": name, "Namespace": "Story", "MetricName": "Latency",
                "Statistic": "Average", "Period": 60, "EvaluationPeriods": 1, "Threshold": 1.0,
                "ComparisonOperator": "GreaterThanThreshold",
                // It never has a datapoint: so it stays where the story puts it.
                "TreatMissingData": "ignore",
            });
            self.client.cloudwatch("PutMetricAlarm", &alarm).await;
        }
        let set = json!({"AlarmName": name, "StateValue": state.word(), "StateReason": "as the story says"});
        self.client.cloudwatch("SetAlarmState", &set).await;
    }

    async fn advance_to(&mut self, target: Timestamp) -> Vec<String> {
        let way_ms = target.ms_since(self.now().await);
        let request = json!({"seconds": way_ms as f64 / 1000.0});
        let advanced = self.client.control("POST", "clock/advance", Some(&request)).await;
        assert_eq!(time(&advanced["now"]), target, "the clock stands where it was told to");
        let transitions = advanced["transitions"].as_array().unwrap();
        assert!(transitions.is_sorted_by_key(|it| time(&it["time"])), "steps are in the order of time");
        self.catch_up(target).await;
        transitions.iter().map(|it| it["endpoint"].as_str().unwrap().to_owned()).collect()
    }

    async fn see(&mut self, name: &str) -> Seen {
        let (endpoint, wake) = self.endpoint(name).await;
        Seen { endpoint, wake, history: self.history(name).await, order: Vec::new() }
    }

    async fn faults(&mut self) -> Vec<String> {
        let report = audit(&self.place.store).await.expect("the store answers");
        assert!(report.without_journal == 0, "every deployment has its journal: {report:?}");
        report.faults
    }
}

/// A time of the control API.
fn time(text: &Value) -> Timestamp {
    let text = text.as_str().expect("a time is a text");
    Timestamp(DateTime::from_str(text, Format::DateTime).unwrap().to_millis().unwrap())
}
