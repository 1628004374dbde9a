//! A story as it is written: lines of a small table language.
//!
//! ```text
//! rules SWITCH VALUE                       before everything else
//! endpoint [NAME] [OPTION…]                in service at 0s; without a name it is `shop`
//! [at TIME] update [of NAME] STRATEGY [OPTION…] [refused "TEXT"]
//! [at TIME] create [of NAME] [OPTION…]     likewise scale [to N] [weight W], delete
//! [at TIME] pause [of NAME]                likewise resume, advance, promote, abort
//! [at TIME] alarm NAME STATE [at TIME]     STATE may be DELETED; a later time is recorded ahead
//! [at TIME] expect [of NAME] WHAT          see `expect.rs`
//! ```
//!
//! STRATEGY is `plain`, `all-at-once`, `canary SIZE`, `linear SIZE` or `rolling SIZE`; SIZE is `33%` or `2`.
//! A line without a time belongs to the time of the line before. Everything due by a line's time happens
//! before the line. A `#` begins a comment.

use sagebrush::clock::Timestamp;
use sagebrush::domain::alarm::AlarmState;
use sagebrush::domain::deployment::Steer;
use sagebrush::domain::endpoint::ScaleTarget;
use sagebrush::domain::rules::Rules;

use super::expect::Expected;
use super::recipe::Recipe;
use super::words::{Words, ms};

/// The endpoint of a line that names none.
const ENDPOINT: &str = "shop";

pub struct Script {
    pub rules: Rules,
    pub lines: Vec<Line>,
}

pub struct Line {
    /// From 1.
    pub number: usize,
    /// After the story's beginning.
    pub at_ms: i64,
    pub act: Act,
}

pub enum Act {
    Begin(Recipe),
    Create(Recipe),
    Update(Recipe),
    Scale(String, Vec<ScaleTarget>),
    Delete(String),
    Steer(String, Steer),
    Alarm { name: String, to: Option<AlarmState>, ahead_ms: i64 },
    Expect(String, Expected),
    Refused { act: Box<Act>, text: String },
}

/// Reads a story; what is wrong is said with the number of its line.
pub fn read(text: &str) -> Result<Script, (usize, String)> {
    let mut script = Script { rules: Rules::default(), lines: Vec::new() };
    let mut at_ms = 0;
    for (index, line) in text.lines().enumerate() {
        let number = index + 1;
        let line = line.split_once('#').map_or(line, |(before, _)| before).trim();
        if line.is_empty() {
            continue;
        }
        let act = (|| {
            let mut words = Words::of(line)?;
            if words.take("rules") {
                return rule(&mut script.rules, &mut words).map(|()| None);
            }
            if words.take("at") {
                let time = words.ms("a time")?;
                if time < at_ms {
                    return Err("time only moves forward".to_owned());
                }
                at_ms = time;
            }
            let act = act(&mut words, at_ms)?;
            words.end()?;
            Ok(Some(act))
        })();
        if let Some(act) = act.map_err(|what: String| (number, what))? {
            script.lines.push(Line { number, at_ms, act });
        }
    }
    Ok(script)
}

fn act(words: &mut Words, at_ms: i64) -> Result<Act, String> {
    let verb = words.next("a verb")?;
    if verb == "alarm" {
        let (name, to) = (words.next("a name")?, words.alarm_state()?);
        let ahead_ms = if words.take("at") { words.ms("a time")? - at_ms } else { 0 };
        if ahead_ms < 0 {
            return Err("an alarm cannot be recorded in the past".to_owned());
        }
        return Ok(Act::Alarm { name, to, ahead_ms });
    }
    let named = if verb == "endpoint" { !words.is_empty() } else { words.take("of") };
    let name = if named { words.next("a name")? } else { ENDPOINT.to_owned() };
    let act = match verb.as_str() {
        "endpoint" => Act::Begin(Recipe::read(name, words)?),
        "create" => Act::Create(Recipe::read(name, words)?),
        "update" => Act::Update(Recipe::read(name, words)?),
        "scale" => Act::Scale(name, vec![scale(words)?]),
        "delete" => Act::Delete(name),
        "expect" => Act::Expect(name, Expected::read(words)?),
        _ => match Steer::from_word(&verb) {
            Some(steer) => Act::Steer(name, steer),
            None => return Err(format!("there is no verb {verb:?}")),
        },
    };
    if words.take("refused") {
        return Ok(Act::Refused { act: Box::new(act), text: words.next("a text")? });
    }
    Ok(act)
}

fn scale(words: &mut Words) -> Result<ScaleTarget, String> {
    let mut target = ScaleTarget { name: "main".to_owned(), weight: None, instances: None };
    loop {
        if words.take("to") {
            target.instances = Some(words.number("a count")?);
        } else if words.take("weight") {
            target.weight = Some(words.number("a weight")?);
        } else if words.take("variant") {
            target.name = words.next("a name")?;
        } else {
            return Ok(target);
        }
    }
}

fn rule(rules: &mut Rules, words: &mut Words) -> Result<(), String> {
    let (switch, value) = (words.next("a switch")?, words.next("a value")?);
    let text = format!("\"{value}\"");
    let wrong = |error: serde_json::Error| format!("{value:?} is no value of {switch}: {error}");
    match switch.as_str() {
        "alarm_at_start" => rules.alarm_at_start = serde_json::from_str(&text).map_err(wrong)?,
        "missing_alarm" => rules.missing_alarm = serde_json::from_str(&text).map_err(wrong)?,
        "rollback_status" => rules.rollback_status = serde_json::from_str(&text).map_err(wrong)?,
        "failure_reason_after_rollback" => {
            rules.failure_reason_after_rollback = serde_json::from_str(&text).map_err(wrong)?;
        }
        "timeout_check" => rules.timeout_check = serde_json::from_str(&text).map_err(wrong)?,
        "activating" => rules.activate_ms = ms(&value)?,
        "terminating" => rules.terminate_ms = ms(&value)?,
        "deleting" => rules.delete_ms = ms(&value)?,
        _ => return Err(format!("there is no switch {switch:?}")),
    }
    words.end()
}

impl Line {
    pub fn time(&self, origin: Timestamp) -> Timestamp {
        origin.plus_ms(self.at_ms)
    }
}
