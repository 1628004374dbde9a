//! Successful answers, byte for byte.

use std::net::TcpListener;
use std::time::Duration;

use sagebrush::door::Door;
use sagebrush::schema::Call;
use sagebrush::wire::{self, Handle};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::stub::{Stub, answer_of};

#[tokio::test]
async fn json_is_compact_and_numbers_are_java_s() {
    let stub = Stub::answering(|call: &Call| match call.operation {
        "ListTags" => answer_of(json!({"Tags": []})),
        "DeleteTags" | "DeleteModel" => Ok(None),
        _ => answer_of(json!({
            "EndpointArn": "arn:\"é\"",
            "EndpointName": "e",
            "CreationTime": 1_516_285_960_797_i64,
            "LastModifiedTime": 1_516_285_960_000_i64,
            "ProductionVariants": [{"VariantName": "v", "CurrentWeight": 1, "DesiredWeight": 0.5,
                "CurrentInstanceCount": 1}],
            "EndpointStatus": "InService",
        })),
    });
    let arn = r#"{"ResourceArn":"arn:aws:sagemaker:us-east-1:123456789012:model/m","TagKeys":["k"]}"#;
    assert_eq!(stub.json("SageMaker.ListTags", arn).await.body, r#"{"Tags":[]}"#);
    assert_eq!(stub.json("SageMaker.DeleteTags", arn).await.body, "{}", "an output without members");
    assert_eq!(stub.json("SageMaker.DeleteModel", r#"{"ModelName":"m"}"#).await.body, "", "no output at all");
    assert_eq!(
        stub.json("SageMaker.DescribeEndpoint", r#"{"EndpointName":"e"}"#).await.body,
        concat!(
            r#"{"EndpointName":"e","EndpointArn":"arn:\"é\"","ProductionVariants":[{"VariantName":"v","#,
            r#""CurrentWeight":1.0,"DesiredWeight":0.5,"CurrentInstanceCount":1}],"EndpointStatus":"InService","#,
            r#""CreationTime":1.516285960797E9,"LastModifiedTime":1.51628596E9}"#
        )
    );
}

#[tokio::test]
async fn xml_is_laid_out_as_aws_lays_it_out() {
    let stub = Stub::answering(|call: &Call| match call.operation {
        "DeleteAlarms" => Ok(None),
        "GetCallerIdentity" => answer_of(json!({"Account": "123456789012", "UserId": "u", "Arn": "a"})),
        _ => answer_of(json!({
            "CompositeAlarms": [],
            "MetricAlarms": [{
                "AlarmName": "a&b\n", "ActionsEnabled": false, "Threshold": 41,
                "StateUpdatedTimestamp": 1_759_761_900_000_i64, "StateTransitionedTimestamp": 1_759_761_900_250_i64,
            }],
        })),
    });
    let answered = stub.form("Action=DeleteAlarms&Version=2010-08-01&AlarmNames.member.1=a").await;
    assert_eq!(answered.body.len(), 210, "the length of a real answer of 2017");
    let id = answered.header("x-amzn-requestid").unwrap();
    assert_eq!(
        answered.body,
        format!(
            "<DeleteAlarmsResponse xmlns=\"http://monitoring.amazonaws.com/doc/2010-08-01/\">\n  \
             <ResponseMetadata>\n    <RequestId>{id}</RequestId>\n  </ResponseMetadata>\n\
             </DeleteAlarmsResponse>\n"
        )
    );
    let answered = stub.form("Action=DescribeAlarms&Version=2010-08-01").await;
    assert!(
        answered.body.contains(
            "  <DescribeAlarmsResult>\n    <CompositeAlarms/>\n    <MetricAlarms>\n      <member>\n        \
             <AlarmName>a&amp;b\n</AlarmName>\n        <ActionsEnabled>false</ActionsEnabled>\n        \
             <StateUpdatedTimestamp>2025-10-06T14:45:00Z</StateUpdatedTimestamp>\n        \
             <Threshold>41.0</Threshold>\n        \
             <StateTransitionedTimestamp>2025-10-06T14:45:00.25Z</StateTransitionedTimestamp>\n      \
             </member>\n    </MetricAlarms>\n  </DescribeAlarmsResult>\n"
        ),
        "{}",
        answered.body
    );
    let answered = stub.form("Action=GetCallerIdentity&Version=2011-06-15").await;
    assert!(
        answered.body.contains("<UserId>u</UserId>\n    <Account>123456789012</Account>\n    <Arn>a</Arn>\n")
    );
}

/// Over a real connection, because HTTP itself adds two of the headers.
#[tokio::test]
async fn the_set_of_headers_is_exact_also_on_an_empty_body() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let handle = Handle::new();
    let router = wire::router(Stub::silent(), Door::default(), wire::Upstream::default());
    let server = tokio::spawn(wire::serve(listener, router, handle.clone(), Duration::from_secs(10)));
    let mut stream = TcpStream::connect(address).await.unwrap();
    for _ in 0..2 {
        let request = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-amz-json-1.1\r\n\
                       X-Amz-Target: SageMaker.DeleteModel\r\nContent-Length: 17\r\n\r\n{\"ModelName\":\"m\"}";
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\n") {
            answer.push(stream.read_u8().await.unwrap());
        }
        let text = String::from_utf8(answer).unwrap();
        let mut lines = text.trim_end().split("\r\n");
        assert_eq!(lines.next(), Some("HTTP/1.1 200 OK"));
        let mut headers: Vec<(&str, &str)> = lines.map(|line| line.split_once(": ").unwrap()).collect();
        headers.sort_unstable();
        let [length, kind, (date, _), (id_name, id)] = headers[..] else { panic!("{headers:?}") };
        assert_eq!(length, ("content-length", "0"));
        assert_eq!(kind, ("content-type", "application/x-amz-json-1.1"));
        assert_eq!((date, id_name), ("date", "x-amzn-requestid"));
        let id = uuid::Uuid::parse_str(id).unwrap();
        assert_eq!(id.get_version_num(), 4);
    }
    handle.graceful_shutdown(Some(Duration::ZERO));
    server.await.unwrap().unwrap();
}
