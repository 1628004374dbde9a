//! <https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html>
//!
//! The members of the request become those of the answer: a body that is echoed is the bytes that came.

use super::{endpoint_result, faults};
use crate::domain::endpoint_result::EndpointResult;
use crate::domain::serving::Response;
use crate::domain::world::WorldId;
use crate::engine::{Address, NotInvoked};
use crate::schema::{Fault, Fields, Value};
use crate::services::Context;
use crate::services::wait::wait;

/// What bytes are whose type nobody names.
const BYTES: &str = "application/octet-stream";

/// Members by which a request asks for what only multi-model endpoints, pipelines that are invoked directly,
/// sessions and explainers have.
const NOT_BUILT: [&str; 4] = ["TargetModel", "TargetContainerHostname", "EnableExplanations", "SessionId"];

pub(super) async fn invoke_endpoint(
    context: &Context,
    world: &WorldId,
    mut input: Value,
) -> Result<Value, Fault> {
    let Some(request) = input.as_map_mut() else { return Err(Fault::internal("the input is no structure")) };
    if let Some(member) = NOT_BUILT.into_iter().find(|member| request.get(member).is_some()) {
        return Err(faults::not_built(member));
    }
    let text = |member: &str| request.get(member).and_then(Value::as_str);
    let endpoint = text("EndpointName").unwrap_or_default();
    let address =
        Address { endpoint, component: text("InferenceComponentName"), variant: text("TargetVariant") };
    let invocation = match context.engine.invoke(world, address).await {
        Ok(invocation) => invocation,
        Err(NotInvoked::NotInService) => {
            // In moto an answer that was set needs no endpoint. One that is there is asked itself, and may not serve.
            let is_there = context.store.session().endpoint(world, endpoint).await?.is_some();
            let set = if is_there { None } else { set_result(context, world, endpoint, request).await? };
            let refused = || faults::not_invoked(NotInvoked::NotInService, world, address);
            return set.map(|set| endpoint_result::answer(set, None)).ok_or_else(refused);
        }
        Err(why) => return Err(faults::not_invoked(why, world, address)),
    };
    wait(&context.engine, invocation.wait).await;
    if invocation.status != 200 {
        return Err(faults::model_error(world, endpoint, invocation.container(), invocation.status));
    }
    if invocation.may_have_result
        && let Some(set) = set_result(context, world, endpoint, request).await?
    {
        return Ok(endpoint_result::answer(set, Some(invocation.variant())));
    }
    let (body, content_type) = match invocation.response() {
        Response::Echo => (request.remove("Body"), request.remove("ContentType")),
        Response::Fixed { content_type, body } => {
            (Some(Value::Blob(body.clone().into())), Some(content_type.as_str().into()))
        }
    };
    let mut answer = Fields::new();
    answer.insert("Body", body.unwrap_or_else(|| Value::Blob(bytes::Bytes::new())));
    answer.insert("ContentType", content_type.unwrap_or_else(|| BYTES.into()));
    answer.insert("InvokedProductionVariant", invocation.variant().into());
    if let Some(attributes) = request.remove("CustomAttributes") {
        answer.insert("CustomAttributes", attributes);
    }
    Ok(Value::Map(answer))
}

/// The answer that a user of moto has set for this request.
async fn set_result(
    context: &Context,
    world: &WorldId,
    endpoint: &str,
    request: &Fields,
) -> Result<Option<EndpointResult>, Fault> {
    Ok(context.engine.endpoint_result(world, endpoint, &endpoint_result::fingerprint(request)).await?)
}
