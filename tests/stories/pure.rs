//! The pure core in a loop of a few lines: what the engine does, without a store.

use std::collections::{BTreeMap, HashMap};

use sagebrush::clock::Timestamp;
use sagebrush::domain::alarm::{AlarmChange, AlarmSight, AlarmState, Observed};
use sagebrush::domain::deployment::Steer;
use sagebrush::domain::deployment::record::Record;
use sagebrush::domain::endpoint::{Command, Endpoint, ScaleTarget, Transition};
use sagebrush::domain::event::Event;
use sagebrush::domain::refusal::Refusal;
use sagebrush::domain::rules::Rules;
use sagebrush::fleet;

use super::driver::Driver;
use super::recipe::Recipe;
use super::seen::{Seen, Shown, Told};

pub struct Pure {
    rules: Rules,
    now: Timestamp,
    endpoints: BTreeMap<String, Endpoint>,
    histories: HashMap<String, (Record, Vec<Event>)>,
    launched: HashMap<String, u64>,
    alarms: Vec<(String, AlarmChange)>,
    ids: u32,
}

impl Pure {
    pub fn new(rules: Rules) -> Self {
        Self {
            rules,
            now: Timestamp(1_800_000_000_000),
            endpoints: BTreeMap::new(),
            histories: HashMap::new(),
            launched: HashMap::new(),
            alarms: Vec::new(),
            ids: 0,
        }
    }

    fn apply(&mut self, name: &str, transition: Transition, at: Timestamp) {
        if let Some(record) = transition.record {
            let history =
                self.histories.entry(name.to_owned()).or_insert_with(|| (record.clone(), Vec::new()));
            if history.0.id != record.id {
                history.1.clear();
            }
            history.0 = record;
            history.1.extend(transition.events);
        }
        let Some(mut next) = transition.next else {
            self.endpoints.remove(name);
            return;
        };
        for order in &transition.launches {
            let variant = next.ordered(order).unwrap();
            let before = self.launched.entry(variant.model_id.clone()).or_default();
            let groups = fleet::launch(variant, *before, order.count, at);
            *before += u64::from(order.count);
            next.admit(order, groups);
        }
        self.endpoints.insert(name.to_owned(), next);
    }

    /// Identities that sort in the order of their making, as the store's do.
    fn id(&mut self) -> String {
        self.ids += 1;
        format!("deployment-{:04}", self.ids)
    }

    fn command(&mut self, name: &str, command: Command) -> Result<(), String> {
        let endpoint = self.endpoints.get(name).cloned().ok_or("there is no such endpoint")?;
        let accepted = endpoint.accept(command, self.now, &self.rules);
        let transition = accepted.map_err(sentence)?;
        self.apply(name, transition, self.now);
        Ok(())
    }

    /// The names that no alarm has now.
    fn missing(&self, names: &[String]) -> Vec<String> {
        let exists = |name: &&String| {
            let mut changes = self.alarms.iter().filter(|(alarm, _)| alarm == *name);
            changes.rfind(|(_, change)| change.at <= self.now).is_some_and(|(_, change)| change.to.is_some())
        };
        names.iter().filter(|name| !exists(name)).cloned().collect()
    }

    fn observe(&self, endpoint: &Endpoint, at: Timestamp) -> Observed {
        let Some(deployment) = endpoint.deployment() else { return Observed::default() };
        let seen: Vec<_> = self.alarms.iter().filter(|(_, change)| change.at <= at).collect();
        let seq = seen.last().map_or(0, |(_, change)| change.seq);
        let opened = deployment.watch.as_ref().map_or(seq, |watch| watch.after_seq);
        let sight = |name: &String| {
            let mine: Vec<_> =
                seen.iter().filter(|(alarm, _)| alarm == name).map(|(_, change)| *change).collect();
            let before = mine.iter().rfind(|change| change.seq <= opened);
            AlarmSight {
                name: name.clone(),
                at_open: before.and_then(|change| change.to),
                changes: mine.iter().filter(|change| change.seq > opened).copied().collect(),
            }
        };
        Observed { alarms: deployment.plan.alarms.iter().map(sight).collect(), seq }
    }

    /// When an endpoint is due: by its state, or because an alarm that it watches entered ALARM or was
    /// deleted after its last stage began.
    fn wake(&self, endpoint: &Endpoint) -> Option<Timestamp> {
        let deployment = endpoint.deployment().filter(|deployment| deployment.watch.is_some());
        let trips = self.alarms.iter().filter(|(name, change)| {
            let watched = deployment.is_some_and(|deployment| {
                let opened = deployment.watch.as_ref().unwrap().after_seq;
                deployment.plan.alarms.contains(name) && change.seq > opened
            });
            let matters = !matches!(change.to, Some(AlarmState::Ok | AlarmState::InsufficientData));
            watched && matters && !self.has_seen(endpoint, name, change)
        });
        trips.map(|(_, change)| change.at).chain(endpoint.wake_at()).min()
    }

    /// A deployment that goes on although this happened has seen it: it was a deletion, and is noted.
    fn has_seen(&self, endpoint: &Endpoint, name: &str, change: &AlarmChange) -> bool {
        let noted = |name: &str| {
            let watch = endpoint.deployment().and_then(|deployment| deployment.watch.as_ref());
            watch.is_some_and(|watch| watch.noted.iter().any(|noted| noted == name))
        };
        change.to.is_none() && change.at <= self.now && noted(name)
    }
}

impl Driver for Pure {
    async fn now(&mut self) -> Timestamp {
        self.now
    }

    async fn create(&mut self, recipe: &Recipe) -> Result<(), String> {
        let create = recipe.create(self.id(), self.now);
        let transition = Endpoint::create(create, self.now).map_err(sentence)?;
        self.apply(&recipe.endpoint, transition, self.now);
        Ok(())
    }

    async fn update(&mut self, recipe: &Recipe, number: u32, fleet: u32) -> Result<(), String> {
        let missing = self.missing(&recipe.alarms);
        let update = recipe.update(number, self.id(), fleet, missing, self.now);
        self.command(&recipe.endpoint, Command::Update(Box::new(update)))
    }

    async fn scale(&mut self, name: &str, targets: &[ScaleTarget]) -> Result<(), String> {
        self.command(name, Command::Scale(targets.to_vec()))
    }

    async fn delete(&mut self, name: &str) -> Result<(), String> {
        self.command(name, Command::Delete)
    }

    async fn steer(&mut self, name: &str, steer: Steer) -> Result<(), String> {
        if let Some(ending) = self.histories.get(name).and_then(|(record, _)| record.ending()) {
            return Err(ending);
        }
        let endpoint = self.endpoints.get(name).cloned().ok_or("there is no such endpoint")?;
        let transition = endpoint.steer(steer, self.now, &self.rules)?;
        self.apply(name, transition, self.now);
        Ok(())
    }

    async fn record_alarm(&mut self, name: &str, to: Option<AlarmState>, at: Timestamp) {
        let seq = i64::try_from(self.alarms.len()).unwrap() + 1;
        self.alarms.push((name.to_owned(), AlarmChange { seq, at, to }));
    }

    async fn advance_to(&mut self, target: Timestamp) -> Vec<String> {
        let mut order = Vec::new();
        loop {
            let due = self
                .endpoints
                .iter()
                .filter_map(|(name, endpoint)| Some((self.wake(endpoint)?, endpoint.rank(), name)));
            let Some((at, _, name)) = due.filter(|(at, ..)| *at <= target).min() else { break };
            let name = name.clone();
            self.now = at;
            let endpoint = self.endpoints[&name].clone();
            let observed = self.observe(&endpoint, at);
            let stepped = endpoint.step(at, &observed, &self.rules);
            self.apply(&name, stepped.expect("what is due changes something"), at);
            order.push(name);
        }
        self.now = target;
        order
    }

    async fn see(&mut self, name: &str) -> Seen {
        let endpoint = self.endpoints.get(name);
        Seen {
            endpoint: endpoint.map(|endpoint| Shown::of(endpoint, &self.rules)),
            wake: endpoint.and_then(|endpoint| self.wake(endpoint)),
            history: self.histories.get(name).map(|(record, events)| Told::of(record, events)),
            order: Vec::new(),
        }
    }

    async fn faults(&mut self) -> Vec<String> {
        Vec::new()
    }
}

/// A refusal in the words that the services have for it.
fn sentence(refusal: Refusal) -> String {
    match refusal {
        Refusal::InProgress => "Cannot update in-progress endpoint".to_owned(),
        Refusal::Failed => "Cannot update failed endpoint".to_owned(),
        quota @ Refusal::Quota { .. } => quota.to_string(),
        Refusal::Invalid(sentence) => sentence,
    }
}
