//! Servers that do not answer, and servers that are gone.

use sagebrush::clock::{Mode, wall_now};
use sagebrush::engine::Advance;

use super::{Cluster, NOW, config, update};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_does_not_answer_is_named_after_two_seconds_and_the_advance_is_made() {
    let cluster = Cluster::on(Mode::Manual).await;
    let [a, b] = cluster.two().await;
    cluster.freeze_one("frozen").await;
    let (before, begun) = (config(&b, &cluster.world).await, wall_now());
    update(&a, &cluster.world).await;
    let advanced = a.advance(&cluster.world, Advance::Idle).await.unwrap();
    let waited_ms = wall_now().ms_since(begun);
    assert_eq!(advanced.late.into_iter().collect::<Vec<_>>(), ["frozen"], "the other one is not");
    assert!((2000..20_000).contains(&waited_ms), "{waited_ms} ms");
    assert_eq!((before.as_str(), config(&b, &cluster.world).await.as_str()), ("config-1", "config-2"));
    assert_eq!(cluster.number("SELECT COUNT(*) FROM barriers").await, 0, "nobody waits any more");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_has_not_been_seen_for_two_seconds_is_not_waited_for() {
    let cluster = Cluster::on(Mode::Manual).await;
    let [a, b] = cluster.two().await;
    cluster.freeze_one("dead").await;
    cluster.sql(&format!("UPDATE replicas SET seen_ms = {NOW} - 2001 WHERE id = 'dead'")).await;
    let advanced = a.advance(&cluster.world, Advance::By(1000)).await.unwrap();
    assert!(advanced.late.is_empty(), "{:?}", advanced.late);
    drop(b);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_has_ended_is_not_waited_for() {
    let cluster = Cluster::on(Mode::Manual).await;
    let [a, b] = cluster.two().await;
    let worker = b.start();
    assert_eq!(cluster.number("SELECT COUNT(*) FROM replicas").await, 2);
    worker.stop().await;
    assert_eq!(cluster.number("SELECT COUNT(*) FROM replicas WHERE name = 'a'").await, 1);
    assert_eq!(cluster.number("SELECT COUNT(*) FROM replicas").await, 1);
    let advanced = a.advance(&cluster.world, Advance::By(1000)).await.unwrap();
    assert!(advanced.late.is_empty(), "{:?}", advanced.late);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_advance_that_its_client_has_left_leaves_no_question_behind() {
    let cluster = Cluster::on(Mode::Manual).await;
    let [a, b] = cluster.two().await;
    for waits in 0..40 {
        tokio::select! {
            biased;
            advanced = a.advance(&cluster.world, Advance::By(1000)) => drop(advanced.unwrap()),
            () = async { for _ in 0..waits { tokio::task::yield_now().await } } => {}
        }
    }
    super::until("the last answer", async || cluster.number("SELECT COUNT(*) FROM barriers").await == 0)
        .await;
    b.advance(&cluster.world, Advance::By(0)).await.expect("no turn is left behind either");
}
