//! The story: an endpoint under traffic, a canary that succeeds, a canary of a model that errs, which its own
//! traffic ends by way of an alarm, and what a check of `InService` alone makes of the two.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::{Interval, MissedTickBehavior, interval};

use super::super::client::Client;
use super::picture;
use crate::cli::paint::{Colour, Paint};
use crate::cli::{moment, say};

/// The endpoint of the story.
pub(super) const ENDPOINT: &str = "shop";
const ALARM: &str = "shop-errors";

/// Requests that need no client, a second of the world.
const REQUESTS_PER_SECOND: &str = "50";

/// The part of its requests that the bad version fails.
const ERROR_RATE: &str = "0.2";

/// How often the story looks for news: three seconds of the world.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Tells the whole story, or why it did not go as it should.
pub(super) async fn tell(client: &Client, paint: Paint) -> Result<(), String> {
    say(&format!(
        "{}\n",
        paint.text(Colour::Bold, &format!("sagebrush on {}, one minute a second", client.url()))
    ));
    let alarm = "INSUFFICIENT_DATA".to_owned();
    let mut teller = Teller { client, paint, looks: interval(LOOK_EVERY), alarm };
    teller.looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    teller.set_the_stage().await?;
    let good = teller.canary_that_succeeds().await?;
    let bad = teller.canary_that_is_rolled_back().await?;
    teller.what_in_service_says(&good, &bad);
    Ok(())
}

/// What an update came to: the config that was wanted, and what `DescribeEndpoint` said at the end.
struct Ended {
    wanted: &'static str,
    described: Value,
}

struct Teller<'a> {
    client: &'a Client,
    paint: Paint,
    looks: Interval,
    /// The state of the alarm when it was last looked at.
    alarm: String,
}

impl Teller<'_> {
    fn heading(&self, text: &str) {
        say(&format!("\n{}\n", self.paint.text(Colour::Bold, text)));
    }

    async fn set_the_stage(&mut self) -> Result<(), String> {
        self.heading(
            "The stage: endpoint shop with four instances on config shop-v1, 50 requests a second, and an alarm that \
             goes off when more than 2 % of them fail",
        );
        for version in 1..=3 {
            self.put_config(version).await?;
        }
        let alarm = json!({
            "AlarmName": ALARM, "Namespace": "AWS/SageMaker", "MetricName": "Invocation5XXErrors",
            "Dimensions": [{"Name": "EndpointName", "Value": ENDPOINT}, {"Name": "VariantName", "Value": "main"}],
            "Statistic": "Average", "Period": 60, "EvaluationPeriods": 1, "Threshold": 0.02,
            "ComparisonOperator": "GreaterThanThreshold", "TreatMissingData": "notBreaching",
        });
        self.client.cloudwatch("PutMetricAlarm", &alarm).await?;
        let tag = json!({"Key": "sagebrush:requests-per-second", "Value": REQUESTS_PER_SECOND});
        let create = json!({"EndpointName": ENDPOINT, "EndpointConfigName": "shop-v1", "Tags": [tag]});
        self.client.sagemaker("CreateEndpoint", &create).await?;
        let id = self.newest_deployment(1).await?;
        self.follow(&id).await.map(drop)
    }

    async fn put_config(&self, version: u32) -> Result<(), String> {
        let image = format!("123456789012.dkr.ecr.us-east-1.amazonaws.com/shop:{version}");
        let name = format!("shop-v{version}");
        let environment = if version == 3 { json!({"SAGEBRUSH_ERROR_RATE": ERROR_RATE}) } else { json!({}) };
        let model = json!({
            "ModelName": name, "PrimaryContainer": {"Image": image, "Environment": environment},
            "ExecutionRoleArn": "arn:aws:iam::123456789012:role/sagemaker",
        });
        self.client.sagemaker("CreateModel", &model).await?;
        let variant = json!({
            "VariantName": "main", "ModelName": name, "InitialInstanceCount": 4, "InstanceType": "ml.m5.large",
        });
        let config = json!({"EndpointConfigName": name, "ProductionVariants": [variant]});
        self.client.sagemaker("CreateEndpointConfig", &config).await?;
        Ok(())
    }

    async fn canary_that_succeeds(&mut self) -> Result<Ended, String> {
        self.heading("1. UpdateEndpoint to shop-v2: a canary on a quarter of the fleet");
        say("            The bar is the traffic: █ the old fleet's, ▒ the new one's; numbers in percent.\n");
        let ended = self.update(2, "shop-v2").await?;
        expect("status of the deployment", &ended.0, "succeeded")?;
        Ok(Ended { wanted: "shop-v2", described: ended.1 })
    }

    async fn canary_that_is_rolled_back(&mut self) -> Result<Ended, String> {
        self.heading(
            "2. UpdateEndpoint to shop-v3, which fails every fifth request: the same canary, the same alarm",
        );
        let ended = self.update(3, "shop-v3").await?;
        expect("status of the deployment", &ended.0, "rolled_back")?;
        expect("EndpointConfigName", &ended.1["EndpointConfigName"], "shop-v2")?;
        let named = ended.1["FailureReason"].as_str().is_some_and(|reason| reason.contains(ALARM));
        if !named {
            return Err(format!("FailureReason does not name the alarm: {}", ended.1["FailureReason"]));
        }
        Ok(Ended { wanted: "shop-v3", described: ended.1 })
    }

    /// Updates the endpoint and tells how it goes. Answers the deployment's status and the endpoint at the end.
    async fn update(&mut self, sequence: u64, config: &str) -> Result<(Value, Value), String> {
        let update = json!({
            "EndpointName": ENDPOINT, "EndpointConfigName": config,
            "DeploymentConfig": {
                "BlueGreenUpdatePolicy": {
                    "TrafficRoutingConfiguration": {
                        "Type": "CANARY", "WaitIntervalInSeconds": 240,
                        "CanarySize": {"Type": "CAPACITY_PERCENT", "Value": 25},
                    },
                    "TerminationWaitInSeconds": 120,
                },
                "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": ALARM}]},
            },
        });
        self.client.sagemaker("UpdateEndpoint", &update).await?;
        let id = self.newest_deployment(sequence).await?;
        let deployment = self.follow(&id).await?;
        let described = self.client.sagemaker("DescribeEndpoint", &json!({"EndpointName": ENDPOINT})).await?;
        expect("EndpointStatus", &described["EndpointStatus"], "InService")?;
        Ok((deployment["status"].clone(), described))
    }

    /// The id of the deployment of that sequence number, which is the newest.
    async fn newest_deployment(&self, sequence: u64) -> Result<String, String> {
        let listed = self
            .client
            .get("/_sagebrush/deployments", &[("endpoint", Some(ENDPOINT)), ("limit", Some("1"))])
            .await?;
        let newest = &listed["deployments"][0];
        match newest["id"].as_str() {
            Some(id) if newest["sequence"] == sequence => Ok(id.to_owned()),
            _ => Err(format!("there is no deployment {sequence} in {listed}")),
        }
    }

    /// Tells a deployment's events as they come, and what the alarm says, until the deployment has ended.
    async fn follow(&mut self, id: &str) -> Result<Value, String> {
        let mut told = 0;
        loop {
            let deployment = self.client.get(&format!("/_sagebrush/deployments/{id}"), &[]).await?;
            self.look_at_the_alarm().await?;
            let events = deployment["events"].as_array().map_or(&[][..], Vec::as_slice);
            for event in &events[told..] {
                say(&picture::event(self.paint, event));
            }
            told = events.len();
            if deployment["ended_at"].is_string() {
                return Ok(deployment);
            }
            self.looks.tick().await;
        }
    }

    /// Tells the alarm's last transition if it is news.
    async fn look_at_the_alarm(&mut self) -> Result<(), String> {
        let asked = json!({"AlarmName": ALARM, "HistoryItemType": "StateUpdate", "MaxRecords": 1});
        let history = self.client.cloudwatch("DescribeAlarmHistory", &asked).await?;
        let item = &history["AlarmHistoryItems"][0];
        let Some(summary) = item["HistorySummary"].as_str() else { return Ok(()) };
        let state = summary.rsplit(' ').next().unwrap_or_default();
        if state == self.alarm {
            return Ok(());
        }
        state.clone_into(&mut self.alarm);
        let body: Value =
            serde_json::from_str(item["HistoryData"].as_str().unwrap_or_default()).unwrap_or_default();
        let reason = body["newState"]["stateReason"].as_str().unwrap_or_default();
        let colour = if state == "ALARM" { Colour::Red } else { Colour::Green };
        let line = self.paint.text(colour, &format!("alarm {ALARM} goes to {state}"));
        let at = json!(moment::instant(&item["Timestamp"]).map(|at| at.to_string()));
        say(&format!("  {}  {line}: {reason}\n", moment::time_of_day(&at)));
        Ok(())
    }

    /// The point of it all.
    fn what_in_service_says(&self, good: &Ended, bad: &Ended) {
        self.heading("What a pipeline that waits for InService would have believed");
        for (number, Ended { wanted, described }) in [(1, good), (2, bad)] {
            let (status, config) = (&described["EndpointStatus"], &described["EndpointConfigName"]);
            let serves = config.as_str().unwrap_or_default();
            let (verdict, colour) = if serves == *wanted {
                ("deployed, and it is", Colour::Green)
            } else {
                ("deployed, but it was rolled back", Colour::Red)
            };
            let status = status.as_str().unwrap_or_default();
            say(&format!("  {number}. EndpointStatus {status}: {wanted} is "));
            say(&format!("{}. EndpointConfigName is {serves}.\n", self.paint.text(colour, verdict)));
        }
        let reason = bad.described["FailureReason"].as_str().unwrap_or_default();
        say(&format!("     FailureReason, which the waiter does not show: {reason}\n"));
    }
}

fn expect(what: &str, is: &Value, shall_be: &str) -> Result<(), String> {
    if is == shall_be { Ok(()) } else { Err(format!("the {what} is {is}, not \"{shall_be}\"")) }
}
