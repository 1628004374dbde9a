//! Forgetting: one world, or all of them.
//!
//! A world that is reset loses its row too, so it begins again at the base time, in the server's mode.

use super::{Error, Store};
use crate::domain::world::WorldId;

impl Store {
    /// Forgets everything of this world.
    pub async fn reset(&self, id: &WorldId) -> Result<(), Error> {
        let mut session = self.begin_session().await?;
        session.delete_world(id).await?;
        self.notice(Some(id)).after(session).await
    }

    /// Forgets everything of all worlds.
    pub async fn reset_all(&self) -> Result<(), Error> {
        let mut session = self.begin_session().await?;
        session.delete_worlds().await?;
        self.notice(None).after(session).await
    }
}
