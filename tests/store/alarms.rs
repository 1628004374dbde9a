//! Alarms, their history, and what a guardrail sees of them.

use sagebrush::clock::{Timestamp, WorldClock};
use sagebrush::domain::alarm::AlarmState;
use sagebrush::domain::rules::Rules;
use sagebrush::store::{
    Alarm, AlarmKind, AlarmQuery, Effect, HistoryQuery, NewItem, Order, Tagged, Tags, Tx,
};

use super::sample::{in_service, watching};
use super::{Place, stories};

stories! { on Manual;
    an_alarm_is_put_again_but_keeps_its_tags
    alarms_are_listed_by_name_with_filters
    history_has_no_gaps_and_is_read_both_ways
    a_guardrail_sees_what_happened_in_its_window
    an_alarm_makes_its_watchers_due
    an_alarm_wakes_nobody_once_the_window_is_closed
    a_zero_byte_fails_nothing
    the_time_of_an_item_is_one_that_the_world_has_reached
}

fn alarm(name: &str, kind: AlarmKind, state: AlarmState) -> Alarm {
    let at = Timestamp(1_000);
    let (body, reason) = ("{}".to_owned(), "new".to_owned());
    let (configured, updated, transitioned) = (at, at, at);
    Alarm {
        name: name.to_owned(),
        kind,
        body,
        state,
        reason,
        reason_data: None,
        configured,
        updated,
        transitioned,
    }
}

async fn note(tx: &mut Tx, alarm: &str, at: i64, effect: Effect) -> i64 {
    let (kind, item_type) = (AlarmKind::Metric, "StateUpdate");
    let item = NewItem { alarm, kind, at: Timestamp(at), item_type, summary: "s", body: "{}", effect };
    tx.append_alarm_history(&item).await.unwrap()
}

/// The base time may go back between two commands; the second must not come before the first.
async fn the_time_of_an_item_is_one_that_the_world_has_reached(place: Place) {
    let mut tx = place.store.begin(&place.world).await.unwrap();
    let now = tx.now().plus_secs(60);
    let clock = tx.world().clock.moved_to(now, tx.begun_at());
    tx.set_clock(clock);
    note(&mut tx, "High", now.0, Effect::Entered(AlarmState::Ok)).await;
    note(&mut tx, "High", now.0 + 60_000, Effect::Entered(AlarmState::Alarm)).await;
    assert_eq!(tx.now(), now, "what is told ahead has not happened yet");
    tx.commit().await.unwrap();
    let mut tx = place.store.begin(&place.world).await.unwrap();
    let back = WorldClock { anchor_world: now.plus_secs(-9), ..tx.world().clock };
    tx.set_clock(back);
    assert_eq!(tx.now(), now);
}

async fn an_alarm_is_put_again_but_keeps_its_tags(place: Place) {
    let mut tx = place.store.begin(&place.world).await.unwrap();
    let tags: Tags = vec![("a".to_owned(), "b".to_owned())];
    tx.put_alarm(&alarm("High", AlarmKind::Metric, AlarmState::Ok), &tags).await.unwrap();
    let mut again = alarm("High", AlarmKind::Metric, AlarmState::Alarm);
    again.reason_data = Some("{\"x\":1}".to_owned());
    again.updated = Timestamp(2_000);
    tx.put_alarm(&again, &Vec::new()).await.unwrap();
    assert_eq!(tx.alarm(&place.world, "High").await.unwrap(), Some(again));
    assert_eq!(tx.alarm(&place.world, "high").await.unwrap(), None, "alarm names have case");
    assert_eq!(tx.tags(&place.world, Tagged::Alarm("High")).await.unwrap(), Some(tags));
    assert!(tx.delete_alarm("High").await.unwrap());
    assert!(!tx.delete_alarm("High").await.unwrap());
}

async fn alarms_are_listed_by_name_with_filters(place: Place) {
    let mut tx = place.store.begin(&place.world).await.unwrap();
    let (metric, composite) = (AlarmKind::Metric, AlarmKind::Composite);
    for (name, kind, state) in [
        ("b", metric, AlarmState::Ok),
        ("B_1", metric, AlarmState::Alarm),
        ("éa", composite, AlarmState::InsufficientData),
        ("a-b", metric, AlarmState::Ok),
        ("a b", composite, AlarmState::Ok),
    ] {
        tx.put_alarm(&alarm(name, kind, state), &Vec::new()).await.unwrap();
    }
    let list = async |tx: &mut Tx, query: AlarmQuery<'_>| -> Vec<String> {
        tx.list_alarms(&place.world, &query).await.unwrap().into_iter().map(|alarm| alarm.name).collect()
    };
    let all = AlarmQuery::default();
    assert_eq!(list(&mut tx, all.clone()).await, ["B_1", "a b", "a-b", "b", "éa"], "byte by byte");
    assert_eq!(
        list(&mut tx, AlarmQuery { after: Some("a b"), limit: Some(2), ..all.clone() }).await,
        ["a-b", "b"]
    );
    assert_eq!(list(&mut tx, AlarmQuery { prefix: Some("a"), ..all.clone() }).await, ["a b", "a-b"]);
    assert_eq!(list(&mut tx, AlarmQuery { prefix: Some("é"), ..all.clone() }).await, ["éa"]);
    assert_eq!(list(&mut tx, AlarmQuery { kind: Some(composite), ..all.clone() }).await, ["a b", "éa"]);
    assert_eq!(list(&mut tx, AlarmQuery { state: Some(AlarmState::Alarm), ..all.clone() }).await, ["B_1"]);
    let names = ["b".to_owned(), "nothing".to_owned(), "a b".to_owned()];
    assert_eq!(list(&mut tx, AlarmQuery { names: Some(&names), ..all.clone() }).await, ["a b", "b"]);
    assert_eq!(list(&mut tx, AlarmQuery { names: Some(&[]), ..all }).await, Vec::<String>::new());
}

async fn history_has_no_gaps_and_is_read_both_ways(place: Place) {
    let mut tx = place.store.begin(&place.world).await.unwrap();
    for (name, at) in [("a", 10), ("b", 10), ("a", 20), ("a", 30)] {
        note(&mut tx, name, at, Effect::Entered(AlarmState::Ok)).await;
    }
    assert_eq!(note(&mut tx, "b", 40, Effect::None).await, 5);
    let all = HistoryQuery::default();
    let seqs = async |tx: &mut Tx, query: HistoryQuery<'_>| -> Vec<i64> {
        tx.alarm_history(&place.world, &query).await.unwrap().into_iter().map(|item| item.seq).collect()
    };
    assert_eq!(seqs(&mut tx, all.clone()).await, [5, 4, 3, 2, 1]);
    assert_eq!(seqs(&mut tx, HistoryQuery { after: Some(4), limit: 2, ..all.clone() }).await, [3, 2]);
    let ascending = HistoryQuery { order: Order::Ascending, ..all.clone() };
    assert_eq!(seqs(&mut tx, HistoryQuery { after: Some(3), ..ascending.clone() }).await, [4, 5]);
    let of_a = HistoryQuery { alarm: Some("a"), until: Some(Timestamp(20)), ..ascending.clone() };
    assert_eq!(seqs(&mut tx, of_a).await, [1, 3], "the end belongs to it");
    assert_eq!(seqs(&mut tx, HistoryQuery { from: Some(Timestamp(30)), ..ascending.clone() }).await, [4, 5]);
    assert_eq!(
        seqs(&mut tx, HistoryQuery { item_type: Some("Action"), ..ascending.clone() }).await,
        [0_i64; 0]
    );
    assert_eq!(
        seqs(&mut tx, HistoryQuery { kind: Some(AlarmKind::Composite), ..ascending }).await,
        [0_i64; 0]
    );
    let items = tx.alarm_history(&place.world, &all).await.unwrap();
    assert_eq!((items[0].effect, items[1].effect), (Effect::None, Effect::Entered(AlarmState::Ok)));
}

async fn a_guardrail_sees_what_happened_in_its_window(place: Place) {
    let mut tx = place.store.begin(&place.world).await.unwrap();
    let (ok, high) = (AlarmState::Ok, AlarmState::Alarm);
    note(&mut tx, "a", 10, Effect::Entered(high)).await;
    note(&mut tx, "a", 20, Effect::Entered(ok)).await;
    note(&mut tx, "gone", 20, Effect::Entered(high)).await;
    let opened = note(&mut tx, "gone", 20, Effect::Deleted).await;
    note(&mut tx, "a", 30, Effect::Entered(high)).await;
    note(&mut tx, "a", 30, Effect::None).await;
    note(&mut tx, "a", 30, Effect::Entered(ok)).await;
    note(&mut tx, "b", 35, Effect::Entered(ok)).await;
    note(&mut tx, "a", 40, Effect::Entered(high)).await;
    let alarms = ["b", "a", "gone", "never"].map(str::to_owned);
    let seen = tx.observe(&place.world, &alarms, Some(opened), Timestamp(39)).await.unwrap();
    assert_eq!(seen.seq, 8, "what is later than now is not seen");
    let names: Vec<_> = seen.alarms.iter().map(|sight| sight.name.as_str()).collect();
    assert_eq!(names, ["b", "a", "gone", "never"]);
    assert_eq!(
        seen.alarms.iter().map(|sight| sight.at_open).collect::<Vec<_>>(),
        [None, Some(ok), None, None]
    );
    let changes = |index: usize| -> Vec<_> {
        seen.alarms[index].changes.iter().map(|change| (change.seq, change.at.0, change.to)).collect()
    };
    assert_eq!(changes(0), [(8, 35, Some(ok))]);
    assert_eq!(changes(1), [(5, 30, Some(high)), (7, 30, Some(ok))], "there and back still counts");
    assert_eq!((changes(2), changes(3)), (vec![], vec![]));
    let now = tx.observe(&place.world, &alarms, None, Timestamp(99)).await.unwrap();
    assert_eq!(now.seq, 9);
    assert_eq!(now.alarms[1].at_open, Some(high), "before it opens the state of the moment counts");
    assert!(now.alarms.iter().all(|sight| sight.changes.is_empty()));
    let nothing = tx.observe(&place.world, &alarms, None, Timestamp(5)).await.unwrap();
    assert_eq!((nothing.seq, nothing.alarms[1].at_open), (0, None));
}

async fn an_alarm_makes_its_watchers_due(place: Place) {
    let rules = Rules::default();
    let mut tx = place.store.begin(&place.world).await.unwrap();
    let at = tx.now();
    for name in ["w", "V"] {
        let mut row = tx.insert_endpoint(in_service(name, at), &Vec::new(), &rules).await.unwrap().unwrap();
        row.endpoint = watching(name, at, "high");
        tx.save_endpoint(&mut row, &rules).await.unwrap();
    }
    tx.commit().await.unwrap();
    let by_state = place.store.session().earliest_wake(&place.world, 0).await.unwrap();
    assert_eq!(by_state, Some(at.plus_secs(60)));

    let mut tx = place.store.begin(&place.world).await.unwrap();
    assert_eq!(tx.watchers("high").await.unwrap(), ["V", "w"]);
    assert_eq!(tx.watchers("low").await.unwrap(), Vec::<String>::new());
    note(&mut tx, "high", at.plus_secs(1).0, Effect::Entered(AlarmState::Ok)).await;
    note(&mut tx, "low", at.plus_secs(2).0, Effect::Entered(AlarmState::Alarm)).await;
    assert_eq!(tx.earliest_wake(&place.world, 0).await.unwrap(), by_state, "neither of them concerns it");
    note(&mut tx, "high", at.plus_secs(3).0, Effect::Entered(AlarmState::Alarm)).await;
    note(&mut tx, "high", at.plus_secs(4).0, Effect::Entered(AlarmState::Alarm)).await;
    tx.commit().await.unwrap();
    let world = place.store.session().world(&place.world).await.unwrap();
    assert_eq!(world.next_due, Some(at.plus_secs(3)), "the first one counts");
    let due = place.store.session().due_endpoints(&place.world, at.plus_secs(3), 9).await.unwrap();
    assert_eq!(due.len(), 2);
}

async fn an_alarm_wakes_nobody_once_the_window_is_closed(place: Place) {
    let rules = Rules::default();
    let mut tx = place.store.begin(&place.world).await.unwrap();
    let at = tx.now();
    let mut row = tx.insert_endpoint(watching("w", at, "high"), &Vec::new(), &rules).await.unwrap().unwrap();
    assert_eq!(tx.watchers("high").await.unwrap(), ["w"], "an insertion derives the watches too");
    row.endpoint = in_service("w", at);
    tx.save_endpoint(&mut row, &rules).await.unwrap();
    assert_eq!(tx.watchers("high").await.unwrap(), Vec::<String>::new());
    note(&mut tx, "high", at.plus_secs(3).0, Effect::Entered(AlarmState::Alarm)).await;
    tx.commit().await.unwrap();
    assert_eq!(place.store.session().world(&place.world).await.unwrap().next_due, None);
}

async fn a_zero_byte_fails_nothing(place: Place) {
    let mut tx = place.store.begin(&place.world).await.unwrap();
    let mut odd = alarm("a", AlarmKind::Metric, AlarmState::Ok);
    odd.reason = String::from("be\0fore");
    tx.put_alarm(&odd, &Vec::new()).await.unwrap();
    let stored = tx.alarm(&place.world, "a").await.unwrap().expect("it is there");
    assert_eq!(stored.reason, "be\u{fffd}fore");
    assert_eq!(tx.alarm(&place.world, "a\0").await.unwrap(), None);
}
