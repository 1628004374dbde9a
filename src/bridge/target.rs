//! A target of a rule: where events go, what of them, and how long it is tried.
//!
//! See <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_Target.html>.

use serde::Deserialize;

use super::arn::Arn;
use super::input::{Around, Input};
use super::path::Path;
use crate::domain::world::WorldId;

/// How often and how long AWS tries unless told otherwise.
const ATTEMPTS: u32 = 185;
const AGE_SECS: i64 = 86_400;

/// The longest pause between two attempts: 185 of them then take a day.
const LONGEST_PAUSE_MS: i64 = 512_000;

/// A target that is valid.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// `Id`.
    pub id: String,
    /// `Arn`, as it was given.
    pub arn: String,
    /// What the ARN names.
    pub place: Place,
    /// What it gets of an event.
    pub input: Input,
    /// `MessageGroupId` of a FIFO queue.
    pub message_group: Option<String>,
    /// What a request to an API destination has besides.
    pub http: HttpParameters,
    /// Where goes what could not be delivered: the ARN of a queue.
    pub dead_letter: Option<String>,
    /// How long it is tried.
    pub retry: Retry,
}

/// What an ARN names that events can be sent to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// An SQS queue.
    Queue,
    /// An SNS topic.
    Topic,
    /// A Lambda function.
    Function,
    /// A Step Functions state machine.
    StateMachine,
    /// A CloudWatch Logs group, by its name.
    LogGroup(String),
    /// An API destination, by its name and its identity.
    ApiDestination(String, String),
}

/// `HttpParameters`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct HttpParameters {
    /// What takes the places of `*` in the address, in order.
    pub path_parameter_values: Vec<String>,
    /// Headers.
    pub header_parameters: std::collections::BTreeMap<String, String>,
    /// Members of the query.
    pub query_string_parameters: std::collections::BTreeMap<String, String>,
}

impl HttpParameters {
    /// They for an event: a value that is a path, such as `$.detail.id`, is what is there.
    pub fn for_event(&self, event: &serde_json::Value) -> Self {
        let value = |text: &String| {
            let path = Some(text).filter(|text| text.starts_with("$.")).and_then(|text| Path::read(text));
            match path.map(|path| path.of(event).unwrap_or_default()) {
                None => text.clone(),
                Some(serde_json::Value::String(found)) => found,
                Some(serde_json::Value::Null) => String::new(),
                Some(other) => other.to_string(),
            }
        };
        let pair = |(name, text): (&String, &String)| (name.clone(), value(text));
        Self {
            path_parameter_values: self.path_parameter_values.iter().map(value).collect(),
            header_parameters: self.header_parameters.iter().map(pair).collect(),
            query_string_parameters: self.query_string_parameters.iter().map(pair).collect(),
        }
    }
}

/// `RetryPolicy`, in full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    /// Attempts after the first.
    pub attempts: u32,
    /// How old an event may become, on the world's clock.
    pub age_ms: i64,
}

impl Default for Retry {
    fn default() -> Self {
        Self { attempts: ATTEMPTS, age_ms: AGE_SECS * 1000 }
    }
}

impl Retry {
    /// The pause after so many attempts that have failed: a second, then twice as long each time.
    pub fn pause_ms(failed: u32) -> i64 {
        2_i64.saturating_pow(failed.saturating_sub(1)).saturating_mul(1000).clamp(1000, LONGEST_PAUSE_MS)
    }
}

/// A `Target` as clients write it.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Put {
    id: String,
    arn: String,
    input: Option<String>,
    input_path: Option<String>,
    input_transformer: Option<Transformer>,
    sqs_parameters: Option<SqsParameters>,
    #[serde(default)]
    http_parameters: HttpParameters,
    dead_letter_config: Option<DeadLetterConfig>,
    retry_policy: Option<RetryPolicy>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Transformer {
    #[serde(default)]
    input_paths_map: serde_json::Map<String, serde_json::Value>,
    input_template: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SqsParameters {
    message_group_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DeadLetterConfig {
    arn: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RetryPolicy {
    maximum_retry_attempts: Option<u32>,
    maximum_event_age_in_seconds: Option<i64>,
}

/// Why a target is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoTarget {
    /// AWS would refuse it, with this sentence.
    #[error("{0}")]
    Wrong(String),
    /// AWS would take it, but it is not built.
    #[error("{0}")]
    NotBuilt(String),
}

impl Target {
    /// The target that these members say, in JSON, for a rule of this world.
    pub fn read(text: &str, world: &WorldId) -> Result<Self, NoTarget> {
        let put: Put = serde_json::from_str(text).map_err(|error| NoTarget::Wrong(error.to_string()))?;
        let (input, place) = (input(&put)?, Place::of(&put.arn, world, &put.id)?);
        let dead_letter = put.dead_letter_config.and_then(|config| config.arn);
        if let Some(arn) = &dead_letter
            && Arn::read(arn).is_none_or(|arn| arn.service != "sqs")
        {
            return Err(not_an_arn(arn));
        }
        let mut retry = Retry::default();
        if let Some(policy) = put.retry_policy {
            retry.attempts = policy.maximum_retry_attempts.unwrap_or(retry.attempts);
            retry.age_ms = policy.maximum_event_age_in_seconds.map_or(retry.age_ms, |seconds| seconds * 1000);
        }
        let is_fifo = Arn::read(&put.arn).is_some_and(|arn| arn.is_fifo_queue());
        if is_fifo && put.sqs_parameters.as_ref().is_none_or(|it| it.message_group_id.is_none()) {
            let sentence = format!("Parameter(s) SqsParameters must be specified for target: {}.", put.id);
            return Err(NoTarget::Wrong(sentence));
        }
        let message_group = put.sqs_parameters.and_then(|parameters| parameters.message_group_id);
        let (id, arn, http) = (put.id, put.arn, put.http_parameters);
        Ok(Self { id, arn, place, input, message_group, http, dead_letter, retry })
    }

    /// What it gets of an event, which has come by the rule of this ARN.
    pub fn payload(&self, event: &serde_json::Value, rule_arn: &str) -> String {
        let rule_name = rule_arn.rsplit('/').next().unwrap_or_default();
        self.input.of(event, Around { rule_arn, rule_name })
    }
}

fn not_an_arn(text: &str) -> NoTarget {
    let sentence = format!("Parameter {text} is not valid. Reason: Provided Arn is not in correct format.");
    NoTarget::Wrong(sentence)
}

/// At most one of the three ways to say what a target gets.
fn input(put: &Put) -> Result<Input, NoTarget> {
    let given = [put.input.is_some(), put.input_path.is_some(), put.input_transformer.is_some()];
    if given.into_iter().filter(|is_given| *is_given).count() > 1 {
        let sentence = format!(
            "Only one of Input, InputPath, or InputTransformer must be provided for target {}.",
            put.id
        );
        return Err(NoTarget::Wrong(sentence));
    }
    let path = |text: &str| {
        Path::read(text).ok_or_else(|| {
            NoTarget::Wrong(format!(
                "Invalid InputPath for target {}: {text} is no path such as $.detail.",
                put.id
            ))
        })
    };
    if let Some(text) = &put.input {
        serde_json::from_str::<serde::de::IgnoredAny>(text).map_err(|error| {
            NoTarget::Wrong(format!("JSON syntax error in input for target {}: {error}.", put.id))
        })?;
        return Ok(Input::Constant(text.clone()));
    }
    if let Some(transformer) = &put.input_transformer {
        let variable = |(name, text): (&String, &serde_json::Value)| {
            Ok((name.clone(), path(text.as_str().unwrap_or_default())?))
        };
        let variables = transformer.input_paths_map.iter().map(variable).collect::<Result<_, _>>()?;
        return Ok(Input::Template(variables, transformer.input_template.clone()));
    }
    Ok(put.input_path.as_deref().map(path).transpose()?.map_or(Input::Event, Input::Part))
}

/// The name and the identity in `api-destination/NAME/ID` and its like.
pub fn named(resource: &str) -> (&str, &str) {
    let (_, rest) = resource.split_once('/').unwrap_or_default();
    rest.split_once('/').unwrap_or((rest, ""))
}

impl Place {
    /// What an ARN names, for a rule of this world.
    fn of(text: &str, world: &WorldId, id: &str) -> Result<Self, NoTarget> {
        let arn = Arn::read(text).ok_or_else(|| not_an_arn(text))?;
        let ours = || {
            let is_ours = (arn.account, arn.region) == (&*world.account, &*world.region);
            let sentence = format!("Target {id} is not in this account and region: {text}.");
            if is_ours { Ok(()) } else { Err(NoTarget::Wrong(sentence)) }
        };
        match (arn.service, arn.resource) {
            ("sqs", _) => Ok(Self::Queue),
            ("sns", _) => Ok(Self::Topic),
            ("lambda", resource) if resource.starts_with("function:") => Ok(Self::Function),
            ("states", resource) if resource.starts_with("stateMachine:") => Ok(Self::StateMachine),
            ("logs", resource) if resource.starts_with("log-group:") => {
                ours()?;
                let name = resource.trim_start_matches("log-group:").trim_end_matches(":*");
                Ok(Self::LogGroup(name.to_owned()))
            }
            ("events", resource) if resource.starts_with("api-destination/") => {
                ours()?;
                let (name, id) = named(resource);
                Ok(Self::ApiDestination(name.to_owned(), id.to_owned()))
            }
            (service, _) => {
                let known = "SQS, SNS, Lambda, Step Functions, CloudWatch Logs groups and API destinations";
                Err(NoTarget::NotBuilt(format!(
                    "sagebrush delivers events to {known}, but not to {service} as {text} wants."
                )))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(members: &Value) -> Result<Target, NoTarget> {
        Target::read(&members.to_string(), &WorldId::new("123456789012", "us-east-1"))
    }

    fn place(arn: &str) -> Result<Place, NoTarget> {
        read(&json!({"Id": "t", "Arn": arn})).map(|target| target.place)
    }

    #[test]
    fn an_arn_says_what_the_target_is() {
        for (arn, expected) in [
            ("arn:aws:sqs:us-east-1:123456789012:q", Place::Queue),
            ("arn:aws:sns:eu-west-1:999999999999:topic", Place::Topic),
            ("arn:aws:lambda:us-east-1:123456789012:function:f:live", Place::Function),
            ("arn:aws:states:us-east-1:123456789012:stateMachine:m", Place::StateMachine),
            (
                "arn:aws:logs:us-east-1:123456789012:log-group:/aws/events/x:*",
                Place::LogGroup("/aws/events/x".to_owned()),
            ),
            (
                "arn:aws:events:us-east-1:123456789012:api-destination/hook/1-2",
                Place::ApiDestination("hook".to_owned(), "1-2".to_owned()),
            ),
        ] {
            assert_eq!(place(arn), Ok(expected), "{arn}");
        }
    }

    #[test]
    fn what_is_elsewhere_or_not_built_or_no_arn_is_said() {
        for (arn, part) in [
            ("hook", "Provided Arn is not in correct format."),
            ("arn:aws:logs:us-east-1:999999999999:log-group:x", "Target t is not in this account and region"),
            ("arn:aws:kinesis:us-east-1:123456789012:stream/s", "but not to kinesis as"),
            ("arn:aws:lambda:us-east-1:123456789012:layer:x", "but not to lambda as"),
        ] {
            assert!(place(arn).expect_err(arn).to_string().contains(part), "{arn}");
        }
    }

    #[test]
    fn a_target_says_at_most_once_what_it_gets() {
        let arn = "arn:aws:sqs:us-east-1:123456789012:q";
        for (members, part) in [
            (json!({"Input": "1", "InputPath": "$"}), "Only one of Input, InputPath, or InputTransformer"),
            (json!({"Input": "{"}), "JSON syntax error in input for target t"),
            (json!({"InputPath": "detail"}), "Invalid InputPath for target t"),
            (
                json!({"Arn": format!("{arn}.fifo")}),
                "Parameter(s) SqsParameters must be specified for target: t.",
            ),
            (
                json!({"InputTransformer": {"InputPathsMap": {"a": "b"}, "InputTemplate": "<a>"}}),
                "b is no path",
            ),
            (json!({"DeadLetterConfig": {"Arn": "arn:aws:sns:us-east-1:123456789012:q"}}), "correct format"),
        ] {
            let mut put = json!({"Id": "t", "Arn": arn});
            put.as_object_mut().expect("members").extend(members.as_object().expect("members").clone());
            assert!(read(&put).expect_err(part).to_string().contains(part), "{members}");
        }
    }

    #[test]
    fn a_target_is_tried_a_day_unless_it_says_otherwise() {
        let arn = "arn:aws:sqs:us-east-1:123456789012:q.fifo";
        let target = read(&json!({"Id": "t", "Arn": arn.replace(".fifo", "")})).expect("a target");
        assert_eq!(target.retry, Retry { attempts: 185, age_ms: 86_400_000 });
        let all: i64 = (1..=185).map(Retry::pause_ms).sum();
        assert!((80_000_000..100_000_000).contains(&all), "{all}");
        assert_eq!(
            [1, 2, 3, 10, 64, u32::MAX].map(Retry::pause_ms),
            [1000, 2000, 4000, 512_000, 512_000, 512_000]
        );
        let target = read(&json!({
            "Id": "t", "Arn": arn, "SqsParameters": {"MessageGroupId": "g"},
            "RetryPolicy": {"MaximumRetryAttempts": 0, "MaximumEventAgeInSeconds": 60},
        }));
        let target = target.expect("a target");
        assert_eq!(
            (target.retry, target.message_group.as_deref()),
            (Retry { attempts: 0, age_ms: 60_000 }, Some("g"))
        );
    }
}
