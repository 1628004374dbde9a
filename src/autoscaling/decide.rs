//! What comes of what policies want: a scaling, or a reason why there is none.

use serde::{Deserialize, Serialize};

use super::policy::{Policy, Trigger, largest};
use super::target::{Direction, Target};
use crate::clock::Timestamp;

/// What a decision looks at.
#[derive(Clone, Copy, Debug)]
pub struct Moment<'a> {
    /// The target.
    pub target: &'a Target,
    /// How many instances are desired.
    pub capacity: u32,
    /// Whether the variant can be scaled: its endpoint is in service.
    pub is_scalable: bool,
    /// Whether every policy that tracks a target and may scale in agrees to that.
    pub all_agree_to_scale_in: bool,
    /// When.
    pub now: Timestamp,
}

/// `NotScaledReason`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reason {
    /// The maximum is in the way.
    AlreadyAtMaxCapacity(u32),
    /// The minimum is in the way.
    AlreadyAtMinCapacity(u32),
    /// There are as many as are wanted.
    AlreadyAtDesiredCapacity(u32),
    /// The endpoint is in transition.
    TargetServicePutResourceAsUnscalable,
}

impl Reason {
    /// `Code`.
    pub fn code(self) -> &'static str {
        match self {
            Self::AlreadyAtMaxCapacity(_) => "AlreadyAtMaxCapacity",
            Self::AlreadyAtMinCapacity(_) => "AlreadyAtMinCapacity",
            Self::AlreadyAtDesiredCapacity(_) => "AlreadyAtDesiredCapacity",
            Self::TargetServicePutResourceAsUnscalable => "TargetServicePutResourceAsUnscalable",
        }
    }
}

/// What is decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The capacity becomes this one.
    Scale {
        /// The new capacity: within the bounds, and another one than there is.
        to: u32,
        /// Which way that is.
        direction: Direction,
        /// The place of the trigger that wanted it.
        by: usize,
    },
    /// Nothing happens, for a reason that is told.
    NotScaled {
        /// The reason.
        reason: Reason,
        /// The place of the trigger that wanted something.
        by: usize,
    },
    /// Nothing happens, and nothing is told: a cooldown or a suspension.
    Held,
}

/// What comes of these triggers. Of several the one counts that wants the largest capacity.
pub fn decide(triggers: &[Trigger], moment: &Moment<'_>) -> Verdict {
    let Some((by, wanted)) = largest(triggers, moment.capacity, moment.capacity) else {
        return Verdict::Held;
    };
    let not_scaled = |reason, by| Verdict::NotScaled { reason, by };
    let (target, capacity) = (moment.target, moment.capacity);
    let Some(direction) = Direction::between(capacity, wanted) else {
        return not_scaled(Reason::AlreadyAtDesiredCapacity(capacity), by);
    };
    if target.suspended.forbids(direction) {
        return Verdict::Held;
    }
    if !moment.is_scalable {
        return not_scaled(Reason::TargetServicePutResourceAsUnscalable, by);
    }
    let cooldown = target.cooldown.filter(|cooldown| cooldown.until > moment.now);
    let cooldown = cooldown.filter(|cooldown| cooldown.direction == direction);
    let (by, wanted) = match (direction, cooldown) {
        (Direction::In, Some(_)) => return Verdict::Held,
        // What the scaling before has added is part of what is wanted now: only more than that counts.
        (Direction::Out, Some(_)) => match largest(triggers, target.base(capacity, moment.now), capacity) {
            Some((by, wanted)) if wanted > i64::from(capacity) => (by, wanted),
            _ => return Verdict::Held,
        },
        (_, None) => (by, wanted),
    };
    let is_tracking = matches!(triggers[by].policy, Policy::Tracking(_));
    if direction == Direction::In && is_tracking && !moment.all_agree_to_scale_in {
        return Verdict::Held;
    }
    let to = target.bounds.nearest(wanted);
    match direction {
        Direction::Out if to <= capacity => not_scaled(Reason::AlreadyAtMaxCapacity(target.bounds.max), by),
        Direction::In if to >= capacity => not_scaled(Reason::AlreadyAtMinCapacity(target.bounds.min), by),
        _ => Verdict::Scale { to, direction, by },
    }
}
