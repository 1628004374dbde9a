//! Metrics: points that are added up, read by series or metric, listed and forgotten.

use sagebrush::clock::Timestamp;
use sagebrush::store::{
    MetricQuery, NewPoint, NewSeries, PointQuery, PointRow, PointsOf, StoredDatapoint, Tx, series_id,
};

use super::{Place, stories};

stories! { on Manual;
    points_of_one_place_become_one
    points_are_read_by_their_time_their_span_and_their_owner
    many_points_are_added_at_once
    metrics_are_listed_once_for_all_their_units
    metrics_are_found_by_their_dimensions
    old_points_are_forgotten_and_series_without_points_too
    worlds_do_not_share_points
    points_of_a_transaction_that_is_dropped_are_not_there
}

const LATENCY: NewSeries<'_> = NewSeries {
    key: "m/ModelLatency/EndpointName=e unit=Microseconds",
    metric_key: "m/ModelLatency/EndpointName=e",
    namespace: "m",
    name: "ModelLatency",
    dimensions: r#"[{"Name":"EndpointName","Value":"e"},{"Name":"VariantName","Value":"a\"b"}]"#,
    unit: "Microseconds",
};
const LATENCY_WITHOUT_UNIT: NewSeries<'_> =
    NewSeries { key: "m/ModelLatency/EndpointName=e unit=None", unit: "None", ..LATENCY };
const ERRORS: NewSeries<'_> = NewSeries {
    key: "m/errors unit=Count",
    metric_key: "m/errors",
    name: "errors",
    dimensions: "[]",
    unit: "Count",
    ..LATENCY
};

fn measured(values: &[f64]) -> StoredDatapoint {
    let (min, max) =
        values.iter().fold((f64::MAX, f64::MIN), |(min, max), value| (min.min(*value), max.max(*value)));
    let bins = values.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
    StoredDatapoint { count: values.len() as f64, sum: values.iter().sum(), min, max, bins: Some(bins) }
}

fn merge(old: StoredDatapoint, new: StoredDatapoint) -> StoredDatapoint {
    StoredDatapoint {
        count: old.count + new.count,
        sum: old.sum + new.sum,
        min: old.min.min(new.min),
        max: old.max.max(new.max),
        bins: old.bins.zip(new.bins).map(|(old, new)| format!("{old},{new}")),
    }
}

fn point<'a>(series: NewSeries<'a>, at: i64, span_ms: i64, values: &[f64]) -> NewPoint<'a> {
    NewPoint { series, at: Timestamp(at), span_ms, datapoint: measured(values) }
}

async fn add(tx: &mut Tx, points: &[NewPoint<'_>]) {
    tx.add_points(points, Timestamp(0), merge).await.unwrap();
}

fn everything(of: PointsOf<'_>) -> PointQuery<'_> {
    let (from, until) = (Timestamp(0), Timestamp(i64::MAX));
    PointQuery { of, from, until, max_span_ms: None, with_bins: true }
}

fn places(rows: &[PointRow]) -> Vec<(i64, i64, &str)> {
    rows.iter().map(|row| (row.at.0, row.span_ms, row.unit.as_str())).collect()
}

async fn points_of_one_place_become_one(place: Place) {
    let mut tx = place.store.begin(&place.world).await.unwrap();
    let twice = [point(LATENCY, 60_000, 60_000, &[3.0]), point(LATENCY, 60_000, 60_000, &[1.5, 0.1])];
    add(&mut tx, &twice).await;
    add(&mut tx, &[point(LATENCY, 60_000, 60_000, &[0.2]), point(LATENCY, 120_000, 60_000, &[9.0])]).await;
    tx.commit().await.unwrap();
    let ids = [series_id(LATENCY.key)];
    let rows = place.store.session().points(&place.world, &everything(PointsOf::Series(&ids))).await.unwrap();
    assert_eq!(places(&rows), [(60_000, 60_000, "Microseconds"), (120_000, 60_000, "Microseconds")]);
    let first = &rows[0].datapoint;
    assert_eq!((first.count, first.min, first.max), (4.0, 0.1, 3.0));
    assert_eq!(first.sum.to_bits(), (3.0_f64 + (1.5 + 0.1) + 0.2).to_bits(), "to the last bit");
    assert_eq!(first.bins.as_deref(), Some("3,1.5,0.1,0.2"), "in the order in which they were added");

    let mut tx = place.store.begin(&place.world).await.unwrap();
    let mut without_bins = point(LATENCY, 60_000, 60_000, &[5.0]);
    without_bins.datapoint.bins = None;
    add(&mut tx, &[without_bins]).await;
    let rows = tx.points(&place.world, &everything(PointsOf::Series(&ids))).await.unwrap();
    assert_eq!((rows[0].datapoint.count, rows[0].datapoint.bins.as_deref()), (5.0, None));
    add(&mut tx, &[]).await;
}

async fn points_are_read_by_their_time_their_span_and_their_owner(place: Place) {
    let mut tx = place.store.begin(&place.world).await.unwrap();
    let points = [
        point(LATENCY, 60_000, 60_000, &[1.0]),
        point(LATENCY, 60_000, 10_000, &[2.0]),
        point(LATENCY, 120_000, 60_000, &[3.0]),
        point(LATENCY_WITHOUT_UNIT, 90_000, 60_000, &[4.0]),
        point(ERRORS, 60_000, 60_000, &[5.0]),
    ];
    add(&mut tx, &points).await;
    let read = async |tx: &mut Tx, query: PointQuery<'_>| -> Vec<f64> {
        let rows = tx.points(&place.world, &query).await.unwrap();
        rows.iter().map(|row| row.datapoint.sum).collect()
    };
    let metric = everything(PointsOf::Metric(LATENCY.metric_key));
    assert_eq!(read(&mut tx, metric).await, [2.0, 1.0, 4.0, 3.0], "all units, in the order of time");
    let ids = [series_id(LATENCY.key), series_id(ERRORS.key), series_id("never measured")];
    let mut of_two = read(&mut tx, everything(PointsOf::Series(&ids))).await;
    of_two.sort_by(f64::total_cmp);
    assert_eq!(of_two, [1.0, 2.0, 3.0, 5.0]);
    assert_eq!(read(&mut tx, everything(PointsOf::Series(&[]))).await, [0.0; 0]);
    assert_eq!(read(&mut tx, everything(PointsOf::Metric("m"))).await, [0.0; 0]);
    let from = PointQuery { from: Timestamp(90_000), ..metric };
    assert_eq!(read(&mut tx, from).await, [4.0, 3.0], "the beginning belongs to it");
    let until = PointQuery { until: Timestamp(90_000), ..metric };
    assert_eq!(read(&mut tx, until).await, [2.0, 1.0], "the end does not");
    assert_eq!(read(&mut tx, PointQuery { max_span_ms: Some(10_000), ..metric }).await, [2.0]);
    let bare = tx.points(&place.world, &PointQuery { with_bins: false, ..metric }).await.unwrap();
    assert!(bare.iter().all(|row| row.datapoint.bins.is_none()) && bare.len() == 4);
}

async fn many_points_are_added_at_once(place: Place) {
    let keys: Vec<String> = (0..11).map(|number| format!("series {number}")).collect();
    let series = |key| NewSeries { key, ..LATENCY };
    let at = |index: usize| i64::try_from(index).unwrap() * 1_000;
    let points: Vec<_> =
        (0..1_500).map(|index| point(series(&keys[index % 11]), at(index), 1_000, &[index as f64])).collect();
    let mut tx = place.store.begin(&place.world).await.unwrap();
    add(&mut tx, &points).await;
    add(&mut tx, &points).await;
    let rows = tx.points(&place.world, &everything(PointsOf::Metric(LATENCY.metric_key))).await.unwrap();
    assert_eq!(rows.len(), 1_500);
    for (index, row) in rows.iter().enumerate() {
        assert_eq!((row.at.0, row.datapoint.count), (at(index), 2.0), "each was added twice");
        assert_eq!(row.series_id, series_id(&keys[index % 11]));
    }
    let metrics = tx.list_metrics(&place.world, &MetricQuery::default()).await.unwrap();
    assert_eq!(metrics[0].last, Timestamp(1_499_000), "the newest point, whatever part it came in");
}

async fn metrics_are_listed_once_for_all_their_units(place: Place) {
    let mut tx = place.store.begin(&place.world).await.unwrap();
    add(&mut tx, &[point(LATENCY, 120_000, 60_000, &[1.0]), point(ERRORS, 60_000, 60_000, &[1.0])]).await;
    add(&mut tx, &[point(LATENCY, 60_000, 60_000, &[1.0])]).await;
    add(&mut tx, &[point(LATENCY_WITHOUT_UNIT, 90_000, 60_000, &[1.0])]).await;
    let all = MetricQuery::default();
    let rows = tx.list_metrics(&place.world, &all).await.unwrap();
    assert_eq!(rows.len(), 2);
    assert_eq!((rows[0].key.as_str(), rows[0].last), (LATENCY.metric_key, Timestamp(120_000)));
    assert_eq!((rows[0].namespace.as_str(), rows[0].name.as_str()), ("m", "ModelLatency"));
    assert_eq!(rows[0].dimensions, LATENCY.dimensions);
    assert_eq!(rows[1].key, ERRORS.metric_key);
    for (query, expected) in [
        (MetricQuery { limit: Some(1), ..all.clone() }, vec![LATENCY.metric_key]),
        (MetricQuery { after: Some(LATENCY.metric_key), ..all.clone() }, vec![ERRORS.metric_key]),
        (MetricQuery { after: Some(ERRORS.metric_key), ..all.clone() }, vec![]),
        (MetricQuery { name: Some("errors"), ..all.clone() }, vec![ERRORS.metric_key]),
        (MetricQuery { name: Some("Errors"), ..all.clone() }, vec![]),
        (MetricQuery { namespace: Some("other"), ..all.clone() }, vec![]),
        (MetricQuery { active_from: Some(Timestamp(60_001)), ..all.clone() }, vec![LATENCY.metric_key]),
    ] {
        let found = tx.list_metrics(&place.world, &query).await.unwrap();
        let keys: Vec<_> = found.iter().map(|row| row.key.as_str()).collect();
        assert_eq!(keys, expected, "{query:?}");
    }
}

async fn metrics_are_found_by_their_dimensions(place: Place) {
    let mut tx = place.store.begin(&place.world).await.unwrap();
    add(&mut tx, &[point(LATENCY, 0, 60_000, &[1.0]), point(ERRORS, 0, 60_000, &[1.0])]).await;
    for (dimensions, found) in [
        (vec![("EndpointName", Some("e"))], true),
        (vec![("EndpointName", Some("E"))], false),
        (vec![("EndpointName", None), ("VariantName", Some("a\"b"))], true),
        (vec![("EndpointName", None), ("Host", None)], false),
        (vec![("Endpoint", None)], false),
        (vec![("EndpointName", Some(""))], false),
        (vec![("VariantName", Some("a%"))], false),
        (vec![("VariantName", Some("e"))], false),
    ] {
        let dimensions: Vec<_> =
            dimensions.into_iter().map(|(name, value)| (name.to_owned(), value.map(str::to_owned))).collect();
        let query = MetricQuery { dimensions: &dimensions, ..MetricQuery::default() };
        let rows = tx.list_metrics(&place.world, &query).await.unwrap();
        let keys: Vec<_> = rows.iter().map(|row| row.key.as_str()).collect();
        let expected = if found { vec![LATENCY.metric_key] } else { vec![] };
        assert_eq!(keys, expected, "{dimensions:?}");
    }
}

async fn old_points_are_forgotten_and_series_without_points_too(place: Place) {
    let mut tx = place.store.begin(&place.world).await.unwrap();
    let points = [
        point(LATENCY, 60_000, 60_000, &[1.0]),
        point(LATENCY, 60_000, 10_000, &[2.0]),
        point(LATENCY, 120_000, 60_000, &[3.0]),
        point(ERRORS, 60_000, 60_000, &[4.0]),
    ];
    add(&mut tx, &points).await;
    assert_eq!(tx.forget_points(Timestamp(60_000), None).await.unwrap(), 0, "that instant stays");
    assert_eq!(tx.forget_points(Timestamp(120_000), Some(59_999)).await.unwrap(), 1);
    assert_eq!(tx.list_metrics(&place.world, &MetricQuery::default()).await.unwrap().len(), 2);
    assert_eq!(tx.forget_points(Timestamp(120_000), None).await.unwrap(), 2);
    let left = tx.list_metrics(&place.world, &MetricQuery::default()).await.unwrap();
    assert_eq!(left.iter().map(|row| row.key.as_str()).collect::<Vec<_>>(), [LATENCY.metric_key]);
    let rows = tx.points(&place.world, &everything(PointsOf::Metric(LATENCY.metric_key))).await.unwrap();
    assert_eq!(places(&rows), [(120_000, 60_000, "Microseconds")]);
}

async fn worlds_do_not_share_points(mut place: Place) {
    for region in ["us-east-1", "eu-west-1"] {
        place.world.region = region.to_owned();
        let mut tx = place.store.begin(&place.world).await.unwrap();
        add(&mut tx, &[point(LATENCY, 0, 60_000, &[1.0])]).await;
        let rows = tx.points(&place.world, &everything(PointsOf::Metric(LATENCY.metric_key))).await.unwrap();
        assert_eq!(rows.iter().map(|row| row.datapoint.count).collect::<Vec<_>>(), [1.0]);
        tx.commit().await.unwrap();
    }
}

async fn points_of_a_transaction_that_is_dropped_are_not_there(place: Place) {
    let mut tx = place.store.begin(&place.world).await.unwrap();
    add(&mut tx, &[point(LATENCY, 0, 60_000, &[1.0])]).await;
    drop(tx);
    let mut session = place.store.session();
    let rows = session.points(&place.world, &everything(PointsOf::Metric(LATENCY.metric_key))).await.unwrap();
    assert_eq!(rows, []);
    assert_eq!(session.list_metrics(&place.world, &MetricQuery::default()).await.unwrap(), []);
}
