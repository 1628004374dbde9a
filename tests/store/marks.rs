//! Marks in a transaction: what fails after one takes nothing with it that was done before.

use sagebrush::clock::Timestamp;
use sagebrush::domain::rules::Rules;
use sagebrush::store::{EndpointRow, Error, Tags, Tx};

use super::sample::{creating, in_service, updating};
use super::{Place, stories};

stories! { on Manual;
    what_came_after_a_mark_can_be_undone_or_kept
    a_write_that_is_refused_leaves_a_transaction_that_goes_on
    a_transaction_that_goes_back_is_due_as_it_was
}

async fn insert(tx: &mut Tx, name: &str) -> EndpointRow {
    let at = tx.now();
    tx.insert_endpoint(in_service(name, at), &Tags::new(), &Rules::default()).await.unwrap().unwrap()
}

async fn is_there(place: &Place, name: &str) -> bool {
    place.store.session().endpoint(&place.world, name).await.unwrap().is_some()
}

async fn what_came_after_a_mark_can_be_undone_or_kept(place: Place) {
    let mut tx = place.store.begin(&place.world).await.unwrap();
    insert(&mut tx, "before").await;
    let outer = tx.mark().await.unwrap();
    insert(&mut tx, "kept").await;
    let inner = tx.mark().await.unwrap();
    insert(&mut tx, "undone").await;
    tx.go_back(inner).await.unwrap();
    tx.keep(outer).await.unwrap();
    let outer = tx.mark().await.unwrap();
    let inner = tx.mark().await.unwrap();
    insert(&mut tx, "kept-in-vain").await;
    tx.keep(inner).await.unwrap();
    tx.go_back(outer).await.unwrap();
    insert(&mut tx, "after").await;
    tx.commit().await.unwrap();
    for (name, expected) in
        [("before", true), ("kept", true), ("undone", false), ("kept-in-vain", false), ("after", true)]
    {
        assert_eq!(is_there(&place, name).await, expected, "{name}");
    }
}

async fn a_write_that_is_refused_leaves_a_transaction_that_goes_on(place: Place) {
    let mut tx = place.store.begin(&place.world).await.unwrap();
    let at = tx.now();
    let record = |id| updating("e", at, id, "high").record.unwrap();
    tx.save_deployment("e", "id", &record("first")).await.unwrap();
    let mark = tx.mark().await.unwrap();
    insert(&mut tx, "undone").await;
    let refused = tx.save_deployment("e", "id", &record("second")).await.unwrap_err();
    assert!(matches!(refused, Error::Constraint(_)) && refused.is_of_the_rows(), "{refused}");
    tx.go_back(mark).await.unwrap();
    insert(&mut tx, "after").await;
    tx.commit().await.unwrap();
    assert!(!is_there(&place, "undone").await && is_there(&place, "after").await);
    let kept = place.store.session().list_deployments(&place.world, Some("e"), 9).await.unwrap();
    assert_eq!(kept.len(), 1);
}

async fn a_transaction_that_goes_back_is_due_as_it_was(place: Place) {
    let mut tx = place.store.begin(&place.world).await.unwrap();
    let (now, clock) = (tx.now(), tx.world().clock);
    let created = creating("e", now).next.unwrap();
    let due = created.wake_at();
    let mut row = tx.insert_endpoint(created, &Tags::new(), &Rules::default()).await.unwrap().unwrap();
    let mark = tx.mark().await.unwrap();
    tx.wake_endpoint(&mut row, Some(Timestamp(1))).await.unwrap();
    tx.set_reached(now.plus_secs(100));
    tx.set_clock(clock.moved_to(now.plus_secs(100), tx.begun_at()));
    tx.go_back(mark).await.unwrap();
    assert_eq!((tx.now(), tx.world().clock), (now, clock));
    tx.commit().await.unwrap();
    let world = place.store.session().world(&place.world).await.unwrap();
    assert_eq!((world.next_due, world.clock), (due, clock));
}
