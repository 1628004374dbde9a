//! Endpoints: states, versions, due times, lists.

use sagebrush::clock::Timestamp;
use sagebrush::domain::rules::Rules;
use sagebrush::store::{EndpointRow, ListQuery, Order, Saved, Sort, Tagged, Tags, Tx};

use super::sample::{creating, in_service, watching};
use super::{Place, stories};

stories! { on Manual;
    an_endpoint_comes_back_as_it_was_stored
    a_name_is_taken_until_its_endpoint_is_gone
    a_row_that_moved_on_is_not_overwritten
    due_endpoints_come_by_instant_and_then_by_name
    a_fault_puts_a_step_off_until_one_succeeds
    a_list_shows_and_filters_the_derived_columns
    saving_a_state_leaves_the_tags_alone
}

async fn insert(tx: &mut Tx, endpoint: sagebrush::domain::endpoint::Endpoint) -> Option<EndpointRow> {
    tx.insert_endpoint(endpoint, &Tags::new(), &Rules::default()).await.unwrap()
}

async fn an_endpoint_comes_back_as_it_was_stored(place: Place) {
    let mut tx = place.store.begin(&place.world).await.unwrap();
    let at = tx.now();
    for endpoint in
        [creating("Creating", at).next.unwrap(), in_service("In-Service", at), watching("w", at, "high")]
    {
        let stored = insert(&mut tx, endpoint.clone()).await.expect("a free name");
        let name = endpoint.name.to_uppercase();
        let found = tx.endpoint(&place.world, &name).await.unwrap().expect("found ignoring case");
        assert_eq!(found, stored);
        assert_eq!((found.version, found.endpoint), (1, endpoint));
    }
    tx.commit().await.unwrap();
    assert!(place.store.session().endpoint(&place.world, "w").await.unwrap().is_some());
    assert_eq!(place.store.session().endpoint(&place.world, "v").await.unwrap(), None);
}

async fn a_name_is_taken_until_its_endpoint_is_gone(place: Place) {
    let mut tx = place.store.begin(&place.world).await.unwrap();
    let at = tx.now();
    let first = insert(&mut tx, in_service("e", at)).await.expect("a free name");
    assert_eq!(insert(&mut tx, in_service("E", at)).await, None);
    assert_eq!(tx.delete_endpoint(&first, at).await.unwrap(), Saved::Done);
    let second = insert(&mut tx, in_service("E", at)).await.expect("the name is free again");
    assert_ne!(first.id, second.id);
    assert_eq!(tx.delete_endpoint(&first, at).await.unwrap(), Saved::Outdated, "the first is gone");
    tx.commit().await.unwrap();
}

async fn a_row_that_moved_on_is_not_overwritten(place: Place) {
    let rules = Rules::default();
    let mut tx = place.store.begin(&place.world).await.unwrap();
    let at = tx.now();
    let mut row = insert(&mut tx, in_service("e", at)).await.unwrap();
    let mut old = row.clone();
    row.endpoint.failure_reason = Some("first".to_owned());
    assert_eq!(tx.save_endpoint(&mut row, &rules).await.unwrap(), Saved::Done);
    assert_eq!(row.version, 2);
    old.endpoint.failure_reason = Some("second".to_owned());
    assert_eq!(tx.save_endpoint(&mut old, &rules).await.unwrap(), Saved::Outdated);
    assert_eq!(tx.delete_endpoint(&old, at).await.unwrap(), Saved::Outdated);
    tx.commit().await.unwrap();
    assert_eq!(place.store.session().endpoint(&place.world, "e").await.unwrap(), Some(row));
}

async fn due_endpoints_come_by_instant_and_then_by_name(place: Place) {
    let mut tx = place.store.begin(&place.world).await.unwrap();
    let at = tx.now();
    for (name, secs) in [("b", 10), ("Z", 0), ("C", 10), ("a", 10), ("d", 11)] {
        insert(&mut tx, creating(name, at.plus_secs(secs)).next.unwrap()).await.unwrap();
    }
    insert(&mut tx, in_service("rests", at)).await.unwrap();
    let due = tx.due_endpoints(&place.world, at.plus_secs(10), 10).await.unwrap();
    let order: Vec<_> = due.iter().map(|(at, row)| (*at, row.endpoint.name.as_str())).collect();
    let ten = at.plus_secs(10);
    assert_eq!(order, [(at, "Z"), (ten, "a"), (ten, "b"), (ten, "C")]);
    assert_eq!(tx.due_endpoints(&place.world, at.plus_secs(99), 2).await.unwrap(), due[..2]);
    assert_eq!(tx.earliest_wake(&place.world, 0).await.unwrap(), Some(at));
}

async fn a_fault_puts_a_step_off_until_one_succeeds(place: Place) {
    let mut tx = place.store.begin(&place.world).await.unwrap();
    let (at, rules) = (tx.now(), Rules::default());
    let mut row = insert(&mut tx, creating("e", at).next.unwrap()).await.unwrap();
    let (natural, version) = (row.wake, row.version);
    let stored = async |tx: &mut Tx| tx.endpoint(&place.world, "e").await.unwrap().unwrap();
    for (faults, again) in [(1, at.plus_secs(1)), (2, at.plus_secs(3))] {
        tx.put_off_endpoint(&mut row, faults, again).await.unwrap();
        assert_eq!((row.faults, row.wake, row.version), (faults, Some(again), version));
        assert_eq!(stored(&mut tx).await, row);
        assert_eq!(tx.due_endpoints(&place.world, again, 9).await.unwrap(), [(again, row.clone())]);
    }
    assert_eq!(tx.earliest_wake(&place.world, 2).await.unwrap(), row.wake);
    assert_eq!(tx.earliest_wake(&place.world, 1).await.unwrap(), None, "it has failed more often");
    tx.wake_endpoint(&mut row, Some(at)).await.unwrap();
    assert_eq!((row.faults, stored(&mut tx).await), (0, row.clone()), "a look that succeeds forgets them");
    tx.put_off_endpoint(&mut row, 3, at.plus_secs(7)).await.unwrap();
    assert_eq!(tx.save_endpoint(&mut row, &rules).await.unwrap(), Saved::Done);
    assert_eq!((row.faults, row.wake), (0, natural));
    assert_eq!(stored(&mut tx).await, row, "and so does a change");
}

async fn a_list_shows_and_filters_the_derived_columns(place: Place) {
    let mut tx = place.store.begin(&place.world).await.unwrap();
    let at = tx.now();
    insert(&mut tx, in_service("rests", at)).await.unwrap();
    insert(&mut tx, creating("begins", at.plus_secs(1)).next.unwrap()).await.unwrap();
    let mut moved = in_service("moved", at.plus_secs(2));
    moved.modified_at = at.plus_secs(9);
    insert(&mut tx, moved).await.unwrap();
    let all = ListQuery { sort: Sort::Status, order: Order::Ascending, ..ListQuery::default() };
    let page = tx.list_endpoints(&place.world, &all).await.unwrap();
    let lines: Vec<_> = page.items.iter().map(|item| (item.name.as_str(), item.status.as_str())).collect();
    assert_eq!(lines, [("begins", "Creating"), ("rests", "InService"), ("moved", "InService")]);
    assert_eq!((page.items[2].created, page.items[2].modified), (at.plus_secs(2), at.plus_secs(9)));
    let names = async |tx: &mut Tx, query: ListQuery<'_>| -> Vec<String> {
        let page = tx.list_endpoints(&place.world, &query).await.unwrap();
        page.items.into_iter().map(|item| item.name).collect()
    };
    let in_service = ListQuery { status: Some("InService"), ..ListQuery::default() };
    assert_eq!(names(&mut tx, in_service).await, ["moved", "rests"]);
    let modified = ListQuery { modified_from: Some(at.plus_secs(9)), ..ListQuery::default() };
    assert_eq!(names(&mut tx, modified).await, ["moved"]);
    let unmodified = ListQuery { modified_before: Some(at.plus_secs(1)), ..ListQuery::default() };
    assert_eq!(names(&mut tx, unmodified).await, ["rests"]);
    let first = ListQuery { sort: Sort::Status, limit: 1, ..ListQuery::default() };
    let after = tx.list_endpoints(&place.world, &first).await.unwrap().next;
    let second = ListQuery { after, ..first };
    assert_eq!(names(&mut tx, second).await, ["rests"], "ties go back in the order of creation too");
}

async fn saving_a_state_leaves_the_tags_alone(place: Place) {
    let tags = vec![("k".to_owned(), "v".to_owned())];
    let mut tx = place.store.begin(&place.world).await.unwrap();
    let rules = Rules::default();
    let mut row = tx.insert_endpoint(in_service("e", Timestamp(5)), &tags, &rules).await.unwrap().unwrap();
    let more = vec![("k".to_owned(), "w".to_owned())];
    assert!(tx.set_tags(&place.world, Tagged::Endpoint("E"), &more).await.unwrap());
    assert_eq!(tx.save_endpoint(&mut row, &rules).await.unwrap(), Saved::Done);
    assert_eq!(tx.tags(&place.world, Tagged::Endpoint("e")).await.unwrap(), Some(more));
}
