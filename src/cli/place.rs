//! Which server a command asks, and about which world: by flags, or by what the AWS clients of the same
//! environment go by.

use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use serde_json::Value;

use super::client::{Client, Failure};
use super::flags::{Flags, in_flags};
use super::{Error, say};
use crate::config::DEFAULT_LISTEN;
use crate::domain::world::WorldId;

/// What a server takes at most that looks into its database and answers.
const LONGEST: Duration = Duration::from_secs(30);

/// Where the server is.
#[derive(Debug, Args)]
pub(super) struct Site {
    #[arg(
        long,
        value_name = "URL",
        help = "Ask the server there [env: SAGEBRUSH_URL] [default: http://127.0.0.1:7243]"
    )]
    url: Option<String>,
}

/// The server and the world.
#[derive(Debug, Args)]
pub(super) struct Place {
    #[command(flatten)]
    site: Site,
    #[arg(
        long,
        value_name = "ACCOUNT",
        help = "The world's account [env: AWS_ACCESS_KEY_ID, if it has 12 digits]"
    )]
    pub(super) account: Option<String>,
    #[arg(long, value_name = "REGION", help = "The world's region [env: AWS_REGION, AWS_DEFAULT_REGION]")]
    pub(super) region: Option<String>,
}

/// How the answer is printed.
#[derive(Debug, Args)]
pub(super) struct Output {
    /// Print JSON, for scripts
    #[arg(long)]
    pub(super) json: bool,
}

/// The value of a variable; an empty one is none.
pub(super) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|text| !text.is_empty())
}

impl Output {
    /// Prints an answer: as JSON, or in the words that `told` makes of it.
    pub(super) fn say(&self, answer: &Value, told: impl FnOnce(&Value) -> String) -> ExitCode {
        say(&if self.json { format!("{answer:#}\n") } else { told(answer) });
        ExitCode::SUCCESS
    }
}

impl Site {
    /// The URL.
    pub(super) fn url(&self) -> Result<String, Error> {
        let (source, url) = match (&self.url, variable("SAGEBRUSH_URL")) {
            (Some(url), _) => ("--url", url.clone()),
            (None, Some(url)) => ("SAGEBRUSH_URL", url),
            (None, None) => ("the default", format!("http://{DEFAULT_LISTEN}")),
        };
        let host = url.strip_prefix("http://").filter(|host| !host.trim_end_matches('/').is_empty());
        match host {
            Some(_) => Ok(url),
            None => Err(Error::Other(format!("{source} is {url:?}, but it takes http://HOST:PORT"))),
        }
    }
}

impl Place {
    /// A client of that server for that world.
    pub(super) fn client(&self) -> Result<Client, Error> {
        self.patient_client(LONGEST)
    }

    /// The same, which waits for each answer `longest`.
    pub(super) fn patient_client(&self, longest: Duration) -> Result<Client, Error> {
        Ok(Client::new(&self.site.url()?, self.world()?, longest))
    }

    /// The world: that of an AWS client in this environment, unless flags say otherwise.
    fn world(&self) -> Result<WorldId, Error> {
        world_of(self.said())
    }

    /// The account and the region where the flags or the environment say them.
    pub(super) fn said(&self) -> (Option<String>, Option<String>) {
        let (account, region) = of_environment();
        (self.account.clone().or(account), self.region.clone().or(region))
    }
}

/// The account and the region of an AWS client in this environment, as far as it says them.
fn of_environment() -> (Option<String>, Option<String>) {
    let region = variable("AWS_REGION").or_else(|| variable("AWS_DEFAULT_REGION"));
    (variable("AWS_ACCESS_KEY_ID").map(account_of), region)
}

/// The world of an AWS client in this environment.
pub(super) fn world_of_environment() -> Result<WorldId, Error> {
    world_of(of_environment())
}

fn world_of((account, region): (Option<String>, Option<String>)) -> Result<WorldId, Error> {
    let account = account.unwrap_or_else(|| WorldId::DEFAULT_ACCOUNT.to_owned());
    let region = region.unwrap_or_else(|| WorldId::DEFAULT_REGION.to_owned());
    let refusal = WorldId::account_refusal(&account).or_else(|| WorldId::region_refusal(&region));
    refusal.map_or_else(|| Ok(WorldId::new(account, region)), |why| Err(Error::Other(format!("{why}."))))
}

impl Client {
    /// The sentence about a failure: which server it was.
    pub(super) fn told(&self, failure: &Failure) -> Error {
        self.told_in(failure, &[])
    }

    /// The same of a request whose members were flags.
    pub(super) fn told_in(&self, failure: &Failure, flags: Flags) -> Error {
        Error::Other(match failure {
            Failure::Unanswered(why) => format!("cannot ask {}: {why}", self.url()),
            Failure::Refused(_, sentence) => format!("{} refuses: {}", self.url(), in_flags(sentence, flags)),
        })
    }
}

/// The account of a key, as the server takes it.
pub(super) fn account_of(key: String) -> String {
    match WorldId::account_refusal(&key) {
        None => key,
        Some(_) => WorldId::DEFAULT_ACCOUNT.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_of_twelve_digits_is_the_account_and_any_other_the_default_one() {
        assert_eq!(account_of("222222222222".to_owned()), "222222222222");
        assert_eq!(account_of("AKIAIOSFODNN7EXAMPLE".to_owned()), "123456789012");
    }
}
