//! What clients ask of an endpoint, and when it is refused.

use super::scaling::Scaling;
use super::{Endpoint, State, Transition};
use crate::clock::Timestamp;
use crate::domain::capacity::{Share, Traffic};
use crate::domain::deployment::config::DeploymentConfig;
use crate::domain::deployment::plan::{Plan, Strategy};
use crate::domain::deployment::record::{Kind, Record, Status};
use crate::domain::deployment::{Deployment, LaunchOrder, Log, Phase, Side, check};
use crate::domain::event::{Event, EventKind};
use crate::domain::fleet::Fleet;
use crate::domain::refusal::Refusal;
use crate::domain::rules::{MissingAlarm, Rules};
use crate::domain::variant::Spec;

/// `CreateEndpoint`.
#[derive(Clone, Debug, PartialEq)]
pub struct Create {
    /// `EndpointName`.
    pub name: String,
    /// Identity for the creation's row in the history.
    pub deployment_id: String,
    /// The endpoint's own copy of its config.
    pub spec: Spec,
    /// Stored for later updates.
    pub deployment_config: Option<DeploymentConfig>,
}

/// `UpdateEndpoint`.
#[derive(Clone, Debug, PartialEq)]
pub struct Update {
    /// Identity for the deployment's row in the history.
    pub deployment_id: String,
    /// The endpoint's own copy of the new config.
    pub spec: Spec,
    /// How to carry it out.
    pub deployment_config: Option<DeploymentConfig>,
    /// Whether to reuse the last one where none is given.
    pub retain_deployment_config: bool,
    /// Which properties of the variants in service to keep.
    pub retain: Retain,
    /// Alarms of the deployment config that do not exist.
    pub missing_alarms: Vec<String>,
}

/// `RetainAllVariantProperties` with its exceptions: which properties of a variant in service, found by
/// its name, win over the new config's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Retain {
    /// `DesiredInstanceCount`.
    pub instances: bool,
    /// `DesiredWeight`.
    pub weight: bool,
}

/// One variant of `UpdateEndpointWeightsAndCapacities`.
#[derive(Clone, Debug, PartialEq)]
pub struct ScaleTarget {
    /// `VariantName`.
    pub name: String,
    /// `DesiredWeight`.
    pub weight: Option<f64>,
    /// `DesiredInstanceCount`.
    pub instances: Option<u32>,
}

/// What a client asks of an endpoint that exists.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// `UpdateEndpoint`.
    Update(Box<Update>),
    /// `UpdateEndpointWeightsAndCapacities`.
    Scale(Vec<ScaleTarget>),
    /// `DeleteEndpoint`.
    Delete,
}

/// What a client asks for, without how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// `UpdateEndpoint`.
    Update,
    /// `UpdateEndpointWeightsAndCapacities`.
    Scale,
    /// `DeleteEndpoint`.
    Delete,
}

impl Command {
    /// What it asks for.
    pub fn verb(&self) -> Verb {
        match self {
            Self::Update(_) => Verb::Update,
            Self::Scale(_) => Verb::Scale,
            Self::Delete => Verb::Delete,
        }
    }
}

impl Endpoint {
    /// A new endpoint.
    pub fn create(create: Create, now: Timestamp) -> Result<Transition, Refusal> {
        if let Some(config) = &create.deployment_config {
            check::alone(config)?;
        }
        let green = Fleet::empty(create.spec);
        let launches = all_of(&green);
        let total = launches.iter().map(|order| order.count).fold(0, u32::saturating_add);
        let event = Event {
            at: now,
            kind: EventKind::Launching,
            step: None,
            traffic: Traffic::BLUE,
            message: format!("Launching {total} instance(s) of {}.", green.spec.config_name),
            cause: None,
            alarms: Vec::new(),
        };
        let endpoint = Self {
            name: create.name,
            created_at: now,
            modified_at: now,
            deployments: 1,
            last_deployment_config: create.deployment_config,
            failure_reason: None,
            state: State::Creating { id: create.deployment_id, green, since: now },
        };
        let record = endpoint.creation_record(Status::Running, None);
        Ok(Transition { next: Some(endpoint), record, events: vec![event], launches })
    }

    /// A command at `now`. The endpoint must have been brought to `now` by [`step`](Self::step).
    pub fn accept(self, command: Command, now: Timestamp, rules: &Rules) -> Result<Transition, Refusal> {
        self.permits(command.verb())?;
        match command {
            Command::Update(update) => self.update(*update, now, rules),
            Command::Scale(targets) => self.scale(&targets, now),
            Command::Delete => Ok(self.delete(now, rules)),
        }
    }

    /// Whether a command of this kind can be accepted where the endpoint stands, whatever it says.
    pub fn permits(&self, verb: Verb) -> Result<(), Refusal> {
        match (&self.state, verb) {
            (State::Failed { .. }, Verb::Update | Verb::Scale) => Err(Refusal::Failed),
            (State::Mixed(_), Verb::Scale) => Err(Refusal::invalid(
                "UpdateEndpointWeightsAndCapacities is not possible while the endpoint is \
                 UpdateRollbackFailed: recover it by UpdateEndpoint.",
            )),
            (State::InService(_) | State::Mixed(_) | State::Failed { .. }, _) => Ok(()),
            _ => Err(Refusal::InProgress),
        }
    }

    fn update(mut self, update: Update, now: Timestamp, rules: &Rules) -> Result<Transition, Refusal> {
        let blue = self.in_service();
        let mut spec = update.spec;
        retain(&mut spec, &blue[0].spec, update.retain);
        if blue[0].spec.asynchronous && !spec.asynchronous {
            return Err(Refusal::invalid(format!(
                "The AsyncInferenceConfig parameter cannot be removed from this endpoint {}. To change the \
                 endpoint to another type, create a new endpoint.",
                self.name
            )));
        }
        let given = update.deployment_config.clone();
        let retained = || self.last_deployment_config.clone().filter(|_| update.retain_deployment_config);
        let config = given.clone().or_else(retained).unwrap_or_default();
        check::alone(&config)?;
        let mut both = spec.variants.iter().chain(&blue[0].spec.variants);
        let excluded = both.find_map(|variant| variant.excluded.clone());
        let config = if excluded.is_some() { DeploymentConfig::default() } else { config };
        check::against(&config, &blue[0].spec, &spec)?;
        if rules.missing_alarm == MissingAlarm::Reject && !update.missing_alarms.is_empty() {
            return Err(Refusal::invalid(format!(
                "The following alarm(s) in AutoRollbackConfiguration do not exist: {}.",
                update.missing_alarms.join(", ")
            )));
        }
        let plan = Plan::resolve(&config, &blue, &spec);
        check::timeout(&config, plan.waits_secs(), rules)?;
        self.deployments += 1;
        self.modified_at = now;
        self.failure_reason = None;
        self.last_deployment_config = given.or(self.last_deployment_config);
        let mut deployment = Deployment {
            id: update.deployment_id,
            sequence: self.deployments,
            started_at: now,
            shares: vec![Share::BLUE; plan.variants.len()],
            plan,
            blue,
            green: Fleet::empty(spec),
            phase: Phase::Launching { step: 0 },
            since: now,
            watch: None,
        };
        let mut log = Log::default();
        for message in warnings(&deployment, excluded.as_deref(), rules) {
            log.events.push(warning(now, message));
        }
        deployment.launch(0, now, &mut log);
        let record = Some(deployment.record(Status::Running, None, None));
        self.state = State::Updating(Box::new(deployment));
        Ok(Transition { next: Some(self), record, events: log.events, launches: log.launches })
    }

    fn scale(mut self, targets: &[ScaleTarget], now: Timestamp) -> Result<Transition, Refusal> {
        let fleet = self.in_service().swap_remove(0);
        let (scaling, launches) = Scaling::begin(fleet, targets, now)?;
        self.modified_at = now;
        self.failure_reason = None;
        self.state = State::Scaling(Box::new(scaling));
        Ok(Transition { next: Some(self), record: None, events: Vec::new(), launches })
    }

    fn delete(mut self, now: Timestamp, rules: &Rules) -> Transition {
        let config_name = self.config_name().to_owned();
        let fleets = if matches!(self.state, State::Failed { .. }) { Vec::new() } else { self.in_service() };
        self.modified_at = now;
        self.state = State::Deleting { fleets, config_name, since: now, until: now.plus_ms(rules.delete_ms) };
        Transition { next: Some(self), record: None, events: Vec::new(), launches: Vec::new() }
    }

    /// The fleets of an endpoint that rests; the first runs the endpoint's config.
    fn in_service(&self) -> Vec<Fleet> {
        match &self.state {
            State::InService(fleet) => vec![fleet.clone()],
            State::Mixed(fleets) => fleets.clone(),
            _ => unreachable!("only an endpoint that rests is asked for its fleets"),
        }
    }

    pub(super) fn creation_record(&self, status: Status, ended_at: Option<Timestamp>) -> Option<Record> {
        let State::Creating { id, green, .. } = &self.state else { return None };
        Some(Record {
            id: id.clone(),
            sequence: self.deployments,
            kind: Kind::Create,
            status,
            strategy: Strategy::AllAtOnce,
            from_config: None,
            to_config: green.spec.config_name.clone(),
            started_at: self.created_at,
            ended_at,
            failure_reason: None,
        })
    }
}

impl Deployment {
    /// Its row, with this status.
    pub(super) fn record(&self, status: Status, ended_at: Option<Timestamp>, why: Option<String>) -> Record {
        Record {
            id: self.id.clone(),
            sequence: self.sequence,
            kind: Kind::Update,
            status,
            strategy: self.plan.strategy,
            from_config: Some(self.blue[0].spec.config_name.clone()),
            to_config: self.green.spec.config_name.clone(),
            started_at: self.started_at,
            ended_at,
            failure_reason: why,
        }
    }
}

/// Orders for every instance of a fleet.
fn all_of(fleet: &Fleet) -> Vec<LaunchOrder> {
    let variants = fleet.spec.variants.iter().enumerate();
    let orders =
        variants.map(|(index, v)| LaunchOrder { side: Side::Green, variant: index, count: v.instances });
    orders.filter(|order| order.count > 0).collect()
}

fn retain(spec: &mut Spec, in_service: &Spec, retain: Retain) {
    for variant in &mut spec.variants {
        let Some(index) = in_service.position(&variant.name) else { continue };
        let kept = &in_service.variants[index];
        if retain.instances {
            variant.instances = kept.instances;
        }
        if retain.weight {
            variant.weight = kept.weight;
        }
    }
}

fn warning(at: Timestamp, message: String) -> Event {
    let (kind, traffic) = (EventKind::Warning, Traffic::BLUE);
    Event { at, kind, step: None, traffic, message, cause: None, alarms: Vec::new() }
}

/// What the history should say of a deployment that is accepted although it will surprise.
fn warnings(deployment: &Deployment, excluded: Option<&str>, rules: &Rules) -> Vec<String> {
    let plan = &deployment.plan;
    let mut warnings = Vec::new();
    if let Some(reason) = excluded {
        warnings
            .push(format!("Guardrails cannot be used: {reason}. Everything shifts at once, without a bake."));
    }
    for variant in plan.variants.iter().filter(|_| plan.strategy != Strategy::AllAtOnce) {
        let why = match (variant.blue, variant.green) {
            (0, _) => "no instance in service",
            (_, 1) => "one instance",
            _ => continue,
        };
        warnings.push(format!("{} has {why}: the first step is the whole fleet.", variant.name));
    }
    let needed = shortest_ms(deployment, rules);
    if plan.timeout_ms < needed {
        warnings.push(format!(
            "MaximumExecutionTimeoutInSeconds ({}) cannot suffice: the steps need at least {} seconds.",
            plan.timeout_ms / 1000,
            needed / 1000
        ));
    }
    warnings
}

/// From the acceptance to the end of the last bake, if nothing goes wrong.
fn shortest_ms(deployment: &Deployment, rules: &Rules) -> i64 {
    let (plan, variants) = (&deployment.plan, &deployment.green.spec.variants);
    let startup = variants.iter().map(|variant| variant.behaviour.startup_ms).max().unwrap_or(0);
    let steps = i64::try_from(plan.steps()).unwrap_or(i64::MAX);
    let step = rules.activate_ms.saturating_add(plan.wait_ms);
    if plan.is_rolling() {
        let batch = startup.saturating_add(step).saturating_add(rules.terminate_ms);
        return batch.saturating_mul(steps).saturating_sub(rules.terminate_ms);
    }
    startup.saturating_add(step.saturating_mul(steps))
}
