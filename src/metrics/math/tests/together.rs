//! Expressions that refer to one another.

use super::{MINUTE_MS, env, told};
use crate::metrics::math::{Expression, MathError, order, parse};

fn ordered(queries: &[(&str, &str)]) -> Result<Vec<usize>, MathError> {
    let parsed: Vec<Option<Expression>> =
        queries.iter().map(|(_, text)| (!text.is_empty()).then(|| parse(text).unwrap())).collect();
    let queries: Vec<_> = queries.iter().zip(&parsed).map(|((id, _), each)| (*id, each.as_ref())).collect();
    order(&queries)
}

#[test]
fn each_comes_after_what_it_refers_to() {
    assert_eq!(ordered(&[]), Ok(vec![]));
    let queries =
        [("e3", "e2 + e1"), ("e1", "m1 * 2"), ("m1", ""), ("e2", "e1 + 1"), ("all", "METRICS()"), ("m2", "")];
    assert_eq!(ordered(&queries), Ok(vec![2, 5, 1, 4, 3, 0]));
}

#[test]
fn a_circle_is_named() {
    let circle = ordered(&[("m1", ""), ("e1", "e2 + m1"), ("e2", "-e3"), ("e3", "e1"), ("e4", "m1")]);
    let expected =
        "Expressions refer to one another in a circle, or wait for one that does: 'e1', 'e2', 'e3'";
    assert_eq!(circle.unwrap_err().to_string(), expected);
    assert!(matches!(ordered(&[("e1", "e1 + 1")]), Err(MathError::Circle { ids }) if ids == "'e1'"));
}

#[test]
fn an_id_that_no_query_has_is_named_with_the_expression_that_wants_it() {
    let expected =
        "Expression 'e1' refers to 'm2', which is not the Id of a metric or an expression in the request";
    assert_eq!(ordered(&[("m1", ""), ("e1", "m1 + m2")]).unwrap_err().to_string(), expected);
}

#[test]
fn an_id_belongs_to_one_query() {
    assert_eq!(ordered(&[("m1", ""), ("m1", "1")]), Err(MathError::DuplicateId { id: "m1".to_owned() }));
}

#[test]
fn an_expression_reads_the_value_of_another_whatever_it_is() {
    let mut env = env(&[("m1", "1 2"), ("m2", "3 -")]);
    for (id, text) in [("e1", "METRICS() * 2"), ("e2", "SUM(e1)"), ("e3", "MAX(m1)")] {
        let expression = parse(text).unwrap();
        let value = expression.evaluate(&env).unwrap();
        env.expression(id, "Doubled", expression.period_ms(&env), value);
    }
    assert_eq!(told("e1", &env), "M1: 2 4 - - -; M2: 6 - - - -");
    assert_eq!(told("e2 / e3", &env), "4 2 - - -");
    assert_eq!(told("[e2]", &env), "Doubled: 8 4 - - -");
    assert_eq!(parse("AVG(e2)").unwrap().period_ms(&env), MINUTE_MS);
}
