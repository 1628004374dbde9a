//! A deployment as pages show it: how it stands, in the head of its page, and as a line among others.

use super::moment::{instant, length, readable, time_of_day};
use super::shell::Shell;
use super::split::Split;
use crate::clock::Timestamp;
use crate::domain::deployment::record::Kind;
use crate::engine::Outlook;
use crate::store::DeploymentRow;

/// The deployment that is under way, or the last one.
pub(super) struct Live {
    pub(super) id: String,
    pub(super) sequence: u64,
    pub(super) title: String,
    pub(super) strategy: &'static str,
    pub(super) status: &'static str,
    pub(super) outcome: String,
    pub(super) is_running: bool,
    /// Whether it is a creation that is under way: no fleet serves, and no traffic is split.
    pub(super) is_creation: bool,
    pub(super) why: String,
    pub(super) paused: Option<String>,
    pub(super) wanted: Option<Split>,
    pub(super) actual: Split,
}

/// A deployment in the list of those that were.
pub(super) struct Past {
    pub(super) link: String,
    pub(super) sequence: u64,
    pub(super) title: String,
    pub(super) strategy: &'static str,
    pub(super) status: &'static str,
    pub(super) outcome: String,
    pub(super) started: String,
    pub(super) took: String,
    pub(super) reason: String,
}

impl Live {
    /// A deployment with how it stands.
    pub(super) fn of(outlook: &Outlook, now: Timestamp) -> Self {
        let (record, prospect) = (&outlook.row.record, &outlook.prospect);
        Self {
            id: record.id.clone(),
            sequence: record.sequence,
            title: title(&outlook.row),
            strategy: record.strategy.word(),
            status: record.status.word(),
            outcome: record.status.word().replace('_', " "),
            is_running: record.ended_at.is_none(),
            is_creation: record.ended_at.is_none() && record.kind == Kind::Create,
            why: readable(&prospect.why, now),
            paused: prospect.paused.map(time_of_day),
            wanted: prospect.wanted.map(Split::from),
            actual: prospect.actual.into(),
        }
    }
}

/// `shop-v1 → shop-v2`.
pub(super) fn title(row: &DeploymentRow) -> String {
    let to = &row.record.to_config;
    row.record.from_config.as_ref().map_or_else(|| to.clone(), |from| format!("{from} → {to}"))
}

impl Past {
    /// A deployment as a line.
    pub(super) fn of(shell: &Shell, row: &DeploymentRow) -> Self {
        let record = &row.record;
        Self {
            link: shell.link(&format!("/deployments/{}", record.id)),
            sequence: record.sequence,
            title: title(row),
            strategy: record.strategy.word(),
            status: record.status.word(),
            outcome: record.status.word().replace('_', " "),
            started: instant(record.started_at),
            took: record
                .ended_at
                .map_or_else(|| "–".to_owned(), |ended| length(ended.ms_since(record.started_at))),
            reason: record.failure_reason.clone().unwrap_or_default(),
        }
    }
}
