//! Refusals of the runtime in AWS's words, and the error of a model in the model's.
//!
//! The sentences of a missing endpoint and of a `ModelError` are recorded from AWS. What a simulated model says itself,
//! AWS cannot know: it is one sentence that names the status.

use crate::domain::world::WorldId;
use crate::engine::{Address, NotInvoked};
use crate::schema::Fault;

/// The request reached no model.
pub(super) fn not_invoked(why: NotInvoked, world: &WorldId, address: Address<'_>) -> Fault {
    let Address { endpoint, component, variant } = address;
    match why {
        NotInvoked::NotInService => {
            invalid(format!("Endpoint {endpoint} of account {} not found.", world.account))
        }
        NotInvoked::UnknownVariant(variants) => invalid(format!(
            "Variant {} not found for endpoint {endpoint} of account {}. Its variants are: {}.",
            variant.unwrap_or_default(),
            world.account,
            variants.join(", ")
        )),
        NotInvoked::NoInstance => Fault::declared(
            "ServiceUnavailable",
            format!(
                "Endpoint {endpoint} of account {} has no healthy instance for this request.",
                world.account
            ),
        ),
        NotInvoked::NoComponentNamed => invalid(
            "Inference Component Name header is required for endpoints to which you plan to deploy inference components. \
             Please include Inference Component Name header or consider using SageMaker models.",
        ),
        NotInvoked::NoComponents => invalid(
            "Inference Component Name header is not allowed for endpoints to which you do not plan to deploy \
             inference components. Please remove the Inference Component Name header and try again.",
        ),
        NotInvoked::UnknownComponent => invalid(format!(
            "Inference Component {} not found for endpoint {endpoint} of account {}.",
            component.unwrap_or_default(),
            world.account
        )),
        NotInvoked::NoCopy => invalid(
            "Inference Component has no capacity to process this request. ApplicationAutoScaling may be in-progress (if \
             configured) or try to increase the capacity by invoking UpdateInferenceComponentRuntimeConfig API.",
        ),
        NotInvoked::Failed(error) => error.into(),
    }
}

/// The request asks by `member` for something that AWS has and we do not.
pub(super) fn not_built(member: &str) -> Fault {
    Fault::unsupported(format!(
        "sagebrush does not implement the member {member} of SageMakerRuntime.InvokeEndpoint; leave it out."
    ))
}

/// The model answered with an error, or, with status 0, not in time.
pub(super) fn model_error(world: &WorldId, endpoint: &str, container: &str, status: u16) -> Fault {
    let WorldId { account, region } = world;
    let (partition, group) = (world.partition(), format!("/aws/sagemaker/Endpoints/{endpoint}"));
    let (side, code) = match status {
        400..500 => ("client", "CLIENT_ERROR_FROM_MODEL"),
        _ => ("server", "INTERNAL_FAILURE_FROM_MODEL"),
    };
    let original = match status {
        0 => format!(
            "Your invocation timed out while waiting for a response from container {container}. Review the \
             latency metrics for each container in Amazon CloudWatch, resolve the issue, and try again."
        ),
        _ => format!("The model answers {status}, as its behaviour says."),
    };
    let console = match partition {
        "aws-cn" => format!("https://{region}.console.amazonaws.cn"),
        "aws-us-gov" => format!("https://{region}.console.amazonaws-us-gov.com"),
        _ => format!("https://{region}.console.aws.amazon.com"),
    };
    let sentence = format!(
        "Received {side} error ({status}) from {container} with message \"{original}\". See \
         {console}/cloudwatch/home?region={region}#logEventViewer:group={group} in account {account} for more \
         information."
    );
    Fault::declared("ModelError", sentence)
        .with("ErrorCode", code)
        .with("LogStreamArn", format!("arn:{partition}:logs:{region}:{account}:log-group:{group}"))
        .with("OriginalMessage", original)
        .with("OriginalStatusCode", i64::from(status))
}

/// The runtime's own word for what is a `ValidationException` elsewhere.
fn invalid(sentence: impl Into<String>) -> Fault {
    Fault::declared("ValidationError", sentence)
}
