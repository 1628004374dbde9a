//! What is to come of an endpoint: the core is asked, stage by stage, as the engine asks it when the time has come.

use crate::clock::Timestamp;
use crate::domain::alarm::Observed;
use crate::domain::deployment::LaunchOrder;
use crate::domain::endpoint::Endpoint;
use crate::domain::event::{Event, EventKind};
use crate::domain::fleet::Group;
use crate::domain::rules::Rules;
use crate::domain::variant::Health;
use crate::engine::tuned::Tuned;
use crate::fleet::launch;

/// So many transitions are foreseen at the most: far more than any way forward has, and more than anybody reads of a
/// way back in batches of one instance.
const MOST_STAGES: usize = 1_000;

/// What is to come of what is on its way, if no alarm trips, nobody intervenes, and every instance that is still
/// to be launched comes up. What waits for room by now is given none.
pub(super) fn forecast(endpoint: &Endpoint, tuned: &Tuned, rules: &Rules) -> Vec<Event> {
    let (mut planned, mut next) = (Vec::new(), Some(endpoint.clone()));
    for _ in 0..MOST_STAGES {
        let Some(endpoint) = next.take() else { break };
        let Some(due) = endpoint.wake_at() else { break };
        let at = due.max(endpoint.modified_at);
        let Some(transition) = endpoint.step(at, &Observed::default(), rules) else { break };
        let fates: Vec<_> = match &transition.next {
            Some(next) => transition.launches.iter().map(|order| coming_up(next, order, tuned, at)).collect(),
            None => break,
        };
        next = transition.admitted(&fates);
        planned.extend(transition.events.into_iter().filter(|event| event.kind != EventKind::Warning));
        if planned.last().is_some_and(Event::is_ending) {
            break;
        }
    }
    planned
}

/// The instances of an order when all of them come up.
fn coming_up(endpoint: &Endpoint, order: &LaunchOrder, tuned: &Tuned, at: Timestamp) -> Vec<Group> {
    let Some(variant) = endpoint.ordered(order) else { return Vec::new() };
    let mut variant = tuned.of(endpoint, variant, at).applied(variant);
    variant.behaviour.health = Health::Passing;
    launch(&variant, 0, order.count, at)
}
