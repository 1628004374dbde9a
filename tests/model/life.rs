//! One endpoint of the model at an instant: the core's state, and what its deployment has told.
//!
//! A stage takes a second. A second is the model's smallest piece of time, so that everything that can happen
//! between two steps happens at their instants.

use crate::clock::Timestamp;
use crate::domain::alarm::Observed;
use crate::domain::capacity::{CapacitySize, CapacityType, Traffic};
use crate::domain::deployment::config::{
    Alarm, AutoRollbackConfig, BlueGreenUpdatePolicy, DeploymentConfig, RollingUpdatePolicy,
    TrafficRoutingConfig, TrafficRoutingType,
};
use crate::domain::deployment::record::Status;
use crate::domain::deployment::{Deployment, Leg, Phase};
use crate::domain::endpoint::{Command, Create, Endpoint, Retain, Transition, Update};
use crate::domain::event::{CauseKind, Event};
use crate::domain::fleet::Group;
use crate::domain::placement::Resources;
use crate::domain::rules::Rules;
use crate::domain::serving::{Publish, Routing, Serving};
use crate::domain::variant::{Behaviour, Echo, Health, PRIMARY, Spec, Variant};
use crate::fleet;

/// The alarm that both deployments watch.
pub const ALARM: &str = "latency";

/// When the endpoints were created and the alarm became OK.
pub const BEGINNING: Timestamp = Timestamp(-60_000);

const STAGE_MS: i64 = 1_000;

/// Every stage takes a second.
pub fn rules() -> Rules {
    Rules { activate_ms: STAGE_MS, terminate_ms: STAGE_MS, delete_ms: STAGE_MS, ..Rules::default() }
}

/// The instant of a second.
pub fn instant(second: u8) -> Timestamp {
    Timestamp(i64::from(second) * STAGE_MS)
}

fn second(at: Timestamp) -> u8 {
    u8::try_from(at.0 / STAGE_MS).expect("the model is short")
}

/// An endpoint, and its latest update.
#[derive(Clone, Debug)]
pub struct Life {
    /// `None` when it is gone.
    pub endpoint: Option<Endpoint>,
    /// Which update it is, from 0.
    pub update: usize,
    /// How that stands.
    pub status: Status,
    /// Its lines so far.
    pub lines: u8,
    /// How many of them end it.
    pub endings: u8,
    /// Whether an alarm made it roll back.
    pub by_alarm: bool,
    /// How its alarm's window opened, and the second at which it closed.
    pub window: Option<(i64, Option<u8>)>,
    modified: u8,
}

impl Life {
    /// An endpoint of two instances at second 0, when an update with this config has been accepted.
    pub fn updating(name: &str, config: DeploymentConfig) -> Self {
        let create = Create {
            name: name.to_owned(),
            deployment_id: "creation".to_owned(),
            spec: spec(name, 1, BEGINNING),
            deployment_config: None,
            host: None,
        };
        let created = Endpoint::create(create, BEGINNING).expect("the config is legal");
        let endpoint = created.admitted(&fates(&created, BEGINNING)).expect("it is there");
        let up = endpoint.step(BEGINNING.plus_ms(STAGE_MS), &Observed::default(), &rules());
        let endpoint = up.and_then(|up| up.next).expect("it is in service");
        let update = update(name, 1, Some(config), 0);
        let accepted = endpoint.accept(Command::Update(Box::new(update)), instant(0), &rules());
        let accepted = accepted.expect("the update is legal");
        let nothing = Self {
            endpoint: None,
            update: 0,
            status: Status::Running,
            lines: 0,
            endings: 0,
            by_alarm: false,
            window: None,
            modified: 0,
        };
        nothing.after(&accepted, 0)
    }

    /// The life after a transition at `at`.
    pub fn after(&self, transition: &Transition, at: u8) -> Self {
        let watched = self.watches();
        let mut next = self.clone();
        next.endpoint = transition.admitted(&fates(transition, instant(at)));
        next.modified = at;
        if let Some(record) = &transition.record {
            let update = usize::try_from(record.sequence - 2).expect("the creation is the first");
            if update != self.update {
                next = Self { update, lines: 0, endings: 0, by_alarm: false, window: None, ..next };
            }
            next.status = record.status;
            next.lines += count(&transition.events, |_| true);
            next.endings += count(&transition.events, Event::is_ending);
            next.by_alarm |= count(&transition.events, |event| event.cause == Some(CauseKind::Alarm)) > 0;
        }
        match (watched, next.watches()) {
            (_, Some(after)) => next.window = Some((after, None)),
            (Some(after), None) => next.window = Some((after, Some(at))),
            (None, None) => {}
        }
        next
    }

    /// A further update of it at `at`.
    pub fn plain_update(&self, at: u8) -> Update {
        let name = &self.endpoint.as_ref().expect("it is there").name;
        update(name, 2, None, at)
    }

    /// When it is due by its state.
    pub fn wake(&self) -> Option<u8> {
        self.endpoint.as_ref().and_then(Endpoint::wake_at).map(second)
    }

    /// When it last changed.
    pub fn modified(&self) -> u8 {
        self.modified
    }

    /// The place in the alarm's history after which its open window sees.
    pub fn watches(&self) -> Option<i64> {
        self.deployment()?.watch.as_ref().map(|watch| watch.after_seq)
    }

    /// Its traffic on blue and on green, in hundredths of a percent.
    pub fn traffic(&self) -> (u16, u16) {
        let traffic = self.deployment().map_or(Traffic::BLUE, Deployment::traffic);
        (traffic.blue_bp(), traffic.green_bp())
    }

    /// Whether it launches instances of the old config again.
    pub fn launches_back(&self) -> bool {
        let phase = self.deployment().map(|deployment| &deployment.phase);
        matches!(phase, Some(Phase::RollingBack { leg: Leg::Launching, .. }))
    }

    fn deployment(&self) -> Option<&Deployment> {
        self.endpoint.as_ref().and_then(Endpoint::deployment)
    }
}

fn count(events: &[Event], which: impl Fn(&Event) -> bool) -> u8 {
    u8::try_from(events.iter().filter(|event| which(event)).count()).expect("a history is short")
}

/// What becomes of the instances that a transition orders.
fn fates(transition: &Transition, at: Timestamp) -> Vec<Vec<Group>> {
    let Some(next) = &transition.next else { return Vec::new() };
    let launched = transition.launches.iter().map(|order| {
        let variant = next.ordered(order).expect("an order names a variant of its fleet");
        fleet::launch(variant, 0, order.count, at)
    });
    launched.collect()
}

fn spec(name: &str, number: u32, at: Timestamp) -> Spec {
    let variant = Variant {
        name: "main".to_owned(),
        model_id: "model".to_owned(),
        instance_type: "ml.m5.large".to_owned(),
        accelerator_type: None,
        instances: 2,
        weight: 1.0,
        needs: Resources::default(),
        hosts: false,
        managed: None,
        behaviour: Behaviour { startup_ms: STAGE_MS, ping_timeout_ms: STAGE_MS, health: Health::Passing },
        serving: Serving::default(),
        routing: Routing::default(),
        container: PRIMARY.to_owned(),
        images: Vec::new(),
        excluded: None,
        echo: Echo::default(),
    };
    Spec {
        config_name: format!("{name}-{number}"),
        accepted_at: at,
        variants: vec![variant],
        asynchronous: false,
        publish: Publish::default(),
        echo: Echo::default(),
    }
}

fn update(name: &str, number: u32, deployment_config: Option<DeploymentConfig>, at: u8) -> Update {
    Update {
        deployment_id: format!("update-{number}"),
        spec: spec(name, number + 1, instant(at)),
        deployment_config,
        retain_deployment_config: false,
        retain: Retain::default(),
        missing_alarms: Vec::new(),
        warnings: Vec::new(),
    }
}

/// One instance, then the other; each bakes for a second.
pub fn canary() -> DeploymentConfig {
    let one = CapacitySize { kind: CapacityType::InstanceCount, value: 1 };
    DeploymentConfig {
        blue_green_update_policy: Some(BlueGreenUpdatePolicy {
            traffic_routing_configuration: TrafficRoutingConfig {
                kind: TrafficRoutingType::Canary,
                wait_interval_in_seconds: 1,
                canary_size: Some(one),
                linear_step_size: None,
            },
            termination_wait_in_seconds: None,
            maximum_execution_timeout_in_seconds: None,
        }),
        auto_rollback_configuration: Some(watching()),
        ..DeploymentConfig::default()
    }
}

/// Two batches of one instance; each bakes for a second.
pub fn rolling() -> DeploymentConfig {
    DeploymentConfig {
        rolling_update_policy: Some(RollingUpdatePolicy {
            maximum_batch_size: CapacitySize { kind: CapacityType::InstanceCount, value: 1 },
            wait_interval_in_seconds: 1,
            maximum_execution_timeout_in_seconds: None,
            rollback_maximum_batch_size: None,
        }),
        auto_rollback_configuration: Some(watching()),
        ..DeploymentConfig::default()
    }
}

fn watching() -> AutoRollbackConfig {
    AutoRollbackConfig { alarms: Some(vec![Alarm { alarm_name: Some(ALARM.to_owned()) }]) }
}
