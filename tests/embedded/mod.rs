//! A server inside a Rust test, as the tests of its users have it.

mod http;

use std::net::TcpStream;
use std::time::Duration;

use sagebrush::Server;
use sagebrush::clock::Mode;
use sagebrush::config::Settings;
use sagebrush::domain::deployment::record::Status;
use serde_json::{Value, json};

use http::Aws;

/// An endpoint `house` on config `old`, with fifty requests a second, and a config `new` whose model fails so often.
fn house(aws: &Aws, error_rate: &str) {
    for (config, rate) in [("old", "0"), ("new", error_rate)] {
        let container = json!({"Image": "models/house:1", "Environment": {"SAGEBRUSH_ERROR_RATE": rate}});
        aws.sagemaker("CreateModel", &json!({"ModelName": config, "PrimaryContainer": container}));
        let variant = json!({
            "VariantName": "AllTraffic", "ModelName": config, "InstanceType": "ml.m5.large", "InitialInstanceCount": 4,
        });
        aws.sagemaker(
            "CreateEndpointConfig",
            &json!({"EndpointConfigName": config, "ProductionVariants": [variant]}),
        );
    }
    let tags = json!([{"Key": "sagebrush:requests-per-second", "Value": "50"}]);
    let endpoint = json!({"EndpointName": "house", "EndpointConfigName": "old", "Tags": tags});
    aws.sagemaker("CreateEndpoint", &endpoint);
}

/// A canary of a quarter that is guarded by an alarm on errors.
fn guarded_update(aws: &Aws) {
    aws.cloudwatch(
        "PutMetricAlarm",
        &json!({
            "AlarmName": "errors", "Namespace": "AWS/SageMaker", "MetricName": "Invocation5XXErrors", "Statistic": "Sum",
            "Period": 60, "EvaluationPeriods": 1, "Threshold": 5, "ComparisonOperator": "GreaterThanThreshold",
            "Dimensions": [{"Name": "EndpointName", "Value": "house"}, {"Name": "VariantName", "Value": "AllTraffic"}],
        }),
    );
    let routing = json!({
        "Type": "CANARY", "CanarySize": {"Type": "INSTANCE_COUNT", "Value": 1}, "WaitIntervalInSeconds": 600,
    });
    let guardrails = json!({
        "BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": routing},
        "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "errors"}]},
    });
    let update =
        json!({"EndpointName": "house", "EndpointConfigName": "new", "DeploymentConfig": guardrails});
    aws.sagemaker("UpdateEndpoint", &update);
}

fn config_of_house(aws: &Aws) -> Value {
    aws.sagemaker("DescribeEndpoint", &json!({"EndpointName": "house"}))["EndpointConfigName"].clone()
}

#[test]
fn a_bad_model_is_rolled_back_and_the_test_sees_it() {
    let server = Server::start().unwrap();
    let aws = Aws::at(server.url());
    house(&aws, "0.5");
    server.settle().unwrap();
    guarded_update(&aws);
    let changes = server.settle().unwrap();
    assert!(changes.iter().any(|change| change.message.contains("ALARM state: errors")), "{changes:?}");
    let deployment = server.deployment("house").unwrap().unwrap();
    assert_eq!(deployment.status, Status::RolledBack);
    assert!(deployment.failure_reason.unwrap().ends_with("errors."));
    assert_eq!(config_of_house(&aws), "old");
}

#[tokio::test]
async fn a_test_with_a_runtime_of_one_thread_moves_time_as_well() {
    let server = Server::start().unwrap();
    let aws = Aws::at(server.url());
    house(&aws, "0");
    let begun = server.now().unwrap();
    assert_eq!(server.next().unwrap().len(), 1, "the endpoint is in service");
    assert!(server.now().unwrap() > begun);
    guarded_update(&aws);
    server.advance(Duration::from_hours(1)).unwrap();
    assert_eq!(server.deployment("house").unwrap().unwrap().status, Status::Succeeded);
    assert_eq!(config_of_house(&aws), "new");
}

#[test]
fn time_passes_for_the_test_alone_and_stands_until_it_is_moved() {
    let (server, other) = (Server::start().unwrap(), Server::start().unwrap());
    let begun = server.now().unwrap();
    assert_eq!(server.now().unwrap(), begun);
    let others = other.now().unwrap();
    server.advance(Duration::from_millis(1500)).unwrap();
    assert_eq!(server.now().unwrap().ms_since(begun), 1500);
    assert_eq!(other.now().unwrap(), others);
    assert!(server.advance(Duration::from_hours(10_000)).is_err(), "no advance is longer than 366 days");
}

#[test]
fn a_server_that_is_dropped_is_gone() {
    let server = Server::start().unwrap();
    let address = server.url().strip_prefix("http://").unwrap().to_owned();
    assert!(TcpStream::connect(&address).is_ok());
    drop(server);
    assert!(TcpStream::connect(&address).is_err());
}

#[test]
fn another_world_of_the_server_can_be_the_tests() {
    let server = Server::start().unwrap();
    house(&Aws::at(server.url()), "0");
    let server = server.in_world("210987654321", "eu-west-1");
    assert!(server.settle().unwrap().is_empty());
    assert_eq!(server.deployment("house").unwrap(), None);
}

#[test]
fn settings_count_but_for_where_it_listens_what_it_keeps_and_how_time_passes() {
    let settings = Settings {
        listen: "203.0.113.1:80".to_owned(),
        database_url: Some("sqlite:/nowhere/at/all.db".to_owned()),
        clock: Mode::Real,
        launch_ms: 5_000,
        ..Settings::default()
    };
    let server = Server::with(settings).unwrap();
    house(&Aws::at(server.url()), "0");
    let begun = server.now().unwrap();
    server.settle().unwrap();
    assert_eq!(server.now().unwrap().ms_since(begun), 5_000);
}
