//! What names a scalable target in requests: namespace, resource and dimension.

use serde::Deserialize;

use crate::autoscaling::ResourceId;
use crate::domain::component::name_of;
use crate::domain::world::WorldId;
use crate::metrics::invoked::Subject;
use crate::schema::{Fault, Value};
use crate::store::Session;
use crate::store::scaling::{RuleKind, RuleRow, TargetRow};

/// The only `ServiceNamespace` in which there is anything.
pub(super) const NAMESPACE: &str = "sagemaker";

/// The members that name a scalable target.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Key {
    pub(super) service_namespace: String,
    pub(super) resource_id: String,
    pub(super) scalable_dimension: String,
}

impl Key {
    /// What may be registered under this key; what AWS scales beside it is told apart from what it does not.
    pub(super) fn resource(&self) -> Result<ResourceId<'_>, Fault> {
        if self.service_namespace != NAMESPACE {
            let sentence = format!("sagebrush does not implement scaling of {}", self.service_namespace);
            return Err(Fault::unsupported(sentence));
        }
        if self.scalable_dimension == "sagemaker:variant:DesiredProvisionedConcurrency" {
            let sentence = "sagebrush does not implement serverless variants, so there are none to scale";
            return Err(Fault::unsupported(sentence));
        }
        let id = ResourceId::read(&self.resource_id).filter(|id| id.dimension() == self.scalable_dimension);
        id.ok_or_else(|| {
            Fault::validation("Unsupported service namespace, resource type or scalable dimension")
        })
    }

    /// The scalable target; it must be registered. `what` is what there is none of where it is not.
    pub(super) async fn target(
        &self,
        session: &mut Session,
        world: &WorldId,
        what: &str,
    ) -> Result<TargetRow, Fault> {
        let is_known = self.resource().is_ok();
        let found = if is_known { session.scalable_target(world, &self.resource_id).await? } else { None };
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
        let found = found.filter(|_| self.resource().is_ok());
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
        let resources = self.resource_id.as_ref().map(std::slice::from_ref);
        Ok(matching(&self.service_namespace, self.scalable_dimension.as_deref(), resources)?.is_some())
    }
}

/// The resources, of these where some are named, that can be found in this namespace and dimension: `None` if there is
/// nothing to find, and none where all can be found. A dimension without a resource is refused.
pub(super) fn matching(
    namespace: &str,
    dimension: Option<&str>,
    resources: Option<&[String]>,
) -> Result<Option<Vec<String>>, Fault> {
    if dimension.is_some() && resources.is_none() {
        return Err(Fault::validation(
            "If you specify a scalable dimension, you must also specify a resource ID.",
        ));
    }
    let is_of_it = |resource: &&String| {
        let known = ResourceId::read(resource).map(ResourceId::dimension);
        dimension.is_none_or(|dimension| known == Some(dimension))
    };
    let found: Vec<_> = resources.unwrap_or_default().iter().filter(is_of_it).cloned().collect();
    let can_match = namespace == NAMESPACE && (resources.is_none() || !found.is_empty());
    Ok(can_match.then_some(found))
}

/// `ScalableDimension` of what is registered.
pub(super) fn dimension_of(resource: &str) -> Value {
    ResourceId::read(resource).map_or("", ResourceId::dimension).into()
}

/// Whose metrics it is scaled by.
pub(super) fn subject(id: ResourceId<'_>) -> Subject<'_> {
    match id {
        ResourceId::Variant { endpoint, variant } => Subject::Variant(endpoint, variant),
        ResourceId::Component(name) => Subject::Component(name_of(name).unwrap_or(name)),
    }
}
