//! Everything due happens: in order, each thing at its own instant, a transaction at a time.

use tracing::{Instrument, Span};

use super::agenda::{Agenda, Due, Turn};
use super::alarm::{judge, settle};
use super::attempt::attempt;
use super::change::Change;
use super::injection::begin_due;
use super::step::step;
use super::{Engine, Error, scaling, traffic};
use crate::clock::Timestamp;
use crate::domain::rules::Rules;
use crate::domain::world::WorldId;
use crate::store::{Alarm, EndpointRow, Tx};
use crate::telemetry::SPANS;

/// Things that happen in one transaction: enough that its own cost does not count, few enough that the world
/// is not locked for long.
const BATCH: u32 = 256;

/// So many synthetic requests cost about as much as another thing that happens: a batch computes a million.
const REQUESTS: u64 = 4096;

/// How far a run goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Until {
    /// To this instant, which the world's time then has reached.
    Instant(Timestamp),
    /// To the first change of an endpoint, but not beyond this instant; everything of that instant happens.
    Change(Timestamp),
    /// To the last step of an endpoint that is due by this instant, where the world's time then stands. One that
    /// was given up in vain, or is paused in a bake, is not waited for.
    LastStep(Timestamp),
}

impl Until {
    fn limit(self) -> Timestamp {
        let (Self::Instant(limit) | Self::Change(limit) | Self::LastStep(limit)) = self;
        limit
    }

    /// Whether nothing more is to happen, after `changes` and before what is first in `agenda`.
    fn is_over(self, agenda: &Agenda, changes: &[Change]) -> bool {
        match self {
            Self::Instant(_) => false,
            Self::Change(_) => {
                let next = agenda.first().map(|(at, ..)| *at);
                changes.last().is_some_and(|change| next.is_none_or(|next| next > change.at))
            }
            Self::LastStep(_) => !agenda.has_hope(),
        }
    }
}

impl Engine {
    /// Makes everything happen that is due up to `target`, and brings the world's time there if it is not
    /// there yet. Answers what changed, in order.
    pub async fn run_until(&self, world: &WorldId, target: Timestamp) -> Result<Vec<Change>, Error> {
        self.run(world, Until::Instant(target)).await
    }

    pub(super) async fn run(&self, world: &WorldId, until: Until) -> Result<Vec<Change>, Error> {
        let mut changes = Vec::new();
        loop {
            let (mut tx, counted) = self.begin(world).await?;
            let more = batch(&mut tx, until, &mut changes, &self.rules).await?;
            match until {
                Until::Instant(target) if !more => tx.set_reached(target),
                Until::Change(target) if !more && changes.is_empty() => tx.set_reached(target),
                _ => {}
            }
            // Time stands where it was brought to, also on a clock that runs: it goes on from there.
            let (reached, base_now) = (tx.world().reached, tx.begun_at());
            if reached > tx.world().clock.now(base_now) {
                let clock = tx.world().clock.moved_to(reached, base_now);
                tx.set_clock(clock);
            }
            counted.commit(tx).await?;
            if !more {
                return Ok(changes);
            }
        }
    }
}

/// Lets everything happen that was due in the world before the transaction's now, each thing at its own instant,
/// so that what comes next in this transaction overtakes nothing. What is due now stays: commands of one instant
/// are seen together.
pub async fn catch_up(tx: &mut Tx, rules: &Rules) -> Result<(), Error> {
    let before = tx.now().plus_ms(-1);
    if tx.world().next_due.is_none_or(|due| due > before) {
        return Ok(());
    }
    while batch(tx, Until::Instant(before), &mut Vec::new(), rules).await? {}
    Ok(())
}

/// Brings the endpoint of that name to the transaction's now. If it is due itself, everything that is due in
/// its world happens, each at its own instant: an alarm that is to stop a deployment must not be overtaken.
/// `None` if there is no such endpoint, or not any more.
pub async fn bring_up(tx: &mut Tx, name: &str, rules: &Rules) -> Result<Option<EndpointRow>, Error> {
    let (world, now) = (tx.id().clone(), tx.now());
    loop {
        let row = tx.endpoint(&world, name).await?;
        if row.as_ref().and_then(|row| row.wake).is_none_or(|due| due > now) {
            return Ok(row);
        }
        batch(tx, Until::Instant(now), &mut Vec::new(), rules).await?;
    }
}

/// Takes what is due, about a batch of it; true if there may be more.
pub(super) async fn batch(
    tx: &mut Tx,
    until: Until,
    changes: &mut Vec<Change>,
    rules: &Rules,
) -> Result<bool, Error> {
    let limit = until.limit();
    let mut round = Round { rules, tx, limit, agenda: Agenda::default(), moved: None };
    round.read().await?;
    // What is due again is added again. It cannot overtake what was not read: by the time its turn comes
    // after everything that was read, the batch is full.
    let mut left = BATCH;
    loop {
        round.settle().await?;
        if round.tx.take_earlier() {
            round.read().await?;
        }
        if until.is_over(&round.agenda, changes) {
            return Ok(false);
        }
        if left == 0 && round.moved.is_none() {
            return Ok(true);
        }
        let Some((at, due)) = round.agenda.pop() else { return Ok(false) };
        match due {
            Due::Traffic(endpoint) => {
                let requests = round.traffic(endpoint, at).await?;
                left = left.saturating_sub(u32::try_from(requests / REQUESTS).unwrap_or(u32::MAX));
            }
            Due::Fault(number) => changes.extend(round.fault(number, at).await?),
            Due::Alarm(alarm) => round.alarm(*alarm, at).await?,
            Due::Endpoint(row) => changes.extend(round.endpoint(*row, at).await?),
            Due::ScheduledAction(resource, name) => {
                changes.extend(round.scheduled(resource, name, at).await?);
            }
            Due::ScalableTarget(resource) => changes.extend(round.target(resource, at).await?),
        }
        left = left.saturating_sub(1);
    }
}

/// A batch on its way.
struct Round<'a> {
    rules: &'a Rules,
    tx: &'a mut Tx,
    limit: Timestamp,
    agenda: Agenda,
    /// Metric alarms that changed their state at one instant, and that instant. What depends on them comes
    /// after all metric alarms of the instant, so that no composite alarm sees half of it.
    moved: Option<(Timestamp, Vec<String>)>,
}

impl Round<'_> {
    async fn read(&mut self) -> Result<(), Error> {
        self.tx.take_earlier();
        self.agenda = Agenda::read(self.tx, self.limit, BATCH).await?;
        Ok(())
    }

    /// Lets the composite alarms follow once all metric alarms of the instant have been evaluated. What
    /// watches them may be due earlier than it was read.
    async fn settle(&mut self) -> Result<(), Error> {
        let next = self.agenda.first().map(|(at, turn, _)| (*at, *turn));
        let Some((at, _)) =
            self.moved.as_ref().filter(|(at, _)| next > Some((*at, Turn::MetricAlarm)) || next.is_none())
        else {
            return Ok(());
        };
        let at = *at;
        let (_, names) = self.moved.take().expect("it was just looked at");
        if let Err(fault) = attempt(self.tx, async |tx| settle(tx, &names, at).await).await? {
            let what = format!("what depends on the alarm(s) {}", names.join(", "));
            self.tx.put_off(self.tx.id(), &what, &fault.0);
        }
        self.read().await
    }

    async fn fault(&mut self, number: i64, at: Timestamp) -> Result<Vec<Change>, Error> {
        let injections = self.tx.own_injections().await?;
        let Some(injection) = injections.into_iter().find(|injection| injection.number == number) else {
            self.tx.sleep_injection(number).await?;
            return Ok(Vec::new());
        };
        let (_, changes) = begin_due(self.tx, injection, at, self.rules).await?;
        Ok(changes)
    }

    /// Answers how many requests it was.
    async fn traffic(&mut self, endpoint: String, at: Timestamp) -> Result<u64, Error> {
        let accounted = traffic::tick(self.tx, &endpoint, at, self.rules).await?;
        self.tx.set_reached(at);
        if let Some(again) = accounted.next.filter(|again| *again <= self.limit) {
            self.agenda.add(again, Due::Traffic(endpoint));
        }
        Ok(accounted.requests)
    }

    async fn alarm(&mut self, mut alarm: Alarm, at: Timestamp) -> Result<(), Error> {
        let judged = judge(self.tx, &mut alarm, at, self.rules).await?;
        self.tx.set_reached(at);
        if judged.moved {
            self.moved.get_or_insert_with(|| (at, Vec::new())).1.push(alarm.name.clone());
        }
        if let Some(again) = judged.next.filter(|again| *again <= self.limit) {
            self.agenda.add(again, Due::Alarm(Box::new(alarm)));
        }
        Ok(())
    }

    async fn scheduled(
        &mut self,
        resource: String,
        name: String,
        at: Timestamp,
    ) -> Result<Option<Change>, Error> {
        let turned = Box::pin(scaling::schedule(self.tx, &resource, &name, at, self.rules)).await?;
        self.tx.set_reached(at);
        if let Some(again) = turned.next.filter(|again| *again <= self.limit) {
            self.agenda.add(again, Due::ScheduledAction(resource, name));
        }
        Ok(turned.change)
    }

    async fn target(&mut self, resource: String, at: Timestamp) -> Result<Option<Change>, Error> {
        let turned = Box::pin(scaling::look(self.tx, &resource, at, self.rules)).await?;
        self.tx.set_reached(at);
        if let Some(again) = turned.next.filter(|again| *again <= self.limit) {
            self.agenda.add(again, Due::ScalableTarget(resource));
        }
        Ok(turned.change)
    }

    /// The span of a step that is due at `at`; it has a lag where the clock runs and the instant has passed.
    fn span(&self, row: &EndpointRow, at: Timestamp) -> Span {
        let (world, lag) = (self.tx.id(), self.tx.world().clock.lag(at, self.tx.begun_at()));
        let lag_ms = lag.map(|lag| u64::try_from(lag.as_millis()).unwrap_or(u64::MAX));
        let endpoint = row.endpoint.name.as_str();
        tracing::info_span!(target: SPANS, parent: self.tx.span(), "step", %world, endpoint, due = %at, lag_ms)
    }

    async fn endpoint(&mut self, row: EndpointRow, at: Timestamp) -> Result<Vec<Change>, Error> {
        let span = self.span(&row, at);
        let stepped = Box::pin(step(self.tx, row, at, self.rules)).instrument(span).await?;
        if !stepped.changes.is_empty() {
            self.tx.stepped(at);
        }
        if let Some(row) = stepped.row
            && let Some(again) = row.wake.filter(|again| *again <= self.limit)
        {
            self.agenda.add(again, Due::Endpoint(Box::new(row)));
        }
        Ok(stepped.changes)
    }
}
