//! The services as a client meets them: over the wire, with a store behind.

mod cloudwatch;
mod protocols;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::Body;
use axum::http::Request;
use http_body_util::BodyExt;
use sagebrush::clock::Mode;
use sagebrush::domain::world::WorldId;
use sagebrush::door::Door;
use sagebrush::engine::Engine;
use sagebrush::services::{Context, Services, Settings};
use sagebrush::store::Store;
use sagebrush::wire;
use tower::ServiceExt;

/// A server without a socket, on a manual clock.
struct Server {
    router: axum::Router,
    store: Store,
    world: WorldId,
    rung: Arc<AtomicUsize>,
}

/// Status, the code that old SDKs read, and the body.
type Answered = (u16, Option<String>, String);

impl Server {
    async fn start() -> Self {
        let store = Store::connect("sqlite::memory:", Mode::Manual).await.unwrap();
        let rung = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&rung);
        let bell = move |_: &WorldId| {
            counter.fetch_add(1, Ordering::Relaxed);
        };
        let settings = Settings::default();
        let engine = Engine::new(store.clone(), settings.rules);
        let services = Services::new(Context::new(engine, settings, bell));
        let world = WorldId::new(WorldId::DEFAULT_ACCOUNT, WorldId::DEFAULT_REGION);
        Self {
            router: wire::router(Arc::new(services), Door::default(), wire::Upstream::default()),
            store,
            world,
            rung,
        }
    }

    /// As today's boto3 asks CloudWatch.
    async fn json(&self, operation: &str, body: &str) -> Answered {
        let request = Request::post("/")
            .header("content-type", "application/x-amz-json-1.0")
            .header("x-amz-target", format!("GraniteServiceVersion20100801.{operation}"))
            .header("x-amzn-query-mode", "true");
        self.send(request.body(Body::from(body.to_owned())).unwrap()).await
    }

    /// As older SDKs ask it.
    async fn form(&self, body: &str) -> Answered {
        let request =
            Request::post("/").header("content-type", "application/x-www-form-urlencoded; charset=utf-8");
        self.send(request.body(Body::from(body.to_owned())).unwrap()).await
    }

    async fn send(&self, request: Request<Body>) -> Answered {
        let (parts, body) = self.router.clone().oneshot(request).await.unwrap().into_parts();
        let code = parts.headers.get("x-amzn-query-error").map(|code| code.to_str().unwrap().to_owned());
        let body = body.collect().await.unwrap().to_bytes();
        (parts.status.as_u16(), code, String::from_utf8(body.to_vec()).unwrap())
    }
}
