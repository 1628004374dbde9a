//! What the schema itself refuses, and how it may change.

use sagebrush::clock::{Mode, Timestamp};
use sagebrush::domain::alarm::AlarmState;
use sagebrush::domain::journal::{Door, Entry};
use sagebrush::domain::rules::Rules;
use sagebrush::domain::world::WorldId;
use sagebrush::store::{
    Error, MIGRATIONS, POSTGRES_MIGRATIONS, SQLITE_MIGRATIONS, Saved, Store, Tags, TrafficRow,
};
use sqlx::migrate::{Migrate, Migrator};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, SqliteConnection};

use super::sample::{creating, in_service, updating};
use super::{Place, postgres_schema, stories};

stories! { kept on Manual;
    the_two_sides_of_the_traffic_are_all_of_it
    a_deployment_has_ended_exactly_if_it_is_not_running
    what_has_ended_or_happened_never_changes
    versions_and_events_have_no_gap
    the_time_that_a_world_has_reached_never_goes_back
    a_state_of_a_later_version_is_left_alone
    whoever_looks_for_what_is_due_passes_over_any_number_that_cannot_be_read
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

/// Runs SQL that the schema must refuse with this sentence.
async fn refused(place: &Place, sql: &str, sentence: &str) {
    let error = place.raw(sql).await.expect_err(sql).to_string();
    assert!(error.contains(sentence), "{sql}: {error}");
}

/// A deployment with two events and an entry of its journal.
async fn store_deployment(place: &Place) {
    let mut tx = place.store.begin(&place.world).await.unwrap();
    let begun = updating("e", Timestamp(1), "d", "high");
    tx.save_deployment("e", "id", &begun.record.unwrap()).await.unwrap();
    tx.append_events("d", &begun.events).await.unwrap();
    let (made_by, rules) = (Door::Step { seq: 0 }, Rules::default());
    let entry = Entry { at: Timestamp(1), made_by, fates: Vec::new(), rules };
    tx.enter("d", 1, &entry).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(place.store.session().journal("d").await.unwrap(), [(1, entry)]);
}

async fn what_has_ended_or_happened_never_changes(place: Place) {
    store_deployment(&place).await;
    for table in ["deployment_events", "deployment_steps"] {
        refused(&place, &format!("UPDATE {table} SET at_ms = 2"), "what has happened never changes").await;
    }
    place.raw("UPDATE deployments SET ended_ms = 5, status = 'succeeded', version = 2").await.unwrap();
    refused(&place, "UPDATE deployments SET status = 'rolled_back'", "has ended never changes").await;
    place.raw("DELETE FROM deployments").await.expect("a world can be forgotten");
}

async fn versions_and_events_have_no_gap(place: Place) {
    store_deployment(&place).await;
    store_endpoint(&place).await;
    refused(&place, "UPDATE deployments SET version = version + 2", "the versions of a deployment").await;
    refused(&place, "UPDATE endpoints SET version = version + 2", "the versions of an endpoint").await;
    refused(&place, "UPDATE endpoints SET version = version - 1", "the versions of an endpoint").await;
    let skipping = "INSERT INTO deployment_events (deployment_id, ordinal, at_ms, body) \
                    SELECT 'd', MAX(ordinal) + 2, 1, '{}' FROM deployment_events";
    refused(&place, skipping, "the events of a deployment have no gap").await;
}

async fn the_time_that_a_world_has_reached_never_goes_back(place: Place) {
    store_endpoint(&place).await;
    refused(&place, "UPDATE worlds SET reached_ms = reached_ms - 1", "never goes back").await;
    place.raw("UPDATE worlds SET reached_ms = reached_ms + 1").await.expect("it goes on");
}

async fn a_state_of_a_later_version_is_left_alone(place: Place) {
    store_endpoint(&place).await;
    place.raw("UPDATE endpoints SET state = '{\"v\":9,\"what\":\"ever\"}'").await.unwrap();
    let read = place.store.session().endpoint(&place.world, "e").await;
    let Err(Error::Unreadable(text)) = read else { panic!("a later version was read: {read:?}") };
    assert!(text.contains("version 9"), "{text}");
}

async fn whoever_looks_for_what_is_due_passes_over_any_number_that_cannot_be_read(place: Place) {
    let mut tx = place.store.begin(&place.world).await.unwrap();
    let (at, tags, rules) = (tx.now(), Tags::new(), Rules::default());
    for (number, secs) in (0..20).zip(0..) {
        let name = format!("{}-{number:02}", if number % 10 < 8 { "later" } else { "now" });
        let endpoint = creating(&name, at.plus_secs(secs)).next.unwrap();
        let row = tx.insert_endpoint(endpoint, &tags, &rules).await.unwrap().unwrap();
        let (endpoint_id, wake) = (row.id, row.wake);
        let traffic = TrafficRow { endpoint_id, demand: 1, since: at, done: at, load: 1, wake };
        tx.put_traffic(&traffic).await.unwrap();
    }
    tx.commit().await.unwrap();
    let later = "state = replace(state, '{\"v\":1,', '{\"v\":9,')";
    place.raw(&format!("UPDATE endpoints SET {later} WHERE name LIKE 'later-%'")).await.unwrap();
    let mut tx = place.store.begin(&place.world).await.unwrap();
    let end = Timestamp(i64::MAX);
    let all = ["now-08", "now-09", "now-18", "now-19"];
    for limit in 1..=5 {
        let expected = &all[..all.len().min(limit as usize)];
        let due = tx.due_endpoints(&place.world, end, limit).await.unwrap();
        let names: Vec<_> = due.iter().map(|(_, row)| row.endpoint.name.as_str()).collect();
        assert_eq!(names, expected, "at most {limit}");
        let traffic = tx.due_traffic(&place.world, end, limit).await.unwrap();
        assert_eq!(traffic.iter().map(|(_, name)| name).collect::<Vec<_>>(), expected, "at most {limit}");
    }
    assert!(tx.has_passed_over());
    assert_eq!(tx.earliest_wake(&place.world, 0).await.unwrap(), Some(at.plus_secs(8)));
    let row_of_world = tx.world().clone();
    assert_eq!(
        tx.due_after(&place.world, &row_of_world, at).await.unwrap(),
        Some(at.plus_secs(1)),
        "they are due all the same"
    );
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
/// may only add, because an older replica still reads and writes what it knows.
#[test]
fn migrations_only_add() {
    let parts = [&MIGRATIONS, &POSTGRES_MIGRATIONS, &SQLITE_MIGRATIONS];
    let common = [
        "CREATE TABLE ",
        "CREATE INDEX ",
        "CREATE UNIQUE INDEX ",
        "INSERT INTO ",
        "CREATE TRIGGER ",
        "CREATE FUNCTION ",
    ];
    for migration in parts.into_iter().flat_map(Migrator::iter) {
        for statement in statements(migration.sql.as_str()) {
            let alters = statement.starts_with("ALTER TABLE ") && statement.contains(" ADD COLUMN ");
            assert!(alters || common.iter().any(|start| statement.starts_with(start)), "{statement}");
        }
    }
    for own in [&POSTGRES_MIGRATIONS, &SQLITE_MIGRATIONS] {
        let numbers = |part: &Migrator| part.iter().map(|migration| migration.version).collect::<Vec<_>>();
        assert!(
            numbers(own).iter().all(|number| !numbers(&MIGRATIONS).contains(number)),
            "a number is one change's"
        );
        assert_eq!(numbers(own), numbers(&SQLITE_MIGRATIONS), "both databases keep the same invariants");
    }
}

/// The statements of a migration, without its comments. Inside a statement no line that begins at the margin
/// ends one, except the last.
fn statements(text: &str) -> Vec<String> {
    let mut statements = vec![String::new()];
    for line in text.lines().filter(|line| !line.trim_start().starts_with("--") && !line.trim().is_empty()) {
        let begins = ["CREATE ", "ALTER ", "INSERT ", "DROP ", "UPDATE ", "DELETE "];
        if begins.iter().any(|begin| line.to_uppercase().starts_with(begin)) {
            statements.push(String::new());
        }
        let open = statements.last_mut().unwrap();
        open.push_str(&line.to_uppercase());
        open.push(' ');
    }
    statements.retain(|statement| !statement.is_empty());
    assert!(!statements.is_empty());
    statements
}
