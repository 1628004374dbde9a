//! The stream of an open page: the world's time, and the page whenever it has changed.

use axum::body::Body;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::html::Html;
use super::{SHOP, Site, asking};

/// Somebody who looks at a page.
pub struct Listener {
    body: Body,
}

impl Listener {
    /// Looks at the page of this address.
    pub async fn to(site: &Site, address: &str) -> Self {
        let to: String = form_urlencoded::byte_serialize(address.as_bytes()).collect();
        let request = asking(&format!("/console/stream?to={to}"), &[("sec-fetch-site", "same-origin")]);
        let answer = site.router.clone().oneshot(request).await.unwrap();
        assert_eq!(answer.status(), 200, "{address}");
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        assert_eq!(answer.headers()["cache-control"], "no-store");
        assert!(answer.headers().contains_key("content-security-policy"));
        Self { body: answer.into_body() }
    }

    /// The next event; none when the stream has ended.
    pub async fn next(&mut self) -> Option<Value> {
        let frame = self.body.frame().await?.unwrap().into_data().unwrap();
        let event = std::str::from_utf8(&frame).unwrap();
        let event = event.strip_prefix("data: ").and_then(|event| event.strip_suffix("\n\n"));
        let event = event.unwrap_or_else(|| panic!("no whole event: {frame:?}"));
        assert!(!event.contains('\n'), "an event is one line");
        Some(serde_json::from_str(event).unwrap())
    }

    /// The page of the next event, which has one.
    async fn page(&mut self) -> Html {
        let event = self.next().await.unwrap();
        let html = Html::read(event["body"].as_str().unwrap_or_else(|| panic!("no page: {event}")));
        html.harmless();
        html
    }
}

#[tokio::test]
async fn the_page_comes_first_and_again_only_when_it_has_changed() {
    let site = Site::of(SHOP).await;
    let mut listener = Listener::to(&site, "/console/endpoints/shop").await;
    let now = site.now().await;
    let first = listener.next().await.unwrap();
    assert_eq!((&first["now"], &first["rate"]), (&json!(now.0), &json!(0)));
    let body = first["body"].as_str().unwrap();
    assert!(body.starts_with("<body>") && body.trim_end().ends_with("</body>"), "{body}");
    let page = site.get("/console/endpoints/shop").await.body;
    assert!(page.contains(body), "it is what the page has between its head and its end");
    assert_eq!(listener.next().await.unwrap(), json!({"now": now.0, "rate": 0, "body": null}));
    site.canary("shop-v3", &[]).await;
    listener.page().await.says("Step 1 of 2 has launched 4 instance(s) of shop-v3");
    site.advance(90).await;
    let event = listener.next().await.unwrap();
    assert_eq!(event["now"], json!(now.plus_secs(90).0));
    Html::read(event["body"].as_str().unwrap()).says("Step 1 of 2 bakes until");
    assert_eq!(listener.next().await.unwrap()["body"], Value::Null);
}

#[tokio::test]
async fn time_that_passes_changes_no_page_that_does_not_show_it() {
    let site = Site::of(SHOP).await;
    for address in ["/console", "/console?view=table&q=s", "/console/endpoints/shop", "/console/faults"] {
        let mut listener = Listener::to(&site, address).await;
        let before = listener.next().await.unwrap();
        assert!(before["body"].is_string(), "{address}");
        site.advance(1).await;
        let after = listener.next().await.unwrap();
        assert_eq!(after["now"].as_i64().unwrap() - before["now"].as_i64().unwrap(), 1_000, "{address}");
        assert_eq!(after["body"], Value::Null, "{address}");
    }
}

#[tokio::test]
async fn a_stream_to_no_page_is_refused_and_one_to_a_wrong_page_shows_what_the_page_would() {
    let site = Site::of(SHOP).await;
    for query in ["", "?to=", "?to", "?from=/console", "?to=not%20an%20address", "?account=x&to=/console"] {
        let answer = site.get(&format!("/console/stream{query}")).await;
        assert_eq!(answer.status, 400, "{query}");
        answer.html().says("The stream wants the address of a page, as ?to=/console.");
    }
    for (address, sentence, is_in_a_world) in [
        ("/console/endpoints/none", "There is no endpoint \"none\" in 123456789012/us-east-1.", true),
        ("/console/deployments/none", "There is no deployment \"none\" in 123456789012/us-east-1.", true),
        ("/console/none", "There is no page /console/none; the console begins at /console.", false),
        ("/elsewhere", "There is no page /elsewhere; the console begins at /console.", false),
        ("/consoles", "There is no page /consoles; the console begins at /console.", false),
        ("/console?account=x", "account is \"x\", but an account has 12 digits.", false),
    ] {
        let mut listener = Listener::to(&site, address).await;
        let event = listener.next().await.unwrap();
        assert_eq!(
            (event["now"].is_i64(), event["rate"].is_i64()),
            (is_in_a_world, is_in_a_world),
            "{address}"
        );
        Html::read(event["body"].as_str().unwrap()).says(sentence);
    }
}

#[tokio::test]
async fn whoever_opens_the_page_of_what_is_not_there_yet_sees_it_come() {
    let site = Site::of(SHOP).await;
    let mut listener = Listener::to(&site, "/console/endpoints/young").await;
    listener.page().await.says("There is no endpoint \"young\"");
    let request = json!({"EndpointName": "young", "EndpointConfigName": "shop-v1"});
    site.ask("CreateEndpoint", request).await;
    listener.page().await.says("Creating on shop-v1");
}

#[tokio::test]
async fn whoever_looks_at_an_endpoint_that_is_deleted_is_told_so() {
    let site = Site::of(SHOP).await;
    let mut listener = Listener::to(&site, "/console/endpoints/shop").await;
    listener.page().await.says("4 serving");
    site.ask("DeleteEndpoint", json!({"EndpointName": "shop"})).await;
    listener.page().await.says("4 terminating");
    site.settle().await;
    let gone = listener.page().await;
    assert_eq!(gone.inner("p"), "There is no endpoint \"shop\" in 123456789012/us-east-1.");
    assert_eq!(listener.next().await.unwrap()["body"], Value::Null);
}

#[tokio::test]
async fn every_stream_ends_when_the_server_is_about_to_end() {
    let site = Site::of(SHOP).await;
    let mut old = Listener::to(&site, "/console").await;
    let mut unread = Listener::to(&site, "/console/what-if").await;
    assert!(old.next().await.is_some());
    site.engine.hurry();
    assert_eq!(old.next().await, None);
    assert_eq!(unread.next().await, None);
    assert_eq!(Listener::to(&site, "/console").await.next().await, None, "nor does one begin then");
}

#[tokio::test]
async fn what_was_shown_stays_while_the_server_fails_and_goes_on_afterwards() {
    let place = crate::store::Place::file(sagebrush::clock::Mode::Manual).await;
    let site = Site::over(place.store.clone(), &sagebrush::config::Settings::default());
    site.play(SHOP, "/_sagebrush/scenario").await;
    let mut listener = Listener::to(&site, "/console/faults").await;
    listener.page().await.says("There is no fault in this world.");
    place.raw("ALTER TABLE endpoints RENAME TO elsewhere").await.unwrap();
    let trouble = json!({"trouble": "The server failed; its log says why."});
    assert_eq!(listener.next().await.unwrap(), trouble);
    assert_eq!(listener.next().await.unwrap(), trouble);
    let page = site.get("/console/faults").await;
    assert_eq!(page.status, 500);
    page.html().says("The server failed; its log says why.");
    place.raw("ALTER TABLE elsewhere RENAME TO endpoints").await.unwrap();
    assert_eq!(listener.next().await.unwrap()["body"], Value::Null, "it is the page that was");
    let fault = json!({"kind": "unhealthy_instances"});
    site.client.control("POST", "faults", Some(&fault)).await;
    listener.page().await.says("launched instances never get healthy");
}
