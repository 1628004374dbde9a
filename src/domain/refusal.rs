//! Why a command is not accepted. The services room turns a refusal into AWS's error; the core knows
//! neither codes nor ARNs.

/// A command that changes nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The endpoint is in transition.
    #[error("the endpoint is in transition")]
    InProgress,
    /// The endpoint is `Failed`; only `DeleteEndpoint` is allowed.
    #[error("the endpoint has failed")]
    Failed,
    /// The account may not have so many instances of a type.
    #[error(
        "the account may have {limit} instances of {instance_type}, has {used} and would have {delta} more"
    )]
    Quota {
        /// `InstanceType`.
        instance_type: String,
        /// So many it may have.
        limit: u32,
        /// So many it has.
        used: u64,
        /// So many more it would have.
        delta: u64,
    },
    /// The request contradicts itself or the endpoint: a sentence for the client.
    #[error("{0}")]
    Invalid(String),
}

impl Refusal {
    /// A request that contradicts itself or the endpoint.
    pub fn invalid(sentence: impl Into<String>) -> Self {
        Self::Invalid(sentence.into())
    }
}

/// AWS's sentence for instances that an account may not have.
pub fn quota(instance_type: &str, limit: u32, used: u64, delta: u64) -> String {
    format!(
        "The account-level service limit '{instance_type} for endpoint usage' is {limit} Instances, with current \
         utilization of {used} Instances and a request delta of {delta} Instances. Please use AWS Service Quotas to \
         request an increase for this quota. If AWS Service Quotas is not available, contact AWS support to request an \
         increase for this quota."
    )
}
