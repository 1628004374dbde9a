//! Stories of endpoints: what is shown of them, and what is refused.

mod copied;
mod refused;
mod shown;
mod told;
mod updated;
mod watched;

use serde_json::{Value as Json, json};

use crate::services::sagemaker::tests::Hosting;

const ARN: &str = "arn:aws:sagemaker:us-east-1:123456789012:endpoint/web";

/// An update of `web` to `green`, with `members` on top.
fn update(members: &Json) -> Json {
    let request = json!({"EndpointName": "web", "EndpointConfigName": "green"});
    crate::services::sagemaker::tests::with(request, members)
}

/// A canary of one instance that an alarm may end.
fn canary(alarms: &[&str]) -> Json {
    let size = json!({"Type": "INSTANCE_COUNT", "Value": 1});
    let routing = json!({"Type": "CANARY", "WaitIntervalInSeconds": 300, "CanarySize": size});
    let alarms: Vec<_> = alarms.iter().map(|name| json!({"AlarmName": name})).collect();
    let mut config = json!({"BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": routing}});
    if !alarms.is_empty() {
        config["AutoRollbackConfiguration"] = json!({"Alarms": alarms});
    }
    config
}

fn variant<'a>(shown: &'a Json, list: &str) -> &'a Json {
    shown.pointer(list).unwrap_or_else(|| panic!("{list} in {shown}"))
}
