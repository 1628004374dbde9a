//! A collector of OpenTelemetry, as far as it takes spans.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::routing::post;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use prost::Message;

/// A span, as it was sent.
#[derive(Clone, Debug)]
pub struct Span {
    pub name: String,
    pub id: Vec<u8>,
    pub parent: Vec<u8>,
    attributes: Vec<(String, String)>,
}

impl Span {
    /// An attribute as text, where the span has it.
    pub fn attribute(&self, name: &str) -> Option<String> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, text)| text.clone())
    }
}

/// A collector on a free port.
pub struct Collector {
    address: std::net::SocketAddr,
    taken: Arc<Mutex<Vec<Span>>>,
}

impl Collector {
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, taken) = (listener.local_addr().unwrap(), Arc::<Mutex<Vec<Span>>>::default());
        let keeper = Arc::clone(&taken);
        let take = move |body: Bytes| async move { keeper.lock().unwrap().extend(spans(&body)) };
        let router = Router::new().route("/v1/traces", post(take));
        tokio::spawn(async { axum::serve(listener, router).await });
        Self { address, taken }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What came so far.
    pub fn spans(&self) -> Vec<Span> {
        self.taken.lock().unwrap().clone()
    }
}

fn spans(body: &Bytes) -> Vec<Span> {
    let request = ExportTraceServiceRequest::decode(body.clone()).unwrap();
    let scopes = request.resource_spans.into_iter().flat_map(|resource| resource.scope_spans);
    let text = |value: Option<Value>| match value {
        Some(Value::StringValue(text)) => text,
        Some(Value::BoolValue(flag)) => flag.to_string(),
        Some(Value::IntValue(number)) => number.to_string(),
        other => format!("{other:?}"),
    };
    let attributes = |span: &opentelemetry_proto::tonic::trace::v1::Span| {
        let pairs = span.attributes.iter().cloned();
        pairs.map(|pair| (pair.key, text(pair.value.and_then(|value| value.value)))).collect()
    };
    let spans = scopes.flat_map(|scope| scope.spans);
    spans
        .map(|span| Span {
            attributes: attributes(&span),
            name: span.name,
            id: span.span_id,
            parent: span.parent_span_id,
        })
        .collect()
}
