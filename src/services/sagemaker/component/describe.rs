//! `DescribeInferenceComponent`.

use super::specification::in_container;
use crate::clock::Timestamp;
use crate::domain::endpoint::Endpoint;
use crate::domain::rules::Rules;
use crate::domain::variant::{Image, Spec, Variant};
use crate::domain::world::WorldId;
use crate::schema::{Fault, Fields, Value};
use crate::services::sagemaker::fault;
use crate::services::sagemaker::noun::Noun;
use crate::services::{Context, answer, stored};

/// <https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeInferenceComponent.html>
pub(in crate::services::sagemaker) async fn describe(
    context: &Context,
    world: &WorldId,
    input: Value,
) -> Result<Value, Fault> {
    let noun = Noun::InferenceComponent;
    let name = noun.name_in(&input)?;
    let component = context.engine.shown_endpoint(world, &noun.key(name)).await?;
    let component = component.ok_or_else(|| fault::missing(noun, world, name))?;
    let mut session = context.store.session();
    let now = session.world(world).await?.now(session.base_now().await?);
    described(world, &component, now, &context.settings.rules)
}

fn described(world: &WorldId, component: &Endpoint, now: Timestamp, rules: &Rules) -> Result<Value, Fault> {
    let (noun, name) = Noun::of_key(&component.name);
    let host = component.host.as_ref().ok_or_else(|| Fault::internal("a component has a host"))?;
    let view = component.component_view(now, rules);
    let mut members = Fields::from_iter([
        (noun.name_member(), name.into()),
        (noun.arn_member(), noun.arn(world, name).into()),
        ("EndpointName", host.endpoint.as_str().into()),
        ("EndpointArn", Noun::Endpoint.arn(world, &host.endpoint).into()),
        ("VariantName", host.variant.as_str().into()),
        ("CreationTime", component.created_at.into()),
        ("LastModifiedTime", component.modified_at.into()),
        ("InferenceComponentStatus", view.status.word().into()),
    ]);
    if let Some(reason) = &component.failure_reason {
        members.insert("FailureReason", reason.as_str().into());
    }
    if let Some(config) = &component.last_deployment_config {
        members.insert("LastDeploymentConfig", answer(config)?);
    }
    if let Some(spec) = view.spec {
        members.insert("Specification", specification(spec)?);
        let copies = Fields::from_iter([
            ("DesiredCopyCount", i64::from(view.desired).into()),
            ("CurrentCopyCount", i64::from(view.current).into()),
        ]);
        members.insert("RuntimeConfig", Value::Map(copies));
    }
    Ok(Value::Map(members))
}

/// The specification as it was given, with the image that it was resolved to in the place of the one that was named.
fn specification(spec: &Spec) -> Result<Value, Fault> {
    let Some(Variant { echo, images, .. }) = spec.variants.first() else { return Ok(Value::empty()) };
    let mut shown = stored(&echo.0)?;
    if let Some(image) = images.first() {
        in_container(&mut shown, |it| it.insert("DeployedImage", deployed(image, spec.accepted_at)));
    }
    Ok(shown)
}

fn deployed(image: &Image, resolved_at: Timestamp) -> Value {
    Value::Map(Fields::from_iter([
        ("SpecifiedImage", image.specified.as_str().into()),
        ("ResolvedImage", image.resolved.as_str().into()),
        ("ResolutionTime", resolved_at.into()),
    ]))
}
