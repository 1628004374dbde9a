//! What becomes of instances that are launched together.

use crate::clock::Timestamp;
use crate::domain::fleet::{Group, Outcome};
use crate::domain::variant::{Health, Variant};

/// Launches `count` instances of `variant` at `at`, when `launched_before` of its model were launched before
/// them. Those that share a fate are one group; at most two groups come of it.
pub fn launch(variant: &Variant, launched_before: u64, count: u32, at: Timestamp) -> Vec<Group> {
    let behaviour = &variant.behaviour;
    let passing = match behaviour.health {
        _ if behaviour.startup_ms > behaviour.ping_timeout_ms => 0,
        Health::Passing => count,
        Health::Failing => 0,
        Health::FailingAfter(first) => {
            u32::try_from(first.saturating_sub(launched_before)).map_or(count, |left| left.min(count))
        }
    };
    let ready = Outcome::Ready(at.plus_ms(behaviour.startup_ms));
    let unhealthy = Outcome::Unhealthy(at.plus_ms(behaviour.ping_timeout_ms));
    let group = |count, outcome| Group { count, launched_at: at, outcome };
    let groups = [group(passing, ready), group(count - passing, unhealthy)];
    groups.into_iter().filter(|group| group.count > 0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::placement::Resources;
    use crate::domain::serving::{Routing, Serving};
    use crate::domain::variant::{Behaviour, Echo, PRIMARY};

    fn variant(startup_ms: i64, health: Health) -> Variant {
        Variant {
            name: "main".to_owned(),
            model_id: "m".to_owned(),
            instance_type: "ml.m5.large".to_owned(),
            accelerator_type: None,
            instances: 1,
            weight: 1.0,
            needs: Resources::default(),
            hosts: false,
            managed: None,
            behaviour: Behaviour { startup_ms, ping_timeout_ms: 240_000, health },
            serving: Serving::default(),
            routing: Routing::default(),
            container: PRIMARY.to_owned(),
            images: Vec::new(),
            excluded: None,
            echo: Echo::default(),
        }
    }

    fn fates(variant: &Variant, before: u64, count: u32) -> Vec<(u32, Outcome)> {
        let groups = launch(variant, before, count, Timestamp(1_000));
        assert!(groups.iter().all(|group| group.launched_at == Timestamp(1_000)));
        groups.into_iter().map(|group| (group.count, group.outcome)).collect()
    }

    const READY: Outcome = Outcome::Ready(Timestamp(61_000));
    const GIVEN_UP: Outcome = Outcome::Unhealthy(Timestamp(241_000));

    #[test]
    fn instances_are_ready_after_their_startup_or_given_up_at_the_ping_timeout() {
        assert_eq!(fates(&variant(60_000, Health::Passing), 9, 3), [(3, READY)]);
        assert_eq!(fates(&variant(60_000, Health::Failing), 0, 3), [(3, GIVEN_UP)]);
        assert_eq!(fates(&variant(60_000, Health::Passing), 0, 0), []);
    }

    #[test]
    fn failing_after_splits_the_launch_that_crosses_its_number() {
        let model = variant(60_000, Health::FailingAfter(4));
        assert_eq!(fates(&model, 0, 4), [(4, READY)]);
        assert_eq!(fates(&model, 2, 3), [(2, READY), (1, GIVEN_UP)]);
        assert_eq!(fates(&model, 4, 1), [(1, GIVEN_UP)]);
        assert_eq!(fates(&variant(60_000, Health::FailingAfter(u64::MAX)), 7, u32::MAX), [(u32::MAX, READY)]);
    }

    #[test]
    fn a_startup_that_is_as_long_as_the_timeout_passes_and_a_longer_one_never_does() {
        let in_time = Outcome::Ready(Timestamp(241_000));
        assert_eq!(fates(&variant(240_000, Health::Passing), 0, 2), [(2, in_time)]);
        assert_eq!(fates(&variant(240_001, Health::Passing), 0, 2), [(2, GIVEN_UP)]);
    }
}
