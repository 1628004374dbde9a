//! The auditor: whether what a database holds can have come about.
//!
//! It makes every deployment again, from its journal, through the same core that made it, and compares events,
//! row and state with what is stored. What alarms showed it takes from their history and not from the journal,
//! so an alarm that was overtaken is found. It reads one picture of the database and changes nothing.
//!
//! A fault is a sentence that names the world, the thing, and what is wrong with it.

mod history;
mod replay;

use std::collections::HashMap;

use crate::domain::deployment::record::Status;
use crate::domain::endpoint::Endpoint;
use crate::domain::world::WorldId;
use crate::store::snapshot::Scope;
use crate::store::{DeploymentRow, Error, Session, Store};

/// Deployments read at a time.
const PAGE: u32 = 256;

/// What an audit has found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Worlds that were looked at.
    pub worlds: usize,
    /// Deployments that were made again.
    pub deployments: usize,
    /// Their transitions.
    pub transitions: usize,
    /// Deployments without a journal: an earlier version has begun them.
    pub without_journal: usize,
    /// What is wrong, a sentence each.
    pub faults: Vec<String>,
}

/// Audits everything in this store.
pub async fn audit(store: &Store) -> Result<Report, Error> {
    // In memory there is one connection, which the picture below holds.
    let worlds = store.worlds(&Scope::All).await?;
    let mut session = store.begin_reading().await?;
    let mut report = Report::default();
    for world in worlds {
        report.worlds += 1;
        Audit { session: &mut session, world: &world, report: &mut report }.world().await?;
    }
    Ok(report)
}

/// The endpoints of a world by their identities; one that this version cannot read is none.
type Endpoints = HashMap<String, Option<Endpoint>>;

/// An audit of one world.
struct Audit<'a> {
    session: &'a mut Session,
    world: &'a WorldId,
    report: &'a mut Report,
}

impl Audit<'_> {
    async fn world(&mut self) -> Result<(), Error> {
        for fault in self.session.strayed(self.world).await? {
            self.fault(&fault);
        }
        let endpoints = self.session.every_endpoint(self.world).await?;
        let mut after = String::new();
        loop {
            let page = self.session.deployments_after(self.world, &after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after.clone_from(&last.record.id);
            for row in page {
                self.deployment(&row, &endpoints).await?;
            }
        }
    }

    async fn deployment(&mut self, row: &DeploymentRow, endpoints: &Endpoints) -> Result<(), Error> {
        let events = self.session.events(&row.record.id).await?;
        let mut faults = history::faults(&row.record, &events);
        let journal = self.session.journal(&row.record.id).await?;
        if journal.first().is_some_and(|(first, _)| *first == 1) {
            let made = replay::replay(self.session, self.world, &journal, &mut faults).await?;
            self.report.deployments += 1;
            self.report.transitions += journal.len();
            if let Some(made) = made {
                faults.extend(made.differences(row, &events));
                let standing = standing(row, made.endpoint.as_ref(), endpoints);
                if standing.is_some() && !self.left_by_command(row).await? {
                    faults.extend(standing);
                }
            }
        } else {
            self.report.without_journal += 1;
        }
        for fault in faults {
            self.fault(&format!("deployment {} of endpoint {}: {fault}", row.record.id, row.endpoint));
        }
        Ok(())
    }

    /// Whether a command may have changed the endpoint at the very instant at which this deployment ended.
    async fn left_by_command(&mut self, row: &DeploymentRow) -> Result<bool, Error> {
        let has_ended = row.record.status != Status::Running;
        Ok(has_ended
            && self.session.versions_by_command(&row.endpoint_id).await?.is_some_and(|count| count > 0))
    }

    fn fault(&mut self, sentence: &str) {
        self.report.faults.push(format!("{}: {sentence}", self.world));
    }
}

/// Whether the endpoint stands where its newest deployment has left it.
fn standing(row: &DeploymentRow, made: Option<&Endpoint>, endpoints: &Endpoints) -> Option<String> {
    let running = row.record.status == Status::Running;
    let stored = match endpoints.get(&row.endpoint_id) {
        None => return running.then(|| "it is running, but its endpoint is gone".to_owned()),
        // A later version's, which is for that version to judge.
        Some(None) => return None,
        Some(Some(stored)) => stored,
    };
    let newest = stored.deployments == row.record.sequence;
    if running && !newest {
        return Some(format!("it is running, but its endpoint has had {} deployments", stored.deployments));
    }
    // What a command has changed since then is not this deployment's.
    let untouched = running || row.record.ended_at == Some(stored.modified_at);
    (newest && untouched && made != Some(stored))
        .then(|| "its endpoint does not stand where the core puts it".to_owned())
}
