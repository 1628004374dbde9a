//! Where copies of inference components find room: on instances, each with so much of everything.
//!
//! Copies are placed like AWS's `BINPACK`: the largest first, each on the first instance that still has what it needs.
//! Instances with the same left over are one group, so that an absurd count costs nothing.

use serde::{Deserialize, Serialize};

/// What an instance offers, or a copy needs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct Resources {
    /// Thousandths of an accelerator.
    pub accelerators: u64,
    /// Memory, MiB.
    pub memory_mb: u64,
    /// Thousandths of a processor core.
    pub cores: u64,
}

impl Resources {
    /// Whether it is nothing at all.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }

    /// How many times `need` is in it.
    fn times(self, need: Self) -> u64 {
        let parts = [
            (self.accelerators, need.accelerators),
            (self.memory_mb, need.memory_mb),
            (self.cores, need.cores),
        ];
        let fit = parts.iter().filter_map(|(has, need)| has.checked_div(*need));
        fit.min().unwrap_or(u64::MAX)
    }

    fn without(self, need: Self, times: u64) -> Self {
        Self {
            accelerators: self.accelerators - need.accelerators * times,
            memory_mb: self.memory_mb - need.memory_mb * times,
            cores: self.cores - need.cores * times,
        }
    }
}

/// Instances, and what is left of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instances(Vec<(u64, Resources)>);

impl Instances {
    /// So many instances on which nothing runs.
    pub fn empty(count: u32, offers: Resources) -> Self {
        Self(vec![(u64::from(count), offers)])
    }

    /// Places as many of `count` copies as find room; how many those are.
    pub fn place(&mut self, count: u32, need: Resources) -> u32 {
        let mut left = u64::from(count);
        let mut after = Vec::with_capacity(self.0.len() + 2);
        for (instances, rest) in self.0.drain(..) {
            let each = rest.times(need);
            if left == 0 || each == 0 {
                after.push((instances, rest));
                continue;
            }
            let full = instances.min(left / each);
            if full > 0 {
                after.push((full, rest.without(need, each)));
                left -= full * each;
            }
            let begun = u64::from(full < instances && left > 0);
            if begun > 0 {
                after.push((1, rest.without(need, left)));
                left = 0;
            }
            if instances > full + begun {
                after.push((instances - full - begun, rest));
            }
        }
        self.0 = after;
        count - u32::try_from(left).expect("no more than the count")
    }

    /// Whether there are more of them than of others, or larger ones, with nothing on any.
    pub fn exceed(&self, others: &Self) -> bool {
        self.0.iter().zip(&others.0).any(|((count, has), (other_count, other))| {
            count > other_count
                || has.accelerators > other.accelerators
                || has.memory_mb > other.memory_mb
                || has.cores > other.cores
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resources(accelerators: u64, cores: u64, memory_mb: u64) -> Resources {
        Resources { accelerators: accelerators * 1000, cores: cores * 1000, memory_mb }
    }

    /// How many more copies find room.
    fn free(instances: &Instances, need: Resources) -> u32 {
        instances.clone().place(u32::MAX, need)
    }

    #[test]
    fn copies_find_room_where_an_instance_has_all_that_they_need() {
        let offers = resources(4, 48, 196_608);
        for (need, each) in [
            (resources(1, 2, 1_024), 4),
            (resources(3, 1, 128), 1),
            (resources(0, 20, 128), 2),
            (resources(0, 1, 100_000), 1),
            (resources(5, 1, 128), 0),
        ] {
            let mut instances = Instances::empty(3, offers);
            assert_eq!(free(&instances, need), 3 * each, "{need:?}");
            assert_eq!(instances.place(100, need), 3 * each, "{need:?}");
            assert_eq!(free(&instances, need), 0, "{need:?}");
        }
    }

    #[test]
    fn what_is_left_of_an_instance_is_filled_before_the_next_one() {
        let mut instances = Instances::empty(2, resources(4, 48, 196_608));
        assert_eq!(instances.place(3, resources(1, 1, 128)), 3);
        assert_eq!(free(&instances, resources(4, 1, 128)), 1, "the other is empty");
        assert_eq!(instances.place(2, resources(1, 1, 128)), 2);
        assert_eq!(free(&instances, resources(4, 1, 128)), 0);
        assert_eq!(free(&instances, resources(1, 1, 128)), 3);
    }

    #[test]
    fn an_absurd_number_of_instances_costs_nothing() {
        let mut instances = Instances::empty(u32::MAX, resources(8, 192, 1 << 20));
        assert_eq!(instances.place(u32::MAX, resources(1, 1, 128)), u32::MAX);
        assert_eq!(instances.place(7, Resources::default()), 7, "who needs nothing is anywhere");
    }

    #[test]
    fn as_many_are_placed_as_a_naive_packer_places() {
        let naive = |instances: u64, offers: u64, lots: &[(u32, u64)]| -> Vec<u32> {
            let mut bins = vec![offers; usize::try_from(instances).unwrap()];
            let placed = lots.iter().map(|(count, need)| {
                let fits = (0..*count).take_while(|_| match bins.iter_mut().find(|bin| **bin >= *need) {
                    Some(bin) => {
                        *bin -= need;
                        true
                    }
                    None => false,
                });
                u32::try_from(fits.count()).unwrap()
            });
            placed.collect()
        };
        for instances in 0..5 {
            for first in 0..7 {
                for second in 0..7 {
                    for needs in [(1, 2), (2, 1), (3, 2), (4, 1), (3, 3), (5, 1)] {
                        let lots = [(first, needs.0), (second, needs.1)];
                        let mut packed = Instances::empty(instances, resources(4, 0, 0));
                        let placed = lots.map(|(count, need)| packed.place(count, resources(need, 0, 0)));
                        let wanted = naive(u64::from(instances), 4, &lots);
                        assert_eq!(placed.to_vec(), wanted, "{lots:?} on {instances}");
                    }
                }
            }
        }
    }
}
