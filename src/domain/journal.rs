//! What made each transition of a deployment, so that it can be made again: the auditor replays a whole
//! deployment through the core and compares.
//!
//! An entry holds what the core was given and what nobody else keeps: the instant, the command, the rules of
//! that server, how far the alarms were seen, and what became of the instances that were ordered. What the
//! core made of it is in the history, not here.

use serde::{Deserialize, Serialize};

use super::alarm::Observed;
use super::deployment::{LaunchOrder, Steer};
use super::endpoint::{Command, Create, Endpoint, Transition, Update};
use super::fleet::Group;
use super::injection::Strike;
use super::rules::Rules;
use crate::clock::Timestamp;

/// One transition of a deployment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// The world's time.
    pub at: Timestamp,
    /// What made it.
    pub made_by: Door,
    /// What became of the launches that it ordered, in their order.
    pub fates: Vec<Vec<Group>>,
    /// The rules of the server that made it.
    pub rules: Rules,
}

/// By which door of the core a transition came.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Door {
    /// `CreateEndpoint`.
    Create(Box<Create>),
    /// `UpdateEndpoint`.
    Update {
        /// The endpoint as it was before.
        endpoint: Box<Endpoint>,
        /// What was asked of it.
        update: Box<Update>,
    },
    /// Time.
    Step {
        /// Place of the last change of an alarm that was seen; see [`Observed::seq`].
        seq: i64,
    },
    /// An operator: see [`Endpoint::steer`].
    Steer(Steer),
    /// Room for instances that waited for it: see [`Endpoint::provision`].
    Provision(Vec<LaunchOrder>),
    /// Instances that died: see [`Endpoint::strike`].
    Strike(Strike),
    /// A step that failed: see [`Endpoint::falter`].
    Falter,
    /// Steps that failed again and again: see [`Endpoint::give_up`].
    GiveUp,
    /// The same, where it could not be given up: see [`Endpoint::strand`].
    Strand,
}

impl Entry {
    /// What the core makes of it again: of the endpoint as the entry before has left it, and of the alarms as
    /// they were to be seen up to the place of this entry. `None` is nothing at all, which is never entered.
    pub fn again(&self, before: Option<&Endpoint>, observed: &Observed) -> Option<Transition> {
        match &self.made_by {
            Door::Create(create) => Endpoint::create((**create).clone(), self.at).ok(),
            Door::Update { endpoint, update } => {
                (**endpoint).clone().accept(Command::Update(update.clone()), self.at, &self.rules).ok()
            }
            Door::Step { .. } => before?.clone().step(self.at, observed, &self.rules),
            Door::Steer(steer) => before?.clone().steer(*steer, self.at, &self.rules).ok(),
            Door::Provision(orders) => before?.clone().provision(orders, self.at),
            Door::Strike(strike) => before?.clone().strike(strike, self.at),
            Door::Falter => before?.clone().falter(self.at),
            Door::GiveUp => before?.clone().give_up(self.at, &self.rules),
            Door::Strand => before?.clone().strand(self.at, &self.rules),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::deployment::config::TrafficRoutingType;
    use crate::domain::endpoint::tests::{Life, blue_green, one, percent};
    use crate::domain::injection::Scope;

    fn again(at: i64, made_by: Door, before: Option<&Endpoint>) -> Option<Transition> {
        let rules = Rules::default();
        Entry { at: Timestamp(at), made_by, fates: Vec::new(), rules }.again(before, &Observed::default())
    }

    #[test]
    fn an_entry_makes_its_transition_again_by_the_same_door() {
        let rules = Rules::default();
        let create = Create {
            name: "shop".into(),
            deployment_id: "d".into(),
            spec: one("new", 2),
            deployment_config: None,
            host: None,
        };
        let created = Endpoint::create(create.clone(), Timestamp(5)).ok();
        assert_eq!(again(5, Door::Create(Box::new(create)), None), created);

        let mut life = Life::serving(one("old", 2));
        let canary = blue_green(TrafficRoutingType::Canary, Some(percent(50)), 10);
        life.update(one("new", 2), Some(canary)).expect("it rests");
        let (endpoint, due) = (life.endpoint.clone().expect("it is there"), Timestamp(60_000));
        let made = |made_by| again(due.0, made_by, Some(&endpoint));
        let stepped = endpoint.clone().step(due, &Observed::default(), &rules);
        assert!(stepped.is_some(), "its fleet is up");
        assert_eq!(made(Door::Step { seq: 1 }), stepped);
        let strike = Strike { scope: Scope::default(), instances: Some(1), side: None };
        let struck = endpoint.clone().strike(&strike, due);
        assert!(struck.is_some(), "its instances are up");
        assert_eq!(made(Door::Strike(strike)), struck);
        assert_eq!(made(Door::Falter), endpoint.clone().falter(due));
        assert_eq!(made(Door::GiveUp), endpoint.clone().give_up(due, &rules));
        assert_eq!(made(Door::Strand), endpoint.clone().strand(due, &rules));
        assert_eq!(again(due.0, Door::Falter, None), None, "of nothing comes nothing");
    }
}
