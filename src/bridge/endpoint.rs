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

/// Which events tell of a change: one if the endpoint's status is another one, one if something else is being done to its
/// variants. `before` is none for an endpoint that was just created.
pub fn changed(before: Option<&Endpoint>, after: &Endpoint, rules: &Rules) -> Vec<DetailType> {
    let has_other_status = before.is_none_or(|before| before.status(rules) != after.status(rules));
    let was = before.map_or_else(|| Some(Vec::new()), |before| shown(before, rules, activities));
    let is = shown(after, rules, activities);
    let has_other_activities = is.as_ref().is_some_and(|is| !is.is_empty()) && was != is;
    let told =
        [(has_other_status, DetailType::Endpoint), (has_other_activities, DetailType::EndpointDeployment)];
    told.into_iter().filter_map(|(is_told, detail_type)| is_told.then_some(detail_type)).collect()
}

/// The events of a change, the status first; see [`changed`].
pub fn endpoint_events(
    changed: &[DetailType],
    world: &WorldId,
    endpoint: &Endpoint,
    its_tags: &[(String, String)],
    at: Timestamp,
    rules: &Rules,
) -> Vec<Event> {
    let resource = world.sagemaker_arn("endpoint", &endpoint.name);
    let event = |detail_type: &DetailType, view: &EndpointView<'_>| {
        let mut detail = Map::new();
        let mut tell = |name: &str, value: Value| drop(detail.insert(name.to_owned(), value));
        tell("EndpointName", endpoint.name.as_str().into());
        tell("EndpointArn", resource.as_str().into());
        tell("EndpointConfigName", endpoint.config_name().into());
        tell("ProductionVariants", variants(view, *detail_type));
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
        Event { at, detail_type: *detail_type, resource: resource.clone(), detail }
    };
    let events = |view: &EndpointView<'_>| changed.iter().map(|it| event(it, view)).collect();
    shown(endpoint, rules, events).unwrap_or_default()
}

/// What is made of what is shown of an endpoint; `None` if that cannot be shown, since no code of ours has written its
/// state. Such an endpoint has a way out, which must not need that somebody is told of it.
fn shown<T>(endpoint: &Endpoint, rules: &Rules, of: impl FnOnce(&EndpointView<'_>) -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(|| of(&endpoint.view(rules)))).ok()
}

/// What is being done to which variant of which config.
fn activities(view: &EndpointView<'_>) -> Vec<(String, String, Activity)> {
    let fleets = view.serving.iter().chain(view.pending.iter().map(|(fleet, _)| fleet));
    let all = fleets.flat_map(|fleet| {
        let variants = fleet.variants.iter();
        variants.filter_map(|it| {
            Some((fleet.spec.config_name.clone(), it.variant.name.clone(), it.activity.clone()?))
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
