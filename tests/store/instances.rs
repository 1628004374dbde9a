//! Instances over time: spans that end and begin, and outlive their endpoint.

use sagebrush::clock::Timestamp;
use sagebrush::domain::rules::Rules;
use sagebrush::store::{InstanceCount, InstanceSpan, Tags, Tx};

use super::sample::in_service;
use super::{Place, stories};

stories! { on Manual;
    a_span_lasts_while_the_number_stands_still
    spans_are_found_by_the_time_they_share
    what_was_set_again_at_the_same_instant_leaves_no_empty_span
    a_deleted_endpoint_ends_its_spans
    kinds_are_told_once_under_the_name_that_their_endpoint_has
}

fn count(variant: &str, config: &str, instances: u32) -> InstanceCount {
    let (variant, config, instance_type) = (variant.to_owned(), config.to_owned(), "ml.m5.large".to_owned());
    InstanceCount { variant, config, instance_type, instances, report_ms: 60_000 }
}

async fn set(tx: &mut Tx, counts: &[InstanceCount], at: i64) {
    tx.set_instances("id-1", "House", counts, Timestamp(at)).await.unwrap();
}

async fn spans(tx: &mut Tx, variant: Option<&str>, from: i64, until: i64) -> Vec<InstanceSpan> {
    let world = tx.id().clone();
    tx.instance_spans(&world, "hOUSE", variant, Timestamp(from), Timestamp(until)).await.unwrap()
}

fn lines(spans: &[InstanceSpan]) -> Vec<(&str, &str, u32, i64, Option<i64>)> {
    let line = |span| {
        let InstanceSpan { count, from, until, .. }: &InstanceSpan = span;
        (count.variant.as_str(), count.config.as_str(), count.instances, from.0, until.map(|until| until.0))
    };
    spans.iter().map(line).collect()
}

async fn a_span_lasts_while_the_number_stands_still(place: Place) {
    let mut tx = place.store.begin(&place.world).await.unwrap();
    set(&mut tx, &[count("v", "blue", 2), count("w", "blue", 1)], 10).await;
    set(&mut tx, &[count("w", "blue", 1), count("v", "blue", 2)], 20).await;
    set(&mut tx, &[count("v", "blue", 2), count("w", "blue", 1), count("v", "green", 3)], 30).await;
    set(&mut tx, &[count("v", "blue", 1), count("v", "blue", 2), count("w", "blue", 0)], 40).await;
    let all = spans(&mut tx, None, 0, 99).await;
    assert_eq!(
        lines(&all),
        [
            ("v", "blue", 2, 10, Some(40)),
            ("w", "blue", 1, 10, Some(40)),
            ("v", "green", 3, 30, Some(40)),
            ("v", "blue", 3, 40, None),
        ],
        "groups of one kind count together"
    );
    assert_eq!((all[0].endpoint_id.as_str(), all[0].count.instance_type.as_str()), ("id-1", "ml.m5.large"));
    set(&mut tx, &[], 50).await;
    set(&mut tx, &[], 60).await;
    assert_eq!(lines(&spans(&mut tx, None, 40, 99).await), [("v", "blue", 3, 40, Some(50))]);
}

async fn spans_are_found_by_the_time_they_share(place: Place) {
    let mut tx = place.store.begin(&place.world).await.unwrap();
    set(&mut tx, &[count("v", "c", 1)], 10).await;
    set(&mut tx, &[count("v", "c", 2), count("w", "c", 9)], 20).await;
    for (variant, from, until, expected) in [
        (Some("v"), 0, 10, vec![]),
        (Some("v"), 0, 11, vec![1]),
        (Some("v"), 19, 21, vec![1, 2]),
        (Some("v"), 20, 21, vec![2]),
        (Some("v"), 1_000, 1_001, vec![2]),
        (None, 20, 21, vec![2, 9]),
        (Some("V"), 0, 99, vec![]),
    ] {
        let found = spans(&mut tx, variant, from, until).await;
        let found: Vec<_> = found.into_iter().map(|span| span.count.instances).collect();
        assert_eq!(found, expected, "{variant:?} from {from} until {until}");
    }
}

async fn what_was_set_again_at_the_same_instant_leaves_no_empty_span(place: Place) {
    let mut tx = place.store.begin(&place.world).await.unwrap();
    set(&mut tx, &[count("v", "c", 1)], 10).await;
    set(&mut tx, &[count("v", "c", 2)], 20).await;
    set(&mut tx, &[], 20).await;
    set(&mut tx, &[count("v", "c", 3)], 20).await;
    let found = spans(&mut tx, None, 0, 99).await;
    assert_eq!(lines(&found), [("v", "c", 1, 10, Some(20)), ("v", "c", 3, 20, None)]);
}

async fn a_deleted_endpoint_ends_its_spans(place: Place) {
    let mut tx = place.store.begin(&place.world).await.unwrap();
    let at = tx.now();
    let endpoint = in_service("House", at);
    let row = tx.insert_endpoint(endpoint, &Tags::new(), &Rules::default()).await.unwrap().unwrap();
    tx.set_instances(&row.id, "House", &[count("v", "c", 2)], at).await.unwrap();
    tx.delete_endpoint(&row, at.plus_secs(5)).await.unwrap();
    let mut outdated = row.clone();
    "id-2".clone_into(&mut outdated.id);
    tx.set_instances("id-2", "House", &[count("v", "d", 1)], at.plus_secs(6)).await.unwrap();
    tx.delete_endpoint(&outdated, at.plus_secs(7)).await.unwrap();
    tx.commit().await.unwrap();
    let mut session = place.store.session();
    let found = session.instance_spans(&place.world, "house", None, at, at.plus_secs(99)).await.unwrap();
    let ends: Vec<_> = found.iter().map(|span| (span.endpoint_id.as_str(), span.until)).collect();
    assert_eq!(
        ends,
        [(row.id.as_str(), Some(at.plus_secs(5))), ("id-2", None)],
        "only an endpoint that was deleted ends them"
    );
}

async fn kinds_are_told_once_under_the_name_that_their_endpoint_has(place: Place) {
    let mut tx = place.store.begin(&place.world).await.unwrap();
    set(&mut tx, &[count("v", "blue", 1), count("w", "blue", 1)], 10).await;
    set(&mut tx, &[count("v", "blue", 2), count("v", "green", 1)], 20).await;
    let kinds = async |tx: &mut Tx, from: i64| {
        let world = tx.id().clone();
        let kinds = tx.instance_kinds(&world, Timestamp(from)).await.unwrap();
        kinds
            .into_iter()
            .map(|kind| [kind.endpoint, kind.variant, kind.instance_type].join(" "))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        kinds(&mut tx, 0).await,
        ["house v ml.m5.large", "house w ml.m5.large"],
        "there is none of it"
    );
    assert_eq!(kinds(&mut tx, 20).await, ["house v ml.m5.large"], "the other ended then");
    let now = tx.now();
    tx.insert_endpoint(in_service("House", now), &Tags::new(), &Rules::default()).await.unwrap().unwrap();
    assert!(kinds(&mut tx, 0).await.contains(&"House v ml.m5.large".to_owned()));
}
