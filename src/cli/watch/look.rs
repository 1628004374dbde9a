//! One look at an endpoint: what the server says of its deployment, of itself, its alarms and its clock.
//!
//! The answers are of slightly different instants. The deployment is asked for first, so an endpoint is never shown
//! as it was before what its deployment tells; the next look mends the rest.

use serde_json::{Value, json};

use crate::cli::client::{Client, Failure};

/// What was seen. Every member is as the server said it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Look {
    /// The name of the endpoint.
    pub(super) name: String,
    /// The deployment, of the control API.
    pub(super) deployment: Value,
    /// `DescribeEndpoint`, or what is like it of an inference component; null if there is no such thing any more.
    pub(super) endpoint: Value,
    /// The names of the alarms that guard the deployment; after its end those that did when it was last seen on
    /// its way.
    pub(super) guards: Vec<String>,
    /// The alarms of those names, as far as they exist.
    pub(super) alarms: Vec<Value>,
    /// The clock, of the control API.
    pub(super) clock: Value,
}

impl Look {
    /// Looks at the endpoint whose deployment is described at `path`.
    pub(super) async fn take(
        client: &Client,
        name: &str,
        path: &str,
        before: Option<&Self>,
    ) -> Result<Self, Failure> {
        let deployment = client.get(path, &[]).await?;
        let endpoint = describe(client, name).await?;
        let guards = match deployment["alarms"].as_array() {
            Some(names) => names.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            None => before
                .filter(|before| before.deployment["id"] == deployment["id"])
                .map_or_else(Vec::new, |before| before.guards.clone()),
        };
        let alarms = if guards.is_empty() { Vec::new() } else { alarms(client, &guards).await? };
        let clock = client.get("/_sagebrush/clock", &[]).await?;
        Ok(Self { name: name.to_owned(), deployment, endpoint, guards, alarms, clock })
    }
}

async fn describe(client: &Client, name: &str) -> Result<Value, Failure> {
    let asked = match name.strip_prefix("inference-component/") {
        Some(name) => {
            let input = json!({ "InferenceComponentName": name });
            client.sagemaker("DescribeInferenceComponent", &input).await.map(|shown| as_endpoint(&shown))
        }
        None => client.sagemaker("DescribeEndpoint", &json!({ "EndpointName": name })).await,
    };
    match asked {
        Err(Failure::Refused(_, sentence)) if sentence.starts_with("Could not find") => Ok(Value::Null),
        described => described,
    }
}

/// An inference component under the names of an endpoint's members: its copies stand for instances.
fn as_endpoint(component: &Value) -> Value {
    let (copies, specification) = (&component["RuntimeConfig"], &component["Specification"]);
    let image = &specification["Container"]["DeployedImage"]["SpecifiedImage"];
    let runs = specification.get("ModelName").unwrap_or(image);
    json!({
        "EndpointStatus": component["InferenceComponentStatus"],
        "EndpointConfigName": runs,
        "LastModifiedTime": component["LastModifiedTime"],
        "ProductionVariants": [{
            "VariantName": component["VariantName"],
            "CurrentInstanceCount": copies["CurrentCopyCount"],
            "DesiredInstanceCount": copies["DesiredCopyCount"],
        }],
    })
}

async fn alarms(client: &Client, names: &[String]) -> Result<Vec<Value>, Failure> {
    let input = json!({ "AlarmNames": names, "AlarmTypes": ["MetricAlarm", "CompositeAlarm"] });
    let described = client.cloudwatch("DescribeAlarms", &input).await?;
    let of = |list: &str| described[list].as_array().cloned().unwrap_or_default();
    Ok([of("MetricAlarms"), of("CompositeAlarms")].concat())
}
