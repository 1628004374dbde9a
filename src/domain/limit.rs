//! Limits on the instances of a type, which a world's endpoints share.

use std::collections::BTreeMap;

use super::endpoint::Endpoint;
use super::refusal::Refusal;

/// The limits of an instance type.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limit {
    /// So many can run at the same time: those of old and new fleets together. What is launched beyond that waits.
    pub pool: Option<u32>,
    /// So many the account may have: AWS's `for endpoint usage` quota. What is asked for beyond that is refused.
    pub quota: Option<u32>,
}

/// Instances by their type.
pub type ByType = BTreeMap<String, u64>;

/// The limits of a world, by instance type.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Limits(pub BTreeMap<String, Limit>);

impl Limits {
    /// How many more instances of a type can run, beside those that do; none where there is no limit.
    pub fn free(&self, instance_type: &str, running: &ByType) -> Option<u32> {
        let pool = self.0.get(instance_type)?.pool?;
        let taken = running.get(instance_type).copied().unwrap_or(0);
        Some(u32::try_from(u64::from(pool).saturating_sub(taken)).expect("no more than the pool"))
    }

    /// Whether there is room for so many instances of a type only.
    pub fn has_pool(&self, instance_type: &str) -> bool {
        self.0.get(instance_type).is_some_and(|limit| limit.pool.is_some())
    }

    /// Whether an account may have so many instances of a type only.
    pub fn has_quota(&self, instance_type: &str) -> bool {
        self.0.get(instance_type).is_some_and(|limit| limit.quota.is_some())
    }

    /// Refuses what would bring an account with `used` instances above its quota.
    pub fn refuse(&self, used: &ByType, wanted: &ByType) -> Result<(), Refusal> {
        for (instance_type, delta) in wanted.iter().filter(|(_, delta)| **delta > 0) {
            let Some(limit) = self.0.get(instance_type).and_then(|limit| limit.quota) else { continue };
            let used = used.get(instance_type).copied().unwrap_or(0);
            if used + delta > u64::from(limit) {
                let instance_type = instance_type.clone();
                return Err(Refusal::Quota { instance_type, limit, used, delta: *delta });
            }
        }
        Ok(())
    }
}

/// How many instances these endpoints have, by type: those that run, and with `waiting` those too that wait for room or
/// waited in vain. Copies of inference components run on instances, and are none.
pub fn instances<'a>(endpoints: impl IntoIterator<Item = &'a Endpoint>, waiting: bool) -> ByType {
    let mut by_type = ByType::new();
    for fleet in endpoints.into_iter().filter(|it| it.host.is_none()).flat_map(Endpoint::fleets) {
        for (variant, pool) in fleet.spec.variants.iter().zip(&fleet.pools) {
            let count = if waiting { pool.existing() } else { pool.running() };
            *by_type.entry(variant.instance_type.clone()).or_default() += u64::from(count);
        }
    }
    by_type
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(pool: Option<u32>, quota: Option<u32>) -> Limits {
        Limits(BTreeMap::from([("ml.g5".to_owned(), Limit { pool, quota })]))
    }

    fn of(count: u64) -> ByType {
        ByType::from([("ml.g5".to_owned(), count)])
    }

    #[test]
    fn what_is_free_is_what_does_not_run() {
        let free = |pool, running| limits(pool, None).free("ml.g5", &of(running));
        assert_eq!([free(Some(5), 3), free(Some(5), 9), free(None, 9)], [Some(2), Some(0), None]);
        assert_eq!(limits(Some(5), None).free("ml.m5", &of(9)), None, "another type");
    }

    #[test]
    fn a_quota_is_met_and_never_passed() {
        let refused = |used, wanted| limits(None, Some(5)).refuse(&of(used), &of(wanted)).err();
        assert_eq!((refused(3, 2), refused(9, 0)), (None, None));
        let wanted = Refusal::Quota { instance_type: "ml.g5".to_owned(), limit: 5, used: 3, delta: 3 };
        assert_eq!(refused(3, 3), Some(wanted));
        assert_eq!(limits(Some(0), None).refuse(&of(3), &of(3)), Ok(()), "a pool lets wait");
    }
}
