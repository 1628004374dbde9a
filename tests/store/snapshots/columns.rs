//! Columns that later versions of the schema have.

use sagebrush::store::{Kind, ListQuery, Store};
use serde_json::Value;

use super::{fill, import, members, one, text};
use crate::store::{Place, stories};

stories! { kept on Manual;
    a_column_that_was_added_later_is_carried
    what_the_snapshot_does_not_have_is_left_to_the_database
}

async fn a_column_that_was_added_later_is_carried(place: Place) {
    place.raw("ALTER TABLE alarms ADD COLUMN mood TEXT").await.unwrap();
    fill(&place.store, &place.world).await;
    place.raw("UPDATE alarms SET mood = 'calm' WHERE name = 'high'").await.unwrap();
    let before = text(&place.store, &one(&place.world)).await;
    assert_eq!(members(&before, "alarms", "mood"), [Value::Null, "calm".into()]);
    place.store.reset(&place.world).await.unwrap();
    import(&place.store, &before).await;
    assert_eq!(text(&place.store, &one(&place.world)).await, before);
}

async fn what_the_snapshot_does_not_have_is_left_to_the_database(place: Place) {
    fill(&place.store, &place.world).await;
    let before = text(&place.store, &one(&place.world)).await;
    place.raw("ALTER TABLE alarms ADD COLUMN mood TEXT NOT NULL DEFAULT 'calm'").await.unwrap();
    place.raw("ALTER TABLE alarms ADD COLUMN colour BIGINT").await.unwrap();
    import(&place.store, &before).await;
    let after = text(&place.store, &one(&place.world)).await;
    assert_eq!(members(&after, "alarms", "mood"), ["calm", "calm"]);
    assert_eq!(members(&after, "alarms", "colour"), [Value::Null, Value::Null]);
    let models = async |store: &Store| {
        store.session().list_definitions(&place.world, Kind::Model, &ListQuery::default()).await
    };
    assert_eq!(models(&place.store).await.unwrap().items.len(), 1);
}
