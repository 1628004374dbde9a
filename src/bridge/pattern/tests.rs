//! Patterns by AWS's own examples, by what is refused, and against a matcher that is simple and slow.

mod naive;

use serde_json::{Value, json};

use super::Pattern;

fn pattern(value: &Value) -> Pattern {
    Pattern::read(&value.to_string()).unwrap_or_else(|why| panic!("{value}: {why}"))
}

/// Whether a value of `x` passes a list of tests.
fn passes(tests: &Value, value: &Value) -> bool {
    pattern(&json!({"x": tests})).matches(&json!({"x": value}))
}

/// Which of these values pass.
fn passing(tests: &Value, values: &Value) -> Value {
    let values = values.as_array().expect("a list").iter();
    values.filter(|value| passes(tests, value)).cloned().collect::<Vec<_>>().into()
}

/// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns-content-based-filtering.html>
#[test]
fn every_kind_of_test_does_as_awss_page_says() {
    for (tests, values, expected) in [
        (
            json!(["a", null, true, 5]),
            json!(["a", "A", null, true, false, 5, "5"]),
            json!(["a", null, true, 5]),
        ),
        (json!([""]), json!(["", null, " "]), json!([""])),
        (json!([{"prefix": "us-"}]), json!(["us-east-1", "US-1", "eu", 5]), json!(["us-east-1"])),
        (
            json!([{"prefix": {"equals-ignore-case": "EventB"}}]),
            json!(["EVENTBridge", "event"]),
            json!(["EVENTBridge"]),
        ),
        (json!([{"suffix": ".png"}]), json!(["a.png", "a.PNG", ".pngs"]), json!(["a.png"])),
        (json!([{"suffix": {"equals-ignore-case": ".png"}}]), json!(["a.pNG", "png"]), json!(["a.pNG"])),
        (
            json!([{"equals-ignore-case": "Alarm"}]),
            json!(["ALARM", "alarm", "alarms"]),
            json!(["ALARM", "alarm"]),
        ),
        (json!([{"anything-but": "init"}]), json!(["init", "x", 5, null]), json!(["x", 5, null])),
        (json!([{"anything-but": 123}]), json!([123, 124, "123"]), json!([124, "123"])),
        (json!([{"anything-but": ["a", "b"]}]), json!(["a", "b", "c"]), json!(["c"])),
        (json!([{"anything-but": [100, 200]}]), json!([100, 300]), json!([300])),
        (json!([{"anything-but": {"prefix": ["i", "x"]}}]), json!(["init", "x", "y"]), json!(["y"])),
        (json!([{"anything-but": {"suffix": ".txt"}}]), json!(["a.txt", "a"]), json!(["a"])),
        (json!([{"anything-but": {"equals-ignore-case": ["A", "B"]}}]), json!(["a", "b", "c"]), json!(["c"])),
        (json!([{"anything-but": {"wildcard": "*/lib/*"}}]), json!(["a/lib/b", "a/b"]), json!(["a/b"])),
        (json!([{"numeric": [">", 0, "<=", 5]}]), json!([0, 0.1, 5, 5.1, "3"]), json!([0.1, 5])),
        (json!([{"numeric": ["=", 3.018e2]}]), json!([301.8, 301]), json!([301.8])),
        (json!([{"numeric": ["<", -10]}]), json!([-11, -10, 0]), json!([-11])),
        (json!([{"cidr": "10.0.0.0/24"}]), json!(["10.0.0.255", "10.0.1.0", "x"]), json!(["10.0.0.255"])),
        (
            json!([{"cidr": "2001:db8::/32"}]),
            json!(["2001:db8::1", "2001:db9::1", "10.0.0.1"]),
            json!(["2001:db8::1"]),
        ),
        (json!([{"cidr": "0.0.0.0/0"}]), json!(["255.1.1.1"]), json!(["255.1.1.1"])),
        (
            json!([{"wildcard": "dir/*.png"}]),
            json!(["dir/a/b.png", "dir/.png", "dir.png"]),
            json!(["dir/a/b.png", "dir/.png"]),
        ),
        (
            json!([{"wildcard": "a*ba*b"}]),
            json!(["abab", "aXbaYb", "ab", "abaXbb"]),
            json!(["abab", "aXbaYb", "abaXbb"]),
        ),
        (json!([{"wildcard": "a\\*\\\\"}]), json!(["a*\\", "ab\\"]), json!(["a*\\"])),
        (json!([{"exists": true}]), json!(["x", null, {"y": 1}, []]), json!(["x", null])),
        (json!([{"exists": false}]), json!(["x", {"y": 1}, []]), json!([{"y": 1}, []])),
    ] {
        assert_eq!(passing(&tests, &values), expected, "{tests}");
    }
}

#[test]
fn numbers_are_the_same_if_they_are_written_alike() {
    assert!(passes(&json!([300]), &json!(300)) && !passes(&json!([300]), &json!(300.0)));
    assert!(passes(&json!([{"numeric": ["=", 300]}]), &json!(300.0)));
}

#[test]
fn every_member_must_hold_and_what_is_nested_in_what_is_nested() {
    let wanted = pattern(&json!({
        "source": ["aws.sagemaker"],
        "detail": {"EndpointStatus": ["IN_SERVICE", "FAILED"], "Tags": {"team": [{"exists": true}]}},
    }));
    let event = |status: &str, tags: Value| json!({"source": "aws.sagemaker", "detail": {"EndpointStatus": status, "Tags": tags}});
    assert!(wanted.matches(&event("FAILED", json!({"team": "a"}))));
    assert!(!wanted.matches(&event("UPDATING", json!({"team": "a"}))));
    assert!(!wanted.matches(&event("FAILED", json!({}))));
    assert!(!wanted.matches(&json!({"source": "aws.sagemaker"})));
}

#[test]
fn one_of_a_list_is_enough_and_it_is_the_same_one_for_all_that_is_said() {
    assert!(passes(&json!(["b"]), &json!(["a", "b"])) && passes(&json!(["b"]), &json!([["b"]])));
    assert!(passes(&json!([{"anything-but": "a"}]), &json!(["a", "b"])));
    let wanted = pattern(&json!({"list": {"name": ["a"], "size": [1]}}));
    assert!(wanted.matches(&json!({"list": [{"name": "b", "size": 1}, {"name": "a", "size": 1}]})));
    assert!(!wanted.matches(&json!({"list": [{"name": "b", "size": 1}, {"name": "a", "size": 2}]})));
    let absent = pattern(&json!({"list": {"name": [{"exists": false}]}}));
    assert!(absent.matches(&json!({})) && absent.matches(&json!({"list": ["a"]})));
}

/// AWS's page again: the complex example with `$or`.
#[test]
fn one_choice_of_or_is_enough() {
    let wanted = pattern(&json!({
        "source": ["aws.cloudwatch"],
        "$or": [
            {"c-count": [{"numeric": [">", 0, "<=", 5]}]},
            {"d-count": [{"numeric": ["<", 10]}], "x-limit": [{"numeric": ["=", 3.018e2]}]},
        ],
    }));
    let event = |members: Value| {
        let mut event = json!({"source": "aws.cloudwatch"});
        event.as_object_mut().expect("an object").extend(members.as_object().expect("members").clone());
        wanted.matches(&event)
    };
    assert!(event(json!({"c-count": 3})) && event(json!({"d-count": 8, "x-limit": 301.8})));
    assert!(!event(json!({"d-count": 8})) && !event(json!({"c-count": 6})) && !event(json!({})));
    let member = pattern(&json!({"$or": ["a"]}));
    assert!(member.matches(&json!({"$or": "a"})), "a list without objects is no choice");
}

#[test]
fn what_is_no_pattern_is_told_in_a_sentence() {
    for (text, sentence) in [
        ("[]", "Filter is not an object"),
        ("{", "EOF while parsing an object at line 1 column 1"),
        ("{}", "Empty objects are not allowed"),
        (r#"{"a":{}}"#, "Empty objects are not allowed"),
        (r#"{"a":[]}"#, "Empty arrays are not allowed"),
        (r#"{"a":"b"}"#, "\"a\" must be an object or an array"),
        (r#"{"a":[["b"]]}"#, "Match value must be String, number, true, false, or null"),
        (r#"{"a":[{"prefix":"b","suffix":"c"}]}"#, "Only one key allowed in match expression"),
        (r#"{"a":[{"like":"b"}]}"#, "Unrecognized match type like"),
        (r#"{"a":[{"prefix":5}]}"#, "prefix match pattern must be a string"),
        (r#"{"a":[{"exists":"no"}]}"#, "exists match pattern must be either true or false."),
        (r#"{"a":[{"wildcard":"a**"}]}"#, "Consecutive wildcard characters at pos 1"),
        (r#"{"a":[{"wildcard":"a\\b"}]}"#, "Invalid escape character at pos 1"),
        (r#"{"a":[{"numeric":5}]}"#, "Value of numeric must be an array."),
        (r#"{"a":[{"numeric":["=","5"]}]}"#, "Value of = must be numeric"),
        (r#"{"a":[{"numeric":[">",5,"<",5]}]}"#, "Bottom must be less than top"),
        (
            r#"{"a":[{"numeric":["=",5,"<",6]}]}"#,
            "Bad numeric range operator: a range begins with > or >= and ends with < or <=",
        ),
        (r#"{"a":[{"numeric":["<",5e10]}]}"#, "Value must be between -5000000000 and 5000000000, inclusive"),
        (r#"{"a":[{"numeric":[">",1,"<",2,3]}]}"#, "Too many elements in numeric expression"),
        (
            r#"{"a":[{"anything-but":[null]}]}"#,
            "Inside anything but list, start|null|boolean is not supported.",
        ),
        (
            r#"{"a":[{"anything-but":true}]}"#,
            "Value of anything-but must be an array or single string/number value.",
        ),
        (r#"{"a":[{"anything-but":{"exists":true}}]}"#, "Unsupported anything-but pattern: exists"),
        (r#"{"a":[{"cidr":"10.0.0.0"}]}"#, "Malformed CIDR, one '/' required"),
        (r#"{"a":[{"cidr":"10.0.0.0/33"}]}"#, "IPv4 mask bits must not be > 32"),
    ] {
        assert_eq!(Pattern::read(text), Err(sentence.to_owned()), "{text}");
    }
}
