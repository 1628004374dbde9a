//! What a transaction has to say in the server's log: nothing, until it is known to be true.
//!
//! A transaction that is dropped is done again, by a client or by the worker; what it would have said is said
//! by the one that is committed. So every warning is in the log once, as it is in the history.

use super::Tx;
use crate::domain::world::WorldId;

/// Something about an endpoint that somebody should read: a line of a deployment's history, or more.
#[derive(Debug)]
pub(super) struct Warning {
    endpoint: String,
    deployment: Option<String>,
    message: String,
}

impl Warning {
    pub(super) fn say(&self, world: &WorldId) {
        let Self { endpoint, deployment, message } = self;
        tracing::warn!(%world, endpoint, deployment, "{message}");
    }
}

impl Tx {
    /// Has the server's log warn of this once the transaction is committed.
    pub fn warn(&mut self, endpoint: &str, deployment: Option<&str>, message: &str) {
        self.warnings.push(Warning {
            endpoint: endpoint.to_owned(),
            deployment: deployment.map(str::to_owned),
            message: message.to_owned(),
        });
    }
}
