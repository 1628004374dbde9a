//! Services say what is wrong with input that its shape refuses, and in the log what they know of it.

use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::http::Request;
use http_body_util::BodyExt;
use sagebrush::door::Door;
use sagebrush::schema::{Call, Fault, ServiceId, Value, Violation};
use sagebrush::wire::{self, Services};
use tower::ServiceExt;

/// Remembers what it is told of.
#[derive(Default)]
struct Listening(Mutex<Vec<(ServiceId, String, Value)>>);

impl Services for Listening {
    fn implements(&self, _service: ServiceId, _operation: &str) -> bool {
        true
    }

    fn refusal(&self, service: ServiceId, operation: &str, input: &Value, found: &[Violation<'_>]) -> Fault {
        self.0.lock().unwrap().push((service, operation.to_owned(), input.clone()));
        Fault::validation(format!("{} is no name.", found[0].path))
    }

    async fn call(&self, _call: Call) -> Result<Option<Value>, Fault> {
        Ok(None)
    }
}

#[tokio::test]
async fn services_have_the_word_on_what_a_shape_refuses_and_on_nothing_else() {
    let services = Arc::new(Listening::default());
    for (body, status) in
        [(r#"{"EndpointName":"web"}"#, 200), (r#"{"EndpointName":"_"}"#, 400), (r#"{"EndpointName":1}"#, 400)]
    {
        let request = Request::post("/")
            .header("content-type", "application/x-amz-json-1.1")
            .header("x-amz-target", "SageMaker.DeleteEndpoint")
            .body(Body::from(body))
            .unwrap();
        let response = wire::router(Arc::clone(&services), Door::default(), wire::Upstream::default())
            .oneshot(request)
            .await
            .unwrap();
        assert_eq!(response.status().as_u16(), status, "{body}");
        let said = response.into_body().collect().await.unwrap().to_bytes();
        let in_its_words = String::from_utf8_lossy(&said).contains("endpointName is no name.");
        assert_eq!(in_its_words, body.contains('_'), "{body}");
    }
    let told = services.0.lock().unwrap();
    let [(service, operation, input)] = told.as_slice() else { panic!("once: {told:?}") };
    assert_eq!((*service, operation.as_str()), (ServiceId::SageMaker, "DeleteEndpoint"));
    assert_eq!(input.get("EndpointName").and_then(Value::as_str), Some("_"));
}
