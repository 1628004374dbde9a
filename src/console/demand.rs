//! Synthetic traffic as a form has it: texts, empty where nothing was asked for.

use crate::domain::demand::Demand;
use crate::engine::Traffic;
use crate::store::{Error, Session};

/// A demand, field by field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct DemandShown {
    pub(super) words: String,
    pub(super) constant: String,
    pub(super) peak: String,
    pub(super) hour: String,
    pub(super) burst: String,
    pub(super) every: String,
    pub(super) lasts: String,
}

impl DemandShown {
    /// That of the endpoint of this identity.
    pub(super) async fn read(session: &mut Session, endpoint_id: &str) -> Result<Self, Error> {
        let traffic: Option<Traffic> = session.traffic(endpoint_id).await?;
        Ok(Self::of(traffic.map(|traffic| traffic.demand)))
    }

    fn of(demand: Option<Demand>) -> Self {
        let Some(demand) = demand else {
            let words = "None. Requests that need no client are computed on the world's clock, and counted in the same metrics.";
            return Self { words: words.to_owned(), constant: "50".to_owned(), ..Self::default() };
        };
        let constant = demand.requests_per_second.to_string();
        let mut shown = Self { constant: constant.clone(), ..Self::default() };
        let mut words = format!("{constant} requests a second");
        if let Some(daily) = demand.daily {
            shown.peak = daily.peak_requests_per_second.to_string();
            shown.hour = daily.peak_hour.to_string();
            words = format!("{words}, {} at {} o'clock UTC", shown.peak, shown.hour);
        }
        if let Some(bursts) = demand.bursts {
            shown.burst = bursts.requests_per_second.to_string();
            shown.every = bursts.every_seconds.to_string();
            shown.lasts = bursts.for_seconds.to_string();
            words = format!("{words}, {} more for {} s every {} s", shown.burst, shown.lasts, shown.every);
        }
        Self { words: format!("{words}, computed on the world's clock."), ..shown }
    }

    /// Whether it is more than a constant rate.
    pub(super) fn varies(&self) -> bool {
        !self.peak.is_empty() || !self.burst.is_empty()
    }
}
