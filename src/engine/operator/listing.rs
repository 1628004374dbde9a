//! The list of deployments, each with whether it is paused: the one thing of a state that a list is read for.

use crate::clock::Timestamp;
use crate::domain::deployment::Deployment;
use crate::domain::deployment::record::Status;
use crate::domain::world::WorldId;
use crate::engine::attempt::look;
use crate::engine::{Engine, Error};
use crate::store::{self, DeploymentRow, Session};

impl Engine {
    /// The world's deployments, of one endpoint name (ignoring case) or of all, the newest first, and since when
    /// each is paused; all read at one instant.
    pub async fn deployments(
        &self,
        world: &WorldId,
        endpoint: Option<&str>,
        limit: u32,
    ) -> Result<Vec<(DeploymentRow, Option<Timestamp>)>, Error> {
        let mut session = self.store.begin_reading().await?;
        let mut listed = Vec::new();
        for row in session.list_deployments(world, endpoint, limit).await? {
            let paused = match row.record.status {
                // Of a state that cannot be made out the list says what its row says.
                Status::Running => look(Box::pin(paused(&mut session, world, &row))).await?.unwrap_or(None),
                _ => None,
            };
            listed.push((row, paused));
        }
        Ok(listed)
    }
}

async fn paused(
    session: &mut Session,
    world: &WorldId,
    row: &DeploymentRow,
) -> Result<Option<Timestamp>, store::Error> {
    let found = session.endpoint(world, &row.endpoint).await?;
    Ok(found.and_then(|found| found.endpoint.deployment().and_then(Deployment::paused_since)))
}
