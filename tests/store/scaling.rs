//! Scalable targets, their rules, and what was done for them.

use sagebrush::clock::Timestamp;
use sagebrush::domain::alarm::AlarmState;
use sagebrush::store::scaling::{ActivityQuery, RuleKind, RuleQuery, RuleRow, TargetQuery, TargetRow};
use sagebrush::store::{Alarm, AlarmKind, AlarmQuery, Tagged, Tags, Tx};
use serde_json::json;

use super::{Place, stories};

stories! { on Manual;
    targets_are_found_by_all_their_names_and_counted
    what_is_due_comes_in_order_and_wakes_the_world
    rules_go_with_their_target_and_are_listed_in_pages
    activities_are_in_order_and_kept_for_six_weeks
    what_a_server_has_left_that_knew_of_no_targets_is_gone_with_the_first
    the_alarms_that_name_a_policy_are_found
}

fn target(resource: &str, id: &str, wake: Option<i64>) -> TargetRow {
    let (created, body) = (Timestamp(1_000), "{}".to_owned());
    TargetRow { resource: resource.to_owned(), id: id.to_owned(), created, body, wake: wake.map(Timestamp) }
}

fn rule(resource: &str, name: &str, wake: Option<i64>) -> RuleRow {
    let (created, body) = (Timestamp(1_000), "{}".to_owned());
    let (resource, name, id) = (resource.to_owned(), name.to_owned(), format!("id of {name}"));
    RuleRow { resource, name, id, created, body, wake: wake.map(Timestamp) }
}

async fn insert(tx: &mut Tx, resource: &str, id: &str, endpoint: &str) {
    let tags = vec![("team".to_owned(), "x".to_owned())];
    tx.insert_target(&target(resource, id, None), endpoint, &tags).await.unwrap();
}

async fn targets_are_found_by_all_their_names_and_counted(place: Place) {
    let world = &place.world;
    let mut tx = place.store.begin(world).await.unwrap();
    assert_eq!(tx.world().scalable_targets, 0);
    insert(&mut tx, "b", "2", "Web").await;
    insert(&mut tx, "a", "1", "web").await;
    insert(&mut tx, "c", "3", "other").await;
    tx.save_target("b", &json!({"x": 1})).await.unwrap();
    tx.commit().await.unwrap();
    let mut session = place.store.session();
    assert_eq!(session.world(world).await.unwrap().scalable_targets, 3);
    let mut found = async |query: TargetQuery<'_>| {
        let rows = session.scalable_targets(world, &query).await.unwrap();
        rows.into_iter().map(|row| row.resource).collect::<Vec<_>>()
    };
    let all = TargetQuery::default();
    assert_eq!(found(all).await, ["a", "b", "c"]);
    assert_eq!(found(TargetQuery { endpoint: Some("WEB"), ..all }).await, ["a", "b"]);
    assert_eq!(found(TargetQuery { id: Some("3"), ..all }).await, ["c"]);
    assert_eq!(found(TargetQuery { after: Some("a"), limit: Some(1), ..all }).await, ["b"]);
    assert_eq!(found(TargetQuery { resources: Some(&["c".to_owned()]), ..all }).await, ["c"]);
    assert_eq!(found(TargetQuery { resources: Some(&[]), ..all }).await, [""; 0]);
    let mut session = place.store.session();
    let read: serde_json::Value = session.scalable_target(world, "b").await.unwrap().unwrap().read().unwrap();
    assert_eq!(read, json!({"x": 1}));
    let tagged = Tagged::ScalableTarget("2");
    assert_eq!(session.tags(world, tagged).await.unwrap().unwrap().len(), 1);
    let mut tx = place.store.begin(world).await.unwrap();
    assert!(tx.set_tags(world, tagged, &Tags::new()).await.unwrap());
    tx.delete_target("b").await.unwrap();
    assert_eq!((tx.world().scalable_targets, tx.tags(world, tagged).await.unwrap()), (2, None));
}

async fn what_is_due_comes_in_order_and_wakes_the_world(place: Place) {
    let mut tx = place.store.begin(&place.world).await.unwrap();
    assert_eq!(tx.due_targets(Timestamp(i64::MAX), 9).await.unwrap(), []);
    insert(&mut tx, "a", "1", "web").await;
    insert(&mut tx, "b", "2", "web").await;
    tx.wake_target("a", Timestamp(70)).await.unwrap();
    tx.wake_target("b", Timestamp(50)).await.unwrap();
    tx.wake_target("b", Timestamp(60)).await.unwrap();
    tx.put_scaling_rule(RuleKind::ScheduledAction, &rule("a", "late", Some(90))).await.unwrap();
    tx.put_scaling_rule(RuleKind::ScheduledAction, &rule("a", "early", Some(40))).await.unwrap();
    tx.put_scaling_rule(RuleKind::Policy, &rule("a", "policy", None)).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = place.store.begin(&place.world).await.unwrap();
    assert_eq!(tx.world().next_due, Some(Timestamp(40)));
    let targets = tx.due_targets(Timestamp(70), 9).await.unwrap();
    assert_eq!(targets, [(Timestamp(50), "b".to_owned()), (Timestamp(70), "a".to_owned())]);
    let actions = tx.due_scheduled_actions(Timestamp(89), 9).await.unwrap();
    assert_eq!(actions, [(Timestamp(40), "a".to_owned(), "early".to_owned())]);
    tx.put_scaling_rule(RuleKind::ScheduledAction, &rule("a", "early", None)).await.unwrap();
    tx.set_target_wake("b", None).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(place.store.session().world(&place.world).await.unwrap().next_due, Some(Timestamp(70)));
}

async fn rules_go_with_their_target_and_are_listed_in_pages(place: Place) {
    let world = &place.world;
    let mut tx = place.store.begin(world).await.unwrap();
    for resource in ["a", "b"] {
        insert(&mut tx, resource, resource, "web").await;
        for name in ["y", "x"] {
            tx.put_scaling_rule(RuleKind::Policy, &rule(resource, name, None)).await.unwrap();
        }
    }
    tx.put_scaling_rule(RuleKind::ScheduledAction, &rule("a", "x", None)).await.unwrap();
    let mut found = async |query: RuleQuery<'_>| {
        let rows = tx.scaling_rules(world, RuleKind::Policy, &query).await.unwrap();
        rows.into_iter().map(|row| row.resource + &row.name).collect::<Vec<_>>()
    };
    let all = RuleQuery::default();
    assert_eq!(found(all).await, ["ax", "ay", "bx", "by"]);
    assert_eq!(found(RuleQuery { resource: Some("b"), ..all }).await, ["bx", "by"]);
    assert_eq!(found(RuleQuery { names: Some(&["x".to_owned()]), ..all }).await, ["ax", "bx"]);
    assert_eq!(found(RuleQuery { after: Some(("a", "x")), limit: Some(2), ..all }).await, ["ay", "bx"]);
    tx.delete_scaling_rule(RuleKind::Policy, "a", "x").await.unwrap();
    assert!(tx.scaling_rule(world, RuleKind::Policy, "a", "x").await.unwrap().is_none());
    assert!(tx.scaling_rule(world, RuleKind::ScheduledAction, "a", "x").await.unwrap().is_some());
    tx.delete_target("a").await.unwrap();
    assert!(tx.scaling_rule(world, RuleKind::ScheduledAction, "a", "x").await.unwrap().is_none());
    assert_eq!(tx.scaling_rules(world, RuleKind::Policy, &all).await.unwrap().len(), 2);
}

async fn activities_are_in_order_and_kept_for_six_weeks(place: Place) {
    let (world, day) = (&place.world, 86_400_000);
    let mut tx = place.store.begin(world).await.unwrap();
    for (at, ended, scaled) in [(0, true, true), (1, false, true), (2, true, false), (3, true, true)] {
        let body = json!({"at": at});
        tx.append_activity(("a", "Web"), Timestamp(at * day), (ended, scaled), &body).await.unwrap();
    }
    let query = ActivityQuery {
        resource: Some("a"),
        from: Timestamp(day),
        with_not_scaled: false,
        before: None,
        limit: 9,
    };
    let numbers = async |tx: &mut Tx, query: ActivityQuery<'_>| {
        let rows = tx.activities(world, &query).await.unwrap();
        rows.into_iter().map(|row| row.number).collect::<Vec<_>>()
    };
    assert_eq!(numbers(&mut tx, query).await, [4, 2]);
    assert_eq!(numbers(&mut tx, ActivityQuery { with_not_scaled: true, ..query }).await, [4, 3, 2]);
    assert_eq!(numbers(&mut tx, ActivityQuery { before: Some(4), ..query }).await, [2]);
    assert_eq!(numbers(&mut tx, ActivityQuery { resource: Some("b"), ..query }).await, [0; 0]);
    assert_eq!(tx.activities_under_way(world, "WEB").await.unwrap().len(), 1);
    // What is under way is not forgotten.
    tx.append_activity(("a", "web"), Timestamp(60 * day), (true, true), &json!({})).await.unwrap();
    assert_eq!(numbers(&mut tx, ActivityQuery { from: Timestamp(0), ..query }).await, [5, 2]);
    tx.end_activity(2, &json!({"ended": true})).await.unwrap();
    assert_eq!(tx.activities_under_way(world, "web").await.unwrap(), []);
}

async fn what_a_server_has_left_that_knew_of_no_targets_is_gone_with_the_first(place: Place) {
    let mut tx = place.store.begin(&place.world).await.unwrap();
    tx.put_scaling_rule(RuleKind::Policy, &rule("a", "left", None)).await.unwrap();
    insert(&mut tx, "a", "1", "web").await;
    assert_eq!(tx.scaling_rules(&place.world, RuleKind::Policy, &RuleQuery::default()).await.unwrap(), []);
    tx.put_scaling_rule(RuleKind::Policy, &rule("a", "stays", None)).await.unwrap();
    insert(&mut tx, "b", "2", "web").await;
    assert_eq!(
        tx.scaling_rules(&place.world, RuleKind::Policy, &RuleQuery::default()).await.unwrap().len(),
        1
    );
}

async fn the_alarms_that_name_a_policy_are_found(place: Place) {
    let world = &place.world;
    let mut tx = place.store.begin(world).await.unwrap();
    for (name, body) in
        [("b", r#"{"AlarmActions":["x:policy:1"]}"#), ("a", r#"["x:policy:1"]"#), ("c", r#"[":Policy:"]"#)]
    {
        let at = Timestamp(1_000);
        let (configured, updated, transitioned) = (at, at, at);
        let alarm = Alarm {
            name: name.to_owned(),
            kind: AlarmKind::Metric,
            body: body.to_owned(),
            state: AlarmState::Ok,
            reason: String::new(),
            reason_data: None,
            configured,
            updated,
            transitioned,
        };
        tx.put_alarm(&alarm, &Tags::new()).await.unwrap();
    }
    let query = AlarmQuery { text: Some(":policy:"), ..AlarmQuery::default() };
    let found = tx.list_alarms(world, &query).await.unwrap();
    assert_eq!(found.into_iter().map(|alarm| alarm.name).collect::<Vec<_>>(), ["a", "b"]);
    tx.set_alarm_metrics("a", &["metric".to_owned()]).await.unwrap();
    tx.rouse_readers("metric", Timestamp(5)).await.unwrap();
    let due = tx.due_alarms(world, Timestamp(9), 9).await.unwrap();
    assert_eq!(
        due.into_iter().map(|(at, alarm)| (at.0, alarm.name)).collect::<Vec<_>>(),
        [(5, "a".to_owned())]
    );
}
