//! A deployment made again from its journal.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::clock::Timestamp;
use crate::domain::alarm::Observed;
use crate::domain::deployment::record::Record;
use crate::domain::endpoint::Endpoint;
use crate::domain::event::Event;
use crate::domain::journal::{Door, Entry};
use crate::domain::world::WorldId;
use crate::store::{DeploymentRow, Error, Session};

/// What the core makes of a journal.
pub(super) struct Made {
    /// The endpoint in the end; `None` when it is gone.
    pub(super) endpoint: Option<Endpoint>,
    events: Vec<Event>,
    record: Record,
    versions: i64,
}

/// Makes a deployment again; `None`, with a fault, where the core makes nothing of it.
pub(super) async fn replay(
    session: &mut Session,
    world: &WorldId,
    journal: &[(i64, Entry)],
    faults: &mut Vec<String>,
) -> Result<Option<Made>, Error> {
    let mut endpoint: Option<Endpoint> = None;
    let (mut events, mut last_record, mut seen) = (Vec::new(), None, 0);
    let mut put_off = false;
    for (versions, (version, entry)) in (1..).zip(journal) {
        if *version != versions {
            faults.push(format!(
                "its journal has no entry of version {versions}: it is lost, or a server of an earlier version, \
                 which keeps none, has made that transition"
            ));
            return Ok(None);
        }
        let mut observed = Observed::default();
        if let (Door::Step { seq }, Some(before)) = (&entry.made_by, &endpoint) {
            faults.extend(untimely(session, world, before, seen, entry, put_off).await?);
            observed = observe(session, world, before, *seq).await?;
            seen = *seq;
        }
        let again = catch_unwind(AssertUnwindSafe(|| {
            let transition = entry.again(endpoint.as_ref(), &observed)?;
            (transition.launches.len() == entry.fates.len())
                .then(|| (transition.admitted(&entry.fates), transition))
        }));
        let Ok(Some((next, transition))) = again else {
            faults.push(format!("the core makes nothing of version {version}, of {}", entry.at));
            return Ok(None);
        };
        endpoint = next;
        put_off = matches!(entry.made_by, Door::Falter);
        events.extend(transition.events);
        last_record = transition.record.or(last_record);
    }
    let versions = i64::try_from(journal.len()).unwrap_or(i64::MAX);
    Ok(last_record.map(|record| Made { endpoint, events, record, versions }))
}

/// What the endpoint was to see of its alarms, up to the change of place `seq`.
async fn observe(
    session: &mut Session,
    world: &WorldId,
    endpoint: &Endpoint,
    seq: i64,
) -> Result<Observed, Error> {
    let Some(deployment) = endpoint.deployment() else { return Ok(Observed::default()) };
    let opened = deployment.watch.as_ref().map(|watch| watch.after_seq);
    session.observe_up_to(world, &deployment.plan.alarms, opened, seq).await
}

/// Whether the step of `entry` came later than it was due, by the state before it or by an alarm of which
/// nothing had been seen up to the place `seen`; one that has failed before was put off. That it did not come too
/// early the core knows itself.
async fn untimely(
    session: &mut Session,
    world: &WorldId,
    before: &Endpoint,
    seen: i64,
    entry: &Entry,
    put_off: bool,
) -> Result<Option<String>, Error> {
    if entry.at < before.modified_at {
        return Ok(Some(format!("time goes back to {}", entry.at)));
    }
    let mut due = before.wake_at().unwrap_or(Timestamp(i64::MAX));
    if let Some(deployment) = before.deployment()
        && let Some(watch) = &deployment.watch
    {
        let seen = seen.max(watch.after_seq);
        let trip = session.first_alarm_after(world, &deployment.plan.alarms, seen).await?;
        due = trip.map_or(due, |trip| due.min(watch.look_at(trip, entry.rules.alarm_poll_ms)));
    }
    let late = entry.at > due.max(before.modified_at) && !put_off;
    Ok(late.then(|| format!("what was due at {due} happened at {}", entry.at)))
}

impl Made {
    /// Where what is stored is not what the core makes.
    pub(super) fn differences(&self, row: &DeploymentRow, events: &[Event]) -> Vec<String> {
        let mut differences = Vec::new();
        if self.versions != row.version {
            let (version, entries) = (row.version, self.versions);
            differences.push(format!("it has version {version}, but its journal {entries} entries"));
        }
        if self.events != events {
            let at = self.events.iter().zip(events).take_while(|(made, stored)| made == stored).count();
            let text = |events: &[Event]| match events.get(at) {
                Some(event) => format!("{:?} at {} ({})", event.kind, event.at, event.message),
                None => "missing".to_owned(),
            };
            let (stored, made) = (text(events), text(&self.events));
            differences.push(format!("its event {} is {stored}, but the core makes {made}", at + 1));
        }
        if self.record != row.record {
            differences.push(format!("its row says {:?}, but the core {:?}", row.record, self.record));
        }
        differences
    }
}
