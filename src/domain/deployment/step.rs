//! The way forward: what a deployment does when its time has come.

use super::{Cause, Deployment, Ending, LaunchOrder, Log, Moment, Phase, Progress, Side};
use crate::clock::Timestamp;
use crate::domain::alarm::Watch;
use crate::domain::event::{CauseKind, EventKind};
use crate::domain::fleet::{Failure, Fleet, Launch, Pool};
use crate::domain::rules::MissingAlarm;

impl Deployment {
    /// What has come by `now`. A look that finds nothing returns the deployment as it is.
    ///
    /// At one instant an alarm comes first, then a last bake that ends, then the timeout, then the rest.
    pub fn step(mut self, moment: &mut Moment<'_>) -> Progress {
        let now = moment.now;
        if let Some(cause) = self.look(moment) {
            return self.roll_back(cause, moment);
        }
        if self.deadline().is_some_and(|deadline| deadline <= now) && !self.last_bake_ends(now) {
            let secs = self.plan.timeout_ms / 1000;
            return self.roll_back(Cause::timeout(secs), moment);
        }
        match self.phase {
            Phase::Launching { step } => match self.green.launch(self.since, now) {
                Launch::Starting(_) => self.running(),
                Launch::Failed(failure) => {
                    let cause = Cause::launch(failure);
                    self.roll_back(cause, moment)
                }
                Launch::Up => self.shift(step, moment),
            },
            Phase::Shifting { step, until } if until <= now => self.bake(step, moment),
            Phase::Baking { step, .. } if self.bake_is_over(now) => {
                self.note_silence(self.plan.wait_ms, moment);
                self.baked(step, moment)
            }
            Phase::TerminationWait { .. } if self.bake_is_over(now) => {
                self.note_silence(self.plan.termination_wait_ms, moment);
                self.terminate(moment)
            }
            Phase::Terminating { step, until } if until <= now => self.terminated(step, moment),
            Phase::RollingBack { .. } => self.go_back(moment),
            _ => self.running(),
        }
    }

    /// Whether the last bake ends at `now`; one of no length ends where the shift before it does.
    fn last_bake_ends(&self, now: Timestamp) -> bool {
        let (step, is_over) = match self.phase {
            Phase::Shifting { step, until } if !self.is_paused() => {
                (step, until.plus_ms(self.bake_ms(self.plan.wait_ms)) <= now)
            }
            Phase::Baking { step, .. } => (step, self.bake_is_over(now)),
            _ => return false,
        };
        is_over && self.plan.is_last(step)
    }

    fn bake_is_over(&self, now: Timestamp) -> bool {
        self.bake_ends_at().is_some_and(|end| end <= now)
    }

    /// Orders the instances of `step`: all of blue/green before its first, a batch of rolling.
    pub fn launch(&mut self, step: usize, now: Timestamp, log: &mut Log) {
        self.enter(Phase::Launching { step }, now);
        let mut total: u32 = 0;
        for (index, variant) in self.plan.variants.iter().enumerate() {
            let wanted = if self.plan.is_rolling() { variant.green_after(step) } else { variant.green };
            let count = wanted.saturating_sub(self.green.pools[index].existing());
            total = total.saturating_add(count);
            if count > 0 {
                log.launches.push(LaunchOrder { side: Side::Green, variant: index, count });
            }
        }
        let message = format!("Launching {total} {} of {}.", self.unit().some, self.green.spec.config_name);
        log.events.push(self.event(now, EventKind::Launching, Some(step), message));
    }

    /// Moves the traffic of `step`; the first time the alarms' window opens, with a look at that instant.
    fn shift(mut self, step: usize, moment: &mut Moment<'_>) -> Progress {
        let now = moment.now;
        self.shares = self.plan.variants.iter().map(|variant| variant.share_after(step)).collect();
        self.enter(Phase::Shifting { step, until: now.plus_ms(moment.rules.activate_ms) }, now);
        let traffic = self.traffic().green_bp();
        let message = format!("Activating traffic: {}.{:02} % on green.", traffic / 100, traffic % 100);
        moment.log.events.push(self.event(now, EventKind::ActivatingTraffic, Some(step), message));
        if self.watch.is_none() && !self.plan.alarms.is_empty() {
            self.watch = Some(Watch::opened(now, moment.observed.seq));
            if let Some(cause) = self.look(moment) {
                return self.roll_back(cause, moment);
            }
        }
        self.running()
    }

    fn bake(mut self, step: usize, moment: &mut Moment<'_>) -> Progress {
        let now = moment.now;
        let bake_ms = self.bake_ms(self.plan.wait_ms);
        self.enter(Phase::Baking { step, until: now.plus_ms(bake_ms) }, now);
        let message = format!("Baking for {} seconds.", bake_ms / 1000);
        moment.log.events.push(self.event(now, EventKind::Baking, Some(step), message));
        self.running()
    }

    /// The bake of `step` is over: the next step, the termination wait, or the old batch goes.
    fn baked(mut self, step: usize, moment: &mut Moment<'_>) -> Progress {
        let now = moment.now;
        if self.plan.is_rolling() {
            return self.terminate(moment);
        }
        if !self.plan.is_last(step) {
            return self.shift(step + 1, moment);
        }
        let bake_ms = self.bake_ms(self.plan.termination_wait_ms);
        self.enter(Phase::TerminationWait { until: now.plus_ms(bake_ms) }, now);
        let message = format!("Baking for {} seconds (TerminationWaitInSeconds).", bake_ms / 1000);
        moment.log.events.push(self.event(now, EventKind::Baking, None, message));
        self.running()
    }

    /// Begins to terminate what blue no longer needs. After the last step nothing is watched any more.
    fn terminate(mut self, moment: &mut Moment<'_>) -> Progress {
        let now = moment.now;
        let step = match self.phase {
            Phase::Baking { step, .. } => step,
            _ => self.plan.steps() - 1,
        };
        if self.plan.is_last(step) {
            self.watch = None;
        }
        if !self.plan.is_rolling() {
            self.blue.iter_mut().flat_map(|fleet| &mut fleet.pools).for_each(Pool::want_no_more);
        }
        self.enter(Phase::Terminating { step, until: now.plus_ms(moment.rules.terminate_ms) }, now);
        let message = format!("Terminating {} {} of the old fleet.", self.surplus_blue(), self.unit().some);
        moment.log.events.push(self.event(now, EventKind::Terminating, Some(step), message));
        self.running()
    }

    fn terminated(mut self, step: usize, moment: &mut Moment<'_>) -> Progress {
        let now = moment.now;
        self.shrink_blue(now);
        if !self.plan.is_last(step) {
            self.launch(step + 1, now, moment.log);
            return self.running();
        }
        let message = format!("{} is in service.", self.green.spec.config_name);
        moment.log.events.push(self.event(now, EventKind::Succeeded, None, message));
        Progress::Ended(Ending::Succeeded(self.green))
    }

    /// A look at the alarms while their window is open. Alarms that do not exist are noted once.
    fn look(&mut self, moment: &mut Moment<'_>) -> Option<Cause> {
        let watch = self.watch.as_mut()?;
        let tripped = moment.observed.tripped(moment.rules);
        if !tripped.is_empty() {
            return Some(Cause::alarm(tripped));
        }
        let gone = moment.observed.ever_missing();
        if !gone.is_empty() && moment.rules.missing_alarm == MissingAlarm::Rollback {
            return Some(Cause::missing_alarm(gone));
        }
        let missing = moment.observed.missing();
        let news: Vec<String> = missing.into_iter().filter(|name| !watch.noted.contains(name)).collect();
        watch.noted.extend(news.iter().cloned());
        for name in news {
            let message = format!("The alarm {name} does not exist and cannot end the deployment.");
            moment.log.events.push(self.event(moment.now, EventKind::Warning, None, message));
        }
        None
    }

    /// Notes, once each, the alarms that had no data from the beginning of the bake to its end, which is now. A bake
    /// that was cut short says nothing of them.
    fn note_silence(&mut self, planned_ms: i64, moment: &mut Moment<'_>) {
        let (from, now) = (self.since, moment.now);
        let is_whole = from < now && now.ms_since(from) >= planned_ms;
        let Some(watch) = self.watch.as_mut().filter(|_| is_whole) else { return };
        let silent = moment.observed.silent_since(from).into_iter();
        let news: Vec<String> = silent.filter(|name| !watch.silent.contains(name)).collect();
        watch.silent.extend(news.iter().cloned());
        let step = self.phase.step();
        for name in news {
            let message = format!(
                "The alarm {name} was in INSUFFICIENT_DATA during the whole bake: it could not have ended \
                 the deployment. Either nothing was measured, or it watches a metric that nobody publishes."
            );
            moment.log.events.push(self.event(now, EventKind::Warning, step, message));
        }
    }

    /// Blue instances that the present shares no longer need.
    pub(in crate::domain) fn surplus_blue(&self) -> u32 {
        let surplus = |fleet: &Fleet| {
            let pools = fleet.spec.variants.iter().zip(&fleet.pools);
            let gone = pools.filter(|(variant, _)| self.plan.variant(&variant.name).is_none());
            gone.map(|(_, pool)| pool.existing()).fold(0, u32::saturating_add)
        };
        let unplanned = self.blue.iter().map(surplus).fold(0, u32::saturating_add);
        let planned = self.shared().map(|(variant, share)| {
            self.blue_existing(&variant.name).saturating_sub(share.blue_active(variant.blue))
        });
        planned.fold(unplanned, u32::saturating_add)
    }

    /// Takes away the blue instances that the present shares no longer need, leftovers first.
    pub(super) fn shrink_blue(&mut self, now: Timestamp) {
        let keep: Vec<(String, u32)> =
            self.shared().map(|(plan, share)| (plan.name.clone(), share.blue_active(plan.blue))).collect();
        for (name, keep) in keep {
            let mut surplus = self.blue_existing(&name).saturating_sub(keep);
            for fleet in self.blue.iter_mut().rev() {
                let Some(index) = fleet.spec.position(&name) else { continue };
                let existing = fleet.pools[index].existing();
                let gone = existing.min(surplus);
                fleet.pools[index].shrink_to(existing - gone, now);
                surplus -= gone;
            }
        }
    }

    pub(super) fn enter(&mut self, phase: Phase, now: Timestamp) {
        self.phase = phase;
        self.since = now;
    }

    pub(super) fn running(self) -> Progress {
        Progress::Running(Box::new(self))
    }
}

impl Cause {
    fn alarm(alarms: Vec<String>) -> Self {
        let reason = format!(
            "The deployment was rolled back because the following alarm(s) went into ALARM state: {}.",
            alarms.join(", ")
        );
        Self { kind: CauseKind::Alarm, alarms, reason }
    }

    fn missing_alarm(alarms: Vec<String>) -> Self {
        let reason = format!(
            "The deployment was rolled back because the following alarm(s) do not exist: {}.",
            alarms.join(", ")
        );
        Self { kind: CauseKind::MissingAlarm, alarms, reason }
    }

    fn timeout(secs: i64) -> Self {
        let reason = format!(
            "The deployment was rolled back because it did not finish within \
             MaximumExecutionTimeoutInSeconds ({secs})."
        );
        Self { kind: CauseKind::Timeout, alarms: Vec::new(), reason }
    }

    fn launch(failure: Failure<'_>) -> Self {
        let kind = match failure {
            Failure::Ping(_) => CauseKind::Health,
            Failure::Capacity => CauseKind::Capacity,
        };
        Self { kind, alarms: Vec::new(), reason: failure.reason() }
    }

    pub(super) fn aborted() -> Self {
        let reason = "The deployment was rolled back because it was aborted.".to_owned();
        Self { kind: CauseKind::Operator, alarms: Vec::new(), reason }
    }

    pub(super) fn internal_fault() -> Self {
        let reason = INTERNAL_FAULT.to_owned();
        Self { kind: CauseKind::InternalFault, alarms: Vec::new(), reason }
    }
}

/// AWS's text for a fault of the service itself.
pub(in crate::domain) const INTERNAL_FAULT: &str =
    "Request to service failed. If failure persists after retry, contact customer support.";
