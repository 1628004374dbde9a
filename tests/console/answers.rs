//! What every answer of the console carries: the policy that forbids a page whatever is not ours, and how long it is
//! kept.

use axum::body::Body;
use axum::http::Request;
use axum::http::header::HOST;
use sagebrush::config::Settings;
use sagebrush::door::Token;

use super::{Answer, SHOP, Site};

/// The files that pages are shown with, and their types.
pub const ASSETS: [(&str, &str); 3] = [
    ("console.css", "text/css; charset=utf-8"),
    ("console.js", "text/javascript; charset=utf-8"),
    ("icon.svg", "image/svg+xml"),
];

/// Their addresses, as the locked page and every other name them.
pub async fn assets(site: &Site) -> Vec<String> {
    let page = site.get("/console/none").await.html();
    let addresses = page.elements.iter().flat_map(|element| [element.get("href"), element.get("src")]);
    addresses.filter(|address| address.starts_with("/console/assets/")).map(str::to_owned).collect()
}

#[track_caller]
fn guarded(answer: &Answer, what: &str) {
    let policy = answer.header("content-security-policy");
    let mut directives: Vec<_> = policy.split("; ").collect();
    directives.sort_unstable();
    let expected = [
        "base-uri 'none'",
        "connect-src 'self'",
        "default-src 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "img-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
    ];
    assert_eq!(directives, expected, "{what}");
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-resource-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
    ] {
        assert_eq!(answer.header(name), value, "{what} {name}");
    }
    let is_asset = what.contains("/console/assets/") && answer.status == 200;
    let kept = if is_asset { "public, max-age=31536000, immutable" } else { "no-store" };
    assert_eq!(answer.header("cache-control"), kept, "{what}");
    assert_eq!(answer.headers.get_all("content-security-policy").iter().count(), 1, "{what}");
}

#[tokio::test]
async fn every_answer_carries_the_policy_pages_and_refusals_and_files_alike() {
    let site = Site::of(SHOP).await;
    site.canary("shop-v2", &["shop-errors"]).await;
    let deployment = format!("/console/deployments/{}", site.newest("shop").await);
    let mut paths: Vec<(String, u16)> = assets(&site).await.into_iter().map(|path| (path, 200)).collect();
    paths.extend([(deployment, 200)]);
    paths.extend(
        [
            ("/console", 200),
            ("/console/", 200),
            ("/console?status=Failed", 200),
            ("/console/endpoints/shop", 200),
            ("/console/faults", 200),
            ("/console/what-if?instances=x", 200),
            ("/console/none", 404),
            ("/console/endpoints/none", 404),
            ("/console/assets/none", 404),
            ("/console/assets/%FF", 400),
            ("/console/assets/", 404),
            ("/console?account=x", 400),
            ("/console/stream", 400),
        ]
        .map(|(path, status)| (path.to_owned(), status)),
    );
    for (path, status) in paths {
        let answer = site.get(&path).await;
        assert_eq!(answer.status, status, "{path}: {}", answer.body);
        guarded(&answer, &path);
    }
    for (path, header) in
        [("/console", ("host", "evil.example")), ("/console/assets/none", ("origin", "null"))]
    {
        let answer = site.asked(path, &[header]).await;
        assert_eq!(answer.status, 403);
        guarded(&answer, path);
    }
    for method in ["POST", "DELETE", "PUT"] {
        let request = Request::builder().method(method).uri("/console").header(HOST, "localhost");
        let answer = site.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, 405, "{method}");
        guarded(&answer, method);
    }
    let token = Settings { control_token: Token::new("s3cret"), ..Settings::default() };
    let locked = Site::with(&token).await.get("/console").await;
    assert_eq!(locked.status, 401);
    guarded(&locked, "locked");
}

#[tokio::test]
async fn a_file_is_kept_for_ever_by_an_address_that_changes_with_what_it_holds() {
    let site = Site::new().await;
    let assets = assets(&site).await;
    assert_eq!(assets.len(), ASSETS.len(), "{assets:?}");
    for (name, content_type) in ASSETS {
        let address = assets.iter().find(|address| address.ends_with(name)).unwrap();
        let file = site.get(address).await;
        assert_eq!((file.status, file.header("content-type")), (200, content_type), "{address}");
        assert!(!file.body.is_empty() && !file.body.contains("<script"), "{address}");
        assert!(
            !file.body.replace("http://www.w3.org/2000/svg", "").contains("://"),
            "{address} is of this server alone"
        );
        let old = address.replacen("assets/", "assets/A", 1);
        for stale in [old, format!("/console/assets/{name}"), format!("{address}x")] {
            let gone = site.get(&stale).await;
            assert_eq!(gone.status, 404, "{stale}");
            assert_eq!(gone.body, "There is no such file; the page that names it is an old one.");
        }
    }
    let css = site.get(assets.iter().find(|address| address.ends_with("console.css")).unwrap()).await;
    assert!(css.body.contains(sagebrush::picture::STYLE), "pictures in a page have their style from it");
}

#[tokio::test]
async fn a_page_tells_the_time_of_its_world_and_how_it_passes() {
    let site = Site::of(SHOP).await;
    for (clock, rate) in [("manual", "0"), ("real", "1000")] {
        site.client.control("PUT", "clock", Some(&serde_json::json!({"mode": clock}))).await;
        let page = site.get("/console").await.html();
        let html = page.all("html").next().unwrap();
        assert_eq!(html.get("data-rate"), rate, "{clock}");
        assert!(html.get("data-now").parse::<i64>().unwrap() > 0);
    }
    let scaled = serde_json::json!({"mode": "scaled", "rate": 2.5});
    site.client.control("PUT", "clock", Some(&scaled)).await;
    let page = site.page("/console").await;
    assert_eq!(page.all("html").next().unwrap().get("data-rate"), "2500");
    page.says("2.5×");
}

#[tokio::test]
async fn a_look_at_a_world_does_not_begin_it() {
    let site = Site::new().await;
    for path in ["", "/endpoints/none", "/deployments/none", "/faults", "/what-if?instances=x", "/none"] {
        let sign = if path.contains('?') { '&' } else { '?' };
        let address = format!("/console{path}{sign}account=210987654321&region=eu-west-1");
        site.get(&address).await;
        assert!(super::stream::Listener::to(&site, &address).await.next().await.is_some(), "{address}");
    }
    let worlds = site.engine.store().worlds(&sagebrush::store::snapshot::Scope::All).await.unwrap();
    assert_eq!(worlds, [], "no page changes anything");
    let page = site.page("/console").await;
    assert!(!page.all("option").any(|option| option.get("value") == "210987654321"));
}

#[tokio::test]
async fn the_frame_of_every_page_says_where_one_is() {
    let site = Site::of(SHOP).await;
    for (path, words) in
        [("/console", "Endpoints"), ("/console/faults", "Faults"), ("/console/what-if", "What if")]
    {
        let page = site.page(path).await;
        let here: Vec<_> = page.all("a").filter(|link| link.get("aria-current") == "page").collect();
        assert_eq!(here.iter().map(|link| page.within(link)).collect::<Vec<_>>(), [words], "{path}");
        page.says("World 123456789012 · us-east-1");
        page.says("by hand");
    }
}
