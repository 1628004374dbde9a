//! Stories of the core: an endpoint's life on a clock of the test's own, with a launcher that does what
//! each variant's behaviour says. Rooms above borrow it for what holds at every moment of a life.

mod faults;
mod guardrails;
pub(crate) mod properties;
mod rollbacks;
mod steering;
mod strikes;
mod warnings;

use std::collections::BTreeMap;

use super::*;
use crate::domain::alarm::{AlarmChange, AlarmSight, AlarmState, Observed};
use crate::domain::capacity::{CapacitySize, CapacityType};
use crate::domain::deployment::config::*;
use crate::domain::event::EventKind;
use crate::domain::fleet::Outcome;
use crate::domain::placement::Resources;
use crate::domain::refusal::Refusal;
use crate::domain::rules::Rules;
use crate::domain::serving::{Publish, Routing, Serving};
use crate::domain::variant::{Behaviour, Echo, Health, PRIMARY, Spec, Variant};

/// An endpoint, the alarms around it and everything that happened, in seconds from the start.
pub(crate) struct Life {
    pub now: i64,
    pub endpoint: Option<Endpoint>,
    pub events: Vec<Event>,
    pub records: Vec<Record>,
    pub rules: Rules,
    /// What the next update is told of alarms that do not exist.
    pub missing: Vec<String>,
    /// What it is told of the others.
    pub warnings: Vec<String>,
    changes: Vec<(String, AlarmChange)>,
    launched: BTreeMap<String, u64>,
    /// Called with every state that a transition leads to.
    pub check: fn(&Endpoint, Timestamp),
}

/// A way to end what is on its way.
pub(crate) type Way = fn(Endpoint, Timestamp, &Rules) -> Option<Transition>;

pub(crate) fn at(secs: i64) -> Timestamp {
    Timestamp(secs * 1000)
}

pub(crate) fn variant(name: &str, instances: u32, health: Health) -> Variant {
    Variant {
        name: name.to_owned(),
        model_id: format!("model-{health:?}"),
        instance_type: "ml.m5.large".to_owned(),
        accelerator_type: None,
        instances,
        weight: 1.0,
        needs: Resources::default(),
        hosts: false,
        managed: None,
        behaviour: Behaviour { startup_ms: 60_000, ping_timeout_ms: 240_000, health },
        serving: Serving::default(),
        routing: Routing::default(),
        container: PRIMARY.to_owned(),
        images: Vec::new(),
        excluded: None,
        echo: Echo::default(),
    }
}

pub(crate) fn spec(config_name: &str, variants: Vec<Variant>) -> Spec {
    Spec {
        config_name: config_name.to_owned(),
        accepted_at: at(0),
        variants,
        asynchronous: false,
        publish: Publish::default(),
        echo: Echo::default(),
    }
}

pub(crate) fn one(config_name: &str, instances: u32) -> Spec {
    spec(config_name, vec![variant("AllTraffic", instances, Health::Passing)])
}

pub(crate) fn percent(value: u32) -> CapacitySize {
    CapacitySize { kind: CapacityType::CapacityPercent, value }
}

pub(crate) fn count(value: u32) -> CapacitySize {
    CapacitySize { kind: CapacityType::InstanceCount, value }
}

/// A blue/green policy that watches the alarm `latency`.
pub(crate) fn blue_green(
    kind: TrafficRoutingType,
    size: Option<CapacitySize>,
    wait: u32,
) -> DeploymentConfig {
    let routing = TrafficRoutingConfig {
        kind,
        wait_interval_in_seconds: wait,
        canary_size: size.filter(|_| kind == TrafficRoutingType::Canary),
        linear_step_size: size.filter(|_| kind == TrafficRoutingType::Linear),
    };
    DeploymentConfig {
        blue_green_update_policy: Some(BlueGreenUpdatePolicy {
            traffic_routing_configuration: routing,
            termination_wait_in_seconds: None,
            maximum_execution_timeout_in_seconds: None,
        }),
        rolling_update_policy: None,
        auto_rollback_configuration: Some(watching("latency")),
    }
}

pub(crate) fn rolling(batch: CapacitySize, wait: u32, back: Option<CapacitySize>) -> DeploymentConfig {
    DeploymentConfig {
        blue_green_update_policy: None,
        rolling_update_policy: Some(RollingUpdatePolicy {
            maximum_batch_size: batch,
            wait_interval_in_seconds: wait,
            maximum_execution_timeout_in_seconds: None,
            rollback_maximum_batch_size: back,
        }),
        auto_rollback_configuration: Some(watching("latency")),
    }
}

fn watching(name: &str) -> AutoRollbackConfig {
    AutoRollbackConfig { alarms: Some(vec![Alarm { alarm_name: Some(name.to_owned()) }]) }
}

impl Life {
    /// An endpoint in service on `spec`, at second 0, with an alarm `latency` that is OK.
    pub fn serving(spec: Spec) -> Self {
        let mut life = Self {
            now: -60,
            endpoint: None,
            events: Vec::new(),
            records: Vec::new(),
            rules: Rules::default(),
            missing: Vec::new(),
            warnings: Vec::new(),
            changes: Vec::new(),
            launched: BTreeMap::new(),
            check: |_, _| {},
        };
        life.alarm("latency", Some(AlarmState::Ok), -60);
        life.create(spec);
        life.run_to(0);
        life.events.clear();
        life.records.clear();
        life
    }

    pub fn create(&mut self, spec: Spec) {
        let create = Create {
            name: "house".into(),
            deployment_id: "d0".into(),
            spec,
            deployment_config: None,
            host: None,
        };
        let transition = Endpoint::create(create, at(self.now)).expect("the spec is legal");
        self.commit(transition, at(self.now));
    }

    pub fn update(&mut self, spec: Spec, config: Option<DeploymentConfig>) -> Result<(), Refusal> {
        let missing_alarms = std::mem::take(&mut self.missing);
        let warnings = std::mem::take(&mut self.warnings);
        self.command(Command::Update(Box::new(Update {
            deployment_id: format!("d{}", self.records.len() + 1),
            spec,
            deployment_config: config,
            retain_deployment_config: false,
            retain: Retain::default(),
            missing_alarms,
            warnings,
        })))
    }

    pub fn command(&mut self, command: Command) -> Result<(), Refusal> {
        let endpoint = self.endpoint.clone().expect("the endpoint exists");
        let transition = endpoint.accept(command, at(self.now), &self.rules)?;
        self.commit(transition, at(self.now));
        Ok(())
    }

    /// Ends what is on its way because its steps fail; false if there is no such end for it.
    pub fn end(&mut self, way: Way) -> bool {
        let endpoint = self.endpoint.clone().expect("the endpoint exists");
        let Some(transition) = way(endpoint, at(self.now), &self.rules) else { return false };
        self.commit(transition, at(self.now));
        true
    }

    /// The alarm goes to a state (or away) at second `secs`; told in the order of time.
    pub fn alarm(&mut self, name: &str, to: Option<AlarmState>, secs: i64) {
        let seq = i64::try_from(self.changes.len()).expect("few changes") + 1;
        self.changes.push((name.to_owned(), AlarmChange { seq, at: at(secs), to }));
    }

    /// Everything that is due by second `secs`, each at its own time.
    pub fn run_to(&mut self, secs: i64) {
        while let Some(due) = self.due().filter(|due| *due <= at(secs)) {
            let endpoint = self.endpoint.clone().expect("what is due exists");
            let observed = self.observe(&endpoint, due);
            match endpoint.step(due, &observed, &self.rules) {
                Some(transition) => self.commit(transition, due),
                None => assert!(self.looks_at(due), "a wake-up at {due} that nothing came of"),
            }
            self.seen(due);
        }
        self.now = secs;
    }

    /// Runs until the endpoint rests; how long it took, in seconds from now.
    pub fn run(&mut self) -> i64 {
        let began = self.now;
        for _ in 0..10_000 {
            let Some(due) = self.due() else { return self.now - began };
            self.run_to((due.0 + 999) / 1000);
        }
        panic!("the endpoint never rests");
    }

    pub fn state(&self) -> &State {
        &self.endpoint.as_ref().expect("the endpoint exists").state
    }

    pub fn status(&self) -> &'static str {
        self.endpoint.as_ref().map_or("gone", |endpoint| endpoint.status(&self.rules).word())
    }

    pub fn reason(&self) -> &str {
        self.endpoint.as_ref().and_then(|endpoint| endpoint.failure_reason.as_deref()).unwrap_or("")
    }

    /// (second, kind, green's percentage) of every event, warnings left out.
    pub fn told(&self) -> Vec<(i64, EventKind, f64)> {
        let told = self.events.iter().filter(|event| event.kind != EventKind::Warning);
        told.map(|event| (event.at.0 / 1000, event.kind, f64::from(event.traffic.green_bp()) / 100.0))
            .collect()
    }

    fn commit(&mut self, transition: Transition, now: Timestamp) {
        self.events.extend(transition.events);
        self.records.extend(transition.record);
        self.endpoint = transition.next;
        for order in &transition.launches {
            let endpoint = self.endpoint.as_mut().expect("only an endpoint launches");
            let variant = endpoint.ordered(order).expect("the order names a variant").clone();
            let before = self.launched.entry(variant.model_id.clone()).or_default();
            let groups = fate(&variant, *before, order.count, now);
            *before += u64::from(order.count);
            endpoint.admit(order, groups);
        }
        if let Some(endpoint) = &self.endpoint {
            (self.check)(endpoint, now);
        }
    }

    /// The endpoint's own time, or an alarm's change that it has not looked at.
    fn due(&self) -> Option<Timestamp> {
        let endpoint = self.endpoint.as_ref()?;
        let watch = endpoint.deployment().and_then(|deployment| deployment.watch.as_ref());
        let looks = self.changes.iter().filter(|(_, change)| {
            watch.is_some_and(|watch| change.seq > watch.after_seq)
                && change.to != Some(AlarmState::Ok)
                && !self.seen_seq(change.seq)
        });
        looks.map(|(_, change)| change.at).chain(endpoint.wake_at()).min()
    }

    fn seen_seq(&self, seq: i64) -> bool {
        self.changes.iter().any(|(name, change)| name == "seen" && change.seq == seq)
    }

    fn looks_at(&self, due: Timestamp) -> bool {
        self.changes.iter().any(|(_, change)| change.at == due)
    }

    fn seen(&mut self, due: Timestamp) {
        let seen: Vec<_> = self.changes.iter().filter(|(_, change)| change.at <= due).cloned().collect();
        for (name, change) in seen {
            if name != "seen" && !self.seen_seq(change.seq) {
                self.changes.push(("seen".to_owned(), change));
            }
        }
    }

    fn observe(&self, endpoint: &Endpoint, now: Timestamp) -> Observed {
        let changes = || self.changes.iter().filter(|(name, change)| name != "seen" && change.at <= now);
        let seq = changes().map(|(_, change)| change.seq).max().unwrap_or(0);
        let Some(deployment) = endpoint.deployment() else { return Observed { alarms: Vec::new(), seq } };
        let since = deployment.watch.as_ref().map_or(seq, |watch| watch.after_seq);
        let sight = |name: &String| {
            let own = || changes().filter(move |(other, _)| other == name).map(|(_, change)| *change);
            AlarmSight {
                name: name.clone(),
                at_open: own().take_while(|change| change.seq <= since).last().and_then(|change| change.to),
                changes: own().filter(|change| change.seq > since).collect(),
            }
        };
        Observed { alarms: deployment.plan.alarms.iter().map(sight).collect(), seq }
    }
}

fn fate(variant: &Variant, before: u64, count: u32, now: Timestamp) -> Vec<Group> {
    let ready = Outcome::Ready(now.plus_ms(variant.behaviour.startup_ms));
    let unhealthy = Outcome::Unhealthy(now.plus_ms(variant.behaviour.ping_timeout_ms));
    let passing = match variant.behaviour.health {
        Health::Passing => count,
        Health::Failing => 0,
        Health::FailingAfter(limit) => {
            u32::try_from(limit.saturating_sub(before)).unwrap_or(count).min(count)
        }
    };
    let groups = [(passing, ready), (count - passing, unhealthy)];
    let groups = groups.into_iter().filter(|(count, _)| *count > 0);
    groups.map(|(count, outcome)| Group { count, launched_at: now, outcome }).collect()
}
