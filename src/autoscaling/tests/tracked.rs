//! The arithmetic of targets.

use proptest::prelude::*;

use crate::autoscaling::{Side, TargetTracking, low_threshold};

fn target(value: f64) -> TargetTracking {
    TargetTracking {
        target_value: value,
        scale_out_cooldown: None,
        scale_in_cooldown: None,
        disable_scale_in: false,
        predefined_metric_specification: None,
        customized_metric_specification: None,
    }
}

#[test]
fn the_capacity_is_what_brings_the_metric_to_its_target() {
    for (side, capacity, values, wanted) in [
        (Side::High, 2, &[70.0, 100.0, 140.0][..], Some(4)),
        (Side::High, 2, &[71.0], Some(3)),
        (Side::High, 4, &[10.0], Some(4)),
        (Side::Low, 4, &[30.0, 10.0, 20.0], Some(2)),
        (Side::Low, 4, &[0.0], Some(0)),
        (Side::Low, 4, &[90.0], Some(4)),
        (Side::High, 2, &[], None),
    ] {
        assert_eq!(
            target(70.0).wanted(side, capacity, values),
            wanted,
            "{side:?} of {capacity} at {values:?}"
        );
    }
    assert_eq!(low_threshold(7.0).to_string(), "6.3");
}

#[test]
fn a_configuration_that_says_nothing_or_too_much_is_refused() {
    assert!(target(1.0).refusal().is_some(), "no metric");
    let both = r#"{"TargetValue": 1, "PredefinedMetricSpecification": {"PredefinedMetricType": "x"}, "CustomizedMetricSpecification": {}}"#;
    let both: TargetTracking = serde_json::from_str(both).unwrap();
    assert!(both.refusal().is_some());
    let negative = r#"{"TargetValue": 1, "PredefinedMetricSpecification": {"PredefinedMetricType": "x"}, "ScaleInCooldown": -1}"#;
    let negative: TargetTracking = serde_json::from_str(negative).unwrap();
    assert_eq!(negative.refusal(), Some("A cooldown must not be negative."));
}

proptest! {
    /// After a scaling the same load is at most the target on each instance; and one instance less would be too few.
    #[test]
    fn the_same_load_meets_the_target(capacity in 1_u32..500, load in 1_u32..100_000, value in 1_u32..1_000) {
        let each = f64::from(load) / f64::from(capacity);
        let value = f64::from(value);
        let side = if each > value { Side::High } else { Side::Low };
        let wanted = target(value).wanted(side, capacity, &[each]).unwrap();
        prop_assert!(f64::from(load) / (wanted as f64) <= value * 1.000_001);
        prop_assert!(wanted <= 1 || f64::from(load) / ((wanted - 1) as f64) > value * 0.999_999);
    }

    /// The higher alarm never takes instances away, the lower one never brings any.
    #[test]
    fn each_alarm_goes_its_way(capacity in 0_u32..500, each in 0.0_f64..1e6, value in 0.001_f64..1e6) {
        prop_assert!(target(value).wanted(Side::High, capacity, &[each]).unwrap() >= i64::from(capacity));
        prop_assert!(target(value).wanted(Side::Low, capacity, &[each]).unwrap() <= i64::from(capacity));
    }
}
