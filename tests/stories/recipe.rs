//! The options of `endpoint`, `create` and `update`, and the domain's values that they make.
//!
//! ```text
//! fleet N · variants a,b · startup TIME · health HEALTH · ping TIME · model NAME · async
//! excluded "WHY"                  its last word is the instance type
//! wait TIME · termination TIME · timeout TIME · rollback SIZE · alarms a,b · retain-config · retain
//! ```

mod requests;

use sagebrush::clock::Timestamp;
use sagebrush::domain::capacity::CapacitySize;
use sagebrush::domain::deployment::config::{
    Alarm, AutoRollbackConfig, BlueGreenUpdatePolicy, DeploymentConfig, RollingUpdatePolicy,
    TrafficRoutingConfig, TrafficRoutingType,
};
use sagebrush::domain::endpoint::{Create, Retain, Update};
use sagebrush::domain::placement::Resources;
use sagebrush::domain::serving::{Publish, Routing, Serving};
use sagebrush::domain::variant::{Behaviour, Echo, Health, PRIMARY, Spec, Variant};

use super::words::Words;

/// What a line says of a config and its deployment.
#[derive(Clone)]
pub struct Recipe {
    pub endpoint: String,
    /// As many as before if it is not said.
    pub fleet: Option<u32>,
    pub alarms: Vec<String>,
    variants: Vec<String>,
    behaviour: Behaviour,
    model: Option<String>,
    excluded: Option<String>,
    asynchronous: bool,
    strategy: Strategy,
    wait_secs: u32,
    termination_secs: Option<u32>,
    timeout_secs: Option<u32>,
    rollback: Option<CapacitySize>,
    retain_config: bool,
    retain: bool,
}

#[derive(Clone, Copy)]
enum Strategy {
    None,
    BlueGreen(TrafficRoutingType, Option<CapacitySize>),
    Rolling(CapacitySize),
}

impl Recipe {
    pub fn read(endpoint: String, words: &mut Words) -> Result<Self, String> {
        let health = Health::Passing;
        let mut recipe = Self {
            endpoint,
            fleet: None,
            alarms: Vec::new(),
            variants: vec!["main".to_owned()],
            behaviour: Behaviour { startup_ms: 60_000, ping_timeout_ms: 240_000, health },
            model: None,
            excluded: None,
            asynchronous: false,
            strategy: Strategy::None,
            wait_secs: 0,
            termination_secs: None,
            timeout_secs: None,
            rollback: None,
            retain_config: false,
            retain: false,
        };
        while recipe.option(words)? {}
        Ok(recipe)
    }

    /// Takes the next option; false if there is none.
    fn option(&mut self, words: &mut Words) -> Result<bool, String> {
        if words.take("plain") {
            self.strategy = Strategy::None;
        } else if words.take("all-at-once") {
            self.strategy = Strategy::BlueGreen(TrafficRoutingType::AllAtOnce, None);
        } else if words.take("canary") {
            self.strategy = Strategy::BlueGreen(TrafficRoutingType::Canary, Some(words.size("the canary")?));
        } else if words.take("linear") {
            self.strategy = Strategy::BlueGreen(TrafficRoutingType::Linear, Some(words.size("the step")?));
        } else if words.take("rolling") {
            self.strategy = Strategy::Rolling(words.size("the batch")?);
        } else if words.take("wait") {
            self.wait_secs = secs(words, "the wait")?;
        } else if words.take("termination") {
            self.termination_secs = Some(secs(words, "the termination wait")?);
        } else if words.take("timeout") {
            self.timeout_secs = Some(secs(words, "the timeout")?);
        } else if words.take("rollback") {
            self.rollback = Some(words.size("the rollback's batch")?);
        } else if words.take("alarms") {
            self.alarms = words.names("the alarms")?;
        } else {
            return self.spec_option(words);
        }
        Ok(true)
    }

    fn spec_option(&mut self, words: &mut Words) -> Result<bool, String> {
        if words.take("fleet") {
            self.fleet = Some(words.number("the fleet")?);
        } else if words.take("variants") {
            self.variants = words.names("the variants")?;
        } else if words.take("startup") {
            self.behaviour.startup_ms = words.ms("the start-up")?;
        } else if words.take("ping") {
            self.behaviour.ping_timeout_ms = words.ms("the ping timeout")?;
        } else if words.take("health") {
            self.behaviour.health = words.health()?;
        } else if words.take("model") {
            self.model = Some(words.next("a model")?);
        } else if words.take("excluded") {
            self.excluded = Some(words.next("a reason")?);
        } else if words.take("async") {
            self.asynchronous = true;
        } else if words.take("retain-config") {
            self.retain_config = true;
        } else if words.take("retain") {
            self.retain = true;
        } else {
            return Ok(false);
        }
        Ok(true)
    }

    /// A config is called like its endpoint, with a number.
    fn config_name(&self, number: u32) -> String {
        format!("{}-{number}", self.endpoint)
    }

    fn spec(&self, number: u32, fleet: u32, now: Timestamp) -> Spec {
        let config_name = self.config_name(number);
        let variant = |name: &String| Variant {
            name: name.clone(),
            model_id: self.model.clone().unwrap_or_else(|| config_name.clone()),
            instance_type: "ml.m5.large".to_owned(),
            accelerator_type: None,
            instances: fleet,
            weight: 1.0,
            needs: Resources::default(),
            hosts: false,
            managed: None,
            behaviour: self.behaviour,
            serving: Serving::default(),
            routing: Routing::default(),
            container: PRIMARY.to_owned(),
            images: Vec::new(),
            excluded: self.excluded.clone(),
            echo: Echo::default(),
        };
        let variants = self.variants.iter().map(variant).collect();
        let (asynchronous, publish) = (self.asynchronous, Publish::default());
        Spec { config_name, accepted_at: now, variants, asynchronous, publish, echo: Echo::default() }
    }

    fn deployment_config(&self) -> Option<DeploymentConfig> {
        let alarm = |name: &String| Alarm { alarm_name: Some(name.clone()) };
        let alarms = self.alarms.iter().map(alarm).collect::<Vec<_>>();
        let auto = (!alarms.is_empty()).then_some(AutoRollbackConfig { alarms: Some(alarms) });
        let mut config =
            DeploymentConfig { auto_rollback_configuration: auto, ..DeploymentConfig::default() };
        match self.strategy {
            Strategy::None => {}
            Strategy::BlueGreen(kind, size) => {
                let is_linear = kind == TrafficRoutingType::Linear;
                config.blue_green_update_policy = Some(BlueGreenUpdatePolicy {
                    traffic_routing_configuration: TrafficRoutingConfig {
                        kind,
                        wait_interval_in_seconds: self.wait_secs,
                        canary_size: size.filter(|_| !is_linear),
                        linear_step_size: size.filter(|_| is_linear),
                    },
                    termination_wait_in_seconds: self.termination_secs,
                    maximum_execution_timeout_in_seconds: self.timeout_secs,
                });
            }
            Strategy::Rolling(maximum_batch_size) => {
                config.rolling_update_policy = Some(RollingUpdatePolicy {
                    maximum_batch_size,
                    wait_interval_in_seconds: self.wait_secs,
                    maximum_execution_timeout_in_seconds: self.timeout_secs,
                    rollback_maximum_batch_size: self.rollback,
                });
            }
        }
        (config != DeploymentConfig::default()).then_some(config)
    }

    pub fn create(&self, id: String, now: Timestamp) -> Create {
        let spec = self.spec(1, self.fleet.unwrap_or(1), now);
        let deployment_config = self.deployment_config();
        Create { name: self.endpoint.clone(), deployment_id: id, spec, deployment_config, host: None }
    }

    /// The update to the endpoint's config of that number.
    pub fn update(
        &self,
        number: u32,
        id: String,
        fleet: u32,
        missing: Vec<String>,
        now: Timestamp,
    ) -> Update {
        Update {
            deployment_id: id,
            spec: self.spec(number, fleet, now),
            deployment_config: self.deployment_config(),
            retain_deployment_config: self.retain_config,
            retain: Retain { instances: self.retain, weight: self.retain },
            missing_alarms: missing,
            warnings: Vec::new(),
        }
    }
}

fn secs(words: &mut Words, what: &str) -> Result<u32, String> {
    u32::try_from(words.ms(what)? / 1000).map_err(|_| format!("{what} must not be negative"))
}
