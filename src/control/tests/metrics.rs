//! What `/_sagebrush/metrics` tells, and what it does not.

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use tower::ServiceExt;

use super::House;
use crate::store::Store;

impl House {
    /// The page of figures.
    async fn page(&self) -> String {
        let (status, page) = self.send("GET", "/_sagebrush/metrics", "").await;
        assert_eq!(status, StatusCode::OK, "{page}");
        page.as_str().unwrap().to_owned()
    }

    /// The value of a series by its full name.
    async fn figure(&self, series: &str) -> u64 {
        let page = self.page().await;
        let line = page.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
        line.unwrap_or_else(|| panic!("there is no {series} in\n{page}")).parse().unwrap()
    }
}

const LAGS: &str = "sagebrush_step_lag_seconds_count";

#[tokio::test]
async fn the_page_is_in_prometheus_own_text_format() {
    let house = House::new().await;
    let request =
        Request::get("/_sagebrush/metrics").header("host", "localhost").body(Body::empty()).unwrap();
    let response = house.router.clone().oneshot(request).await.unwrap();
    assert_eq!(response.headers()[CONTENT_TYPE], "text/plain; version=0.0.4");
    let sentence = house.refused("GET", "/_sagebrush/metrics?account=123456789012", &Value::Null, 400).await;
    assert_eq!(sentence, "\"account\" is unknown in the query; there are none.");
}

#[tokio::test]
async fn live_deployments_are_read_from_the_store_by_phase() {
    let house = House::new().await;
    house.endpoint("shop").await;
    let launching = "sagebrush_live_deployments{phase=\"launching\"}";
    assert_eq!(house.figure(launching).await, 0);
    house.canary("shop").await;
    assert_eq!(house.figure(launching).await, 1);
    house.ask("POST", "/_sagebrush/clock/advance", json!({"seconds": 100})).await;
    assert_eq!(house.figure(launching).await, 0);
    assert_eq!(house.figure("sagebrush_live_deployments{phase=\"baking\"}").await, 1);
    house.ask("POST", "/_sagebrush/reset", Value::Null).await;
    assert_eq!(house.figure("sagebrush_live_deployments{phase=\"baking\"}").await, 0);
}

#[tokio::test]
async fn a_rollback_is_counted_by_its_cause_when_it_is_committed() {
    let house = House::new().await;
    house.endpoint("shop").await;
    house.canary("shop").await;
    let by_operator = "sagebrush_rollbacks_total{cause=\"operator\"}";
    assert_eq!(house.figure(by_operator).await, 0);
    house.ask("POST", "/_sagebrush/deployments/shop-2/abort", Value::Null).await;
    house.ask("POST", "/_sagebrush/deployments/shop-2/abort", Value::Null).await;
    house.ask("POST", "/_sagebrush/clock/advance", json!({"to": "idle"})).await;
    assert_eq!(house.figure(by_operator).await, 1, "once, and its way back is no other");
    assert_eq!(house.figure("sagebrush_rollbacks_total{cause=\"alarm\"}").await, 0);
}

#[tokio::test]
async fn the_store_counts_its_statements_and_transactions() {
    let house = House::new().await;
    let count = |kind: &str| format!("sagebrush_store_duration_seconds_count{{kind=\"{kind}\"}}");
    let transactions = async || house.figure(&count("transaction")).await;
    let (before, commits) = (transactions().await, house.figure(&count("commit")).await);
    drop(house.engine.store().begin(&house.world).await.unwrap());
    assert_eq!((transactions().await, house.figure(&count("commit")).await), (before + 1, commits));
    house.endpoint("shop").await;
    assert!(house.figure(&count("commit")).await > commits);
    assert!(house.figure(&count("read")).await > 0 && house.figure(&count("write")).await > 0);
}

#[tokio::test]
async fn a_step_that_time_itself_makes_has_a_lag_and_one_of_a_moved_clock_has_none() {
    let house = House::new().await;
    house.endpoint("shop").await;
    house.canary("shop").await;
    house.ask("POST", "/_sagebrush/clock/advance", json!({"seconds": 60})).await;
    assert_eq!(house.figure(LAGS).await, 0, "on a manual clock nothing is due in real time");
    house.ask("PUT", "/_sagebrush/clock", json!({"mode": "real"})).await;
    house.ask("POST", "/_sagebrush/clock/advance", json!({"seconds": 5})).await;
    assert_eq!(house.figure(LAGS).await, 0, "it came before its time");
    house.ask("PUT", "/_sagebrush/clock", json!({"mode": "scaled", "rate": 100_000})).await;
    let mut rounds = house.engine.rounds();
    while house.figure(LAGS).await == 0 {
        rounds.turn().await;
    }
}

#[tokio::test]
async fn a_deployment_that_only_a_later_version_can_read_is_live_and_its_phase_is_not_known() {
    let file = tempfile::tempdir().unwrap();
    let path = file.path().join("sagebrush.db");
    let store =
        Store::connect(&format!("sqlite:{}", path.display()), crate::clock::Mode::Manual).await.unwrap();
    let house = House::over(store, crate::door::Door::default());
    house.endpoint("shop").await;
    house.canary("shop").await;
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute("UPDATE endpoints SET state = replace(state, '{\"v\":1', '{\"v\":99')", ()).unwrap();
    assert_eq!(house.figure("sagebrush_live_deployments{phase=\"unreadable\"}").await, 1);
    assert_eq!(house.figure("sagebrush_live_deployments{phase=\"launching\"}").await, 0);
}
