//! Models and endpoint configs: names, lists, pages, tags.

use sagebrush::clock::{Mode, Timestamp};
use sagebrush::store::{Inserted, Kind, ListQuery, Order, PageKey, Sort, Tagged};

use super::{Place, stories};

stories! { on Manual;
    a_name_is_taken_and_found_ignoring_case
    models_and_configs_and_worlds_do_not_meet
    a_definition_is_created_at_the_time_of_its_world
    one_of_many_that_create_the_same_name_wins
    a_list_filters_by_name_and_creation
    pages_neither_repeat_nor_lose_entries_while_others_come_and_go
    ties_follow_the_order_of_creation
    tags_are_kept_in_their_order_and_go_with_their_owner
    names_are_found_by_identities_as_far_as_they_are_still_there
}

async fn create(place: &Place, name: &str) -> Inserted {
    let mut session = place.store.session();
    session.insert_definition(&place.world, Kind::Model, name, "{}", &Vec::new()).await.unwrap()
}

async fn advance(place: &Place, secs: i64) -> Timestamp {
    let mut tx = place.store.begin(&place.world).await.unwrap();
    let target = tx.now().plus_secs(secs);
    tx.set_clock(tx.world().clock.moved_to(target, tx.begun_at()));
    tx.commit().await.unwrap();
    target
}

async fn names(place: &Place, query: &ListQuery<'_>) -> Vec<String> {
    let page = place.store.session().list_definitions(&place.world, Kind::Model, query).await.unwrap();
    page.items.into_iter().map(|item| item.name).collect()
}

async fn a_name_is_taken_and_found_ignoring_case(place: Place) {
    let mut session = place.store.session();
    let tags = vec![("team".to_owned(), "a".to_owned())];
    let first =
        session.insert_definition(&place.world, Kind::Model, "Llama-7B", "{\"a\":1}", &tags).await.unwrap();
    let Inserted::Created { id, at } = first else { panic!("a free name is refused") };
    assert_eq!(create(&place, "llama-7b").await, Inserted::Exists);
    let found =
        session.definition(&place.world, Kind::Model, "LLAMA-7b").await.unwrap().expect("it is found");
    assert_eq!((&found.id, found.created), (&id, at));
    assert_eq!((found.name.as_str(), found.body.as_str()), ("Llama-7B", "{\"a\":1}"));
    let deleted = session.delete_definition(&place.world, Kind::Model, "llama-7B").await.unwrap();
    assert_eq!(deleted, Some((found, tags)), "it says what it was");
    assert!(session.delete_definition(&place.world, Kind::Model, "llama-7B").await.unwrap().is_none());
    assert_eq!(session.definition(&place.world, Kind::Model, "Llama-7B").await.unwrap(), None);
    assert!(matches!(create(&place, "LLAMA-7B").await, Inserted::Created { .. }), "the name is free again");
}

async fn models_and_configs_and_worlds_do_not_meet(mut place: Place) {
    create(&place, "same").await;
    let mut session = place.store.session();
    let config =
        session.insert_definition(&place.world, Kind::EndpointConfig, "same", "{}", &Vec::new()).await;
    assert!(matches!(config.unwrap(), Inserted::Created { .. }));
    for (account, region) in [("123456789012", "eu-west-1"), ("210987654321", "us-east-1")] {
        place.world.account = account.to_owned();
        place.world.region = region.to_owned();
        assert_eq!(names(&place, &ListQuery::default()).await, Vec::<String>::new());
        assert!(matches!(create(&place, "same").await, Inserted::Created { .. }));
    }
}

async fn a_definition_is_created_at_the_time_of_its_world(place: Place) {
    let target = advance(&place, 3600).await;
    let Inserted::Created { at, .. } = create(&place, "m").await else { panic!("it is new") };
    assert_eq!(at, target, "a manual clock stands still");
    let mut tx = place.store.begin(&place.world).await.unwrap();
    let mode = Mode::Scaled { rate_milli: 1_500 };
    let mut clock = tx.world().clock.with_mode(mode, tx.begun_at());
    clock.anchor_base = tx.begun_at().plus_ms(-2_000_001);
    tx.set_clock(clock);
    let expected = tx.now();
    tx.commit().await.unwrap();
    let Inserted::Created { at, .. } = create(&place, "n").await else { panic!("it is new") };
    let late = at.ms_since(expected);
    assert!((0..60_000).contains(&late), "created {late} ms after the transaction's now");
    assert!(at.ms_since(target) >= 3_000_001, "one and a half times 2,000.001 seconds have passed");
}

async fn one_of_many_that_create_the_same_name_wins(place: Place) {
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let (store, world) = (place.store.clone(), place.world.clone());
            tokio::spawn(async move {
                store.session().insert_definition(&world, Kind::Model, "m", "{}", &Vec::new()).await.unwrap()
            })
        })
        .collect();
    let mut created = 0;
    for task in tasks {
        created += usize::from(matches!(task.await.unwrap(), Inserted::Created { .. }));
    }
    assert_eq!(created, 1);
}

async fn a_list_filters_by_name_and_creation(place: Place) {
    create(&place, "Alpha-one").await;
    let second = advance(&place, 10).await;
    create(&place, "beta-ONE").await;
    advance(&place, 10).await;
    create(&place, "gamma").await;
    let all = ListQuery { order: Order::Ascending, ..ListQuery::default() };
    assert_eq!(names(&place, &all).await, ["Alpha-one", "beta-ONE", "gamma"]);
    let one = ListQuery { name_contains: Some("One"), ..all.clone() };
    assert_eq!(names(&place, &one).await, ["Alpha-one", "beta-ONE"]);
    let wild = ListQuery { name_contains: Some("%"), ..all.clone() };
    assert_eq!(names(&place, &wild).await, Vec::<String>::new(), "a percent sign stands for itself");
    let from = ListQuery { created_from: Some(second), ..all.clone() };
    assert_eq!(names(&place, &from).await, ["beta-ONE", "gamma"], "after means at or after");
    let before = ListQuery { created_before: Some(second), ..all.clone() };
    assert_eq!(names(&place, &before).await, ["Alpha-one"], "before does not mean at");
    let by_name = ListQuery { sort: Sort::Name, order: Order::Descending, ..all };
    assert_eq!(names(&place, &by_name).await, ["gamma", "beta-ONE", "Alpha-one"]);
}

async fn pages_neither_repeat_nor_lose_entries_while_others_come_and_go(place: Place) {
    for (sort, order) in [
        (Sort::Name, Order::Ascending),
        (Sort::Name, Order::Descending),
        (Sort::Creation, Order::Ascending),
        (Sort::Creation, Order::Descending),
    ] {
        place.store.reset(&place.world).await.unwrap();
        let wanted: Vec<String> = (0..7).map(|index| format!("m{}", (index * 3) % 7)).collect();
        for name in &wanted {
            create(&place, name).await;
        }
        let (mut seen, mut token, mut pages) = (Vec::new(), None::<String>, 0);
        loop {
            let after = token.as_deref().map(|token| PageKey::from_token(token).expect("our own token"));
            let query = ListQuery { sort, order, after, limit: 2, ..ListQuery::default() };
            let mut session = place.store.session();
            let page = session.list_definitions(&place.world, Kind::Model, &query).await.unwrap();
            assert!(page.items.len() <= 2);
            let last = page.items.last().expect("no page is empty").name.clone();
            seen.extend(page.items.into_iter().map(|item| item.name).filter(|name| !name.starts_with('x')));
            session.delete_definition(&place.world, Kind::Model, &last).await.unwrap();
            if pages < 2 {
                create(&place, &format!("x{pages}")).await;
            }
            pages += 1;
            match page.next {
                Some(key) => token = Some(key.token()),
                None => break,
            }
        }
        seen.sort();
        assert_eq!(seen, ["m0", "m1", "m2", "m3", "m4", "m5", "m6"], "{sort:?} {order:?}");
    }
    assert_eq!(PageKey::from_token("made up"), None);
}

async fn ties_follow_the_order_of_creation(place: Place) {
    for name in ["c", "a", "d", "b"] {
        create(&place, name).await;
    }
    let ascending = ListQuery { order: Order::Ascending, ..ListQuery::default() };
    assert_eq!(names(&place, &ascending).await, ["c", "a", "d", "b"]);
    assert_eq!(names(&place, &ListQuery::default()).await, ["b", "d", "a", "c"]);
}

async fn tags_are_kept_in_their_order_and_go_with_their_owner(place: Place) {
    create(&place, "M").await;
    let (mut session, model) = (place.store.session(), Tagged::Definition(Kind::Model, "m"));
    assert_eq!(session.tags(&place.world, model).await.unwrap(), Some(Vec::new()));
    let tags: Vec<_> =
        [("z", "1"), ("a", "\"2\""), ("", "ü")].map(|(k, v)| (k.to_owned(), v.to_owned())).into();
    assert!(session.set_tags(&place.world, model, &tags).await.unwrap());
    assert_eq!(session.tags(&place.world, model).await.unwrap(), Some(tags.clone()));
    let config = Tagged::Definition(Kind::EndpointConfig, "m");
    assert_eq!(session.tags(&place.world, config).await.unwrap(), None);
    assert!(!session.set_tags(&place.world, Tagged::Endpoint("m"), &tags).await.unwrap());
    session.delete_definition(&place.world, Kind::Model, "m").await.unwrap();
    assert_eq!(session.tags(&place.world, model).await.unwrap(), None);
}

async fn names_are_found_by_identities_as_far_as_they_are_still_there(mut place: Place) {
    let mut ids = Vec::new();
    for name in ["Llama-7B", "gone", "other"] {
        let Inserted::Created { id, .. } = create(&place, name).await else { panic!("{name} is taken") };
        ids.push(id);
    }
    let mut session = place.store.session();
    let config = session.insert_definition(&place.world, Kind::EndpointConfig, "c", "{}", &Vec::new()).await;
    let Inserted::Created { id: config, .. } = config.unwrap() else { panic!("c is taken") };
    session.delete_definition(&place.world, Kind::Model, "gone").await.unwrap();
    let unknown = ["none".to_owned(), "'".to_owned()];
    let asked =
        [[ids[0].clone(), ids[0].clone(), ids[1].clone(), config.clone()].as_slice(), &unknown].concat();
    let found = session.definition_names(&place.world, Kind::Model, &asked).await.unwrap();
    assert_eq!(found, [(ids[0].clone(), "Llama-7B".to_owned())].into(), "of models, as they were given");
    let found = session.definition_names(&place.world, Kind::EndpointConfig, &asked).await.unwrap();
    assert_eq!(found, [(config, "c".to_owned())].into());
    assert!(session.definition_names(&place.world, Kind::Model, &[]).await.unwrap().is_empty());
    place.world.region.push('x');
    let elsewhere = session.definition_names(&place.world, Kind::Model, &ids).await.unwrap();
    assert!(elsewhere.is_empty(), "an identity says nothing in another world");
}
