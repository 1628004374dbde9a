//! The same questions to CloudWatch by JSON, as a form and by CBOR: the same answers.

use std::collections::BTreeMap;

use aws_smithy_types::date_time::{DateTime, Format};
use axum::body::Body;
use axum::http::Request;
use http_body_util::BodyExt;
use minicbor::data::{Tag, Type};
use minicbor::{Decoder, Encoder};
use serde_json::{Value as Json, json};
use tower::ServiceExt;

use super::Server;

/// How a client may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Protocol {
    Json,
    Form,
    Cbor,
}

const ALL: [Protocol; 3] = [Protocol::Json, Protocol::Form, Protocol::Cbor];

/// What was understood: the status, the code and sentence of an error, and every leaf by its path.
#[derive(Debug, PartialEq)]
struct Understood {
    status: u16,
    error: Option<(String, String)>,
    leaves: BTreeMap<String, String>,
}

async fn ask(server: &Server, protocol: Protocol, operation: &str, input: &Json) -> Understood {
    let response = server.router.clone().oneshot(request(protocol, operation, input)).await.unwrap();
    let (parts, body) = response.into_parts();
    let header = |name: &str| parts.headers.get(name).map(|text| text.to_str().unwrap().to_owned());
    let status = parts.status.as_u16();
    let body = body.collect().await.unwrap().to_bytes();
    let tree = match protocol {
        Protocol::Json | Protocol::Cbor if body.is_empty() => json!({}),
        Protocol::Json => serde_json::from_slice(&body).unwrap(),
        Protocol::Cbor => cbor(&mut Decoder::new(&body)),
        Protocol::Form => xml(std::str::from_utf8(&body).unwrap(), operation),
    };
    let error = (status != 200).then(|| {
        let code = header("x-amzn-query-error").and_then(|codes| Some(codes.split_once(';')?.0.to_owned()));
        let text = |name: &str| Some(tree.pointer(name)?.as_str()?.to_owned());
        let code = code.or_else(|| text("/Error/Code")).unwrap();
        let message = text("/message").or_else(|| text("/Message")).or_else(|| text("/Error/Message"));
        (code, message.unwrap_or_default())
    });
    let mut leaves = BTreeMap::new();
    if status == 200 {
        flatten(&tree, String::new(), &mut leaves);
    }
    Understood { status, error, leaves }
}

fn request(protocol: Protocol, operation: &str, input: &Json) -> Request<Body> {
    let service = "GraniteServiceVersion20100801";
    let request = match protocol {
        Protocol::Json => Request::post("/")
            .header("content-type", "application/x-amz-json-1.0")
            .header("x-amz-target", format!("{service}.{operation}")),
        Protocol::Cbor => Request::post(format!("/service/{service}/operation/{operation}"))
            .header("content-type", "application/cbor")
            .header("smithy-protocol", "rpc-v2-cbor"),
        Protocol::Form => Request::post("/").header("content-type", "application/x-www-form-urlencoded"),
    };
    let body = match protocol {
        Protocol::Json => input.to_string().into_bytes(),
        Protocol::Cbor => {
            let mut out = Encoder::new(Vec::new());
            to_cbor(input, &mut out);
            out.into_writer()
        }
        Protocol::Form => {
            let mut form = form_urlencoded::Serializer::new(format!("Action={operation}&Version=2010-08-01"));
            to_form(input, "", &mut form);
            form.finish().into_bytes()
        }
    };
    request.header("x-amzn-query-mode", "true").body(body.into()).unwrap()
}

fn to_cbor(value: &Json, out: &mut Encoder<Vec<u8>>) {
    match value {
        Json::Object(members) => {
            out.map(members.len() as u64).unwrap();
            for (name, value) in members {
                out.str(name).unwrap();
                to_cbor(value, out);
            }
        }
        Json::Array(elements) => {
            out.begin_array().unwrap();
            for value in elements {
                to_cbor(value, out);
            }
            out.end().unwrap();
        }
        Json::String(text) => drop(out.str(text).unwrap()),
        Json::Bool(truth) => drop(out.bool(*truth).unwrap()),
        Json::Number(number) => match number.as_i64() {
            Some(number) => drop(out.i64(number).unwrap()),
            None => drop(out.f64(number.as_f64().unwrap()).unwrap()),
        },
        Json::Null => drop(out.null().unwrap()),
    }
}

fn to_form(value: &Json, path: &str, out: &mut form_urlencoded::Serializer<'_, String>) {
    let under = |step: &str| if path.is_empty() { step.to_owned() } else { format!("{path}.{step}") };
    match value {
        Json::Object(members) => members.iter().for_each(|(name, value)| to_form(value, &under(name), out)),
        // As botocore writes it.
        Json::Array(elements) if elements.is_empty() => drop(out.append_pair(path, "")),
        Json::Array(elements) => {
            for (place, value) in elements.iter().enumerate() {
                to_form(value, &under(&format!("member.{}", place + 1)), out);
            }
        }
        Json::String(text) => drop(out.append_pair(path, text)),
        Json::Null => {}
        other => drop(out.append_pair(path, &other.to_string())),
    }
}

/// One item of an answer, in which maps and lists have no length.
fn cbor(decoder: &mut Decoder<'_>) -> Json {
    match decoder.datatype().unwrap() {
        Type::MapIndef => {
            decoder.map().unwrap();
            let mut members = serde_json::Map::new();
            while decoder.datatype().unwrap() != Type::Break {
                let name = decoder.str().unwrap().to_owned();
                members.insert(name, cbor(decoder));
            }
            decoder.skip().unwrap();
            Json::Object(members)
        }
        Type::ArrayIndef => {
            decoder.array().unwrap();
            let mut elements = Vec::new();
            while decoder.datatype().unwrap() != Type::Break {
                elements.push(cbor(decoder));
            }
            decoder.skip().unwrap();
            Json::Array(elements)
        }
        Type::Tag => {
            assert_eq!(decoder.tag().unwrap(), Tag::new(1), "an instant");
            json!(decoder.f64().unwrap())
        }
        Type::String => json!(decoder.str().unwrap()),
        Type::Bool => json!(decoder.bool().unwrap()),
        Type::F64 => json!(decoder.f64().unwrap()),
        _ => json!(i64::try_from(i128::from(decoder.int().unwrap())).unwrap()),
    }
}

/// The result in an answer in XML, whose every element begins and ends on a line of its own or on one line.
fn xml(text: &str, operation: &str) -> Json {
    let mut open = vec![(String::new(), Vec::new())];
    for line in text.lines().map(str::trim) {
        let name = line.trim_start_matches(['<', '/']).split(['>', ' ', '/']).next().unwrap().to_owned();
        if line.starts_with("</") {
            let (name, children) = open.pop().unwrap();
            open.last_mut().unwrap().1.push((name, node(children)));
        } else if line.ends_with("/>") {
            open.last_mut().unwrap().1.push((name, json!("")));
        } else if let Some((value, _)) = line.split_once('>').and_then(|(_, rest)| rest.rsplit_once("</")) {
            open.last_mut().unwrap().1.push((name, json!(plain(value))));
        } else {
            open.push((name, Vec::new()));
        }
    }
    let root = node(open.pop().unwrap().1);
    let result = root.pointer(&format!("/{operation}Response/{operation}Result")).cloned();
    result.or_else(|| root.get("ErrorResponse").cloned()).unwrap_or_else(|| json!({}))
}

fn plain(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

fn node(children: Vec<(String, Json)>) -> Json {
    if children.iter().all(|(name, _)| name == "member") && !children.is_empty() {
        return children.into_iter().map(|(_, value)| value).collect();
    }
    Json::Object(children.into_iter().collect())
}

/// Leaves in one form: numbers as numbers, instants in seconds, an empty list as nothing.
fn flatten(value: &Json, path: String, leaves: &mut BTreeMap<String, String>) {
    let text = match value {
        Json::Object(members) if !members.is_empty() => {
            return members.iter().for_each(|(name, value)| flatten(value, format!("{path}/{name}"), leaves));
        }
        Json::Array(elements) if !elements.is_empty() => {
            return elements
                .iter()
                .enumerate()
                .for_each(|(place, value)| flatten(value, format!("{path}/{place}"), leaves));
        }
        Json::Object(_) | Json::Array(_) => String::new(),
        Json::String(text) if path.ends_with("Timestamp") => {
            let at = DateTime::from_str(text, Format::DateTime).unwrap();
            at.as_secs_f64().to_string()
        }
        Json::String(text) => text.parse::<f64>().map_or_else(|_| text.clone(), |number| number.to_string()),
        Json::Number(number) => number.as_f64().unwrap().to_string(),
        other => other.to_string(),
    };
    if !path.is_empty() {
        leaves.insert(path, text);
    }
}

/// Asks in every protocol and returns the one answer.
async fn same(server: &Server, operation: &str, input: Json) -> Understood {
    let mut answers = Vec::new();
    for protocol in ALL {
        answers.push((protocol, ask(server, protocol, operation, &input).await));
    }
    let (_, first) = answers.remove(0);
    for (protocol, other) in answers {
        assert_eq!(first, other, "{operation} by JSON and by {protocol:?}");
    }
    first
}

#[tokio::test]
async fn an_alarm_made_in_any_protocol_is_described_alike_in_all() {
    let server = Server::start().await;
    let alarm = |name: &str| {
        json!({"AlarmName": name, "AlarmDescription": "a <b> & \u{e9}", "MetricName": "ModelLatency",
            "Namespace": "AWS/SageMaker", "ExtendedStatistic": "p99", "Period": 60, "EvaluationPeriods": 3,
            "DatapointsToAlarm": 2, "Threshold": 41.5, "ComparisonOperator": "GreaterThanThreshold",
            "TreatMissingData": "notBreaching", "ActionsEnabled": false, "AlarmActions": ["arn:aws:sns:us-east-1:123456789012:t"],
            "Dimensions": [{"Name": "EndpointName", "Value": "e"}, {"Name": "VariantName", "Value": "v"}]})
    };
    for (place, protocol) in ALL.into_iter().enumerate() {
        let made = ask(&server, protocol, "PutMetricAlarm", &alarm(&format!("alarm-{place}"))).await;
        assert_eq!((made.status, made.leaves.len()), (200, 0), "{protocol:?}: no output");
    }
    let described = same(&server, "DescribeAlarms", json!({})).await;
    let leaf = |place: usize, name: &str| &described.leaves[&format!("/MetricAlarms/{place}/{name}")];
    for place in 0..3 {
        assert_eq!(leaf(place, "AlarmName"), &format!("alarm-{place}"));
        assert_eq!(leaf(place, "Threshold"), "41.5");
        assert_eq!(leaf(place, "Dimensions/1/Value"), "v");
        assert_eq!(leaf(place, "AlarmDescription"), "a <b> & \u{e9}");
        let common = |place| {
            let own = format!("/MetricAlarms/{place}/");
            let leaves = described.leaves.iter().filter(|(path, _)| path.starts_with(&own));
            let shared =
                leaves.filter(|(path, _)| !path.ends_with("AlarmName") && !path.ends_with("AlarmArn"));
            shared
                .map(|(path, text)| (path[own.len()..].to_owned(), text.clone()))
                .collect::<BTreeMap<_, _>>()
        };
        assert_eq!(common(0), common(place), "the same alarm, whoever made it");
        assert!(common(place).len() > 15);
    }
    assert_eq!(described.leaves["/CompositeAlarms"], "", "an empty list is written");
}

#[tokio::test]
async fn refusals_and_empty_answers_are_alike_in_all_protocols() {
    let server = Server::start().await;
    let empty = same(&server, "DescribeAlarms", json!({"AlarmNames": ["nobody"]})).await;
    assert_eq!((empty.status, empty.leaves["/MetricAlarms"].as_str()), (200, ""));
    let nothing = same(&server, "DeleteAlarms", json!({"AlarmNames": []})).await;
    assert_eq!(nothing.leaves.len(), 0);
    for (operation, input, status, code) in [
        (
            "SetAlarmState",
            json!({"AlarmName": "x", "StateValue": "OK", "StateReason": ""}),
            404,
            "ResourceNotFound",
        ),
        (
            "SetAlarmState",
            json!({"AlarmName": "x", "StateValue": "RED", "StateReason": ""}),
            400,
            "ValidationError",
        ),
        ("DescribeAlarms", json!({"NextToken": "nonsense"}), 400, "InvalidNextToken"),
        ("PutMetricAlarm", json!({"AlarmName": "", "EvaluationPeriods": 0}), 400, "ValidationError"),
        ("PutDashboard", json!({}), 501, "NotImplemented"),
    ] {
        let refused = same(&server, operation, input).await;
        assert_eq!((refused.status, refused.error.unwrap().0.as_str()), (status, code), "{operation}");
    }
}
