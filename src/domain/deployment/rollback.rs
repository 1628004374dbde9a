//! The way back: blue takes its traffic again, and green goes.
//!
//! Blue/green still has all of blue, so everything returns at once. Rolling has given some of it up:
//! traffic follows the capacity that is up, and what is missing comes back in batches. Inside a rollback
//! there are no bakes, no alarms and no timeout.

use super::plan::VariantPlan;
use super::{Cause, Deployment, Ending, INTERNAL_FAULT, LaunchOrder, Leg, Moment, Phase, Progress, Side};
use crate::clock::Timestamp;
use crate::domain::capacity::Share;
use crate::domain::event::{Event, EventKind};
use crate::domain::fleet::{Fleet, Group, Launch, Pool};

impl Deployment {
    /// Begins the rollback at the instant of its cause.
    pub(super) fn roll_back(mut self, cause: Cause, moment: &mut Moment<'_>) -> Progress {
        let now = moment.now;
        self.watch = None;
        self.green.pools.iter_mut().for_each(Pool::want_no_more);
        self.bury_blue(now);
        if matches!(self.phase, Phase::Terminating { .. }) {
            self.shrink_blue(now);
        }
        let shifted = self.shares.iter().any(|share| *share != Share::BLUE);
        if shifted && self.blue.iter().all(|fleet| fleet.healthy(now) == 0) {
            let (told, one) = (&cause.reason, self.unit().one);
            let reason = format!("{told} The rollback failed: no {one} of the old fleet is healthy.");
            moment.log.events.push(self.cause_event(&cause, now));
            return self.rollback_failed(reason, moment);
        }
        self.shares = self.shares_blue_can_take(now);
        let event = self.cause_event(&cause, now);
        self.enter(Phase::RollingBack { cause, leg: Leg::Launching }, now);
        moment.log.events.push(event);
        self.next_batch(moment);
        self.running()
    }

    /// Ends it because its steps fail inside the server: it rolls back; one that does so already stays where
    /// it is.
    pub(in crate::domain) fn give_up(mut self, moment: &mut Moment<'_>) -> Progress {
        self.blue.iter_mut().chain([&mut self.green]).for_each(Fleet::make_whole);
        if matches!(self.phase, Phase::RollingBack { .. }) {
            return self.strand(moment);
        }
        self.roll_back(Cause::internal_fault(), moment)
    }

    /// Ends it where it stands. This must not fail whatever is wrong with it, so it looks at next to nothing.
    pub(in crate::domain) fn strand(self, moment: &mut Moment<'_>) -> Progress {
        let cause = if let Phase::RollingBack { cause, .. } = &self.phase {
            cause.clone()
        } else {
            let cause = Cause::internal_fault();
            moment.log.events.push(self.cause_event(&cause, moment.now));
            cause
        };
        self.rollback_failed(format!("{} The rollback failed: {INTERNAL_FAULT}", cause.reason), moment)
    }

    /// What has come by `now` on the way back.
    pub(super) fn go_back(mut self, moment: &mut Moment<'_>) -> Progress {
        let now = moment.now;
        let Phase::RollingBack { cause, leg } = &self.phase else { return self.running() };
        let (reason, leg) = (cause.reason.clone(), *leg);
        match leg {
            Leg::Launching if self.awaited().is_some_and(|at| at > now) => {}
            Leg::Launching => match self.blue[0].launch(self.since, now) {
                Launch::Starting(_) => {}
                Launch::Failed(failure) => {
                    let reason = format!("{reason} The rollback failed: {}", failure.reason());
                    return self.rollback_failed(reason, moment);
                }
                Launch::Up => {
                    self.shares = self.shares_blue_can_take(now);
                    let message = format!("Activating traffic on the {} that are back.", self.unit().all);
                    self.go_on(
                        Leg::Shifting { until: now.plus_ms(moment.rules.activate_ms) },
                        message,
                        moment,
                    );
                }
            },
            Leg::Shifting { until } if until <= now => self.terminate_green(moment),
            Leg::Terminating { until } if until <= now => {
                self.shrink_green(now);
                if self.shares.iter().all(|share| *share == Share::BLUE) {
                    return self.rolled_back(reason, moment);
                }
                self.next_batch(moment);
            }
            Leg::Shifting { .. } | Leg::Terminating { .. } => {}
        }
        self.running()
    }

    /// Launches the next batch of the old config, or terminates green where nothing is missing. Those that come instead of
    /// the dead are missing no more, until they are given up.
    fn next_batch(&mut self, moment: &mut Moment<'_>) {
        self.bury_blue(moment.now);
        if self.shares.iter().all(|share| *share == Share::BLUE) {
            self.terminate_green(moment);
            return;
        }
        let mut total: u32 = 0;
        for variant in &self.plan.variants {
            let missing = variant.blue.saturating_sub(self.blue_existing(&variant.name));
            let batch = self.plan.rollback_size.map_or(missing, |size| size.instances_of(variant.blue));
            let (count, index) = (batch.min(missing), self.blue[0].spec.position(&variant.name));
            if let (Some(index), true) = (index, count > 0) {
                moment.log.launches.push(LaunchOrder { side: Side::Blue, variant: index, count });
                total = total.saturating_add(count);
            }
        }
        let (config, unit) = (&self.blue[0].spec.config_name, self.unit());
        let existing = self.blue[0].pools.iter().map(Pool::existing).fold(0, u32::saturating_add);
        let message = match (total, existing.saturating_sub(self.blue[0].healthy(moment.now))) {
            (0, 0) => format!("All {} of {config} are back.", unit.all),
            (0, starting) => {
                format!("Waiting for {starting} {} of {config} that are being launched already.", unit.some)
            }
            _ => format!("Launching {total} {} of {config}.", unit.some),
        };
        self.go_on(Leg::Launching, message, moment);
    }

    /// When the first of those is settled that come instead of the dead, where a rollback has nobody else to wait for.
    pub(super) fn awaited(&self) -> Option<Timestamp> {
        let groups = || self.blue.iter().take(1).flat_map(|fleet| &fleet.pools).flat_map(|pool| &pool.groups);
        if groups().any(|group| group.launched_at >= self.since) {
            return None;
        }
        groups().map(Group::settled_at).filter(|at| *at > self.since).min()
    }

    fn bury_blue(&mut self, now: Timestamp) {
        self.blue.iter_mut().flat_map(|fleet| &mut fleet.pools).for_each(|pool| pool.bury(now));
    }

    fn terminate_green(&mut self, moment: &mut Moment<'_>) {
        let message = format!("Terminating {} {} of the new fleet.", self.surplus_green(), self.unit().some);
        self.go_on(
            Leg::Terminating { until: moment.now.plus_ms(moment.rules.terminate_ms) },
            message,
            moment,
        );
    }

    fn go_on(&mut self, next: Leg, message: String, moment: &mut Moment<'_>) {
        let now = moment.now;
        if let Phase::RollingBack { leg, .. } = &mut self.phase {
            *leg = next;
        }
        self.since = now;
        moment.log.events.push(self.event(now, EventKind::RollingBack, None, message));
    }

    fn rolled_back(self, reason: String, moment: &mut Moment<'_>) -> Progress {
        let now = moment.now;
        let message = format!("{} is in service again.", self.blue[0].spec.config_name);
        moment.log.events.push(self.event(now, EventKind::RolledBack, None, message));
        Progress::Ended(Ending::RolledBack(self.blue, reason))
    }

    /// Both fleets keep what is healthy, and the traffic stays where it is.
    fn rollback_failed(self, reason: String, moment: &mut Moment<'_>) -> Progress {
        let now = moment.now;
        moment.log.events.push(self.event(now, EventKind::RollbackFailed, None, reason.clone()));
        let mut fleets = self.blue;
        fleets.push(self.green);
        for fleet in &mut fleets {
            fleet.make_whole();
            fleet.drop_unhealthy(now);
        }
        let mut first = true;
        fleets
            .retain(|fleet| std::mem::take(&mut first) || fleet.pools.iter().any(|pool| pool.existing() > 0));
        Progress::Ended(Ending::RollbackFailed(fleets, reason))
    }

    /// Green's shares when every blue instance that is up takes its part. Blue/green takes everything.
    fn shares_blue_can_take(&self, now: Timestamp) -> Vec<Share> {
        if !self.plan.is_rolling() {
            return vec![Share::BLUE; self.plan.variants.len()];
        }
        let up = |variant: &VariantPlan| self.blue_up(&variant.name, now);
        self.plan.variants.iter().map(|variant| Share::left_by_blue(up(variant), variant.blue)).collect()
    }

    /// Green instances that the present shares no longer need.
    pub(in crate::domain) fn surplus_green(&self) -> u32 {
        let surplus = self.shared().zip(&self.green.pools).map(|((variant, share), pool)| {
            pool.existing().saturating_sub(share.green_active(variant.green))
        });
        surplus.fold(0, u32::saturating_add)
    }

    fn shrink_green(&mut self, now: Timestamp) {
        let keep: Vec<u32> = self.shared().map(|(plan, share)| share.green_active(plan.green)).collect();
        for (pool, keep) in self.green.pools.iter_mut().zip(keep) {
            pool.shrink_to(keep, now);
        }
    }

    fn cause_event(&self, cause: &Cause, now: Timestamp) -> Event {
        let event = self.event(now, EventKind::RollingBack, None, cause.reason.clone());
        Event { cause: Some(cause.kind), alarms: cause.alarms.clone(), ..event }
    }
}
