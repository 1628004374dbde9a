//! `ListMetrics`.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::bad_token;
use crate::domain::component::name_of;
use crate::domain::world::WorldId;
use crate::metrics::invoked::Subject;
use crate::metrics::metric::Metric;
use crate::metrics::utilization::{COPIES, Gauge, INSTANCES};
use crate::schema::{Fault, Fields, Value};
use crate::services::{Context, answer, input, token};
use crate::store::{InstanceKind, MetricQuery};

/// Metrics in one answer.
const PAGE: usize = 500;
/// What has had no datapoint for two weeks is not listed.
const LISTED_MS: i64 = 14 * 24 * HOUR_MS;
/// `PT3H`.
const RECENT_MS: i64 = 3 * HOUR_MS;
const HOUR_MS: i64 = 3_600_000;

/// `ListMetricsInput`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Request {
    namespace: Option<String>,
    metric_name: Option<String>,
    #[serde(default)]
    dimensions: Vec<Filter>,
    next_token: Option<String>,
    /// Its only value is `PT3H`.
    recently_active: Option<String>,
}

/// `DimensionFilter`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Filter {
    name: String,
    value: Option<String>,
}

/// The metrics that there are, also those that instances report of themselves and nobody stores.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_ListMetrics.html>
pub(super) async fn list_metrics(context: &Context, world: &WorldId, value: Value) -> Result<Value, Fault> {
    let request: Request = input(value)?;
    let after: Option<String> =
        request.next_token.as_deref().map(|text| token::open("metrics", text, bad_token)).transpose()?;
    let mut session = context.store.session();
    let age_ms = if request.recently_active.is_some() { RECENT_MS } else { LISTED_MS };
    let active_from = session.world_now(world).await?.plus_ms(-age_ms);
    let dimensions: Vec<_> =
        request.dimensions.iter().map(|filter| (filter.name.clone(), filter.value.clone())).collect();
    let query = MetricQuery {
        namespace: request.namespace.as_deref(),
        name: request.metric_name.as_deref(),
        dimensions: &dimensions,
        active_from: Some(active_from),
        after: after.as_deref(),
        limit: u32::try_from(PAGE + 1).ok(),
    };
    let stored = session.list_metrics(world, &query).await?;
    let mut found: BTreeMap<String, Metric> =
        stored.into_iter().map(|row| (row.metric.key(), row.metric)).collect();
    if request.namespace.as_deref().is_none_or(|namespace| [INSTANCES, COPIES].contains(&namespace)) {
        let kinds = session.instance_kinds(world, active_from).await?;
        let metrics = kinds.iter().flat_map(reported).filter(|metric| request.asks_for(metric));
        found.extend(
            metrics.map(|metric| (metric.key(), metric)).filter(|(key, _)| Some(key) > after.as_ref()),
        );
    }
    let is_last = found.len() <= PAGE;
    let page: Vec<_> = found.into_iter().take(PAGE).collect();
    let end = page.last().map(|(key, _)| key.clone()).filter(|_| !is_last);
    let metrics = page.iter().map(|(_, metric)| answer(metric)).collect::<Result<Vec<_>, _>>()?;
    let mut shown = Fields::from_iter([("Metrics", Value::List(metrics))]);
    if let Some(end) = end {
        shown.insert("NextToken", token::seal("metrics", end).into());
    }
    Ok(shown.into())
}

/// What instances of a kind report of themselves.
fn reported(kind: &InstanceKind) -> impl Iterator<Item = Metric> {
    let gauges = Gauge::ALL.into_iter().filter(|gauge| gauge.is_reported_by(&kind.instance_type));
    gauges.filter_map(|gauge| {
        let (namespace, name, subject) = match name_of(&kind.endpoint) {
            Some(component) => (COPIES, gauge.normalized_name()?, Subject::Component(component)),
            None => (INSTANCES, gauge.name(), Subject::Variant(&kind.endpoint, &kind.variant)),
        };
        let (namespace, name) = (namespace.to_owned(), name.to_owned());
        Some(Metric { namespace, name, dimensions: subject.dimensions() })
    })
}

impl Request {
    /// Whether a metric of the namespace has the name and the dimensions that are asked for.
    fn asks_for(&self, metric: &Metric) -> bool {
        let has = |filter: &Filter| {
            let value = metric.dimensions.get(&filter.name);
            value.is_some_and(|value| filter.value.as_deref().is_none_or(|wanted| wanted == value))
        };
        self.namespace.as_ref().is_none_or(|namespace| *namespace == metric.namespace)
            && self.metric_name.as_ref().is_none_or(|name| *name == metric.name)
            && self.dimensions.iter().all(has)
    }
}
