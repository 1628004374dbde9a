//! The page of an endpoint, wherever it stands.

use serde_json::json;

use super::html::Html;
use super::{SHOP, Site};

const SHOP_PAGE: &str = "/console/endpoints/shop";

/// The states of the ladder's rungs, in order.
fn rungs(page: &Html) -> Vec<&str> {
    page.all("li").map(|rung| rung.get("class")).collect()
}

/// The controls of the control API that the page has, without the world.
fn sends(page: &Html) -> Vec<&str> {
    let sends = page.elements.iter().map(|element| element.get("data-send")).filter(|send| !send.is_empty());
    sends.map(|send| send.split('?').next().unwrap()).collect()
}

#[tokio::test]
async fn at_rest_it_shows_its_fleet_its_creation_and_what_can_be_done() {
    let site = Site::of(SHOP).await;
    let page = site.page(SHOP_PAGE).await;
    assert_eq!(page.inner("h1"), "shop");
    page.says("InService on shop-v1, created 20");
    page.says("AllTraffic ml.m5.large, shop-v1 4 serving");
    page.says("Deployment 1: shop-v1 ALL_AT_ONCE succeeded It succeeded at");
    page.says("No alarm watches it");
    page.says("20 requests a second, computed on the world's clock.");
    assert_eq!(rungs(&page), ["r-done", "r-done"]);
    let sends = sends(&page);
    for send in ["PUT /_sagebrush/endpoints/shop/traffic", "PUT /_sagebrush/models/shop-v1/behaviour"] {
        assert!(sends.contains(&send), "{send}: {sends:?}");
    }
    assert!(!sends.iter().any(|send| send.contains("/deployments/")), "nothing is on its way: {sends:?}");
    assert_eq!(page.link("Put a fault into shop"), "/console/faults?endpoint=shop");
    assert_eq!(page.classed("p", "attention"), Vec::<String>::new());
}

#[tokio::test]
async fn in_its_canary_s_bake_it_shows_both_fleets_the_ladder_and_the_alarm() {
    let site = Site::of(SHOP).await;
    site.canary("shop-v3", &["shop-errors"]).await;
    site.advance(200).await;
    let page = site.page(SHOP_PAGE).await;
    page.says("Updating on shop-v1");
    page.says("Deployment 2: shop-v1 → shop-v3 CANARY running Step 1 of 2 bakes until");
    page.says("watched by shop-errors.");
    page.says("wanted 75 % blue, 25 % green actual 75 % blue, 25 % green");
    page.says("blue shop-v1 AllTraffic ml.m5.large, shop-v1 3 serving, 1 up without traffic");
    page.says("green shop-v3 AllTraffic ml.m5.large, shop-v1 1 serving, 3 up without traffic");
    assert_eq!(rungs(&page)[..4], ["r-done", "r-done", "r-now", "r-ahead"]);
    assert_eq!(page.all("li").filter(|rung| rung.get("aria-current") == "step").count(), 1);
    page.says("shop-errors OK 0 greater than 0.05");
    let id = site.newest("shop").await;
    assert_eq!(page.link("Its timeline and its events"), format!("/console/deployments/{id}"));
    let sends = sends(&page);
    for verb in ["pause", "resume", "advance", "promote", "abort"] {
        let send = format!("POST /_sagebrush/deployments/{id}/{verb}");
        assert!(sends.contains(&send.as_str()), "{send}: {sends:?}");
    }
}

#[tokio::test]
async fn a_pause_is_to_be_seen_and_wants_to_be_looked_at() {
    let site = Site::of(SHOP).await;
    site.canary("shop-v3", &["shop-errors"]).await;
    site.advance(90).await;
    let id = site.newest("shop").await;
    site.client.control("POST", &format!("deployments/{id}/pause"), None).await;
    let page = site.page(SHOP_PAGE).await;
    assert_eq!(page.classed("p", "attention"), ["it is paused"]);
    page.says("running, paused");
    page.says("without an end, watched by shop-errors: it is paused since");
    assert_eq!(rungs(&page)[2..4], ["r-now", "r-noted"], "a pause is noted beside the bake that stands");
}

#[tokio::test]
async fn what_an_alarm_rolled_back_wants_to_be_looked_at_although_it_is_in_service() {
    let site = Site::of(SHOP).await;
    site.canary("shop-v2", &["shop-errors"]).await;
    site.advance(182).await;
    let rolling_back = site.page(SHOP_PAGE).await;
    assert_eq!(rolling_back.classed("p", "attention"), ["an alarm rolls it back"]);
    rolling_back.says("green shop-v2 AllTraffic ml.m5.large, shop-v2 4 terminating");
    rolling_back.says("wanted 100 % blue, 0 % green");
    site.settle().await;
    let page = site.page(SHOP_PAGE).await;
    page.says("InService on shop-v1");
    let [attention] = &page.classed("p", "attention")[..] else { panic!("{}", page.words) };
    assert!(attention.starts_with("its last change was rolled back. FailureReason: "), "{attention}");
    page.says("rolled back It ended at");
    let rungs = rungs(&page);
    assert_eq!(rungs[rungs.len() - 2..], ["r-bad", "r-bad"], "{rungs:?}");
    assert!(!rungs.contains(&"r-now") && !rungs.contains(&"r-ahead"), "{rungs:?}");
    page.says("shop-errors ALARM 0.");
    page.says("greater than 0.05");
}

#[tokio::test]
async fn a_scaling_shows_those_that_start_and_those_that_go() {
    let site = Site::of(SHOP).await;
    let scale = |count: u32| {
        let wanted = json!([{"VariantName": "AllTraffic", "DesiredInstanceCount": count}]);
        json!({"EndpointName": "shop", "DesiredWeightsAndCapacities": wanted})
    };
    site.ask("UpdateEndpointWeightsAndCapacities", scale(6)).await;
    site.page(SHOP_PAGE).await.says("4 serving, 2 starting");
    site.settle().await;
    site.page(SHOP_PAGE).await.says("6 serving");
    site.ask("UpdateEndpointWeightsAndCapacities", scale(1)).await;
    site.advance(1).await;
    let page = site.page(SHOP_PAGE).await;
    page.says("1 serving, 5 terminating");
    page.says("Updating on shop-v1");
}

#[tokio::test]
async fn a_creation_a_failed_one_and_a_deletion_have_their_pages_too() {
    let site = Site::of(SHOP).await;
    let create = |name: &str| json!({"EndpointName": name, "EndpointConfigName": "shop-v2"});
    site.ask("CreateEndpoint", create("young")).await;
    let page = site.page("/console/endpoints/young").await;
    page.says("Creating on shop-v2");
    page.says("The first instances of shop-v2 are starting.");
    page.says("shop-v2 4 starting");
    assert_eq!(rungs(&page), ["r-now", "r-ahead"]);
    site.client.control("PUT", "models/shop-v2/behaviour", Some(&json!({"health": "failing"}))).await;
    site.ask("CreateEndpoint", create("sick")).await;
    site.settle().await;
    let page = site.page("/console/endpoints/sick").await;
    page.says("Failed on shop-v2");
    let [attention] = &page.classed("p", "attention")[..] else { panic!("{}", page.words) };
    assert!(
        attention.starts_with("its creation failed. FailureReason: The primary container"),
        "{attention}"
    );
    assert_eq!(rungs(&page), ["r-done", "r-bad"]);
    site.ask("DeleteEndpoint", json!({"EndpointName": "young"})).await;
    let page = site.page("/console/endpoints/young").await;
    page.says("Deleting on shop-v2");
    page.says("4 terminating");
    site.settle().await;
    site.trouble("/console/endpoints/young", 404).await;
}

#[tokio::test]
async fn a_behaviour_that_was_set_stands_in_its_form() {
    let site = Site::of(SHOP).await;
    let behaviour =
        json!({"error_rate": 0.25, "latency_ms": 12.5, "startup_seconds": 90, "health": "failing"});
    site.client.control("PUT", "models/shop-v1/behaviour", Some(&behaviour)).await;
    let page = site.page(SHOP_PAGE).await;
    let field = |name: &str| page.all("input").find(|input| input.get("name") == name).unwrap().get("value");
    let fields = ["error_rate", "latency_ms.p50", "latency_ms.p99", "startup_seconds"].map(field);
    assert_eq!(fields, ["0.25", "12.5", "12.5", "90"]);
    let chosen: Vec<_> = page.all("option").filter(|option| option.has("selected")).collect();
    assert!(chosen.iter().any(|option| option.get("value") == "failing"), "{chosen:?}");
    site.ask("DeleteModel", json!({"ModelName": "shop-v1"})).await;
    let page = site.page(SHOP_PAGE).await;
    page.lacks("How its models behave");
    page.says("AllTraffic ml.m5.large 4 serving");
}

#[tokio::test]
async fn a_name_is_found_ignoring_case_and_shown_as_it_was_given() {
    let site = Site::of(SHOP).await;
    assert_eq!(site.page("/console/endpoints/SHOP").await.inner("h1"), "shop");
    assert_eq!(site.page("/console/endpoints/sh%6Fp/").await.inner("h1"), "shop");
}

#[tokio::test]
async fn traffic_that_was_asked_for_stands_in_its_form_and_in_a_sentence() {
    let site = Site::of(SHOP).await;
    let daily = json!({"peak_requests_per_second": 100, "peak_hour": 18});
    let bursts = json!({"requests_per_second": 30, "every_seconds": 600, "for_seconds": 60});
    let demand = json!({"requests_per_second": 12.5, "daily": daily, "bursts": bursts});
    site.client.control("PUT", "endpoints/shop/traffic", Some(&demand)).await;
    let page = site.page(SHOP_PAGE).await;
    page.says("12.5 requests a second, 100 at 18 o'clock UTC, 30 more for 60 s every 600 s, computed");
    let field = |name: &str| page.all("input").find(|input| input.get("name") == name).unwrap().get("value");
    let names = ["requests_per_second", "daily.peak_requests_per_second", "daily.peak_hour"];
    assert_eq!(names.map(field), ["12.5", "100", "18"]);
    let names = ["bursts.requests_per_second", "bursts.every_seconds", "bursts.for_seconds"];
    assert_eq!(names.map(field), ["30", "600", "60"]);
    site.client.control("DELETE", "endpoints/shop/traffic", None).await;
    site.page(SHOP_PAGE).await.says("Synthetic traffic None. Requests that need no client");
}
