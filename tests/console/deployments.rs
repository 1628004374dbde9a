//! The page of a deployment: its picture, and its events.

use super::{SHOP, Site};

#[tokio::test]
async fn under_way_it_shows_what_was_and_what_is_to_come() {
    let site = Site::of(SHOP).await;
    site.canary("shop-v3", &["shop-errors"]).await;
    site.advance(90).await;
    let page = site.deployment().await;
    assert_eq!(page.inner("h1"), "Deployment 2: shop-v1 → shop-v3");
    assert_eq!(page.inner("title"), "shop 2 · sagebrush");
    page.says("CANARY running Step 1 of 2 bakes until");
    page.says("Next step");
    let picture = page.inner("figure");
    for words in ["shop 2: under way", "bakes 1", "as planned", "now", "25 %", "shop-errors"] {
        assert!(picture.contains(words), "{words}: {picture}");
    }
    assert!(!picture.contains("rollback"), "{picture}");
    page.says("Wanted 75 % blue, 25 % green Actual 75 % blue, 25 % green");
    page.says("shop-errors INSUFFICIENT_DATA – greater than 0.05");
    page.lacks("Ended");
    let countdown = page.classed("time", "countdown");
    assert_eq!(countdown.len(), 1, "the rest of the bake");
}

#[tokio::test]
async fn every_event_has_its_time_its_traffic_and_what_made_it_happen() {
    let site = Site::of(SHOP).await;
    site.canary("shop-v3", &[]).await;
    site.advance(90).await;
    let id = site.newest("shop").await;
    for verb in ["pause", "resume"] {
        site.client.control("POST", &format!("deployments/{id}/{verb}"), None).await;
    }
    site.settle().await;
    let page = site.deployment().await;
    let lines: Vec<_> = page.all("tr").filter(|line| line.get("class").starts_with("p-")).collect();
    let told: Vec<_> = lines.iter().map(|line| (line.get("class"), page.within(line))).collect();
    let expected = [
        ("p-warning", "0s warning 0 % client Nothing watches this deployment"),
        ("p-launching", "0s launching 1 0 % client"),
        ("p-activating_traffic", "1m activating traffic 1 25 % clock"),
        ("p-baking", "1m 5s baking 1 25 % clock"),
        ("p-paused", "1m 30s paused 1 25 % operator"),
        ("p-resumed", "1m 30s resumed 1 25 % operator"),
    ];
    for ((class, words), (wanted, part)) in told.iter().zip(expected) {
        assert!(*class == wanted && words.contains(part), "{part}: {words}");
    }
    let (last, words) = told.last().unwrap();
    assert!(*last == "p-succeeded" && words.contains("100 % clock shop-v3 is in service."), "{words}");
    page.says("succeeded It succeeded at");
    page.says("Took");
    assert_eq!(page.classed("time", "countdown"), Vec::<String>::new());
    page.lacks("Alarms of the guardrail");
}

#[tokio::test]
async fn a_rollback_tells_its_cause_the_alarm_and_what_that_had_seen() {
    let site = Site::of(SHOP).await;
    site.canary("shop-v2", &["shop-errors"]).await;
    site.settle().await;
    let page = site.deployment().await;
    page.says("rolled back It ended at");
    let lines: Vec<_> = page.all("tr").filter(|line| line.get("class") == "p-rolling_back").collect();
    let first = page.within(lines[0]);
    assert!(first.contains("rolling back 0 % alarm") || first.contains("25 % alarm"), "{first}");
    assert!(first.contains("shop-errors went to ALARM at"), "{first}");
    assert!(first.contains("Threshold Crossed: 1 "), "{first}");
    let picture = page.inner("figure");
    for words in ["shop 2: rolled back", "rollback at", ": alarm shop-errors", "ALARM", "errors", "latency"] {
        assert!(picture.contains(words), "{words}: {picture}");
    }
    assert!(!picture.contains("now"), "it is over: {picture}");
    page.says("Reason");
    page.lacks("Steer");
}

#[tokio::test]
async fn a_creation_is_a_deployment_of_one_config() {
    let site = Site::of(SHOP).await;
    let page = site.deployment().await;
    assert_eq!(page.inner("h1"), "Deployment 1: shop-v1");
    assert!(page.inner("figure").contains("shop 1: succeeded"));
    page.says("launching 100 % client");
}

#[tokio::test]
async fn what_is_not_there_is_said_in_a_sentence() {
    let site = Site::of(SHOP).await;
    let id = site.newest("shop").await;
    let none = "There is no deployment \"none\" in 123456789012/us-east-1.";
    assert_eq!(site.trouble("/console/deployments/none", 404).await, none);
    let elsewhere = site.trouble(&format!("/console/deployments/{id}?region=eu-west-1"), 404).await;
    assert_eq!(elsewhere, format!("There is no deployment \"{id}\" in 123456789012/eu-west-1."));
    for path in [
        "/console/none",
        "/console/endpoints",
        "/console/deployments",
        "/console/endpoints/a/b",
        "/console/%FF",
    ] {
        let sentence = site.trouble(path, 404).await;
        assert_eq!(sentence, format!("There is no page {path}; the console begins at /console."));
    }
    let account = site.trouble("/console?account=12", 400).await;
    assert_eq!(account, "account is \"12\", but an account has 12 digits.");
    for page in ["/console", "/console/endpoints/shop", "/console/what-if", "/console/faults"] {
        assert!(
            site.trouble(&format!("{page}?region=US"), 400)
                .await
                .starts_with("region is \"US\", but a region")
        );
    }
}
