//! What a step changed, in a few words: the lines of an advance's answer.

use crate::clock::Timestamp;
use crate::domain::deployment::Phase;
use crate::domain::endpoint::{Endpoint, Transition};
use crate::domain::rules::Rules;

/// One step of one endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The world's time.
    pub at: Timestamp,
    /// `EndpointName`.
    pub endpoint: String,
    /// Where it stood.
    pub from: Standing,
    /// Where it stands; `None` when it is gone.
    pub to: Option<Standing>,
    /// What happened, in plain words.
    pub message: String,
}

/// Where an endpoint stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// `EndpointStatus`.
    pub status: &'static str,
    /// The phase of its deployment, where one is on its way.
    pub phase: Option<&'static str>,
    /// The step of that phase, from 1; none outside the steps.
    pub step: Option<u32>,
}

impl Standing {
    /// Where this endpoint stands.
    pub fn of(endpoint: &Endpoint, rules: &Rules) -> Self {
        let phase = endpoint.deployment().map(|deployment| &deployment.phase);
        let step = phase.and_then(Phase::step);
        Self {
            status: endpoint.status(rules).word(),
            phase: phase.map(Phase::word),
            step: step.map(|step| u32::try_from(step + 1).unwrap_or(u32::MAX)),
        }
    }
}

impl Change {
    /// What `transition` makes of an endpoint that stood at `from`.
    pub(super) fn of(
        name: &str,
        from: Standing,
        transition: &Transition,
        at: Timestamp,
        rules: &Rules,
    ) -> Self {
        let to = transition.next.as_ref().map(|next| Standing::of(next, rules));
        let events: Vec<&str> = transition.events.iter().map(|event| event.message.as_str()).collect();
        let message = match to {
            _ if !events.is_empty() => events.join(" "),
            Some(to) => format!("The endpoint is {}.", to.status),
            None => "The endpoint is deleted.".to_owned(),
        };
        Self { at, endpoint: name.to_owned(), from, to, message }
    }
}
