//! The settings of a server, and where they come from.
//!
//! A setting is a key and a text; [`KEYS`] says what each key takes. The sources differ only in where a text
//! stands, so a wrong one is always told in the same sentence: where, what, and what would be right. Later
//! sources win: defaults, the file, the environment (`SAGEBRUSH_` and the key in capitals), the flags.
//!
//! Variables by which other programs are told the same thing count where none of these says it: OpenTelemetry's
//! `OTEL_EXPORTER_OTLP_ENDPOINT`, and `AWS_ENDPOINT_URL_SQS` and its like of AWS's clients.
//!
//! Other variables that begin with `SAGEBRUSH_` are left alone: Kubernetes invents some (`SAGEBRUSH_PORT`)
//! for a service of this name. In the file, which is ours, an unknown key is an error.

mod file;
mod keys;

use std::fmt;
use std::path::{Path, PathBuf};

use crate::carrier::{Allowed, Endpoints};
use crate::clock::Mode;
use crate::domain::rules::Rules;
use crate::door::Token;
use crate::services::ClientTimes;

use keys::OTEL_ENDPOINT;

pub use keys::{KEYS, Key};

/// The settings of a server.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Where it listens: host and port; port 0 takes a free one.
    pub listen: String,
    /// Where it keeps everything; none is an embedded SQLite in memory.
    pub database_url: Option<String>,
    /// The clock of a new world.
    pub clock: Mode,
    /// What an instance takes to start, unless its container says otherwise.
    pub launch_ms: i64,
    /// How long the other stages take, and the switches of the core.
    pub rules: Rules,
    /// What becomes of timestamps that clients send.
    pub client_times: ClientTimes,
    /// Names besides the loopback's by which it may be called.
    pub allow_host: Vec<String>,
    /// Whether it may listen where others than this machine's programs can reach it.
    pub trust_network: bool,
    /// The secret without which the control API is closed.
    pub control_token: Option<Token>,
    /// What of that which clients name may be called with events.
    pub allow_targets: Allowed,
    /// Where AWS's services are that events can be sent to.
    pub endpoints: Endpoints,
    /// The part of all deliveries that is made twice on purpose, from 0 to 1.
    pub duplicate_events: f64,
    /// Who gets the requests to services that are not served here.
    pub upstream: Option<String>,
    /// The collector that takes spans by OTLP over HTTP; none has them made.
    pub otel_endpoint: Option<String>,
    /// What is logged: a level, or directives as tracing knows them.
    pub log: String,
}

/// Variables that are not ours alone, each with the key for which it counts where that is not given.
const STANDARD: [(&str, &str); 6] = [
    ("OTEL_EXPORTER_OTLP_ENDPOINT", OTEL_ENDPOINT),
    ("AWS_ENDPOINT_URL_SQS", "sqs_endpoint"),
    ("AWS_ENDPOINT_URL_SNS", "sns_endpoint"),
    ("AWS_ENDPOINT_URL_LAMBDA", "lambda_endpoint"),
    ("AWS_ENDPOINT_URL_STATES", "states_endpoint"),
    ("AWS_ENDPOINT_URL_SFN", "states_endpoint"),
];

/// The address where a server listens that was not told another.
pub const DEFAULT_LISTEN: &str = "127.0.0.1:7243";

impl Default for Settings {
    fn default() -> Self {
        Self {
            listen: DEFAULT_LISTEN.to_owned(),
            database_url: None,
            clock: Mode::Real,
            launch_ms: 60_000,
            rules: Rules::default(),
            client_times: ClientTimes::Map,
            allow_host: Vec::new(),
            trust_network: false,
            control_token: None,
            allow_targets: Allowed::default(),
            endpoints: Endpoints::default(),
            duplicate_events: 0.0,
            upstream: None,
            otel_endpoint: None,
            log: "warn".to_owned(),
        }
    }
}

/// A text given for a key, and where it stands. It shows itself without the text, which may be a secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Given {
    key: String,
    text: String,
    place: Place,
}

impl Given {
    /// A text given by a flag.
    pub fn by_flag(key: &str, text: impl Into<String>) -> Self {
        Self { key: key.to_owned(), text: text.into(), place: Place::Flag }
    }
}

/// Where a text stands.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    File {
        path: PathBuf,
        line: usize,
    },
    Environment,
    /// A variable that is not ours alone.
    Standard(&'static str),
    Flag,
}

impl fmt::Display for Given {
    /// The key as its reader wrote it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Place::File { path, line } => write!(f, "{}, line {line}: {}", path.display(), self.key),
            Place::Environment => f.write_str(&variable(&self.key)),
            Place::Standard(name) => f.write_str(name),
            Place::Flag => write!(f, "--{}", self.key.replace('_', "-")),
        }
    }
}

impl fmt::Debug for Given {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What is wrong with a setting, in one sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Wrong(String);

impl Settings {
    /// The defaults, overridden by the file at `path` if there is one, then by the `environment`, then by
    /// the `flags`.
    pub fn load(
        path: Option<&Path>,
        environment: impl Fn(&str) -> Option<String>,
        flags: Vec<Given>,
    ) -> Result<Self, Wrong> {
        let set = |name: &str| environment(name).filter(|text| !text.is_empty());
        let mut given = path.map(file::read).transpose()?.unwrap_or_default();
        given.extend(KEYS.iter().filter_map(|key| {
            let text = set(&variable(key.name))?;
            Some(Given { key: key.name.to_owned(), text, place: Place::Environment })
        }));
        given.extend(flags);
        for (name, key) in STANDARD {
            if !given.iter().any(|given| given.key == key) {
                let place = Place::Standard(name);
                given.extend(set(name).map(|text| Given { key: key.to_owned(), text, place }));
            }
        }
        let mut settings = Self::default();
        for given in given {
            settings.take(&given)?;
        }
        Ok(settings)
    }

    fn take(&mut self, given: &Given) -> Result<(), Wrong> {
        let Some(key) = KEYS.iter().find(|key| key.name == given.key) else {
            let names: Vec<_> = KEYS.iter().map(|key| key.name).collect();
            return Err(Wrong(format!("{given} is no setting; there are {}", names.join(", "))));
        };
        (key.set)(self, given.text.trim()).ok_or_else(|| {
            let Given { text, .. } = given;
            Wrong(if key.is_secret() {
                format!("{given} takes {}, and this is none", key.takes)
            } else {
                format!("{given} is {text:?}, but it takes {}", key.takes)
            })
        })
    }
}

/// The environment variable of a key.
fn variable(key: &str) -> String {
    format!("SAGEBRUSH_{}", key.to_uppercase())
}

#[cfg(test)]
mod tests;
