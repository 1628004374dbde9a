//! `RegisterScalableTarget`.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::key::{Key, subject};
use crate::autoscaling::{Bounds, ResourceId, Suspended, Target, target_arn};
use crate::domain::endpoint::{Endpoint, State};
use crate::domain::variant::Variant;
use crate::domain::world::WorldId;
use crate::engine;
use crate::schema::{Fault, Fields, Value};
use crate::services::tag::merged;
use crate::services::{Context, input};
use crate::store::scaling::TargetRow;
use crate::store::{Tags, Tx};

/// `RegisterScalableTargetRequest`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Request {
    #[serde(flatten)]
    key: Key,
    min_capacity: Option<i64>,
    max_capacity: Option<i64>,
    suspended_state: Option<SuspendedState>,
    #[serde(default)]
    tags: BTreeMap<String, String>,
}

/// `SuspendedState`: what it does not name stays.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
struct SuspendedState {
    #[serde(rename = "DynamicScalingInSuspended")]
    scaling_in: Option<bool>,
    #[serde(rename = "DynamicScalingOutSuspended")]
    scaling_out: Option<bool>,
    #[serde(rename = "ScheduledScalingSuspended")]
    scheduled: Option<bool>,
}

impl SuspendedState {
    fn over(self, before: Suspended) -> Suspended {
        Suspended {
            scaling_in: self.scaling_in.unwrap_or(before.scaling_in),
            scaling_out: self.scaling_out.unwrap_or(before.scaling_out),
            scheduled: self.scheduled.unwrap_or(before.scheduled),
        }
    }
}

/// Registers a variant or an inference component, or changes what is registered of it. A capacity outside of the bounds is brought between them.
/// <https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html>
pub(super) async fn register_scalable_target(
    context: &Context,
    world: &WorldId,
    value: Value,
) -> Result<Value, Fault> {
    let request: Request = input(value)?;
    let id = request.key.resource()?;
    let rules = &context.settings.rules;
    let mut tx = context.begin(world).await?;
    let endpoint = engine::bring_up(&mut tx, id.owner(), rules).await?;
    let endpoint = endpoint.map(|row| row.endpoint).filter(|endpoint| has(endpoint, id));
    let endpoint = endpoint.ok_or_else(|| {
        let what = match id {
            ResourceId::Variant { .. } => "variant",
            ResourceId::Component(_) => "inference component",
        };
        Fault::validation(format!("SageMaker {what} doesn't exist: {}", request.key.resource_id))
    })?;
    refuse_burstable(&endpoint, id)?;
    refuse_hosting(&endpoint, id)?;
    let resource = request.key.resource_id.as_str();
    let old = tx.scalable_target(world, resource).await?;
    let before: Option<Target> = old.as_ref().map(TargetRow::read).transpose()?;
    let bounds = bounds(&request, before.as_ref().map(|target| target.bounds), &endpoint)?;
    let suspended = request.suspended_state.unwrap_or_default();
    let target = match before {
        Some(before) => Target { bounds, suspended: suspended.over(before.suspended), ..before },
        None => Target {
            bounds,
            suspended: suspended.over(Suspended::default()),
            cooldown: None,
            scaled_at: None,
            is_out_of_bounds: false,
        },
    };
    let target_id = match old {
        Some(_) if !request.tags.is_empty() => {
            return Err(Fault::validation(
                "The scalable target that you tried to tag already exists. To update tags on an existing scalable target, \
                 use the TagResource API.",
            ));
        }
        Some(old) => {
            tx.save_target(resource, &target).await?;
            old.id
        }
        None => insert(&mut tx, resource, id, &target, request.tags).await?,
    };
    let now = tx.now();
    tx.wake_target(resource, now).await?;
    engine::scaling::bring_into_bounds(&mut tx, resource, now, rules).await?;
    tx.commit().await?;
    context.wake(world);
    Ok(Fields::from_iter([("ScalableTargetARN", target_arn(world, &target_id).into())]).into())
}

/// Whether it is what is meant, or has this variant, now or when its update is done, and is not on its way out; names are
/// told apart by their case here.
fn has(endpoint: &Endpoint, id: ResourceId<'_>) -> bool {
    let fleets = endpoint.fleets();
    let is_there = endpoint.name == id.owner() && !matches!(endpoint.state, State::Deleting { .. });
    is_there
        && match id {
            ResourceId::Variant { variant, .. } => {
                fleets.iter().any(|fleet| fleet.spec.position(variant).is_some())
            }
            ResourceId::Component(_) => !fleets.is_empty(),
        }
}

/// AWS does not scale instances that bear more load for a while by themselves.
fn refuse_burstable(endpoint: &Endpoint, id: ResourceId<'_>) -> Result<(), Fault> {
    let ResourceId::Variant { variant, .. } = id else { return Ok(()) };
    let fleets = endpoint.fleets();
    let mut variants = fleets.iter().flat_map(|fleet| &fleet.spec.variants);
    match variants.find(|it| it.name == variant && it.instance_type.starts_with("ml.t")) {
        Some(variant) => Err(Fault::validation(format!(
            "Automatic scaling is not supported for burstable instances: {}",
            variant.instance_type
        ))),
        None => Ok(()),
    }
}

/// Of a variant that hosts inference components these are scaled, and its instances follow them.
fn refuse_hosting(endpoint: &Endpoint, id: ResourceId<'_>) -> Result<(), Fault> {
    let ResourceId::Variant { variant, .. } = id else { return Ok(()) };
    let hosts = |it: &Variant| it.name == variant && it.hosts;
    if !endpoint.fleets().iter().any(|fleet| fleet.spec.variants.iter().any(hosts)) {
        return Ok(());
    }
    Err(Fault::validation(format!(
        "The variant \"{variant}\" hosts inference components: register these, and let its instances follow by \
         ManagedInstanceScaling."
    )))
}

/// The bounds that a request means; what it leaves out stays.
fn bounds(request: &Request, before: Option<Bounds>, endpoint: &Endpoint) -> Result<Bounds, Fault> {
    let (min, max) = (
        request.min_capacity.or(before.map(|before| before.min.into())),
        request.max_capacity.or(before.map(|before| before.max.into())),
    );
    let (Some(min), Some(max)) = (min, max) else {
        let sentence = "MinCapacity and MaxCapacity are required when registering a new scalable target.";
        return Err(Fault::validation(sentence));
    };
    if max < min {
        return Err(Fault::validation("Maximum capacity cannot be less than minimum capacity."));
    }
    let least = engine::scaling::least(endpoint);
    let Some(min) = u32::try_from(min).ok().filter(|min| *min >= least) else {
        let sentence =
            format!("Minimum capacity must be greater than or equal to {least} for this resource.");
        return Err(Fault::validation(sentence));
    };
    let max = u32::try_from(max).map_err(|_| Fault::validation("Maximum capacity is too large."))?;
    Ok(Bounds { min, max })
}

async fn insert(
    tx: &mut Tx,
    resource: &str,
    id: ResourceId<'_>,
    target: &Target,
    tags: BTreeMap<String, String>,
) -> Result<String, Fault> {
    let tags = merged(Tags::new(), tags).map_err(Fault::validation)?;
    let now = tx.now();
    let body = serde_json::to_string(target).map_err(Fault::internal)?;
    let row = TargetRow {
        resource: resource.to_owned(),
        id: tx.new_id().await?.replace('-', ""),
        created: now,
        body,
        wake: None,
    };
    tx.insert_target(&row, id.owner(), &tags).await?;
    engine::measure::begin_zeros(tx, subject(id), now).await?;
    Ok(row.id)
}
