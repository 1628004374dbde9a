//! The arithmetic of steps.

use proptest::prelude::*;

use crate::autoscaling::{AdjustmentType, StepScaling};

fn policy(text: &str) -> StepScaling {
    serde_json::from_str(text).expect("a configuration")
}

fn steps(kind: AdjustmentType, steps: &[(Option<f64>, Option<f64>, i64)], least: Option<i64>) -> StepScaling {
    let step = |(lower, upper, adjustment): &(Option<f64>, Option<f64>, i64)| {
        crate::autoscaling::step::Step { lower: *lower, upper: *upper, adjustment: *adjustment }
    };
    StepScaling {
        adjustment_type: kind,
        step_adjustments: steps.iter().map(step).collect(),
        min_adjustment_magnitude: least,
        cooldown: None,
        metric_aggregation_type: crate::autoscaling::step::Aggregation::default(),
    }
}

#[test]
fn awss_own_example_of_steps_wants_what_aws_says() {
    // The table of the user guide: 10 % more from 10 over the threshold on, 30 % more from 20 on, and so down.
    let policy = steps(
        AdjustmentType::PercentChangeInCapacity,
        &[
            (Some(0.0), Some(10.0), 0),
            (Some(10.0), Some(20.0), 10),
            (Some(20.0), None, 30),
            (Some(-10.0), Some(0.0), 0),
            (Some(-20.0), Some(-10.0), -10),
            (None, Some(-20.0), -30),
        ],
        None,
    );
    assert_eq!(policy.refusal(), None);
    for (beyond, wanted) in [
        (5.0, 10),
        (10.0, 11),
        (19.9, 11),
        (20.0, 13),
        (1e9, 13),
        (0.0, 10),
        (-5.0, 10),
        (-10.0, 9),
        (-20.0, 7),
    ] {
        assert_eq!(policy.wanted(10, beyond), Some(wanted), "{beyond} beyond the threshold");
    }
}

#[test]
fn percentages_go_toward_zero_but_not_to_it() {
    for (capacity, percent, wanted) in
        [(6, 12, 7), (127, 10, 139), (10, -67, 4), (10, 0, 10), (3, -10, 2), (0, 50, 0)]
    {
        let policy = steps(AdjustmentType::PercentChangeInCapacity, &[(None, None, percent)], None);
        assert_eq!(policy.wanted(capacity, 0.0), Some(wanted), "{percent} % of {capacity}");
    }
    let least = steps(AdjustmentType::PercentChangeInCapacity, &[(None, None, 25)], Some(2));
    assert_eq!(least.wanted(4, 0.0), Some(6));
    let least = steps(AdjustmentType::PercentChangeInCapacity, &[(None, None, -25)], Some(2));
    assert_eq!(least.wanted(4, 0.0), Some(2));
}

#[test]
fn where_no_step_is_nothing_is_wanted() {
    let policy = steps(AdjustmentType::ChangeInCapacity, &[(Some(0.0), None, 1)], None);
    assert_eq!((policy.wanted(2, 0.0), policy.wanted(2, -0.1)), (Some(3), None));
    let policy = steps(AdjustmentType::ExactCapacity, &[(None, Some(0.0), 1)], None);
    assert_eq!((policy.wanted(9, 0.0), policy.wanted(9, 0.1)), (Some(1), None));
}

#[test]
fn steps_that_do_not_fit_together_are_refused() {
    for (text, part) in [
        ("[]", "At least one"),
        (
            r#"[{"MetricIntervalLowerBound": 5, "MetricIntervalUpperBound": 5, "ScalingAdjustment": 1}]"#,
            "below its",
        ),
        (
            r#"[{"MetricIntervalUpperBound": 5, "ScalingAdjustment": 1}, {"MetricIntervalLowerBound": 4, "ScalingAdjustment": 1}]"#,
            "overlap",
        ),
        (
            r#"[{"MetricIntervalUpperBound": 5, "ScalingAdjustment": 1}, {"MetricIntervalLowerBound": 6, "ScalingAdjustment": 1}]"#,
            "gaps",
        ),
        (r#"[{"MetricIntervalLowerBound": -1, "ScalingAdjustment": 1}]"#, "negative lower bound"),
        (r#"[{"MetricIntervalUpperBound": 1, "ScalingAdjustment": 1}]"#, "positive upper bound"),
    ] {
        let policy =
            policy(&format!(r#"{{"AdjustmentType": "ChangeInCapacity", "StepAdjustments": {text}}}"#));
        let refusal = policy.refusal().unwrap_or_default();
        assert!(refusal.contains(part), "{text}: {refusal:?}");
    }
}

proptest! {
    /// Whatever is beyond the threshold, at most one step is for it, and with steps to both ends exactly one.
    #[test]
    fn every_distance_has_its_step(
        bounds in proptest::collection::btree_set(-50_i32..50, 1..6),
        beyond in -60.0_f64..60.0,
        capacity in 0_u32..1_000,
    ) {
        let bounds: Vec<f64> = bounds.into_iter().map(f64::from).collect();
        let ends = [None].into_iter().chain(bounds.iter().copied().map(Some)).chain([None]).collect::<Vec<_>>();
        let all: Vec<_> = (1..).zip(ends.windows(2)).map(|(number, pair)| (pair[0], pair[1], number)).collect();
        let policy = steps(AdjustmentType::ExactCapacity, &all, None);
        prop_assert_eq!(policy.refusal(), None);
        let wanted = policy.wanted(capacity, beyond).expect("some step is for it");
        let (lower, upper, _) = all[usize::try_from(wanted - 1).unwrap()];
        prop_assert!(lower.is_none_or(|lower| lower <= beyond) && upper.is_none_or(|upper| beyond <= upper));
    }

    /// A percentage never changes the capacity the wrong way, nor by more than it says, rounded up.
    #[test]
    fn a_percentage_stays_within_itself(capacity in 0_u32..100_000, percent in -100_i64..500) {
        let policy = steps(AdjustmentType::PercentChangeInCapacity, &[(None, None, percent)], None);
        let change = policy.wanted(capacity, 0.0).unwrap() - i64::from(capacity);
        let exact = f64::from(capacity) * percent as f64 / 100.0;
        prop_assert!(change.signum() * percent.signum() >= 0);
        prop_assert!((change as f64).abs() <= exact.abs().max(1.0), "{} for {}", change, exact);
    }
}
