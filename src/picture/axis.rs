//! The time axis: the moments at which something began, and round times.

use super::drawing::{Drawing, LEFT, MARGIN, RIGHT, WIDTH};
use super::svg::{Anchor, At};
use super::timeline::Axis;
use super::words::width;

const SEC: i64 = 1_000;
const MIN: i64 = 60 * SEC;
const HOUR: i64 = 60 * MIN;
const DAY: i64 = 24 * HOUR;

/// What counts as round.
const ROUND: [i64; 20] = [
    SEC,
    5 * SEC,
    15 * SEC,
    30 * SEC,
    MIN,
    2 * MIN,
    5 * MIN,
    10 * MIN,
    15 * MIN,
    30 * MIN,
    HOUR,
    2 * HOUR,
    3 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
    2 * DAY,
    7 * DAY,
    14 * DAY,
    28 * DAY,
];

/// So many round times have room.
const MOST: i64 = 8;
/// Labels keep so far from each other; those that are only round, so far from those that mean something.
const APART: f64 = 10.0;
const FAR: f64 = 36.0;

impl Drawing<'_> {
    /// Answers where the next part begins.
    pub(super) fn times(&mut self, top: f64) -> f64 {
        self.svg.line("ink", At(LEFT, top), At(RIGHT, top));
        let baseline = top + 18.0;
        let round = self.round();
        let timeline = self.timeline;
        match timeline.axis {
            Axis::Since => {
                let ends = [timeline.until, timeline.from].into_iter();
                let bakes = timeline.bakes.iter().map(|bake| bake.from);
                let back = timeline.rollback.iter().map(|mark| mark.at);
                for at in ends.chain(back).chain(timeline.steps.iter().copied()).chain(bakes) {
                    self.tick(at, top, APART);
                }
                for at in round {
                    self.tick(at, top, FAR);
                }
            }
            Axis::Clock => {
                self.label(baseline, "UTC");
                for at in &round {
                    self.tick(*at, top, APART);
                }
                if round.is_empty() {
                    self.tick(timeline.from, top, APART);
                }
            }
        }
        baseline + 14.0
    }

    /// A tick with its label, if there is room for that.
    fn tick(&mut self, at: i64, top: f64, gap: f64) {
        if !(self.timeline.from..=self.timeline.until.max(self.timeline.from)).contains(&at) {
            return;
        }
        let (x, words) = (self.x(at), self.moment(at));
        let half = width(&words) / 2.0;
        let middle = x.min(WIDTH - MARGIN - half);
        if self.svg.text_if_free("dim", Anchor::Middle, At(middle, top + 18.0), gap, &words) {
            self.svg.line("ink", At(x, top), At(x, top + 5.0));
        }
    }

    /// Round times in the picture: of the day, or since its beginning.
    fn round(&self) -> Vec<i64> {
        let length = self.length_ms();
        let apart = ROUND.into_iter().find(|apart| length / apart <= MOST).unwrap_or(length / MOST);
        let (from, until) = (self.timeline.from, self.timeline.until);
        let first = match self.timeline.axis {
            Axis::Since => from,
            Axis::Clock => from.saturating_add((-from).rem_euclid(apart)),
        };
        (0..=MOST)
            .map(|nth| first.saturating_add(nth.saturating_mul(apart)))
            .filter(|at| *at <= until)
            .collect()
    }
}
