//! Stories of requests to endpoints: what is answered, what is refused, and that all of it is counted.

mod answered;
mod counted;
mod refused;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value as Json, json};

use crate::clock::Timestamp;
use crate::engine::measure::{Wanted, points};
use crate::metrics::invoked::INVOCATIONS;
use crate::metrics::metric::Metric;
use crate::schema::Fault;
use crate::services::sagemaker::tests::{Hosting, IMAGE, variant, with};

/// A model of one container with that Environment.
async fn model(hosting: &Hosting, name: &str, environment: &Json) {
    let container = json!({"Image": IMAGE, "Environment": environment});
    hosting.get("CreateModel", json!({"ModelName": name, "PrimaryContainer": container})).await;
}

/// The endpoint `web` in service with these variants.
async fn web(hosting: &Hosting, variants: &[Json]) {
    let config = json!({"EndpointConfigName": "blue", "ProductionVariants": variants});
    hosting.get("CreateEndpointConfig", config).await;
    hosting.get("CreateEndpoint", json!({"EndpointName": "web", "EndpointConfigName": "blue"})).await;
    hosting.pass(60).await;
}

/// The endpoint `web` in service, whose one variant `main` behaves as the Environment says.
async fn behaving(environment: Json) -> Hosting {
    let hosting = Hosting::new().await;
    model(&hosting, "model", &environment).await;
    web(&hosting, &[variant("main", 1)]).await;
    hosting
}

/// Sends `hello` to `web`, with more members or others; the answer has its body in base64.
async fn invoke(hosting: &Hosting, members: Json) -> Result<Json, Fault> {
    let request = json!({"EndpointName": "web", "Body": BASE64.encode("hello")});
    let answer = hosting.call("InvokeEndpoint", with(request, &members)).await?;
    Ok(serde_json::to_value(answer).unwrap())
}

/// The sum of an invocation metric of `web` since the beginning, after what was counted is written.
async fn sum(hosting: &Hosting, name: &str, dimensions: &[(&str, &str)]) -> u32 {
    hosting.pass(0).await;
    let dimensions = [("EndpointName", "web")].into_iter().chain(dimensions.iter().copied());
    let metric = Metric::new(INVOCATIONS, name, dimensions);
    let (from, until) = (Timestamp(0), Timestamp(i64::MAX));
    let (now, period_ms) = (until, 60_000);
    let wanted = Wanted { metric: &metric, unit: None, from, until, now, period_ms, with_bins: false };
    let points = points(&mut hosting.store.session(), &hosting.world, &wanted).await.unwrap();
    let sum = points.iter().fold(0.0, |sum, (_, point)| sum + point.datapoint.sum);
    sum.to_string().parse().expect("a whole number")
}
