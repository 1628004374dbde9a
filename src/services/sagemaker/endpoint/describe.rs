//! `DescribeEndpoint`: one statement where the world has no faults, and the domain's view of the state in AWS's shape.
//!
//! A member that does not apply is absent, never empty.

use crate::clock::Timestamp;
use crate::domain::endpoint::Endpoint;
use crate::domain::rules::Rules;
use crate::domain::variant::Variant;
use crate::domain::view::{Activity, FleetView, VariantView};
use crate::domain::world::WorldId;
use crate::schema::{Fault, Fields, Value};
use crate::services::sagemaker::fault;
use crate::services::sagemaker::noun::Noun;
use crate::services::{Context, answer, stored};

/// Which of the two lists a variant is shown in: their shapes differ.
#[derive(Clone, Copy, PartialEq)]
enum Shown {
    /// `ProductionVariantSummary`.
    Serving,
    /// `PendingProductionVariantSummary`.
    Pending,
}

/// <https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeEndpoint.html>
pub(in crate::services::sagemaker) async fn describe(
    context: &Context,
    world: &WorldId,
    input: Value,
) -> Result<Value, Fault> {
    let name = Noun::Endpoint.name_in(&input)?;
    let endpoint = context.engine.shown_endpoint(world, name).await?;
    let endpoint = endpoint.ok_or_else(|| fault::missing(Noun::Endpoint, world, name))?;
    described(world, &endpoint, &context.settings.rules)
}

fn described(world: &WorldId, endpoint: &Endpoint, rules: &Rules) -> Result<Value, Fault> {
    let view = endpoint.view(rules);
    let mut members = Fields::from_iter([
        ("EndpointName", endpoint.name.as_str().into()),
        ("EndpointArn", Noun::Endpoint.arn(world, &endpoint.name).into()),
        ("EndpointConfigName", endpoint.config_name().into()),
        ("EndpointStatus", view.status.word().into()),
        ("CreationTime", endpoint.created_at.into()),
        ("LastModifiedTime", endpoint.modified_at.into()),
    ]);
    if let Some(reason) = &endpoint.failure_reason {
        members.insert("FailureReason", reason.as_str().into());
    }
    if let Some(config) = &endpoint.last_deployment_config {
        members.insert("LastDeploymentConfig", answer(config)?);
    }
    let spec =
        view.serving.as_ref().or(view.pending.as_ref().map(|(fleet, _)| fleet)).map(|fleet| fleet.spec);
    if let Some(spec) = spec {
        repeat(&spec.echo.0, &mut members)?;
    }
    if let Some(fleet) = &view.serving {
        members.insert("ProductionVariants", variants(fleet, Shown::Serving)?);
    }
    if let Some((fleet, since)) = &view.pending {
        members.insert("PendingDeploymentSummary", pending(fleet, *since)?);
    }
    Ok(Value::Map(members))
}

fn pending(fleet: &FleetView<'_>, since: Timestamp) -> Result<Value, Fault> {
    Ok(Value::Map(Fields::from_iter([
        ("EndpointConfigName", fleet.spec.config_name.as_str().into()),
        ("ProductionVariants", variants(fleet, Shown::Pending)?),
        ("StartTime", since.into()),
    ])))
}

fn variants(fleet: &FleetView<'_>, shown: Shown) -> Result<Value, Fault> {
    let resolved_at = fleet.spec.accepted_at;
    let all = fleet.variants.iter().map(|view| variant(view, resolved_at, shown));
    all.collect::<Result<Vec<_>, _>>().map(Value::List)
}

fn variant(view: &VariantView<'_>, resolved_at: Timestamp, shown: Shown) -> Result<Value, Fault> {
    let variant = view.variant;
    let mut members = Fields::from_iter([
        ("VariantName", variant.name.as_str().into()),
        ("CurrentWeight", view.weight.into()),
        ("DesiredWeight", variant.weight.into()),
        ("CurrentInstanceCount", i64::from(view.instances).into()),
        ("DesiredInstanceCount", i64::from(variant.instances).into()),
    ]);
    if !variant.images.is_empty() {
        members.insert("DeployedImages", images(variant, resolved_at));
    }
    if let Some(activity) = &view.activity {
        members.insert("VariantStatus", Value::List(vec![status(activity)]));
    }
    repeat(&variant.echo.0, &mut members)?;
    if shown == Shown::Pending {
        members.remove("CapacityReservationConfig");
        members.insert("InstanceType", variant.instance_type.as_str().into());
        if let Some(accelerator) = &variant.accelerator_type {
            members.insert("AcceleratorType", accelerator.as_str().into());
        }
    }
    Ok(Value::Map(members))
}

fn images(variant: &Variant, resolved_at: Timestamp) -> Value {
    let images = variant.images.iter().map(|image| {
        Value::Map(Fields::from_iter([
            ("SpecifiedImage", image.specified.as_str().into()),
            ("ResolvedImage", image.resolved.as_str().into()),
            ("ResolutionTime", resolved_at.into()),
        ]))
    });
    Value::List(images.collect())
}

fn status(activity: &Activity) -> Value {
    Value::Map(Fields::from_iter([
        ("Status", activity.status.into()),
        ("StatusMessage", activity.message.as_str().into()),
        ("StartTime", activity.since.into()),
    ]))
}

/// Adds the members that the copy of the config keeps to be repeated.
fn repeat(echo: &str, members: &mut Fields) -> Result<(), Fault> {
    if let Value::Map(kept) = stored(echo)? {
        for (name, value) in kept {
            members.insert(name, value);
        }
    }
    Ok(())
}
