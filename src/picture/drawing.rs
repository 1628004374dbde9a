//! A timeline on its way to a picture: where time is, and how it is told.

use super::Ground;
use super::day::{day_and_time, time_of_day};
use super::svg::{Anchor, At, Svg};
use super::timeline::{Axis, Timeline};
use crate::plan::Length;

/// How wide a picture is, and how near to its edges words may come.
pub(super) const WIDTH: f64 = 760.0;
pub(super) const MARGIN: f64 = 6.0;

/// Where time begins and ends. To the left are the names of the lanes; to the right is room for the word at the marker
/// of an instant.
pub(super) const LEFT: f64 = 56.0;
pub(super) const RIGHT: f64 = 724.0;

const DAY_MS: i64 = 86_400_000;

pub(super) struct Drawing<'a> {
    pub(super) svg: Svg,
    pub(super) timeline: &'a Timeline,
}

impl<'a> Drawing<'a> {
    pub(super) fn of(timeline: &'a Timeline) -> Self {
        Self { svg: Svg::default(), timeline }
    }

    /// One part below the other; the markers that cross several are drawn with the upper one.
    pub(super) fn finish(mut self, ground: Ground) -> String {
        let top = self.heading();
        let below = self.traffic(top);
        self.uprights(top, below + self.lanes_height());
        self.steps(below);
        let mut bottom = self.lanes(below);
        bottom = self.times(bottom);
        if !self.timeline.charts.is_empty() {
            bottom = self.charts(bottom);
            bottom = self.times(bottom);
        }
        let story = self.story();
        self.svg.finish(At(WIDTH, bottom), &self.timeline.title, &story, ground)
    }

    /// Where an instant is; one outside of the picture is at its edge.
    pub(super) fn x(&self, at: i64) -> f64 {
        let Timeline { from, until, .. } = *self.timeline;
        let part = (at as f64 - from as f64) / (until as f64 - from as f64).max(1.0);
        LEFT + (RIGHT - LEFT) * part.clamp(0.0, 1.0)
    }

    /// How far the course is known.
    pub(super) fn known(&self) -> i64 {
        let Timeline { from, until, now, ended, .. } = *self.timeline;
        now.or(ended).unwrap_or(until).min(until).max(from)
    }

    /// How long it is in all.
    pub(super) fn length_ms(&self) -> i64 {
        self.timeline.until.saturating_sub(self.timeline.from).max(0)
    }

    /// An instant in words.
    pub(super) fn moment(&self, at: i64) -> String {
        match self.timeline.axis {
            Axis::Since => {
                let after = at.saturating_sub(self.timeline.from).max(0);
                // Parts of a second say something of what is over in less than a minute.
                let exact = if self.length_ms() < 60_000 { 100 } else { 1_000 };
                Length(after - after % exact).to_string()
            }
            Axis::Clock if self.length_ms() < DAY_MS => time_of_day(at),
            Axis::Clock => day_and_time(at),
        }
    }

    /// The name of what is drawn at this height, left of it.
    pub(super) fn label(&mut self, baseline: f64, words: &str) {
        self.svg.text("dim", Anchor::End, At(LEFT - 6.0, baseline), LEFT - 8.0, words);
    }

    /// The markers of the rollback and of now, from top to bottom.
    pub(super) fn uprights(&mut self, top: f64, bottom: f64) {
        let rollback = self.timeline.rollback.as_ref().map(|mark| (mark.at, "back"));
        for (at, class) in rollback.into_iter().chain(self.timeline.now.map(|now| (now, "now"))) {
            let x = self.x(at);
            self.svg.line("rim", At(x, top), At(x, bottom));
            self.svg.line(class, At(x, top), At(x, bottom));
        }
    }
}

/// What was so at an instant; nought before anything was.
pub(super) fn value_at(course: &[(i64, f64)], at: i64) -> f64 {
    course.iter().take_while(|(from, _)| *from <= at).last().map_or(0.0, |(_, percent)| bounded(*percent))
}

/// A percentage that can be drawn.
pub(super) fn bounded(percent: f64) -> f64 {
    if percent.is_finite() { percent.clamp(0.0, 100.0) } else { 0.0 }
}
