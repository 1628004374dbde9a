//! I8: what has traffic exists and is healthy. Rolling back, traffic follows what is up.

use crate::domain::capacity::Share;
use crate::domain::endpoint::tests::*;

/// Holds every state of a deployment to it.
pub fn covers_traffic(endpoint: &Endpoint, now: Timestamp) {
    let Some(deployment) = endpoint.deployment() else { return };
    for ((plan, share), pool) in
        deployment.plan.variants.iter().zip(&deployment.shares).zip(&deployment.green.pools)
    {
        assert!(share.green <= share.of && share.of > 0);
        let blue: u32 = deployment
            .blue
            .iter()
            .filter_map(|fleet| fleet.pool(&plan.name))
            .map(|pool| pool.healthy(now))
            .sum();
        let (blue_active, green_active) = (share.blue_active(plan.blue), share.green_active(plan.green));
        assert!(green_active <= pool.healthy(now), "green serves with what it has not");
        assert!(blue_active <= blue, "blue serves with what it has not");
        assert!(just_enough(green_active, plan.green, share.green, share.of), "{share:?} of {plan:?}");
        assert!(
            just_enough(blue_active, plan.blue, share.of - share.green, share.of),
            "{share:?} of {plan:?}"
        );
        let split = share.green > 0 && share.green < share.of;
        assert!(!split || blue > 0, "a part of the traffic goes to nobody");
    }
    let weights = deployment.green.spec.variants.iter().map(|variant| variant.weight);
    let exact = weighted(weights.zip(deployment.shares.iter().copied().map(fraction)).collect());
    let told = f64::from(deployment.traffic().green_bp());
    assert!((told - exact * 10_000.0).abs() <= 0.5 + 1e-6, "{told} told, {exact} by the shares");
}

/// The mean of (weight, value) pairs; weights that are all zero count as equal.
pub fn weighted(mut pairs: Vec<(f64, f64)>) -> f64 {
    if pairs.iter().all(|(weight, _)| *weight == 0.0) {
        for pair in &mut pairs {
            pair.0 = 1.0;
        }
    }
    let total: f64 = pairs.iter().map(|(weight, _)| weight).sum();
    pairs.iter().map(|(weight, value)| weight * value).sum::<f64>() / total
}

/// Whether `active` is the smallest number of `fleet` instances that is at least `num / of` of them.
fn just_enough(active: u32, fleet: u32, num: u32, of: u32) -> bool {
    let (active, wanted, of) = (u64::from(active), u64::from(fleet) * u64::from(num), u64::from(of));
    active * of >= wanted && (active == 0 || (active - 1) * of < wanted)
}

fn fraction(share: Share) -> f64 {
    f64::from(share.green) / f64::from(share.of)
}
