//! What the schema itself refuses, and how it may change.

use sagebrush::clock::{Mode, Timestamp};
use sagebrush::domain::rules::Rules;
use sagebrush::store::{Error, MIGRATIONS, Store, Tags};

use super::sample::{in_service, updating};
use super::{Place, stories};

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
    let again = Store::connect(&place.url, Mode::Real).await.expect("a database of this version opens again");
    let mut session = again.session();
    assert!(session.endpoint(&place.world, "e").await.unwrap().is_some());
    let world = session.world(&place.world).await.unwrap();
    assert_eq!(world.clock.mode, Mode::Manual, "a world keeps its clock, whatever the server's mode is now");
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
