//! Inference components: models that share the instances of an endpoint's variant.
//!
//! To the domain a component is an endpoint whose instances are copies; here it gets AWS's members and words.

mod create;
mod delete;
mod describe;
mod scale;
mod specification;
#[cfg(test)]
mod tests;
mod update;

pub(super) use create::create;
pub(super) use delete::delete;
pub(super) use describe::describe;
pub(super) use scale::scale;
pub(super) use update::update;

use serde::Deserialize;

use crate::domain::endpoint::{Endpoint, ScaleTarget};
use crate::domain::world::WorldId;
use crate::schema::{Fault, Value};
use crate::services::Context;

/// `InferenceComponentRuntimeConfig`.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RuntimeConfig {
    copy_count: u32,
}

impl RuntimeConfig {
    /// What a scaling of this component to so many copies is for.
    fn of(self, component: &Endpoint) -> Vec<ScaleTarget> {
        let variant = component.only_variant().map(|variant| variant.name.clone());
        let target = |name| ScaleTarget { name, weight: None, instances: Some(self.copy_count) };
        variant.map(target).into_iter().collect()
    }
}

/// <https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ListInferenceComponents.html>
pub(super) async fn list(context: &Context, world: &WorldId, input: Value) -> Result<Value, Fault> {
    super::list::components(context, world, input).await
}
