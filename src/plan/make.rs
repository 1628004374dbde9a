//! The plan itself: which runs it takes, and what is made of them.

use super::asked::{Asked, Wrong};
use super::course::run;
use super::hands::Hands;
use super::length::Length;
use super::limit::{Limits, Work};
use super::quiet::{Quiet, others, quiet, watch};
use super::shown::{Course, Outcome, Plan, Pool, Rejected, Row, Tripped};
use super::stage::{Scenario, warm_up_ms};
use super::sweep::{Sweep, alike};
use super::{Unplanned, explain, spread};
use crate::services::Settings;

/// So many combinations of a sweep are looked at before the work is added up.
const FEW: usize = 8;

/// Makes the plan of a question.
pub(super) async fn make(
    asked: Asked,
    settings: Settings,
    limits: Option<Limits>,
    hands: Hands,
) -> Result<Plan, Unplanned> {
    let seed = asked.seed.unwrap_or(settings.rules.seed);
    let planning = Planning { settings, seed, limits, hands };
    let mut plan = Plan { notes: notes(&asked), ..Plan::default() };
    if asked.sweep.is_empty() {
        planning.whole(asked, &mut plan).await?;
    } else {
        planning.sweep(&asked, &mut plan).await?;
    }
    Ok(plan)
}

/// What to know before one believes the answer.
fn notes(asked: &Asked) -> Vec<String> {
    let watched = asked.alarm_names();
    let given = |name: &String| asked.alarms.iter().any(|alarm| alarm.name() == Some(name));
    let missing = watched.iter().filter(|name| !given(name)).map(|name| {
        format!("AutoRollbackConfiguration names the alarm {name}, which is not given: there is none here, and it ends nothing.")
    });
    let idle = asked
        .alarms
        .iter()
        .filter_map(|alarm| alarm.name())
        .filter(|name| !watched.iter().any(|it| it == name));
    let idle = idle.map(|name| {
        format!(
            "The alarm {name} is not named by AutoRollbackConfiguration: it may go off, but it ends nothing."
        )
    });
    let quiet = (asked.traffic <= 0.0 && asked.bad.is_some() && asked.sweep.is_empty())
        .then(|| "There is no traffic, so nobody meets the bad model.".to_owned());
    missing.chain(idle).chain(quiet).collect()
}

/// What is to be said of an alarm that has tripped before the update.
fn early(tripped: &Tripped) -> Option<String> {
    (tripped.after < Length(0)).then(|| {
        format!(
            "The alarm {} is in ALARM before the update begins: the old model trips it already. Is its threshold in the \
             metric's own unit?",
            tripped.alarm
        )
    })
}

/// What all runs of a plan have in common.
pub(super) struct Planning {
    pub(super) settings: Settings,
    seed: u64,
    limits: Option<Limits>,
    pub(super) hands: Hands,
}

impl Planning {
    /// Everything about one deployment config.
    async fn whole(&self, asked: Asked, plan: &mut Plan) -> Result<(), Unplanned> {
        let runs = asked.runs.unwrap_or(1);
        let all = u64::from(runs) + 1;
        let calm = self.calm(vec![quiet(&asked)]).await?.pop().expect("one was wanted");
        self.check(all, self.work(&asked, &calm).times(all))?;
        let good = self.run(vec![self.scenario(&asked, None, 0)]).await?.pop().expect("one was wanted");
        let schedule = match good {
            Ok(outcome) => {
                plan.notes.extend(outcome.tripped.iter().filter_map(early));
                outcome.course
            }
            Err(rejected) => {
                plan.rejected = Some(rejected);
                return Ok(());
            }
        };
        if asked.bad.is_some() {
            let outcomes = self.outcomes(&asked, &schedule, runs).await?;
            plan.spread = asked.runs.map(|_| spread::of(&outcomes));
            plan.outcome = outcomes.into_iter().next();
        }
        if asked.pools {
            plan.pools = self.pools(&asked, calm.ok()).await?;
        }
        if asked.explain {
            plan.explanation = Some(explain::explain(self, &asked, &schedule).await?);
        }
        plan.schedule = Some(schedule);
        Ok(())
    }

    /// The failure, so many times with other luck.
    async fn outcomes(&self, asked: &Asked, schedule: &Course, runs: u32) -> Result<Vec<Outcome>, Unplanned> {
        let bad_from = Some(asked.fail_at.within(schedule)?);
        let scenarios = (0..u64::from(runs)).map(|n| self.scenario(asked, bad_from, n)).collect();
        let outcomes = self.run(scenarios).await?.into_iter();
        let accepted =
            |rejected: Rejected| Unplanned::Failed(format!("only luck is other, but: {}", rejected.message));
        outcomes.map(|outcome| outcome.map_err(accepted)).collect()
    }

    /// A row for every combination.
    async fn sweep(&self, asked: &Asked, plan: &mut Plan) -> Result<(), Unplanned> {
        if asked.explain {
            return Err(Wrong::new("explain", "is about one deployment config: leave the sweep away").into());
        }
        let runs = asked.runs.unwrap_or(1);
        let all = u64::try_from(asked.sweep.len()).unwrap_or(u64::MAX).saturating_mul(u64::from(runs) + 1);
        self.check(all, Work::default())?;
        let points = Sweep::points(asked)?;
        let mut work = Work::default();
        // A few at a time, since these runs are work too.
        for few in points.chunks(FEW) {
            let calm = self.calm(few.iter().map(|point| quiet(&point.asked)).collect()).await?;
            for (point, calm) in few.iter().zip(&calm) {
                work = work.and(self.work(&point.asked, calm).times(u64::from(runs) + 1));
            }
            self.check(all, work)?;
        }
        let good = points.iter().map(|point| self.scenario(&point.asked, None, 0)).collect();
        for (point, good) in points.iter().zip(self.run(good).await?) {
            let mut row = Row { values: point.values.clone(), ..Row::default() };
            match good {
                Ok(Outcome { course, .. }) => {
                    (row.ends_after, row.peak_instances) =
                        (Some(course.ends_after), Some(course.peak_instances));
                    if point.asked.bad.is_some() {
                        row.spread = Some(spread::of(&self.outcomes(&point.asked, &course, runs).await?));
                    }
                }
                Err(rejected) => row.rejected = Some(rejected),
            }
            plan.sweep.push(row);
        }
        let accepted = points.iter().zip(&plan.sweep).filter(|(_, row)| row.rejected.is_none());
        plan.notes.extend(alike(accepted.map(|(point, _)| point)));
        Ok(())
    }

    /// Whether so many runs may be made.
    pub(super) fn check(&self, runs: u64, work: Work) -> Result<(), Wrong> {
        self.limits.map_or(Ok(()), |limits| limits.check(runs, work))
    }

    /// The run of a question with the luck of this number.
    pub(super) fn scenario(&self, asked: &Asked, bad_from: Option<Length>, n: u64) -> Scenario {
        Scenario { asked: asked.clone(), bad_from, seed: self.seed.wrapping_add(n) }
    }

    /// About what it takes to carry this out once. What AWS would refuse takes nothing.
    fn work(&self, asked: &Asked, calm: &Result<Quiet, Rejected>) -> Work {
        // Up to a minute passes until the next whole one, and up to another until the update begins.
        let ms = |calm: &Quiet| calm.lasts_ms + warm_up_ms(asked, &self.settings) + 120_000;
        calm.as_ref().map_or(Work::default(), |calm| Work::of(asked, calm.events, ms(calm)))
    }

    /// The pool of every strategy, that of the question among them. A strategy that AWS would refuse has none.
    async fn pools(&self, asked: &Asked, own: Option<Quiet>) -> Result<Vec<Pool>, Unplanned> {
        let Some(own) = own else { return Ok(Vec::new()) };
        let others = self.calm(others(asked, own.pool.strategy)).await?;
        let mut pools: Vec<_> = others.into_iter().flatten().chain([own]).map(|calm| calm.pool).collect();
        pools.sort_by_key(|pool| pool.strategy);
        Ok(pools)
    }

    /// Carries questions without traffic and alarms out.
    async fn calm(&self, asked: Vec<Asked>) -> Result<Vec<Result<Quiet, Rejected>>, Unplanned> {
        let settings = self.settings;
        let scenarios = asked.iter().map(|asked| self.scenario(asked, None, 0)).collect();
        self.hands
            .each(scenarios, async move |store: &_, scenario: &_| {
                Box::pin(watch(store, &settings, scenario)).await
            })
            .await
    }

    async fn run(&self, scenarios: Vec<Scenario>) -> Result<Vec<Result<Outcome, Rejected>>, Unplanned> {
        let settings = self.settings;
        self.hands
            .each(scenarios, async move |store: &_, scenario: &_| run(store, &settings, scenario).await)
            .await
    }
}
