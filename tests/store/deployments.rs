//! The history of deployments.

use sagebrush::clock::Timestamp;
use sagebrush::domain::deployment::record::{Record, Status};
use sagebrush::domain::event::CauseKind;
use sagebrush::domain::rules::Rules;
use sagebrush::domain::world::WorldId;
use sagebrush::store::{Error, Store, Tags};
use sagebrush::telemetry::{Live, Requests, page};

use super::sample::{creating, updating};
use super::{Place, stories};

stories! { on Manual;
    a_deployment_comes_back_with_its_events_in_order
    an_endpoint_has_one_live_deployment
    a_deployment_that_has_ended_does_not_change
    the_newest_deployment_is_listed_first
    the_live_deployments_of_all_worlds_are_told_by_phase
    a_rollback_is_told_of_once_it_is_committed_and_not_where_it_was_undone
}

fn record(id: &str, at: Timestamp) -> Record {
    updating("e", at, id, "high").record.expect("an update is a deployment")
}

async fn a_deployment_comes_back_with_its_events_in_order(place: Place) {
    let mut tx = place.store.begin(&place.world).await.unwrap();
    let begun = updating("E", Timestamp(1_000), "d1", "high");
    let mut record = begun.record.unwrap();
    assert_eq!(tx.save_deployment("E", "id-1", &record).await.unwrap(), Some(1));
    tx.append_events("d1", &begun.events).await.unwrap();
    let more = creating("E", Timestamp(2_000)).events;
    tx.append_events("d1", &more).await.unwrap();
    record.status = Status::RolledBack;
    record.ended_at = Some(Timestamp(9_000));
    record.failure_reason = Some("why".to_owned());
    assert_eq!(tx.save_deployment("E", "id-1", &record).await.unwrap(), Some(2));
    tx.commit().await.unwrap();
    let mut session = place.store.session();
    let row = session.deployment(&place.world, "d1").await.unwrap().expect("it is kept");
    let events = session.events("d1").await.unwrap();
    assert_eq!((row.endpoint.as_str(), row.endpoint_id.as_str(), &row.record), ("E", "id-1", &record));
    assert_eq!(events, [begun.events, more].concat());
    assert_eq!(session.deployment(&place.world, "d2").await.unwrap(), None);
}

async fn an_endpoint_has_one_live_deployment(place: Place) {
    let mut tx = place.store.begin(&place.world).await.unwrap();
    let first = record("d1", Timestamp(1));
    let mut second = record("d2", Timestamp(2));
    second.sequence += 1;
    assert_eq!(tx.save_deployment("e", "id-1", &first).await.unwrap(), Some(1));
    assert_eq!(tx.save_deployment("other", "id-2", &record("d3", Timestamp(1))).await.unwrap(), Some(1));
    let refused = tx.save_deployment("e", "id-1", &second).await;
    assert!(matches!(refused, Err(Error::Constraint(_))), "{refused:?}");
    drop(tx);
    assert_eq!(place.store.session().list_deployments(&place.world, None, 9).await.unwrap(), []);
}

async fn a_deployment_that_has_ended_does_not_change(place: Place) {
    let mut tx = place.store.begin(&place.world).await.unwrap();
    let mut ended = record("d1", Timestamp(1));
    ended.status = Status::Succeeded;
    ended.ended_at = Some(Timestamp(2));
    assert_eq!(tx.save_deployment("e", "id-1", &ended).await.unwrap(), Some(1));
    let again = Record { status: Status::RolledBack, ..ended.clone() };
    assert_eq!(tx.save_deployment("e", "id-1", &again).await.unwrap(), None);
    let row = tx.deployment(&place.world, "d1").await.unwrap().unwrap();
    assert_eq!(row.record, ended);
}

async fn the_newest_deployment_is_listed_first(place: Place) {
    let mut tx = place.store.begin(&place.world).await.unwrap();
    for (index, endpoint) in ["E", "f", "e", "e"].iter().enumerate() {
        let at = Timestamp(i64::try_from(index).unwrap() * 1_000);
        let ended = Record {
            sequence: 1 + index as u64,
            status: Status::Failed,
            ended_at: Some(at),
            ..record(&format!("d{index}"), at)
        };
        tx.save_deployment(endpoint, "id", &ended).await.unwrap();
    }
    tx.commit().await.unwrap();
    let mut session = place.store.session();
    let rows = session.list_deployments(&place.world, Some("e"), 9).await.unwrap();
    let ids: Vec<_> = rows.iter().map(|row| row.record.id.as_str()).collect();
    assert_eq!(ids, ["d3", "d2", "d0"]);
    assert_eq!(session.list_deployments(&place.world, None, 2).await.unwrap().len(), 2);
}

async fn the_live_deployments_of_all_worlds_are_told_by_phase(place: Place) {
    for account in ["111111111111", "222222222222"] {
        let mut tx = place.store.begin(&WorldId::new(account, "us-east-1")).await.unwrap();
        let begun = updating("e", Timestamp(1), account, "high");
        let endpoint = begun.next.unwrap();
        let row = tx.insert_endpoint(endpoint, &Tags::new(), &Rules::default()).await.unwrap().unwrap();
        tx.save_deployment("e", &row.id, &begun.record.unwrap()).await.unwrap();
        tx.commit().await.unwrap();
    }
    let phases = place.store.session().live_phases().await.unwrap();
    assert_eq!(phases, [Some("launching"); 2]);
}

/// How many rollbacks for reasons of health this server tells of.
fn told(store: &Store) -> String {
    let page = page(&Requests::default(), store.work(), &Live::of([], 0)).unwrap();
    let series = "sagebrush_rollbacks_total{cause=\"health\"} ";
    page.lines().find_map(|line| line.strip_prefix(series)).expect("it is always there").to_owned()
}

async fn a_rollback_is_told_of_once_it_is_committed_and_not_where_it_was_undone(place: Place) {
    let mut begun = updating("e", Timestamp(1), "d1", "high");
    begun.events[0].cause = Some(CauseKind::Health);
    let mut tx = place.store.begin(&place.world).await.unwrap();
    tx.save_deployment("e", "id-1", &begun.record.unwrap()).await.unwrap();
    let mark = tx.mark().await.unwrap();
    tx.append_events("d1", &begun.events).await.unwrap();
    tx.go_back(mark).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(told(&place.store), "0", "it was undone by itself");
    let mut tx = place.store.begin(&place.world).await.unwrap();
    tx.append_events("d1", &begun.events).await.unwrap();
    drop(tx);
    assert_eq!(told(&place.store), "0", "it was not committed");
    let mut tx = place.store.begin(&place.world).await.unwrap();
    tx.append_events("d1", &begun.events).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(told(&place.store), "1");
}
