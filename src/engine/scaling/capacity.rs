//! A variant or an inference component that is scaled: what there is of it, and how its capacity is set.

use crate::autoscaling::{Activity, Change, ResourceId, Target};
use crate::clock::Timestamp;
use crate::domain::endpoint::{Command, Endpoint, ScaleTarget, State};
use crate::domain::refusal::{Refusal, quota};
use crate::domain::rules::Rules;
use crate::engine::apply::accept_at;
use crate::engine::change::{Change as Changed, Standing};
use crate::store::scaling::TargetRow;
use crate::store::{EndpointRow, Error, Tx};

/// A scalable target, and the endpoint that it is a variant of, or the inference component that it is.
pub(super) struct Subject {
    /// As it is stored.
    pub(super) row: TargetRow,
    /// What is known of it.
    pub(super) target: Target,
    /// The endpoint.
    pub(super) endpoint: EndpointRow,
    /// How many instances are desired.
    pub(super) capacity: u32,
}

impl Subject {
    /// Reads it; `None` if there is no such target, or no such variant of an endpoint.
    pub(super) async fn read(tx: &mut Tx, resource: &str) -> Result<Option<Self>, Error> {
        let world = tx.id().clone();
        let Some(row) = tx.scalable_target(&world, resource).await? else { return Ok(None) };
        let target = row.read()?;
        let Some(id) = ResourceId::read(&row.resource) else { return Ok(None) };
        let Some(endpoint) = tx.endpoint(&world, id.owner()).await? else { return Ok(None) };
        let Some(capacity) = desired(&endpoint.endpoint, id) else { return Ok(None) };
        Ok(Some(Self { row, target, endpoint, capacity }))
    }

    /// Whether its capacity can be changed.
    pub(super) fn is_scalable(&self) -> bool {
        matches!(self.endpoint.endpoint.state, State::InService(_))
    }

    /// Whether its capacity is being changed.
    pub(super) fn is_being_scaled(&self) -> bool {
        matches!(self.endpoint.endpoint.state, State::Scaling(_))
    }

    /// Sets the capacity of a variant that is scalable, and tells of it. Answers what that changed; nothing if `SageMaker`
    /// refuses it.
    pub(super) async fn set_capacity(
        self,
        tx: &mut Tx,
        change: Change,
        cause: String,
        at: Timestamp,
        rules: &Rules,
    ) -> Result<Option<Changed>, Error> {
        let (resource, name) = (self.row.resource, self.endpoint.endpoint.name.clone());
        let id = ResourceId::read(&resource).expect("it was read by its resource");
        let variant = scaled(&self.endpoint.endpoint, id).unwrap_or_default().to_owned();
        let target = ScaleTarget { name: variant, weight: None, instances: Some(change.to) };
        let mut activity = Activity::began(tx.new_id().await?, id.counted(), change, cause, at);
        let now = at.max(self.endpoint.endpoint.modified_at);
        let from = Standing::of(&self.endpoint.endpoint, rules);
        let accepted = accept_at(tx, self.endpoint, Command::Scale(vec![target]), now, rules).await?;
        if let Err(refusal) = &accepted {
            activity.end(Some(&sentence(refusal, &tx.new_id().await?)), at);
        }
        tx.append_activity((&resource, &name), at, (accepted.is_err(), true), &activity).await?;
        tx.note_earlier();
        let to = accepted.ok().flatten().map(|row| Standing::of(&row.endpoint, rules));
        let message = format!("{} ({})", activity.description, activity.cause);
        Ok(to.map(|to| Changed { at, endpoint: name, from, to: Some(to), message }))
    }
}

/// The variant that is scaled: of an inference component its only one.
fn scaled<'a>(endpoint: &'a Endpoint, id: ResourceId<'a>) -> Option<&'a str> {
    match id {
        ResourceId::Variant { variant, .. } => Some(variant),
        ResourceId::Component(_) => endpoint.only_variant().map(|variant| variant.name.as_str()),
    }
}

/// `DesiredInstanceCount` or `DesiredCopyCount`: of the fleet in service while there are two.
pub(super) fn desired(endpoint: &Endpoint, id: ResourceId<'_>) -> Option<u32> {
    let (variant, fleets) = (scaled(endpoint, id)?, endpoint.fleets());
    let mut found =
        fleets.iter().filter_map(|fleet| Some(fleet.spec.variants[fleet.spec.position(variant)?].instances));
    found.next()
}

/// Why SageMaker has not scaled, as its error reaches Application Auto Scaling.
fn sentence(refusal: &Refusal, request_id: &str) -> String {
    let (sentence, code) = match refusal {
        Refusal::Quota { instance_type, limit, used, delta } => {
            (quota(instance_type, *limit, *used, *delta), "ResourceLimitExceeded")
        }
        other => (other.to_string(), "ValidationException"),
    };
    format!(
        "{sentence} (Service: AmazonSageMaker; Status Code: 400; Error Code: {code}; Request ID: {request_id})."
    )
}
