//! The events of endpoints, made of what `DescribeEndpoint` shows before and after a change.

use serde_json::{Map, Value, json};

use super::event::{DetailType, Event, tags};
use crate::clock::Timestamp;
use crate::domain::endpoint::Endpoint;
use crate::domain::rules::Rules;
use crate::domain::variant::Variant;
use crate::domain::view::{Activity, EndpointView, FleetView, VariantView};
use crate::domain::world::WorldId;

/// The events of a change, the status first; see [`changed`].
pub fn endpoint_events(
    changed: &[DetailType],
    world: &WorldId,
    endpoint: &Endpoint,
    its_tags: &[(String, String)],
    at: Timestamp,
    rules: &Rules,
) -> Vec<Event> {
    let view = endpoint.view(rules);
    let resource = world.sagemaker_arn("endpoint", &endpoint.name);
    let event = |detail_type: &DetailType| {
        let mut detail = Map::new();
        let mut tell = |name: &str, value: Value| drop(detail.insert(name.to_owned(), value));
        tell("EndpointName", endpoint.name.as_str().into());
        tell("EndpointArn", resource.as_str().into());
        tell("EndpointConfigName", endpoint.config_name().into());
        tell("ProductionVariants", variants(&view, *detail_type));
        tell("EndpointStatus", upper_snake(view.status.word()).into());
        if let Some(reason) = &endpoint.failure_reason {
            tell("FailureReason", reason.as_str().into());
        }
        tell("CreationTime", endpoint.created_at.0.into());
        tell("LastModifiedTime", endpoint.modified_at.0.into());
        tell("Tags", tags(its_tags));
        if let Some((fleet, since)) =
            view.pending.as_ref().filter(|_| *detail_type == DetailType::EndpointDeployment)
        {
            tell(
                "PendingDeploymentSummary",
                json!({
                    "EndpointConfigName": fleet.spec.config_name,
                    "StartTime": since.0,
                    "ProductionVariants": fleet.variants.iter().map(whole).collect::<Vec<_>>(),
                }),
            );
        }
        Event { at, detail_type: *detail_type, resource: resource.clone(), detail }
    };
    changed.iter().map(event).collect()
}

/// Which events tell of a change: one if the endpoint's status is another one, one if what is being done to its variants
/// is. `before` is none for an endpoint that was just created.
pub fn changed(before: Option<&Endpoint>, after: &Endpoint, rules: &Rules) -> Vec<DetailType> {
    let (old, new) = (before.map(|endpoint| endpoint.view(rules)), after.view(rules));
    let has_other_status = old.as_ref().is_none_or(|old| old.status != new.status);
    let has_other_activities = old.as_ref().map_or_else(Vec::new, activities) != activities(&new);
    let told =
        [(has_other_status, DetailType::Endpoint), (has_other_activities, DetailType::EndpointDeployment)];
    told.into_iter().filter_map(|(is_told, detail_type)| is_told.then_some(detail_type)).collect()
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
