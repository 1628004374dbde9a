//! The page of faults.

use serde_json::{Value, json};

use super::html::Html;
use super::{SHOP, Site};

const PAGE: &str = "/console/faults";

/// The lines of the table.
fn lines(page: &Html) -> Vec<String> {
    let lines = page.all("tr").filter(|line| line.get("id").starts_with("fault-"));
    lines.map(|line| page.within(line)).collect()
}

/// A fault, and the words of its line.
fn told() -> [(Value, &'static str); 12] {
    [
        (
            json!({"kind": "error_rate", "rate": 0.25, "error_status": 503, "scope": {"endpoint": "shop"}}),
            "error rate 25 % of the requests fail with 503 endpoint shop",
        ),
        (
            json!({"kind": "latency", "latency_ms": {"p50": 80, "p99": 400}, "scope": {"model": "shop-v2"}, "end": {"after_seconds": 90}}),
            "latency a median of 80 ms, 99 % within 400 ms model shop-v2",
        ),
        (
            json!({"kind": "unhealthy_instances", "scope": {"variant": "AllTraffic", "instance_type": "ml.m5.large"}}),
            "unhealthy instances launched instances never get healthy variant AllTraffic, type ml.m5.large",
        ),
        (
            json!({"kind": "instances_die", "instances": 1, "start": {"step": 2}}),
            "instances die 1 instance(s) die everything step 2 at once waiting",
        ),
        (
            json!({"kind": "instances_die", "start": {"step": 2}}),
            "instances die all instances die everything",
        ),
        (
            json!({"kind": "stale_reads", "seconds": 30}),
            "stale reads DescribeEndpoint and ListEndpoints answer as of 30s ago everything",
        ),
        (
            json!({"kind": "failure_reason_vanishes", "seconds": 90}),
            "failure reason vanishes FailureReason is gone after 1m 30s everything",
        ),
        (
            json!({"kind": "rollback_cannot_provision"}),
            "rollback cannot provision a rollback launches nothing that gets healthy everything",
        ),
        (
            json!({"kind": "api_throttling", "rate": 0.5, "operations": ["DescribeEndpoint", "ListEndpoints"]}),
            "api throttling ThrottlingException for 50 % of DescribeEndpoint, ListEndpoints everything",
        ),
        (json!({"kind": "api_throttling", "rate": 0.07}), "ThrottlingException for 7 % of every operation"),
        (
            json!({"kind": "api_latency", "latency_ms": 5}),
            "api latency 5 ms later for every operation everything",
        ),
        (
            json!({"kind": "alarm", "alarm": "shop-errors", "alarm_state": "ALARM", "start": {"step": 1}}),
            "alarm shop-errors goes to ALARM everything step 1 at once waiting",
        ),
    ]
}

#[tokio::test]
async fn each_kind_is_told_in_a_few_words() {
    let site = Site::of(SHOP).await;
    site.page(PAGE).await.says("There is no fault in this world.");
    for (fault, _) in &told() {
        site.client.control("POST", "faults", Some(fault)).await;
    }
    let page = site.page(PAGE).await;
    let lines = lines(&page);
    assert_eq!(lines.len(), told().len());
    for (nth, (line, (_, words))) in lines.iter().zip(told()).enumerate() {
        assert!(line.starts_with(&format!("fault-{} ", nth + 1)) && line.contains(words), "{words}: {line}");
    }
    assert!(lines[0].contains("withdrawn active"), "{}", lines[0]);
}

#[tokio::test]
async fn the_form_offers_the_ten_kinds_that_there_are_with_the_members_that_they_take() {
    let page = Site::of(SHOP).await.page("/console/faults?endpoint=shop").await;
    let form = page.all("form").find(|form| form.get("id") == "add-fault").unwrap();
    assert!(form.get("data-send").starts_with("POST /_sagebrush/faults?"), "{form:?}");
    let kinds: Vec<_> = page.all("option").map(|option| option.get("value")).collect();
    let mut words: Vec<_> =
        told().iter().map(|(fault, _)| fault["kind"].as_str().unwrap().to_owned()).collect();
    words.dedup();
    assert_eq!(words.len(), 10);
    for kind in &words {
        assert!(kinds.contains(&kind.as_str()), "{kind}");
    }
    let chosen = page.all("input").find(|input| input.get("name") == "scope.endpoint").unwrap();
    assert_eq!((chosen.get("value"), chosen.get("list")), ("shop", "endpoints"));
    assert!(kinds.contains(&"ml.m5.large"), "the instance types are offered");
    for element in page.elements.iter().filter(|element| element.has("data-if")) {
        let (name, meant) = element.get("data-if").split_once('=').unwrap();
        assert_eq!(
            name == "kind",
            meant.split(',').all(|kind| words.iter().any(|word| word == kind)),
            "{meant}"
        );
    }
}

#[tokio::test]
async fn a_fault_that_is_over_says_when_and_what_came_of_it() {
    let site = Site::of(SHOP).await;
    let die = json!({"kind": "instances_die", "instances": 2, "scope": {"endpoint": "shop"}});
    site.client.control("POST", "faults", Some(&die)).await;
    let slow = json!({"kind": "latency", "latency_ms": 800, "end": {"after_seconds": 60}});
    site.client.control("POST", "faults", Some(&slow)).await;
    let [_, present] = &lines(&site.page(PAGE).await)[..] else { panic!("two faults") };
    assert!(
        present.contains("a median of 800 ms, 99 % within 800 ms") && present.contains("active"),
        "{present}"
    );
    site.advance(120).await;
    let page = site.page(PAGE).await;
    let [died, slow] = &lines(&page)[..] else { panic!("two faults") };
    assert!(died.contains("over") && died.contains("shop"), "{died}");
    assert!(slow.contains("over") && !slow.contains("active"), "{slow}");
    let withdraw: Vec<_> = page
        .elements
        .iter()
        .map(|each| each.get("data-send"))
        .filter(|send| send.starts_with("DELETE"))
        .collect();
    let withdraw: Vec<_> = withdraw.iter().map(|send| send.split('?').next().unwrap()).collect();
    assert_eq!(
        withdraw,
        [
            "DELETE /_sagebrush/faults/fault-1",
            "DELETE /_sagebrush/faults/fault-2",
            "DELETE /_sagebrush/faults"
        ]
    );
}
