//! Worlds: clocks, locks, due times, reset.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use sagebrush::clock::{Mode, Timestamp, wall_now};
use sagebrush::domain::rules::Rules;
use sagebrush::domain::world::WorldId;
use sagebrush::metrics::datapoint::Datapoint;
use sagebrush::metrics::metric::{Metric, Series};
use sagebrush::metrics::series::Point;
use sagebrush::store::{InstanceCount, Kind, ListQuery, MetricQuery, NewPoint, PointQuery, TrafficRow};

use super::sample::{creating, in_service};
use super::{Place, stories};

stories! { on Real;
    a_new_world_begins_at_the_real_time_in_the_servers_mode
    the_clock_of_a_world_is_kept_and_is_its_own
    a_transaction_that_is_dropped_has_not_happened
    transactions_of_a_world_come_one_after_the_other
    a_worlds_due_time_is_the_earliest_wake_of_its_endpoints
    a_manual_clock_wakes_nobody
    due_worlds_come_in_the_order_of_their_waiting
    time_never_goes_back_behind_what_was_reached
    reset_of_a_world_leaves_the_others
    reset_of_all_leaves_nothing
    a_reset_leaves_no_metrics_traffic_behaviours_or_instances
    a_reset_in_between_disturbs_nobody
    launches_are_counted_for_each_model
    a_look_at_a_world_does_not_begin_it
    accounts_and_regions_are_listed_once_in_their_order_and_not_all_of_many
}

async fn a_new_world_begins_at_the_real_time_in_the_servers_mode(place: Place) {
    let before = wall_now();
    let world = place.store.session().world(&place.world).await.unwrap();
    assert_eq!((world.clock.mode, world.next_due), (Mode::Real, None));
    assert!(world.clock.anchor_world.ms_since(before).abs() < 60_000, "{world:?}");
    assert_eq!(place.store.session().world(&place.world).await.unwrap(), world, "it begins once");
    let now = place.store.session().world_now(&place.world).await.unwrap();
    assert!((0..60_000).contains(&now.ms_since(world.clock.anchor_world)));
}

async fn the_clock_of_a_world_is_kept_and_is_its_own(place: Place) {
    let mut tx = place.store.begin(&place.world).await.unwrap();
    let mode = Mode::Scaled { rate_milli: 60_000 };
    let clock =
        tx.world().clock.with_mode(mode, tx.begun_at()).moved_to(Timestamp(4_000_000_000_000), tx.begun_at());
    tx.set_clock(clock);
    assert_eq!(tx.now(), Timestamp(4_000_000_000_000));
    tx.commit().await.unwrap();
    let world = place.store.session().world(&place.world).await.unwrap();
    assert_eq!((world.clock, world.version), (clock, 2));
    let other = place.store.session().world(&WorldId::new("123456789012", "eu-west-1")).await.unwrap();
    assert_eq!(other.clock.mode, Mode::Real);
}

async fn a_transaction_that_is_dropped_has_not_happened(place: Place) {
    let mut tx = place.store.begin(&place.world).await.unwrap();
    let now = tx.now();
    tx.insert_endpoint(in_service("e", now), &Vec::new(), &Rules::default()).await.unwrap();
    tx.insert_definition(&place.world.clone(), Kind::Model, "m", "{}", &Vec::new()).await.unwrap();
    drop(tx);
    let mut session = place.store.session();
    assert_eq!(session.endpoint(&place.world, "e").await.unwrap(), None);
    assert_eq!(session.definition(&place.world, Kind::Model, "m").await.unwrap(), None);
}

async fn transactions_of_a_world_come_one_after_the_other(place: Place) {
    let (inside, most) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
    let tasks: Vec<_> = (0..12)
        .map(|_| {
            let (store, world) = (place.store.clone(), place.world.clone());
            let (inside, most) = (Arc::clone(&inside), Arc::clone(&most));
            tokio::spawn(async move {
                let mut tx = store.begin(&world).await.unwrap();
                most.fetch_max(inside.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                let launched = tx.launches(&world, "model").await.unwrap();
                let after = tx.add_launches(&world, "model", 1).await.unwrap();
                inside.fetch_sub(1, Ordering::SeqCst);
                tx.commit().await.unwrap();
                assert_eq!(after, launched + 1, "nobody came in between");
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(most.load(Ordering::SeqCst), 1);
    assert_eq!(place.store.session().launches(&place.world, "model").await.unwrap(), 12);
}

async fn a_worlds_due_time_is_the_earliest_wake_of_its_endpoints(place: Place) {
    let rules = Rules::default();
    let mut tx = place.store.begin(&place.world).await.unwrap();
    let at = tx.now().plus_secs(100);
    let late =
        tx.insert_endpoint(creating("late", at.plus_secs(50)).next.unwrap(), &Vec::new(), &rules).await;
    let soon = tx.insert_endpoint(creating("soon", at).next.unwrap(), &Vec::new(), &rules).await;
    tx.commit().await.unwrap();
    let (late, mut soon) = (late.unwrap().unwrap(), soon.unwrap().unwrap());
    let world = place.store.session().world(&place.world).await.unwrap();
    assert_eq!(world.next_due, soon.endpoint.wake_at());
    assert_eq!(place.store.nearest_wake().await.unwrap(), world.wake_at());

    let mut tx = place.store.begin(&place.world).await.unwrap();
    soon.endpoint = in_service("soon", at);
    tx.save_endpoint(&mut soon, &rules).await.unwrap();
    tx.commit().await.unwrap();
    let world = place.store.session().world(&place.world).await.unwrap();
    assert_eq!(world.next_due, late.endpoint.wake_at());

    let mut tx = place.store.begin(&place.world).await.unwrap();
    tx.delete_endpoint(&late, at).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(place.store.session().world(&place.world).await.unwrap().next_due, None);
    assert_eq!(place.store.nearest_wake().await.unwrap(), None);
}

async fn a_manual_clock_wakes_nobody(place: Place) {
    let mut tx = place.store.begin(&place.world).await.unwrap();
    let now = tx.now();
    tx.insert_endpoint(creating("e", now).next.unwrap(), &Vec::new(), &Rules::default()).await.unwrap();
    tx.set_clock(tx.world().clock.with_mode(Mode::Manual, tx.begun_at()));
    tx.commit().await.unwrap();
    assert!(place.store.session().world(&place.world).await.unwrap().next_due.is_some());
    assert_eq!(place.store.nearest_wake().await.unwrap(), None);
    assert_eq!(place.store.due_worlds(10).await.unwrap(), []);
    let mut tx = place.store.begin(&place.world).await.unwrap();
    tx.set_clock(tx.world().clock.with_mode(Mode::Real, tx.begun_at()));
    tx.commit().await.unwrap();
    assert!(place.store.nearest_wake().await.unwrap().is_some(), "running again, it wakes");
}

async fn due_worlds_come_in_the_order_of_their_waiting(place: Place) {
    for (region, ago) in [("a", 300), ("b", 500), ("c", 400), ("d", -500)] {
        let world = WorldId::new("123456789012", region);
        let mut tx = place.store.begin(&world).await.unwrap();
        let mut clock = tx.world().clock;
        clock.anchor_world = clock.anchor_world.plus_secs(-100_000);
        clock.anchor_base = clock.anchor_base.plus_secs(-100_000);
        tx.set_clock(clock);
        let at = tx.begun_at().plus_secs(-ago);
        tx.insert_endpoint(creating("e", at).next.unwrap(), &Vec::new(), &Rules::default()).await.unwrap();
        tx.commit().await.unwrap();
    }
    let due: Vec<_> = place.store.due_worlds(10).await.unwrap().into_iter().map(|id| id.region).collect();
    assert_eq!(due, ["b", "c", "a"]);
    assert_eq!(place.store.due_worlds(1).await.unwrap().len(), 1);
    let tx =
        place.store.try_begin(&WorldId::new("123456789012", "b")).await.unwrap().expect("nobody holds it");
    assert!(tx.world().wake_at() <= Some(tx.begun_at()));
    drop(tx);
    assert!(
        place.store.try_begin(&WorldId::new("123456789012", "z")).await.unwrap().is_none(),
        "no such world"
    );
}

async fn time_never_goes_back_behind_what_was_reached(place: Place) {
    let mut tx = place.store.begin(&place.world).await.unwrap();
    let far = tx.now().plus_secs(1_000_000);
    tx.set_reached(far);
    tx.set_reached(far.plus_secs(-5));
    assert_eq!(tx.now(), far);
    tx.commit().await.unwrap();
    assert_eq!(place.store.session().world_now(&place.world).await.unwrap(), far);
    let tx = place.store.begin(&place.world).await.unwrap();
    assert_eq!((tx.world().reached, tx.now()), (far, far));
}

async fn reset_of_a_world_leaves_the_others(place: Place) {
    let other = WorldId::new("123456789012", "eu-west-1");
    for world in [&place.world, &other] {
        let mut tx = place.store.begin(world).await.unwrap();
        tx.set_clock(tx.world().clock.with_mode(Mode::Manual, tx.begun_at()));
        let now = tx.now();
        tx.insert_endpoint(in_service("e", now), &Vec::new(), &Rules::default()).await.unwrap();
        tx.add_launches(world, "model", 3).await.unwrap();
        tx.commit().await.unwrap();
    }
    place.store.reset(&place.world).await.unwrap();
    let mut session = place.store.session();
    assert_eq!(session.endpoint(&place.world, "e").await.unwrap(), None);
    assert_eq!(session.launches(&place.world, "model").await.unwrap(), 0);
    assert_eq!(session.world(&place.world).await.unwrap().clock.mode, Mode::Real, "the server's mode again");
    assert!(session.endpoint(&other, "e").await.unwrap().is_some());
    assert_eq!(session.world(&other).await.unwrap().clock.mode, Mode::Manual);
}

async fn reset_of_all_leaves_nothing(place: Place) {
    let mut tx = place.store.begin(&place.world).await.unwrap();
    let now = tx.now();
    let transition = creating("e", now);
    let row =
        tx.insert_endpoint(transition.next.unwrap(), &Vec::new(), &Rules::default()).await.unwrap().unwrap();
    let record = transition.record.expect("a creation is a deployment");
    tx.save_deployment("e", &row.id, &record).await.unwrap();
    tx.append_events(&record.id, &transition.events).await.unwrap();
    tx.insert_definition(&place.world, Kind::Model, "m", "{}", &Vec::new()).await.unwrap();
    tx.commit().await.unwrap();
    place.store.reset_all().await.unwrap();
    let mut session = place.store.session();
    assert_eq!(session.list_deployments(&place.world, None, 10).await.unwrap(), []);
    assert_eq!(session.events(&record.id).await.unwrap(), []);
    let models = session.list_definitions(&place.world, Kind::Model, &ListQuery::default()).await.unwrap();
    assert_eq!(models.items, []);
    assert_eq!(place.store.nearest_wake().await.unwrap(), None);
}

async fn a_reset_leaves_no_metrics_traffic_behaviours_or_instances(place: Place) {
    let (world, other) = (place.world.clone(), WorldId::new("123456789012", "eu-west-1"));
    let fill = async |world: &WorldId| {
        let mut tx = place.store.begin(world).await.unwrap();
        let now = tx.now();
        let e = in_service("e", now);
        let row = tx.insert_endpoint(e, &Vec::new(), &Rules::default()).await.unwrap().unwrap();
        let id = row.id;
        let (since, done, wake) = (now, now, Some(now));
        let traffic = TrafficRow { endpoint_id: id.clone(), demand: 1, since, done, load: 1, wake };
        tx.put_traffic(&traffic).await.unwrap();
        tx.put_behaviour("model", &1).await.unwrap();
        let (variant, config, instance_type) = ("v".to_owned(), "c".to_owned(), "t".to_owned());
        let count = InstanceCount { variant, config, instance_type, instances: 1, report_ms: 60_000 };
        tx.set_instances(&id, "e", &[count], now).await.unwrap();
        let series = Series::new(Metric::new("n", "m", []), None);
        let point = Point { at: now, span_ms: 1, datapoint: Datapoint::of(1.0, 1.0) };
        tx.add_points(&[NewPoint { series, point }], now).await.unwrap();
        tx.commit().await.unwrap();
        id
    };
    let count = async |world: &WorldId, endpoint_id: &str| -> [usize; 5] {
        let (mut session, ever) = (place.store.session(), (Timestamp(0), Timestamp(i64::MAX)));
        let metric = &Metric::new("n", "m", []);
        let query = PointQuery { metric, from: ever.0, until: ever.1, max_span_ms: None, with_bins: true };
        let models = ["model".to_owned()];
        [
            session.points(world, &query).await.unwrap().len(),
            session.list_metrics(world, &MetricQuery::default()).await.unwrap().len(),
            session.behaviours::<u32>(world, &models).await.unwrap().len(),
            session.instance_spans(world, "e", None, ever.0, ever.1).await.unwrap().len(),
            session.traffic::<u32, u32>(endpoint_id).await.unwrap().into_iter().count(),
        ]
    };
    let (id, others) = (fill(&world).await, fill(&other).await);
    assert_eq!([count(&world, &id).await, count(&other, &others).await], [[1; 5]; 2]);
    place.store.reset(&world).await.unwrap();
    assert_eq!([count(&world, &id).await, count(&other, &others).await], [[0; 5], [1; 5]]);
    place.store.reset_all().await.unwrap();
    assert_eq!(count(&other, &others).await, [0; 5]);
    assert_eq!(place.store.nearest_wake().await.unwrap(), None);
}

async fn a_reset_in_between_disturbs_nobody(place: Place) {
    let tasks: Vec<_> = (0..24)
        .map(|index| {
            let (store, world) = (place.store.clone(), place.world.clone());
            tokio::spawn(async move {
                match index % 4 {
                    0 => store.reset(&world).await.unwrap(),
                    1 => store.reset_all().await.unwrap(),
                    _ => {
                        let mut tx = store.begin(&world).await.unwrap();
                        let now = tx.now();
                        let name = format!("e{index}");
                        tx.insert_endpoint(in_service(&name, now), &Vec::new(), &Rules::default())
                            .await
                            .unwrap();
                        tx.commit().await.unwrap();
                    }
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(place.store.session().world(&place.world).await.unwrap().clock.mode, Mode::Real);
}

async fn launches_are_counted_for_each_model(place: Place) {
    let mut session = place.store.session();
    assert_eq!(session.launches(&place.world, "a").await.unwrap(), 0);
    assert_eq!(session.add_launches(&place.world, "a", 3).await.unwrap(), 3);
    assert_eq!(session.add_launches(&place.world, "a", 4).await.unwrap(), 7);
    assert_eq!(session.add_launches(&place.world, "b", 1).await.unwrap(), 1);
    assert_eq!(session.launches(&place.world, "a").await.unwrap(), 7);
}

async fn a_look_at_a_world_does_not_begin_it(place: Place) {
    let mut session = place.store.session();
    let seen = session.seen_world(&place.world).await.unwrap();
    assert_eq!(seen.clock.mode, Mode::Real, "as it would begin");
    assert_eq!(session.known_world(&place.world).await.unwrap(), None);
    let begun = session.world(&place.world).await.unwrap();
    assert_eq!(session.seen_world(&place.world).await.unwrap(), begun);
}

async fn accounts_and_regions_are_listed_once_in_their_order_and_not_all_of_many(place: Place) {
    let mut session = place.store.session();
    assert_eq!(session.accounts_and_regions(9).await.unwrap(), [Vec::<String>::new(), Vec::new()]);
    let [first, second, third] = ["000000000001", "000000000002", "000000000003"];
    for (account, region) in [(third, "a"), (first, "b"), (second, "a"), (first, "a")] {
        session.world(&WorldId::new(account, region)).await.unwrap();
    }
    let all = session.accounts_and_regions(9).await.unwrap();
    assert_eq!(all, [vec![first, second, third], vec!["a", "b"]]);
    assert_eq!(session.accounts_and_regions(1).await.unwrap(), [[first], ["a"]]);
}
