//! Answers that were set for requests to endpoints, as users of moto set them.

use super::{Engine, Error};
use crate::domain::endpoint_result::EndpointResult;
use crate::domain::world::WorldId;

impl Engine {
    /// Sets what the next requests of this world are answered, in this order, each other request the next.
    pub async fn set_results(&self, world: &WorldId, results: &[EndpointResult]) -> Result<(), Error> {
        let mut tx = self.store.begin(world).await?;
        for result in results {
            tx.add_result(result).await?;
        }
        tx.commit().await?;
        self.make_known(Some(world)).await;
        Ok(())
    }

    /// The answer that was set for a request: the one that it was given before, otherwise the next that waits. Without one
    /// that waits nothing is locked.
    pub async fn endpoint_result(
        &self,
        world: &WorldId,
        endpoint: &str,
        fingerprint: &str,
    ) -> Result<Option<EndpointResult>, Error> {
        let mut session = self.store.session();
        if let Some(given) = session.given_result(world, endpoint, fingerprint).await? {
            return Ok(Some(given));
        }
        if !session.has_result(world).await? {
            return Ok(None);
        }
        let mut tx = self.store.begin(world).await?;
        let result = match tx.given_result(world, endpoint, fingerprint).await? {
            Some(given) => Some(given),
            None => tx.give_result(endpoint, fingerprint).await?,
        };
        tx.commit().await?;
        Ok(result)
    }
}
