//! Amazon SageMaker hosting: models, endpoint configs, endpoints, inference components, and their tags.
//!
//! Each operation reads its typed input, opens at most one transaction, lets the domain decide and answers.
//! What a model or a config *is* stays the client's validated request, described as it came; only what the
//! engine needs of them becomes a type, in [`copy`], when an endpoint takes its own copy.
//!
//! It does not know how a deployment goes on; that is the engine's.

mod component;
mod copy;
mod definition;
mod endpoint;
mod endpoint_config;
mod fault;
mod hosted;
mod instance_type;
mod list;
mod model;
mod noun;
mod tags;
#[cfg(test)]
pub(in crate::services) mod tests;
mod watched;

use super::operations;
pub use instance_type::instance_types;

operations! {
    "AddTags" => tags::add,
    "CreateEndpoint" => endpoint::create,
    "CreateEndpointConfig" => endpoint_config::create,
    "CreateInferenceComponent" => component::create,
    "CreateModel" => model::create,
    "DeleteEndpoint" => endpoint::delete,
    "DeleteEndpointConfig" => endpoint_config::delete,
    "DeleteInferenceComponent" => component::delete,
    "DeleteModel" => model::delete,
    "DeleteTags" => tags::delete,
    "DescribeEndpoint" => endpoint::describe,
    "DescribeEndpointConfig" => endpoint_config::describe,
    "DescribeInferenceComponent" => component::describe,
    "DescribeModel" => model::describe,
    "ListEndpointConfigs" => endpoint_config::list,
    "ListEndpoints" => endpoint::list,
    "ListInferenceComponents" => component::list,
    "ListModels" => model::list,
    "ListTags" => tags::list,
    "UpdateEndpoint" => endpoint::update,
    "UpdateEndpointWeightsAndCapacities" => endpoint::scale,
    "UpdateInferenceComponent" => component::update,
    "UpdateInferenceComponentRuntimeConfig" => component::scale,
}
