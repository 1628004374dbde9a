//! What the servers count adds up, each request once.

use sagebrush::clock::Mode;
use sagebrush::domain::alarm::AlarmState;
use sagebrush::domain::tuning::Tuning;
use sagebrush::domain::world::WorldId;
use sagebrush::engine::{Advance, Engine, Joining};
use sagebrush::metrics::alarm::MetricAlarm;
use sagebrush::store::snapshot::Scope;
use sagebrush::store::{Alarm, AlarmKind};

use super::{Cluster, end, invoke, measured, requests, serve_web};

/// An alarm for more than five requests in a minute.
async fn watch_for_five(cluster: &Cluster, server: &Engine) {
    let body = r#"{"Namespace": "AWS/SageMaker", "MetricName": "Invocations", "Statistic": "Sum",
        "Dimensions": [{"Name": "EndpointName", "Value": "web"}, {"Name": "VariantName", "Value": "v"}],
        "Period": 60, "EvaluationPeriods": 1, "Threshold": 5, "TreatMissingData": "notBreaching",
        "ComparisonOperator": "GreaterThanThreshold"}"#;
    let mut tx = server.store().begin(&cluster.world).await.unwrap();
    let now = tx.now();
    let alarm = Alarm {
        name: "many".to_owned(),
        kind: AlarmKind::Metric,
        body: body.to_owned(),
        state: AlarmState::Ok,
        reason: String::new(),
        reason_data: None,
        configured: now,
        updated: now,
        transitioned: now,
    };
    tx.put_alarm(&alarm, &Vec::new()).await.unwrap();
    tx.set_alarm_metrics("many", &[requests().key()]).await.unwrap();
    let next = alarm.read::<MetricAlarm>().unwrap().next_evaluation(now);
    tx.wake_alarm("many", Some(next)).await.unwrap();
    tx.commit().await.unwrap();
}

async fn alarms(cluster: &Cluster) -> i64 {
    cluster.number("SELECT COUNT(*) FROM alarm_history WHERE to_state = 'ALARM'").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn alarms_on_the_way_of_an_advance_judge_what_every_server_has_counted() {
    let cluster = Cluster::on(Mode::Manual).await;
    for (listens, expected) in [(true, 1), (false, 2)] {
        let (a, b) = (cluster.server("a", listens).await, cluster.server("b", listens).await);
        watch_for_five(&cluster, &a).await;
        for _ in 0..3 {
            invoke(&a, &cluster.world).await.unwrap();
            invoke(&b, &cluster.world).await.unwrap();
        }
        let advanced = a.advance(&cluster.world, Advance::By(180_000)).await.unwrap();
        assert!(advanced.late.is_empty());
        assert_eq!(alarms(&cluster).await, expected, "three of each are more than five together");
        end([a, b]).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_through_two_servers_that_write_at_once_are_all_in_one_datapoint() {
    const EACH: u16 = 150;
    let cluster = Cluster::on(Mode::Manual).await;
    let servers = cluster.two().await;
    let workers = servers.each_ref().map(Engine::start);
    let tasks = servers.clone().map(|server| {
        let world = cluster.world.clone();
        tokio::spawn(async move {
            for number in 0..EACH {
                invoke(&server, &world).await.unwrap();
                if number % 30 == 0 {
                    server.advance(&world, Advance::By(0)).await.unwrap();
                }
            }
        })
    });
    for task in tasks {
        task.await.unwrap();
    }
    for worker in workers {
        worker.stop().await;
    }
    assert_eq!(measured(&servers[0], &cluster.world).await, [f64::from(2 * EACH)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_another_server_counted_before_a_reset_is_not_in_the_new_world() {
    let cluster = Cluster::on(Mode::Manual).await;
    let [a, b] = cluster.two().await;
    let world = &cluster.world;
    invoke(&b, world).await.unwrap();
    a.reset(world).await.unwrap();
    assert!(invoke(&b, world).await.is_err(), "it is no more");
    serve_web(a.store(), world).await;
    a.advance(world, Advance::By(0)).await.unwrap();
    invoke(&b, world).await.expect("the new one serves");
    a.advance(world, Advance::By(0)).await.unwrap();
    assert_eq!(measured(&a, world).await, [1.0]);

    invoke(&b, world).await.unwrap();
    a.reset_all().await.unwrap();
    assert!(invoke(&b, world).await.is_err(), "none is any more");
    b.advance(world, Advance::By(0)).await.unwrap();
    assert_eq!(measured(&a, world).await, [0.0; 0]);
}

/// How a hundred requests end of which every second one fails.
async fn luck(server: &Engine, cluster: &Cluster) -> Vec<u16> {
    let mut ends = Vec::new();
    for _ in 0..100 {
        ends.push(invoke(server, &cluster.world).await.unwrap().status);
    }
    ends
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_server_has_its_own_luck_and_one_alone_has_it_again() {
    let cluster = Cluster::on(Mode::Manual).await;
    let [a, b] = cluster.two().await;
    let half = Tuning { error_rate: Some(0.5), ..Tuning::default() };
    a.tune(&cluster.world, "model-1", Some(&half)).await.unwrap();
    let (first, second) = (luck(&a, &cluster).await, luck(&b, &cluster).await);
    assert_ne!(first, second);
    end([a, b]).await;
    let again = cluster.joined(Joining::named("again")).await;
    assert_eq!(luck(&again, &cluster).await, first);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_export_holds_what_every_server_has_counted() {
    let cluster = Cluster::on(Mode::Manual).await;
    let [a, b] = cluster.two().await;
    for server in [&a, &b, &b] {
        invoke(server, &cluster.world).await.unwrap();
    }
    a.export(&Scope::World(cluster.world.clone())).await.unwrap();
    assert_eq!(measured(&a, &cluster.world).await, [3.0], "an export writes down what is in the store");
    end([a, b]).await;
}

/// How many wait in the cluster's tables for a row that somebody else has locked.
const WAITING: &str = "SELECT COUNT(*) FROM pg_locks AS waits WHERE NOT granted AND EXISTS (SELECT 1 FROM pg_locks AS holds \
                       JOIN pg_class ON pg_class.oid = holds.relation WHERE holds.pid = waits.pid \
                       AND pg_class.relnamespace = current_schema()::regnamespace)";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_world_that_somebody_has_for_long_keeps_the_counts_of_no_other_waiting() {
    let cluster = Cluster::on(Mode::Manual).await;
    let a = cluster.server("a", true).await;
    let other = WorldId::new("123456789012", "eu-west-1");
    serve_web(a.store(), &other).await;
    let mut holder = cluster.raw.begin().await.unwrap();
    let held = "SELECT 1 FROM worlds WHERE region = 'us-east-1' FOR UPDATE";
    sqlx::query(held).execute(&mut *holder).await.unwrap();
    let worker = a.start();
    invoke(&a, &cluster.world).await.unwrap();
    for written in 1..=3_u8 {
        invoke(&a, &other).await.unwrap();
        super::until("the counts of the other world", async || {
            assert_eq!(cluster.number(WAITING).await, 0, "nobody stands and waits");
            measured(&a, &other).await.iter().sum::<f64>() >= f64::from(written)
        })
        .await;
    }
    holder.rollback().await.unwrap();
    super::until("the counts of the world", async || !measured(&a, &cluster.world).await.is_empty()).await;
    worker.stop().await;
}
