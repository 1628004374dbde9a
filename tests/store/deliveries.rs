//! The outbox: lanes, and claims that end.

use sagebrush::clock::Timestamp;
use sagebrush::store::delivery::{Delivery, NewDelivery};

use super::{Place, stories};

stories! { on Manual;
    what_is_in_a_lane_goes_one_after_the_other_and_lanes_go_beside_each_other
    what_is_put_back_is_claimed_again_when_it_is_due
    only_who_has_the_claim_ends_a_delivery_or_puts_it_back
    outboxes_are_told_by_world
}

/// Writes deliveries, each of a lane and an event, due so many seconds from the beginning.
async fn post(place: &Place, all: &[(&str, &str, i64)]) -> Timestamp {
    let mut tx = place.store.begin(&place.world).await.unwrap();
    let now = tx.now();
    for (lane, event, seconds) in all {
        let due = now.plus_secs(*seconds);
        let new = NewDelivery { lane, rule_arn: "rule", target: "{}", event, due };
        tx.append_delivery(&new).await.unwrap();
    }
    tx.commit().await.unwrap();
    now
}

/// Claims what is due `seconds` after the world's time.
async fn claim(place: &Place, claim: &str, seconds: i64) -> Vec<Delivery> {
    let mut tx = place.store.begin(&place.world).await.unwrap();
    let clock = tx.world().clock.moved_to(tx.now().plus_secs(seconds), tx.begun_at());
    tx.set_clock(clock);
    let claimed = tx.claim_deliveries(claim, None, 100).await.unwrap();
    tx.commit().await.unwrap();
    claimed
}

fn events(deliveries: &[Delivery]) -> Vec<&str> {
    deliveries.iter().map(|delivery| delivery.event.as_str()).collect()
}

async fn end(place: &Place, number: i64, claim: &str) -> bool {
    let mut tx = place.store.begin(&place.world).await.unwrap();
    let was_ours = tx.end_delivery(number, claim).await.unwrap();
    tx.commit().await.unwrap();
    was_ours
}

async fn what_is_in_a_lane_goes_one_after_the_other_and_lanes_go_beside_each_other(place: Place) {
    post(&place, &[("a", "a1", 0), ("a", "a2", 0), ("b", "b1", 0), ("c", "c1", 60), ("c", "c2", 0)]).await;
    let first = claim(&place, "x", 0).await;
    assert_eq!(events(&first), ["a1", "b1"], "what is behind one that is not due waits");
    assert_eq!(events(&claim(&place, "y", 0).await), Vec::<&str>::new(), "they are carried");
    assert!(end(&place, first[0].number, "x").await);
    assert_eq!(events(&claim(&place, "y", 0).await), ["a2"]);
    assert_eq!(events(&claim(&place, "z", 60).await), ["c1"]);
    let next = place.store.session().next_delivery(&place.world).await.unwrap();
    assert_eq!(next, Some(first[1].due), "b1 is the first that is due");
}

async fn what_is_put_back_is_claimed_again_when_it_is_due(place: Place) {
    let now = post(&place, &[("a", "a1", 0), ("a", "a2", 0)]).await;
    let [delivery] = &claim(&place, "x", 0).await[..] else { panic!("one is first") };
    let failure = Some("CODE: why".to_owned());
    let again = Delivery { due: now.plus_secs(2), attempts: 1, failure, ..delivery.clone() };
    let mut tx = place.store.begin(&place.world).await.unwrap();
    tx.put_back_delivery(&again, "x").await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(claim(&place, "y", 1).await, []);
    assert_eq!(claim(&place, "y", 1).await, [again]);
    let all = place.store.session().deliveries(&place.world, 10).await.unwrap();
    assert_eq!(events(&all), ["a1", "a2"]);
}

async fn only_who_has_the_claim_ends_a_delivery_or_puts_it_back(place: Place) {
    post(&place, &[("a", "a1", 0)]).await;
    let [delivery] = &claim(&place, "x", 0).await[..] else { panic!("one is there") };
    assert!(!end(&place, delivery.number, "y").await);
    let mut tx = place.store.begin(&place.world).await.unwrap();
    tx.put_back_delivery(&Delivery { attempts: 9, ..delivery.clone() }, "y").await.unwrap();
    tx.commit().await.unwrap();
    let all = place.store.session().deliveries(&place.world, 10).await.unwrap();
    assert_eq!((all.len(), all[0].attempts), (1, 0));
    assert!(end(&place, delivery.number, "x").await);
    assert!(!end(&place, delivery.number, "x").await);
    assert_eq!(place.store.session().next_delivery(&place.world).await.unwrap(), None);
}

async fn outboxes_are_told_by_world(place: Place) {
    assert_eq!(place.store.outboxes().await.unwrap(), []);
    post(&place, &[("a", "a1", 0), ("b", "b1", 9)]).await;
    assert_eq!(place.store.outboxes().await.unwrap(), std::slice::from_ref(&place.world));
    assert_eq!(place.store.outbox_depth().await.unwrap(), 2);
    place.store.reset(&place.world).await.unwrap();
    assert_eq!(place.store.outboxes().await.unwrap(), []);
}

mod kept {
    use super::{Place, claim, end, events, post};
    use crate::store::stories;

    stories! { kept on Manual;
        a_claim_that_is_too_old_is_anybody_s_and_its_holder_has_lost_it
    }

    async fn a_claim_that_is_too_old_is_anybody_s_and_its_holder_has_lost_it(place: Place) {
        post(&place, &[("a", "a1", 0), ("a", "a2", 0)]).await;
        let [first] = &claim(&place, "died", 0).await[..] else { panic!("one is first") };
        place
            .raw("UPDATE deliveries SET claimed_base_ms = claimed_base_ms - 14000 WHERE claim = 'died'")
            .await
            .unwrap();
        assert_eq!(claim(&place, "other", 0).await, [], "it may still be on its way");
        place
            .raw("UPDATE deliveries SET claimed_base_ms = claimed_base_ms - 14000 WHERE claim = 'died'")
            .await
            .unwrap();
        let again = claim(&place, "other", 0).await;
        assert_eq!(again, std::slice::from_ref(first));
        assert!(!end(&place, first.number, "died").await, "the other one carries it now");
        assert!(end(&place, first.number, "other").await);
        assert_eq!(events(&claim(&place, "other", 0).await), ["a2"]);
    }
}
