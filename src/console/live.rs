//! A deployment as pages show it: as a line among others, and how it stands.

use super::moment::{instant, length, readable};
use super::shell::Shell;
use crate::clock::Timestamp;
use crate::domain::deployment::record::Kind;
use crate::engine::Outlook;
use crate::plan::Split;
use crate::store::DeploymentRow;

/// What is said of every deployment.
pub(super) struct Deployed {
    pub(super) id: String,
    pub(super) link: String,
    pub(super) sequence: u64,
    /// `shop-v1 → shop-v2`.
    pub(super) title: String,
    pub(super) strategy: &'static str,
    pub(super) status: &'static str,
    /// The status as people write it.
    pub(super) outcome: String,
    pub(super) began: String,
    /// Nothing while it is under way.
    pub(super) ended: Option<String>,
    pub(super) took: Option<String>,
    pub(super) reason: Option<String>,
}

/// The deployment that is under way, or the last one, with how it stands.
pub(super) struct Live {
    pub(super) deployed: Deployed,
    pub(super) is_running: bool,
    /// Whether it is a creation that is under way: no fleet serves, and no traffic is split.
    pub(super) is_creation: bool,
    pub(super) is_paused: bool,
    pub(super) why: String,
    /// When its next stage begins; none while it is paused, and where nothing is to come.
    pub(super) next: Option<Timestamp>,
    pub(super) wanted: Option<Split>,
    pub(super) actual: Split,
}

impl Deployed {
    pub(super) fn of(shell: &Shell, row: &DeploymentRow) -> Self {
        let record = &row.record;
        let to = &record.to_config;
        Self {
            id: record.id.clone(),
            link: shell.link_of("/deployments/", &record.id),
            sequence: record.sequence,
            title: record.from_config.as_ref().map_or_else(|| to.clone(), |from| format!("{from} → {to}")),
            strategy: record.strategy.word(),
            status: record.status.word(),
            outcome: record.status.word().replace('_', " "),
            began: instant(record.started_at),
            ended: record.ended_at.map(instant),
            took: record.ended_at.map(|ended| length(ended.ms_since(record.started_at))),
            reason: record.failure_reason.clone(),
        }
    }
}

impl Live {
    pub(super) fn of(shell: &Shell, outlook: &Outlook) -> Self {
        let (record, prospect) = (&outlook.row.record, &outlook.prospect);
        let is_running = record.ended_at.is_none();
        Self {
            deployed: Deployed::of(shell, &outlook.row),
            is_running,
            is_creation: is_running && record.kind == Kind::Create,
            is_paused: prospect.paused.is_some(),
            why: readable(&prospect.why, shell.now()),
            next: next(outlook),
            wanted: prospect.wanted.map(Split::from),
            actual: prospect.actual.into(),
        }
    }
}

/// When the next stage of a deployment begins. What is paused in a bake ends when somebody lets it, or in its timeout,
/// which its `why` tells.
pub(super) fn next(outlook: &Outlook) -> Option<Timestamp> {
    let first = outlook.prospect.planned.first().map(|event| event.at);
    first.filter(|_| outlook.prospect.paused.is_none())
}
