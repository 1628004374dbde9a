//! Whom the control API does not let in: pages of other origins, and everybody who has no token where there is one.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::Value;
use tower::ServiceExt;

use super::House;
use crate::control::ROUTES;
use crate::door::{Door, Token};

#[tokio::test]
async fn a_foreign_page_gets_nowhere() {
    let house = House::new().await;
    let from = |host: &str, origin: &str| {
        let request = Request::builder().method("POST").uri("/_sagebrush/reset");
        let request = request.header("host", host).header("origin", origin).body(Body::empty()).unwrap();
        house.router.clone().oneshot(request)
    };
    let refused = from("localhost:7243", "http://evil.example").await.unwrap();
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    let rebound = from("evil.example:7243", "http://evil.example:7243").await.unwrap();
    assert_eq!(rebound.status(), StatusCode::FORBIDDEN);
    let own = from("localhost:7243", "http://localhost:7243").await.unwrap();
    assert_eq!(own.status(), StatusCode::OK);
}

#[tokio::test]
async fn where_there_is_a_token_every_route_but_that_of_health_wants_it() {
    let house = House::behind(Door::new(&[], true, Token::new("s3cret"))).await;
    let ask = async |method: &str, path: &str, authorization: Option<&str>| {
        let request = Request::builder().method(method).uri(path).header("host", "10.0.0.7:7243");
        let request =
            authorization.into_iter().fold(request, |request, text| request.header("authorization", text));
        let response = house.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        response.status().as_u16()
    };
    let paths = ROUTES.iter().map(|route| route.path.replace("{name}", "none").replace("{id}", "none"));
    for path in paths.chain(["/_sagebrush".to_owned(), "/_sagebrush/none".to_owned()]) {
        for method in ["GET", "POST", "PUT"] {
            let status = ask(method, &path, None).await;
            assert_eq!(status == 401, path != "/_sagebrush/health", "{method} {path}: {status}");
            assert_ne!(ask(method, &path, Some("Bearer s3cret")).await, 401, "{method} {path}");
        }
    }
    for wrong in
        ["Bearer other", "Basic s3cret", "AWS4-HMAC-SHA256 Credential=1/2/us-east-1/sagemaker/aws4_request"]
    {
        assert_eq!(ask("POST", "/moto-api/reset", Some(wrong)).await, 401, "{wrong}");
    }
    assert_eq!(ask("POST", "/moto-api/reset", Some("bearer s3cret")).await, 200);
    assert_eq!(ask("GET", "/_sagebrush/health", Some("Bearer other")).await, 200);
}

#[tokio::test]
async fn off_the_loopback_without_a_token_the_control_api_says_how_to_open_it() {
    let house = House::behind(Door::new(&[], true, None)).await;
    let sentence = house.refused("GET", "/_sagebrush/clock", &Value::Null, 403).await;
    assert!(sentence.contains("start it with SAGEBRUSH_CONTROL_TOKEN set"), "{sentence}");
    house.ask("GET", "/_sagebrush/health", Value::Null).await;
}
