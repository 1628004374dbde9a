//! The events of endpoints, made of what `DescribeEndpoint` shows before and after a change.

use std::panic::{AssertUnwindSafe, catch_unwind};

use serde_json::{Map, Value, json};

use super::event::{DetailType, Event, tags};
use crate::clock::Timestamp;
use crate::domain::endpoint::Endpoint;
use crate::domain::rules::Rules;
use crate::domain::variant::Variant;
use crate::domain::view::{Activity, EndpointView, FleetView, VariantView};
use crate::domain::world::WorldId;

/// A change of an endpoint that is told.
#[derive(Debug)]
pub struct Change<'a> {
    endpoint: &'a Endpoint,
    view: EndpointView<'a>,
    told: Vec<DetailType>,
}

impl<'a> Change<'a> {
    /// What has changed from `before`, none for an endpoint that was just created, to `after`: it is told by one event if
    /// the status is another one, and by one if something else is being done to the variants.
    pub fn of(before: Option<&Endpoint>, after: &'a Endpoint, rules: &Rules) -> Option<Self> {
        let view = shown(after, rules)?;
        let has_other_status = before.is_none_or(|before| before.status(rules) != view.status);
        let (was, is) = (before.and_then(|before| shown(before, rules)), activities(&view));
        let has_other_activities = !is.is_empty() && was.is_none_or(|was| activities(&was) != is);
        let told = [
            (has_other_status, DetailType::Endpoint),
            (has_other_activities, DetailType::EndpointDeployment),
        ];
        let told: Vec<_> = told.into_iter().filter(|(is_told, _)| *is_told).map(|(_, it)| it).collect();
        (!told.is_empty()).then_some(Self { endpoint: after, view, told })
    }

    /// Its events, the status first.
    pub fn events(&self, world: &WorldId, its_tags: &[(String, String)], at: Timestamp) -> Vec<Event> {
        let resource = world.sagemaker_arn("endpoint", &self.endpoint.name);
        let event = |detail_type: &DetailType| {
            Event::of(*detail_type, resource.clone(), at, self.detail(*detail_type, &resource, its_tags))
        };
        self.told.iter().map(event).collect()
    }

    fn detail(
        &self,
        detail_type: DetailType,
        arn: &str,
        its_tags: &[(String, String)],
    ) -> Map<String, Value> {
        let Self { endpoint, view, .. } = self;
        let mut detail = Map::new();
        let mut tell = |name: &str, value: Value| drop(detail.insert(name.to_owned(), value));
        tell("EndpointName", endpoint.name.as_str().into());
        tell("EndpointArn", arn.into());
        tell("EndpointConfigName", endpoint.config_name().into());
        tell("ProductionVariants", variants(view, detail_type));
        tell("EndpointStatus", upper_snake(view.status.word()).into());
        if let Some(reason) = &endpoint.failure_reason {
            tell("FailureReason", reason.as_str().into());
        }
        tell("CreationTime", endpoint.created_at.0.into());
        tell("LastModifiedTime", endpoint.modified_at.0.into());
        tell("Tags", tags(its_tags));
        if let (DetailType::EndpointDeployment, Some((fleet, since))) = (detail_type, &view.pending) {
            tell("PendingDeploymentSummary", pending(fleet, *since));
        }
        detail
    }
}

/// What is shown of an endpoint; `None` if it cannot be shown, since no code of ours has written its state. Such an
/// endpoint has a way out, which must not need that somebody is told of it.
fn shown<'a>(endpoint: &'a Endpoint, rules: &Rules) -> Option<EndpointView<'a>> {
    catch_unwind(AssertUnwindSafe(|| endpoint.view(rules))).ok()
}

/// What is being done to which variant of which config.
fn activities<'a>(view: &'a EndpointView<'_>) -> Vec<(&'a str, &'a str, &'a Activity)> {
    let fleets = view.serving.iter().chain(view.pending.iter().map(|(fleet, _)| fleet));
    let all = fleets.flat_map(|fleet| {
        let variants = fleet.variants.iter();
        variants.filter_map(|it| {
            Some((fleet.spec.config_name.as_str(), it.variant.name.as_str(), it.activity.as_ref()?))
        })
    });
    all.collect()
}

/// `PendingDeploymentSummary`.
fn pending(fleet: &FleetView<'_>, since: Timestamp) -> Value {
    json!({
        "EndpointConfigName": fleet.spec.config_name,
        "StartTime": since.0,
        "ProductionVariants": fleet.variants.iter().map(whole).collect::<Vec<_>>(),
    })
}

/// `ProductionVariants`: those in service, or those that a creation brings there. AWS's example of a change of status
/// shows what is desired alone.
fn variants(view: &EndpointView<'_>, detail_type: DetailType) -> Value {
    let fleet = view.serving.as_ref();
    if detail_type == DetailType::EndpointDeployment {
        return fleet.map_or_else(Vec::new, |fleet| fleet.variants.iter().map(whole).collect()).into();
    }
    let fleet: Option<&FleetView<'_>> = fleet.or(view.pending.as_ref().map(|(fleet, _)| fleet));
    fleet.map_or_else(Vec::new, |fleet| fleet.variants.iter().map(|it| desired(it.variant)).collect()).into()
}

fn desired(variant: &Variant) -> Value {
    json!({"DesiredWeight": weight(variant.weight), "DesiredInstanceCount": variant.instances})
}

fn whole(view: &VariantView<'_>) -> Value {
    let VariantView { variant, weight: current, instances, activity } = view;
    let mut told = json!({
        "VariantName": variant.name,
        "CurrentWeight": weight(*current),
        "DesiredWeight": weight(variant.weight),
        "CurrentInstanceCount": instances,
        "DesiredInstanceCount": variant.instances,
    });
    if let Some(Activity { status, message, since }) = activity {
        told["VariantStatus"] = json!([{"Status": status, "StatusMessage": message, "StartTime": since.0}]);
    }
    told
}

/// A weight as AWS's examples write it: without a fraction where it has none.
fn weight(value: f64) -> Value {
    #[expect(clippy::cast_possible_truncation, reason = "a whole number of that size is exact")]
    if value.fract() == 0.0 && value.abs() < 1e15 { (value as i64).into() } else { value.into() }
}

/// A status as events write it: `IN_SERVICE` for `InService`.
fn upper_snake(word: &str) -> String {
    let mut snake = String::new();
    for sign in word.chars() {
        if sign.is_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.push(sign.to_ascii_uppercase());
    }
    snake
}
