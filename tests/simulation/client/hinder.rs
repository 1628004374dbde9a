//! What operators put in the way: faults, and room for fewer instances than there are.

use sagebrush::domain::alarm::AlarmState;
use sagebrush::domain::injection::{Effect, End, Scope};
use sagebrush::domain::limit::Limit;
use sagebrush::domain::serving::Latency;
use sagebrush::domain::world::WorldId;
use sagebrush::engine::injection::{Begin, Wanted};

use super::super::log::{Asked, Told};
use super::Client;
use super::acts::{ALARMS, ENDPOINTS};
use super::deed::Deed;

impl Client {
    /// Puts a fault in, takes all away, or says how much room there is.
    pub(super) async fn hinder(&mut self, world: &WorldId) {
        match self.dice.below(10) {
            0..6 => self.inject(world).await,
            6..8 => {
                self.request(world, Asked::Withdraw, Deed::Withdraw).await;
            }
            _ => self.limit(world).await,
        }
    }

    async fn inject(&mut self, world: &WorldId) {
        let (counted, effect) = self.effect();
        let is_alarm = matches!(effect, Effect::Alarm { .. });
        let endpoint = (!is_alarm && self.dice.permille(700)).then(|| (*self.dice.of(&ENDPOINTS)).to_owned());
        let scope = Scope { endpoint, ..Scope::default() };
        let (step, later) = (self.dice.between(1, 3), self.dice.magnitude(1_000, 600_000));
        let step = u32::try_from(step).expect("a small number");
        let start = *self.dice.weighted(&[(4, Begin::In(0)), (3, Begin::In(later)), (3, Begin::Step(step))]);
        let after = End::After(self.dice.magnitude(10_000, 1_200_000));
        let end = *self.dice.weighted(&[(2, End::Never), (5, after)]);
        let wanted = Box::new(Wanted { effect, scope, start, end });
        if self.request(world, Asked::Inject, Deed::Inject(wanted)).await == Told::Done {
            self.stage.sim.lock().tally.count(counted);
        }
    }

    /// What a fault does, and what is counted of it.
    fn effect(&mut self) -> (&'static str, Effect) {
        let state = *self.dice.weighted(&[(3, AlarmState::Alarm), (1, AlarmState::Ok)]);
        let alarm = (*self.dice.of(&ALARMS[..2])).to_owned();
        let instances = self.dice.permille(700).then(|| *self.dice.of(&[1, 2, 3]));
        match self.dice.below(7) {
            0 => ("fault: errors", Effect::ErrorRate { rate: 0.9, status: 500 }),
            1 => ("fault: latency", Effect::Latency { latency: Latency::Fixed { us: 400_000 } }),
            2 => ("fault: unhealthy instances", Effect::UnhealthyInstances),
            3 | 4 => ("fault: instances die", Effect::InstancesDie { instances }),
            5 => ("fault: rollback cannot provision", Effect::RollbackCannotProvision),
            _ => ("fault: alarm", Effect::Alarm { alarm, state }),
        }
    }

    async fn limit(&mut self, world: &WorldId) {
        let pool = self.dice.permille(600).then(|| *self.dice.of(&[0, 2, 4, 6, 9, 12, 15]));
        if self.request(world, Asked::Limit, Deed::Limit(Limit { pool, quota: None })).await == Told::Done {
            self.stage.sim.lock().tally.count(if pool.is_some() { "pool set" } else { "pool taken away" });
        }
    }
}
