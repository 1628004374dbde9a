//! What one server changes, the others serve.

use sagebrush::clock::{Mode, wall_now};
use sagebrush::domain::tuning::Tuning;
use sagebrush::engine::Advance;

use super::{Cluster, config, end, invoke, serve_web, until, update};

fn failing() -> Tuning {
    Tuning { error_rate: Some(1.0), error_status: Some(503), ..Tuning::default() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_an_advance_every_server_sends_requests_by_the_new_split() {
    let cluster = Cluster::on(Mode::Manual).await;
    for listens in [true, false] {
        let world = &cluster.world;
        let servers = [("a", listens), ("b", listens), ("c", listens)];
        let [a, b, c] = servers.map(async |(name, listens)| cluster.server(name, listens).await);
        let (a, b, c) = (a.await, b.await, c.await);
        let before = config(&b, world).await;
        assert_eq!(config(&c, world).await, before);
        update(&a, world).await;
        let advanced = a.advance(world, Advance::Idle).await.unwrap();
        // Half a second has not passed since they asked the database; they were told.
        assert_eq!([config(&b, world).await, config(&c, world).await], ["config-2", "config-2"]);
        assert!(advanced.late.is_empty(), "{:?}", advanced.late);
        let reset = a.reset(world).await.unwrap();
        assert!(invoke(&b, world).await.is_err() && invoke(&c, world).await.is_err(), "{reset:?}");
        serve_web(a.store(), world).await;
        end([a, b, c]).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_behaviour_that_is_set_is_every_servers_when_that_is_answered() {
    let cluster = Cluster::on(Mode::Manual).await;
    let [a, b] = cluster.two().await;
    let world = &cluster.world;
    assert_eq!(invoke(&b, world).await.unwrap().status, 200);
    a.tune(world, "model-1", Some(&failing())).await.unwrap();
    assert_eq!(invoke(&b, world).await.unwrap().status, 503);
    a.tune(world, "model-1", None).await.unwrap();
    assert_eq!(invoke(&b, world).await.unwrap().status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_is_committed_is_met_through_every_server_within_a_second() {
    let cluster = Cluster::on(Mode::Manual).await;
    let [a, b] = cluster.two().await;
    let world = &cluster.world;
    assert_eq!(invoke(&b, world).await.unwrap().status, 200);
    let mut tx = a.store().begin(world).await.unwrap();
    tx.put_behaviour("model-1", &failing()).await.unwrap();
    tx.commit().await.unwrap();
    let committed = wall_now();
    until("the new behaviour", async || {
        let late = wall_now().ms_since(committed) >= 1000;
        let status = invoke(&b, world).await.unwrap().status;
        assert!(status == 503 || !late, "a request after a second met what was before");
        status == 503
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_is_stopped_stands_still_for_every_server() {
    let cluster = Cluster::on(Mode::Scaled { rate_milli: 100_000_000 }).await;
    let [a, b] = cluster.two().await;
    let world = &cluster.world;
    invoke(&b, world).await.unwrap();
    let stopped = a.set_mode(world, Mode::Manual).await.unwrap();
    invoke(&b, world).await.unwrap();
    b.advance(world, Advance::By(0)).await.unwrap();
    let last = cluster.number("SELECT MAX(at_ms + span_ms) FROM metric_points").await;
    assert!(last <= stopped.now.0 + 60_000, "no request arrived after the time stood still");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn steps_are_found_by_looking_alone() {
    let cluster = Cluster::on(Mode::Scaled { rate_milli: 600_000 }).await;
    let (a, b) = (cluster.server("a", false).await, cluster.server("b", false).await);
    let worker = b.start();
    // Nobody tells the other server's worker that there is something to do.
    update(&a, &cluster.world).await;
    until("the end of the update", async || {
        let row = a.store().session().endpoint(&cluster.world, "web").await.unwrap().unwrap();
        row.endpoint.status(a.rules()).word() == "InService" && row.endpoint.config_name() == "config-2"
    })
    .await;
    worker.stop().await;
}
