//! What the timeline of a deployment shows: who has the traffic over time, the steps and the bakes, the alarms, where it
//! goes back, and what was measured meanwhile.

use super::Ground;
use super::drawing::Drawing;

/// What a timeline shows. All instants are milliseconds of the world's time, or since the update where `axis` is
/// [`Axis::Since`]; all lists are in the order of time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Timeline {
    /// What it is called, and its heading.
    pub title: String,
    /// What the old fleet runs; `old model` where it is empty.
    pub blue: String,
    /// What the new fleet runs; `new model` where it is empty.
    pub green: String,
    /// How it tells the time.
    pub axis: Axis,
    /// Where it begins.
    pub from: i64,
    /// Where it ends.
    pub until: i64,
    /// Where the world stands; none when all is over.
    pub now: Option<i64>,
    /// How far the course is known, where that is neither now nor the end: what ended early.
    pub ended: Option<i64>,
    /// Percent of green from each instant on, as it was; known up to `now` or, without it, to `until`.
    pub traffic: Vec<(i64, f64)>,
    /// Percent of green from each instant on, as it was planned; drawn as a ghost.
    pub planned: Vec<(i64, f64)>,
    /// When the traffic of a step moved.
    pub steps: Vec<i64>,
    /// The bakes, and the termination wait.
    pub bakes: Vec<Bake>,
    /// When what was bad: a lane each.
    pub lanes: Vec<Lane>,
    /// Where the rollback began.
    pub rollback: Option<Mark>,
    /// What was measured.
    pub charts: Vec<Chart>,
}

/// How a timeline tells the time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Axis {
    /// As a length such as `3m 29s`, from the timeline's beginning.
    #[default]
    Since,
    /// As the time of day, UTC.
    Clock,
}

/// A bake, or the wait before the old fleet goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bake {
    /// When it began.
    pub from: i64,
    /// When it ended, or is to end.
    pub until: i64,
    /// Its short name: `1 bake`, `wait`. The first word stands for it where there is less room.
    pub words: String,
    /// Whether it is yet to come, or never came.
    pub is_planned: bool,
}

/// A line of what was so from when to when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lane {
    /// What it is about.
    pub name: String,
    /// What it means.
    pub kind: LaneKind,
    /// When it was so.
    pub spans: Vec<Span>,
}

/// What a lane means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LaneKind {
    /// An alarm is in ALARM.
    Alarm,
    /// A model is bad.
    Bad,
}

/// From when to when something was so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// When it began.
    pub from: i64,
    /// When it ended; none if it is still so, or if the end was not seen.
    pub until: Option<i64>,
    /// What to say of it, where there is room.
    pub words: String,
}

/// An instant, and what happened then.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mark {
    /// When.
    pub at: i64,
    /// The cause, such as `alarm errors`; that it is a rollback and when it began is said without it.
    pub words: String,
}

/// What was measured, by config.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chart {
    /// What it measures.
    pub name: String,
    /// Its unit: `%`, `ms`.
    pub unit: &'static str,
    /// What was measured of each config.
    pub lines: Vec<Line>,
    /// What an alarm holds the values against.
    pub limit: Option<f64>,
}

/// What was measured of a config.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Whether it is the old config or the new one.
    pub side: Side,
    /// The config's name.
    pub config: String,
    /// The values, by the beginning of the time that they are of.
    pub points: Vec<(i64, f64)>,
    /// How long that time is. Between values that are further apart is nothing.
    pub span_ms: i64,
}

/// A fleet of a blue/green deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The old one.
    Blue,
    /// The new one.
    Green,
}

impl Side {
    /// Its word, and the class of its shapes.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Blue => "blue",
            Self::Green => "green",
        }
    }
}

/// Draws it.
pub fn timeline(timeline: &Timeline, ground: Ground) -> String {
    Drawing::of(timeline).finish(ground)
}
