//! Chance that can be repeated: the same on every machine, in every version, at any pace.
//!
//! A draw depends on (seed, stream, number) alone and not on what was drawn before, so that the thousandth
//! request of an endpoint meets the same luck whether the nine hundred before it were computed a minute ago
//! or never. Nothing here uses the machine's own logarithm or exponential, which differ in their last bits.

use super::exact;

/// `splitmix64`'s step: 2^64 over the golden ratio.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// The luck of one request.
#[derive(Clone, Debug)]
pub struct Chance {
    state: u64,
}

impl Chance {
    /// The luck of the `n`-th request of `stream`.
    pub fn new(seed: u64, stream: u64, n: u64) -> Self {
        let stream = mix(mix(seed.wrapping_add(STEP)).wrapping_add(stream));
        Self { state: mix(stream.wrapping_add(n.wrapping_mul(STEP))) }
    }

    /// Any number from 0, less than 1; each of 2^53 equally likely.
    pub fn uniform(&mut self) -> f64 {
        (self.next() >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
    }

    /// A number from the normal distribution with mean 0 and deviation 1.
    pub fn normal(&mut self) -> f64 {
        exact::normal_quantile((self.next() >> 11) as f64 / (1u64 << 53) as f64 + 1.0 / (1u64 << 54) as f64)
    }

    /// A whole number less than `n`, which is at least 1.
    pub fn below(&mut self, n: u64) -> u64 {
        let product = u128::from(self.next()) * u128::from(n);
        u64::try_from(product >> 64).expect("the upper half of a product of two halves")
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(STEP);
        mix(self.state)
    }
}

/// The stream of a name: FNV-1a, 64 bits.
pub fn stream_of(text: &str) -> u64 {
    let add = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    text.bytes().fold(0xcbf2_9ce4_8422_2325, add)
}

/// `splitmix64`'s mixer: every bit depends on every bit.
fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draws(count: u64) -> impl Iterator<Item = Chance> {
        (0..count).map(|n| Chance::new(7, stream_of("house"), n))
    }

    #[test]
    fn luck_is_the_same_for_ever() {
        let mut chance = Chance::new(1, stream_of("house"), 2);
        let drawn = [chance.next(), chance.next(), chance.below(1_000), chance.below(1)];
        assert_eq!(drawn, [1_668_824_470_549_861_760, 3_478_597_969_481_982_384, 265, 0]);
        assert_eq!(stream_of(""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(stream_of("a"), 0xaf63_dc4c_8601_ec8c);
    }

    #[test]
    fn neighbours_in_number_stream_or_seed_share_no_luck() {
        let mut seen = std::collections::BTreeSet::new();
        for (seed, stream, n) in (0..1_000u64).flat_map(|i| [(i, 1, 1), (0, i + 2, 1), (0, 1, i + 2)]) {
            let mut chance = Chance::new(seed, stream, n);
            assert!(seen.insert(chance.next()) && seen.insert(chance.next()), "{seed} {stream} {n}");
        }
    }

    #[test]
    fn first_draws_of_many_requests_are_even() {
        let mut tens = [0u32; 10];
        for mut chance in draws(100_000) {
            let drawn = chance.uniform();
            assert!((0.0..1.0).contains(&drawn));
            tens[usize::try_from(chance.below(10)).unwrap()] += 1;
        }
        // 4 sigma of 100,000 tries at a tenth is 380.
        assert!(tens.iter().all(|count| count.abs_diff(10_000) < 380), "{tens:?}");
        let mean = draws(100_000).map(|mut chance| chance.uniform()).sum::<f64>() / 100_000.0;
        assert!((mean - 0.5).abs() < 4.0 * 0.289 / 316.0, "{mean}");
    }

    #[test]
    fn normal_draws_have_mean_nought_and_deviation_one() {
        let drawn: Vec<f64> = draws(100_000).map(|mut chance| chance.normal()).collect();
        let mean = drawn.iter().sum::<f64>() / 100_000.0;
        let variance = drawn.iter().map(|x| x * x).sum::<f64>() / 100_000.0;
        assert!(mean.abs() < 4.0 / 316.0, "{mean}");
        assert!((variance - 1.0).abs() < 4.0 * 2.0_f64.sqrt() / 316.0, "{variance}");
        let far = drawn.iter().filter(|x| **x > exact::Z99).count();
        assert!(far.abs_diff(1_000) < 126, "one in a hundred lies above the 99th percentile: {far}");
    }
}
