//! Barriers: all servers that share the database have come to one point.
//!
//! Who asks has committed something, or is about to read what others counted. Who is asked writes what it
//! counted in the world and reads its routes anew. A server that is not there any more is not waited for, and
//! one that does not answer for [`WAIT_MS`] at the longest.

use tokio::time::interval;
use uuid::Uuid;

use super::member::LOOK;
use super::{Engine, Error};
use crate::clock::steady_now;
use crate::domain::world::WorldId;

/// The longest that one call waits for other servers, in real time.
pub(super) const WAIT_MS: i64 = 2000;

impl Engine {
    /// Has all other live servers come to this point, for at most `wait_ms`. Answers the names of those that have
    /// not.
    pub(super) async fn gather(&self, world: Option<&WorldId>, wait_ms: i64) -> Result<Vec<String>, Error> {
        let Some(member) = &self.member else { return Ok(Vec::new()) };
        let (begun, barrier) = (steady_now(), Uuid::new_v4().to_string());
        if self.store.ask(&barrier, &member.id(), world).await? == 0 {
            return Ok(Vec::new());
        }
        let mut looks = interval(LOOK);
        loop {
            looks.tick().await;
            let late = self.store.unanswered(&barrier).await?;
            if late.is_empty() {
                return Ok(late);
            }
            if steady_now().ms_since(begun) >= wait_ms {
                self.store.withdraw(&barrier).await?;
                return Ok(late);
            }
        }
    }

    /// Lets all other live servers know what was just committed, before it is answered: whoever asks one of them
    /// afterwards meets it. What does not succeed here is seen there a little later all the same.
    pub(super) async fn make_known(&self, world: Option<&WorldId>) {
        match self.gather(world, WAIT_MS).await {
            Ok(late) if late.is_empty() => {}
            Ok(late) => tracing::warn!(late = late.join(", "), "some servers have not taken a change up yet"),
            Err(error) => tracing::warn!(%error, "the other servers find out by themselves what was changed"),
        }
    }

    /// What is done when another server asks.
    pub(super) async fn answer(&self, world: Option<&WorldId>) -> Result<(), Error> {
        // After a change in all worlds nothing that was counted is of use.
        if let Some(world) = world.filter(|world| !self.meter.is_clear(world)) {
            self.flush(world).await?;
        }
        self.store.outdate(world);
        Ok(())
    }
}
