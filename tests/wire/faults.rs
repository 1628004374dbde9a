//! What is answered to wrong types, and how faults travel.

use axum::http::{HeaderValue, StatusCode};
use sagebrush::schema::{Call, Fault, Value};

use super::stub::{Answered, Stub, json_request};

const CLOUDWATCH: &str = "application/x-amz-json-1.0";

async fn create_config(body: &str) -> Answered {
    Stub::silent().json("SageMaker.CreateEndpointConfig", body.to_owned()).await
}

/// Measured on Athena, which runs on the same framework; where AWS is silent the table says so.
#[tokio::test]
async fn wrong_types_are_told_in_the_words_of_the_parser() {
    for (member, sentence) in [
        (r#""EndpointConfigName":1"#, "NUMBER_VALUE can not be converted to a String"),
        (r#""EndpointConfigName":true"#, "TRUE_VALUE can not be converted to a String"),
        (r#""EndpointConfigName":["a"]"#, "Start of list found where not expected"),
        (r#""EndpointConfigName":{"a":{}}"#, "Start of structure or map found where not expected."),
        (r#""EnableNetworkIsolation":"true""#, "STRING_VALUE can not be converted to a Boolean"),
        (r#""ProductionVariants":"a""#, "Expected list or null"),
        (r#""ProductionVariants":{}"#, "Start of structure or map found where not expected."),
        (r#""ProductionVariants":[1]"#, "Expected null"),
        (r#""ProductionVariants":[[]]"#, "Start of list found where not expected"),
        (
            r#""ProductionVariants":[{"InitialInstanceCount":"1"}]"#,
            "STRING_VALUE can not be converted to an Integer",
        ),
        (
            r#""ProductionVariants":[{"InitialInstanceCount":true}]"#,
            "TRUE_VALUE can not be converted to an Integer",
        ),
        (
            r#""ProductionVariants":[{"InitialVariantWeight":"1"}]"#,
            "STRING_VALUE can not be converted to a Float",
        ),
        (r#""DataCaptureConfig":7"#, "Expected null"),
        (r#""EndpointConfigName":1,"Tags":"a""#, "NUMBER_VALUE can not be converted to a String"),
    ] {
        let answered = create_config(&format!("{{{member}}}")).await;
        assert_eq!(answered.status, StatusCode::BAD_REQUEST);
        let body = format!(r#"{{"__type":"SerializationException","Message":"{sentence}"}}"#);
        assert_eq!(answered.body, body, "{member}");
    }
    let answered = create_config("[]").await;
    let body = r#"{"__type":"SerializationException","Message":"Start of list found where not expected"}"#;
    assert_eq!(answered.body, body);
}

#[tokio::test]
async fn what_is_no_json_is_told_without_a_message_and_before_any_type() {
    let deep = format!("{{\"Tags\":{}", "[".repeat(100_000));
    for body in [
        "{",
        "",
        "null",
        "\"x\"",
        "7",
        "{\"EndpointConfigName\":\"a\",}",
        "{\"EndpointConfigName\":1,",
        "{}{}",
        "{\"EndpointConfigName\":\"\\ud800\"}",
        "{\"EndpointConfigName\":1e999}",
        &deep,
    ] {
        let answered = create_config(body).await;
        assert_eq!(answered.status, StatusCode::BAD_REQUEST);
        assert_eq!(
            answered.body,
            r#"{"__type":"SerializationException"}"#,
            "{}",
            &body[..body.len().min(60)]
        );
    }
}

#[tokio::test]
async fn numbers_and_absences_are_taken_as_aws_takes_them() {
    let stub = Stub::silent();
    let body = r#"{"EndpointConfigName":"c","Nobody":{"a":[1]},"KmsKeyId":null,"ProductionVariants":
        [{"VariantName":"a","VariantName":"v","InitialInstanceCount":1.9,"InitialVariantWeight":2}]}"#;
    assert_eq!(stub.json("SageMaker.CreateEndpointConfig", body).await.status, 200);
    let input = stub.calls().remove(0).input;
    let names: Vec<&str> = input.as_map().unwrap().iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["EndpointConfigName", "ProductionVariants"], "unknown and null members are dropped");
    let variant = &input.get("ProductionVariants").unwrap().as_list().unwrap()[0];
    assert_eq!(variant.get("VariantName"), Some(&Value::from("v")), "the last of two wins");
    assert_eq!(variant.get("InitialInstanceCount"), Some(&Value::Int(1)), "a fraction is cut off");
    assert_eq!(variant.get("InitialVariantWeight"), Some(&Value::Float(2.0)));
    for (text, ms) in [
        ("1735787045", 1_735_787_045_000),
        ("1735787045.678", 1_735_787_045_678),
        ("1.735787045678E9", 1_735_787_045_678),
        ("-1", -1000),
    ] {
        stub.json("SageMaker.ListModels", format!(r#"{{"CreationTimeAfter":{text}}}"#)).await;
        let input = stub.calls().remove(0).input;
        assert_eq!(input.get("CreationTimeAfter").unwrap().as_timestamp().unwrap().0, ms, "{text}");
    }
}

async fn cloudwatch(fault: Fault, query_mode: bool) -> Answered {
    let stub = Stub::answering(move |_: &Call| Err(fault.clone()));
    let target = "GraniteServiceVersion20100801.DeleteAlarms";
    let mut request = json_request(CLOUDWATCH, target, r#"{"AlarmNames":["a"]}"#);
    if query_mode {
        request.headers_mut().insert("x-amzn-query-mode", HeaderValue::from_static("true"));
    }
    stub.send(request).await
}

#[tokio::test]
async fn a_service_that_came_from_the_query_protocol_keeps_its_old_codes_for_those_who_ask() {
    let declared = Fault::declared("ResourceNotFound", "Unknown");
    let body = r#"{"__type":"com.amazonaws.cloudwatch.v2010_08_01#ResourceNotFound","message":"Unknown"}"#;
    let answered = cloudwatch(declared.clone(), true).await;
    assert_eq!((answered.status.as_u16(), answered.body.as_str()), (404, body));
    assert_eq!(answered.header("x-amzn-query-error"), Some("ResourceNotFound;Sender"));
    assert_eq!(answered.content_type(), CLOUDWATCH);
    let answered = cloudwatch(declared, false).await;
    assert_eq!((answered.status.as_u16(), answered.body.as_str()), (400, body));
    assert_eq!(answered.header("x-amzn-query-error"), None);
    let answered = cloudwatch(Fault::validation("no"), true).await;
    assert_eq!(answered.body, r#"{"__type":"com.amazon.coral.validate#ValidationException","message":"no"}"#);
    assert_eq!(answered.header("x-amzn-query-error"), Some("ValidationError;Sender"));
    let answered = cloudwatch(Fault::bare("ResourceNotFound", 400), true).await;
    let bare = r#"{"__type":"com.amazonaws.cloudwatch.v2010_08_01#ResourceNotFound"}"#;
    assert_eq!(answered.body, bare, "no message, no key");
}

#[tokio::test]
async fn a_declared_error_carries_its_sentence_in_the_member_that_the_model_names() {
    let stub = Stub::answering(|call: &Call| {
        Err(match call.operation {
            "CreateModel" => Fault::declared("ResourceLimitExceeded", "no room"),
            "TestEventPattern" => Fault::declared("InvalidEventPatternException", "no pattern"),
            _ => Fault::validation("Could not find model \"m\"."),
        })
    });
    let answered = stub.json("SageMaker.CreateModel", r#"{"ModelName":"m"}"#).await;
    assert_eq!(answered.body, r#"{"__type":"ResourceLimitExceeded","Message":"no room"}"#);
    let answered = stub.json("SageMaker.DescribeModel", r#"{"ModelName":"m"}"#).await;
    assert_eq!(answered.body, r#"{"__type":"ValidationException","message":"Could not find model \"m\"."}"#);
    let answered = stub.json("AWSEvents.TestEventPattern", r#"{"EventPattern":"{}","Event":"{}"}"#).await;
    let body = r#"{"__type":"InvalidEventPatternException","message":"no pattern"}"#;
    assert_eq!(answered.body, body, "one that declares no members");
}

#[tokio::test]
async fn the_query_protocol_has_codes_and_statuses_of_its_own() {
    let stub = Stub::answering(|call: &Call| {
        Err(match call.operation {
            "SetAlarmState" => Fault::bare("ResourceNotFound", 400),
            _ => Fault::declared("InvalidNextToken", "<no>"),
        })
    });
    let answered =
        stub.form("Action=SetAlarmState&Version=2010-08-01&AlarmName=a&StateValue=OK&StateReason=r").await;
    let request_id = answered.header("x-amzn-requestid").unwrap();
    assert_eq!((answered.status.as_u16(), answered.content_type()), (404, "text/xml"));
    assert_eq!(
        answered.body,
        format!(
            "<ErrorResponse xmlns=\"http://monitoring.amazonaws.com/doc/2010-08-01/\">\n  <Error>\n    \
             <Type>Sender</Type>\n    <Code>ResourceNotFound</Code>\n  </Error>\n  \
             <RequestId>{request_id}</RequestId>\n</ErrorResponse>\n"
        )
    );
    let answered = stub.form("Action=DescribeAlarms&Version=2010-08-01").await;
    assert!(answered.body.contains("<Code>InvalidNextToken</Code>\n    <Message>&lt;no&gt;</Message>\n"));
    let answered =
        stub.form("Action=SetAlarmState&Version=2010-08-01&AlarmName=a&StateValue=RED&StateReason=r").await;
    assert!(
        answered.body.contains(
            "<Code>ValidationError</Code>\n    <Message>1 validation error detected: Value 'RED' at 'stateValue' \
             failed to satisfy constraint: Member must satisfy enum value set: [INSUFFICIENT_DATA, ALARM, OK]<"
        ),
        "{answered:?}"
    );
    let answered = stub.form("Action=DescribeAlarms&Version=2010-08-01&MaxRecords=many").await;
    assert!(answered.body.contains("<Code>MalformedInput</Code>"), "{answered:?}");
}

#[tokio::test]
async fn a_defect_behind_the_wire_is_an_internal_failure_of_one_request() {
    let stub = Stub::answering(|call: &Call| match call.operation {
        "ListModels" => panic!("a defect"),
        "ListTags" => Ok(Some(Value::Int(7))),
        _ => Err(Fault::internal("the disk is full")),
    });
    let failure = r#"{"__type":"InternalFailure","message":"The request processing has failed because of an unknown error, exception or failure."}"#;
    for (target, body) in [
        ("SageMaker.ListModels", "{}"),
        ("SageMaker.ListTags", r#"{"ResourceArn":"arn:aws:sagemaker:us-east-1:123456789012:model/m"}"#),
        ("SageMaker.ListEndpoints", "{}"),
    ] {
        let answered = stub.json(target, body).await;
        assert_eq!((answered.status.as_u16(), answered.body.as_str()), (500, failure), "{target}");
    }
}
