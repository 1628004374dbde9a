//! Every version of every endpoint that was ever committed: I1, I4, I5, I7 and I8.

use sagebrush::domain::deployment::Deployment;
use sagebrush::domain::endpoint::State;
use sagebrush::domain::fleet::Fleet;

use super::rows::{Rows, Version};

pub fn judge(rows: &Rows, faults: &mut Vec<String>) {
    for (id, versions) in &rows.versions {
        let at_rest =
            versions.iter().filter(|version| lacks_instances(version)).map(|version| version.modified);
        let struck = at_rest.chain(rows.deaths.get(id).copied()).min();
        let mut fault = |what: String| faults.push(format!("endpoint {id}: {what}"));
        for (index, version) in versions.iter().enumerate() {
            let number = version.number;
            if number != i64::try_from(index + 1).expect("versions are few") {
                fault(format!("I4: version {number} stands in place {}", index + 1));
            }
            if version.blue + version.green != 10_000 {
                fault(format!("I1: version {number} has {} + {} of traffic", version.blue, version.green));
            }
            // Once instances have died, traffic goes to those that are left until others have taken their place.
            if struck.is_none_or(|died| version.modified < died) {
                for what in uncovered(version) {
                    fault(format!("I8: version {number}: {what}"));
                }
            }
        }
        for pair in versions.windows(2) {
            if pair[1].modified < pair[0].modified {
                fault(format!("I5: version {} is before the one before it", pair[1].number));
            }
        }
    }
}

/// Whether an endpoint that rests has fewer healthy instances than it is to have: some have just died.
fn lacks_instances(version: &Version) -> bool {
    let State::InService(fleet) = &version.endpoint.state else { return false };
    let healthy = |name: &str| fleet.pool(name).map_or(0, |pool| pool.healthy(version.modified));
    fleet.spec.variants.iter().any(|variant| healthy(&variant.name) < variant.instances)
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
