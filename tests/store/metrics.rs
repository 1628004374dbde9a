//! Metrics: points that are added up, read by series or metric, listed and forgotten.

use sagebrush::clock::Timestamp;
use sagebrush::metrics::bins::Bins;
use sagebrush::metrics::datapoint::Datapoint;
use sagebrush::metrics::metric::{Metric, Series};
use sagebrush::metrics::series::Point;
use sagebrush::store::{MetricQuery, NewPoint, PointQuery, PointRow, Tx};

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

fn latency() -> Metric {
    Metric::new("m", "ModelLatency", [("EndpointName", "e"), ("VariantName", "a\"b")])
}

fn errors() -> Metric {
    Metric::new("m", "errors", [])
}

fn point(metric: Metric, unit: &str, at: i64, span_ms: i64, values: &[f64]) -> NewPoint {
    let mut datapoint = Datapoint::of(values[0], 1.0);
    values[1..].iter().for_each(|value| datapoint.add(*value, 1.0));
    let point = Point { at: Timestamp(at), span_ms, datapoint };
    NewPoint { series: Series { metric, unit: unit.to_owned() }, point }
}

fn of_latency(at: i64, span_ms: i64, values: &[f64]) -> NewPoint {
    point(latency(), "Microseconds", at, span_ms, values)
}

fn of_errors(at: i64, values: &[f64]) -> NewPoint {
    point(errors(), "Count", at, 60_000, values)
}

async fn add(tx: &mut Tx, points: &[NewPoint]) {
    tx.add_points(points, Timestamp(0)).await.unwrap();
}

fn everything(metric: &Metric) -> PointQuery<'_> {
    let (from, until) = (Timestamp(0), Timestamp(i64::MAX));
    PointQuery { metric, from, until, max_span_ms: None, with_bins: true }
}

fn places(rows: &[PointRow]) -> Vec<(i64, i64, &str)> {
    rows.iter().map(|row| (row.point.at.0, row.point.span_ms, row.unit.as_str())).collect()
}

async fn points_of_one_place_become_one(place: Place) {
    let mut tx = place.store.begin(&place.world).await.unwrap();
    let twice = [of_latency(60_000, 60_000, &[3.0]), of_latency(60_000, 60_000, &[1.5, 0.1])];
    add(&mut tx, &twice).await;
    add(&mut tx, &[of_latency(60_000, 60_000, &[0.2]), of_latency(120_000, 60_000, &[9.0])]).await;
    tx.commit().await.unwrap();
    let rows = place.store.session().points(&place.world, &everything(&latency())).await.unwrap();
    assert_eq!(places(&rows), [(60_000, 60_000, "Microseconds"), (120_000, 60_000, "Microseconds")]);
    let first = &rows[0].point.datapoint;
    assert_eq!((first.count, first.min, first.max), (4.0, 0.1, 3.0));
    assert_eq!(first.sum.to_bits(), (3.0_f64 + (1.5 + 0.1) + 0.2).to_bits(), "to the last bit");
    assert_eq!(first.bins.as_ref().map(Bins::to_text).as_deref(), Some("0.1 0.2 1.5 3"));

    let mut tx = place.store.begin(&place.world).await.unwrap();
    let mut without_bins = of_latency(60_000, 60_000, &[5.0]);
    without_bins.point.datapoint.bins = None;
    add(&mut tx, &[without_bins]).await;
    let rows = tx.points(&place.world, &everything(&latency())).await.unwrap();
    assert_eq!((rows[0].point.datapoint.count, &rows[0].point.datapoint.bins), (5.0, &None));
    add(&mut tx, &[]).await;
}

async fn points_are_read_by_their_time_their_span_and_their_owner(place: Place) {
    let mut tx = place.store.begin(&place.world).await.unwrap();
    let points = [
        of_latency(60_000, 60_000, &[1.0]),
        of_latency(60_000, 10_000, &[2.0]),
        of_latency(120_000, 60_000, &[3.0]),
        point(latency(), "None", 90_000, 60_000, &[4.0]),
        of_errors(60_000, &[5.0]),
    ];
    add(&mut tx, &points).await;
    let read = async |tx: &mut Tx, query: PointQuery<'_>| -> Vec<f64> {
        let rows = tx.points(&place.world, &query).await.unwrap();
        rows.iter().map(|row| row.point.datapoint.sum).collect()
    };
    let latency = latency();
    let metric = everything(&latency);
    assert_eq!(read(&mut tx, metric).await, [2.0, 1.0, 4.0, 3.0], "all units, in the order of time");
    assert_eq!(read(&mut tx, everything(&errors())).await, [5.0]);
    assert_eq!(read(&mut tx, everything(&Metric::new("m", "ModelLatency", []))).await, [0.0; 0]);
    let from = PointQuery { from: Timestamp(90_000), ..metric };
    assert_eq!(read(&mut tx, from).await, [4.0, 3.0], "the beginning belongs to it");
    let until = PointQuery { until: Timestamp(90_000), ..metric };
    assert_eq!(read(&mut tx, until).await, [2.0, 1.0], "the end does not");
    assert_eq!(read(&mut tx, PointQuery { max_span_ms: Some(10_000), ..metric }).await, [2.0]);
    let bare = tx.points(&place.world, &PointQuery { with_bins: false, ..metric }).await.unwrap();
    assert!(bare.iter().all(|row| row.point.datapoint.bins.is_none()) && bare.len() == 4);
}

async fn many_points_are_added_at_once(place: Place) {
    let unit = |index: usize| format!("unit {}", index % 11);
    let at = |index: usize| i64::try_from(index).unwrap() * 1_000;
    let points: Vec<_> =
        (0..1_500).map(|index| point(latency(), &unit(index), at(index), 1_000, &[index as f64])).collect();
    let mut tx = place.store.begin(&place.world).await.unwrap();
    add(&mut tx, &points).await;
    add(&mut tx, &points).await;
    let rows = tx.points(&place.world, &everything(&latency())).await.unwrap();
    assert_eq!(rows.len(), 1_500);
    for (index, row) in rows.iter().enumerate() {
        assert_eq!((row.point.at.0, row.point.datapoint.count), (at(index), 2.0), "each was added twice");
        assert_eq!(row.unit, unit(index));
    }
    let metrics = tx.list_metrics(&place.world, &MetricQuery::default()).await.unwrap();
    assert_eq!(metrics[0].last, Timestamp(1_499_000), "the newest point, whatever part it came in");
}

async fn metrics_are_listed_once_for_all_their_units(place: Place) {
    let mut tx = place.store.begin(&place.world).await.unwrap();
    add(&mut tx, &[of_latency(120_000, 60_000, &[1.0]), of_errors(60_000, &[1.0])]).await;
    add(&mut tx, &[of_latency(60_000, 60_000, &[1.0])]).await;
    add(&mut tx, &[point(latency(), "None", 90_000, 60_000, &[1.0])]).await;
    let all = MetricQuery::default();
    let rows = tx.list_metrics(&place.world, &all).await.unwrap();
    assert_eq!(rows.len(), 2);
    assert_eq!((&rows[0].metric, rows[0].last), (&latency(), Timestamp(120_000)));
    assert_eq!(rows[1].metric, errors());
    let (of_latency, of_errors) = (latency().key(), errors().key());
    for (query, expected) in [
        (MetricQuery { limit: Some(1), ..all.clone() }, vec![latency()]),
        (MetricQuery { after: Some(&of_latency), ..all.clone() }, vec![errors()]),
        (MetricQuery { after: Some(&of_errors), ..all.clone() }, vec![]),
        (MetricQuery { name: Some("errors"), ..all.clone() }, vec![errors()]),
        (MetricQuery { name: Some("Errors"), ..all.clone() }, vec![]),
        (MetricQuery { namespace: Some("other"), ..all.clone() }, vec![]),
        (MetricQuery { active_from: Some(Timestamp(60_001)), ..all.clone() }, vec![latency()]),
    ] {
        let found = tx.list_metrics(&place.world, &query).await.unwrap();
        let found: Vec<_> = found.into_iter().map(|row| row.metric).collect();
        assert_eq!(found, expected, "{query:?}");
    }
}

async fn metrics_are_found_by_their_dimensions(place: Place) {
    let mut tx = place.store.begin(&place.world).await.unwrap();
    add(&mut tx, &[of_latency(0, 60_000, &[1.0]), of_errors(0, &[1.0])]).await;
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
        let metrics: Vec<_> = rows.into_iter().map(|row| row.metric).collect();
        let expected = if found { vec![latency()] } else { vec![] };
        assert_eq!(metrics, expected, "{dimensions:?}");
    }
}

async fn old_points_are_forgotten_and_series_without_points_too(place: Place) {
    let mut tx = place.store.begin(&place.world).await.unwrap();
    let points = [
        of_latency(60_000, 60_000, &[1.0]),
        of_latency(60_000, 10_000, &[2.0]),
        of_latency(120_000, 60_000, &[3.0]),
        of_errors(60_000, &[4.0]),
    ];
    add(&mut tx, &points).await;
    tx.forget_points(Timestamp(60_000)).await.unwrap();
    let rows = tx.points(&place.world, &everything(&latency())).await.unwrap();
    assert_eq!(rows.len(), 3, "that instant stays");
    assert_eq!(tx.list_metrics(&place.world, &MetricQuery::default()).await.unwrap().len(), 2);
    tx.forget_points(Timestamp(120_000)).await.unwrap();
    let left = tx.list_metrics(&place.world, &MetricQuery::default()).await.unwrap();
    assert_eq!(left.into_iter().map(|row| row.metric).collect::<Vec<_>>(), [latency()]);
    let rows = tx.points(&place.world, &everything(&latency())).await.unwrap();
    assert_eq!(places(&rows), [(120_000, 60_000, "Microseconds")]);
}

async fn worlds_do_not_share_points(mut place: Place) {
    for region in ["us-east-1", "eu-west-1"] {
        place.world.region = region.to_owned();
        let mut tx = place.store.begin(&place.world).await.unwrap();
        add(&mut tx, &[of_latency(0, 60_000, &[1.0])]).await;
        let rows = tx.points(&place.world, &everything(&latency())).await.unwrap();
        assert_eq!(rows.iter().map(|row| row.point.datapoint.count).collect::<Vec<_>>(), [1.0]);
        tx.commit().await.unwrap();
    }
}

async fn points_of_a_transaction_that_is_dropped_are_not_there(place: Place) {
    let mut tx = place.store.begin(&place.world).await.unwrap();
    add(&mut tx, &[of_latency(0, 60_000, &[1.0])]).await;
    drop(tx);
    let mut session = place.store.session();
    let rows = session.points(&place.world, &everything(&latency())).await.unwrap();
    assert_eq!(rows, []);
    assert_eq!(session.list_metrics(&place.world, &MetricQuery::default()).await.unwrap(), []);
}
