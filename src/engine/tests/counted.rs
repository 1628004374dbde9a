//! Stories of real requests that are counted in memory: each is in the metrics once.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

use super::*;
use crate::domain::world::WorldId;
use crate::metrics::invoked::{Invoked, Runs};
use crate::metrics::metric::Metric;
use crate::metrics::usage::Request;
use crate::store::PointQuery;

/// The endpoint `web` in service on a manual clock.
async fn serving() -> (Engine, WorldId) {
    let (engine, world) = (engine(Mode::Manual).await, world());
    created(&engine, &world, "web").await;
    engine.advance(&world, Advance::Idle).await.unwrap();
    (engine, world)
}

/// The requests to `web` in the metrics.
async fn measured(engine: &Engine, world: &WorldId) -> u32 {
    let dimensions = [("EndpointName", "web"), ("VariantName", "main")];
    let metric = &Metric::new("AWS/SageMaker", "Invocations", dimensions);
    let (from, until) = (Timestamp(0), Timestamp(i64::MAX));
    let query = PointQuery { metric, from, until, max_span_ms: None, with_bins: false };
    let points = engine.store.session().points(world, &query).await.unwrap();
    let sum = points.iter().fold(0.0, |sum, row| sum + row.point.datapoint.sum);
    sum.to_string().parse().expect("a whole number")
}

/// The outcome of `future`, unless it has to wait more often than `most` times: then it is dropped there.
async fn cut_short<F: Future>(future: F, most: usize) -> Option<F::Output> {
    let (mut future, mut waits) = (pin!(future), 0);
    poll_fn(|context| match future.as_mut().poll(context) {
        Poll::Ready(outcome) => Poll::Ready(Some(outcome)),
        Poll::Pending if waits == most => Poll::Ready(None),
        Poll::Pending => {
            waits += 1;
            Poll::Pending
        }
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wherever_an_advance_is_left_by_its_client_each_request_is_counted_once() {
    let (engine, world) = serving().await;
    let (mut requests, mut left) = (0, 0);
    // How often it has to wait is not always the same.
    for waits in (0..12).cycle().take(120) {
        engine.invoke(&world, "web").await.expect("it serves");
        requests += 1;
        let advanced = cut_short(engine.advance(&world, Advance::By(1000)), waits).await;
        engine.advance(&world, Advance::By(0)).await.expect("it is written at the latest now");
        assert_eq!(measured(&engine, &world).await, requests, "left at wait {waits}");
        left += usize::from(advanced.is_none());
    }
    assert!((10..120).contains(&left), "it was left in between, and not always: {left}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wherever_a_reset_is_left_by_its_client_no_request_is_counted_in_the_new_world() {
    let (mut left, mut done) = (0, 0);
    // How often it has to wait is not always the same, and on a busy machine not at all.
    for waits in (0..6).cycle().take(30) {
        let (engine, world) = serving().await;
        engine.invoke(&world, "web").await.expect("it serves");
        let reset = cut_short(engine.reset(&world), waits).await;
        while read(&engine, &world, "web").await.is_some() {
            tokio::task::yield_now().await;
        }
        engine.advance(&world, Advance::By(1000)).await.expect("what is counted is written");
        assert_eq!(measured(&engine, &world).await, 0, "left at wait {waits}");
        *if reset.is_some() { &mut done } else { &mut left } += 1;
    }
    assert!(left > 0 && done > 0, "it was left in between, and not always: {left} times, {done} times not");
}

#[tokio::test]
async fn what_is_counted_while_a_world_is_reset_is_in_no_metrics() {
    let (engine, world) = serving().await;
    engine.invoke(&world, "web").await.expect("it serves");
    let life = engine.store.session().world(&world).await.unwrap().life;
    engine.store.reset(&world).await.unwrap();
    // A request that found its way before the reset counts in the world that is no more.
    let [endpoint, variant, config] = ["web", "main", "first"].map(str::to_owned);
    let who = Invoked { endpoint, variant, runs: Runs::Config(config) };
    let request = Request { at: Timestamp(0), status: 200, latency_us: 1, overhead_us: 1, instances: 2 };
    engine.meter.counter(&world, life, who, Publish::default()).add(&request);
    created(&engine, &world, "web").await;
    engine.advance(&world, Advance::Idle).await.unwrap();
    engine.invoke(&world, "web").await.expect("it serves");
    engine.flush(&world).await.unwrap();
    assert_eq!(measured(&engine, &world).await, 1, "that of the new world alone");
    assert!(engine.meter.is_clear(&world));
}

/// How a flush ends of which nobody hears.
async fn unheard_of(engine: &Engine, world: &WorldId, made: bool) {
    let (mut tx, counted) = engine.begin(world).await.unwrap();
    counted.be_left_in_doubt(&mut tx).await;
    if made {
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn a_flush_that_was_made_although_nobody_heard_of_it_is_not_made_again() {
    let (engine, world) = serving().await;
    for (made, counted) in [(true, 1), (false, 1), (false, 1), (true, 4), (true, 5)] {
        engine.invoke(&world, "web").await.expect("it serves");
        unheard_of(&engine, &world, made).await;
        assert_eq!(measured(&engine, &world).await, counted, "{made}");
        assert!(!engine.meter.is_clear(&world) && engine.meter.worlds() == [world.clone()]);
    }
    engine.flush(&world).await.unwrap();
    assert_eq!(measured(&engine, &world).await, 5);
    assert!(engine.meter.is_clear(&world) && engine.meter.worlds().is_empty());
}
