//! `DescribeScalableTargets`.

use serde::Deserialize;

use super::key::{NAMESPACE, dimension_of, matching};
use super::page::Page;
use crate::autoscaling::{Target, target_arn};
use crate::domain::world::WorldId;
use crate::schema::{Fault, Fields, Value};
use crate::services::{Context, answer, input};
use crate::store::scaling::{TargetQuery, TargetRow};

/// AWS's largest page.
const PAGE: u32 = 50;

/// `DescribeScalableTargetsRequest`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Request {
    service_namespace: String,
    resource_ids: Option<Vec<String>>,
    scalable_dimension: Option<String>,
    max_results: Option<i64>,
    next_token: Option<String>,
}

/// <https://docs.aws.amazon.com/autoscaling/application/APIReference/API_DescribeScalableTargets.html>
pub(super) async fn describe_scalable_targets(
    context: &Context,
    world: &WorldId,
    value: Value,
) -> Result<Value, Fault> {
    let request: Request = input(value)?;
    let resources = request.resource_ids.filter(|resources| !resources.is_empty());
    let dimension = request.scalable_dimension.as_deref();
    let matching = matching(&request.service_namespace, dimension, resources.as_deref())?;
    let page = Page::<String>::of("targets", PAGE, request.max_results, request.next_token.as_deref())?;
    let query = TargetQuery {
        resources: matching.as_deref().filter(|_| resources.is_some()),
        after: page.after.as_deref(),
        limit: Some(page.limit()),
        ..TargetQuery::default()
    };
    let found = match matching {
        Some(_) => context.store.session().scalable_targets(world, &query).await?,
        None => Vec::new(),
    };
    page.answer("ScalableTargets", found, |row| row.resource.clone(), |row| shown(world, row))
}

/// `ScalableTarget`. The role is that of the service, whatever role was sent: SageMaker knows no other.
fn shown(world: &WorldId, row: &TargetRow) -> Result<Value, Fault> {
    let target: Target = row.read()?;
    let (partition, account) = (world.partition(), &world.account);
    let role = format!(
        "arn:{partition}:iam::{account}:role/aws-service-role/sagemaker.application-autoscaling.amazonaws.com/\
         AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint"
    );
    Ok(Fields::from_iter([
        ("ServiceNamespace", NAMESPACE.into()),
        ("ResourceId", row.resource.as_str().into()),
        ("ScalableDimension", dimension_of(&row.resource)),
        ("MinCapacity", i64::from(target.bounds.min).into()),
        ("MaxCapacity", i64::from(target.bounds.max).into()),
        ("RoleARN", role.into()),
        ("CreationTime", row.created.into()),
        ("SuspendedState", answer(&target.suspended)?),
        ("ScalableTargetARN", target_arn(world, &row.id).into()),
    ])
    .into())
}
