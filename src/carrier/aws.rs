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

/// A service's settings for its client: the same for each, but of another type.
macro_rules! config {
    ($sdk:ident, $aws:expr, $url:expr, $arn:expr) => {
        match $aws.found($url, stringify!($sdk)) {
            Err(outcome) => return outcome,
            Ok((url, client)) => $sdk::Config::builder()
                .behavior_version($sdk::config::BehaviorVersion::latest())
                .region($sdk::config::Region::new($arn.region.to_owned()))
                // The account's own number is its key, as emulators have it; the environment's keys stay at home.
                .credentials_provider(Credentials::new($arn.account, "sagebrush", None, None, "sagebrush"))
                .endpoint_url(url)
                .http_client(ByReqwest(client))
                .retry_config($sdk::config::retry::RetryConfig::disabled())
                .build(),
        }
    };
}

impl Aws<'_> {
    pub(super) async fn send_message(&self, letter: &Letter) -> Outcome {
        self.message(&letter.target.arn, letter, &letter.payload, &[]).await
    }

    pub(super) async fn dead_letter(&self, letter: &Letter, dead: &DeadLetter) -> Outcome {
        self.message(&dead.arn, letter, &letter.payload, &dead.attributes).await
    }

    async fn message(
        &self,
        arn: &str,
        letter: &Letter,
        body: &str,
        attributes: &[(String, String)],
    ) -> Outcome {
        let Some(arn) = Arn::read(arn) else { return not_an_arn(arn) };
        let client =
            aws_sdk_sqs::Client::from_conf(config!(aws_sdk_sqs, self, self.endpoints.sqs.as_ref(), arn));
        let (name, account) = (arn.resource, arn.account);
        let found = client.get_queue_url().queue_name(name).queue_owner_aws_account_id(account).send().await;
        let url = match found {
            Ok(found) => found.queue_url.unwrap_or_default(),
            Err(error) => return outcome(&error),
        };
        let mut message = client.send_message().queue_url(url).message_body(body);
        for (name, text) in attributes {
            let value = MessageAttributeValue::builder().data_type("String").string_value(text).build();
            match value {
                Ok(value) => message = message.message_attributes(name, value),
                Err(error) => return refused("SDK_CLIENT_ERROR", words(&error)),
            }
        }
        if name.rsplit_once('.').is_some_and(|(_, kind)| kind == "fifo") {
            let group = letter.target.message_group.as_deref().unwrap_or("default");
            message = message.message_group_id(group).message_deduplication_id(&letter.event_id);
        }
        message.send().await.map_or_else(|error| outcome(&error), |_| Outcome::Delivered)
    }

    pub(super) async fn publish(&self, letter: &Letter) -> Outcome {
        let Some(arn) = Arn::read(&letter.target.arn) else { return not_an_arn(&letter.target.arn) };
        let client =
            aws_sdk_sns::Client::from_conf(config!(aws_sdk_sns, self, self.endpoints.sns.as_ref(), arn));
        let sent = client.publish().topic_arn(&letter.target.arn).message(&letter.payload).send().await;
        sent.map_or_else(|error| outcome(&error), |_| Outcome::Delivered)
    }

    pub(super) async fn invoke(&self, letter: &Letter) -> Outcome {
        let Some(arn) = Arn::read(&letter.target.arn) else { return not_an_arn(&letter.target.arn) };
        let client = aws_sdk_lambda::Client::from_conf(config!(
            aws_sdk_lambda,
            self,
            self.endpoints.lambda.as_ref(),
            arn
        ));
        let invoke = client.invoke().function_name(&letter.target.arn).invocation_type(InvocationType::Event);
        let sent = invoke.payload(letter.payload.clone().into_bytes().into()).send().await;
        sent.map_or_else(|error| outcome(&error), |_| Outcome::Delivered)
    }

    pub(super) async fn start_execution(&self, letter: &Letter) -> Outcome {
        let Some(arn) = Arn::read(&letter.target.arn) else { return not_an_arn(&letter.target.arn) };
        let client =
            aws_sdk_sfn::Client::from_conf(config!(aws_sdk_sfn, self, self.endpoints.states.as_ref(), arn));
        let start = client.start_execution().state_machine_arn(&letter.target.arn).input(&letter.payload);
        start.send().await.map_or_else(|error| outcome(&error), |_| Outcome::Delivered)
    }

    /// Where a service is, and who calls it.
    fn found(&self, url: Option<&String>, sdk: &str) -> Result<(String, reqwest::Client), Outcome> {
        let client = self.client.clone().map_err(|sentence| failed("SDK_CLIENT_ERROR", sentence))?;
        let Some(url) = url else {
            let service = match sdk.trim_start_matches("aws_sdk_") {
                "sfn" => "STATES".to_owned(),
                name => name.to_uppercase(),
            };
            let sentence =
                format!("There is no {service} to call: set AWS_ENDPOINT_URL_{service} for the server.");
            return Err(refused("NOT_CONFIGURED", sentence));
        };
        Ok((url.clone(), client))
    }
}

fn not_an_arn(text: &str) -> Outcome {
    refused("INVALID_PARAMETER", format!("{text} is no ARN."))
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
