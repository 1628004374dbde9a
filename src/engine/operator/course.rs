//! The course of a deployment as it can be drawn: how it was planned when it was accepted, when its alarms were in
//! ALARM, and what the requests of each config met.
//!
//! The plan is made again from the journal by the core itself, so that it is there also after the end: what the
//! deployment would have done if nothing had happened to it. What its first step has launched comes up as it did; later
//! batches of a rolling update as their containers say, without what was changed about their models at run time.

use super::forecast::forecast;
use super::measured::{Measured, Period, measured};
use crate::clock::Timestamp;
use crate::domain::alarm::{AlarmState, Observed};
use crate::domain::component::name_of;
use crate::domain::endpoint::Endpoint;
use crate::domain::event::Event;
use crate::domain::journal::Entry;
use crate::domain::world::WorldId;
use crate::engine::attempt::look;
use crate::engine::tuned::Tuned;
use crate::engine::{Engine, Error};
use crate::metrics::invoked::{Invoked, Runs, Subject};
use crate::metrics::metric::Dimensions;
use crate::store::{self, DeploymentRow, Effect, HistoryItem, HistoryQuery, Order, Session};

/// The shortest period that is measured.
const PERIOD_MS: i64 = 60_000;

/// A line has about so many points at the most, however long a deployment took.
const MOST_POINTS: i64 = 240;

/// An alarm that changed more often than this within a deployment is shown up to there.
const MOST_CHANGES: u32 = 1_000;

/// What can be drawn of a deployment besides its history.
#[derive(Clone, Debug, Default)]
pub struct Course {
    /// What was planned when it was accepted, each stage at its time; nothing where its journal is lost.
    pub planned: Vec<Event>,
    /// The alarms of its guardrail.
    pub alarms: Vec<Watched>,
    /// What the requests of each config met.
    pub measured: Vec<Measured>,
    /// How long a period of those is, in milliseconds.
    pub period_ms: i64,
}

/// An alarm of a guardrail, and when it was in ALARM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watched {
    /// `AlarmName`.
    pub name: String,
    /// From when until when, within the deployment; the last one without an end was not over by then.
    pub spans: Vec<(Timestamp, Option<Timestamp>)>,
}

impl Engine {
    /// The course of the deployment in `row`, as far as it can be made out.
    pub async fn course(&self, world: &WorldId, row: &DeploymentRow) -> Result<Course, Error> {
        let mut session = self.store.begin_reading().await?;
        let until = match row.record.ended_at {
            Some(ended) => ended,
            None => session.world_now(world).await?,
        };
        let begun = look(Box::pin(begun(&mut session, row))).await?.unwrap_or(None);
        let mut course = Course::default();
        if let Some(endpoint) = &begun {
            // Whatever was changed about its models since then changes no plan that was made before.
            course.planned = forecast(endpoint, &Tuned::default(), &self.rules);
            for name in endpoint.deployment().into_iter().flat_map(|deployment| &deployment.plan.alarms) {
                course.alarms.push(watched(&mut session, world, name, (row.record.started_at, until)).await?);
            }
        }
        let span_ms = until.ms_since(row.record.started_at);
        course.period_ms = PERIOD_MS * (span_ms / PERIOD_MS / MOST_POINTS + 1);
        for (config, dimensions) in counted(row, begun.as_ref()) {
            let period = Period { from: row.record.started_at, until, ms: course.period_ms };
            course.measured.push(measured(&mut session, world, config, &dimensions, period).await?);
        }
        Ok(course)
    }
}

/// The endpoint as it was when the deployment had been accepted; none where its journal does not say.
async fn begun(session: &mut Session, row: &DeploymentRow) -> Result<Option<Endpoint>, store::Error> {
    let journal = session.journal(&row.record.id).await?;
    let Some((1, first)) = journal.first() else { return Ok(None) };
    let Entry { fates, .. } = first;
    let transition = first.again(None, &Observed::default());
    Ok(transition.and_then(|transition| transition.admitted(fates)))
}

/// The configs of a deployment with the dimensions under which requests to their variants are counted. Those to an
/// inference component are, whatever it runs, under its name.
fn counted<'a>(row: &'a DeploymentRow, begun: Option<&'a Endpoint>) -> Vec<(&'a str, Vec<Dimensions>)> {
    if let Some(component) = name_of(&row.endpoint) {
        return vec![(component, vec![Subject::Component(component).dimensions()])];
    }
    let names = [row.record.from_config.as_deref(), Some(row.record.to_config.as_str())];
    let fleets = begun.map(Endpoint::fleets).unwrap_or_default();
    let of_variants = |config: &str| {
        let fleets = fleets.iter().filter(|fleet| fleet.spec.config_name == config);
        let variants = fleets.flat_map(|fleet| &fleet.spec.variants);
        let who = variants.map(|variant| Invoked {
            endpoint: row.endpoint.clone(),
            variant: variant.name.clone(),
            runs: Runs::Config(config.to_owned()),
        });
        who.map(|who| who.dimensions()[1].clone()).collect()
    };
    names.into_iter().flatten().map(|config| (config, of_variants(config))).collect()
}

/// When an alarm was in ALARM between two instants.
async fn watched(
    session: &mut Session,
    world: &WorldId,
    name: &str,
    (from, until): (Timestamp, Timestamp),
) -> Result<Watched, store::Error> {
    let of_alarm = HistoryQuery { alarm: Some(name), ..HistoryQuery::default() };
    let before = HistoryQuery { until: Some(from), ..of_alarm.clone() };
    let before = session.alarm_history(world, &before).await?;
    let within = HistoryQuery {
        from: Some(from.plus_ms(1)),
        until: Some(until),
        order: Order::Ascending,
        limit: MOST_CHANGES,
        ..of_alarm
    };
    let within = session.alarm_history(world, &within).await?;
    let changes = |item: &HistoryItem| match item.effect {
        Effect::None => None,
        Effect::Entered(state) => Some((item.at, state == AlarmState::Alarm)),
        Effect::Deleted => Some((item.at, false)),
    };
    let at_start = before.iter().find_map(changes).map(|(_, is_alarm)| (from, is_alarm));
    let mut spans: Vec<(Timestamp, Option<Timestamp>)> = Vec::new();
    for (at, is_alarm) in at_start.into_iter().chain(within.iter().filter_map(changes)) {
        match (spans.last_mut(), is_alarm) {
            (Some((_, end @ None)), false) => *end = Some(at),
            (Some((_, None)), true) | (_, false) => {}
            (_, true) => spans.push((at, None)),
        }
    }
    Ok(Watched { name: name.to_owned(), spans })
}
