//! Chance with a seed: the same seed, the same throws, on every machine.

/// A generator (`SplitMix64`), small enough to be seen through.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// From 0 to before `end`; 0 if there is nothing before it.
    pub fn below(&mut self, end: usize) -> usize {
        let wide = u128::from(self.next()) * (end as u128);
        usize::try_from(wide >> 64).expect("it is below end")
    }

    /// From `low` to `high`, both of them included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        let width = usize::try_from(high - low + 1).expect("low is not above high");
        low + i64::try_from(self.below(width)).expect("it is below the width")
    }

    /// Between the two, and each order of magnitude as often as another.
    pub fn magnitude(&mut self, low: i64, high: i64) -> i64 {
        let steps = (high / low.max(1)).ilog2();
        let end = low << self.below(steps as usize + 1);
        self.between(low, (end * 2).min(high))
    }

    /// So many times in a thousand.
    pub fn permille(&mut self, times: u32) -> bool {
        self.below(1000) < times as usize
    }

    /// One of these.
    pub fn of<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len())]
    }

    /// One of these, each as often as its weight says; at least one weighs something.
    pub fn weighted<'a, T>(&mut self, choices: &'a [(u32, T)]) -> &'a T {
        let total: usize = choices.iter().map(|(weight, _)| *weight as usize).sum();
        let mut left = self.below(total);
        for (weight, choice) in choices {
            if left < *weight as usize {
                return choice;
            }
            left -= *weight as usize;
        }
        unreachable!("the throw is below the sum of the weights")
    }

    /// Dice of their own, which no throw of these changes.
    pub fn split(&mut self) -> Self {
        Self(self.next())
    }
}
