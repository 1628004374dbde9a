//! When the new model begins to be bad: at some time of the update, or with a step.

use serde_json::Value;

use super::asked::{Members, Wrong};
use super::length::{Length, WANTED};
use super::shown::Course;
use crate::domain::event::EventKind;

/// See the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FailAt {
    /// So long after the update was accepted.
    After(Length),
    /// When the traffic of this step, from 1, moves.
    Step(u32),
}

impl FailAt {
    pub(super) fn take(members: &mut Members, is_bad: bool) -> Result<Self, Wrong> {
        let wanted = format!("{WANTED}, or a step such as \"step 2\"");
        let Some(given) = members.take("fail_at", &wanted, read)? else { return Ok(Self::After(Length(0))) };
        let needed = "says when the new model begins to be bad: say with bad_error_rate or bad_latency_ms how it is then";
        if is_bad { Ok(given) } else { Err(Wrong::new("fail_at", needed)) }
    }

    /// How long after the beginning of an update that goes like this one.
    pub(super) fn within(self, course: &Course) -> Result<Length, Wrong> {
        match self {
            Self::After(length) if length > Length(0) && length >= course.ends_after => {
                let ends = course.ends_after;
                Err(Wrong::new("fail_at", format!("is {length}, but the update is over after {ends}")))
            }
            Self::After(length) => Ok(length),
            Self::Step(step) => {
                let moves = course.events.iter().filter(|event| event.phase == EventKind::ActivatingTraffic);
                let steps = moves.clone().filter_map(|event| event.step).max().unwrap_or(0);
                let found = moves.clone().find(|event| event.step == Some(step)).map(|event| event.after);
                let missing = || format!("is step {step}, but the update has {steps} step(s)");
                found.ok_or_else(|| Wrong::new("fail_at", missing()))
            }
        }
    }
}

fn read(value: &Value) -> Option<FailAt> {
    if let Some(secs) = value.as_f64() {
        return Length::of_secs(secs).map(FailAt::After);
    }
    let text = value.as_str()?.trim();
    match text.strip_prefix("step") {
        Some(step) => step.trim().parse().ok().filter(|step| *step > 0).map(FailAt::Step),
        None => Length::read(text).map(FailAt::After),
    }
}
