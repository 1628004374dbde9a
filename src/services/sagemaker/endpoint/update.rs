//! `UpdateEndpoint`.

use serde::Deserialize;

use super::{autoscaled, hosting};
use crate::domain::deployment::config::DeploymentConfig;
use crate::domain::endpoint::{Command, Retain, Update, Verb};
use crate::domain::world::WorldId;
use crate::schema::{Fault, Value};
use crate::services::sagemaker::hosted::{begin, finish};
use crate::services::sagemaker::noun::Noun;
use crate::services::sagemaker::watched::Watched;
use crate::services::sagemaker::{copy, definition, fault};
use crate::services::{Context, input};
use crate::store::Kind;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct UpdateEndpoint {
    endpoint_name: String,
    endpoint_config_name: String,
    #[serde(default)]
    retain_all_variant_properties: bool,
    #[serde(default)]
    exclude_retained_variant_properties: Vec<VariantProperty>,
    deployment_config: Option<DeploymentConfig>,
    #[serde(default)]
    retain_deployment_config: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct VariantProperty {
    variant_property_type: VariantPropertyType,
}

#[derive(Clone, Copy, PartialEq, Deserialize)]
enum VariantPropertyType {
    DesiredInstanceCount,
    DesiredWeight,
    /// AWS does not support it yet.
    DataCaptureConfig,
}

/// The new config, its models and the config in service must all exist.
/// <https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UpdateEndpoint.html>
pub(in crate::services::sagemaker) async fn update(
    context: &Context,
    world: &WorldId,
    value: Value,
) -> Result<Value, Fault> {
    let asked: UpdateEndpoint = input(value)?;
    let (mut tx, row) = begin(context, world, Noun::Endpoint, &asked.endpoint_name).await?;
    let endpoint = &row.endpoint;
    let permitted = endpoint.permits(Verb::Update);
    permitted.map_err(|refusal| fault::refused(refusal, world, &endpoint.name))?;
    let spec = copy::take(context, &mut tx, world, &asked.endpoint_config_name).await?;
    definition::find(&mut tx, world, Kind::EndpointConfig, endpoint.config_name()).await?;
    autoscaled::refuse(&mut tx, endpoint, &spec).await?;
    hosting::refuse_update(&mut tx, endpoint, &spec).await?;
    let config = endpoint.deployment_config(asked.deployment_config.as_ref(), asked.retain_deployment_config);
    let watched = Watched::of(&mut tx, world, config, endpoint, &spec).await?;
    let update = Update {
        deployment_id: tx.new_id().await?,
        spec,
        retain: asked.retain(),
        missing_alarms: watched.missing,
        warnings: watched.warnings,
        retain_deployment_config: asked.retain_deployment_config,
        deployment_config: asked.deployment_config,
    };
    let answer = Noun::Endpoint.arn_answer(world, &endpoint.name);
    finish(context, world, tx, row, Command::Update(Box::new(update))).await?;
    Ok(answer)
}

impl UpdateEndpoint {
    /// Exceptions mean something only where there is a rule.
    fn retain(&self) -> Retain {
        let kept = |property| {
            let excluded = &self.exclude_retained_variant_properties;
            let excluded = excluded.iter().any(|excluded| excluded.variant_property_type == property);
            self.retain_all_variant_properties && !excluded
        };
        Retain {
            instances: kept(VariantPropertyType::DesiredInstanceCount),
            weight: kept(VariantPropertyType::DesiredWeight),
        }
    }
}
