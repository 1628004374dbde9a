//! A client that goes away before its answer: what it asked for still happens, whole.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use sagebrush::door::Door;
use sagebrush::schema::{Call, Fault, ServiceId, Value};
use sagebrush::wire::{self, Services};
use tokio::sync::Semaphore;
use tower::ServiceExt;

/// A service whose calls wait until they are let go on, and say when they begin and end.
struct Slow {
    begun: Semaphore,
    goes_on: Semaphore,
    ended: Semaphore,
}

impl Services for Slow {
    fn implements(&self, _: ServiceId, _: &str) -> bool {
        true
    }

    async fn call(&self, _: Call) -> Result<Option<Value>, Fault> {
        self.begun.add_permits(1);
        self.goes_on.acquire().await.unwrap().forget();
        self.ended.add_permits(1);
        Ok(None)
    }
}

#[tokio::test]
async fn a_call_comes_to_its_end_although_nobody_waits_for_it() {
    let closed = || Semaphore::new(0);
    let slow = Arc::new(Slow { begun: closed(), goes_on: closed(), ended: closed() });
    let request = Request::post("/")
        .header("content-type", "application/x-amz-json-1.1")
        .header("x-amz-target", "SageMaker.DeleteModel")
        .body(Body::from(r#"{"ModelName":"m"}"#))
        .unwrap();
    let mut answer = Box::pin(
        wire::router(Arc::clone(&slow), Door::default(), wire::Upstream::default()).oneshot(request),
    );
    let begun = slow.begun.acquire();
    tokio::pin!(begun);
    std::future::poll_fn(|context| {
        assert!(answer.as_mut().poll(context).is_pending(), "the call waits");
        begun.as_mut().poll(context).map(|begun| begun.unwrap().forget())
    })
    .await;
    drop(answer);
    slow.goes_on.add_permits(1);
    let ended = tokio::time::timeout(Duration::from_secs(10), slow.ended.acquire()).await;
    ended.expect("the call comes to its end").unwrap().forget();
}
