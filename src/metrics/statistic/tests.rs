//! Statistics read, printed and computed: the examples of CloudWatch's page, and every percentile against
//! a sorted list.

use proptest::prelude::*;

use super::Statistic;
use crate::metrics::datapoint::Datapoint;

fn statistic(text: &str) -> Statistic {
    Statistic::parse(text).unwrap_or_else(|| panic!("{text} is a statistic"))
}

fn datapoint(values: &[f64]) -> Datapoint {
    let mut datapoint = Datapoint::of(values[0], 1.0);
    values[1..].iter().for_each(|value| datapoint.add(*value, 1.0));
    datapoint
}

/// 10, 20, … 100.
fn tens() -> Datapoint {
    datapoint(&(1..=10).map(|n| f64::from(n) * 10.0).collect::<Vec<_>>())
}

#[test]
fn a_statistic_is_printed_as_it_is_read() {
    for text in [
        "SampleCount",
        "Average",
        "Sum",
        "Minimum",
        "Maximum",
        "IQM",
        "p0",
        "p50",
        "p99.9",
        "p100",
        "tm90",
        "tc99.99",
        "ts5",
        "wm98",
        "TM(10%:90%)",
        "TM(:95%)",
        "TM(10%:)",
        "TC(0.005:0.03)",
        "TS(80%:)",
        "WM(10%:90%)",
        "TM(80:500)",
        "TC(:0.5)",
        "WM(100:200)",
        "PR(:300)",
        "PR(100:2000)",
        "PR(10:)",
    ] {
        assert_eq!(statistic(text).to_string(), text);
    }
    // Numbers come back in their shortest form.
    assert_eq!(statistic("p99.90").to_string(), "p99.9");
    assert_eq!(statistic("TC(0.005:0.030)"), statistic("TC(0.005:0.03)"));
    assert_eq!(statistic("PR(:1.5E3)"), statistic("PR(:1500)"));
    assert!(statistic("p50").is_extended() && !statistic("Sum").is_extended());
}

#[test]
fn what_is_no_statistic_is_not_read() {
    for text in [
        "",
        "average",
        "best",
        "p",
        "p101",
        "p100.1",
        "p-1",
        "p1e1",
        "p5 ",
        "P50",
        "px",
        "p99.00000000001",
        "p0099",
        "tm",
        "tm101",
        "TM90",
        "tm(10%:90%)",
        "TM()",
        "TM(:)",
        "TM(%:)",
        "TM(10%:90)",
        "TM(10:90%)",
        "TM(101%:)",
        "TM(90%:10%)",
        "TM(500:80)",
        "TM(-1:5)",
        "TM(1:2:3)",
        "TM(10%:90%",
        "PR(1%:2%)",
        "PR(1)",
        "PR(a:)",
        "PR(1e:)",
        "PR(1e999:)",
        "PR(infinity:)",
        "XX(1:2)",
        "IQM(1:2)",
        "iqm",
        "p.5",
    ] {
        assert_eq!(Statistic::parse(text), None, "{text}");
    }
}

#[test]
fn each_statistic_of_ten_values() {
    for (text, expected) in [
        ("SampleCount", 10.0),
        ("Average", 55.0),
        ("Sum", 550.0),
        ("Minimum", 10.0),
        ("Maximum", 100.0),
        ("p0", 10.0),
        ("p10", 10.0),
        ("p10.1", 20.0),
        ("p50", 50.0),
        ("p99", 100.0),
        ("p100", 100.0),
        ("tm90", 50.0),
        ("TM(10%:90%)", 55.0),
        ("TM(80%:)", 95.0),
        // Half of the lowest is cut off: (5 + 20 + … + 100) / 9.5.
        ("TM(5%:)", 545.0 / 9.5),
        ("IQM", 55.0),
        ("tc90", 9.0),
        ("tc95", 9.5),
        ("ts90", 450.0),
        ("TS(80%:)", 190.0),
        ("wm90", 54.0),
        ("WM(10%:90%)", 54.0),
        ("WM(20%:90%)", 55.0),
        ("TM(20:50)", 40.0),
        ("TC(20:50)", 3.0),
        ("TC(:50)", 5.0),
        ("TS(20:50)", 120.0),
        ("WM(20:50)", 41.0),
        ("WM(:50)", 40.0),
        ("PR(:30)", 30.0),
        ("PR(30:100)", 70.0),
        ("PR(200:)", 0.0),
        ("TC(200:)", 0.0),
    ] {
        let value = statistic(text).of(&tens()).unwrap_or_else(|| panic!("{text} has a value"));
        assert!((value - expected).abs() < 1e-6, "{text} is {value}, not {expected}");
    }
    assert_eq!(statistic("TM(200:)").of(&tens()), None);
    assert_eq!(statistic("TM(50%:50%)").of(&tens()), None);
}

#[test]
fn without_its_values_a_datapoint_has_only_the_five() {
    let set = Datapoint::of_set(4.0, 20.0, 1.0, 9.0);
    assert_eq!(statistic("Average").of(&set), Some(5.0));
    for text in ["p50", "IQM", "tm90", "TM(1:2)", "TM(1%:2%)", "PR(:1)"] {
        assert_eq!(statistic(text).of(&set), None, "{text}");
        assert_eq!(statistic(text).of(&datapoint(&[-1.0, 3.0])), None, "{text} of a negative value");
    }
    assert_eq!(statistic("Minimum").of(&datapoint(&[-1.0, 3.0])), Some(-1.0));
    assert_eq!(statistic("Sum").of(&Datapoint::of_set(0.0, 0.0, 0.0, 0.0)), None);
}

#[test]
fn counts_weigh_as_much_as_single_values() {
    let mut counted = Datapoint::of(0.1, 3.0);
    counted.add(10.0, 1.0);
    let single = datapoint(&[0.1, 0.1, 10.0, 0.1]);
    for text in ["p50", "p75", "p76", "tm50", "IQM", "PR(:1)"] {
        assert_eq!(statistic(text).of(&counted), statistic(text).of(&single), "{text}");
    }
    assert_eq!(statistic("p75").of(&counted), Some(0.1));
    assert_eq!(statistic("p76").of(&counted), Some(10.0));
}

proptest! {
    #[test]
    fn a_percentile_is_at_most_two_percent_off(
        values in prop::collection::vec(0.0..1e6_f64, 1..200),
        percent in 1..=100_u8,
    ) {
        let found = statistic(&format!("p{percent}")).of(&datapoint(&values)).unwrap();
        let mut sorted = values;
        sorted.sort_by(f64::total_cmp);
        let rank = (sorted.len() * usize::from(percent)).div_ceil(100);
        let exact = sorted[rank - 1];
        prop_assert!((found - exact).abs() <= exact * 0.02, "{found} for {exact}");
    }

    #[test]
    fn trimming_nothing_leaves_everything(values in prop::collection::vec(0.0..1e6_f64, 1..100)) {
        let datapoint = datapoint(&values);
        for (trimmed, plain) in [
            ("tm100", "Average"), ("TM(0%:)", "Average"), ("wm100", "Average"), ("tc100", "SampleCount"),
            ("ts100", "Sum"), ("TS(:10000000)", "Sum"), ("p0", "Minimum"), ("p100", "Maximum"),
        ] {
            let (trimmed, plain) = (statistic(trimmed).of(&datapoint), statistic(plain).of(&datapoint).unwrap());
            prop_assert!((trimmed.unwrap() - plain).abs() <= plain * 1e-9);
        }
    }
}
