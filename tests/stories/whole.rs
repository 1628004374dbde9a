//! The whole engine on a store, on a manual clock.

use sagebrush::clock::Timestamp;
use sagebrush::domain::alarm::AlarmState;
use sagebrush::domain::endpoint::{Command, Create, Endpoint};
use sagebrush::domain::rules::Rules;
use sagebrush::engine::{self, Advance, Engine};
use sagebrush::store::{AlarmKind, Effect, NewItem};

use super::driver::Driver;
use super::expect::Seen;
use crate::store::Place;

pub struct Whole {
    engine: Engine,
    place: Place,
}

impl Whole {
    pub fn new(rules: Rules, place: Place) -> Self {
        Self { engine: Engine::new(place.store.clone(), rules), place }
    }
}

impl Driver for Whole {
    fn rules(&self) -> &Rules {
        self.engine.rules()
    }

    async fn now(&mut self) -> Timestamp {
        self.engine.clock(&self.place.world).await.unwrap().now
    }

    async fn create(&mut self, create: Create) -> Result<(), String> {
        let mut tx = self.place.store.begin(&self.place.world).await.unwrap();
        let transition = Endpoint::create(create, tx.now()).map_err(|refusal| refusal.to_string())?;
        let row = engine::create(&mut tx, transition, &Vec::new(), self.engine.rules()).await.unwrap();
        row.ok_or("there is an endpoint of that name")?;
        tx.commit().await.unwrap();
        Ok(())
    }

    async fn command(&mut self, name: &str, command: Command) -> Result<(), String> {
        let rules = *self.engine.rules();
        let mut tx = self.place.store.begin(&self.place.world).await.unwrap();
        let now = tx.now();
        let row = engine::bring_up(&mut tx, name, &rules).await.unwrap();
        let row = row.ok_or("there is no such endpoint")?;
        let accepted = row.endpoint.clone().accept(command, now, &rules);
        let transition = accepted.map_err(|refusal| refusal.to_string())?;
        engine::apply(&mut tx, row, transition, now, &rules).await.unwrap();
        tx.commit().await.unwrap();
        Ok(())
    }

    async fn record_alarm(&mut self, name: &str, to: Option<AlarmState>, at: Timestamp) {
        let mut tx = self.place.store.begin(&self.place.world).await.unwrap();
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
    }

    async fn advance_to(&mut self, target: Timestamp) -> Vec<String> {
        let way_ms = target.ms_since(self.now().await);
        let advanced = self.engine.advance(&self.place.world, Advance::By(way_ms)).await.unwrap();
        assert_eq!(advanced.reading.now, target, "the clock stands where it was told to");
        assert!(advanced.changes.is_sorted_by_key(|change| change.at), "steps are in the order of time");
        advanced.changes.into_iter().map(|change| change.endpoint).collect()
    }

    async fn see(&mut self, name: &str) -> Seen {
        let (mut session, world) = (self.place.store.session(), &self.place.world);
        let row = session.endpoint(world, name).await.unwrap();
        let latest = session.list_deployments(world, Some(name), 1).await.unwrap().pop();
        let history = match latest {
            Some(latest) => {
                let events = session.events(&latest.record.id).await.unwrap();
                Some((latest.record, events))
            }
            None => None,
        };
        let wake = row.as_ref().and_then(|row| row.wake);
        Seen { endpoint: row.map(|row| row.endpoint), wake, history, order: Vec::new() }
    }
}
