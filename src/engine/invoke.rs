//! One request to an endpoint: where it goes, what comes of it, and that it is counted.
//!
//! Everything about it is decided at its arrival, on the world's clock. How long the caller then has to wait
//! is real time, which the caller of this spends.

use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use super::counted::request;
use super::routes::{Found, Live};
use super::{Engine, Error};
use crate::clock::Timestamp;
use crate::domain::component;
use crate::domain::serving::Response;
use crate::domain::world::WorldId;
use crate::fleet::{Chance, Load, NotRouted, Target};

/// What came of a request.
#[derive(Debug)]
pub struct Invocation {
    live: Arc<Live>,
    target: usize,
    /// What the container answered; 0 if it did not within AWS's minute.
    pub status: u16,
    /// The real time for which its latency stands; none on a clock that stands still.
    pub wait: Duration,
    /// Whether answers were set in its world: see [`Engine::endpoint_result`].
    pub may_have_result: bool,
}

impl Invocation {
    /// The variant that was invoked.
    pub fn variant(&self) -> &str {
        &self.target().variant
    }

    /// `EndpointConfigName` of the fleet that took it.
    pub fn config_name(&self) -> &str {
        &self.target().config_name
    }

    /// The container that answered.
    pub fn container(&self) -> &str {
        &self.target().container
    }

    /// What it answers, where it succeeds.
    pub fn response(&self) -> &Response {
        &self.target().serving.response
    }

    fn target(&self) -> &Target {
        &self.live.route.targets[self.target]
    }
}

/// Why a request reached no model.
#[derive(Debug, thiserror::Error)]
pub enum NotInvoked {
    /// There is no such endpoint, or it is not in a state to serve.
    #[error("there is no such endpoint in service")]
    NotInService,
    /// It has no variant of the name that the request gives; it has these.
    #[error("the endpoint has only these variants: {0:?}")]
    UnknownVariant(Vec<String>),
    /// It has no healthy instance for the request.
    #[error("there is no instance to take the request")]
    NoInstance,
    /// It hosts inference components, and the request names none.
    #[error("the request names no inference component")]
    NoComponentNamed,
    /// It has a model of its own, and the request names an inference component.
    #[error("the endpoint hosts no inference components")]
    NoComponents,
    /// It hosts no inference component of that name.
    #[error("the endpoint hosts no such inference component")]
    UnknownComponent,
    /// The inference component has no healthy copy for the request.
    #[error("there is no copy to take the request")]
    NoCopy,
    /// The store failed.
    #[error(transparent)]
    Failed(#[from] Error),
}

/// Where a request is sent.
#[derive(Clone, Copy, Debug, Default)]
pub struct Address<'a> {
    /// `EndpointName`, exactly.
    pub endpoint: &'a str,
    /// `InferenceComponentName`, exactly.
    pub component: Option<&'a str>,
    /// `TargetVariant`.
    pub variant: Option<&'a str>,
}

impl<'a> From<&'a str> for Address<'a> {
    fn from(endpoint: &'a str) -> Self {
        Self { endpoint, ..Self::default() }
    }
}

impl Engine {
    /// Sends a request to an endpoint, or to an inference component of it.
    pub async fn invoke(
        &self,
        world: &WorldId,
        address: impl Into<Address<'_>>,
    ) -> Result<Invocation, NotInvoked> {
        let Address { endpoint, component, variant } = address.into();
        let base_now = self.store.base_now().await.map_err(Error::from)?;
        let (live, clock) = self.find(world, endpoint, base_now).await?;
        let mut live = live.ok_or(NotInvoked::NotInService)?;
        match (component, live.route.hosts_components()) {
            (None, false) => {}
            (None, true) => return Err(NotInvoked::NoComponentNamed),
            (Some(_), false) => return Err(NotInvoked::NoComponents),
            (Some(name), true) => live = self.component(world, (endpoint, name), base_now).await?,
        }
        let at = clock.now(base_now);
        let memory = &live.memory;
        let number = memory.requests.fetch_add(1, Ordering::Relaxed);
        let mut chance = Chance::new(self.rules.seed, self.stream(memory.stream), number);
        let picked = live.route.pick(variant, &mut chance).map_err(|why| match (why, &live.component) {
            (NotRouted::UnknownVariant, _) => NotInvoked::UnknownVariant(live.route.variants().to_vec()),
            (NotRouted::NoInstance, None) => NotInvoked::NoInstance,
            (NotRouted::NoInstance, Some((_, counter))) => {
                counter.refuse(at);
                NotInvoked::NoCopy
            }
        })?;
        let at_us = at.0.saturating_mul(1000);
        let served = if picked.notes_load() {
            let mut load = memory.load.lock().unwrap_or_else(PoisonError::into_inner);
            picked.serve(at_us, &mut chance, &mut load)
        } else {
            picked.serve(at_us, &mut chance, &mut Load::default())
        };
        let target = picked.place;
        live.counters[target].add(&request(at, picked, &served));
        let wait = real_time(served.latency_us, clock.clock.mode.rate_milli());
        Ok(Invocation { live, target, status: served.status, wait, may_have_result: clock.results > 0 })
    }

    async fn find(&self, world: &WorldId, name: &str, base_now: Timestamp) -> Result<Found, NotInvoked> {
        let found = self.routes.find(&self.store, &self.meter, world, name, base_now).await;
        Ok(found.map_err(Error::from)?)
    }

    /// The inference component of that name on that endpoint.
    async fn component(
        &self,
        world: &WorldId,
        (endpoint, name): (&str, &str),
        base_now: Timestamp,
    ) -> Result<Arc<Live>, NotInvoked> {
        let (live, _) = self.find(world, &component::key(name), base_now).await?;
        let is_here =
            |live: &Arc<Live>| live.component.as_ref().is_some_and(|(host, _)| host.endpoint == endpoint);
        live.filter(is_here).ok_or(NotInvoked::UnknownComponent)
    }

    /// Of servers that share the database each draws from a stream of its own: two must not have the same luck
    /// in the same order. The first one, and one that is alone, draws from the endpoint's.
    pub(super) fn stream(&self, stream: u64) -> u64 {
        stream.wrapping_add(self.member.as_ref().map_or(0, |member| member.ordinal()))
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
