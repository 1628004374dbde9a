//! How an endpoint takes a client's command, and when it refuses it.

use super::command::{Command, Retain, ScaleTarget, Update, Verb};
use super::scaling::Scaling;
use super::{Endpoint, State, Transition};
use crate::clock::Timestamp;
use crate::domain::capacity::Share;
use crate::domain::deployment::config::DeploymentConfig;
use crate::domain::deployment::plan::Plan;
use crate::domain::deployment::record::Status;
use crate::domain::deployment::warning::{Guard, warnings};
use crate::domain::deployment::{Deployment, Log, Pace, Phase, check};
use crate::domain::fleet::Fleet;
use crate::domain::refusal::Refusal;
use crate::domain::rules::{MissingAlarm, Rules};
use crate::domain::variant::Spec;

impl Endpoint {
    /// A command at `now`. The endpoint must have been brought to `now` by [`step`](Self::step).
    pub fn accept(self, command: Command, now: Timestamp, rules: &Rules) -> Result<Transition, Refusal> {
        self.permits(command.verb())?;
        let accepted = match command {
            Command::Update(update) => self.update(*update, now, rules),
            Command::Scale(targets) => self.scale(&targets, now),
            Command::Delete => Ok(self.delete(now, rules)),
        };
        accepted.map(|transition| transition.sound(now))
    }

    /// Whether a command of this kind can be accepted where the endpoint stands, whatever it says.
    pub fn permits(&self, verb: Verb) -> Result<(), Refusal> {
        match (&self.state, verb) {
            (State::Failed { .. }, Verb::Update | Verb::Scale) => Err(Refusal::Failed),
            (State::Mixed(_), Verb::Scale) if self.host.is_some() => Err(Refusal::invalid(
                "UpdateInferenceComponentRuntimeConfig is not possible after a rollback that failed: recover it by \
                 UpdateInferenceComponent.",
            )),
            (State::Mixed(_), Verb::Scale) => Err(Refusal::invalid(
                "UpdateEndpointWeightsAndCapacities is not possible while the endpoint is \
                 UpdateRollbackFailed: recover it by UpdateEndpoint.",
            )),
            (State::InService(_) | State::Mixed(_) | State::Failed { .. }, _) => Ok(()),
            _ => Err(Refusal::InProgress),
        }
    }

    /// The deployment config that an update runs with: the one in the request wins over a retained one.
    pub fn deployment_config<'a>(
        &'a self,
        given: Option<&'a DeploymentConfig>,
        retain: bool,
    ) -> Option<&'a DeploymentConfig> {
        given.or(self.last_deployment_config.as_ref().filter(|_| retain))
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
        let given = update.deployment_config;
        let config = self.deployment_config(given.as_ref(), update.retain_deployment_config);
        let config = config.cloned().unwrap_or_default();
        check::alone(&config, spec.unit())?;
        let mut both = spec.variants.iter().chain(&blue[0].spec.variants);
        let excluded = both.find_map(|variant| variant.excluded.clone());
        let config = if excluded.is_some() { DeploymentConfig::default() } else { config };
        let watched = config.alarm_names();
        let missing: Vec<String> =
            update.missing_alarms.into_iter().filter(|name| watched.contains(name)).collect();
        check::against(&config, &blue[0].spec, &spec)?;
        if rules.missing_alarm == MissingAlarm::Reject && !missing.is_empty() {
            return Err(Refusal::invalid(format!(
                "The following alarm(s) in AutoRollbackConfiguration do not exist: {}.",
                missing.join(", ")
            )));
        }
        let guard = Guard {
            excluded: excluded.as_deref(),
            has_policy: config.blue_green_update_policy.is_some() || config.rolling_update_policy.is_some(),
            // Alarms that are not used do not matter.
            of_alarms: if watched.is_empty() { Vec::new() } else { update.warnings },
        };
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
            pace: Pace::default(),
        };
        let events = warnings(&deployment, guard, now, rules);
        let mut log = Log { events, ..Log::default() };
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
