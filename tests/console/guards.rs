//! Whom the console is shown to: who calls the server by a name of its own, from no page of another origin, and with the
//! token where there is one.

use sagebrush::config::Settings;
use sagebrush::door::Token;

use super::answers::{ASSETS, assets};
use super::{SHOP, Site};

/// A link in a page of another origin that somebody follows.
const LINK: [(&str, &str); 3] =
    [("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")];

const PAGES: [&str; 4] = ["/console", "/console/endpoints/shop", "/console/faults", "/console/none"];
const STREAM: &str = "/console/stream?to=/console";

fn guarded(token: Option<&str>, trust_network: bool) -> Settings {
    Settings { control_token: token.and_then(Token::new), trust_network, ..Settings::default() }
}

#[tokio::test]
async fn a_foreign_name_and_a_page_of_another_origin_see_nothing() {
    let site = Site::of(SHOP).await;
    for (header, sentence) in [
        (("host", "evil.example"), "is no name of this server"),
        (("host", "evil.example:7243"), "is no name of this server"),
        (("origin", "http://evil.example"), "does not answer to web pages of other origins"),
        (("origin", "null"), "does not answer to web pages of other origins"),
        (("sec-fetch-site", "same-site"), "does not answer to web pages of other origins"),
    ] {
        for path in PAGES.into_iter().chain([STREAM]).chain(assets(&site).await.iter().map(String::as_str)) {
            let answer = site.asked(path, &[header]).await;
            assert_eq!(answer.status, 403, "{path} {header:?}: {}", answer.body);
            let page = answer.html();
            page.says(sentence);
            page.lacks("shop");
        }
    }
}

#[tokio::test]
async fn a_link_from_anywhere_opens_a_page_and_nothing_else() {
    let site = Site::of(SHOP).await;
    for path in PAGES {
        let status = if path == "/console/none" { 404 } else { 200 };
        assert_eq!(site.asked(path, &LINK).await.status, status, "{path}");
    }
    let control = ["/_sagebrush/clock".to_owned(), "/_sagebrush/deployments".to_owned()];
    let others = [STREAM.to_owned(), "/console/stream".to_owned()];
    for path in others.iter().chain(&control).chain(&assets(&site).await) {
        assert_eq!(site.asked(path, &LINK).await.status, 403, "{path}");
    }
    for (name, value) in [
        ("sec-fetch-dest", "iframe"),
        ("sec-fetch-dest", "empty"),
        ("sec-fetch-mode", "no-cors"),
        ("origin", "http://evil.example"),
    ] {
        let mut headers = LINK.to_vec();
        headers.retain(|(other, _)| *other != name);
        headers.push((name, value));
        assert_eq!(site.asked("/console", &headers).await.status, 403, "{name}: {value}");
    }
    let mut foreign = LINK.to_vec();
    foreign.push(("host", "evil.example"));
    assert_eq!(site.asked("/console", &foreign).await.status, 403, "whatever it is");
}

#[tokio::test]
async fn a_server_with_a_token_shows_a_page_that_asks_for_it_and_nothing_of_the_world() {
    let site = Site::with(&guarded(Some("s3cret"), false)).await;
    site.engine.clock(&site.world).await.unwrap();
    for path in PAGES.into_iter().chain([STREAM]) {
        for wrong in [&[][..], &[("authorization", "Bearer wrong")], &[("authorization", "Basic s3cret")]] {
            let answer = site.asked(path, wrong).await;
            assert_eq!(answer.status, 401, "{path} {wrong:?}");
            let page = answer.html();
            assert!(page.all("body").next().unwrap().has("data-locked"), "{}", answer.body);
            page.says("This server wants its token");
            for of_the_world in ["123456789012", "us-east-1", "data-now", "Clock", "s3cret"] {
                assert!(!answer.body.contains(of_the_world), "{of_the_world}: {}", answer.body);
            }
        }
    }
    let right = [("authorization", "Bearer s3cret")];
    let answer = site.asked("/console", &right).await;
    assert_eq!(answer.status, 200);
    answer.html().says("There is no endpoint in this world yet.");
    for name in assets(&site).await {
        assert_eq!(site.get(&name).await.status, 200, "the style of the page that asks is no secret");
    }
    assert_eq!(assets(&site).await.len(), ASSETS.len());
}

#[tokio::test]
async fn a_server_that_trusts_the_network_without_a_token_keeps_the_console_closed() {
    let site = Site::with(&guarded(None, true)).await;
    for headers in [&[][..], &[("authorization", "Bearer ")], &[("host", "192.168.1.5:7243")]] {
        let answer = site.asked("/console", headers).await;
        assert_eq!(answer.status, 403);
        answer.html().says("closed because this server trusts the network and has no token");
    }
    let site = Site::with(&guarded(Some("s3cret"), true)).await;
    let headers = [("host", "192.168.1.5:7243"), ("authorization", "Bearer s3cret")];
    assert_eq!(site.asked("/console", &headers).await.status, 200);
}
