//! Forgetting: one world, or all of them.
//!
//! A world that is reset loses its row too, so it begins again at the base time, in the server's mode.

use super::cache::Forgetting;
use super::{Error, Store};
use crate::domain::world::WorldId;

/// Every table that belongs to worlds, in an order in which rows can go; the worlds first, because their
/// rows are the locks.
macro_rules! statements {
    ($($where:literal)?) => {
        [
            concat!("DELETE FROM worlds", $($where)?),
            concat!("DELETE FROM definitions", $($where)?),
            concat!("DELETE FROM endpoints", $($where)?),
            concat!("DELETE FROM deployments", $($where)?),
            concat!("DELETE FROM alarms", $($where)?),
            concat!("DELETE FROM alarm_history", $($where)?),
            concat!("DELETE FROM model_launches", $($where)?),
        ]
    };
}

impl Store {
    /// Forgets everything of this world.
    pub async fn reset(&self, id: &WorldId) -> Result<(), Error> {
        let mut session = self.begin_session().await?;
        for sql in statements!(" WHERE account = $1 AND region = $2") {
            session.execute(sql, &[(&id.account).into(), (&id.region).into()]).await?;
        }
        let _forgetting = Forgetting(self.cache.as_deref(), Some(id));
        session.commit().await
    }

    /// Forgets everything of all worlds.
    pub async fn reset_all(&self) -> Result<(), Error> {
        let mut session = self.begin_session().await?;
        for sql in statements!() {
            session.execute(sql, &[]).await?;
        }
        let _forgetting = Forgetting(self.cache.as_deref(), None);
        session.commit().await
    }
}
