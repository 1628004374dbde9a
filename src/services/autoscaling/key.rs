//! What names a scalable target in requests: namespace, resource and dimension. Only variants are built.

use serde::Deserialize;

use crate::autoscaling::ResourceId;
use crate::domain::world::WorldId;
use crate::schema::Fault;
use crate::store::Session;
use crate::store::scaling::{RuleKind, RuleRow, TargetRow};

/// The only `ServiceNamespace` in which there is anything.
pub(super) const NAMESPACE: &str = "sagemaker";

/// The only `ScalableDimension` in which there is anything.
pub(super) const DIMENSION: &str = "sagemaker:variant:DesiredInstanceCount";

/// The members that name a scalable target.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Key {
    pub(super) service_namespace: String,
    pub(super) resource_id: String,
    pub(super) scalable_dimension: String,
}

impl Key {
    /// The variant that may be registered under this key; what AWS scales beside it is told apart from what it does
    /// not.
    pub(super) fn variant(&self) -> Result<ResourceId<'_>, Fault> {
        if self.service_namespace != NAMESPACE {
            let sentence = format!("sagebrush does not implement scaling of {}", self.service_namespace);
            return Err(Fault::unsupported(sentence));
        }
        let what = match self.scalable_dimension.as_str() {
            DIMENSION => return ResourceId::read(&self.resource_id).ok_or_else(mismatch),
            "sagemaker:inference-component:DesiredCopyCount" => "inference components",
            "sagemaker:variant:DesiredProvisionedConcurrency" => "serverless variants",
            _ => return Err(mismatch()),
        };
        Err(Fault::unsupported(format!("sagebrush does not implement {what}, so there are none to scale")))
    }

    /// The scalable target; it must be registered. `what` is what there is none of where it is not.
    pub(super) async fn target(
        &self,
        session: &mut Session,
        world: &WorldId,
        what: &str,
    ) -> Result<TargetRow, Fault> {
        let is_variant = self.service_namespace == NAMESPACE && self.scalable_dimension == DIMENSION;
        let found = if is_variant { session.scalable_target(world, &self.resource_id).await? } else { None };
        found.ok_or_else(|| self.none(what, ""))
    }

    /// The policy or the scheduled action of this name; it must be there.
    pub(super) async fn rule(
        &self,
        session: &mut Session,
        world: &WorldId,
        kind: RuleKind,
        name: &str,
    ) -> Result<RuleRow, Fault> {
        let found = session.scaling_rule(world, kind, &self.resource_id, name).await?;
        let (what, named) = match kind {
            RuleKind::Policy => ("scaling policy found", "policy name"),
            RuleKind::ScheduledAction => ("scheduled action found", "scheduled action name"),
        };
        let found = found.filter(|_| self.variant().is_ok());
        found.ok_or_else(|| self.none(what, &format!(", {named}: {name}")))
    }

    /// There is no such thing.
    fn none(&self, what: &str, name: &str) -> Fault {
        let Self { service_namespace, resource_id, scalable_dimension } = self;
        let sentence = format!(
            "No {what} for service namespace: {service_namespace}, resource ID: {resource_id}, scalable dimension: \
             {scalable_dimension}{name}"
        );
        Fault::declared("ObjectNotFoundException", sentence)
    }
}

/// A key whose parts do not go together.
fn mismatch() -> Fault {
    Fault::validation("Unsupported service namespace, resource type or scalable dimension")
}

/// The members by which lists are filtered.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Filter {
    pub(super) service_namespace: String,
    pub(super) resource_id: Option<String>,
    pub(super) scalable_dimension: Option<String>,
}

impl Filter {
    /// Whether anything can be found; a dimension alone is refused.
    pub(super) fn can_match(&self) -> Result<bool, Fault> {
        can_match(&self.service_namespace, self.scalable_dimension.as_deref(), self.resource_id.is_some())
    }
}

/// Whether anything can be found in this namespace and dimension; a dimension without a resource is refused.
pub(super) fn can_match(namespace: &str, dimension: Option<&str>, has_resource: bool) -> Result<bool, Fault> {
    if dimension.is_some() && !has_resource {
        return Err(Fault::validation(
            "If you specify a scalable dimension, you must also specify a resource ID.",
        ));
    }
    Ok(namespace == NAMESPACE && dimension.is_none_or(|dimension| dimension == DIMENSION))
}
