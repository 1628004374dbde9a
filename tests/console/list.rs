//! The list of a world's endpoints.

use sagebrush::clock::Mode;
use sagebrush::config::Settings;
use sagebrush::store::Store;
use serde_json::json;

use super::html::Html;
use super::{SHOP, Site};

/// Two endpoints beside the shop: one whose creation fails, and one in service.
const MORE: &str = r#"
[models.sick]
[endpoint_configs.sick]
model = "sick"

[endpoints.bakery]
model = "shop-v1"
instances = 2
"#;

/// What the first part of the page says of each endpoint: the words of its card.
fn cards(page: &Html) -> Vec<String> {
    page.all("article").map(|card| page.within(card)).collect()
}

/// The filters with their counts, as `Failed 1`.
fn chips(page: &Html) -> Vec<String> {
    let links =
        page.all("a").filter(|link| link.get("href").starts_with("/console")).map(|link| page.within(link));
    links.filter(|words| words.ends_with(|sign: char| sign.is_ascii_digit())).collect()
}

/// The shop in its canary, a bakery in service, and an endpoint that has failed.
async fn street() -> Site {
    let site = Site::of(&format!("{SHOP}{MORE}")).await;
    site.client.control("PUT", "models/sick/behaviour", Some(&json!({"health": "failing"}))).await;
    site.ask("CreateEndpoint", json!({"EndpointName": "sickbed", "EndpointConfigName": "sick"})).await;
    site.settle().await;
    site.canary("shop-v3", &["shop-errors"]).await;
    site.advance(90).await;
    site
}

#[tokio::test]
async fn a_world_without_endpoints_says_how_to_make_one() {
    let site = Site::new().await;
    let page = site.page("/console").await;
    page.says("There is no endpoint in this world yet.");
    assert_eq!(chips(&page), ["All 0", "Needs attention 0"]);
    assert_eq!(page.inner("title"), "Endpoints · sagebrush");
}

#[tokio::test]
async fn those_that_want_to_be_looked_at_come_first_then_those_on_their_way_then_the_others() {
    let page = street().await.page("/console").await;
    assert_eq!(chips(&page), ["All 3", "Needs attention 1", "Updating 1", "InService 1", "Failed 1"]);
    let [failed, updating, serving] = &cards(&page)[..] else { panic!("{}", page.words) };
    assert_eq!(failed, "sickbed Failed on sick its creation failed");
    assert!(
        updating.starts_with("shop Updating on shop-v1 75 % blue, 25 % green blue 3 serving"),
        "{updating}"
    );
    assert!(updating.contains("green 1 serving, 3 up without traffic"), "{updating}");
    assert!(updating.contains("Step 1 of 2 bakes until"), "{updating}");
    assert_eq!(serving, "bakery InService on bakery 2 serving");
}

#[tokio::test]
async fn the_table_says_the_same_in_lines() {
    let page = street().await.page("/console?view=table").await;
    assert_eq!(page.all("article").count(), 0);
    let lines: Vec<_> = page.all("tr").skip(1).map(|line| page.within(line)).collect();
    let [failed, updating, serving] = &lines[..] else { panic!("{}", page.words) };
    assert!(failed.starts_with("sickbed Failed its creation failed sick –"), "{failed}");
    assert!(updating.contains("blue: 3 serving"), "{updating}");
    assert!(updating.contains("green: 1 serving, 3 up without traffic"), "{updating}");
    assert!(serving.starts_with("bakery InService bakery – 2 serving 20"), "{serving}");
    assert_eq!(page.link("Cards"), "/console");
}

#[tokio::test]
async fn a_filter_leaves_what_it_names_and_the_counts_stay_those_of_all() {
    let site = street().await;
    for (query, names) in [
        ("status=Updating", vec!["shop"]),
        ("status=Failed", vec!["sickbed"]),
        ("status=attention", vec!["sickbed"]),
        ("q=S", vec!["sickbed", "shop"]),
        ("q=s&status=InService", vec![]),
        ("q=KER", vec!["bakery"]),
        ("q=%25", vec![]),
        ("status=Deleting", vec![]),
        ("status=Bogus", vec![]),
        ("status=&q=&page=&view=", vec!["sickbed", "shop", "bakery"]),
    ] {
        let page = site.page(&format!("/console?{query}")).await;
        let shown: Vec<_> = page.all("article").map(|card| card.get("id").to_owned()).collect();
        assert_eq!(shown, names.iter().map(|name| format!("e-{name}")).collect::<Vec<_>>(), "{query}");
        assert_eq!(chips(&page)[..2], ["All 3", "Needs attention 1"], "{query}");
        if names.is_empty() {
            page.says("None of the 3 endpoints is like that.");
        }
    }
    let none = site.page("/console?status=Deleting").await;
    assert!(chips(&none).contains(&"Deleting 0".to_owned()), "the filter that is set is there to be seen");
}

#[tokio::test]
async fn a_link_keeps_what_else_was_asked_for() {
    let page = street().await.page("/console?q=s&status=Failed&view=table&page=1").await;
    assert_eq!(page.link("Updating 1"), "/console?q=s&status=Updating&view=table");
    assert_eq!(page.link("All 3"), "/console?q=s&view=table");
    assert_eq!(page.link("Cards"), "/console?q=s&status=Failed");
    let chosen: Vec<_> = page.all("a").filter(|link| link.get("aria-current") == "true").collect();
    assert_eq!(chosen.iter().map(|link| page.within(link)).collect::<Vec<_>>(), ["Table", "Failed 1"]);
    let hidden = |name: &str| {
        page.all("input").any(|input| input.get("name") == name && input.get("type") == "hidden")
    };
    assert!(
        hidden("status") && hidden("view") && !hidden("account"),
        "the search keeps the filter and the view"
    );
}

/// A world of so many endpoints in service.
fn many(endpoints: usize) -> String {
    let endpoint = |nth: usize| format!("[endpoints.e{nth:03}]\nconfig = \"c\"\n");
    let all: String = (0..endpoints).map(endpoint).collect();
    format!("clock = \"manual\"\n[models.m]\n[endpoint_configs.c]\nmodel = \"m\"\n{all}")
}

#[tokio::test]
async fn a_page_has_sixty_endpoints_and_links_to_the_others() {
    let site = Site::of(&many(121)).await;
    let names = |page: &Html| page.all("article").map(|card| card.get("id").to_owned()).collect::<Vec<_>>();
    let first = site.page("/console").await;
    assert_eq!((names(&first).len(), names(&first)[0].as_str()), (60, "e-e000"));
    first.lacks("Earlier");
    assert_eq!(first.link("Later"), "/console?page=2");
    let second = site.page("/console?page=2&view=").await;
    assert_eq!((names(&second).len(), names(&second)[0].as_str()), (60, "e-e060"));
    assert_eq!((second.link("Earlier"), second.link("Later")), ("/console", "/console?page=3"));
    for last in ["3", "4", "18446744073709551615"] {
        let page = site.page(&format!("/console?page={last}")).await;
        assert_eq!(names(&page), ["e-e120"], "{last}");
        page.lacks("Later");
    }
    for nonsense in ["0", "-1", "x", "18446744073709551616", "1.5"] {
        assert_eq!(names(&site.page(&format!("/console?page={nonsense}")).await)[0], "e-e000", "{nonsense}");
    }
    let found = site.page("/console?q=e00").await;
    assert_eq!(names(&found).len(), 10);
    found.lacks("Later");
}

#[tokio::test]
async fn another_world_is_another_list_whose_links_stay_in_it() {
    let site = street().await;
    site.play(&many(1), "/_sagebrush/scenario?account=210987654321&region=eu-west-1").await;
    let there = "account=210987654321&region=eu-west-1";
    let page = site.page(&format!("/console?{there}")).await;
    assert_eq!(cards(&page), ["e000 InService on c 1 serving"]);
    assert_eq!(page.link("e000"), format!("/console/endpoints/e000?{there}"));
    assert_eq!(page.link("Faults"), format!("/console/faults?{there}"));
    assert_eq!(page.link("InService 1"), format!("/console?{there}&status=InService"));
    let sends = page.elements.iter().filter(|element| element.has("data-send"));
    for element in sends {
        assert!(element.get("data-send").ends_with(&format!("?{there}")), "{element:?}");
    }
    let worlds: Vec<_> = page.all("option").filter(|each| !each.get("value").is_empty()).collect();
    assert!(worlds.iter().any(|each| each.get("value") == "123456789012"), "the other world can be chosen");
    let endpoint = site.page(&format!("/console/endpoints/e000?{there}")).await;
    endpoint.says("1 serving");
    assert_eq!(
        site.trouble("/console/endpoints/e000", 404).await,
        "There is no endpoint \"e000\" in 123456789012/us-east-1."
    );
}

#[tokio::test]
async fn pages_are_the_same_on_postgresql() {
    let store = Store::connect(&crate::store::postgres_schema().await, Mode::Manual).await.unwrap();
    let site = Site::over(store, &Settings::default());
    site.play(SHOP, "/_sagebrush/scenario").await;
    site.canary("shop-v2", &["shop-errors"]).await;
    site.settle().await;
    site.page("/console").await.says("its last change was rolled back");
    site.page("/console/endpoints/shop").await.says("4 serving");
    site.page("/console/faults").await.says("There is no fault in this world.");
    site.deployment().await.says("shop-errors went to ALARM at");
}
