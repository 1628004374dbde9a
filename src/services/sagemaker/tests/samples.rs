//! Nothing is lost between a request and what describes it: every typed input is fed a full sample made from
//! its shape.

use serde_json::{Map, Value as Json, json};

use super::{Hosting, variant};
use crate::schema::{Bounds, Kind, Service, ServiceId, ShapeId, service};

/// Texts to be tried where a shape has a pattern.
const TEXTS: [&str; 7] = [
    "sample",
    "s3://b/sample",
    "text/csv",
    "arn:aws:iam::123456789012:role/sample",
    "arn:aws:sns:us-east-1:123456789012:sample",
    "arn:aws:sagemaker:us-east-1:123456789012:training-plan/sample",
    "Sample",
];

/// A value with every member that the shape has.
fn sample(service: &Service, id: ShapeId) -> Json {
    // None of something is no sample of it.
    let least = |bounds: &Bounds<i64>| json!(bounds.min.or(bounds.max).unwrap_or(1).max(1));
    match &service.shape(id).kind {
        Kind::Structure(members) => {
            let all = members.iter().map(|member| (member.name.to_owned(), sample(service, member.shape)));
            Json::Object(all.collect())
        }
        Kind::List { element, .. } => json!([sample(service, *element)]),
        Kind::Map { key, value, .. } => {
            let key = sample(service, *key).as_str().expect("a text key").to_owned();
            Json::Object(Map::from_iter([(key, sample(service, *value))]))
        }
        Kind::String { length, pattern, words } => {
            let fits = |text: &&&str| {
                length.broken_by(&(text.len() as u64)).is_none()
                    && pattern.as_ref().is_none_or(|pattern| pattern.matches(text))
            };
            let text = words.first().or_else(|| TEXTS.iter().find(fits));
            json!(text.unwrap_or_else(|| panic!("no text for {}", service.shape(id).name)))
        }
        Kind::Integer(bounds) | Kind::Long(bounds) => least(bounds),
        Kind::Float(_) | Kind::Double(_) => json!(0.5),
        Kind::Boolean => json!(true),
        Kind::Timestamp | Kind::Blob { .. } => panic!("no stored input has a {}", service.shape(id).name),
    }
}

fn input(operation: &str) -> Json {
    let model = service(ServiceId::SageMaker);
    let shape = model.operation(operation).expect("an operation").input.expect("with an input");
    sample(model, shape)
}

fn take(request: &mut Json, member: &str) -> Json {
    request.as_object_mut().expect("a structure").remove(member).expect("a full sample has it")
}

/// Every member that was given is described, unchanged.
fn assert_described(described: &Json, given: &Json) {
    for (name, value) in given.as_object().expect("a structure") {
        assert_eq!(described.get(name), Some(value), "{name}");
    }
}

#[tokio::test]
async fn a_full_model_is_described_as_it_was_given() {
    for other in ["Containers", "PrimaryContainer"] {
        let hosting = Hosting::new().await;
        let mut given = input("CreateModel");
        take(&mut given, other);
        let arn = hosting.get("CreateModel", given.clone()).await["ModelArn"].clone();
        let tags = take(&mut given, "Tags");
        assert_described(
            &hosting.get("DescribeModel", json!({"ModelName": given["ModelName"]})).await,
            &given,
        );
        assert_eq!(hosting.get("ListTags", json!({"ResourceArn": arn})).await, json!({"Tags": tags}));
    }
}

#[tokio::test]
async fn a_full_endpoint_config_is_described_as_it_was_given() {
    let hosting = Hosting::new().await;
    hosting.model("sample").await;
    let mut given = input("CreateEndpointConfig");
    given["ShadowProductionVariants"][0]["VariantName"] = json!("shadow");
    let arn = hosting.get("CreateEndpointConfig", given.clone()).await["EndpointConfigArn"].clone();
    let tags = take(&mut given, "Tags");
    let name = json!({"EndpointConfigName": given["EndpointConfigName"]});
    assert_described(&hosting.get("DescribeEndpointConfig", name).await, &given);
    assert_eq!(hosting.get("ListTags", json!({"ResourceArn": arn})).await, json!({"Tags": tags}));
}

#[tokio::test]
async fn an_endpoint_repeats_what_its_full_config_has_for_it() {
    let hosting = Hosting::new().await;
    hosting.model("model").await;
    let mut given = input("CreateEndpointConfig");
    for unbuilt in ["ShadowProductionVariants", "Tags"] {
        take(&mut given, unbuilt);
    }
    let mut full = take(&mut given, "ProductionVariants")[0].take();
    for unbuilt in ["ServerlessConfig", "InstancePools"] {
        take(&mut full, unbuilt);
    }
    full["ModelName"] = json!("model");
    given["ProductionVariants"] = json!([full, variant("other", 1)]);
    hosting.get("CreateEndpointConfig", given.clone()).await;
    let mut asked = input("CreateEndpoint");
    take(&mut asked["DeploymentConfig"], "RollingUpdatePolicy");
    asked["EndpointName"] = json!("web");
    let arn = hosting.get("CreateEndpoint", asked.clone()).await["EndpointArn"].clone();
    hosting.pass(60).await;
    let shown = hosting.describe().await;
    for member in ["AsyncInferenceConfig", "ExplainerConfig", "MetricsConfig"] {
        assert_eq!(shown[member], given[member], "{member}");
    }
    for member in ["RoutingConfig", "ManagedInstanceScaling", "CapacityReservationConfig"] {
        assert_eq!(shown["ProductionVariants"][0][member], full[member], "{member}");
    }
    assert_eq!(shown["DataCaptureConfig"]["CurrentSamplingPercentage"], json!(1));
    assert_eq!(shown["LastDeploymentConfig"], asked["DeploymentConfig"]);
    assert_eq!(hosting.get("ListTags", json!({"ResourceArn": arn})).await, json!({"Tags": asked["Tags"]}));
}

#[tokio::test]
async fn a_full_deployment_config_comes_back_from_an_update() {
    for other in ["BlueGreenUpdatePolicy", "RollingUpdatePolicy"] {
        let hosting = Hosting::new().await;
        hosting.endpoint(1).await;
        hosting.pass(60).await;
        let mut asked = input("UpdateEndpoint");
        take(&mut asked["DeploymentConfig"], other);
        if let Some(size) = asked["DeploymentConfig"].pointer_mut("/RollingUpdatePolicy/MaximumBatchSize") {
            *size = json!({"Type": "INSTANCE_COUNT", "Value": 1});
        }
        asked["EndpointName"] = json!("web");
        asked["EndpointConfigName"] = json!("green");
        hosting.get("UpdateEndpoint", asked.clone()).await;
        assert_eq!(hosting.describe().await["LastDeploymentConfig"], asked["DeploymentConfig"]);
    }
}
