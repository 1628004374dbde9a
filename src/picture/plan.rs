//! A plan: who has the traffic over time, the steps and the bakes, when the alarms trip, and when the traffic goes back.

use super::svg::{At, Svg};
use crate::domain::event::EventKind;
use crate::plan::{Course, Length, Moment, Outcome, Plan};

const WIDTH: f64 = 760.0;
/// Where time begins and ends.
const LEFT: f64 = 56.0;
const RIGHT: f64 = 740.0;
/// Where 100 % and 0 % of the traffic are.
const TOP: f64 = 40.0;
const BOTTOM: f64 = 240.0;
/// Where the lanes begin, with that of the steps, and how high one is.
const STEPS: f64 = 248.0;
const LANE: f64 = 20.0;

/// The middles of labels of times keep so far from each other.
const APART: f64 = 48.0;

/// Draws the outcome of a plan's failure, or its schedule if there is none; nothing of a plan without either.
pub fn plan(plan: &Plan) -> Option<String> {
    let outcome = plan.outcome.as_ref();
    let course = outcome.map(|outcome| &outcome.course).or(plan.schedule.as_ref())?;
    let mut picture = Picture { svg: Svg::default(), course };
    picture.traffic();
    picture.stages();
    let bottom = outcome.map_or(STEPS + LANE, |outcome| picture.failure(outcome)) + 4.0;
    picture.times(bottom);
    let end = format!("{} ends after {}", course.strategy.word(), course.ends_after);
    picture.svg.text("", "start", At(LEFT, 20.0), &end);
    picture.svg.text("dim", "end", At(RIGHT, 20.0), "blue: old model, green: new model");
    Some(picture.svg.finish(WIDTH, bottom + 28.0, &end))
}

struct Picture<'a> {
    svg: Svg,
    course: &'a Course,
}

impl Picture<'_> {
    fn x(&self, after: Length) -> f64 {
        LEFT + (RIGHT - LEFT) * after.0 as f64 / (self.course.ends_after.0 as f64).max(1.0)
    }

    /// Blue above, green below, to 100 %.
    fn traffic(&mut self) {
        let y = |green: f64| BOTTOM - (BOTTOM - TOP) * green / 100.0;
        let mut border = vec![At(LEFT, y(0.0))];
        let mut green = 0.0;
        for event in &self.course.events {
            let x = self.x(event.after);
            border.push(At(x, y(green)));
            green = event.traffic.green;
            border.push(At(x, y(green)));
        }
        border.push(At(RIGHT, y(green)));
        let below = [border.as_slice(), &[At(RIGHT, BOTTOM), At(LEFT, BOTTOM)]].concat();
        self.svg.rectangle("blue", At(LEFT, TOP), At(RIGHT, BOTTOM));
        self.svg.area("green", &below);
        for (percent, words) in [(0.0, "0 %"), (50.0, "50 %"), (100.0, "100 %")] {
            self.svg.text("dim", "end", At(LEFT - 6.0, y(percent) + 4.0), words);
        }
    }

    /// A tick for each step, and a band for each bake, the termination wait among them.
    fn stages(&mut self) {
        let course = self.course;
        self.label(STEPS, "steps");
        let stages: Vec<&Moment> =
            course.events.iter().filter(|event| event.phase != EventKind::Warning).collect();
        for (at, event) in stages.iter().enumerate() {
            let from = self.x(event.after);
            let until = stages.get(at + 1).map_or(RIGHT, |next| self.x(next.after));
            if event.phase == EventKind::ActivatingTraffic {
                self.svg.line("ink", At(from, TOP), At(from, STEPS + LANE));
            }
            if event.phase == EventKind::Baking {
                self.svg.rectangle("bake", At(from, STEPS), At(until, STEPS + LANE - 4.0));
                let words = event.step.map_or_else(|| "wait".to_owned(), |step| format!("{step} bake"));
                if until - from > APART {
                    self.svg.text("dim", "start", At(from + 6.0, STEPS + 11.0), &words);
                }
            }
        }
    }

    /// When the model is bad, when each alarm that tripped is in ALARM, and when the rollback began: a lane each.
    /// Answers where the next lane would be.
    fn failure(&mut self, outcome: &Outcome) -> f64 {
        let mut top = STEPS + LANE;
        let from = self.x(outcome.bad_from.min(outcome.course.ends_after));
        self.label(top, "bad");
        let until = outcome.traffic_back_after.map_or(RIGHT, |back| self.x(back));
        self.svg.rectangle("bad", At(from, top), At(until.max(from), top + LANE - 4.0));
        top += LANE;
        for tripped in &outcome.tripped {
            let from = self.x(tripped.after);
            self.label(top, "alarm");
            // How long it stays so is not seen: the update ends before.
            self.svg.rectangle("alarm", At(from, top), At(RIGHT, top + LANE - 4.0));
            let words = format!("{} in ALARM at {}", tripped.alarm, tripped.after);
            self.beside(At(from, top + 11.0), &words);
            top += LANE;
        }
        let rolling_back = outcome.course.events.iter().find(|event| event.phase == EventKind::RollingBack);
        if let Some(event) = rolling_back {
            let x = self.x(event.after);
            self.svg.line("back", At(x, TOP - 10.0), At(x, top));
            self.beside(At(x, TOP - 4.0), &format!("rollback at {}", event.after));
        }
        top
    }

    /// The name of a lane.
    fn label(&mut self, top: f64, words: &str) {
        self.svg.text("dim", "end", At(LEFT - 6.0, top + 11.0), words);
    }

    /// Words at the side of a place on which there is more room.
    fn beside(&mut self, At(x, y): At, words: &str) {
        let (anchor, aside) = if x > f64::midpoint(LEFT, RIGHT) { ("end", -5.0) } else { ("start", 5.0) };
        self.svg.text("", anchor, At(x + aside, y), words);
    }

    /// The times at which something began, as far as there is room for them.
    fn times(&mut self, y: f64) {
        self.svg.line("ink", At(LEFT, y), At(RIGHT, y));
        let ends = self.course.ends_after;
        let mut last = f64::NEG_INFINITY;
        for after in self.course.events.iter().map(|event| event.after).chain([ends]) {
            let x = self.x(after);
            let is_end = after == ends;
            if x < last + APART || (!is_end && x > RIGHT - 1.5 * APART) {
                continue;
            }
            last = x;
            self.svg.line("ink", At(x, y), At(x, y + 4.0));
            self.svg.text("dim", if is_end { "end" } else { "middle" }, At(x, y + 18.0), &after.to_string());
        }
    }
}
