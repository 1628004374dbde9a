//! Stories of several servers on one PostgreSQL, here as engines in one process: each has its own store, its own
//! memory and its own place among the others.

mod counts;
mod frozen;
mod seats;
mod seen;
mod turns;

use std::time::Duration;

use sagebrush::clock::{Mode, Timestamp};
use sagebrush::domain::endpoint::{Command, Retain, Update};
use sagebrush::domain::rules::Rules;
use sagebrush::domain::world::WorldId;
use sagebrush::engine::{self, Engine, Invocation, Joining, NotInvoked};
use sagebrush::metrics::metric::Metric;
use sagebrush::store::{PointQuery, Store};
use sqlx::{AssertSqlSafe, PgPool};

use crate::store::postgres_schema;
use crate::store::sample::{in_service, spec};

/// The time that is called the database's now in the SQL of these stories.
const NOW: &str = "(EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::BIGINT";

/// A database of its own, and a world in it with the endpoint `web` in service.
struct Cluster {
    url: String,
    world: WorldId,
    mode: Mode,
    /// Past the store.
    raw: PgPool,
}

impl Cluster {
    async fn on(mode: Mode) -> Self {
        let url = postgres_schema().await;
        let raw = PgPool::connect(&url).await.unwrap();
        let cluster = Self { url, world: WorldId::new("123456789012", "us-east-1"), mode, raw };
        let store = Store::connect(&cluster.url, mode).await.unwrap();
        serve_web(&store, &cluster.world).await;
        store.close().await;
        cluster
    }

    /// Another server, with the signals of the others or without.
    async fn server(&self, name: &str, listens: bool) -> Engine {
        self.joined(Joining { listens, ..Joining::named(name) }).await
    }

    async fn joined(&self, joining: Joining) -> Engine {
        let store = Store::connect(&self.url, self.mode).await.unwrap();
        Engine::new(store, Rules::default()).join(joining).await.unwrap()
    }

    async fn two(&self) -> [Engine; 2] {
        [self.server("a", true).await, self.server("b", true).await]
    }

    async fn sql(&self, sql: &str) {
        sqlx::query(AssertSqlSafe(sql.to_owned())).execute(&self.raw).await.expect(sql);
    }

    async fn number(&self, sql: &str) -> i64 {
        sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_one(&self.raw).await.expect(sql)
    }

    /// A server that says that it is there and does nothing.
    async fn freeze_one(&self, name: &str) {
        let row = format!("SELECT '{name}', '{name}', MAX(ordinal) + 1, {NOW} + 60000 FROM replicas");
        self.sql(&format!("INSERT INTO replicas (id, name, ordinal, seen_ms) {row}")).await;
    }
}

/// The servers end as they should.
async fn end<const N: usize>(servers: [Engine; N]) {
    for server in servers {
        server.start().stop().await;
    }
}

async fn serve_web(store: &Store, world: &WorldId) {
    let mut tx = store.begin(world).await.unwrap();
    let endpoint = in_service("web", tx.now());
    tx.insert_endpoint(endpoint, &Vec::new(), &Rules::default()).await.unwrap();
    tx.commit().await.unwrap();
}

async fn invoke(server: &Engine, world: &WorldId) -> Result<Invocation, NotInvoked> {
    server.invoke(world, "web").await
}

/// The config whose fleet takes a request through this server.
async fn config(server: &Engine, world: &WorldId) -> String {
    invoke(server, world).await.expect("it serves").config_name().to_owned()
}

/// Begins to update `web` to `config-2`, all at once.
async fn update(server: &Engine, world: &WorldId) {
    let mut tx = server.store().begin(world).await.unwrap();
    let update = Update {
        deployment_id: tx.new_id().await.unwrap(),
        spec: spec("config-2"),
        deployment_config: None,
        retain_deployment_config: false,
        retain: Retain::default(),
        missing_alarms: Vec::new(),
        warnings: Vec::new(),
    };
    let row = engine::bring_up(&mut tx, "web", server.rules()).await.unwrap().expect("it is there");
    let command = Command::Update(Box::new(update));
    engine::accept(&mut tx, row, command, server.rules()).await.unwrap().unwrap().expect("nobody else");
    tx.commit().await.unwrap();
}

/// The requests to `web` in the metrics, by datapoint.
async fn measured(server: &Engine, world: &WorldId) -> Vec<f64> {
    let metric = &requests();
    let (from, until) = (Timestamp(0), Timestamp(i64::MAX));
    let query = PointQuery { metric, from, until, max_span_ms: None, with_bins: false };
    let points = server.store().session().points(world, &query).await.unwrap();
    points.iter().map(|row| row.point.datapoint.sum).collect()
}

fn requests() -> Metric {
    Metric::new("AWS/SageMaker", "Invocations", [("EndpointName", "web"), ("VariantName", "v")])
}

/// Waits for a condition, with a deadline.
async fn until(what: &str, mut condition: impl AsyncFnMut() -> bool) {
    let mut looks = tokio::time::interval(Duration::from_millis(10));
    let wait = async {
        while !condition().await {
            looks.tick().await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), wait)
        .await
        .unwrap_or_else(|_| panic!("{what}: not in time"));
}
