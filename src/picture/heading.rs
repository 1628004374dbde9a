//! The head of a timeline: its title, what its colours mean, and the words of its markers.

use super::drawing::{Drawing, LEFT, MARGIN, RIGHT, WIDTH};
use super::svg::{Anchor, At};
use super::timeline::Side;
use super::words::{width, wrapped};

/// From one line to the next.
const ROW: f64 = 16.0;
/// A sample of what the legend explains, with the space after it.
const SAMPLE: f64 = 16.0;

impl Drawing<'_> {
    /// Answers where the traffic begins.
    pub(super) fn heading(&mut self) -> f64 {
        let title = &self.timeline.title;
        self.svg.text("heading", Anchor::Start, At(LEFT, 20.0), RIGHT - LEFT, title);
        self.legend(20.0 + 1.25 * ROW);
        let mut baseline = 20.0 + 1.25 * ROW;
        if self.timeline.rollback.is_some() {
            baseline = self.rollback(baseline + 1.25 * ROW);
        }
        if let Some(now) = self.timeline.now {
            baseline += ROW + 2.0;
            let x = self.x(now);
            self.svg.line("now", At(x, baseline - 9.0), At(x, baseline + 8.0));
            // Always on the right: what is marked besides now is before it.
            self.svg.text("", Anchor::Start, At(x + 4.0, baseline), WIDTH - x, "now");
        }
        baseline + 8.0
    }

    /// Whose the colours are: the configs', else those of any update.
    fn legend(&mut self, baseline: f64) {
        let has_ghost = !self.timeline.planned.is_empty();
        let ghost = if has_ghost { SAMPLE + 12.0 + width("as planned") } else { 0.0 };
        // The longest name of a config is shortened, so that both and the ghost have room.
        let room = (RIGHT - LEFT - ghost - 2.0 * SAMPLE - 32.0) / 2.0;
        let mut x = LEFT;
        for side in [Side::Blue, Side::Green] {
            let words = format!("{}: {}", side.word(), self.config(side));
            self.svg.rectangle(side.word(), At(x, baseline - 9.0), At(x + 10.0, baseline + 1.0));
            self.svg.text("dim", Anchor::Start, At(x + SAMPLE, baseline), room, &words);
            x += SAMPLE + width(&words).min(room) + 16.0;
        }
        if has_ghost {
            self.svg.line("ghost", At(x, baseline - 4.0), At(x + 22.0, baseline - 4.0));
            self.svg.text("dim", Anchor::Start, At(x + 28.0, baseline), RIGHT - x, "as planned");
        }
    }

    fn config(&self, side: Side) -> &str {
        let (config, otherwise) = match side {
            Side::Blue => (&self.timeline.blue, "old model"),
            Side::Green => (&self.timeline.green, "new model"),
        };
        if config.is_empty() { otherwise } else { config }
    }

    /// What the marker of the rollback means, in two lines at the side on which there is more room. Answers where the
    /// last of them stands.
    fn rollback(&mut self, baseline: f64) -> f64 {
        let Some(mark) = &self.timeline.rollback else { return baseline };
        let x = self.x(mark.at);
        let (anchor, aside, room) = if x > f64::midpoint(LEFT, RIGHT) {
            (Anchor::End, -6.0, x - 6.0 - MARGIN)
        } else {
            (Anchor::Start, 6.0, WIDTH - MARGIN - x - 6.0)
        };
        let mut words = format!("rollback at {}", self.moment(mark.at));
        if !mark.words.trim().is_empty() {
            words = format!("{words}: {}", mark.words.trim());
        }
        let lines = wrapped(&words, room, 2);
        let last = baseline + ROW * (lines.len().max(1) - 1) as f64;
        self.svg.line("back", At(x, baseline - 10.0), At(x, last + 28.0));
        for (nth, line) in lines.iter().enumerate() {
            self.svg.text("", anchor, At(x + aside, baseline + ROW * nth as f64), room, line);
        }
        last
    }
}
