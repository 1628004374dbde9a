//! Who is there: places, numbers and signals.

use std::time::Duration;

use sagebrush::clock::Mode;
use sagebrush::domain::world::WorldId;
use sagebrush::store::Store;
use sagebrush::store::replica::{Asked, Seat, Signals};

use super::{Cluster, NOW};

/// Waits for a signal.
async fn heard(signals: &mut Signals) {
    let next = tokio::time::timeout(Duration::from_mins(1), signals.next()).await;
    next.expect("a signal comes").expect("the connection is there");
}

async fn store(cluster: &Cluster) -> Store {
    Store::connect(&cluster.url, Mode::Manual).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_place_has_the_smallest_number_that_is_free() {
    let cluster = Cluster::on(Mode::Manual).await;
    let store = store(&cluster).await;
    let mut seats = Vec::new();
    for name in ["a", "b", "c"] {
        seats.push(store.seat(name).await.unwrap().unwrap());
    }
    assert_eq!(seats.iter().map(Seat::ordinal).collect::<Vec<_>>(), [0, 1, 2]);
    seats[1].leave().await.unwrap();
    // One that died is removed by whoever comes next.
    cluster.sql(&format!("UPDATE replicas SET seen_ms = {NOW} - 2001 WHERE ordinal = 0")).await;
    let next = store.seat("d").await.unwrap().unwrap();
    let other = store.seat("e").await.unwrap().unwrap();
    assert_eq!((next.ordinal(), other.ordinal()), (0, 1));
    // One that only seemed to be dead takes another place.
    seats[0].beat().await.unwrap();
    assert_eq!(seats[0].ordinal(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn places_that_are_taken_at_once_are_different() {
    let cluster = Cluster::on(Mode::Manual).await;
    let store = store(&cluster).await;
    let tasks: Vec<_> = (0..8)
        .map(|number| {
            let store = store.clone();
            tokio::spawn(async move { store.seat(&number.to_string()).await.unwrap().unwrap().ordinal() })
        })
        .collect();
    let mut ordinals = Vec::new();
    for task in tasks {
        ordinals.push(task.await.unwrap());
    }
    ordinals.sort_unstable();
    assert_eq!(ordinals, [0, 1, 2, 3, 4, 5, 6, 7]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_question_is_signalled_read_and_answered() {
    let cluster = Cluster::on(Mode::Manual).await;
    let store = store(&cluster).await;
    let (asker, mut other) =
        (store.seat("asker").await.unwrap().unwrap(), store.seat("asked").await.unwrap().unwrap());
    let mut signals = store.signals().await.unwrap().expect("it is PostgreSQL");
    let world = WorldId::new("1", "r");
    assert_eq!(store.ask("one", asker.id(), Some(&world)).await.unwrap(), 1);
    heard(&mut signals).await;
    assert_eq!(store.ask("all", asker.id(), None).await.unwrap(), 1);
    heard(&mut signals).await;
    let mut questions = other.asked().await.unwrap();
    questions.sort_by(|one, other| other.barrier.cmp(&one.barrier));
    let question = |barrier: &str, world| Asked { barrier: barrier.to_owned(), world };
    assert_eq!(questions, [question("one", Some(world)), question("all", None)]);
    assert_eq!(store.unanswered("one").await.unwrap(), ["asked"]);
    other.answer("one").await.unwrap();
    assert_eq!(store.unanswered("one").await.unwrap(), [""; 0]);
    store.withdraw("all").await.unwrap();
    assert_eq!(other.asked().await.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn signals_come_again_after_their_connection_was_lost() {
    let cluster = Cluster::on(Mode::Manual).await;
    let store = store(&cluster).await;
    let asker = store.seat("asker").await.unwrap().unwrap();
    let _other = store.seat("asked").await.unwrap().unwrap();
    let mut signals = store.signals().await.unwrap().unwrap();
    let own = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
               WHERE application_name = 'sagebrush signals' AND query LIKE '%' || md5(current_schema()) || '%'";
    cluster.sql(own).await;
    // It says that something may have been lost.
    heard(&mut signals).await;
    store.ask("one", asker.id(), None).await.unwrap();
    heard(&mut signals).await;
}

#[tokio::test]
async fn nobody_shares_what_is_in_memory() {
    let store = Store::connect("sqlite::memory:", Mode::Manual).await.unwrap();
    assert!(!store.is_shared());
    assert!(store.seat("alone").await.unwrap().is_none());
    assert!(store.signals().await.unwrap().is_none());
}
