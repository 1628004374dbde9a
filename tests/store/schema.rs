//! What the schema itself refuses, and how it may change.

use sagebrush::clock::{Mode, Timestamp};
use sagebrush::domain::alarm::AlarmState;
use sagebrush::domain::rules::Rules;
use sagebrush::domain::world::WorldId;
use sagebrush::store::{Error, MIGRATIONS, Saved, Store, Tags};
use sqlx::migrate::{Migrate, Migrator};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, SqliteConnection};

use super::sample::{in_service, updating};
use super::{Place, postgres_schema, stories};

stories! { kept on Manual;
    the_two_sides_of_the_traffic_are_all_of_it
    a_deployment_has_ended_exactly_if_it_is_not_running
    a_state_of_a_later_version_is_left_alone
    what_was_committed_is_there_after_a_restart
}

async fn store_endpoint(place: &Place) {
    let mut tx = place.store.begin(&place.world).await.unwrap();
    tx.insert_endpoint(in_service("e", Timestamp(1)), &Tags::new(), &Rules::default()).await.unwrap();
    tx.commit().await.unwrap();
}

async fn the_two_sides_of_the_traffic_are_all_of_it(place: Place) {
    store_endpoint(&place).await;
    place
        .raw("UPDATE endpoints SET traffic_blue = 2500, traffic_green = 7500")
        .await
        .expect("a split of all traffic");
    for broken in ["traffic_blue = 2499", "traffic_blue = -1, traffic_green = 10001"] {
        let refused = place.raw(&format!("UPDATE endpoints SET {broken}")).await.expect_err("it is not all");
        let kind = refused.as_database_error().expect("the schema refuses").kind();
        assert_eq!(kind, sqlx::error::ErrorKind::CheckViolation, "{broken}");
    }
}

async fn a_deployment_has_ended_exactly_if_it_is_not_running(place: Place) {
    let mut tx = place.store.begin(&place.world).await.unwrap();
    let record = updating("e", Timestamp(1), "d", "high").record.unwrap();
    tx.save_deployment("e", "id", &record).await.unwrap();
    tx.commit().await.unwrap();
    assert!(place.raw("UPDATE deployments SET status = 'succeeded'").await.is_err());
    assert!(place.raw("UPDATE deployments SET ended_ms = 5").await.is_err());
    place.raw("UPDATE deployments SET ended_ms = 5, status = 'succeeded'").await.expect("it has ended");
}

async fn a_state_of_a_later_version_is_left_alone(place: Place) {
    store_endpoint(&place).await;
    place.raw("UPDATE endpoints SET state = '{\"v\":2,\"what\":\"ever\"}'").await.unwrap();
    let read = place.store.session().endpoint(&place.world, "e").await;
    let Err(Error::Unreadable(text)) = read else { panic!("a later version was read: {read:?}") };
    assert!(text.contains("version 2"), "{text}");
}

async fn what_was_committed_is_there_after_a_restart(place: Place) {
    store_endpoint(&place).await;
    place.store.close().await;
    let again = Store::connect(&place.url, Mode::Real).await.expect("a database of this version opens again");
    let mut session = again.session();
    assert!(session.endpoint(&place.world, "e").await.unwrap().is_some());
    let world = session.world(&place.world).await.unwrap();
    assert_eq!(world.clock.mode, Mode::Manual, "a world keeps its clock, whatever the server's mode is now");
}

/// What the store of the first schema wrote: a world, an endpoint and an alarm.
fn first_rows() -> String {
    let state = serde_json::json!({"v": 1, "endpoint": in_service("e", Timestamp(1_000))});
    format!(
        "INSERT INTO worlds VALUES ('1', 'r', 'manual', 0, 0, 5000, 5000, NULL, NULL, 1); \
         INSERT INTO endpoints VALUES ('1', 'r', 'e', 'e', 'id-1', 1, 1000, 1000, 'InService', 'config-1', NULL, 0, \
         10000, 0, '{state}', '[]'); \
         INSERT INTO alarms VALUES ('1', 'r', 'high', 'metric', '{{}}', 'OK', 'because', NULL, 1000, 1000, 1000, '[]')"
    )
}

/// Makes a database that only the first migration has seen.
async fn make_first<C: Migrate>(connection: &mut C) {
    let first = MIGRATIONS.iter().filter(|migration| migration.version == 1).cloned().collect();
    Migrator::with_migrations(first).run_direct(None, connection, false).await.expect("the first schema");
}

async fn a_database_of_the_first_schema_works(url: &str) {
    let store = Store::connect(url, Mode::Manual).await.expect("it is brought up to date");
    let world = WorldId::new("1", "r");
    let mut tx = store.begin(&world).await.unwrap();
    assert_eq!(tx.now(), Timestamp(5_000));
    let mut row = tx.endpoint(&world, "e").await.unwrap().expect("the endpoint is there");
    assert_eq!(row.endpoint, in_service("e", Timestamp(1_000)));
    let alarm = tx.alarm(&world, "high").await.unwrap().expect("the alarm is there");
    assert_eq!((alarm.state, alarm.reason.as_str()), (AlarmState::Ok, "because"));
    assert_eq!(tx.due_alarms(&world, Timestamp(i64::MAX), 9).await.unwrap(), [], "it sleeps");
    tx.wake_alarm("high", Some(Timestamp(6_000))).await.unwrap();
    tx.set_alarm_metrics("high", &["latency".to_owned()]).await.unwrap();
    assert_eq!(tx.save_endpoint(&mut row, &Rules::default()).await.unwrap(), Saved::Done);
    tx.commit().await.unwrap();
    let next_due = store.session().world(&world).await.unwrap().next_due;
    assert_eq!(next_due, Some(Timestamp(6_000)));
    store.close().await;
}

#[tokio::test]
async fn a_file_of_the_first_schema_is_brought_up_to_date() {
    let dir = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", dir.path().join("sagebrush.db").display());
    let mut connection = SqliteConnection::connect(&format!("{url}?mode=rwc")).await.unwrap();
    make_first(&mut connection).await;
    connection.execute(AssertSqlSafe(first_rows())).await.unwrap();
    connection.close().await.unwrap();
    a_database_of_the_first_schema_works(&url).await;
}

#[tokio::test]
async fn a_postgres_of_the_first_schema_is_brought_up_to_date() {
    let url = postgres_schema().await;
    let mut connection = PgConnection::connect(&url).await.unwrap();
    connection.execute("CREATE DOMAIN keytext AS TEXT COLLATE \"C\"").await.unwrap();
    make_first(&mut connection).await;
    connection.execute(AssertSqlSafe(first_rows())).await.unwrap();
    connection.close().await.unwrap();
    a_database_of_the_first_schema_works(&url).await;
}

/// A migration that was released is never edited: a database that has run it would refuse to open. A new one
/// may only add, because an older replica still reads what it knows.
#[test]
fn migrations_only_add() {
    let migrations: Vec<_> = MIGRATIONS.iter().collect();
    assert!(!migrations.is_empty());
    assert!(migrations.is_sorted_by_key(|migration| migration.version));
    for migration in migrations {
        let text = migration.sql.as_str().lines().filter(|line| !line.trim_start().starts_with("--"));
        let text = text.collect::<Vec<_>>().join(" ").to_uppercase();
        for statement in text.split(';').map(str::trim).filter(|statement| !statement.is_empty()) {
            let adds = ["CREATE TABLE ", "CREATE INDEX ", "CREATE UNIQUE INDEX ", "INSERT INTO "];
            let alters = statement.starts_with("ALTER TABLE ") && statement.contains(" ADD COLUMN ");
            assert!(alters || adds.iter().any(|start| statement.starts_with(start)), "{statement}");
        }
    }
}
