//! What leaves the server: events on their way to targets, and requests that are for others.

use std::sync::Arc;

use crate::carrier::{self, ByHttp};
use crate::config::Settings;
use crate::engine::courier::Carrier;
use crate::wire::Upstream;

/// Who gets the requests to other services.
pub(super) fn upstream(settings: &Settings) -> Upstream {
    let named = settings.upstream.clone();
    named.map_or_else(Upstream::default, |url| Upstream::at(url, carrier::plain()))
}

/// How events leave the house.
pub(super) fn carrier(settings: &Settings) -> Arc<dyn Carrier> {
    Arc::new(ByHttp::new(carrier::Settings {
        allowed: settings.allow_targets.clone(),
        endpoints: settings.endpoints.clone(),
        duplicates: settings.duplicate_events,
        seed: settings.rules.seed,
    }))
}
