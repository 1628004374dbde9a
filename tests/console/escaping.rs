//! Texts of others: whatever stands in them, they are shown as texts.

use serde_json::json;

use super::what_if::planned;
use super::{SHOP, Site};

/// A text that would be an element, end an attribute, and begin an entity.
const HOSTILE: &str = "</td><img src=x onerror=alert(1)>\"'&lt;<script>alert(2)</script>";

/// As a part of an address.
fn encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

/// A shop that is guarded by an alarm of this name, which has a hostile reason.
async fn guarded(name: &str) -> Site {
    let site = Site::of(SHOP).await;
    let alarm = json!({
        "AlarmName": name, "Namespace": "AWS/SageMaker", "MetricName": "None", "Statistic": "Sum", "Period": 60,
        "EvaluationPeriods": 1, "Threshold": 5, "ComparisonOperator": "GreaterThanThreshold",
    });
    site.client.cloudwatch("PutMetricAlarm", &alarm).await;
    site.canary("shop-v3", &[name]).await;
    site.advance(90).await;
    let state = json!({"AlarmName": name, "StateValue": "ALARM", "StateReason": HOSTILE});
    site.client.cloudwatch("SetAlarmState", &state).await;
    site
}

#[tokio::test]
async fn the_name_and_the_reason_of_an_alarm_are_texts_also_in_the_picture() {
    let site = guarded(HOSTILE).await;
    let endpoint = site.page("/console/endpoints/shop").await;
    endpoint.says(HOSTILE);
    let titled = endpoint.all("th").find(|cell| cell.get("title") == HOSTILE);
    assert!(titled.is_some(), "the reason stands in an attribute");
    let running = site.deployment().await;
    assert!(running.inner("figure").contains("<img"), "{}", running.inner("figure"));
    site.settle().await;
    let page = site.deployment().await;
    page.says(&format!("{HOSTILE} went to ALARM at"));
    let picture = page.inner("figure");
    assert!(picture.contains("<script>alert(2)</script>"), "{picture}");
    assert!(site.page("/console").await.words.contains("shop"));
}

#[tokio::test]
async fn what_is_searched_for_and_asked_for_is_a_text() {
    let site = Site::of(SHOP).await;
    let text = encoded(HOSTILE);
    let page = site.page(&format!("/console?q={text}&status={text}&view={text}&page={text}")).await;
    let search = page.all("input").find(|input| input.get("name") == "q").unwrap();
    assert_eq!(search.get("value"), HOSTILE);
    let status = page.all("input").find(|input| input.get("name") == "status").unwrap();
    assert_eq!(status.get("value"), HOSTILE);
    let faults = site.page(&format!("/console/faults?endpoint={text}")).await;
    let endpoint = faults.all("input").find(|input| input.get("name") == "scope.endpoint").unwrap();
    assert_eq!(endpoint.get("value"), HOSTILE);
}

#[tokio::test]
async fn what_is_planned_with_is_a_text_in_the_sliders_and_in_the_sentences() {
    let site = Site::new().await;
    let text = encoded(HOSTILE);
    for name in ["instances", "traffic", "bad", "threshold", "periods", "a-how", "a-size", "b-bake", "b-wait"]
    {
        let page = planned(&site, &format!("/console/what-if?{name}={text}")).await;
        assert!(!page.classed("p", "attention").is_empty(), "{name} is refused");
        if let Some(input) = page.all("input").find(|input| input.get("name") == name) {
            assert_eq!(input.get("value"), HOSTILE, "{name}");
        }
    }
}

#[tokio::test]
async fn what_is_not_there_is_named_as_a_text() {
    let site = Site::of(SHOP).await;
    let text = encoded(HOSTILE);
    for path in [format!("/console/endpoints/{text}"), format!("/console/deployments/{text}")] {
        let sentence = site.trouble(&path, 404).await;
        assert!(sentence.contains("<img src=x onerror=alert(1)>"), "{sentence}");
    }
    for query in [format!("account={text}"), format!("region={text}")] {
        assert!(site.trouble(&format!("/console?{query}"), 400).await.contains("onerror"));
    }
    let answer = site.asked("/console", &[("host", "<script>alert(1)</script>")]).await;
    assert_eq!(answer.status, 403);
    answer.html().says("<script>alert(1)</script>");
}

#[tokio::test]
async fn the_words_of_a_fault_are_texts() {
    let site = Site::of(SHOP).await;
    let fault = json!({"kind": "alarm", "alarm": HOSTILE, "alarm_state": "ALARM", "start": {"step": 3}});
    site.client.control("POST", "faults", Some(&fault)).await;
    let fault =
        json!({"kind": "error_rate", "rate": 0.5, "scope": {"endpoint": HOSTILE, "variant": HOSTILE}});
    site.client.control("POST", "faults", Some(&fault)).await;
    let page = site.page("/console/faults").await;
    page.says(&format!("{HOSTILE} goes to ALARM"));
    page.says(&format!("endpoint {HOSTILE}, variant {HOSTILE}"));
}

#[tokio::test]
async fn what_the_stream_sends_is_escaped_like_the_page() {
    let site = guarded(HOSTILE).await;
    let mut listener = super::stream::Listener::to(&site, "/console/endpoints/shop").await;
    let body = listener.next().await.unwrap()["body"].as_str().unwrap().to_owned();
    let html = super::html::Html::read(&body);
    html.harmless();
    html.says(HOSTILE);
}
