//! Logarithm, exponential and the normal distribution's quantiles by plain arithmetic, so that every machine
//! gives the same bits. The library's own differ between systems in their last digits, and a latency that
//! differs by a microsecond is another history.

use std::f64::consts::{LN_2, SQRT_2};

/// The 99th percentile of the normal distribution.
pub const Z99: f64 = 2.326_347_874_040_841;

/// e to the power of `x`, for `x` from -700 to 700.
pub fn exp(x: f64) -> f64 {
    let x = x.clamp(-700.0, 700.0);
    let twos = (x / LN_2).round();
    let rest = x - twos * LN_2;
    // Taylor's series; the rest is at most 0.35, so that the term after the last is below 1e-16.
    let series = (1..=13).rev().fold(1.0, |sum, n| 1.0 + sum * rest / f64::from(n));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "1023 - 1011 to 1023 + 1011")]
    let power = f64::from_bits(((twos as i64 + 1023) as u64) << 52);
    series * power
}

/// The natural logarithm of `x`, a normal number above 0.
pub fn ln(x: f64) -> f64 {
    let bits = x.to_bits();
    let mut twos = f64::from(u32::try_from(bits >> 52).expect("12 bits, and no sign")) - 1023.0;
    let mut mantissa = f64::from_bits((bits & ((1 << 52) - 1)) | (1023 << 52));
    if mantissa > SQRT_2 {
        (mantissa, twos) = (mantissa / 2.0, twos + 1.0);
    }
    let ratio = (mantissa - 1.0) / (mantissa + 1.0);
    let square = ratio * ratio;
    // 2 artanh(ratio); the ratio is at most 0.172, so that the term after the last is below 1e-17.
    let series = (0..=10).rev().fold(0.0, |sum, n| sum * square + 1.0 / f64::from(2 * n + 1));
    twos * LN_2 + 2.0 * ratio * series
}

/// The number that a part `p` of the normal distribution lies below, for `p` between 0 and 1: Peter Acklam's
/// rational approximation, with a relative error below 1.2e-9.
pub fn normal_quantile(p: f64) -> f64 {
    const A: [f64; 6] = [
        -3.969_683_028_665_376e1,
        2.209_460_984_245_205e2,
        -2.759_285_104_469_687e2,
        1.383_577_518_672_69e2,
        -3.066_479_806_614_716e1,
        2.506_628_277_459_239,
    ];
    const B: [f64; 6] = [
        -5.447_609_879_822_406e1,
        1.615_858_368_580_409e2,
        -1.556_989_798_598_866e2,
        6.680_131_188_771_972e1,
        -1.328_068_155_288_572e1,
        1.0,
    ];
    const C: [f64; 6] = [
        -7.784_894_002_430_293e-3,
        -3.223_964_580_411_365e-1,
        -2.400_758_277_161_838,
        -2.549_732_539_343_734,
        4.374_664_141_464_968,
        2.938_163_982_698_783,
    ];
    const D: [f64; 5] = [
        7.784_695_709_041_462e-3,
        3.224_671_290_700_398e-1,
        2.445_134_137_142_996,
        3.754_408_661_907_416,
        1.0,
    ];
    const TAIL: f64 = 0.02425;
    let tail = |part: f64| {
        let q = (-2.0 * ln(part)).sqrt();
        polynomial(&C, q) / polynomial(&D, q)
    };
    if p < TAIL {
        return tail(p);
    }
    if p > 1.0 - TAIL {
        return -tail(1.0 - p);
    }
    let q = p - 0.5;
    q * polynomial(&A, q * q) / polynomial(&B, q * q)
}

/// The highest power first.
fn polynomial(coefficients: &[f64], x: f64) -> f64 {
    coefficients.iter().fold(0.0, |sum, coefficient| sum * x + coefficient)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(ours: f64, true_value: f64, relative: f64) -> bool {
        (ours - true_value).abs() <= relative * true_value.abs().max(1e-300)
    }

    #[test]
    fn logarithm_and_exponential_agree_with_the_library() {
        for step in -700..=700 {
            let x = f64::from(step) * 0.997;
            assert!(near(exp(x), x.exp(), 1e-12), "exp {x}: {} {}", exp(x), x.exp());
        }
        for step in 1..10_000 {
            let x = f64::from(step) * f64::from(step) * 0.000_7;
            assert!((ln(x) - x.ln()).abs() < 1e-14 * x.ln().abs().max(1.0), "ln {x}");
        }
    }

    #[test]
    fn quantiles_of_the_normal_distribution_are_those_of_the_tables() {
        let table = [
            (0.5, 0.0),
            (0.841_344_746_068_543, 1.0),
            (0.99, Z99),
            (0.999, 3.090_232_306_167_814),
            (0.01, -Z99),
            (1e-9, -5.997_807_015_007_687),
        ];
        for (p, z) in table {
            assert!((normal_quantile(p) - z).abs() < 1e-8, "{p}: {}", normal_quantile(p));
        }
        let smallest = 1.0 / (1u64 << 54) as f64;
        assert!(normal_quantile(smallest).is_finite() && normal_quantile(1.0 - 2.0 * smallest).is_finite());
    }
}
