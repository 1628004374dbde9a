//! A scalable target: which variant, between which bounds, and what holds it back.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;

/// Which way a capacity changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// More instances.
    Out,
    /// Fewer.
    In,
}

impl Direction {
    /// Which way it is from a capacity to the one that is wanted; none where they are the same.
    pub(super) fn between(capacity: u32, wanted: i64) -> Option<Self> {
        match wanted.cmp(&i64::from(capacity)) {
            Ordering::Greater => Some(Self::Out),
            Ordering::Less => Some(Self::In),
            Ordering::Equal => None,
        }
    }
}

/// `MinCapacity` and `MaxCapacity`; the first is never above the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bounds {
    /// `MinCapacity`.
    pub min: u32,
    /// `MaxCapacity`.
    pub max: u32,
}

impl Bounds {
    /// The capacity within the bounds that is nearest to this one.
    pub fn nearest(self, capacity: i64) -> u32 {
        let capacity = capacity.clamp(i64::from(self.min), i64::from(self.max.max(self.min)));
        u32::try_from(capacity).unwrap_or(self.min)
    }
}

/// `SuspendedState`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Suspended {
    /// `DynamicScalingInSuspended`.
    #[serde(rename = "DynamicScalingInSuspended")]
    pub scaling_in: bool,
    /// `DynamicScalingOutSuspended`.
    #[serde(rename = "DynamicScalingOutSuspended")]
    pub scaling_out: bool,
    /// `ScheduledScalingSuspended`.
    #[serde(rename = "ScheduledScalingSuspended")]
    pub scheduled: bool,
}

impl Suspended {
    /// Whether policies may not scale this way.
    pub fn forbids(self, direction: Direction) -> bool {
        match direction {
            Direction::Out => self.scaling_out,
            Direction::In => self.scaling_in,
        }
    }
}

/// What a scaling that has succeeded holds back, and until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cooldown {
    /// Which way it went.
    pub direction: Direction,
    /// The capacity before it.
    pub base: u32,
    /// Its end.
    pub until: Timestamp,
}

/// A scalable target, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// Between what policies may scale.
    pub bounds: Bounds,
    /// What may not happen.
    #[serde(default)]
    pub suspended: Suspended,
    /// The last scaling's cooldown, which may be over.
    #[serde(default)]
    pub cooldown: Option<Cooldown>,
    /// When the capacity last changed: what was measured per instance before says nothing of the instances that there are now.
    #[serde(default)]
    pub scaled_at: Option<Timestamp>,
    /// Whether the bounds are new and the capacity has not been brought between them.
    #[serde(default)]
    pub is_out_of_bounds: bool,
}

impl Target {
    /// The capacity that further scale-outs count from at `now`, where there are `capacity` instances: during the cooldown of a
    /// scale-out the one before that, since what it has added is part of what is wanted.
    pub fn base(&self, capacity: u32, now: Timestamp) -> u32 {
        let running = self.cooldown.filter(|it| it.until > now && it.direction == Direction::Out);
        running.map_or(capacity, |cooldown| cooldown.base.min(capacity))
    }
}

/// `ResourceId`: what is scaled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResourceId<'a> {
    /// A variant: `endpoint/NAME/variant/VARIANT`.
    Variant {
        /// `EndpointName`.
        endpoint: &'a str,
        /// `VariantName`.
        variant: &'a str,
    },
    /// An inference component: `inference-component/NAME`, which is also what it is called among endpoints.
    Component(&'a str),
}

impl<'a> ResourceId<'a> {
    /// Reads one; `None` if it is neither of a variant nor of an inference component.
    pub fn read(text: &'a str) -> Option<Self> {
        let is_name = |name: &str| {
            !name.is_empty() && name.bytes().all(|sign| sign.is_ascii_alphanumeric() || sign == b'-')
        };
        let parts: Vec<_> = text.split('/').collect();
        match parts.as_slice() {
            ["endpoint", endpoint, "variant", variant] if is_name(endpoint) && is_name(variant) => {
                Some(Self::Variant { endpoint, variant })
            }
            ["inference-component", name] if is_name(name) => Some(Self::Component(text)),
            _ => None,
        }
    }

    /// What is called so among endpoints: the endpoint of the variant, or the component itself.
    pub fn owner(self) -> &'a str {
        match self {
            Self::Variant { endpoint, .. } => endpoint,
            Self::Component(name) => name,
        }
    }

    /// `ScalableDimension`.
    pub fn dimension(self) -> &'static str {
        match self {
            Self::Variant { .. } => "sagemaker:variant:DesiredInstanceCount",
            Self::Component(_) => "sagemaker:inference-component:DesiredCopyCount",
        }
    }

    /// What there is more or less of.
    pub fn counted(self) -> &'static str {
        match self {
            Self::Variant { .. } => "instance",
            Self::Component(_) => "copy",
        }
    }
}
