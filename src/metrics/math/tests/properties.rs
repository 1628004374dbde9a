//! What holds for every text, every tree and every series.

use proptest::prelude::*;

use super::{env, line};
use crate::metrics::math::{Expression, Filler, Function, MAX_LENGTH, Operator, Value, parse};

/// Texts that are likely to be expressions, or nearly.
fn scraps() -> impl Strategy<Value = String> {
    let scrap = prop::sample::select(vec![
        "m1",
        "m2",
        "e1",
        "zz",
        "M",
        "1",
        "0",
        ".5",
        "1e400",
        "+",
        "-",
        "*",
        "/",
        "^",
        "<",
        "==",
        "=",
        "AND",
        "||",
        "(",
        ")",
        "(",
        ")",
        "[",
        "]",
        ",",
        ",",
        "AVG(",
        "FILL(",
        "IF(",
        "METRICS(",
        "\"m\"",
        "'",
        "REPEAT",
        "LINEAR",
        "RATE(",
        "SORT(",
        "é",
        "PERIOD(",
        "TIME_SERIES(",
    ]);
    prop::collection::vec(scrap, 0..40).prop_map(|scraps| scraps.join(" "))
}

fn operators(level: u8) -> Vec<Operator> {
    use Operator as Op;
    let all = [
        Op::Or,
        Op::And,
        Op::Less,
        Op::LessOrEqual,
        Op::Greater,
        Op::GreaterOrEqual,
        Op::Equal,
        Op::NotEqual,
        Op::Add,
        Op::Subtract,
        Op::Multiply,
        Op::Divide,
    ];
    all.into_iter().filter(|operator| operator.level() == level).collect()
}

fn functions() -> impl Strategy<Value = Function> {
    prop::sample::select(Function::NAMES.iter().map(|(_, function)| *function).collect::<Vec<_>>())
}

fn trees() -> impl Strategy<Value = Expression> {
    let leaf = prop_oneof![
        1 => (0.0..1e300_f64).prop_map(Expression::Number),
        2 => (0..80_u32).prop_map(|number| Expression::Number(f64::from(number) / 8.0)),
        6 => "(m1|m2|e1|a_b)".prop_map(Expression::Id),
        1 => prop::option::of("[a-z0-9 \"]{0,3}").prop_map(Expression::Metrics),
    ];
    leaf.prop_recursive(6, 200, 2, |inner| {
        let boxed = inner.clone().prop_map(Box::new).boxed();
        let chain = (boxed.clone(), prop::collection::vec((any::<u8>(), inner.clone()), 1..4), 0..5_u8);
        let chain = chain.prop_map(|(first, rest, level)| {
            let operators = operators(level);
            let rest =
                rest.into_iter().map(|(pick, each)| (operators[usize::from(pick) % operators.len()], each));
            Expression::Chain { first, rest: rest.collect() }
        });
        let filler =
            prop_oneof![Just(Filler::Repeat), Just(Filler::Linear), boxed.clone().prop_map(Filler::With),];
        prop_oneof![
            chain,
            boxed.clone().prop_map(Expression::Negate),
            (boxed.clone(), boxed.clone()).prop_map(|(base, exponent)| Expression::Power { base, exponent }),
            prop::collection::vec(inner, 1..3).prop_map(Expression::Array),
            (functions(), boxed.clone()).prop_map(|(function, inner)| Expression::Call(function, inner)),
            (boxed.clone(), filler).prop_map(|(inner, filler)| Expression::Fill(inner, filler)),
            (boxed.clone(), boxed.clone(), prop::option::of(boxed))
                .prop_map(|(condition, then, otherwise)| Expression::If { condition, then, otherwise }),
        ]
    })
}

/// A line of five minutes, told as text.
fn lines() -> impl Strategy<Value = String> {
    let value = prop_oneof![Just("-".to_owned()), (-1e9..1e9_f64).prop_map(|value| value.to_string())];
    prop::collection::vec(value, 5).prop_map(|values| values.join(" "))
}

/// Everything in a value is finite, or it is not there.
fn finite(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.is_none_or(f64::is_finite),
        Value::Series(line) => line.values().all(f64::is_finite),
        Value::Array(members) => members.iter().all(|member| member.line.values().all(f64::is_finite)),
    }
}

proptest! {
    #[test]
    fn any_text_is_an_expression_or_one_sentence(text in prop_oneof![any::<String>(), ".{0,40}", scraps()]) {
        match parse(&text) {
            Ok(expression) => {
                let _ = expression.evaluate(&env(&[("m1", "1 2 -"), ("m2", "- 0 5")])).map(|value| {
                    assert!(finite(&value), "{text}: {value:?}");
                });
            }
            Err(error) => prop_assert!(!error.to_string().contains('\n') || text.contains('\n')),
        }
    }

    #[test]
    fn every_tree_is_read_back_from_its_text(tree in trees()) {
        let text = tree.to_string();
        prop_assume!(text.len() <= MAX_LENGTH);
        prop_assert_eq!(parse(&text), Ok(tree), "{}", text);
    }

    #[test]
    fn every_tree_has_a_finite_value_or_a_sentence(tree in trees(), m1 in lines(), m2 in lines()) {
        let env = env(&[("m1", &m1), ("m2", &m2), ("e1", "0 0 0 0 0"), ("a_b", "- - - - -")]);
        if let Ok(value) = tree.evaluate(&env) {
            prop_assert!(finite(&value), "{}: {:?}", tree, value);
        }
    }

    #[test]
    fn the_order_of_a_sum_does_not_matter(m1 in lines(), m2 in lines()) {
        let env = env(&[("m1", &m1), ("m2", &m2)]);
        let value = |text: &str| parse(text).unwrap().evaluate(&env).unwrap();
        prop_assert_eq!(value("m1 + m2"), value("m2 + m1"));
        prop_assert_eq!(value("m1 * m2"), value("m2 * m1"));
        prop_assert_eq!(value("m1 + m2"), value("SUM([m1, m2])"));
        prop_assert_eq!(value("m1 - m2"), value("m1 + -m2"));
        prop_assert_eq!(value("m1 < m2"), value("m2 > m1"));
        prop_assert_eq!(value("-(-m1)"), Value::Series(line(&m1)));
    }
}
