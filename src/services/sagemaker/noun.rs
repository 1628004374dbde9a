//! The four things that are named, created, listed and tagged, and what AWS calls them where.

use std::borrow::Cow;

use crate::domain::component;
use crate::domain::world::WorldId;
use crate::schema::{Fault, Value};
use crate::store::{Kind, Tagged};

/// A kind of resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Noun {
    Model,
    EndpointConfig,
    Endpoint,
    InferenceComponent,
}

impl Noun {
    /// In an ARN.
    pub(super) fn arn_word(self) -> &'static str {
        match self {
            Self::Model => "model",
            Self::EndpointConfig => "endpoint-config",
            Self::Endpoint => "endpoint",
            Self::InferenceComponent => "inference-component",
        }
    }

    /// In a sentence.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Model => "model",
            Self::EndpointConfig => "endpoint configuration",
            Self::Endpoint => "endpoint",
            Self::InferenceComponent => "inference component",
        }
    }

    /// The member that holds its name.
    pub(super) fn name_member(self) -> &'static str {
        match self {
            Self::Model => "ModelName",
            Self::EndpointConfig => "EndpointConfigName",
            Self::Endpoint => "EndpointName",
            Self::InferenceComponent => "InferenceComponentName",
        }
    }

    /// The member that holds its ARN.
    pub(super) fn arn_member(self) -> &'static str {
        match self {
            Self::Model => "ModelArn",
            Self::EndpointConfig => "EndpointConfigArn",
            Self::Endpoint => "EndpointArn",
            Self::InferenceComponent => "InferenceComponentArn",
        }
    }

    /// The member that holds a list of them.
    pub(super) fn list_member(self) -> &'static str {
        match self {
            Self::Model => "Models",
            Self::EndpointConfig => "EndpointConfigs",
            Self::Endpoint => "Endpoints",
            Self::InferenceComponent => "InferenceComponents",
        }
    }

    /// The operation that deletes one.
    pub(super) fn deletion(self) -> &'static str {
        match self {
            Self::Model => "DeleteModel",
            Self::EndpointConfig => "DeleteEndpointConfig",
            Self::Endpoint => "DeleteEndpoint",
            Self::InferenceComponent => "DeleteInferenceComponent",
        }
    }

    /// What stands under this name among endpoints and inference components, and what it is called.
    pub(super) fn of_key(key: &str) -> (Self, &str) {
        match component::name_of(key) {
            Some(name) => (Self::InferenceComponent, name),
            None => (Self::Endpoint, key),
        }
    }

    /// Under which name the one of that name is stored.
    pub(super) fn key(self, name: &str) -> Cow<'_, str> {
        match self {
            Self::InferenceComponent => Cow::Owned(component::key(name)),
            Self::Model | Self::EndpointConfig | Self::Endpoint => Cow::Borrowed(name),
        }
    }

    /// The ARN of the one of that name.
    pub(super) fn arn(self, world: &WorldId, name: &str) -> String {
        world.sagemaker_arn(self.arn_word(), name)
    }

    /// Where the store keeps its tags.
    pub(super) fn tagged(self, name: &str) -> Tagged<'_> {
        match self {
            Self::InferenceComponent => Tagged::Component(name),
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
