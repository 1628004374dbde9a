//! Two servers move one world's time one after the other.

use std::time::Duration;

use sagebrush::clock::Mode;
use sagebrush::engine::{Advance, Error, Joining};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

use super::{Cluster, until};

/// The key of the turn in the world of these stories.
const KEY: &str = "hashtextextended(current_schema() || ' 123456789012/us-east-1', 0)";

/// The session that has the turn.
fn holder() -> String {
    format!(
        "SELECT COALESCE(MAX(pid), 0)::BIGINT FROM pg_locks WHERE locktype = 'advisory' AND granted \
         AND (classid::BIGINT << 32) | objid::BIGINT = {KEY}"
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn advances_through_two_servers_add_up_their_seconds() {
    let cluster = Cluster::on(Mode::Manual).await;
    let [a, b] = cluster.two().await;
    let begun = a.clock(&cluster.world).await.unwrap().now;
    let tasks = [&a, &b, &a, &b, &a, &b].map(|server| {
        let (server, world) = (server.clone(), cluster.world.clone());
        tokio::spawn(async move { server.advance(&world, Advance::By(10_000)).await.unwrap().reading.now })
    });
    let mut reached = Vec::new();
    for task in tasks {
        reached.push(task.await.unwrap());
    }
    reached.sort();
    let expected = [10, 20, 30, 40, 50, 60].map(|secs| begun.plus_secs(secs));
    assert_eq!(reached, expected);
    until("the end of the last turn", async || cluster.number(&holder()).await == 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_turn_that_does_not_come_is_waited_for_so_long_and_then_refused() {
    let cluster = Cluster::on(Mode::Manual).await;
    let patience = Duration::from_millis(100);
    let a = cluster.joined(Joining { patience, ..Joining::named("a") }).await;
    let mut other = PgConnection::connect(&cluster.url).await.unwrap();
    other.execute(AssertSqlSafe(format!("SELECT pg_advisory_lock({KEY})"))).await.unwrap();
    for refused in [
        a.advance(&cluster.world, Advance::By(1)).await.map(drop),
        a.set_mode(&cluster.world, Mode::Real).await.map(drop),
        a.reset(&cluster.world).await.map(drop),
    ] {
        let error = refused.unwrap_err();
        assert!(matches!(error, Error::NoTurn { .. }), "{error}");
        assert!(error.to_string().contains("through another server"), "{error}");
    }
    // Whoever dies with a turn has it no more.
    other.close().await.unwrap();
    a.advance(&cluster.world, Advance::By(1)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_cut_off_in_its_turn_stops_and_says_so() {
    let cluster = Cluster::on(Mode::Manual).await;
    let [a, b] = cluster.two().await;
    let begun = a.clock(&cluster.world).await.unwrap().now;
    // While somebody holds the world's row, the advance cannot end.
    let mut held = cluster.raw.begin().await.unwrap();
    held.execute("SELECT 1 FROM worlds FOR UPDATE").await.unwrap();
    let (server, world) = (a.clone(), cluster.world.clone());
    let advance = tokio::spawn(async move { server.advance(&world, Advance::By(1000)).await });
    until("the turn", async || cluster.number(&holder()).await > 0).await;
    cluster.sql(&format!("SELECT pg_terminate_backend(({})::INTEGER)", holder())).await;
    let lost = advance.await.unwrap().unwrap_err();
    assert!(matches!(lost, Error::TurnLost(_)), "{lost}");
    held.rollback().await.unwrap();
    // Nothing was committed, and what another one moves counts alone.
    assert_eq!(b.advance(&cluster.world, Advance::By(1000)).await.unwrap().reading.now, begun.plus_secs(1));
    let again = a.advance(&cluster.world, Advance::By(1000)).await.unwrap();
    assert_eq!(again.reading.now, begun.plus_secs(2), "it has found its place again");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_with_a_turn_that_says_nothing_is_ended_by_the_database() {
    let cluster = Cluster::on(Mode::Manual).await;
    let store = sagebrush::store::Store::connect(&cluster.url, Mode::Manual).await.unwrap();
    let mut seat = store.seat("frozen").await.unwrap().expect("it is PostgreSQL");
    assert_eq!(seat.try_turn(&cluster.world).await.unwrap(), Some(false), "it is alone");
    // Nobody speaks through the seat now, as if its process were stopped.
    until("the end of its session", async || cluster.number(&holder()).await == 0).await;
    let session = seat.session();
    assert!(seat.beat().await.is_err(), "it finds out");
    seat.beat().await.expect("and comes back");
    assert_ne!(seat.session(), session, "without what it held");
}
