//! How a container says that it is to behave: the `SAGEBRUSH_` names of its Environment.
//!
//! | name | value |
//! |---|---|
//! | `SAGEBRUSH_STARTUP_SECONDS` | from launch to the first ping that passes, seconds |
//! | `SAGEBRUSH_HEALTH` | `passing`, `failing` or `failing-after:N` |
//!
//! A name or a value that is not understood is refused, so that a slip of the pen never turns into a
//! deployment that behaves in an unexpected way.

use crate::domain::variant::{Behaviour, Health};

/// Names with this beginning are ours; all others are the container's own business.
const PREFIX: &str = "SAGEBRUSH_";
const STARTUP: &str = "SAGEBRUSH_STARTUP_SECONDS";
const HEALTH: &str = "SAGEBRUSH_HEALTH";

/// The longest start-up: a day. AWS gives a container an hour at most, so a longer one tells nothing new.
const STARTUP_SECS_MAX: f64 = 86_400.0;

/// What one container's Environment says; what it does not say is left to the server's settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Container {
    /// Its start-up.
    pub startup_ms: Option<i64>,
    /// Whether it passes its ping.
    pub health: Health,
}

/// Reads the Environment of a container, which is called `container` in what is refused: one sentence.
pub fn read<'a>(
    container: &str,
    environment: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Result<Container, String> {
    let mut behaviour = Container { startup_ms: None, health: Health::Passing };
    for (name, value) in environment {
        let wanted = match name {
            STARTUP => {
                behaviour.startup_ms = startup_ms(value);
                behaviour.startup_ms.is_none().then_some("a number of seconds from 0 to 86400")
            }
            HEALTH => {
                let health = health(value);
                behaviour.health = health.unwrap_or(Health::Passing);
                health.is_none().then_some("passing, failing or failing-after:N with a whole number N")
            }
            _ if name.starts_with(PREFIX) => {
                return Err(format!(
                    "The Environment of {container} has {name}, which is not known: the names that begin \
                     with {PREFIX} are {STARTUP} and {HEALTH}."
                ));
            }
            _ => None,
        };
        if let Some(wanted) = wanted {
            return Err(format!(
                "The Environment of {container} sets {name} to \"{value}\", but it must be {wanted}."
            ));
        }
    }
    Ok(behaviour)
}

/// A model's behaviour: the start-up of its slowest container and the worst health. A container that does
/// not name its start-up takes `default_startup_ms`, as does a model without containers.
pub fn of_model(containers: &[Container], default_startup_ms: i64, ping_timeout_ms: i64) -> Behaviour {
    let startups = containers.iter().map(|container| container.startup_ms.unwrap_or(default_startup_ms));
    let healths = containers.iter().map(|container| container.health);
    Behaviour {
        startup_ms: startups.max().unwrap_or(default_startup_ms),
        ping_timeout_ms,
        health: healths.min_by_key(|health| passes(*health)).unwrap_or(Health::Passing),
    }
}

/// How many instances pass, where all are more than any number.
fn passes(health: Health) -> (bool, u64) {
    match health {
        Health::Failing => (false, 0),
        Health::FailingAfter(first) => (false, first),
        Health::Passing => (true, 0),
    }
}

fn startup_ms(value: &str) -> Option<i64> {
    let plain = value.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let secs: f64 = value.parse().ok().filter(|_| plain)?;
    #[expect(clippy::cast_possible_truncation, reason = "at most a day in milliseconds")]
    (secs <= STARTUP_SECS_MAX).then(|| (secs * 1000.0).round() as i64)
}

fn health(value: &str) -> Option<Health> {
    match value {
        "passing" => Some(Health::Passing),
        "failing" => Some(Health::Failing),
        _ => {
            let first = value.strip_prefix("failing-after:")?;
            let plain = first.bytes().all(|byte| byte.is_ascii_digit());
            first.parse().ok().filter(|_| plain).map(Health::FailingAfter)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(name: &str, value: &str) -> Result<Container, String> {
        read("container 1 of model m", [("LOG_LEVEL", "debug"), (name, value)])
    }

    #[test]
    fn a_container_says_how_long_it_starts_and_whether_it_passes() {
        let table = [("0", 0), ("60", 60_000), ("1.5", 1_500), (".25", 250), ("86400", 86_400_000)];
        for (value, ms) in table {
            assert_eq!(one(STARTUP, value).map(|container| container.startup_ms), Ok(Some(ms)), "{value}");
        }
        let table = [
            ("passing", Health::Passing),
            ("failing", Health::Failing),
            ("failing-after:0", Health::FailingAfter(0)),
            ("failing-after:12", Health::FailingAfter(12)),
        ];
        for (value, health) in table {
            assert_eq!(one(HEALTH, value).map(|container| container.health), Ok(health), "{value}");
        }
    }

    #[test]
    fn a_bad_value_is_refused_in_a_sentence_that_names_it_and_what_would_be_right() {
        for value in ["", ".", "-1", "+1", "1e3", "NaN", "inf", "infinity", "86400.1", "60s", " 60", "1.2.3"]
        {
            assert_eq!(
                one(STARTUP, value),
                Err(format!(
                    "The Environment of container 1 of model m sets SAGEBRUSH_STARTUP_SECONDS to \"{value}\", \
                     but it must be a number of seconds from 0 to 86400."
                ))
            );
        }
        for value in
            ["", "Passing", "failing-after", "failing-after:", "failing-after:-1", "failing-after:+1"]
        {
            assert_eq!(
                one(HEALTH, value),
                Err(format!(
                    "The Environment of container 1 of model m sets SAGEBRUSH_HEALTH to \"{value}\", but it \
                     must be passing, failing or failing-after:N with a whole number N."
                ))
            );
        }
    }

    #[test]
    fn a_name_of_ours_that_is_not_known_is_refused() {
        assert_eq!(
            one("SAGEBRUSH_STARTUP", "60"),
            Err("The Environment of container 1 of model m has SAGEBRUSH_STARTUP, which is not known: the \
                 names that begin with SAGEBRUSH_ are SAGEBRUSH_STARTUP_SECONDS and SAGEBRUSH_HEALTH."
                .to_owned())
        );
    }

    #[test]
    fn a_model_is_as_slow_as_its_slowest_container_and_as_ill_as_its_worst() {
        let container = |startup_ms, health| Container { startup_ms, health };
        let model = |containers: &[Container]| {
            let behaviour = of_model(containers, 60_000, 240_000);
            (behaviour.startup_ms, behaviour.health)
        };
        assert_eq!(model(&[]), (60_000, Health::Passing));
        assert_eq!(model(&[container(Some(5_000), Health::Passing)]), (5_000, Health::Passing));
        let mixed =
            [container(Some(5_000), Health::FailingAfter(9)), container(None, Health::FailingAfter(3))];
        assert_eq!(model(&mixed), (60_000, Health::FailingAfter(3)));
        let ill = [container(Some(90_000), Health::Failing), container(None, Health::FailingAfter(0))];
        assert_eq!(model(&ill), (90_000, Health::Failing));
    }
}
