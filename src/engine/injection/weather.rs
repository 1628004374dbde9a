//! What stands in the way of those who ask: answers that are late, refused or of the past.
//!
//! Nobody pays for it where there is none: what is known of a world's faults is kept in memory with its routes.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::clock::Timestamp;
use crate::domain::endpoint::Endpoint;
use crate::domain::injection::{Effect, Injection};
use crate::domain::world::WorldId;
use crate::engine::{Engine, Error};
use crate::fleet::{Chance, stream_of};
use crate::store::{EndpointSummary, ListQuery, Page, page_of};

/// A fault, and how many requests have met it.
#[derive(Clone, Debug)]
pub(in crate::engine) struct Fault {
    pub(in crate::engine) injection: Injection,
    pub(in crate::engine) requests: Arc<AtomicU64>,
}

/// The faults of a world, as they stand now.
#[derive(Clone, Debug)]
struct Weather {
    faults: Arc<[Fault]>,
    now: Timestamp,
}

/// What stands in the way of a request to SageMaker's API.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Interference {
    /// So long it is to wait, in real time.
    pub delay: Duration,
    /// Whether it is to be refused then.
    pub throttled: bool,
}

impl Weather {
    fn holding(&self) -> impl Iterator<Item = &Fault> {
        self.faults.iter().filter(|fault| fault.injection.holds(self.now))
    }

    /// What the faults that hold for an endpoint say, by what `pick` takes of each.
    fn says<T>(&self, endpoint: &str, pick: impl Fn(&Effect) -> Option<T>) -> impl Iterator<Item = T> {
        let of_it = self.holding().filter(|fault| fault.injection.scope.takes_endpoint(endpoint));
        of_it.filter_map(move |fault| pick(&fault.injection.effect))
    }

    /// How far behind the present the answers about an endpoint are; 0 if they are not.
    fn behind_ms(&self, endpoint: &str) -> i64 {
        self.says(endpoint, behind).max().unwrap_or(0)
    }

    /// How far behind the present answers can be, about one endpoint or another.
    fn ages(&self) -> BTreeSet<i64> {
        self.holding().filter_map(|fault| behind(&fault.injection.effect)).chain([0]).collect()
    }

    /// How long after it was set the reason for an endpoint's failure is no longer shown.
    fn forgets_after_ms(&self, endpoint: &str) -> Option<i64> {
        let pick = |effect: &Effect| match effect {
            Effect::FailureReasonVanishes { after_ms } => Some(*after_ms),
            _ => None,
        };
        self.says(endpoint, pick).min()
    }
}

fn behind(effect: &Effect) -> Option<i64> {
    match effect {
        Effect::StaleReads { ms } => Some(*ms),
        _ => None,
    }
}

impl Engine {
    /// The faults of a world as they stand now; none where there are none.
    async fn weather(&self, world: &WorldId) -> Result<Option<Weather>, Error> {
        let Some((faults, clock)) = self.routes.faults(&self.store, world).await? else { return Ok(None) };
        let now = clock.now(self.store.base_now().await?);
        Ok(Some(Weather { faults, now }))
    }

    /// What stands in the way of a request for this operation, which may be about an endpoint.
    pub async fn interference(
        &self,
        world: &WorldId,
        operation: &str,
        endpoint: Option<&str>,
    ) -> Result<Interference, Error> {
        let Some(weather) = self.weather(world).await? else { return Ok(Interference::default()) };
        let mut interference = Interference::default();
        for fault in weather.holding() {
            let Injection { effect, scope, number, .. } = &fault.injection;
            let is_of_it =
                scope.endpoint.is_none() || endpoint.is_some_and(|name| scope.takes_endpoint(name));
            if !effect.concerns(operation) || !is_of_it {
                continue;
            }
            match effect {
                Effect::ApiLatency { ms, .. } => {
                    interference.delay += Duration::from_millis(ms.unsigned_abs());
                }
                Effect::ApiThrottling { rate, .. } => {
                    let stream = self.stream(stream_of(&format!("{world} fault-{number}")));
                    let met = fault.requests.fetch_add(1, Ordering::Relaxed);
                    let drawn = Chance::new(self.rules.seed, stream, met).uniform();
                    interference.throttled |= drawn < *rate;
                }
                _ => {}
            }
        }
        Ok(interference)
    }

    /// The endpoint of that name as clients are to see it; `None` if they see none.
    pub async fn shown_endpoint(&self, world: &WorldId, name: &str) -> Result<Option<Endpoint>, Error> {
        let mut session = self.store.session();
        let Some(weather) = self.weather(world).await? else {
            return Ok(session.endpoint(world, name).await?.map(|row| row.endpoint));
        };
        let seen_at = weather.now.plus_ms(-weather.behind_ms(name));
        let mut endpoint = if seen_at < weather.now {
            session.endpoint_as_of(world, name, seen_at).await?
        } else {
            session.endpoint(world, name).await?.map(|row| row.endpoint)
        };
        if let Some((endpoint, after_ms)) = endpoint.as_mut().zip(weather.forgets_after_ms(name))
            && endpoint.failure_reason.is_some()
        {
            let last = session.list_deployments(world, Some(name), 1).await?;
            let ended = last.first().map(|row| &row.record).filter(|record| record.failure_reason.is_some());
            let since = ended.and_then(|record| record.ended_at).unwrap_or(endpoint.modified_at);
            if since.plus_ms(after_ms) <= seen_at {
                endpoint.failure_reason = None;
            }
        }
        Ok(endpoint)
    }

    /// A page of the world's endpoints as clients are to see them.
    pub async fn shown_endpoints(
        &self,
        world: &WorldId,
        query: &ListQuery<'_>,
    ) -> Result<Page<EndpointSummary>, Error> {
        let mut session = self.store.session();
        let weather = self.weather(world).await?.map(|weather| (weather.ages(), weather));
        let Some((ages, weather)) = weather.filter(|(ages, _)| ages.len() > 1) else {
            return Ok(session.list_endpoints(world, query).await?);
        };
        let mut shown = Vec::new();
        for behind_ms in ages {
            let past = session.endpoints_as_of(world, weather.now.plus_ms(-behind_ms)).await?;
            let of_this_age =
                past.into_values().filter(|(_, seen)| weather.behind_ms(&seen.name) == behind_ms);
            shown.extend(of_this_age.map(|(id, seen)| (id, EndpointSummary::of(&seen, &self.rules))));
        }
        Ok(page_of(shown, query))
    }
}
