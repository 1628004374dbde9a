//! What comes of what policies want.

use proptest::prelude::*;

use crate::autoscaling::{
    Bounds, Cooldown, Direction, Moment, Policy, Reason, Side, Signal, Suspended, Target, Trigger, Verdict,
    decide,
};
use crate::clock::Timestamp;

const NOW: Timestamp = Timestamp(1_000_000);

fn within(min: u32, max: u32) -> Target {
    Target {
        bounds: Bounds { min, max },
        suspended: Suspended::default(),
        cooldown: None,
        scaled_at: None,
        is_out_of_bounds: false,
    }
}

/// A policy that wants so many more, or fewer.
fn change(by: i64) -> Trigger {
    let body = format!(
        r#"{{"StepScalingPolicyConfiguration": {{"AdjustmentType": "ChangeInCapacity", "StepAdjustments": [{{"ScalingAdjustment": {by}}}]}}}}"#
    );
    let policy: Policy = serde_json::from_str(&body).expect("a policy");
    Trigger { policy, signal: Signal::default() }
}

fn at(target: &Target, capacity: u32) -> Moment<'_> {
    Moment { target, capacity, is_scalable: true, all_agree_to_scale_in: true, now: NOW }
}

#[test]
fn bounds_are_in_the_way_and_the_largest_wish_counts() {
    let target = within(2, 5);
    let scale = |to, direction, by| Verdict::Scale { to, direction, by };
    let not = |reason| Verdict::NotScaled { reason, by: 0 };
    for (capacity, wishes, verdict) in [
        (3, &[1][..], scale(4, Direction::Out, 0)),
        (3, &[9], scale(5, Direction::Out, 0)),
        (5, &[1], not(Reason::AlreadyAtMaxCapacity(5))),
        (3, &[-9], scale(2, Direction::In, 0)),
        (2, &[-1], not(Reason::AlreadyAtMinCapacity(2))),
        (3, &[0], not(Reason::AlreadyAtDesiredCapacity(3))),
        (3, &[-1, 1, 2], scale(5, Direction::Out, 2)),
        (4, &[-2, -1], scale(3, Direction::In, 1)),
        (7, &[1], not(Reason::AlreadyAtMaxCapacity(5))),
        (7, &[-1], scale(5, Direction::In, 0)),
        (1, &[1], scale(2, Direction::Out, 0)),
    ] {
        let triggers: Vec<_> = wishes.iter().copied().map(change).collect();
        assert_eq!(decide(&triggers, &at(&target, capacity)), verdict, "{wishes:?} at {capacity}");
    }
    assert_eq!(decide(&[], &at(&target, 3)), Verdict::Held);
}

#[test]
fn a_cooldown_holds_back_its_own_direction() {
    let cooled = |direction, base, until| Target {
        cooldown: Some(Cooldown { direction, base, until }),
        ..within(1, 9)
    };
    let later = NOW.plus_ms(1);
    for (target, wish, verdict) in [
        (cooled(Direction::Out, 2, later), 1, Verdict::Held),
        (cooled(Direction::Out, 2, later), 4, Verdict::Scale { to: 6, direction: Direction::Out, by: 0 }),
        (cooled(Direction::Out, 2, later), -1, Verdict::Scale { to: 3, direction: Direction::In, by: 0 }),
        (cooled(Direction::Out, 7, later), 1, Verdict::Scale { to: 5, direction: Direction::Out, by: 0 }),
        (cooled(Direction::Out, 2, NOW), 1, Verdict::Scale { to: 5, direction: Direction::Out, by: 0 }),
        (cooled(Direction::In, 6, later), -1, Verdict::Held),
        (cooled(Direction::In, 6, later), 1, Verdict::Scale { to: 5, direction: Direction::Out, by: 0 }),
    ] {
        assert_eq!(decide(&[change(wish)], &at(&target, 4)), verdict, "{wish} with {:?}", target.cooldown);
    }
}

#[test]
fn in_a_cooldown_the_policy_counts_that_still_wants_more() {
    let cooldown = Some(Cooldown { direction: Direction::Out, base: 2, until: NOW.plus_ms(1) });
    let target = Target { cooldown, ..within(1, 9) };
    let body = r#"{"TargetTrackingScalingPolicyConfiguration": {"TargetValue": 1.0}}"#;
    let policy = serde_json::from_str(body).expect("a policy");
    let busy =
        Trigger { policy, signal: Signal { values: vec![1.2], threshold: 1.0, side: Some(Side::High) } };
    let verdict = Verdict::Scale { to: 5, direction: Direction::Out, by: 1 };
    assert_eq!(decide(&[change(2), busy], &at(&target, 4)), verdict, "the steps have had theirs");
}

#[test]
fn what_cannot_be_scaled_is_not() {
    let target = within(1, 9);
    let moment = Moment { is_scalable: false, ..at(&target, 4) };
    let reason = Reason::TargetServicePutResourceAsUnscalable;
    assert_eq!(decide(&[change(1)], &moment), Verdict::NotScaled { reason, by: 0 });
    let moment = Moment { all_agree_to_scale_in: false, ..at(&target, 4) };
    let fewer = Verdict::Scale { to: 3, direction: Direction::In, by: 0 };
    assert_eq!(decide(&[change(-1)], &moment), fewer, "steps need nobody's agreement");
    let body = r#"{"TargetTrackingScalingPolicyConfiguration": {"TargetValue": 1.0}}"#;
    let policy = serde_json::from_str(body).expect("a policy");
    let idle =
        Trigger { policy, signal: Signal { values: vec![0.7], threshold: 0.9, side: Some(Side::Low) } };
    assert_eq!(decide(std::slice::from_ref(&idle), &moment), Verdict::Held);
    assert_eq!(decide(&[idle], &at(&target, 4)), fewer);
    let suspended = Suspended { scaling_in: true, ..Suspended::default() };
    let target = Target { suspended, ..within(1, 9) };
    assert_eq!(decide(&[change(-1)], &at(&target, 4)), Verdict::Held);
    assert_eq!(
        decide(&[change(1)], &at(&target, 4)),
        Verdict::Scale { to: 5, direction: Direction::Out, by: 0 }
    );
}

fn targets() -> impl Strategy<Value = Target> {
    let cooldown = (any::<bool>(), 0_u32..20, -5_i64..5).prop_map(|(out, base, ahead)| Cooldown {
        direction: if out { Direction::Out } else { Direction::In },
        base,
        until: NOW.plus_ms(ahead),
    });
    let suspended = (any::<bool>(), any::<bool>()).prop_map(|(scaling_in, scaling_out)| Suspended {
        scaling_in,
        scaling_out,
        scheduled: false,
    });
    (0_u32..20, 0_u32..20, suspended, proptest::option::of(cooldown)).prop_map(
        |(min, more, suspended, cooldown)| Target { suspended, cooldown, ..within(min, min + more) },
    )
}

proptest! {
    /// Whatever is wanted, the capacity ends within the bounds, is another one, and changes the way that is allowed.
    #[test]
    fn what_is_decided_keeps_the_rules(
        target in targets(),
        capacity in 0_u32..40,
        wishes in proptest::collection::vec(-30_i64..30, 0..4),
        is_scalable in any::<bool>(),
    ) {
        let triggers: Vec<_> = wishes.iter().copied().map(change).collect();
        let moment = Moment { is_scalable, ..at(&target, capacity) };
        if let Verdict::Scale { to, direction, by } = decide(&triggers, &moment) {
            prop_assert!(is_scalable && by < wishes.len());
            prop_assert!(target.bounds.min <= to && to <= target.bounds.max);
            prop_assert_eq!(to > capacity, direction == Direction::Out);
            prop_assert_eq!(to < capacity, direction == Direction::In);
            prop_assert!(!target.suspended.forbids(direction));
            let cools = target.cooldown.is_some_and(|cooldown| cooldown.until > NOW && cooldown.direction == direction);
            prop_assert!(!(cools && direction == Direction::In));
        }
    }
}
