//! What the alarms can see in the bake of the first step, found by letting them look: the update is carried out with
//! a bake as long as any, with error rate after error rate, and nothing that rolls it back. When each alarm goes off
//! says for every shorter bake whether it would have noticed.

use serde_json::{Map, Value, json};

use super::alarm::Alarm;
use super::asked::{Asked, Wrong};
use super::length::Length;
use super::limit::Work;
use super::make::Planning;
use super::place::Halt;
use super::shown::{Chance, Course, Explanation, Rejected};
use super::stage::{Scenario, Stage, warm_up_ms};
use super::{Unplanned, spread};
use crate::clock::Timestamp;
use crate::domain::alarm::AlarmState;
use crate::domain::event::EventKind;
use crate::services::Settings;
use crate::store::{Effect, HistoryQuery, Order, Store};

/// The error rates that are tried, and that of the question.
const RATES: [f64; 6] = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5];

/// How often each is tried where the question does not say.
const RUNS: u32 = 40;

/// The longest bake that is tried, unless the question's is longer; AWS takes no more than an hour.
const LONGEST: Length = Length(1_800_000);

/// The part of the runs that must notice.
const WANTED_PERCENT: usize = 95;

/// The first bake with what each alarm did in it.
#[derive(Debug)]
struct Watched {
    /// From the beginning of the bake until each alarm was in ALARM; none if it never was.
    fired: Vec<Option<Length>>,
    requests_a_minute: f64,
}

/// Explains what the alarms that guard the update can see.
pub(super) async fn explain(
    planning: &Planning,
    asked: &Asked,
    schedule: &Course,
) -> Result<Explanation, Unplanned> {
    let guards = guards(asked)?;
    let bake = bake(schedule);
    let longest = LONGEST.max(bake);
    let runs = asked.runs.unwrap_or(RUNS);
    let rates = rates(asked);
    let all = u64::from(runs) * u64::try_from(rates.len()).unwrap_or(u64::MAX);
    let ms = longest.0 + schedule.ends_after.0.min(600_000) + warm_up_ms(asked, &planning.settings);
    planning.check(all, Work::of(asked, 0, ms).times(all))?;
    let patient = patient(asked, longest);
    let scenario =
        |rate: f64, n: u64| planning.scenario(&patient.clone().with_error_rate(rate), Some(Length(0)), n);
    let jobs = rates.iter().flat_map(|rate| (0..u64::from(runs)).map(|n| scenario(*rate, n))).collect();
    let (settings, names) =
        (planning.settings, guards.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>());
    let work = async move |store: &_, scenario: &_| watch(store, &settings, scenario, &names, longest).await;
    let wrong = |rejected: Rejected| {
        let why = format!("is about a bake of {longest}, which AWS would refuse here: {}", rejected.message);
        Wrong::new("explain", why)
    };
    let watched = planning.hands.each(jobs, work).await?.into_iter().map(|seen| seen.map_err(wrong));
    let watched = watched.collect::<Result<Vec<_>, _>>()?;
    let each_rate = usize::try_from(runs).expect("runs are at most a million");
    let chances = rates.iter().zip(watched.chunks(each_rate));
    let chances: Vec<_> = chances.map(|(rate, runs)| chance(*rate, runs, &guards, bake)).collect();
    let requests_a_minute =
        watched.iter().map(|it| it.requests_a_minute).sum::<f64>() / (watched.len() as f64).max(1.0);
    let mut explanation =
        Explanation { text: String::new(), runs, requests_a_minute, bake, longest_bake: longest, chances };
    explanation.text = paragraph(&explanation, &guards);
    Ok(explanation)
}

/// Names and periods of the alarms that guard the update; there is one at least.
fn guards(asked: &Asked) -> Result<Vec<(String, Length)>, Wrong> {
    let given =
        |name: &String| asked.alarms.iter().find(|alarm| alarm.name() == Some(name)).map(Alarm::period_ms);
    let guards = asked.alarm_names().into_iter().filter_map(|name| given(&name).map(|ms| (name, Length(ms))));
    let guards: Vec<_> = guards.collect();
    if guards.is_empty() {
        let why = "is about the alarms that guard the update: give in \"alarms\" what AutoRollbackConfiguration names";
        return Err(Wrong::new("explain", why));
    }
    if asked.traffic <= 0.0 {
        return Err(Wrong::new(
            "explain",
            "is about requests that alarms see: say how many there are with traffic",
        ));
    }
    Ok(guards)
}

/// The error rates to try, rising.
fn rates(asked: &Asked) -> Vec<f64> {
    let own = asked.bad.as_ref().and_then(|bad| bad.error_rate).filter(|rate| *rate > 0.0);
    let mut rates: Vec<f64> = RATES.into_iter().chain(own).collect();
    rates.sort_by(f64::total_cmp);
    rates.dedup();
    rates
}

/// The length of the first bake.
fn bake(schedule: &Course) -> Length {
    let begins = schedule.events.iter().position(|event| event.phase == EventKind::Baking);
    let length = begins.and_then(|at| {
        let ends = schedule.events[at + 1..].iter().find(|event| event.phase != EventKind::Warning)?;
        Some(Length(ends.after.0 - schedule.events[at].after.0))
    });
    length.unwrap_or_default()
}

/// The question with a first bake of that length, which nothing ends.
fn patient(asked: &Asked, longest: Length) -> Asked {
    let mut patient = asked.clone();
    let Some(Value::Object(config)) = &mut patient.config else { return patient };
    config.shift_remove("AutoRollbackConfiguration");
    for policy in ["BlueGreenUpdatePolicy", "RollingUpdatePolicy"] {
        let Some(Value::Object(policy)) = config.get_mut(policy) else { continue };
        policy.shift_remove("MaximumExecutionTimeoutInSeconds");
        policy.shift_remove("TerminationWaitInSeconds");
        match policy.get_mut("TrafficRoutingConfiguration") {
            Some(Value::Object(routing)) => {
                routing.insert("WaitIntervalInSeconds".to_owned(), json!(longest.0 / 1000))
            }
            _ => policy.insert("WaitIntervalInSeconds".to_owned(), json!(longest.0 / 1000)),
        };
    }
    patient
}

/// Lets the first bake pass until every alarm has gone off, or to its end.
async fn watch(
    store: &Store,
    settings: &Settings,
    scenario: &Scenario,
    names: &[String],
    longest: Length,
) -> Result<Watched, Halt> {
    let stage = Stage::set(store, settings, scenario).await?;
    let (engine, world) = (&stage.place.engine, &stage.place.world);
    let (opens, begins) = bake_of(&stage).await?;
    let mut fired = vec![None; names.len()];
    let ends = begins.plus_ms(longest.0);
    let mut now = begins;
    while now < ends && fired.contains(&None) {
        // Whole minutes, at which all traffic is accounted for.
        now = now.next_minute();
        engine.run_until(world, now).await?;
        for (name, fired) in names.iter().zip(&mut fired).filter(|(_, fired)| fired.is_none()) {
            let at = alarmed(&stage, name, opens).await?;
            *fired = at.map(|at| Length(at.ms_since(begins).max(0)));
        }
    }
    let seconds = now.ms_since(opens) as f64 / 1000.0;
    let requests = stage.green("Invocations").await?;
    Ok(Watched { fired, requests_a_minute: requests as f64 * 60.0 / seconds })
}

/// When the traffic of the first step moves, and when its bake begins.
async fn bake_of(stage: &Stage) -> Result<(Timestamp, Timestamp), Halt> {
    loop {
        let events = stage.place.engine.store().session().events(&stage.row.record.id).await?;
        let first = |kind| events.iter().find(|event| event.kind == kind).map(|event| event.at);
        if let (Some(opens), Some(begins)) = (first(EventKind::ActivatingTraffic), first(EventKind::Baking)) {
            return Ok((opens, begins));
        }
        let (endpoint, wake) = stage.look().await?;
        let Some(wake) = wake.filter(|_| endpoint.deployment().is_some()) else {
            return Err(Wrong::new("explain", "is about a bake, and this update has none").into());
        };
        stage.place.engine.run_until(&stage.place.world, wake).await?;
    }
}

/// The first instant from `opens` on at which the alarm was in ALARM.
async fn alarmed(stage: &Stage, name: &str, opens: Timestamp) -> Result<Option<Timestamp>, Unplanned> {
    let query = HistoryQuery {
        alarm: Some(name),
        item_type: Some("StateUpdate"),
        order: Order::Ascending,
        limit: u32::MAX,
        ..HistoryQuery::default()
    };
    let items = stage.place.engine.store().session().alarm_history(&stage.place.world, &query).await?;
    let is_alarm = |effect| effect == Effect::Entered(AlarmState::Alarm);
    let before = items.iter().rev().find(|item| item.at <= opens);
    if before.is_some_and(|item| is_alarm(item.effect)) {
        return Ok(Some(opens));
    }
    Ok(items.iter().find(|item| item.at > opens && is_alarm(item.effect)).map(|item| item.at))
}

fn chance(error_rate: f64, runs: &[Watched], guards: &[(String, Length)], bake: Length) -> Chance {
    let within =
        |at: usize| runs.iter().filter(|run| run.fired[at].is_some_and(|fired| fired <= bake)).count();
    let part = |count: usize| count as f64 / runs.len() as f64;
    let fires = guards.iter().enumerate().map(|(at, (name, _))| (name.clone(), json!(part(within(at)))));
    let fires: Map<String, Value> = fires.collect();
    let first = runs.iter().filter_map(|run| run.fired.iter().flatten().min().copied()).collect();
    // A bake is whole seconds.
    let smallest = spread::rank(first, runs.len(), WANTED_PERCENT);
    let smallest_bake = smallest.map(|length| Length(length.0 + (-length.0).rem_euclid(1000)));
    Chance { error_rate, fires, smallest_bake }
}

/// All of it in words.
fn paragraph(explanation: &Explanation, guards: &[(String, Length)]) -> String {
    let Explanation { runs, requests_a_minute, bake, longest_bake, chances, .. } = explanation;
    let share = |part: f64| format!("{} %", (part * 1000.0).round() / 10.0);
    let periods = guards.iter().map(|(name, period)| {
        let requests = requests_a_minute * period.0 as f64 / 60_000.0;
        format!("{} in each period of {name} ({period})", requests.round())
    });
    let periods = periods.collect::<Vec<_>>().join(", ");
    let each = |(name, _): &(String, Length)| {
        let at = |chance: &Chance| {
            let fires = chance.fires[name].as_f64().unwrap_or_default();
            format!("in {} at {}", share(fires), share(chance.error_rate))
        };
        let list = chances.iter().map(at).collect::<Vec<_>>().join(", ");
        format!(" Within the bake of {bake} the alarm {name} goes off {list}.")
    };
    let bakes = chances.iter().filter_map(|chance| {
        let bake = chance.smallest_bake?;
        Some(format!("{bake} at {}", share(chance.error_rate)))
    });
    let blind = chances.iter().filter(|chance| chance.smallest_bake.is_none());
    let blind: Vec<_> = blind.map(|chance| share(chance.error_rate)).collect();
    let none = if blind.is_empty() {
        String::new()
    } else {
        format!(" No bake up to {longest_bake} is enough at {}.", blind.join(", "))
    };
    let bakes: Vec<_> = bakes.collect();
    let enough = if bakes.is_empty() {
        String::new()
    } else {
        format!(" The smallest bake that notices in {WANTED_PERCENT} % of the runs is {}.", bakes.join(", "))
    };
    format!(
        "After its first step the new model gets about {} requests a minute: {periods}. Each error rate was tried in \
         {runs} runs, each with other luck; this is in how many of them an alarm goes off, by error rate.{}{enough}{none}",
        requests_a_minute.round(),
        guards.iter().map(each).collect::<String>(),
    )
}
