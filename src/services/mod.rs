//! The services: what each operation means, whatever protocol carried it.
//!
//! An operation is a function of the [`Context`], a world and a valid input. A service lists its operations
//! with the function of each; [`Services`] is that list for the wire, which answers 501 for all others by
//! itself. This room knows AWS's names and sentences, but no protocol and no SQL.

use std::sync::Arc;
use std::time::Duration;

use crate::domain::world::WorldId;
use crate::schema::{Call, Fault, Operation, Service, ServiceId, Value, Violation};
use crate::telemetry::Requests;

pub mod autoscaling;
mod client_time;
pub mod cloudwatch;
mod context;
pub mod events;
mod failure;
mod hint;
pub mod logs;
mod progression;
pub mod runtime;
pub mod sagemaker;
pub mod sts;
mod tag;
#[cfg(test)]
mod tests;
mod token;
mod wait;
mod weather;

pub use client_time::ClientTimes;
pub use context::{Context, Settings};
pub(crate) use failure::{answer, input, stored, to_stored};

/// What an operation without output returns, and what one with output returns.
trait Output {
    fn output(self) -> Option<Value>;
}

impl Output for () {
    fn output(self) -> Option<Value> {
        None
    }
}

impl Output for Value {
    fn output(self) -> Option<Value> {
        Some(self)
    }
}

/// The list of a service's operations: `"Name" => function`, where the function takes the context, the
/// world and the input, and returns `Result<Value, Fault>`, or `Result<(), Fault>` if it has no output.
macro_rules! operations {
    ($($name:literal => $function:path),+ $(,)?) => {
        /// The operations that are built.
        pub const OPERATIONS: &[&str] = &[$($name),+];

        /// Executes one of them.
        pub(super) async fn call(
            context: &crate::services::Context,
            world: &crate::domain::world::WorldId,
            call: crate::schema::Call,
        ) -> Result<Option<crate::schema::Value>, crate::schema::Fault> {
            match call.operation {
                $($name => $function(context, world, call.input).await.map(crate::services::Output::output),)+
                other => Err(crate::schema::Fault::not_implemented(call.service, other)),
            }
        }
    };
}
pub(crate) use operations;

/// All services over one store.
#[derive(Debug, Clone)]
pub struct Services {
    context: Context,
    requests: Arc<Requests>,
}

impl Services {
    /// The services, working with what `context` holds.
    pub fn new(context: Context) -> Self {
        Self { context, requests: Arc::default() }
    }

    /// The requests that were answered so far.
    pub fn requests(&self) -> &Arc<Requests> {
        &self.requests
    }
}

impl crate::wire::Services for Services {
    fn implements(&self, service: ServiceId, operation: &str) -> bool {
        let built = match service {
            ServiceId::ApplicationAutoScaling => autoscaling::OPERATIONS,
            ServiceId::CloudWatch => cloudwatch::OPERATIONS,
            ServiceId::EventBridge => events::OPERATIONS,
            ServiceId::Logs => logs::OPERATIONS,
            ServiceId::SageMaker => sagemaker::OPERATIONS,
            ServiceId::SageMakerRuntime => runtime::OPERATIONS,
            ServiceId::Sts => sts::OPERATIONS,
        };
        built.contains(&operation)
    }

    fn refusal(&self, service: ServiceId, operation: &str, input: &Value, found: &[Violation<'_>]) -> Fault {
        if let Some(hint) = hint::hint(input) {
            tracing::warn!(service = service.name(), operation, "{hint}");
        }
        let own = match service {
            ServiceId::CloudWatch => cloudwatch::refusal(operation, found),
            ServiceId::Logs => Some(logs::refusal(found)),
            _ => None,
        };
        own.unwrap_or_else(|| Fault::violations(found))
    }

    fn answered(&self, asked: Option<(&'static Service, &'static Operation)>, code: &str, took: Duration) {
        self.requests.count(asked, code, took);
    }

    async fn call(&self, call: Call) -> Result<Option<Value>, Fault> {
        let world = WorldId::new(call.account.as_str(), call.region.as_str());
        match call.service {
            // In boxes: a call that is made often shall not be as large as these.
            ServiceId::ApplicationAutoScaling => {
                Box::pin(autoscaling::call(&self.context, &world, call)).await
            }
            ServiceId::CloudWatch => cloudwatch::call(&self.context, &world, call).await,
            ServiceId::EventBridge => Box::pin(events::call(&self.context, &world, call)).await,
            ServiceId::Logs => Box::pin(logs::call(&self.context, &world, call)).await,
            ServiceId::SageMaker => {
                weather::pass(&self.context, &world, &call).await?;
                progression::before_describe(&self.context, &world, &call).await?;
                let commanded = progression::commanded(&call);
                let answer = sagemaker::call(&self.context, &world, call).await?;
                if let Some(endpoint) = commanded {
                    progression::after_command(&self.context, &world, &endpoint).await;
                }
                Ok(answer)
            }
            ServiceId::SageMakerRuntime => runtime::call(&self.context, &world, call).await,
            ServiceId::Sts => sts::call(&self.context, &world, call).await,
        }
    }
}
