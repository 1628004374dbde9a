//! How events leave the house: by HTTP to API destinations, and to SQS, SNS, Lambda and Step Functions wherever the
//! operator says that they are.
//!
//! Nothing is ever sent to AWS itself, and no credential of the environment is used: without an endpoint for a service its
//! targets are refused. What clients name, the addresses of API destinations, is called only if the operator has listed its
//! host and port. See [`address`].

mod address;
mod api;
mod aws;
mod client;
mod oauth;

use std::pin::Pin;
use std::time::Duration;

use crate::bridge::Place;
use crate::engine::courier::{Carrier, Letter, Means, Outcome};
use crate::fleet::{Chance, stream_of};

pub use address::{Allowed, HostAndPort};
pub use aws::Endpoints;
pub use client::plain;

/// How long an attempt may take: AWS's limit for API destinations.
const ATTEMPT: Duration = Duration::from_secs(5);

/// What the operator allows and has set.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings {
    /// What of that which clients name may be called.
    pub allowed: Allowed,
    /// Where AWS's services are.
    pub endpoints: Endpoints,
    /// The part of all deliveries that is made twice, from 0 to 1.
    pub duplicates: f64,
    /// What chance begins with.
    pub seed: u64,
}

/// Carries letters by HTTP.
#[derive(Debug)]
pub struct ByHttp {
    settings: Settings,
    /// To what clients have named.
    outside: client::Client,
    /// To what the operator has named.
    trusted: client::Client,
}

impl ByHttp {
    /// One that keeps to these settings.
    pub fn new(settings: Settings) -> Self {
        let (outside, trusted) = (client::guarded(), client::plain());
        Self { settings, outside, trusted }
    }

    /// Carries it. Either way that is what came of it; an error has ended it on the way.
    async fn go(&self, letter: &Letter) -> Result<Outcome, Outcome> {
        if let Means::DeadLetter(dead) = &letter.means {
            return self.aws().dead_letter(letter, dead).await;
        }
        match (&letter.target.place, &letter.means) {
            (_, Means::Http(Some(api))) => {
                api::call(&self.outside, &self.settings.allowed, letter, api).await
            }
            (Place::ApiDestination(name, _), _) => {
                Err(refused("NO_SUCH_RESOURCE", format!("The API destination {name} does not exist.")))
            }
            (Place::Queue, _) => self.aws().send_message(letter).await,
            (Place::Topic, _) => self.aws().publish(letter).await,
            (Place::Function, _) => self.aws().invoke(letter).await,
            (Place::StateMachine, _) => self.aws().start_execution(letter).await,
            (Place::LogGroup(name), _) => {
                Err(refused("NOT_OUTSIDE", format!("The log group {name} is inside the house.")))
            }
        }
    }

    fn aws(&self) -> aws::Aws<'_> {
        aws::Aws { endpoints: &self.settings.endpoints, client: &self.trusted }
    }
}

impl Carrier for ByHttp {
    fn carry<'a>(&'a self, letter: &'a Letter) -> Pin<Box<dyn Future<Output = Outcome> + Send + 'a>> {
        Box::pin(async move {
            let late =
                || failed("TIMEOUT", format!("The target did not answer within {} s.", ATTEMPT.as_secs()));
            let (Ok(outcome) | Err(outcome)) =
                tokio::time::timeout(ATTEMPT, self.go(letter)).await.unwrap_or_else(|_| Err(late()));
            outcome
        })
    }

    fn copies(&self, letter: &Letter) -> u32 {
        let stream = stream_of(&format!("{} {}", letter.event_id, letter.target.id));
        let drawn = Chance::new(self.settings.seed, stream, 0).uniform();
        1 + u32::from(drawn < self.settings.duplicates)
    }
}

fn refused(code: &str, sentence: impl Into<String>) -> Outcome {
    Outcome::Refused(code.to_owned(), sentence.into())
}

fn busy(code: &str, sentence: impl Into<String>, least_ms: i64) -> Outcome {
    Outcome::Busy(code.to_owned(), sentence.into(), least_ms)
}

fn failed(code: &str, sentence: impl Into<String>) -> Outcome {
    Outcome::Failed(code.to_owned(), sentence.into())
}
