//! One request to an endpoint: where it goes, what comes of it, and that it is counted.
//!
//! Everything about it is decided at its arrival, on the world's clock. How long the caller then has to wait
//! is real time, which the caller of this spends.

use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::traffic::request;
use super::{Engine, Error};
use crate::domain::serving::Response;
use crate::domain::world::WorldId;
use crate::fleet::{Chance, Load, NotRouted};

/// What came of a request.
#[derive(Clone, Debug, PartialEq)]
pub struct Invocation {
    /// The variant that was invoked.
    pub variant: String,
    /// The container that answered.
    pub container: String,
    /// What it answered; 0 if it did not within AWS's minute.
    pub status: u16,
    /// Its answer, where it is a success.
    pub response: Response,
    /// The real time for which its latency stands; none on a clock that stands still.
    pub wait: Duration,
}

/// Why a request reached no model.
#[derive(Debug, thiserror::Error)]
pub enum NotInvoked {
    /// There is no such endpoint, or it is not in a state to serve.
    #[error("there is no such endpoint in service")]
    NotInService,
    /// It has no variant or no instance for the request.
    #[error("{0:?}")]
    NotRouted(NotRouted),
    /// The store failed.
    #[error(transparent)]
    Failed(#[from] Error),
}

impl Engine {
    /// Sends a request to the endpoint of exactly that name, and to this variant where one is given.
    pub async fn invoke(
        &self,
        world: &WorldId,
        endpoint: &str,
        target_variant: Option<&str>,
    ) -> Result<Invocation, NotInvoked> {
        let found = self.routes.find(&self.store, &self.meter, world, endpoint).await.map_err(Error::from)?;
        let (Some(live), clock) = found else { return Err(NotInvoked::NotInService) };
        let base_now = self.store.session().base_now().await.map_err(Error::from)?;
        let at = clock.now(base_now);
        let memory = &live.memory;
        let number = memory.requests.fetch_add(1, Ordering::Relaxed);
        let mut chance = Chance::new(self.rules.seed, memory.stream, number);
        let target = live.route.pick(target_variant, &mut chance).map_err(NotInvoked::NotRouted)?;
        let at_us = at.0.saturating_mul(1000);
        let served = if target.notes_load() {
            let mut load = memory.load.lock().unwrap_or_else(PoisonError::into_inner);
            target.serve(at_us, &mut chance, &mut load)
        } else {
            target.serve(at_us, &mut chance, &mut Load::default())
        };
        let mut counters = live.route.targets.iter().zip(&live.counters);
        let counter = counters.find(|(counted, _)| std::ptr::eq(*counted, target));
        let (_, counter) = counter.expect("a route picks one of its targets");
        counter.add(at, &request(target, &served));
        Ok(Invocation {
            variant: target.variant.clone(),
            container: target.container.clone(),
            status: served.status,
            response: target.serving.response.clone(),
            wait: real_time(served.latency_us, clock.clock.mode.rate_milli()),
        })
    }
}

/// The real time in which a clock of this rate passes so much of the world's; nothing where it stands still.
fn real_time(world_us: i64, rate_milli: i64) -> Duration {
    let us = i128::from(world_us) * 1000 / i128::from(rate_milli.max(1));
    if rate_milli == 0 {
        Duration::ZERO
    } else {
        Duration::from_micros(u64::try_from(us).unwrap_or(u64::MAX))
    }
}
