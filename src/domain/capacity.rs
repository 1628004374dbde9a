//! Sizes in instances: what a `CapacitySize` means on a fleet, and the shares that traffic is split by.
//!
//! See <https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CapacitySize.html>.

use serde::{Deserialize, Serialize};

/// How a [`CapacitySize`] counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CapacityType {
    /// `Value` instances.
    InstanceCount,
    /// `Value` percent of the fleet.
    CapacityPercent,
    /// `Value` copies of an inference component.
    CopyCount,
}

/// A part of a fleet, as AWS's clients write it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CapacitySize {
    /// What `value` counts.
    #[serde(rename = "Type")]
    pub kind: CapacityType,
    /// Instances or percent, at least 1.
    pub value: u32,
}

impl CapacitySize {
    /// Instances of a fleet of `fleet` that this size stands for: a percentage to the nearest instance,
    /// a half goes down, never below one and never above the fleet.
    pub fn instances_of(self, fleet: u32) -> u32 {
        let wanted = match self.kind {
            CapacityType::InstanceCount | CapacityType::CopyCount => u64::from(self.value),
            CapacityType::CapacityPercent => (u64::from(self.value) * u64::from(fleet) + 49) / 100,
        };
        u32::try_from(wanted.max(1)).unwrap_or(u32::MAX).min(fleet)
    }

    /// Whether the size lies within `low..=high` percent of `fleet` instances. A size of one instance is
    /// within every range on a fleet of one or two, which no size could satisfy otherwise.
    pub fn within_percent(self, low: u32, high: u32, fleet: u32) -> bool {
        match self.kind {
            CapacityType::CapacityPercent => (low..=high).contains(&self.value),
            CapacityType::InstanceCount | CapacityType::CopyCount => {
                let (share, fleet) = (u64::from(self.value) * 100, u64::from(fleet));
                let in_range = share >= u64::from(low) * fleet && share <= u64::from(high) * fleet;
                in_range || (self.value == 1 && fleet <= 2)
            }
        }
    }
}

/// Green's part of a variant's traffic, as the fraction `green / of`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// Numerator; at most `of`.
    pub green: u32,
    /// Denominator; at least 1.
    pub of: u32,
}

impl Share {
    /// Everything goes to blue.
    pub const BLUE: Self = Self { green: 0, of: 1 };
    /// Everything goes to green.
    pub const GREEN: Self = Self { green: 1, of: 1 };

    /// `active` of `fleet` green instances take their part; a fleet of none takes all or nothing.
    pub fn of_fleet(active: u32, fleet: u32) -> Self {
        if active >= fleet { Self::GREEN } else { Self { green: active, of: fleet } }
    }

    /// The same split seen from blue: `up` of `fleet` blue instances take their part.
    pub fn left_by_blue(up: u32, fleet: u32) -> Self {
        if up >= fleet { Self::BLUE } else { Self { green: fleet - up, of: fleet } }
    }

    /// Green instances of `fleet` that this share keeps busy; rounded up.
    pub fn green_active(self, fleet: u32) -> u32 {
        part(fleet, self.green, self.of)
    }

    /// Blue instances of `fleet` that this share keeps busy; rounded up.
    pub fn blue_active(self, fleet: u32) -> u32 {
        part(fleet, self.of - self.green, self.of)
    }

    /// The share as a number from 0 to 1.
    pub fn as_fraction(self) -> f64 {
        f64::from(self.green) / f64::from(self.of)
    }
}

/// `fleet × num / of`, rounded up.
fn part(fleet: u32, num: u32, of: u32) -> u32 {
    let product = u64::from(fleet) * u64::from(num);
    u32::try_from(product.div_ceil(u64::from(of))).expect("num is at most of, so the part fits the fleet")
}

/// An endpoint's traffic between the two fleets, in hundredths of a percent. The sides always sum to
/// 10,000, because blue is what green leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Traffic {
    green_bp: u16,
}

impl Traffic {
    /// All of it on the fleet in service.
    pub const BLUE: Self = Self { green_bp: 0 };
    /// All of it on the new fleet.
    pub const GREEN: Self = Self { green_bp: 10_000 };

    /// The split of an endpoint whose variants have these (weight, share) pairs; weights that are all
    /// zero count as equal.
    pub fn weighted(variants: impl Iterator<Item = (f64, Share)> + Clone) -> Self {
        let total: f64 = variants.clone().map(|(weight, _)| weight).sum();
        let even = total <= 0.0;
        let (sum, weights) = variants.fold((0.0, 0.0), |(sum, weights), (weight, share)| {
            let weight = if even { 1.0 } else { weight / total };
            (sum + weight * share.as_fraction(), weights + weight)
        });
        if weights <= 0.0 {
            return Self::BLUE;
        }
        let bp = (sum / weights * 10_000.0).round().clamp(0.0, 10_000.0);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0..=10000")]
        Self { green_bp: bp as u16 }
    }

    /// Hundredths of a percent on green.
    pub fn green_bp(self) -> u16 {
        self.green_bp
    }

    /// Hundredths of a percent on blue.
    pub fn blue_bp(self) -> u16 {
        10_000 - self.green_bp
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn percent(value: u32) -> CapacitySize {
        CapacitySize { kind: CapacityType::CapacityPercent, value }
    }

    fn count(value: u32) -> CapacitySize {
        CapacitySize { kind: CapacityType::InstanceCount, value }
    }

    #[test]
    fn a_percentage_goes_to_the_nearest_instance_and_a_half_goes_down() {
        let table = [(33, 3, 1), (50, 3, 1), (5, 2, 1), (20, 10, 2), (51, 3, 2), (1, 1000, 10), (100, 7, 7)];
        for (value, fleet, instances) in table {
            assert_eq!(percent(value).instances_of(fleet), instances, "{value} % of {fleet}");
        }
        assert_eq!(count(9).instances_of(4), 4);
        assert_eq!(percent(u32::MAX).instances_of(u32::MAX), u32::MAX);
    }

    #[test]
    fn one_instance_is_within_range_where_no_other_size_could_be() {
        assert!(count(1).within_percent(0, 50, 1));
        assert!(count(1).within_percent(10, 50, 2));
        assert!(!count(2).within_percent(0, 50, 3));
        assert!(!count(1).within_percent(10, 50, 20));
        assert!(!percent(51).within_percent(0, 50, 1));
        assert!(percent(5).within_percent(5, 50, 2));
    }

    #[test]
    fn blue_keeps_enough_active_instances_for_what_green_leaves() {
        let share = Share::of_fleet(1, 3);
        assert_eq!((share.green_active(3), share.blue_active(3)), (1, 2));
        assert_eq!(share.blue_active(10), 7);
        assert_eq!(Share::of_fleet(0, 0), Share::GREEN);
        assert_eq!(Share::left_by_blue(3, 4), Share { green: 1, of: 4 });
    }

    #[test]
    fn a_share_keeps_the_fewest_instances_busy_that_carry_it() {
        for (fleet, of) in (0..=8).flat_map(|fleet| (1..=8).map(move |of| (fleet, of))) {
            for green in 0..=of {
                let share = Share { green, of };
                let enough = |part: u32| (0..=fleet).find(|active| active * of >= fleet * part);
                assert_eq!(Some(share.green_active(fleet)), enough(green), "{share:?} of {fleet}");
                assert_eq!(Some(share.blue_active(fleet)), enough(of - green), "{share:?} of {fleet}");
            }
        }
    }

    #[test]
    fn traffic_is_the_weighted_mean_of_the_variants() {
        let (third, half) = (Share::of_fleet(1, 3), Share::of_fleet(1, 2));
        let table = [
            (vec![(3.0, Share::GREEN), (3.0, Share::BLUE)], (5_000, 5_000)),
            (vec![(1.0, Share::GREEN), (3.0, Share::BLUE)], (7_500, 2_500)),
            (vec![(1.0, third)], (6_667, 3_333)),
            (vec![(2.0, third), (1.0, half)], (6_111, 3_889)),
            (vec![(0.0, Share::GREEN), (2.0, Share::BLUE)], (10_000, 0)),
            (vec![(0.0, Share::GREEN)], (0, 10_000)),
            (vec![(0.0, Share::GREEN), (0.0, Share::BLUE), (0.0, third)], (5_556, 4_444)),
            (vec![(1e300, Share::GREEN), (3e300, Share::BLUE)], (7_500, 2_500)),
            (vec![], (10_000, 0)),
        ];
        for (variants, sides) in table {
            let traffic = Traffic::weighted(variants.iter().copied());
            assert_eq!((traffic.blue_bp(), traffic.green_bp()), sides, "{variants:?}");
        }
    }
}
