//! The three things that are named, created, listed and tagged, and what AWS calls them where.

use crate::domain::world::WorldId;
use crate::schema::{Fault, Value};
use crate::store::{Kind, Tagged};

/// A kind of resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Noun {
    Model,
    EndpointConfig,
    Endpoint,
}

impl Noun {
    /// In an ARN.
    pub(super) fn arn_word(self) -> &'static str {
        match self {
            Self::Model => "model",
            Self::EndpointConfig => "endpoint-config",
            Self::Endpoint => "endpoint",
        }
    }

    /// In a sentence.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Model => "model",
            Self::EndpointConfig => "endpoint configuration",
            Self::Endpoint => "endpoint",
        }
    }

    /// The member that holds its name.
    pub(super) fn name_member(self) -> &'static str {
        match self {
            Self::Model => "ModelName",
            Self::EndpointConfig => "EndpointConfigName",
            Self::Endpoint => "EndpointName",
        }
    }

    /// The member that holds its ARN.
    pub(super) fn arn_member(self) -> &'static str {
        match self {
            Self::Model => "ModelArn",
            Self::EndpointConfig => "EndpointConfigArn",
            Self::Endpoint => "EndpointArn",
        }
    }

    /// The member that holds a list of them.
    pub(super) fn list_member(self) -> &'static str {
        match self {
            Self::Model => "Models",
            Self::EndpointConfig => "EndpointConfigs",
            Self::Endpoint => "Endpoints",
        }
    }

    /// The ARN of the one of that name.
    pub(super) fn arn(self, world: &WorldId, name: &str) -> String {
        world.sagemaker_arn(self.arn_word(), name)
    }

    /// Where the store keeps its tags.
    pub(super) fn tagged(self, name: &str) -> Tagged<'_> {
        match self {
            Self::Model => Tagged::Definition(Kind::Model, name),
            Self::EndpointConfig => Tagged::Definition(Kind::EndpointConfig, name),
            Self::Endpoint => Tagged::Endpoint(name),
        }
    }

    /// The name in an input that names one.
    pub(super) fn name_in(self, input: &Value) -> Result<&str, Fault> {
        let name = input.get(self.name_member()).and_then(Value::as_str);
        name.ok_or_else(|| Fault::internal(format!("a valid input has {}", self.name_member())))
    }

    /// The answer of an operation that tells the ARN of what it made or changed.
    pub(super) fn arn_answer(self, world: &WorldId, name: &str) -> Value {
        let arn = Value::String(self.arn(world, name));
        Value::Map([(self.arn_member(), arn)].into_iter().collect())
    }
}

impl From<Kind> for Noun {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Model => Self::Model,
            Kind::EndpointConfig => Self::EndpointConfig,
        }
    }
}
