//! The page that plans an update in two ways.

use serde_json::{Value, json};

use super::html::Html;
use super::stream::Listener;
use super::{SHOP, Site};

const PAGE: &str = "/console/what-if";

/// The words of the two sides.
fn sides(page: &Html) -> [String; 2] {
    let sides = page.all("section").filter(|section| section.get("aria-label").ends_with("way"));
    sides.map(|side| page.within(side)).collect::<Vec<_>>().try_into().unwrap()
}

/// The page when it is planned.
pub(super) async fn planned(site: &Site, address: &str) -> Html {
    let mut listener = Listener::to(site, address).await;
    loop {
        // Until then the stream tells the time.
        let event = listener.next().await.unwrap();
        if let Some(body) = event["body"].as_str() {
            let html = Html::read(body);
            html.harmless();
            return html;
        }
    }
}

/// The sentences that stand in the way of a plan.
fn wrong(page: &Html) -> Vec<String> {
    page.classed("p", "attention")
}

#[tokio::test]
async fn it_begins_with_a_canary_beside_a_linear_way_each_with_its_picture_and_its_facts() {
    let page = planned(&Site::new().await, PAGE).await;
    assert_eq!(wrong(&page), Vec::<String>::new());
    let [one, other] = sides(&page);
    for (side, words) in [(&one, "CANARY"), (&other, "LINEAR")] {
        for part in
            ["Rolled back by alarm", "Met the bad model", "Noticed after", "A good update takes", words]
        {
            assert!(side.contains(part), "{part}: {side}");
        }
    }
    assert!(one.contains("\"CanarySize\": { \"Type\": \"CAPACITY_PERCENT\", \"Value\": 10 }"), "{one}");
    assert!(
        other.contains("\"LinearStepSize\": { \"Type\": \"CAPACITY_PERCENT\", \"Value\": 25 }"),
        "{other}"
    );
    assert_eq!(page.all("figure").count(), 2);
    let chosen: Vec<_> = page
        .all("option")
        .filter(|option| option.has("selected"))
        .map(|option| option.get("value"))
        .collect();
    assert_eq!(chosen.iter().filter(|word| ["CANARY", "LINEAR"].contains(word)).count(), 2);
}

#[tokio::test]
async fn the_address_says_both_sides_and_the_sliders_stand_where_it_says() {
    let site = Site::new().await;
    let query = "instances=4&traffic=20&bad=50&threshold=5&periods=2&a-how=ROLLING&a-size=25&a-bake=60&b-how=ALL_AT_ONCE&b-bake=120&b-wait=30";
    let page = planned(&site, &format!("{PAGE}?{query}")).await;
    assert_eq!(wrong(&page), Vec::<String>::new());
    let value = |name: &str| page.all("input").find(|input| input.get("name") == name).unwrap().get("value");
    assert_eq!(
        ["instances", "bad", "periods", "a-size", "b-bake", "b-wait"].map(value),
        ["4", "50", "2", "25", "120", "30"]
    );
    let [one, other] = sides(&page);
    assert!(one.contains("\"RollingUpdatePolicy\": { \"MaximumBatchSize\": { \"Type\": \"CAPACITY_PERCENT\", \"Value\": 25 }"), "{one}");
    assert!(other.contains("\"Type\": \"ALL_AT_ONCE\", \"WaitIntervalInSeconds\": 120"), "{other}");
    assert!(other.contains("\"TerminationWaitInSeconds\": 30"), "{other}");
    let again = planned(&site, &format!("{PAGE}?{query}")).await;
    assert_eq!(page.source, again.source, "the same question has the same answer");
}

#[tokio::test]
async fn a_good_model_is_not_rolled_back_and_a_hidden_bad_one_comes_into_service() {
    let site = Site::new().await;
    let page = planned(&site, &format!("{PAGE}?bad=1&threshold=50")).await;
    for side in sides(&page) {
        assert!(
            side.contains("Not noticed: the bad model is in service") && side.contains("Noticed after never"),
            "{side}"
        );
    }
    let page = planned(&site, &format!("{PAGE}?bad=0")).await;
    for side in sides(&page) {
        assert!(
            side.contains("In service: there is nothing bad to notice")
                && !side.contains("Met the bad model"),
            "{side}"
        );
    }
}

#[tokio::test]
async fn what_aws_would_refuse_is_said_on_its_side_and_the_other_is_planned() {
    let page = planned(&Site::new().await, &format!("{PAGE}?a-size=90")).await;
    let [refusal] = &wrong(&page)[..] else { panic!("{}", page.words) };
    assert!(refusal.starts_with("UpdateEndpoint would be refused, ValidationException: "), "{refusal}");
    assert_eq!(page.all("figure").count(), 1);
    assert!(sides(&page)[1].contains("Rolled back by alarm"));
}

#[tokio::test]
async fn nonsense_in_the_address_is_told_in_a_sentence_on_both_sides_or_on_the_one_that_has_it() {
    let site = Site::new().await;
    for (query, sides, part) in [
        ("instances=x", 2, "instances is \"x\", but it must be a whole number from 0 to 2147483647."),
        ("instances=-1", 2, "it must be a whole number from 0 to"),
        ("instances=1.5", 2, "it must be a whole number from 0 to"),
        ("instances=NaN", 2, "instances is \"NaN\", but it must be"),
        ("instances=9999999999999999999999", 2, "it must be a whole number from 0 to"),
        ("traffic=inf", 2, "traffic is \"inf\", but it must be"),
        (
            "traffic=10001",
            2,
            "traffic is 10001, but it must be a number of requests a second from 0 to 10000.",
        ),
        ("bad=101", 2, "bad_error_rate is 1.01, but it must be a number from 0 to 1."),
        ("bad=much", 2, "bad_error_rate is \"much\", but it must be a number from 0 to 1."),
        ("threshold=%22%20for%201", 2, "alarms"),
        ("threshold=NaN", 2, "alarms"),
        ("periods=0", 2, "PutMetricAlarm would be refused, ValidationException: "),
        ("periods=99999999", 2, "PutMetricAlarm would be refused, ValidationException: "),
        ("periods=two", 2, "alarms"),
        ("a-how=SIDEWAYS", 1, "SIDEWAYS"),
        ("a-how=%3Cscript%3E", 1, "<script>"),
        ("a-bake=x", 1, "refused"),
        ("b-bake=-5", 1, "refused"),
        ("b-wait=999999999999", 1, "refused"),
        ("b-size=0", 1, "refused"),
        (
            "instances=2147483647&traffic=10000&a-size=0&b-how=LINEAR&b-size=10&b-bake=3600",
            1,
            "the question comes to",
        ),
    ] {
        let page = planned(&site, &format!("{PAGE}?{query}")).await;
        let wrong = wrong(&page);
        assert!(wrong.len() >= sides && wrong.iter().any(|each| each.contains(part)), "{query}: {wrong:?}");
    }
}

#[tokio::test]
async fn what_nobody_takes_means_nothing_and_empty_fields_are_as_none() {
    let site = Site::new().await;
    let plain = planned(&site, PAGE).await;
    let same = planned(&site, &format!("{PAGE}?instances=&a-how=&color=red")).await;
    assert_eq!(plain.words, same.words);
}

#[tokio::test]
async fn a_plan_touches_no_world_and_is_asked_for_in_any() {
    let site = Site::of(SHOP).await;
    let before = site.engine.store().export(&sagebrush::store::snapshot::Scope::All).await.unwrap();
    planned(&site, PAGE).await;
    let after = site.engine.store().export(&sagebrush::store::snapshot::Scope::All).await.unwrap();
    let rows =
        |lines: &[u8]| String::from_utf8_lossy(lines).lines().skip(2).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(rows(&before), rows(&after));
}

#[tokio::test]
async fn the_page_comes_before_its_plans_and_they_come_once_with_its_stream() {
    let site = Site::of(SHOP).await;
    for address in
        [PAGE, "/console/what-if?instances=4", "/console/what-if/", "/console/what%2Dif", "/console//what-if"]
    {
        let page = site.page(address).await;
        for side in sides(&page) {
            assert!(side.contains("It is being carried out…"), "{address}: {side}");
        }
        assert_eq!((page.all("figure").count(), page.all("input").count()), (0, 15), "{address}");
        let mut listener = Listener::to(&site, address).await;
        let now = site.now().await;
        let mut plans = 0;
        for _ in 0..20 {
            let event = listener.next().await.unwrap();
            assert_eq!((&event["now"], &event["rate"]), (&json!(now.0), &json!(0)), "{address}");
            if event["body"] != Value::Null {
                plans += 1;
            } else if plans == 1 {
                break;
            }
        }
        assert_eq!(plans, 1, "{address}");
    }
}

#[tokio::test]
async fn who_slides_on_has_not_asked_what_was_not_begun() {
    let site = Site::new().await;
    let heavy = format!(
        "{PAGE}?instances=50&traffic=500&a-how=LINEAR&a-size=1&a-bake=300&b-how=LINEAR&b-size=1&b-bake=300"
    );
    // They wait behind each other; one that is dropped is never begun.
    let mut asked = Vec::new();
    for _ in 0..100 {
        let mut listener = Listener::to(&site, &heavy).await;
        assert_eq!(listener.next().await.unwrap()["body"], Value::Null, "it tells the time meanwhile");
        asked.push(listener);
    }
    drop(asked);
    let page = planned(&site, PAGE).await;
    assert_eq!(page.all("figure").count(), 2);
}
