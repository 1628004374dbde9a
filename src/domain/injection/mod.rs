//! A fault that an operator has put into a world: what it does, to whom, from when until when.
//!
//! The control API calls it a fault, as everybody does. Here that word is taken by answers that are no success and by
//! steps that fail inside the server; what is put in on purpose is an injection.
//!
//! One that begins at an instant begins there whatever happens. One that begins at a step waits for the first
//! deployment in its scope that moves the traffic of that step, and from then on is about that endpoint alone. So
//! everything that asks whether it holds asks one interval: [`Injection::holds`].

mod effect;
mod scope;

use serde::{Deserialize, Serialize};

use super::tuning::Tuning;
use super::variant::Variant;
use crate::clock::Timestamp;

pub use effect::{Effect, LONGEST_PAST_MS};
pub use scope::{Model, Scope, Strike};

/// A fault of a world.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Injection {
    /// Its place among the faults of its world, from 1. Of two that say the same thing the later one holds.
    pub number: i64,
    /// What it does.
    pub effect: Effect,
    /// To whom.
    pub scope: Scope,
    /// When it begins.
    pub start: Start,
    /// When it is over.
    pub end: End,
    /// When it was added.
    pub added_at: Timestamp,
    /// What came of it, where it does what it does at one instant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
}

/// When a fault begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Start {
    /// At this instant.
    At(Timestamp),
    /// When a deployment moves the traffic of this step.
    Step {
        /// From 1.
        step: u32,
        /// When that was; none while it is waited for.
        moved_at: Option<Timestamp>,
    },
}

/// When a fault is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// When it is taken away.
    Never,
    /// At this instant.
    At(Timestamp),
    /// So many milliseconds after its beginning.
    After(i64),
}

/// How a fault stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It has not begun.
    Waiting,
    /// It holds.
    Active,
    /// It is over.
    Over,
}

impl Injection {
    /// Since when it has begun, or when it is going to; none while it waits for a step.
    pub fn began_at(&self) -> Option<Timestamp> {
        match self.start {
            Start::At(at) => Some(at),
            Start::Step { moved_at, .. } => moved_at,
        }
    }

    /// When it is over; none before it has begun, and for one that is taken away.
    pub fn ends_at(&self) -> Option<Timestamp> {
        let began = self.began_at()?;
        match self.end {
            End::Never => None,
            End::At(at) => Some(at),
            End::After(ms) => Some(began.plus_ms(ms)),
        }
    }

    /// Whether it holds at `now`. One that does its work at one instant never holds.
    pub fn holds(&self, now: Timestamp) -> bool {
        self.standing(now) == Standing::Active && !self.effect.is_instant()
    }

    /// How it stands at `now`.
    pub fn standing(&self, now: Timestamp) -> Standing {
        let is_over = || self.ends_at().is_some_and(|end| end <= now);
        match self.began_at() {
            _ if self.outcome.is_some() => Standing::Over,
            None => Standing::Waiting,
            Some(began) if began > now => Standing::Waiting,
            Some(_) if is_over() => Standing::Over,
            Some(_) => Standing::Active,
        }
    }

    /// When time alone makes it do its work: one that does so at one instant and has not yet.
    pub fn wake_at(&self) -> Option<Timestamp> {
        self.began_at().filter(|_| self.effect.is_instant() && self.outcome.is_none())
    }

    /// The fault when the deployment of what is meant by one of these names moves the traffic of `step`, which counts from
    /// 1; none if that is nothing to it.
    pub fn begun_at_step(&self, names: [&str; 2], step: u32, now: Timestamp) -> Option<Self> {
        let waits = self.start == Start::Step { step, moved_at: None };
        (waits && self.scope.takes_any(names)).then(|| {
            let scope = Scope { endpoint: Some(names[0].to_owned()), ..self.scope.clone() };
            Self { scope, start: Start::Step { step, moved_at: Some(now) }, ..self.clone() }
        })
    }
}

/// What the faults of a world make of a tuning for the instances of a variant of an endpoint, or an inference
/// component, of these names at `now`.
pub fn tuned(
    injections: &[Injection],
    tuning: Tuning,
    names: [&str; 2],
    variant: &Variant,
    now: Timestamp,
) -> Tuning {
    holding(injections, names, variant, now).fold(tuning, |tuning, injection| injection.effect.on(tuning))
}

/// Whether instances that a rollback launches now come up.
pub fn can_provision(injections: &[Injection], names: [&str; 2], variant: &Variant, now: Timestamp) -> bool {
    let mut all = holding(injections, names, variant, now);
    all.all(|injection| injection.effect != Effect::RollbackCannotProvision)
}

fn holding<'a>(
    injections: &'a [Injection],
    names: [&str; 2],
    variant: &Variant,
    now: Timestamp,
) -> impl Iterator<Item = &'a Injection> {
    let concerns =
        move |injection: &&Injection| injection.holds(now) && injection.scope.takes_variant(names, variant);
    injections.iter().filter(concerns)
}

/// The next instant after `now` at which one of these faults begins to hold or is over.
pub fn next_change(injections: &[Injection], now: Timestamp) -> Option<Timestamp> {
    let lasting = injections.iter().filter(|injection| !injection.effect.is_instant());
    let changes = lasting.flat_map(|injection| [injection.began_at(), injection.ends_at()]);
    changes.flatten().filter(|at| *at > now).min()
}

#[cfg(test)]
mod tests;
