//! Every key: its name, what it takes, and how a text becomes a setting. This table is the reference of the
//! settings; help texts and error sentences are made from it.

use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::{Error, StrDeserializer};

use super::Settings;
use crate::carrier::{Allowed, HostAndPort};
use crate::clock::Mode;
use crate::door::Token;

/// A setting's key.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// As it stands in the file.
    pub name: &'static str,
    /// What would be right, ready to follow "it takes".
    pub takes: &'static str,
    /// Takes the text into the settings; `None` if it is wrong.
    pub(super) set: fn(&mut Settings, &str) -> Option<()>,
}

/// The collector of OpenTelemetry.
pub(super) const OTEL_ENDPOINT: &str = "otel_endpoint";

/// The one secret; it has no flag, because everybody on the machine sees the flags of a process.
const CONTROL_TOKEN: &str = "control_token";

impl Key {
    /// Whether no text of it may be shown, not even a wrong one.
    pub(super) fn is_secret(&self) -> bool {
        self.name == CONTROL_TOKEN
    }
}

/// A week: no stage of a deployment takes longer, and sums of them stay far from the end of time.
const MAX_SECONDS: f64 = 604_800.0;

const ENDPOINT: &str = "http://HOST:PORT or https://HOST, such as http://127.0.0.1:4566";

const SECONDS: &str = "seconds from 0 to 604800, such as 60 or 0.5";

/// Every key there is.
pub const KEYS: &[Key] = &[
    Key {
        name: "listen",
        takes: "a host and a port such as 127.0.0.1:7243 (port 0 takes a free one)",
        set: |settings, text| {
            let (host, port) = text.rsplit_once(':')?;
            port.parse::<u16>().ok().filter(|_| !host.is_empty())?;
            put(&mut settings.listen, Some(text.to_owned()))
        },
    },
    Key {
        name: "database_url",
        takes: "sqlite::memory:, sqlite:PATH or postgres://USER:PASSWORD@HOST/DATABASE",
        set: |settings, text| put(&mut settings.database_url, Some(Some(text.to_owned()))),
    },
    Key {
        name: "clock",
        takes: "real, manual, or a rate from 0.001x to 100000x such as 60x",
        set: |settings, text| put(&mut settings.clock, Mode::named(text)),
    },
    Key {
        name: "launch_seconds",
        takes: SECONDS,
        set: |settings, text| put(&mut settings.launch_ms, ms(text)),
    },
    Key {
        name: "activating_traffic_seconds",
        takes: SECONDS,
        set: |settings, text| put(&mut settings.rules.activate_ms, ms(text)),
    },
    Key {
        name: "terminating_seconds",
        takes: SECONDS,
        set: |settings, text| put(&mut settings.rules.terminate_ms, ms(text)),
    },
    Key {
        name: "deleting_seconds",
        takes: SECONDS,
        set: |settings, text| put(&mut settings.rules.delete_ms, ms(text)),
    },
    Key {
        name: "alarm_at_start",
        takes: "rollback or ignore-until-ok",
        set: |settings, text| put(&mut settings.rules.alarm_at_start, word(text)),
    },
    Key {
        name: "missing_alarm",
        takes: "ignore, rollback or reject",
        set: |settings, text| put(&mut settings.rules.missing_alarm, word(text)),
    },
    Key {
        name: "rollback_status",
        takes: "Updating or RollingBack",
        set: |settings, text| put(&mut settings.rules.rollback_status, word(text)),
    },
    Key {
        name: "failure_reason_after_rollback",
        takes: "keep or clear",
        set: |settings, text| put(&mut settings.rules.failure_reason_after_rollback, word(text)),
    },
    Key {
        name: "timeout_check",
        takes: "fields, waits or off",
        set: |settings, text| put(&mut settings.rules.timeout_check, word(text)),
    },
    Key {
        name: "alarm_poll_seconds",
        takes: SECONDS,
        set: |settings, text| put(&mut settings.rules.alarm_poll_ms, ms(text)),
    },
    Key {
        name: "metric_delay_seconds",
        takes: SECONDS,
        set: |settings, text| put(&mut settings.rules.metric_delay_ms, ms(text).map(Some)),
    },
    Key {
        name: "capacity_wait_seconds",
        takes: SECONDS,
        set: |settings, text| put(&mut settings.rules.capacity_wait_ms, ms(text)),
    },
    Key {
        name: "seed",
        takes: "a whole number from 0 to 18446744073709551615",
        set: |settings, text| put(&mut settings.rules.seed, text.parse().ok()),
    },
    Key {
        name: "client_times",
        takes: "map or literal",
        set: |settings, text| put(&mut settings.client_times, word(text)),
    },
    Key {
        name: "allow_host",
        takes: "host names with commas between them, without ports, such as sagebrush,ci.internal",
        set: |settings, text| put(&mut settings.allow_host, hosts(text)),
    },
    Key {
        name: "trust_network",
        takes: "true or false",
        set: |settings, text| put(&mut settings.trust_network, text.parse().ok()),
    },
    Key {
        name: CONTROL_TOKEN,
        takes: "a secret of 1 to 1024 visible ASCII signs without spaces",
        set: |settings, text| put(&mut settings.control_token, Token::new(text).map(Some)),
    },
    Key {
        name: "allow_targets",
        takes: "hosts with their ports and commas between them, such as 127.0.0.1:8080,hooks.internal:443",
        set: |settings, text| put(&mut settings.allow_targets, targets(text)),
    },
    Key {
        name: "sqs_endpoint",
        takes: ENDPOINT,
        set: |settings, text| put(&mut settings.endpoints.sqs, endpoint(text).map(Some)),
    },
    Key {
        name: "sns_endpoint",
        takes: ENDPOINT,
        set: |settings, text| put(&mut settings.endpoints.sns, endpoint(text).map(Some)),
    },
    Key {
        name: "lambda_endpoint",
        takes: ENDPOINT,
        set: |settings, text| put(&mut settings.endpoints.lambda, endpoint(text).map(Some)),
    },
    Key {
        name: "states_endpoint",
        takes: ENDPOINT,
        set: |settings, text| put(&mut settings.endpoints.states, endpoint(text).map(Some)),
    },
    Key {
        name: "duplicate_events",
        takes: "a number from 0 to 1, the part of all deliveries that is made twice",
        set: |settings, text| {
            let part = text.parse().ok().filter(|part| (0.0..=1.0).contains(part));
            put(&mut settings.duplicate_events, part)
        },
    },
    Key {
        name: "upstream",
        takes: ENDPOINT,
        set: |settings, text| put(&mut settings.upstream, endpoint(text).map(Some)),
    },
    Key {
        name: OTEL_ENDPOINT,
        takes: "http://HOST:PORT of a collector that takes OTLP over HTTP, such as http://127.0.0.1:4318, or off",
        set: |settings, text| {
            let given = if text == "off" { Some(None) } else { collector(text).map(Some) };
            put(&mut settings.otel_endpoint, given)
        },
    },
    Key {
        name: "log",
        takes: "off, error, warn, info, debug or trace, or directives such as sagebrush=debug",
        set: |settings, text| {
            tracing_subscriber::EnvFilter::try_new(text).ok()?;
            put(&mut settings.log, Some(text.to_owned()))
        },
    },
];

fn put<T>(place: &mut T, value: Option<T>) -> Option<()> {
    *place = value?;
    Some(())
}

fn ms(text: &str) -> Option<i64> {
    let seconds: f64 = text.parse().ok().filter(|seconds| (0.0..=MAX_SECONDS).contains(seconds))?;
    #[expect(clippy::cast_possible_truncation, reason = "at most a week")]
    Some((seconds * 1000.0).round() as i64)
}

/// A word of a switch, as the switch itself spells its words.
fn word<T: for<'de> Deserialize<'de>>(text: &str) -> Option<T> {
    let text: StrDeserializer<'_, Error> = text.into_deserializer();
    T::deserialize(text).ok()
}

/// The address of a collector.
fn collector(text: &str) -> Option<String> {
    let address: http::Uri = text.parse().ok()?;
    let legal = address.scheme_str() == Some("http") && address.host().is_some_and(|host| !host.is_empty());
    (legal && address.query().is_none()).then(|| text.to_owned())
}

/// The address of a service, without a path.
fn endpoint(text: &str) -> Option<String> {
    let address: http::Uri = text.parse().ok()?;
    let legal = matches!(address.scheme_str(), Some("http" | "https"))
        && address.host().is_some_and(|host| !host.is_empty())
        && address.authority().is_some_and(|authority| !authority.as_str().contains('@'))
        && address.path().trim_end_matches('/').is_empty()
        && address.query().is_none();
    legal.then(|| text.trim_end_matches('/').to_owned())
}

fn targets(text: &str) -> Option<Allowed> {
    let all = text.split(',').map(|pair| HostAndPort::read(pair.trim()));
    all.collect::<Option<_>>().map(Allowed)
}

fn hosts(text: &str) -> Option<Vec<String>> {
    let names = text.split(',').map(|name| name.trim().to_ascii_lowercase());
    let legal = |name: &String| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte))
    };
    names.map(|name| Some(name).filter(legal)).collect()
}
