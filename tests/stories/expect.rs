//! What a story can expect of an endpoint.
//!
//! ```text
//! status STATUS · config NAME · gone
//! phase PHASE [step N] · phase none
//! traffic BLUE GREEN              percent
//! instances BLUE GREEN            that exist
//! reason none · reason "TEXT"     FailureReason contains it
//! next TIME · next never          when time alone does something next
//! history KIND [STEP] [TIME], …   the latest deployment's, whole
//! ended STATUS                    that deployment's row
//! says "TEXT"                     a line of that history contains it
//! order NAME, …                   whose steps the way to this time had, in order
//! ```

use sagebrush::clock::Timestamp;

use super::seen::Seen;
use super::words::{Words, written};

pub enum Expected {
    Gone,
    Next(Option<i64>),
    Status(String),
    Config(String),
    Phase(String, Option<u32>),
    Traffic(u16, u16),
    Instances(u32, u32),
    Reason(Option<String>),
    History(Vec<Vec<String>>),
    Ended(String),
    Says(String),
    Order(Vec<Vec<String>>),
}

impl Expected {
    pub fn read(words: &mut Words) -> Result<Self, String> {
        let what = words.next("what is expected")?;
        Ok(match what.as_str() {
            "gone" => Self::Gone,
            "next" if words.take("never") => Self::Next(None),
            "next" => Self::Next(Some(words.ms("a time")?)),
            "status" => Self::Status(words.next("a status")?),
            "config" => Self::Config(words.next("a name")?),
            "phase" => {
                let phase = words.next("a phase")?;
                let step = if words.take("step") { Some(words.number("a step")?) } else { None };
                Self::Phase(phase, step)
            }
            "traffic" => Self::Traffic(points(words)?, points(words)?),
            "instances" => Self::Instances(words.number("blue")?, words.number("green")?),
            "reason" if words.take("none") => Self::Reason(None),
            "reason" => Self::Reason(Some(words.next("a text")?)),
            "history" => Self::History(words.items()),
            "ended" => Self::Ended(words.next("a status")?),
            "says" => Self::Says(words.next("a text")?),
            "order" => Self::Order(words.items()),
            _ => return Err(format!("there is no such expectation: {what:?}")),
        })
    }

    /// Compares; what is wrong is said as (expected, seen).
    pub fn check(&self, seen: &Seen, origin: Timestamp) -> Result<(), String> {
        let endpoint = seen.endpoint.as_ref();
        let there = || endpoint.ok_or_else(|| "the endpoint is gone".to_owned());
        match self {
            Self::Gone => same(&true, &endpoint.is_none()),
            Self::Order(order) => same(&flat(order), &seen.order),
            Self::Next(at) => same(&at.map(|ms| origin.plus_ms(ms)), &seen.wake),
            Self::Status(status) => same(status, &there()?.status),
            Self::Config(name) => same(name, &there()?.config),
            Self::Phase(phase, step) => {
                same(phase, &there()?.phase)?;
                let at = there()?.step;
                step.map_or(Ok(()), |step| same(&Some(step as usize), &at))
            }
            Self::Traffic(blue, green) => same(&(*blue, *green), &there()?.traffic),
            Self::Instances(blue, green) => same(&(*blue, *green), &there()?.instances),
            Self::Reason(None) => same(&None, &there()?.reason),
            Self::Reason(Some(text)) => contains(there()?.reason.as_deref(), text),
            Self::History(items) => same(&told(items), &history(seen, origin, items)?),
            Self::Ended(status) => same(status, &seen.told()?.status),
            Self::Says(text) => {
                let lines = seen.told()?.lines.iter().map(|line| line.message.as_str());
                contains(Some(&lines.collect::<Vec<_>>().join("\n")), text)
            }
        }
    }
}

fn same<T: PartialEq + std::fmt::Debug>(expected: &T, seen: &T) -> Result<(), String> {
    if expected == seen { Ok(()) } else { Err(format!("expected {expected:?}\n     seen {seen:?}")) }
}

fn contains(seen: Option<&str>, text: &str) -> Result<(), String> {
    let holds = seen.is_some_and(|seen| seen.contains(text));
    if holds { Ok(()) } else { Err(format!("expected {text:?}\n     seen {seen:?}")) }
}

/// Percent with up to two decimals, as hundredths of a percent.
fn points(words: &mut Words) -> Result<u16, String> {
    let percent: f64 = words.number("a percentage")?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 100")]
    Ok((percent * 100.0).round() as u16)
}

fn flat(items: &[Vec<String>]) -> Vec<String> {
    items.iter().map(|item| item.join(" ")).collect()
}

/// The items of a history as they are to be compared, one a line.
fn told(items: &[Vec<String>]) -> Vec<String> {
    flat(items)
}

/// The history, each line in as many words as the expectation has for it: kind, step, time.
fn history(seen: &Seen, origin: Timestamp, items: &[Vec<String>]) -> Result<Vec<String>, String> {
    let told = seen.told()?.lines.iter().enumerate().map(|(index, line)| {
        let item: &[String] = items.get(index).map_or(&[], Vec::as_slice);
        let timed = item.len() > 1 && item.last().is_some_and(|word| word.ends_with('s'));
        let step = line.step.map(|step| step.to_string());
        let time = timed.then(|| written(line.at, origin));
        [Some(line.kind.clone()), step, time].into_iter().flatten().collect::<Vec<_>>().join(" ")
    });
    Ok(told.collect())
}
