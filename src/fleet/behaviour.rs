//! How a container says that it is to behave: the `SAGEBRUSH_` names of its Environment.
//!
//! | name | value |
//! |---|---|
//! | `SAGEBRUSH_STARTUP_SECONDS` | from launch to the first ping that passes, seconds |
//! | `SAGEBRUSH_HEALTH` | `passing`, `failing` or `failing-after:N` |
//! | `SAGEBRUSH_ERROR_RATE` | the part of requests that fail, 0 to 1 |
//! | `SAGEBRUSH_ERROR_STATUS` | what a request that fails is answered, 400 to 599 |
//! | `SAGEBRUSH_LATENCY_MS` | milliseconds: always (`5`), or median and 99th percentile (`5/40`) |
//! | `SAGEBRUSH_RESPONSE` | `echo`, or the body that is answered |
//! | `SAGEBRUSH_RESPONSE_CONTENT_TYPE` | of that body; without it JSON is `application/json`, else `text/plain` |
//! | `SAGEBRUSH_WARMUP` | `S:F`: for the first S seconds latency falls from F times its length |
//! | `SAGEBRUSH_FAIL_AFTER` | every request fails so many seconds after an instance is up |
//! | `SAGEBRUSH_CONCURRENCY` | requests that an instance works on at once; more of them queue |
//!
//! A name or a value that is not understood is refused, so that a slip of the pen never turns into a
//! deployment that behaves in an unexpected way. What several containers come to is in [`pipeline`], where a
//! model keeps them in [`containers`].

pub mod containers;
pub mod pipeline;
mod value;

use serde::de::IgnoredAny;

pub use value::number;

use crate::domain::serving::Response;
use crate::domain::tuning::{CONTENT_TYPE_WANTED, Tuning, is_content_type};

/// Names with this beginning are ours; all others are the container's own business.
const PREFIX: &str = "SAGEBRUSH_";
const RESPONSE: &str = "SAGEBRUSH_RESPONSE";
const CONTENT_TYPE: &str = "SAGEBRUSH_RESPONSE_CONTENT_TYPE";

/// A name, what its value must be, and how it is taken in; `None` if the value is not so.
type Knob = (&'static str, &'static str, fn(&mut Tuning, &str) -> Option<()>);

const KNOBS: [Knob; 10] = [
    ("SAGEBRUSH_STARTUP_SECONDS", "a number of seconds from 0 to 86400", |tuning, value| {
        tuning.startup_ms = Some(value::startup_ms(value)?);
        Some(())
    }),
    ("SAGEBRUSH_HEALTH", "passing, failing or failing-after:N with a whole number N", |tuning, value| {
        tuning.health = Some(value::health(value)?);
        Some(())
    }),
    ("SAGEBRUSH_ERROR_RATE", "a number from 0 to 1", |tuning, value| {
        tuning.error_rate = Some(value::error_rate(value)?);
        Some(())
    }),
    ("SAGEBRUSH_ERROR_STATUS", "a whole number from 400 to 599", |tuning, value| {
        tuning.error_status = Some(value::error_status(value)?);
        Some(())
    }),
    (
        "SAGEBRUSH_LATENCY_MS",
        "a number of milliseconds from 0 to 3600000, or median/p99 with a median above 0 and a p99 that is not \
         smaller",
        |tuning, value| {
            tuning.latency = Some(value::latency(value)?);
            Some(())
        },
    ),
    (RESPONSE, "echo or a body", |tuning, value| {
        tuning.response = Some(response(value));
        Some(())
    }),
    (CONTENT_TYPE, CONTENT_TYPE_WANTED, |_, value| is_content_type(value).then_some(())),
    (
        "SAGEBRUSH_WARMUP",
        "SECONDS:FACTOR with seconds from 0 to 86400 and a factor from 1 to 1000",
        |tuning, value| {
            tuning.warmup = Some(value::warmup(value)?);
            Some(())
        },
    ),
    ("SAGEBRUSH_FAIL_AFTER", "a number of seconds from 0 to 31536000", |tuning, value| {
        tuning.fail_after_ms = Some(value::fail_after_ms(value)?);
        Some(())
    }),
    ("SAGEBRUSH_CONCURRENCY", "a whole number from 1 to 10000", |tuning, value| {
        tuning.concurrency = Some(value::concurrency(value)?);
        Some(())
    }),
];

/// Reads the Environment of a container, which is called `container` in what is refused: one sentence. What
/// the Environment does not say is not set.
pub fn read<'a>(
    container: &str,
    environment: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Result<Tuning, String> {
    let mut tuning = Tuning::default();
    let mut named_type = None;
    for (name, value) in environment.into_iter().filter(|(name, _)| name.starts_with(PREFIX)) {
        let knob = KNOBS.iter().find(|(known, ..)| *known == name);
        let Some((_, wanted, take)) = knob else { return Err(unknown(container, name)) };
        if take(&mut tuning, value).is_none() {
            return Err(format!(
                "The Environment of {container} sets {name} to \"{value}\", but it must be {wanted}."
            ));
        }
        named_type = if name == CONTENT_TYPE { Some(value) } else { named_type };
    }
    match (named_type, &mut tuning.response) {
        (Some(named), Some(Response::Fixed { content_type, .. })) => named.clone_into(content_type),
        (Some(_), _) => {
            return Err(format!(
                "The Environment of {container} sets {CONTENT_TYPE} without a body that it is of: set \
                 {RESPONSE} to one."
            ));
        }
        (None, _) => {}
    }
    Ok(tuning)
}

/// The answer that a value stands for, with the content type that its body has by itself.
fn response(value: &str) -> Response {
    if value == "echo" {
        return Response::Echo;
    }
    Response::Fixed { content_type: content_type_of(value).to_owned(), body: value.to_owned() }
}

/// The content type of a body that comes without one.
pub fn content_type_of(body: &str) -> &'static str {
    let json = serde_json::from_str::<IgnoredAny>(body).is_ok();
    if json { "application/json" } else { "text/plain" }
}

fn unknown(container: &str, name: &str) -> String {
    let names: Vec<&str> = KNOBS.iter().map(|(known, ..)| *known).collect();
    let (last, others) = names.split_last().expect("there are knobs");
    format!(
        "The Environment of {container} has {name}, which is not known: the names that begin with {PREFIX} are \
         {} and {last}.",
        others.join(", ")
    )
}

#[cfg(test)]
mod tests;
