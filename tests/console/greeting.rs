//! Who is sent from `/` to the console: a browser, and nobody else.

use axum::body::Body;
use axum::http::Request;

use super::{BROWSER, Site};

/// Whether a request is sent to the console.
async fn is_greeted(site: &Site, method: &str, path: &str, headers: &[(&str, &str)]) -> bool {
    let named = |name: &str| headers.iter().any(|(other, _)| *other == name);
    let own = BROWSER.iter().filter(|(name, _)| !named(name));
    let builder = Request::builder().method(method).uri(path);
    let builder = own.chain(headers).fold(builder, |builder, (name, value)| builder.header(*name, *value));
    let answer = site.send(builder.body(Body::empty()).unwrap()).await;
    let is_greeted = answer.status == 307;
    assert_eq!(answer.header("location"), if is_greeted { "/console" } else { "" });
    is_greeted
}

#[tokio::test]
async fn a_browser_that_asks_for_the_root_is_sent_to_the_console() {
    let site = Site::new().await;
    let link =
        [("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")];
    for headers in [&[][..], &[("accept", "text/html")], &link, &[("origin", "http://localhost:7243")]] {
        assert!(is_greeted(&site, "GET", "/", headers).await, "{headers:?}");
    }
    assert!(is_greeted(&site, "GET", "/?utm=1", &[]).await);
}

#[tokio::test]
async fn whoever_speaks_aws_s_protocols_is_not() {
    let site = Site::new().await;
    for (method, path, headers) in [
        (
            "GET",
            "/",
            &[(
                "authorization",
                "AWS4-HMAC-SHA256 Credential=AKID/20260101/us-east-1/sts/aws4_request, SignedHeaders=host, Signature=00",
            )][..],
        ),
        ("GET", "/", &[("x-amz-target", "SageMaker.ListEndpoints")]),
        ("GET", "/", &[("x-amz-date", "20260101T000000Z")]),
        ("GET", "/?Action=GetCallerIdentity&Version=2011-06-15", &[]),
        ("GET", "/?X-Amz-Algorithm=AWS4-HMAC-SHA256", &[]),
        ("GET", "/?X%2DAmz%2DSignature=0", &[]),
        ("GET", "/", &[("accept", "*/*")]),
        ("GET", "/", &[("accept", "application/json")]),
        ("POST", "/", &[]),
        ("HEAD", "/", &[]),
        ("GET", "/endpoints/shop/invocations", &[]),
        ("GET", "/index.html", &[]),
    ] {
        assert!(!is_greeted(&site, method, path, headers).await, "{method} {path} {headers:?}");
    }
}

#[tokio::test]
async fn whom_the_door_does_not_let_in_is_not_either() {
    let site = Site::new().await;
    for headers in [
        &[("host", "evil.example")][..],
        &[("origin", "http://evil.example")],
        &[("origin", "null")],
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "iframe")],
    ] {
        assert!(!is_greeted(&site, "GET", "/", headers).await, "{headers:?}");
    }
}
