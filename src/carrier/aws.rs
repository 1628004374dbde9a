//! SQS, SNS, Lambda and Step Functions by AWS's own clients, at the endpoints that the operator has set.

mod connector;

use aws_credential_types::Credentials;
use aws_sdk_lambda::types::InvocationType;
use aws_sdk_sqs::types::MessageAttributeValue;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use super::client::{Client, words};
use super::{failed, refused};
use crate::bridge::Arn;
use crate::engine::courier::{DeadLetter, Letter, Outcome};
use connector::ByReqwest;

/// Where AWS's services are; `None` is nowhere.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Endpoints {
    /// `AWS_ENDPOINT_URL_SQS`.
    pub sqs: Option<String>,
    /// `AWS_ENDPOINT_URL_SNS`.
    pub sns: Option<String>,
    /// `AWS_ENDPOINT_URL_LAMBDA`.
    pub lambda: Option<String>,
    /// `AWS_ENDPOINT_URL_STATES`.
    pub states: Option<String>,
}

/// AWS's clients.
pub(super) struct Aws<'a> {
    pub(super) endpoints: &'a Endpoints,
    pub(super) client: &'a Client,
}

/// A client of a service: the same for each, but of another type. The service has its name in `AWS_ENDPOINT_URL_…`.
macro_rules! client {
    ($sdk:ident, $aws:expr, $service:literal, $url:expr, $arn:expr) => {{
        let (url, client) = $aws.found($service, $url.as_ref())?;
        let config = $sdk::Config::builder()
            .behavior_version($sdk::config::BehaviorVersion::latest())
            .region($sdk::config::Region::new($arn.region.to_owned()))
            // The account's own number is its key, as emulators have it; the environment's keys stay at home.
            .credentials_provider(Credentials::new($arn.account, "sagebrush", None, None, "sagebrush"))
            .endpoint_url(url)
            .http_client(ByReqwest(client))
            .retry_config($sdk::config::retry::RetryConfig::disabled());
        $sdk::Client::from_conf(config.build())
    }};
}

impl Aws<'_> {
    pub(super) async fn send_message(&self, letter: &Letter) -> Result<Outcome, Outcome> {
        self.message(&letter.target.arn, letter, &[]).await
    }

    pub(super) async fn dead_letter(&self, letter: &Letter, dead: &DeadLetter) -> Result<Outcome, Outcome> {
        self.message(&dead.arn, letter, &dead.attributes).await
    }

    async fn message(
        &self,
        queue: &str,
        letter: &Letter,
        attributes: &[(String, String)],
    ) -> Result<Outcome, Outcome> {
        let arn = arn(queue)?;
        let client = client!(aws_sdk_sqs, self, "SQS", self.endpoints.sqs, arn);
        let find = client.get_queue_url().queue_name(arn.resource).queue_owner_aws_account_id(arn.account);
        let found = find.send().await.map_err(|error| outcome(&error))?;
        let url = found.queue_url.unwrap_or_default();
        let mut message = client.send_message().queue_url(url).message_body(&letter.payload);
        for (name, text) in attributes {
            let value = MessageAttributeValue::builder().data_type("String").string_value(text).build();
            let value = value.map_err(|error| refused("SDK_CLIENT_ERROR", words(&error)))?;
            message = message.message_attributes(name, value);
        }
        if arn.is_fifo_queue() {
            let group = letter.target.message_group.as_deref().unwrap_or("default");
            message = message.message_group_id(group).message_deduplication_id(&letter.event_id);
        }
        sent(message.send().await)
    }

    pub(super) async fn publish(&self, letter: &Letter) -> Result<Outcome, Outcome> {
        let topic = &letter.target.arn;
        let client = client!(aws_sdk_sns, self, "SNS", self.endpoints.sns, arn(topic)?);
        sent(client.publish().topic_arn(topic).message(&letter.payload).send().await)
    }

    pub(super) async fn invoke(&self, letter: &Letter) -> Result<Outcome, Outcome> {
        let function = &letter.target.arn;
        let client = client!(aws_sdk_lambda, self, "LAMBDA", self.endpoints.lambda, arn(function)?);
        let invoke = client.invoke().function_name(function).invocation_type(InvocationType::Event);
        sent(invoke.payload(letter.payload.clone().into_bytes().into()).send().await)
    }

    pub(super) async fn start_execution(&self, letter: &Letter) -> Result<Outcome, Outcome> {
        let machine = &letter.target.arn;
        let client = client!(aws_sdk_sfn, self, "STATES", self.endpoints.states, arn(machine)?);
        sent(client.start_execution().state_machine_arn(machine).input(&letter.payload).send().await)
    }

    /// Where a service is, and who calls it.
    fn found(&self, service: &str, url: Option<&String>) -> Result<(String, reqwest::Client), Outcome> {
        let client = self.client.clone().map_err(|sentence| failed("SDK_CLIENT_ERROR", sentence))?;
        let url = url.ok_or_else(|| {
            let sentence =
                format!("There is no {service} to call: set AWS_ENDPOINT_URL_{service} for the server.");
            refused("NOT_CONFIGURED", sentence)
        })?;
        Ok((url.clone(), client))
    }
}

fn arn(text: &str) -> Result<Arn<'_>, Outcome> {
    Arn::read(text).ok_or_else(|| refused("INVALID_PARAMETER", format!("{text} is no ARN.")))
}

fn sent<T, E: ProvideErrorMetadata + std::error::Error + 'static>(
    answer: Result<T, SdkError<E, HttpResponse>>,
) -> Result<Outcome, Outcome> {
    answer.map(|_| Outcome::Delivered).map_err(|error| outcome(&error))
}

/// What an error means: what the service says is wrong with the request will be wrong again, but for too many of them.
fn outcome<E: ProvideErrorMetadata + std::error::Error + 'static>(
    error: &SdkError<E, HttpResponse>,
) -> Outcome {
    let status = error.raw_response().map(HttpResponse::status);
    let Some(said) = error.as_service_error() else { return failed("SDK_CLIENT_ERROR", words(error)) };
    let code = said.code().unwrap_or("UNKNOWN");
    let sentence = said.message().unwrap_or("It says no more.").to_owned();
    let is_final = status.is_some_and(|status| status.is_client_error() && status.as_u16() != 429)
        && !code.contains("Throttl");
    if is_final { refused(code, sentence) } else { failed(code, sentence) }
}
