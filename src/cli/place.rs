//! Which server a command asks, and about which world: by flags, or by what the AWS clients of the same
//! environment go by.

use clap::Args;
use serde_json::Value;

use super::Error;
use super::client::Client;
use crate::config::DEFAULT_LISTEN;
use crate::domain::world::WorldId;

/// The flags.
#[derive(Debug, Args)]
pub(super) struct Place {
    #[arg(
        long,
        value_name = "URL",
        help = "Ask the server there [env: SAGEBRUSH_URL] [default: http://127.0.0.1:7243]"
    )]
    url: Option<String>,
    #[arg(
        long,
        value_name = "ACCOUNT",
        help = "The world's account [env: AWS_ACCESS_KEY_ID, if it has 12 digits]"
    )]
    pub(super) account: Option<String>,
    #[arg(long, value_name = "REGION", help = "The world's region [env: AWS_REGION, AWS_DEFAULT_REGION]")]
    pub(super) region: Option<String>,
}

/// The value of a variable; an empty one is none.
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|text| !text.is_empty())
}

impl Place {
    /// Where the server is.
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

    /// The account and the region where the flags or the environment say them: those that an AWS client in this
    /// environment would have.
    pub(super) fn said(&self) -> (Option<String>, Option<String>) {
        let (account, region) = of_environment();
        (self.account.clone().or(account), self.region.clone().or(region))
    }
}

/// The account and the region of an AWS client in this environment, as far as it says them.
pub(super) fn of_environment() -> (Option<String>, Option<String>) {
    let region = variable("AWS_REGION").or_else(|| variable("AWS_DEFAULT_REGION"));
    (variable("AWS_ACCESS_KEY_ID").map(account_of), region)
}

/// Asks the control API about the world that is meant; `more` are further pairs of the query.
pub(super) async fn ask(
    client: &Client,
    place: &Place,
    path: &str,
    more: &[(&str, Option<String>)],
) -> Result<Value, Error> {
    let (account, region) = place.said();
    let pairs = [more, &[("account", account), ("region", region)]].concat();
    let answer = client.control(&format!("{path}?{}", query(&pairs))).await;
    answer.map_err(|why| Error::Other(format!("cannot ask {}: {why}", client.url())))
}

/// The account of a key, as the server takes it.
fn account_of(key: String) -> String {
    match WorldId::account_refusal(&key) {
        None => key,
        Some(_) => WorldId::DEFAULT_ACCOUNT.to_owned(),
    }
}

/// A query of those pairs that have a value.
pub(super) fn query(pairs: &[(&str, Option<String>)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in pairs {
        if let Some(value) = value {
            query.append_pair(name, value);
        }
    }
    query.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_of_twelve_digits_is_the_account_and_any_other_the_default_one() {
        assert_eq!(account_of("222222222222".to_owned()), "222222222222");
        assert_eq!(account_of("AKIAIOSFODNN7EXAMPLE".to_owned()), "123456789012");
    }

    #[test]
    fn a_query_has_what_was_said() {
        let pairs =
            [("account", Some("1&2".to_owned())), ("region", None), ("scope", Some("all".to_owned()))];
        assert_eq!(query(&pairs), "account=1%262&scope=all");
    }
}
