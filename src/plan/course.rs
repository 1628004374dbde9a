//! An update followed to its end, and what is to be said of it.

use super::Unplanned;
use super::length::Length;
use super::place::Halt;
use super::shown::{Course, Instances, Moment, Outcome, Tripped};
use super::stage::{BLUE, GREEN, Scenario, Stage, spoil};
use crate::clock::Timestamp;
use crate::domain::deployment::record::Status;
use crate::domain::event::{Event, EventKind};
use crate::engine::{self, Advance};
use crate::services::Settings;
use crate::store::{InstanceSpan, Store};

/// Alarms are judged at multiples of this at the most often.
const JUDGED_MS: i64 = 10_000;

/// Carries the update of a scenario out.
pub(super) async fn run(store: &Store, settings: &Settings, scenario: &Scenario) -> Result<Outcome, Halt> {
    let stage = Stage::set(store, settings, scenario).await?;
    let began = stage.row.record.started_at;
    let bad_from = scenario.bad_from.unwrap_or_default();
    let before = follow(&stage, scenario, began.plus_ms(bad_from.0)).await?;
    let seen = Seen { stage: &stage, began, seed: scenario.seed };
    let (course, tripped) = seen.course().await?;
    let rolling_back = course.events.iter().position(|event| event.phase == EventKind::RollingBack);
    let noticed = rolling_back.map(|at| course.events[at].after).filter(|at| *at >= bad_from);
    // Before it has traffic nobody can notice what it is like.
    let has_traffic = course.events.iter().find(|event| event.traffic.green > 0.0).map(|event| event.after);
    let met_from = has_traffic.map_or(bad_from, |after| after.max(bad_from));
    let back = rolling_back.filter(|_| course.status == Status::RolledBack).and_then(|at| {
        course.events[at..].iter().find(|event| event.traffic.green <= 0.0).map(|event| event.after)
    });
    let all = stage.place.sum("Invocations", (&stage.endpoint, &stage.variant), None).await?;
    Ok(Outcome {
        bad_from,
        detected_after: noticed.map(|at| Length((at.0 - met_from.0).max(0))),
        traffic_back_after: back,
        tripped,
        requests: all - stage.requests_before,
        requests_met: stage.green("Invocations").await? - before.met,
        requests_failed: stage.green("Invocation5XXErrors").await? - before.failed,
        course,
    })
}

/// Requests to the new config before it was bad.
#[derive(Clone, Copy, Debug, Default)]
struct Before {
    met: u64,
    failed: u64,
}

/// Lets time pass until the update is over, and not beyond; on the way the new model begins to be bad.
async fn follow(stage: &Stage, scenario: &Scenario, bad_at: Timestamp) -> Result<Before, Unplanned> {
    let (engine, world) = (&stage.place.engine, &stage.place.world);
    let mut before = Before::default();
    let mut is_to_be_bad = scenario.bad_from.is_some_and(|from| from > Length(0));
    loop {
        let (endpoint, wake) = stage.look().await?;
        let Some(wake) = wake.filter(|_| endpoint.deployment().is_some()) else { return Ok(before) };
        if !is_to_be_bad {
            if engine.advance(world, Advance::Next).await?.changes.is_empty() {
                return Err(Unplanned::Failed("the update stands still".to_owned()));
            }
            continue;
        }
        // Alarms are judged at these instants, and may end the update before it is due.
        let now = engine.clock(world).await?.now;
        let judged = now.plus_ms(JUDGED_MS - now.0.rem_euclid(JUDGED_MS));
        let target = bad_at.min(if scenario.asked.alarms.is_empty() { wake } else { wake.min(judged) });
        engine.run_until(world, target).await?;
        if target == bad_at {
            // What arrived before this instant is accounted for by it, and met the model as it was.
            spoil(&stage.place, scenario.asked.bad.as_ref()).await?;
            let (met, failed) =
                (stage.green("Invocations").await?, stage.green("Invocation5XXErrors").await?);
            (before, is_to_be_bad) = (Before { met, failed }, false);
        }
    }
}

/// An update that is over.
struct Seen<'a> {
    stage: &'a Stage,
    began: Timestamp,
    seed: u64,
}

impl Seen<'_> {
    async fn course(&self) -> Result<(Course, Vec<Tripped>), Unplanned> {
        let Stage { place, row, endpoint, times_out_after, .. } = self.stage;
        let outlook = place.engine.outlook(&place.world, &row.record.id).await?;
        let outlook = outlook.ok_or_else(|| Unplanned::Failed("the update has no history".to_owned()))?;
        let record = outlook.row.record;
        let ended = record.ended_at.ok_or_else(|| Unplanned::Failed("the update does not end".to_owned()))?;
        let mut session = place.engine.store().session();
        let spans =
            session.instance_spans(&place.world, endpoint, None, self.began, ended.plus_ms(1)).await?;
        let tripped = outlook.history.iter().flat_map(|(_, tripped)| tripped).map(|it| self.tripped(it));
        let (peak_instances, instance_hours) = used(&spans, self.began, ended);
        let course = Course {
            seed: self.seed,
            second_of_minute: self.began.0.rem_euclid(60_000) / 1000,
            strategy: record.strategy,
            status: record.status,
            cause: outlook.history.iter().find_map(|(event, _)| event.cause),
            failure_reason: record.failure_reason,
            ends_after: self.since(ended),
            times_out_after: *times_out_after,
            peak_instances,
            instance_hours,
            events: outlook.history.iter().map(|(event, _)| self.moment(event, &spans)).collect(),
        };
        Ok((course, tripped.collect()))
    }

    fn since(&self, at: Timestamp) -> Length {
        Length(at.ms_since(self.began))
    }

    fn moment(&self, event: &Event, spans: &[InstanceSpan]) -> Moment {
        let up = |config: &str| count(spans.iter().filter(|span| span.count.config == config), event.at);
        Moment {
            after: self.since(event.at),
            phase: event.kind,
            step: event.step,
            traffic: event.traffic.into(),
            instances: Instances { blue: up(BLUE), green: up(GREEN) },
            message: event.message.clone(),
        }
    }

    fn tripped(&self, tripped: &engine::Tripped) -> Tripped {
        let after = self.since(tripped.at);
        Tripped { alarm: tripped.alarm.clone(), after, value: tripped.value, threshold: tripped.threshold }
    }
}

/// How many instances there were from `at` on.
fn count<'a>(spans: impl Iterator<Item = &'a InstanceSpan>, at: Timestamp) -> u32 {
    let open = spans.filter(|span| span.from <= at && span.until.is_none_or(|until| until > at));
    open.map(|span| span.count.instances).fold(0, u32::saturating_add)
}

/// The most instances at once, and all of them by their time.
fn used(spans: &[InstanceSpan], began: Timestamp, ended: Timestamp) -> (u32, f64) {
    let changes = spans.iter().map(|span| span.from.max(began));
    let peak = changes.map(|at| count(spans.iter(), at)).max().unwrap_or(0);
    let time_ms = |span: &InstanceSpan| {
        let until = span.until.unwrap_or(ended).min(ended);
        i128::from(until.ms_since(span.from.max(began)).max(0)) * i128::from(span.count.instances)
    };
    let all_ms: i128 = spans.iter().map(time_ms).sum();
    (peak, all_ms as f64 / 3_600_000.0)
}
