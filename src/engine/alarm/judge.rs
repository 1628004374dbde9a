//! A metric alarm is evaluated: its datapoints are read, the metrics room judges, and a new state is entered.
//!
//! An alarm sleeps while nothing that it reads has a datapoint that it could still see: its verdict would stay
//! what it is. A datapoint wakes it. So time without traffic passes at no cost, however many alarms there are.

use super::transition::enter;
use crate::clock::Timestamp;
use crate::domain::alarm::AlarmState;
use crate::domain::rules::Rules;
use crate::domain::world::WorldId;
use crate::engine::attempt::{Fault, attempt, look};
use crate::engine::measure::query::{self, run};
use crate::engine::measure::{Wanted, buckets, delay, is_steady};
use crate::metrics::alarm::{MetricAlarm, Source};
use crate::metrics::evaluate::{Sample, Verdict, evaluate};
use crate::metrics::metric::Metric;
use crate::metrics::utilization::INSTANCES;
use crate::store::{Alarm, Error, Session, Tx};

/// What an evaluation came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) struct Judged {
    /// Whether it is in another state now.
    pub moved: bool,
    /// When it is evaluated next; it sleeps without that.
    pub next: Option<Timestamp>,
}

/// An alarm that cannot be evaluated is tried again at the next whole minute, as most are anyway.
const AGAIN_MS: i64 = 60_000;

/// Has the alarm evaluated at its next regular time after `at`. One that cannot be read sleeps.
pub async fn evaluate_next(tx: &mut Tx, alarm: &Alarm, at: Timestamp) -> Result<(), Error> {
    let definition: Option<MetricAlarm> = alarm.read().ok();
    let next = definition.map(|definition| definition.next_evaluation(at));
    tx.wake_alarm(&alarm.name, next).await.map(drop)
}

/// Evaluates `alarm` at `at`. One whose body this version cannot read sleeps: it stops nobody else. Nor does
/// one whose evaluation fails, which is tried again later.
pub(in crate::engine) async fn judge(
    tx: &mut Tx,
    alarm: &mut Alarm,
    at: Timestamp,
    rules: &Rules,
) -> Result<Judged, Error> {
    let definition: MetricAlarm = match alarm.read() {
        Ok(definition) => definition,
        Err(error) => {
            tracing::warn!(alarm = alarm.name, %error, "an alarm cannot be evaluated");
            tx.wake_alarm(&alarm.name, None).await?;
            return Ok(Judged { moved: false, next: None });
        }
    };
    let fault = match look(Box::pin(seen(tx, &definition, alarm.state, at, rules))).await? {
        Ok((verdict, is_awake)) => match follow(tx, alarm, verdict, at).await? {
            Ok(moved) => {
                let next = is_awake.then(|| definition.next_evaluation(at));
                tx.wake_alarm(&alarm.name, next).await?;
                return Ok(Judged { moved, next });
            }
            Err(fault) => fault,
        },
        Err(fault) => fault,
    };
    tx.put_off(tx.id(), &format!("the alarm {}", alarm.name), &fault.0);
    let next = Some(at.plus_ms(AGAIN_MS - at.0.rem_euclid(AGAIN_MS)));
    tx.wake_alarm(&alarm.name, next).await?;
    Ok(Judged { moved: false, next })
}

/// What the datapoints say of an alarm in `state`, and whether it is to be evaluated again by time alone.
async fn seen(
    tx: &mut Tx,
    definition: &MetricAlarm,
    state: AlarmState,
    at: Timestamp,
    rules: &Rules,
) -> Result<(Verdict, bool), Error> {
    let slots = slots(definition, at, rules);
    let world = tx.id().clone();
    let range = range(tx, &world, definition, &slots, at, rules).await?;
    let verdict = evaluate(definition, &range, state, at);
    let is_awake = range.iter().any(Option::is_some) || is_measured(tx, definition, slots[0]).await?;
    Ok((verdict, is_awake))
}

/// Brings the alarm into the state of the verdict; whether it was in another one.
async fn follow(
    tx: &mut Tx,
    alarm: &mut Alarm,
    verdict: Verdict,
    at: Timestamp,
) -> Result<Result<bool, Fault>, Error> {
    if verdict.state == alarm.state {
        return Ok(Ok(false));
    }
    let Verdict { state, reason, reason_data } = verdict;
    let mut moved = alarm.clone();
    let entered =
        attempt(tx, async |tx| enter(tx, &mut moved, state, reason, Some(reason_data), at).await).await?;
    if entered.is_ok() {
        *alarm = moved;
    }
    Ok(entered.map(|()| true))
}

/// Where the datapoints begin that an evaluation at `at` looks at, old to new.
fn slots(definition: &MetricAlarm, at: Timestamp, rules: &Rules) -> Vec<Timestamp> {
    let period_ms = definition.period_ms();
    let until = delay(rules).horizon(period_ms, at);
    let back = |slots: usize| period_ms.saturating_mul(i64::try_from(slots).unwrap_or(i64::MAX));
    (1..=definition.range()).rev().map(|slots| until.plus_ms(-back(slots))).collect()
}

/// The newest datapoint that an evaluation at `at` would look at; none where there is none.
pub(in crate::engine) async fn newest(
    session: &mut Session,
    world: &WorldId,
    definition: &MetricAlarm,
    at: Timestamp,
    rules: &Rules,
) -> Result<Option<Sample>, Error> {
    let slots = slots(definition, at, rules);
    let range = range(session, world, definition, &slots, at, rules).await?;
    Ok(range.into_iter().flatten().next_back())
}

/// The values of the alarm's evaluation periods that there are at `at`, each with the beginning of its period, the newest last.
pub(in crate::engine) async fn values(
    session: &mut Session,
    world: &WorldId,
    definition: &MetricAlarm,
    at: Timestamp,
    rules: &Rules,
) -> Result<Vec<(Timestamp, f64)>, Error> {
    let slots = slots(definition, at, rules);
    let range = range(session, world, definition, &slots, at, rules).await?;
    let periods = range.into_iter().rev().take(definition.evaluation_periods).flatten();
    let mut values: Vec<_> = periods.map(|sample| (sample.at, sample.value)).collect();
    values.reverse();
    Ok(values)
}

/// The datapoints that begin at `slots`.
async fn range(
    session: &mut Session,
    world: &WorldId,
    definition: &MetricAlarm,
    slots: &[Timestamp],
    at: Timestamp,
    rules: &Rules,
) -> Result<Vec<Option<Sample>>, Error> {
    let period_ms = definition.period_ms();
    let visible = |period_ms| delay(rules).horizon(period_ms, at);
    let (from, until) = (slots[0], visible(period_ms));
    match &definition.source {
        Source::Metric { metric, unit, statistic, .. } => {
            let (unit, with_bins) = (unit.as_deref(), statistic.is_extended());
            let wanted = Wanted { metric, unit, from, until, now: at, period_ms, with_bins };
            let buckets = buckets(session, world, &wanted).await?;
            let sample = |at: &Timestamp| {
                let datapoint = buckets.get(at)?;
                Some(Sample { at: *at, value: statistic.of(datapoint)?, count: datapoint.count })
            };
            Ok(slots.iter().map(sample).collect())
        }
        Source::Queries(queries) => {
            let line = match run(session, world, queries, from, until, visible).await {
                Ok(returned) => returned.into_iter().next().map(|returned| returned.line),
                Err(query::Error::Store(error)) => return Err(error),
                Err(query::Error::Query(error)) => {
                    tracing::warn!(%error, "the expressions of an alarm have no values");
                    None
                }
            };
            let sample =
                |at: &Timestamp| Some(Sample { at: *at, value: line.as_ref()?.at(*at)?, count: 1.0 });
            Ok(slots.iter().map(sample).collect())
        }
    }
}

/// Whether one of the alarm's metrics has a datapoint from `from` on, also one that is not visible yet. What
/// instances report is not stored, nor are the zeros of a variant that is scaled: for them there may always be one.
async fn is_measured(tx: &mut Tx, definition: &MetricAlarm, from: Timestamp) -> Result<bool, Error> {
    let (world, metrics) = (tx.id().clone(), definition.metrics());
    if metrics.iter().any(|metric| metric.namespace == INSTANCES) {
        return Ok(true);
    }
    for metric in &metrics {
        if is_steady(tx, &world, metric).await? {
            return Ok(true);
        }
    }
    let keys: Vec<String> = metrics.iter().map(Metric::key).collect();
    tx.is_measured_since(&world, &keys, from).await
}
