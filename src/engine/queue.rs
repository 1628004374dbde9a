//! One after the other in a world: who waits comes in the order of asking, and only inside this process.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Mutex as Place, OwnedMutexGuard};

use crate::domain::world::WorldId;

/// A queue for each world.
#[derive(Debug, Default)]
pub(super) struct Queues(Mutex<HashMap<WorldId, Arc<Place<()>>>>);

/// Whoever has this is first; the next one comes when it is dropped.
pub(super) type First = OwnedMutexGuard<()>;

impl Queues {
    /// Waits until nobody is before us.
    pub(super) async fn wait(&self, world: &WorldId) -> First {
        self.of(world).lock_owned().await
    }

    /// Not waiting: `None` if somebody is before us.
    pub(super) fn try_now(&self, world: &WorldId) -> Option<First> {
        self.of(world).try_lock_owned().ok()
    }

    /// Queues in which nobody stands are forgotten.
    fn of(&self, world: &WorldId) -> Arc<Place<()>> {
        let mut queues = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        queues.retain(|_, queue| Arc::strong_count(queue) > 1);
        Arc::clone(queues.entry(world.clone()).or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_comes_second_waits_in_its_own_world_and_empty_queues_are_forgotten() {
        let (queues, world) = (Queues::default(), WorldId::new("1", "r"));
        let first = queues.wait(&world).await;
        assert!(queues.try_now(&world).is_none());
        assert!(queues.try_now(&WorldId::new("2", "r")).is_some());
        drop(first);
        assert!(queues.try_now(&world).is_some());
        assert_eq!(queues.0.lock().unwrap().len(), 1);
    }
}
