//! An event in the shape that AWS gives it.

use std::borrow::Cow;

use aws_smithy_types::date_time::{DateTime, Format};
use serde_json::{Map, Value, json};

use crate::clock::Timestamp;
use crate::domain::world::WorldId;

/// What happened: the `detail-type` of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DetailType {
    /// An endpoint has another `EndpointStatus`.
    Endpoint,
    /// What is being done to an endpoint's variants is something else.
    EndpointDeployment,
    /// An endpoint config was created or deleted.
    EndpointConfig,
    /// A model was created or deleted.
    Model,
    /// An alarm is in another state.
    Alarm,
}

impl DetailType {
    /// AWS's words for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Endpoint => "SageMaker Endpoint State Change",
            Self::EndpointDeployment => "SageMaker Endpoint Deployment State Change",
            Self::EndpointConfig => "SageMaker Endpoint Config State Change",
            Self::Model => "SageMaker Model State Change",
            Self::Alarm => "CloudWatch Alarm State Change",
        }
    }

    /// `source`: the service that sends it.
    pub fn source(self) -> &'static str {
        match self {
            Self::Endpoint | Self::EndpointDeployment | Self::EndpointConfig | Self::Model => "aws.sagemaker",
            Self::Alarm => "aws.cloudwatch",
        }
    }
}

/// An event before it has an id.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// When it happened, on the world's clock.
    pub at: Timestamp,
    /// Who sends it.
    pub source: Cow<'static, str>,
    /// What happened, in a few words.
    pub detail_type: Cow<'static, str>,
    /// What it happened to, by ARN. Events of the same first resource are in order.
    pub resources: Vec<String>,
    /// `detail`.
    pub detail: Map<String, Value>,
}

impl Event {
    /// One that an AWS service sends.
    pub fn of(detail_type: DetailType, resource: String, at: Timestamp, detail: Map<String, Value>) -> Self {
        let (source, words) = (detail_type.source().into(), detail_type.word().into());
        Self { at, source, detail_type: words, resources: vec![resource], detail }
    }

    /// What it is about; nothing where it names no resource.
    pub fn resource(&self) -> &str {
        self.resources.first().map_or("", String::as_str)
    }

    /// It as targets get it, with the members in AWS's order. `time` has whole seconds.
    pub fn to_json(&self, id: &str, world: &WorldId) -> Value {
        let second = DateTime::from_secs(self.at.0.div_euclid(1000));
        json!({
            "version": "0",
            "id": id,
            "detail-type": self.detail_type,
            "source": self.source,
            "account": world.account,
            "time": second.fmt(Format::DateTime).unwrap_or_default(),
            "region": world.region,
            "resources": self.resources,
            "detail": self.detail,
        })
    }
}

/// Tags as a `detail` has them: an object, not AWS's usual list.
pub(super) fn tags(tags: &[(String, String)]) -> Value {
    tags.iter().map(|(key, value)| (key.clone(), Value::from(value.as_str()))).collect::<Map<_, _>>().into()
}
