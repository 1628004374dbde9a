//! What a whole server tells of itself: the requests that it counted, and the spans that a collector gets.

mod collector;

use http_body_util::BodyExt;
use sagebrush::clock::Mode;
use sagebrush::config::Settings;
use sagebrush::domain::world::WorldId;
use sagebrush::engine::{Advance, Engine};
use sagebrush::server;
use sagebrush::store::Store;
use sagebrush::telemetry::trace::Traces;
use serde_json::json;
use tower::ServiceExt;
use tracing_subscriber::layer::SubscriberExt;

use crate::stories::client::Client;
use collector::Collector;

/// A server in this process, on a manual clock.
struct House {
    engine: Engine,
    router: axum::Router,
    client: Client,
}

impl House {
    async fn new() -> Self {
        let settings = Settings::default();
        let store = Store::connect("sqlite::memory:", Mode::Manual).await.unwrap();
        let engine = Engine::new(store, settings.rules);
        let router = server::router(&engine, &settings);
        Self { engine, client: Client::new(router.clone()), router }
    }

    /// The page of figures.
    async fn page(&self) -> String {
        let request = http::Request::get("/_sagebrush/metrics").header("host", "localhost");
        let answer =
            self.router.clone().oneshot(request.body(axum::body::Body::empty()).unwrap()).await.unwrap();
        String::from_utf8(answer.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
    }

    /// An endpoint that is in service.
    async fn endpoint(&self) {
        let image = "123456789012.dkr.ecr.us-east-1.amazonaws.com/image:1";
        let model = json!({
            "ModelName": "m", "ExecutionRoleArn": "arn:aws:iam::123456789012:role/role",
            "PrimaryContainer": {"Image": image},
        });
        let variant = json!({
            "VariantName": "main", "ModelName": "m", "InstanceType": "ml.m5.large", "InitialInstanceCount": 2,
        });
        let config = json!({"EndpointConfigName": "c", "ProductionVariants": [variant]});
        let endpoint = json!({"EndpointName": "shop", "EndpointConfigName": "c"});
        let requests =
            [("CreateModel", model), ("CreateEndpointConfig", config), ("CreateEndpoint", endpoint)];
        for (operation, request) in requests {
            self.client.sagemaker(operation, &request).await.unwrap();
        }
        let world = WorldId::new(WorldId::DEFAULT_ACCOUNT, WorldId::DEFAULT_REGION);
        self.engine.advance(&world, Advance::Idle).await.unwrap();
    }
}

#[tokio::test]
async fn a_server_counts_its_own_requests_by_operation_and_code() {
    let (house, other) = (House::new().await, House::new().await);
    house.endpoint().await;
    house.client.sagemaker("DescribeEndpoint", &json!({"EndpointName": "shop"})).await.unwrap();
    house.client.sagemaker("DescribeEndpoint", &json!({"EndpointName": "none"})).await.unwrap_err();
    house.client.sagemaker_fails("ListNotebookInstances", &json!({})).await;
    house.client.sagemaker("DescribeAnything", &json!({})).await.unwrap_err();
    let page = house.page().await;
    for line in [
        r#"{code="200",operation="DescribeEndpoint",service="SageMaker"} 1"#,
        r#"{code="ValidationException",operation="DescribeEndpoint",service="SageMaker"} 1"#,
        r#"{code="NotImplemented",operation="ListNotebookInstances",service="SageMaker"} 1"#,
        r#"{code="400",operation="unknown",service="unknown"} 1"#,
    ] {
        assert!(page.contains(&format!("sagebrush_requests_total{line}")), "{line} is not in\n{page}");
    }
    let describe = r#"_seconds_count{operation="DescribeEndpoint",service="SageMaker"} 2"#;
    assert!(page.contains(&format!("sagebrush_request_duration{describe}")), "{page}");
    assert!(!other.page().await.contains("sagebrush_requests_total{"), "the other server was asked nothing");
}

#[tokio::test]
async fn a_collector_gets_the_spans_of_requests_transactions_and_steps() {
    let collector = Collector::start().await;
    let traces = Traces::to(&collector.url()).unwrap();
    let here = tracing::subscriber::set_default(tracing_subscriber::registry().with(traces.layer()));
    let house = House::new().await;
    house.endpoint().await;
    house.client.sagemaker("DescribeEndpoint", &json!({"EndpointName": "none"})).await.unwrap_err();
    drop(here);
    traces.end().await;
    let spans = collector.spans();
    let creation =
        spans.iter().find(|span| span.name == "SageMaker.CreateEndpoint").expect("the request's span");
    let told = |name| creation.attribute(name);
    assert_eq!(told("world").as_deref(), Some("123456789012/us-east-1"));
    assert_eq!(
        (told("code").as_deref(), told("operation").as_deref()),
        (Some("200"), Some("CreateEndpoint"))
    );
    assert_eq!(told("request_id").map(|id| id.len()), Some(36));
    let refused =
        spans.iter().find(|span| span.name == "SageMaker.DescribeEndpoint").expect("the other's span");
    assert_eq!(refused.attribute("code").as_deref(), Some("ValidationException"));
    let transaction = spans.iter().find(|span| span.name == "transaction" && span.parent == creation.id);
    assert_eq!(transaction.expect("it wrote").attribute("committed").as_deref(), Some("true"));
    let step = spans.iter().find(|span| span.name == "step").expect("the step's span");
    assert_eq!(step.attribute("endpoint").as_deref(), Some("shop"));
    assert_eq!(step.attribute("world").as_deref(), Some("123456789012/us-east-1"));
    assert!(step.attribute("due").is_some_and(|due| due.ends_with('Z')));
    assert_eq!(step.attribute("lag_ms"), None, "nothing is late on a manual clock");
    assert!(
        spans.iter().any(|span| span.name == "transaction" && span.id == step.parent),
        "it is part of one"
    );
}

#[tokio::test]
async fn a_collector_that_answers_nothing_disturbs_no_request_and_not_the_end() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let traces = Traces::to(&format!("http://{}", silent.local_addr().unwrap())).unwrap();
    let here = tracing::subscriber::set_default(tracing_subscriber::registry().with(traces.layer()));
    let house = House::new().await;
    for _ in 0..5_000 {
        house.client.sagemaker("DescribeEndpoint", &json!({"EndpointName": "none"})).await.unwrap_err();
    }
    drop(here);
    let ended = tokio::time::timeout(std::time::Duration::from_secs(4), traces.end()).await;
    assert!(ended.is_ok(), "the end waits for the collector");
}
