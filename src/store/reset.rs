//! Forgetting: one world, or all of them.
//!
//! A world that is reset loses its row too, so it begins again at the base time, in the server's mode.

use super::{Error, Store};
use crate::domain::world::WorldId;

/// Every table that belongs to worlds, in an order in which rows can go; the worlds first, because their
/// rows are the locks. What belongs to an endpoint, a deployment or an alarm goes with it.
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
            concat!("DELETE FROM metric_points", $($where)?),
            concat!("DELETE FROM metric_series", $($where)?),
            concat!("DELETE FROM behaviours", $($where)?),
            concat!("DELETE FROM instance_spans", $($where)?),
            concat!("DELETE FROM flushes", $($where)?),
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
        self.notice(Some(id)).after(session).await
    }

    /// Forgets everything of all worlds.
    pub async fn reset_all(&self) -> Result<(), Error> {
        let mut session = self.begin_session().await?;
        for sql in statements!() {
            session.execute(sql, &[]).await?;
        }
        self.notice(None).after(session).await
    }
}
