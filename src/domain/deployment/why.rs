//! Why a deployment stands where it stands, in plain words, and the traffic that it wants.

use super::record::{Record, Status};
use super::{Deployment, Leg, Pace, Phase};
use crate::clock::Timestamp;
use crate::domain::capacity::Traffic;
use crate::domain::fleet::{Fleet, Pool};
use crate::domain::variant::Unit;

impl Deployment {
    /// The traffic that its present stage is about; what [`traffic`](Self::traffic) is once that has moved.
    pub fn wanted(&self) -> Traffic {
        match &self.phase {
            Phase::Launching { step } => {
                let weights = self.green.spec.variants.iter().map(|variant| variant.weight);
                let shares = self.plan.variants.iter().map(|variant| variant.share_after(*step));
                Traffic::weighted(weights.zip(shares))
            }
            Phase::RollingBack { .. } => Traffic::BLUE,
            _ => self.traffic(),
        }
    }

    /// What it does or waits for, one sentence or two.
    pub fn why(&self) -> String {
        let (green, steps, some) = (&self.green.spec.config_name, self.plan.steps(), self.unit().some);
        match &self.phase {
            Phase::Launching { step } => {
                let launched = running(&self.green).saturating_sub(self.green.healthy(self.since));
                let (room, ahead) = (waits_for_room(&self.green), self.ahead());
                format!(
                    "Step {} of {steps} has launched {launched} {some} of {green}, and waits until all are \
                     up.{room}{ahead}",
                    step + 1
                )
            }
            Phase::Shifting { step, until } => {
                let ahead = self.ahead();
                format!("Step {} of {steps} moves traffic to {green} until {until}.{ahead}", step + 1)
            }
            Phase::Baking { step, until } => {
                format!("Step {} of {steps} bakes {}", step + 1, self.countdown(*until))
            }
            Phase::TerminationWait { until } => {
                format!("All traffic is on {green}; the old fleet is kept {}", self.countdown(*until))
            }
            Phase::Terminating { until, .. } => {
                let (surplus, ahead) = (self.surplus_blue(), self.ahead());
                format!("{surplus} {some} of the old fleet are terminated until {until}.{ahead}")
            }
            Phase::RollingBack { cause, leg } => {
                let stage = match leg {
                    Leg::Launching => {
                        let room = self.blue.first().map(waits_for_room).unwrap_or_default();
                        format!("{} of the old config are starting.{room}", self.unit().title)
                    }
                    Leg::Shifting { until } => format!("Traffic moves back until {until}."),
                    Leg::Terminating { until } => {
                        format!("{} new {some} are terminated until {until}.", self.surplus_green())
                    }
                };
                format!("{} {stage}", cause.reason)
            }
        }
    }

    /// What an operator has decided of the bakes that are ahead, as a sentence to be added.
    fn ahead(&self) -> &'static str {
        match self.pace {
            Pace::Planned => "",
            Pace::Paused { .. } => " It is paused, and will stand still in its next bake.",
            Pace::Promoted => " It is promoted: no bake takes any time.",
        }
    }

    /// What a bake that ends at `until` waits for.
    fn countdown(&self, until: Timestamp) -> String {
        let watched = match (&self.watch, self.plan.alarms.as_slice()) {
            (Some(_), [_, ..]) => format!("watched by {}", self.plan.alarms.join(", ")),
            _ => "watched by no alarm".to_owned(),
        };
        match self.pace {
            Pace::Paused { since } => {
                let timeout = self.deadline().map(|deadline| format!(" or times out at {deadline}"));
                let timeout = timeout.unwrap_or_default();
                format!(
                    "without an end, {watched}: it is paused since {since}, until it is resumed{timeout}."
                )
            }
            _ => format!("until {until}, {watched}."),
        }
    }
}

/// What of a fleet waits for room, as a sentence to be added.
pub fn waits_for_room(fleet: &Fleet) -> String {
    let variants = fleet.spec.variants.iter().zip(&fleet.pools).filter(|(_, pool)| pool.waiting() > 0);
    let waiting = variants.map(|(variant, pool)| {
        let (waiting, some) = (pool.waiting(), fleet.spec.unit().some);
        match fleet.spec.unit() {
            Unit::COPIES => format!(" There is no room for {waiting} {some} on {}.", variant.instance_type),
            _ => format!(" There is no capacity for {waiting} {some} of type {}.", variant.instance_type),
        }
    });
    waiting.collect()
}

fn running(fleet: &Fleet) -> u32 {
    fleet.pools.iter().map(Pool::running).fold(0, u32::saturating_add)
}

impl Record {
    /// How it ended, in plain words; none while it is on its way.
    pub fn ending(&self) -> Option<String> {
        let at = self.ended_at?;
        let config = &self.to_config;
        Some(match (self.status, &self.failure_reason) {
            (Status::Succeeded, _) => format!("It succeeded at {at}: {config} is in service."),
            (Status::RolledBack, Some(reason)) => format!("It ended at {at}, rolled back. {reason}"),
            (Status::RollbackFailed, Some(reason)) => {
                format!("It ended at {at}, between both configs. {reason}")
            }
            (_, reason) => format!("It failed at {at}. {}", reason.as_deref().unwrap_or_default()),
        })
    }
}
