//! What is an expression, what it means as a tree, and what is said of a text that is none.

use super::{env, holds};
use crate::metrics::math::{Function, MAX_DEPTH, MAX_LENGTH, MathError, parse};

fn refused(text: &str) -> String {
    parse(text).expect_err(text).to_string()
}

#[test]
fn operators_bind_as_in_arithmetic() {
    let table = [
        ("2 + 3 * 4", "14"),
        ("(2 + 3) * 4", "20"),
        ("10 - 4 - 3", "3"),
        ("24 / 4 / 2", "3"),
        ("2 ^ 3 ^ 2", "512"),
        ("-2 ^ 2", "-4"),
        ("2 ^ -1", "0.5"),
        ("2 - -2", "4"),
        ("2 * 3 ^ 2", "18"),
        ("1 + 1 == 2", "1"),
        ("1 OR 0 AND 0", "1"),
        ("1 || 0 && 0", "1"),
        ("(1 OR 0) AND 0", "0"),
        ("3 > 2 AND 2 >= 2 AND 1 < 2 AND 2 <= 2 AND 1 != 2", "1"),
        ("3 < 2 OR 2 > 2 OR 2 != 2 OR 1 == 2", "0"),
        (".5 + 1.25e1 + 2E-1", "13.2"),
        ("7 AND -1", "1"),
    ];
    holds(&env(&[]), &table);
}

#[test]
fn an_expression_is_printed_with_the_parentheses_that_it_needs() {
    let table = [
        ("((a)+(b*c))", "a + b * c"),
        ("(a+b)*c-(d-e)", "(a + b) * c - (d - e)"),
        ("(a-b)-c", "(a - b) - c"),
        ("-(a+b)^-2", "-(a + b)^-2"),
        ("(-a)^b^c", "(-a)^b^c"),
        ("(a^b)^c", "(a^b)^c"),
        ("a||b&&c<d", "a OR b AND c < d"),
        ("FILL( METRICS('4xx') ,REPEAT)", "FILL(METRICS(\"4xx\"), REPEAT)"),
        ("FILL([a,b],LINEAR)+FILL(a,0)", "FILL([a, b], LINEAR) + FILL(a, 0)"),
        ("IF(a>1,b)/IF(a,1,RATE(b))", "IF(a > 1, b) / IF(a, 1, RATE(b))"),
        ("1e300*1e-20*0.001*0", "1e300 * 1e-20 * 0.001 * 0"),
    ];
    for (text, printed) in table {
        let expression = parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(expression.to_string(), printed);
        assert_eq!(parse(printed), Ok(expression), "{printed}");
    }
}

#[test]
fn an_expression_tells_the_ids_that_it_reads() {
    let text = "IF(e1 > 0, FILL(m1, m2), -m3 ^ m4) + SUM([m5, m1]) + SUM(METRICS(\"m9\")) + FILL(m6, REPEAT)";
    let expression = parse(text).unwrap();
    let ids: Vec<_> = expression.ids().into_iter().collect();
    assert_eq!(ids, ["e1", "m1", "m2", "m3", "m4", "m5", "m6"]);
}

#[test]
fn an_error_names_what_stands_there_its_place_and_what_would_be_right() {
    let operand = "a number, an id that starts with a lower-case letter, a function, '-', '(' or '['";
    let table = [
        ("m1 +", format!("Invalid syntax: unexpected end of expression at char 4, must be: {operand}")),
        ("", format!("Invalid syntax: unexpected end of expression at char 0, must be: {operand}")),
        ("m1 * / m2", format!("Invalid syntax: '/' at char 5, must be: {operand}")),
        ("1 + M1", format!("Invalid syntax: 'M1' at char 4, must be: {operand}")),
        ("é", format!("Invalid syntax: 'é' at char 0, must be: {operand}")),
        ("[]", format!("Invalid syntax: ']' at char 1, must be: {operand}")),
        ("m1 m2", "Invalid syntax: 'm2' at char 3, must be: an operator or the end".to_owned()),
        ("m1 = m2", "Invalid syntax: '=' at char 3, must be: an operator or the end".to_owned()),
        (
            "(m1",
            "Invalid syntax: unexpected end of expression at char 3, must be: an operator or ')'".to_owned(),
        ),
        ("[m1; m2]", "Invalid syntax: ';' at char 3, must be: an operator, ',' or ']'".to_owned()),
        ("AVG(m1 m2)", "Invalid syntax: 'm2' at char 7, must be: an operator, ',' or ')'".to_owned()),
        (
            "METRICS(m1)",
            "Invalid syntax: 'm1' at char 8, must be: a text in quotation marks or ')'".to_owned(),
        ),
        ("METRICS(\"m1)", "Invalid syntax: unterminated quote at char 8".to_owned()),
        ("1e999", "Invalid syntax: '1e999' at char 0, must be: a number below 1.8e308".to_owned()),
        (
            "FILL(m1)",
            "Invalid syntax: ')' at char 7, must be: an operator, or ',' and REPEAT, LINEAR or a value"
                .to_owned(),
        ),
    ];
    for (text, expected) in table {
        assert_eq!(refused(text), expected, "{text}");
    }
}

#[test]
fn a_wrong_number_of_arguments_is_counted() {
    let one = "takes one argument (several time series are written as an array, [m1, m2])";
    assert_eq!(refused("1 + SUM(m1, m2)"), format!("Function 'SUM' at char 4 {one}, not 2"));
    assert_eq!(refused("RATE()"), format!("Function 'RATE' at char 0 {one}, not 0"));
    let three = "takes two or three arguments (a condition, the value where it is true, the value where not)";
    assert_eq!(refused("IF(m1)"), format!("Function 'IF' at char 0 {three}, not 1"));
    assert_eq!(refused("IF(m1,1,2,3)"), format!("Function 'IF' at char 0 {three}, not 4"));
}

#[test]
fn a_function_that_cloudwatch_has_and_we_have_not_is_named() {
    let table = [
        ("SEARCH('{AWS/EC2,InstanceId} MetricName=\"CPUUtilization\"', 'Average', 300)", "SEARCH"),
        ("ANOMALY_DETECTION_BAND(m1, 2)", "ANOMALY_DETECTION_BAND"),
        ("INSIGHT_RULE_METRIC(\"rule\", UniqueContributors)", "INSIGHT_RULE_METRIC"),
        ("SLICE(SORT(METRICS(), AVG, DESC), 0, 2)", "SLICE"),
        ("m1 + LAMBDA(\"function\")", "LAMBDA"),
        ("IF(DAY(m1) < 6, m1)", "DAY"),
        ("REMOVE_EMPTY(METRICS())", "REMOVE_EMPTY"),
        ("SELECT AVG(CPUUtilization) FROM \"AWS/EC2\" WHERE InstanceId = 'i-1'", "SELECT"),
        ("select max(x) from y", "SELECT"),
    ];
    for (text, name) in table {
        assert_eq!(refused(text), format!("Function '{name}' is not implemented by sagebrush"), "{text}");
    }
    assert!(parse("select + 1").is_ok(), "an id like any other");
}

#[test]
fn an_unknown_function_is_not_found() {
    let ending = "functions are written in upper case";
    assert_eq!(refused("1+MEDIAN(m1)"), format!("Function 'MEDIAN' not found at char 2; {ending}"));
    assert_eq!(refused("sum(m1)"), format!("Function 'sum' not found at char 0; {ending}"));
}

#[test]
fn every_function_is_read_by_its_name() {
    for (name, function) in Function::NAMES {
        assert_eq!(function.name(), *name);
        assert_eq!(parse(&format!("{name}(m1)")).unwrap().to_string(), format!("{name}(m1)"));
    }
}

#[test]
fn length_and_depth_are_bounded() {
    let long = |length: usize| format!("1{}", " ".repeat(length - 1));
    assert!(parse(&long(MAX_LENGTH)).is_ok());
    assert_eq!(parse(&long(MAX_LENGTH + 1)), Err(MathError::TooLong { length: MAX_LENGTH + 1 }));
    // The longest chain is no deeper than the shortest.
    let chain = format!("1{}", "+1".repeat(1023));
    holds(&env(&[]), &[(&chain, "1024")]);
    for (open, close) in [("(", ")"), ("-", ""), ("[", "]"), ("1^", ""), ("ABS(", ")"), ("IF(1,", ")")] {
        let deep = |depth: usize| format!("{}1{}", open.repeat(depth), close.repeat(depth));
        assert!(parse(&deep(MAX_DEPTH)).is_ok(), "{open}");
        assert!(matches!(parse(&deep(MAX_DEPTH + 1)), Err(MathError::TooDeep { .. })), "{open}");
    }
    assert_eq!(refused(&"(".repeat(2000)), "Nesting at char 65 is deeper than 64");
}
