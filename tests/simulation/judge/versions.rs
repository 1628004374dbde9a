//! Every version of every endpoint that was ever committed: I1, I4, I5, I7 and I8.

use sagebrush::domain::deployment::Deployment;
use sagebrush::domain::fleet::Fleet;

use super::rows::{Rows, Version};

/// Where instances may die, traffic goes to those that are left until others have taken their place: no I8 there.
pub fn judge(rows: &Rows, instances_die: bool, faults: &mut Vec<String>) {
    for (id, versions) in &rows.versions {
        let mut fault = |what: String| faults.push(format!("endpoint {id}: {what}"));
        for (index, version) in versions.iter().enumerate() {
            let number = version.number;
            if number != i64::try_from(index + 1).expect("versions are few") {
                fault(format!("I4: version {number} stands in place {}", index + 1));
            }
            if version.blue + version.green != 10_000 {
                fault(format!("I1: version {number} has {} + {} of traffic", version.blue, version.green));
            }
            for what in if instances_die { Vec::new() } else { uncovered(version) } {
                fault(format!("I8: version {number}: {what}"));
            }
        }
        for pair in versions.windows(2) {
            if pair[1].modified < pair[0].modified {
                fault(format!("I5: version {} is before the one before it", pair[1].number));
            }
        }
    }
}

/// Where traffic goes to instances that are not there or not healthy.
fn uncovered(version: &Version) -> Vec<String> {
    let Some(deployment) = version.endpoint.deployment() else { return Vec::new() };
    let Deployment { plan, shares, blue, green, .. } = deployment;
    let at = version.modified;
    let mut faults = Vec::new();
    for ((variant, share), pool) in plan.variants.iter().zip(shares).zip(&green.pools) {
        let healthy = |fleet: &Fleet| fleet.pool(&variant.name).map_or(0, |pool| pool.healthy(at));
        let blue: u32 = blue.iter().map(healthy).sum();
        let (on_blue, on_green) = (share.blue_active(variant.blue), share.green_active(variant.green));
        if on_green > pool.healthy(at) {
            faults.push(format!(
                "{on_green} of green are to serve {}, {} are healthy",
                variant.name,
                pool.healthy(at)
            ));
        }
        if on_blue > blue {
            faults.push(format!("{on_blue} of blue are to serve {}, {blue} are healthy", variant.name));
        }
    }
    faults
}
