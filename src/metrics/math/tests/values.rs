//! What expressions are, example by example; those of CloudWatch's manual first.

use super::{MINUTE_MS, env, holds, line, minute, told};
use crate::metrics::math::{Env, MAX_INSTANTS, MathError, Value, parse};

#[test]
fn the_manuals_table_of_comparisons() {
    let env = env(&[("metric1", "30 20 0 0"), ("metric2", "20 - 20 -")]);
    let table = [
        ("metric1 < metric2", "0 0 1 0 -"),
        ("metric1 >= 30", "1 0 0 0 -"),
        ("metric1 > 15 AND metric2 > 15", "1 0 0 0 -"),
    ];
    holds(&env, &table);
}

#[test]
fn the_manuals_tables_of_if() {
    let env = env(&[("metric1", "1 1 0 0 -"), ("metric2", "30 - 0 0 30"), ("metric3", "0 0 20 - 20")]);
    let table = [
        ("IF(metric1, metric2, metric3)", "30 0 20 - -"),
        ("IF(metric1, metric2)", "30 0 - - -"),
        ("IF(metric1, 5, metric3)", "5 5 20 - -"),
        ("IF(metric1, metric2, 5)", "30 0 5 5 -"),
        ("IF(metric1, 1, 2)", "1 1 2 2 -"),
        ("IF(7, metric2, metric3)", "30 - 0 0 30"),
        ("IF(0, metric2, metric3)", "0 0 20 - 20"),
        ("IF(0, metric2)", "- - - - -"),
        ("IF(metric3 < 10, metric3)", "0 0 - - -"),
        ("IF(-metric1, 1, 0)", "1 1 0 0 -"),
        ("IF(1, 2, 3)", "2"),
        ("IF(1 / 0, metric2, metric3)", "- - - - -"),
    ];
    holds(&env, &table);
}

#[test]
fn a_missing_value_counts_as_0_where_two_series_meet() {
    let env = env(&[("m1", "1 - 3 - 0"), ("m2", "10 20 - - 0")]);
    let table = [
        ("m1 + m2", "11 20 3 - 0"),
        ("m2 - m1", "9 20 -3 - 0"),
        ("m1 * m2", "10 0 0 - 0"),
        // By the missing value of minute 2, and by the zero of minute 4: dropped.
        ("m1 / m2", "0.1 0 - - -"),
        ("m1 ^ 2", "1 - 9 - 0"),
        ("100 * m1", "100 - 300 - 0"),
        ("m1 - 1", "0 - 2 - -1"),
        ("6 / m1", "6 - 2 - -"),
        ("-m1", "-1 - -3 - 0"),
        ("m1 / 0", "- - - - -"),
        ("m1 == m2", "0 0 0 - 1"),
        ("m1 OR m2", "1 1 1 - 0"),
    ];
    holds(&env, &table);
}

#[test]
fn a_function_makes_a_number_of_a_series_and_a_series_of_an_array() {
    let env = env(&[("m1", "1 - 3 4 -"), ("m2", "5 6 - 8 -"), ("empty", "- - - - -")]);
    let table = [
        ("SUM(m1)", "8"),
        ("MIN(m1)", "1"),
        ("MAX(m1)", "4"),
        // Missing values count as 0 in an average: eight over five minutes.
        ("AVG(m1)", "1.6"),
        ("SUM(m1) / DATAPOINT_COUNT(m1)", "2.6666666666666665"),
        ("STDDEV(FILL(m2, 6) - 4)", "0.9797958971132712"),
        ("SUM([m1, m2])", "6 6 3 12 -"),
        ("MIN([m1, m2])", "1 6 3 4 -"),
        ("MAX([m1, m2])", "5 6 3 8 -"),
        ("AVG([m1, m2])", "3 3 1.5 6 -"),
        ("DATAPOINT_COUNT([m1, m2])", "2 1 1 2 -"),
        ("STDDEV([m1, m2])", "2 0 0 2 -"),
        ("METRIC_COUNT([m1, m2])", "2"),
        ("m1 - MIN(m1)", "0 - 2 3 -"),
        ("SUM(empty)", "none"),
        ("m1 + MAX(empty)", "- - - - -"),
        ("DATAPOINT_COUNT(empty)", "0"),
        ("STDDEV(empty)", "none"),
        ("AVG([empty, m1])", "0.5 - 1.5 2 -"),
    ];
    holds(&env, &table);
}

#[test]
fn operators_and_functions_reach_into_arrays() {
    let env = env(&[("m1", "1 2 - 4 -"), ("m2", "-8 - 8.5 4 -")]);
    let table = [
        ("[m1, m2] * 2", "M1: 2 4 - 8 -; M2: -16 - 17 8 -"),
        ("8 / [m1, m2]", "M1: 8 4 - 2 -; M2: -1 - 0.9411764705882353 2 -"),
        ("[m1, m2] + m1", "M1: 2 4 - 8 -; M2: -7 2 8.5 8 -"),
        ("m1 - [m1, m2]", "M1: 0 0 - 0 -; M2: 9 2 -8.5 0 -"),
        ("-[m1]", "M1: -1 -2 - -4 -"),
        ("ABS([m2])", "M2: 8 - 8.5 4 -"),
        ("[m1, m1 + 1]", "M1: 1 2 - 4 -; m1 + 1: 2 3 - 5 -"),
        ("[m1, [m2, m1]]", "M1: 1 2 - 4 -; M2: -8 - 8.5 4 -; M1: 1 2 - 4 -"),
        ("[m1] * (1 / 0)", "M1: - - - - -"),
    ];
    holds(&env, &table);
}

#[test]
fn metrics_are_all_metrics_or_those_with_a_text_in_their_id() {
    let mut env = env(&[("errors4xx", "1 1"), ("errors5xx", "2 3"), ("requests", "10 20")]);
    env.expression("e1", "Expression", MINUTE_MS, Value::Array(Vec::new()));
    let table = [
        ("METRICS()", "ERRORS4XX: 1 1 - - -; ERRORS5XX: 2 3 - - -; REQUESTS: 10 20 - - -"),
        ("METRICS(\"5xx\")", "ERRORS5XX: 2 3 - - -"),
        ("METRICS('e1')", ""),
        ("METRIC_COUNT(METRICS())", "3"),
        ("SUM(METRICS(\"errors\")) / requests * 100", "30 20 - - -"),
        ("SUM([METRICS(\"4xx\"), METRICS(\"5xx\")])", "3 4 - - -"),
        ("SUM(METRICS(\"nothing\"))", "- - - - -"),
    ];
    holds(&env, &table);
}

#[test]
fn fill_gives_a_value_to_every_minute_that_has_none() {
    let env = env(&[("m1", "- 10 - - 40"), ("m2", "1 2 3 - 5"), ("m3", "- 1 - 3 -"), ("empty", "- - - - -")]);
    let table = [
        ("FILL(m1, 0)", "0 10 0 0 40"),
        ("FILL(m1, -1)", "-1 10 -1 -1 40"),
        ("FILL(m1, MIN(m1))", "10 10 10 10 40"),
        ("FILL(m1, m2)", "1 10 3 - 40"),
        ("FILL(m1, REPEAT)", "- 10 10 10 40"),
        ("FILL(m3, REPEAT)", "- 1 1 3 3"),
        ("FILL(m1, LINEAR)", "- 10 20 30 40"),
        ("FILL(m3, LINEAR)", "- 1 2 3 -"),
        ("FILL(empty, 7)", "7 7 7 7 7"),
        ("FILL(empty, REPEAT)", "- - - - -"),
        ("FILL(m1, MAX(empty))", "- 10 - - 40"),
        ("FILL([m1, m3], m2)", "M1: 1 10 3 - 40; M3: 1 1 3 3 5"),
        ("AVG(FILL(METRICS(\"m1\"), 0))", "0 10 0 0 40"),
    ];
    holds(&env, &table);
}

#[test]
fn functions_of_each_point_and_of_its_predecessor() {
    let env = env(&[("m1", "60 - 180.5 120 -"), ("zero", "0 100 -1 - -")]);
    let table = [
        ("DIFF(m1)", "- - 120.5 -60.5 -"),
        ("DIFF_TIME(m1)", "- - 120 60 -"),
        ("RATE(m1 - 0.5)", "- - 1.0041666666666667 -1.0083333333333333 -"),
        ("RUNNING_SUM(m1)", "60 - 240.5 360.5 -"),
        ("CEIL(m1)", "60 - 181 120 -"),
        ("FLOOR(m1)", "60 - 180 120 -"),
        ("LOG10(zero)", "- 2 - - -"),
        ("LOG(zero * 0 + 1)", "0 0 0 - -"),
        ("RATE(DIFF(IF(m1 < 0, m1)))", "- - - - -"),
        ("RATE([m1])", "M1: - - 1.0041666666666667 -1.0083333333333333 -"),
    ];
    holds(&env, &table);
}

#[test]
fn a_number_becomes_a_series_over_every_minute() {
    let env = env(&[("m1", "4 - 2 - -")]);
    holds(&env, &[("TIME_SERIES(10)", "10 10 10 10 10"), ("TIME_SERIES(MAX(m1)) - m1", "0 4 2 4 4")]);
    holds(&env, &[("TIME_SERIES(1 / 0)", "- - - - -")]);
}

#[test]
fn each_metric_is_read_at_its_own_period() {
    let mut env = Env::new(minute(0), minute(10), MINUTE_MS);
    let every_other = line("4 - - - 6").points().collect();
    env.metric("slow", "slow", 2 * MINUTE_MS, every_other);
    env.metric("fast", "fast", MINUTE_MS, line("1 1 1 1 1"));
    let table = [
        ("PERIOD(slow)", "120"),
        ("slow * 60 / PERIOD(slow)", "2 - - - 3"),
        ("FILL(slow, 0)", "4 - 0 - 6"),
        ("AVG(slow)", "2"),
        ("AVG(fast)", "0.5"),
        ("FILL(slow + fast, 0)", "5 1 1 1 7"),
        ("AVG(TIME_SERIES(MAX(slow)))", "6"),
    ];
    holds(&env, &table);
    let period = |text: &str| parse(text).unwrap().period_ms(&env);
    assert_eq!(period("slow"), 2 * MINUTE_MS);
    assert_eq!(period("slow * (1 + -fast)"), MINUTE_MS);
    assert_eq!(period("SUM(METRICS())"), MINUTE_MS);
    assert_eq!(period("SUM(METRICS('slow'))"), 2 * MINUTE_MS);
    assert_eq!(period("TIME_SERIES(1)"), MINUTE_MS);
}

#[test]
fn an_argument_of_the_wrong_kind_is_shown() {
    let mut env = env(&[("m1", "1 2"), ("m2", "3 4")]);
    env.expression("e1", "Expression", MINUTE_MS, Value::Series(line("1")));
    let arrays = MathError::TwoArrays.to_string();
    let table = [
        ("[m1] + [m2]", arrays.as_str()),
        ("ABS(5)", "ABS takes a time series or an array of time series, and '5' is a number"),
        ("SUM(AVG(m1))", "SUM takes a time series or an array of time series, and 'AVG(m1)' is a number"),
        ("[m1, 5]", "An array takes time series, and '5' is a number"),
        ("METRIC_COUNT(m1)", "METRIC_COUNT takes an array of time series, and 'm1' is a time series"),
        ("TIME_SERIES([m1])", "TIME_SERIES takes a number, and '[m1]' is an array of time series"),
        ("IF([m1], 1, 2)", "IF takes numbers and time series, and '[m1]' is an array of time series"),
        (
            "IF(m1, 1, METRICS())",
            "IF takes numbers and time series, and 'METRICS()' is an array of time series",
        ),
        ("FILL(5, 0)", "FILL takes a time series or an array of time series, and '5' is a number"),
        (
            "FILL(m1, [m2])",
            "FILL takes REPEAT, LINEAR, a number or a time series, and '[m2]' is an array of time series",
        ),
        ("PERIOD(e1)", "PERIOD takes the Id of a metric, and 'e1' is computed"),
        ("PERIOD(m1 + 1)", "PERIOD takes the Id of a metric, and 'm1 + 1' is computed"),
        ("m1 + m7", "'m7' is not the Id of a metric or an expression in the request"),
    ];
    holds(&env, &table);
}

#[test]
fn a_result_is_a_series_or_an_array_of_them() {
    let env = env(&[("m1", "1 2")]);
    let result = |text: &str| parse(text).unwrap().evaluate(&env).unwrap().into_lines();
    assert_eq!(result("m1"), Ok(vec![(None, line("1 2"))]));
    assert_eq!(result("[m1]"), Ok(vec![(Some("M1".to_owned()), line("1 2"))]));
    assert_eq!(result("AVG(m1)"), Err(MathError::Scalar));
}

#[test]
fn a_range_is_not_filled_without_end() {
    let env = Env::new(minute(0), minute(0).plus_ms(MAX_INSTANTS * 1000 + 1), 1000);
    assert_eq!(told("TIME_SERIES(1)", &env), MathError::TooManyPoints.to_string());
    let env = Env::new(minute(0), minute(0).plus_ms(MAX_INSTANTS * 1000), 1000);
    let one = parse("TIME_SERIES(1)").unwrap().evaluate(&env);
    assert!(matches!(one, Ok(Value::Series(line)) if line.len() == 100_800));
    let many = format!("[{}]", ["TIME_SERIES(1)"; 10].join(","));
    assert_eq!(told(&many, &env), MathError::TooManyPoints.to_string());
    let backward = Env::new(minute(5), minute(0), 0);
    assert_eq!(told("TIME_SERIES(1)", &backward), "- - - - -");
}
