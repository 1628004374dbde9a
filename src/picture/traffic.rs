//! Who has the traffic: blue above, green below, as far as it is known; and as it was planned.

use super::drawing::{Drawing, LEFT, RIGHT, bounded, value_at};
use super::svg::{Anchor, At, short};
use super::words::width;

/// How high the traffic is, and the lane of the steps below it.
const HEIGHT: f64 = 180.0;
const STEPS: f64 = 24.0;

impl Drawing<'_> {
    /// Answers where the next part begins, below the lane of the steps.
    pub(super) fn traffic(&mut self, top: f64) -> f64 {
        let (bottom, until, known) = (top + HEIGHT, self.timeline.until, self.known());
        let (traffic, planned) = (&self.timeline.traffic, &self.timeline.planned);
        if !planned.is_empty() && known < until {
            let ahead = self.border(planned, known, until, top);
            self.stacked("faint", &ahead, top);
        }
        if !traffic.is_empty() && known > self.timeline.from {
            let border = self.border(traffic, self.timeline.from, known, top);
            self.stacked("", &border, top);
            self.svg.lines("border", &[border]);
        }
        if !planned.is_empty() {
            let ghost = self.border(planned, self.timeline.from, until, top);
            self.svg.lines("ghost", &[ghost]);
        }
        self.svg.rectangle("edge", At(LEFT, top), At(RIGHT, bottom));
        for (percent, words) in [(0.0, "0 %"), (50.0, "50 %"), (100.0, "100 %")] {
            let y = bottom - HEIGHT * percent / 100.0;
            self.svg.line("edge", At(LEFT - 4.0, y), At(LEFT, y));
            self.label(y + 4.0, words);
        }
        bottom + STEPS
    }

    /// The border between blue and green, from an instant to another.
    fn border(&self, course: &[(i64, f64)], from: i64, until: i64, top: f64) -> Vec<At> {
        let y = |green: f64| top + HEIGHT * (1.0 - green / 100.0);
        let mut green = value_at(course, from);
        let mut border = vec![At(self.x(from), y(green))];
        for (at, percent) in course.iter().filter(|(at, _)| (from + 1..=until).contains(at)) {
            let next = bounded(*percent);
            if (next - green).abs() > f64::EPSILON {
                border.extend([At(self.x(*at), y(green)), At(self.x(*at), y(next))]);
                green = next;
            }
        }
        border.push(At(self.x(until), y(green)));
        border
    }

    /// Both areas beside a border.
    fn stacked(&mut self, class: &str, border: &[At], top: f64) {
        let (Some(At(left, _)), Some(At(right, _))) = (border.first(), border.last()) else { return };
        for (side, y) in [("blue", top), ("green", top + HEIGHT)] {
            let corners = [border, &[At(*right, y), At(*left, y)]].concat();
            self.svg.area(format!("{side} {class}").trim_end(), &corners);
        }
    }

    /// A tick for each step, and what green has from it on where there is room to say so.
    pub(super) fn steps(&mut self, bottom: f64) {
        let top = bottom - STEPS;
        if self.timeline.steps.is_empty() {
            return;
        }
        self.label(top + 17.0, "steps");
        let steps = &self.timeline.steps;
        for (nth, at) in steps.iter().enumerate() {
            let x = self.x(*at);
            self.svg.line("ink", At(x, top), At(x, top + 18.0));
            let words = format!("{} %", short(value_at(&self.timeline.traffic, *at).round()));
            let next = steps.get(nth + 1).map_or(RIGHT + 30.0, |next| self.x(*next));
            if x + 4.0 + width(&words) < next {
                self.svg.text_if_free("dim", Anchor::Start, At(x + 4.0, top + 17.0), 2.0, &words);
            }
        }
    }
}
