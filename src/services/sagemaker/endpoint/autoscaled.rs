//! What an update may not do to variants that are scaled automatically.

use crate::autoscaling::ResourceId;
use crate::domain::endpoint::Endpoint;
use crate::domain::variant::Spec;
use crate::schema::Fault;
use crate::store::Tx;
use crate::store::scaling::TargetQuery;

/// Refuses an update to `spec` that drops a registered variant or changes its instance type.
/// <https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-scaling.html>
pub(super) async fn refuse(tx: &mut Tx, endpoint: &Endpoint, spec: &Spec) -> Result<(), Fault> {
    if tx.world().scalable_targets == 0 {
        return Ok(());
    }
    let world = tx.id().clone();
    let query = TargetQuery { endpoint: Some(&endpoint.name), ..TargetQuery::default() };
    let mut hit = Vec::new();
    for target in tx.scalable_targets(&world, &query).await? {
        let Some(ResourceId::Variant { variant, .. }) = ResourceId::read(&target.resource) else { continue };
        // One that is registered for an update that did not come is no variant yet.
        if in_service(endpoint, variant).is_some_and(|old| instance_type(spec, variant) != Some(old)) {
            hit.push(variant.to_owned());
        }
    }
    if hit.is_empty() {
        return Ok(());
    }
    Err(Fault::validation(format!(
        "The variant(s) \"[{}]\" must be deregistered as scalable targets with AutoScaling before they can be removed \
         or have their instance type updated.",
        hit.join(", ")
    )))
}

fn instance_type<'a>(spec: &'a Spec, variant: &str) -> Option<&'a str> {
    spec.position(variant).map(|at| spec.variants[at].instance_type.as_str())
}

fn in_service<'a>(endpoint: &'a Endpoint, variant: &str) -> Option<&'a str> {
    endpoint.fleets().into_iter().find_map(|fleet| instance_type(&fleet.spec, variant))
}
