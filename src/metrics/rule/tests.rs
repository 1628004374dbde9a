//! The grammar of alarm rules, read, printed and evaluated.

use proptest::prelude::*;

use super::{MAX_CHILDREN, MAX_ELEMENTS, ParseError, Rule, Threshold};
use crate::domain::alarm::AlarmState;

/// Parses `rule` and evaluates it while the listed alarms are in ALARM and all others are OK.
fn holds(rule: &str, in_alarm: &[&str]) -> bool {
    let rule = Rule::parse(rule).unwrap_or_else(|e| panic!("{rule}: {e}"));
    rule.eval(&|name| if in_alarm.contains(&name) { AlarmState::Alarm } else { AlarmState::Ok })
}

fn refused(rule: &str) -> String {
    Rule::parse(rule).expect_err(rule).to_string()
}

#[test]
fn the_examples_of_the_manual() {
    assert!(holds("ALARM(Cpu) AND ALARM(Disk)", &["Cpu", "Disk"]));
    assert!(!holds("ALARM(Cpu) AND ALARM(Disk)", &["Cpu"]));
    assert!(holds("ALARM(Cpu) AND NOT ALARM(Deploying)", &["Cpu"]));
    assert!(!holds("ALARM(Cpu) AND NOT ALARM(Deploying)", &["Cpu", "Deploying"]));
    let grouped = "(ALARM(Cpu) OR ALARM(Disk)) AND OK(Network)";
    assert!(holds(grouped, &["Disk"]));
    assert!(!holds(grouped, &["Disk", "Network"]));
    assert!(holds("AT_LEAST(2, ALARM, (A, B, C)) AND NOT ALARM(Window)", &["A", "C"]));
    assert!(!holds("AT_LEAST(50%, OK, (A, B, C, D))", &["A", "B", "C"]));
    assert!(holds("AT_LEAST(60%, NOT OK, (A, B, C))", &["A", "B"]));
}

#[test]
fn not_binds_tighter_than_and_and_and_tighter_than_or() {
    assert!(holds("TRUE OR FALSE AND FALSE", &[]));
    assert!(!holds("(TRUE OR FALSE) AND FALSE", &[]));
    assert!(holds("NOT FALSE OR FALSE", &[]));
    assert!(!holds("NOT (FALSE OR TRUE)", &[]));
    assert!(holds("NOT NOT true", &[]));
}

#[test]
fn a_child_is_a_bare_name_a_quoted_name_or_an_arn() {
    let arn = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:Disk full";
    let text = format!(r#"ALARM(Cpu) OR OK("say \"hi\" (now), \\") OR ALARM("{arn}") OR OK(Cpu)"#);
    let rule = Rule::parse(&text).expect("a good rule");
    assert_eq!(rule.children(), ["Cpu", r#"say "hi" (now), \"#, arn]);
    assert_eq!(Rule::parse("INSUFFICIENT_DATA(TRUE)").expect("a name, not a word").children(), ["TRUE"]);
}

#[test]
fn an_error_names_the_word_its_place_and_what_must_stand_there() {
    // The first is CloudWatch's own message for a name with spaces.
    let spaces = "(ALARM(Sample Oldest))";
    assert_eq!(refused(spaces), "Unsupported token 'Oldest' at char 14, must be: ')'");
    let operand = "'(', 'NOT', AT_LEAST, TRUE or FALSE, ALARM, OK, or INSUFFICIENT_DATA";
    assert_eq!(refused("()"), format!("Unsupported token ')' at char 1, must be: {operand}"));
    assert_eq!(refused("alarm(x)"), format!("Unsupported token 'alarm' at char 0, must be: {operand}"));
    assert_eq!(refused("ALARM(x) AND"), format!("Unexpected end of rule at char 12, must be: {operand}"));
    assert_eq!(refused("ALARM(é) OK(x)"), "Unsupported token 'OK' at char 9, must be: 'AND' or 'OR'");
    assert_eq!(refused("ALARM(\"x)"), "Unterminated quote at char 6");
    assert_eq!(refused("ALARM(,)"), "Unsupported token ',' at char 6, must be: an alarm name or ARN");
    assert_eq!(refused("ALARM(\"\")"), "Unsupported token '' at char 6, must be: an alarm name or ARN");
    assert_eq!(
        refused("AT_LEAST(3, OK, (a, b))"),
        "Unsupported token '3' at char 9, must be: at most the number of alarms listed"
    );
    assert!(refused("AT_LEAST(101%, OK, (a))").contains("a percentage to 100%"));
    assert!(refused("AT_LEAST(0, OK, (a))").contains("'0' at char 9"));
}

#[test]
fn a_rule_is_printed_with_no_more_parentheses_than_it_needs() {
    for text in ["NOT ALARM(\"x\")", "NOT (ALARM(\"x\") AND OK(\"y\"))", "NOT NOT TRUE"] {
        assert_eq!(Rule::parse(text).map(|rule| rule.to_string()), Ok(text.to_owned()));
    }
}

#[test]
fn the_limits_are_those_of_cloudwatch() {
    let any_of = |n: usize| (0..n).map(|i| format!("ALARM(a{i})")).collect::<Vec<_>>().join(" OR ");
    assert!(Rule::parse(&any_of(MAX_CHILDREN)).is_ok());
    assert_eq!(Rule::parse(&any_of(MAX_CHILDREN + 1)), Err(ParseError::TooManyChildren));
    let constants = |n: usize| vec!["TRUE"; n].join(" OR ");
    assert!(Rule::parse(&constants(MAX_ELEMENTS)).is_ok());
    assert_eq!(Rule::parse(&constants(MAX_ELEMENTS + 1)), Err(ParseError::TooManyElements));
    let beside = vec!["NOT TRUE"; MAX_ELEMENTS].join(" OR ");
    assert!(Rule::parse(&beside).is_ok(), "what stands beside each other is not deep");
    let deep = |n: usize| format!("{}TRUE", "NOT ".repeat(n));
    assert!(Rule::parse(&deep(MAX_ELEMENTS / 2)).is_ok());
    assert_eq!(Rule::parse(&deep(10_000)), Err(ParseError::TooDeep { at: 1004 }));
    assert!(Rule::parse(&"(".repeat(10_240)).is_err());
}

fn a_state() -> impl Strategy<Value = AlarmState> {
    prop_oneof![Just(AlarmState::Ok), Just(AlarmState::Alarm), Just(AlarmState::InsufficientData)]
}

fn a_rule() -> impl Strategy<Value = Rule> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Rule::Constant),
        (a_state(), ".{1,12}").prop_map(|(state, alarm)| Rule::InState { state, alarm }),
        (any::<bool>(), a_state(), prop::collection::vec(".{1,6}", 1..4), 1..=100_usize).prop_map(
            |(negated, state, alarms, n)| {
                let threshold =
                    if n % 2 == 0 { Threshold::Percent(n) } else { Threshold::Count(n % alarms.len() + 1) };
                Rule::AtLeast { threshold, negated, state, alarms }
            }
        ),
    ];
    leaf.prop_recursive(4, 40, 4, |inner| {
        prop_oneof![
            inner.clone().prop_map(|rule| Rule::Not(Box::new(rule))),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Rule::And),
            prop::collection::vec(inner, 2..4).prop_map(Rule::Or),
        ]
    })
}

proptest! {
    #[test]
    fn a_printed_rule_reads_back_as_itself(rule in a_rule()) {
        prop_assert_eq!(Rule::parse(&rule.to_string()), Ok(rule));
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in ".*") {
        let _ = Rule::parse(&text);
    }

    #[test]
    fn no_heap_of_words_makes_the_parser_panic(
        words in prop::collection::vec(
            prop::sample::select(vec!["(", ")", ",", "NOT", "AND", "OR", "ALARM", "OK", "AT_LEAST", "2", "50%", "\"", "\\", "x"]),
            0..60,
        )
    ) {
        let _ = Rule::parse(&words.join(" "));
    }
}
