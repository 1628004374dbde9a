//! When time alone does something: alarms that sleep and wake, and traffic, beside endpoints.

use sagebrush::clock::Timestamp;
use sagebrush::domain::alarm::AlarmState;
use sagebrush::domain::rules::Rules;
use sagebrush::metrics::datapoint::Datapoint;
use sagebrush::metrics::metric::{Metric, Series};
use sagebrush::metrics::series::Point;
use sagebrush::store::{Alarm, AlarmKind, EndpointRow, NewPoint, Tags, TrafficRow, Tx};
use serde_json::json;

use super::sample::{creating, in_service};
use super::{Place, stories};

stories! { on Manual;
    a_new_alarm_sleeps_and_is_due_when_it_is_told_to
    due_alarms_come_metric_alarms_first
    a_point_wakes_the_sleeping_alarms_that_read_its_metric
    what_an_alarm_reads_is_forgotten_with_it
    an_alarm_that_is_put_again_keeps_its_next_evaluation
    traffic_is_kept_moved_on_and_ended
    traffic_goes_with_its_endpoint
    a_world_is_due_when_the_first_of_its_things_is
}

/// What a story says is asked for.
type Traffic = TrafficRow<serde_json::Value, Vec<u32>>;

async fn put(tx: &mut Tx, name: &str, kind: AlarmKind) {
    let at = Timestamp(1_000);
    let alarm = Alarm {
        name: name.to_owned(),
        kind,
        body: "{}".to_owned(),
        state: AlarmState::InsufficientData,
        reason: String::new(),
        reason_data: None,
        configured: at,
        updated: at,
        transitioned: at,
    };
    tx.put_alarm(&alarm, &Tags::new()).await.unwrap();
}

async fn due(tx: &mut Tx, until: i64) -> Vec<(i64, String)> {
    let world = tx.id().clone();
    let due = tx.due_alarms(&world, Timestamp(until), 9).await.unwrap();
    due.into_iter().map(|(at, alarm)| (at.0, alarm.name)).collect()
}

fn metric(name: &str) -> Metric {
    Metric::new("n", name, [])
}

async fn add_point(tx: &mut Tx, name: &str, wake_at: i64) {
    let series = Series::new(metric(name), None);
    let point = Point { at: Timestamp(60_000), span_ms: 60_000, datapoint: Datapoint::of(1.0, 1.0) };
    tx.add_points(&[NewPoint { series, point }], Timestamp(wake_at)).await.unwrap();
}

async fn next_due(place: &Place) -> Option<Timestamp> {
    place.store.session().world(&place.world).await.unwrap().next_due
}

async fn insert(tx: &mut Tx, name: &str, at: Timestamp) -> EndpointRow {
    tx.insert_endpoint(in_service(name, at), &Tags::new(), &Rules::default()).await.unwrap().unwrap()
}

fn traffic(endpoint_id: &str, wake: Option<Timestamp>) -> Traffic {
    TrafficRow {
        endpoint_id: endpoint_id.to_owned(),
        demand: json!({"requests_per_second": 50}),
        since: Timestamp(1_000),
        done: Timestamp(2_000),
        load: vec![1, 2],
        wake,
    }
}

async fn a_new_alarm_sleeps_and_is_due_when_it_is_told_to(place: Place) {
    let mut tx = place.store.begin(&place.world).await.unwrap();
    put(&mut tx, "a", AlarmKind::Metric).await;
    assert_eq!(due(&mut tx, i64::MAX).await, []);
    assert!(tx.wake_alarm("a", Some(Timestamp(500))).await.unwrap());
    assert!(!tx.wake_alarm("A", Some(Timestamp(400))).await.unwrap(), "alarm names have case");
    assert_eq!(due(&mut tx, 499).await, []);
    assert_eq!(due(&mut tx, 500).await, [(500, "a".to_owned())]);
    assert!(tx.wake_alarm("a", None).await.unwrap());
    assert_eq!(due(&mut tx, i64::MAX).await, [], "it sleeps again");
}

async fn due_alarms_come_metric_alarms_first(place: Place) {
    let mut tx = place.store.begin(&place.world).await.unwrap();
    let (metric, composite) = (AlarmKind::Metric, AlarmKind::Composite);
    for (name, kind, at) in
        [("a", composite, 20), ("c", metric, 20), ("B", metric, 20), ("d", composite, 10), ("e", metric, 30)]
    {
        put(&mut tx, name, kind).await;
        tx.wake_alarm(name, Some(Timestamp(at))).await.unwrap();
    }
    let names: Vec<_> = due(&mut tx, 30).await.into_iter().map(|(_, name)| name).collect();
    assert_eq!(names, ["d", "B", "c", "a", "e"]);
    let two = tx.due_alarms(&place.world, Timestamp(30), 2).await.unwrap();
    assert_eq!(two.iter().map(|(_, alarm)| alarm.name.as_str()).collect::<Vec<_>>(), ["d", "B"]);
}

async fn a_point_wakes_the_sleeping_alarms_that_read_its_metric(place: Place) {
    let mut tx = place.store.begin(&place.world).await.unwrap();
    let keys = ["latency", "errors", "latency"].map(|name| metric(name).key());
    for name in ["both", "awake", "errors-only", "other"] {
        put(&mut tx, name, AlarmKind::Metric).await;
    }
    put(&mut tx, "composite", AlarmKind::Composite).await;
    for name in ["both", "awake", "composite"] {
        tx.set_alarm_metrics(name, &keys).await.unwrap();
    }
    tx.set_alarm_metrics("errors-only", &keys[1..2]).await.unwrap();
    tx.wake_alarm("awake", Some(Timestamp(900))).await.unwrap();
    add_point(&mut tx, "latency", 500).await;
    let awake = [(500, "both".to_owned()), (900, "awake".to_owned())];
    assert_eq!(due(&mut tx, i64::MAX).await, awake, "who is awake keeps its instant");
    add_point(&mut tx, "latency", 400).await;
    assert_eq!(due(&mut tx, i64::MAX).await, awake, "it wakes once");
    tx.commit().await.unwrap();
    assert_eq!(next_due(&place).await, Some(Timestamp(500)));

    let mut tx = place.store.begin(&place.world).await.unwrap();
    tx.wake_alarm("both", None).await.unwrap();
    tx.set_alarm_metrics("both", &keys[1..2]).await.unwrap();
    add_point(&mut tx, "latency", 600).await;
    assert_eq!(due(&mut tx, 899).await, [], "it does not read that any more");
    add_point(&mut tx, "errors", 700).await;
    let woken: Vec<_> = due(&mut tx, 899).await;
    assert_eq!(woken, [(700, "both".to_owned()), (700, "errors-only".to_owned())]);
    tx.set_alarm_metrics("both", &[]).await.unwrap();
    tx.wake_alarm("both", None).await.unwrap();
    add_point(&mut tx, "errors", 800).await;
    assert_eq!(due(&mut tx, 899).await, [(700, "errors-only".to_owned())]);
}

async fn what_an_alarm_reads_is_forgotten_with_it(place: Place) {
    let mut tx = place.store.begin(&place.world).await.unwrap();
    put(&mut tx, "a", AlarmKind::Metric).await;
    tx.set_alarm_metrics("a", &[metric("latency").key()]).await.unwrap();
    tx.wake_alarm("a", Some(Timestamp(500))).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(next_due(&place).await, Some(Timestamp(500)));
    let mut tx = place.store.begin(&place.world).await.unwrap();
    assert!(tx.delete_alarm("a").await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(next_due(&place).await, None, "nothing of the world is due any more");
    let mut tx = place.store.begin(&place.world).await.unwrap();
    put(&mut tx, "a", AlarmKind::Metric).await;
    add_point(&mut tx, "latency", 600).await;
    assert_eq!(due(&mut tx, i64::MAX).await, [], "a later alarm of that name reads nothing yet");
}

async fn an_alarm_that_is_put_again_keeps_its_next_evaluation(place: Place) {
    let mut tx = place.store.begin(&place.world).await.unwrap();
    put(&mut tx, "a", AlarmKind::Metric).await;
    tx.set_alarm_metrics("a", &[metric("latency").key()]).await.unwrap();
    tx.wake_alarm("a", Some(Timestamp(500))).await.unwrap();
    put(&mut tx, "a", AlarmKind::Metric).await;
    assert_eq!(due(&mut tx, 500).await, [(500, "a".to_owned())]);
    tx.wake_alarm("a", None).await.unwrap();
    add_point(&mut tx, "latency", 600).await;
    assert_eq!(due(&mut tx, 600).await, [(600, "a".to_owned())], "and what it reads");
}

async fn traffic_is_kept_moved_on_and_ended(place: Place) {
    let mut tx = place.store.begin(&place.world).await.unwrap();
    let at = tx.now();
    let (late, soon) = (insert(&mut tx, "A-late", at).await, insert(&mut tx, "soon", at).await);
    let tied = insert(&mut tx, "B-tied", at).await;
    for (row, wake) in [(&late, Some(30)), (&soon, Some(10)), (&tied, Some(30))] {
        tx.put_traffic(&traffic(&row.id, wake.map(Timestamp))).await.unwrap();
    }
    let stored = tx.traffic(&soon.id).await.unwrap();
    assert_eq!(stored, Some(traffic(&soon.id, Some(Timestamp(10)))));
    assert_eq!(tx.traffic("nobody").await.unwrap(), None::<Traffic>);
    let names = async |tx: &mut Tx, until: i64, limit: u32| -> Vec<(i64, String)> {
        let due = tx.due_traffic(&place.world, Timestamp(until), limit).await.unwrap();
        due.into_iter().map(|(at, name)| (at.0, name)).collect()
    };
    let all = [(10, "soon".to_owned()), (30, "A-late".to_owned()), (30, "B-tied".to_owned())];
    assert_eq!(names(&mut tx, 30, 9).await, all);
    assert_eq!(names(&mut tx, 30, 2).await, all[..2]);
    assert_eq!(names(&mut tx, 29, 9).await, all[..1]);

    let moved = tx.save_traffic_position(&soon.id, Timestamp(3_000), &vec![7], Some(Timestamp(40))).await;
    assert!(moved.unwrap());
    let expected =
        TrafficRow { done: Timestamp(3_000), load: vec![7], ..traffic(&soon.id, Some(Timestamp(40))) };
    assert_eq!(tx.traffic(&soon.id).await.unwrap(), Some(expected));
    tx.put_traffic(&traffic(&soon.id, None)).await.unwrap();
    assert_eq!(names(&mut tx, i64::MAX, 9).await, all[1..], "without an instant it is never due");
    assert!(tx.delete_traffic(&late.id).await.unwrap());
    assert!(!tx.delete_traffic(&late.id).await.unwrap());
    assert!(!tx.save_traffic_position(&late.id, Timestamp(1), &vec![0], None).await.unwrap());
    assert_eq!(names(&mut tx, i64::MAX, 9).await, all[2..]);
}

async fn traffic_goes_with_its_endpoint(place: Place) {
    let mut tx = place.store.begin(&place.world).await.unwrap();
    let at = tx.now();
    let row = insert(&mut tx, "e", at).await;
    tx.put_traffic(&traffic(&row.id, Some(Timestamp(10)))).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(next_due(&place).await, Some(Timestamp(10)));
    let mut tx = place.store.begin(&place.world).await.unwrap();
    tx.delete_endpoint(&row, at).await.unwrap();
    assert_eq!(tx.traffic(&row.id).await.unwrap(), None::<Traffic>);
    tx.commit().await.unwrap();
    assert_eq!(next_due(&place).await, None);
}

async fn a_world_is_due_when_the_first_of_its_things_is(place: Place) {
    let mut tx = place.store.begin(&place.world).await.unwrap();
    let at = tx.now();
    let created = creating("busy", at).next.unwrap();
    let by_state = created.wake_at().expect("its instances start");
    let busy = tx.insert_endpoint(created, &Tags::new(), &Rules::default()).await.unwrap().unwrap();
    put(&mut tx, "a", AlarmKind::Metric).await;
    let by_alarm = by_state.plus_secs(-10);
    tx.wake_alarm("a", Some(by_alarm)).await.unwrap();
    let by_traffic = by_state.plus_secs(-20);
    tx.put_traffic(&traffic(&busy.id, Some(by_traffic))).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(next_due(&place).await, Some(by_traffic));
    let mut tx = place.store.begin(&place.world).await.unwrap();
    tx.save_traffic_position(&busy.id, at, &vec![0], Some(by_state.plus_secs(99))).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(next_due(&place).await, Some(by_alarm));
    let mut tx = place.store.begin(&place.world).await.unwrap();
    tx.wake_alarm("a", None).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(next_due(&place).await, Some(by_state));
    let of_endpoints = place.store.session().earliest_wake(&place.world, 0).await.unwrap();
    assert_eq!(of_endpoints, Some(by_state));
    let mut tx = place.store.begin(&place.world).await.unwrap();
    tx.set_reached(at);
    tx.commit().await.unwrap();
    assert_eq!(next_due(&place).await, Some(by_state), "a commit that wakes nobody changes nothing");
}
