//! A deployment's row: what stays of it for ever, beside its events.

use serde::{Deserialize, Serialize};

use super::Deployment;
use super::plan::Strategy;
use crate::clock::Timestamp;

/// A deployment as its history lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Its identity.
    pub id: String,
    /// Its place among the endpoint's deployments, from 1.
    pub sequence: u64,
    /// What began it.
    pub kind: Kind,
    /// How it stands or ended.
    pub status: Status,
    /// How traffic and capacity move.
    pub strategy: Strategy,
    /// The config in service before it; none for a creation.
    pub from_config: Option<String>,
    /// The config to be in service.
    pub to_config: String,
    /// When it was accepted.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Why it did not succeed.
    pub failure_reason: Option<String>,
}

/// What began a deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// `CreateEndpoint`.
    Create,
    /// `UpdateEndpoint`.
    Update,
}

/// How a deployment stands or ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// On its way.
    Running,
    /// The new config is in service.
    Succeeded,
    /// The old config is in service again.
    RolledBack,
    /// The rollback could not be finished; both configs serve.
    RollbackFailed,
    /// A creation that failed.
    Failed,
}

impl Status {
    /// The word for it in the history.
    pub fn word(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Succeeded => "succeeded",
            Self::RolledBack => "rolled_back",
            Self::RollbackFailed => "rollback_failed",
            Self::Failed => "failed",
        }
    }
}

impl Deployment {
    /// Its row, with this status.
    pub(in crate::domain) fn record(
        &self,
        status: Status,
        ended_at: Option<Timestamp>,
        why: Option<String>,
    ) -> Record {
        Record {
            id: self.id.clone(),
            sequence: self.sequence,
            kind: Kind::Update,
            status,
            strategy: self.plan.strategy,
            from_config: self.blue.first().map(|fleet| fleet.spec.config_name.clone()),
            to_config: self.green.spec.config_name.clone(),
            started_at: self.started_at,
            ended_at,
            failure_reason: why,
        }
    }
}
