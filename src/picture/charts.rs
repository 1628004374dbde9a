//! Small charts below the lanes: what was measured of each config, over the same time.

use super::drawing::{Drawing, LEFT, MARGIN, RIGHT, WIDTH};
use super::svg::{Anchor, At, short};
use super::timeline::{Chart, Line, Side};
use super::words::width;

/// How high a chart is, the line with its name above it, and the space below.
const HEIGHT: f64 = 64.0;
const NAME: f64 = 20.0;
const GAP: f64 = 14.0;
/// A sample of a line, with the space after it.
const SAMPLE: f64 = 28.0;
/// A label of the values has this room, left of them.
const ROOM: f64 = 46.0;

impl Drawing<'_> {
    /// Answers where the next part begins.
    pub(super) fn charts(&mut self, mut top: f64) -> f64 {
        for chart in &self.timeline.charts {
            top = self.chart(chart, top) + GAP;
        }
        top
    }

    fn chart(&mut self, chart: &Chart, top: f64) -> f64 {
        let (upper, lower) = (top + NAME, top + NAME + HEIGHT);
        let limit = chart.limit.filter(|limit| limit.is_finite() && *limit >= 0.0);
        let values = chart.lines.iter().flat_map(|line| &line.points).map(|(_, value)| *value);
        let highest = round_above(values.chain(limit).filter(|value| value.is_finite()).fold(0.0, f64::max));
        let y = |value: f64| lower - HEIGHT * (value / highest).clamp(0.0, 1.0);
        let with_unit = |value: f64| format!("{} {}", number(value), chart.unit).trim_end().to_owned();
        let ticks = [0.0, highest / 2.0, highest];
        let has_room = ticks.iter().all(|value| width(&with_unit(*value)) <= ROOM);
        for value in ticks {
            self.svg.line("grid", At(LEFT, y(value)), At(RIGHT, y(value)));
            self.label(y(value) + 4.0, &if has_room { with_unit(value) } else { number(value) });
        }
        let name = if has_room { chart.name.clone() } else { format!("{} ({})", chart.name, chart.unit) };
        self.chart_head(chart, limit.map(with_unit), &name, top + 13.0);
        self.uprights(upper, lower);
        if let Some(limit) = limit {
            self.svg.line("limit", At(LEFT, y(limit)), At(RIGHT, y(limit)));
        }
        for line in &chart.lines {
            let drawn = self.step_line(line, &y);
            self.svg.lines(&format!("line {}", line.side.word()), &drawn);
            if let Some(At(x, y)) = drawn.last().and_then(|piece| piece.last()) {
                self.end_label(&line.config, At(*x, *y), upper, lower);
            }
        }
        if chart.lines.iter().all(|line| line.points.is_empty()) {
            let at = At(LEFT + 10.0, lower - 11.0);
            self.svg.text("dim", Anchor::Start, at, RIGHT - LEFT, "nothing measured yet");
        }
        lower
    }

    /// The name on the left, and what the lines are on the right.
    fn chart_head(&mut self, chart: &Chart, limit: Option<String>, name: &str, baseline: f64) {
        let has = |side: Side| chart.lines.iter().any(|line| line.side == side);
        let sides = [Side::Green, Side::Blue].into_iter().filter(|side| has(*side));
        let sides = sides.map(|side| (format!("line {}", side.word()), side.word().to_owned()));
        let limit = limit.map(|limit| ("limit".to_owned(), format!("limit {limit}")));
        let mut right = RIGHT;
        for (class, words) in limit.into_iter().chain(sides) {
            let left = right - width(&words);
            self.svg.text("dim", Anchor::Start, At(left, baseline), RIGHT, &words);
            let sample = [At(left - SAMPLE, baseline - 4.0), At(left - 5.0, baseline - 4.0)];
            self.svg.lines(&class, &[sample.to_vec()]);
            right = left - SAMPLE - 14.0;
        }
        self.svg.text("", Anchor::Start, At(LEFT, baseline), right - LEFT, name);
    }

    /// Each value for as long as it is of, in as many pieces as there are gaps.
    fn step_line(&self, line: &Line, y: &dyn Fn(f64) -> f64) -> Vec<Vec<At>> {
        let (from, known) = (self.timeline.from, self.known());
        let mut pieces: Vec<Vec<At>> = Vec::new();
        let mut ended = None;
        for (at, value) in line.points.iter().filter(|(_, value)| value.is_finite()) {
            let end = at.saturating_add(line.span_ms.max(1)).min(known);
            if end <= from || *at >= end {
                continue;
            }
            let step = [At(self.x(*at), y(*value)), At(self.x(end), y(*value))];
            match pieces.last_mut().filter(|_| ended.is_some_and(|ended| *at <= ended)) {
                Some(piece) => piece.extend(step),
                None => pieces.push(step.to_vec()),
            }
            ended = Some(end);
        }
        pieces
    }

    /// The config's name at the end of its line, or a little above or below it, if there is room.
    fn end_label(&mut self, config: &str, At(x, y): At, upper: f64, lower: f64) {
        if config.is_empty() || x + 6.0 + width(config) > WIDTH - MARGIN {
            return;
        }
        let baselines = [y + 4.0, y - 10.0, y + 18.0];
        let baselines = baselines.map(|baseline| baseline.clamp(upper + 10.0, lower - 1.0));
        for baseline in baselines {
            if self.svg.text_if_free("dim", Anchor::Start, At(x + 6.0, baseline), 2.0, config) {
                break;
            }
        }
    }
}

/// The least round number that is not smaller, whose half is round too.
fn round_above(value: f64) -> f64 {
    if value <= 0.0 {
        return 1.0;
    }
    let unit = 10f64.powf(value.log10().floor());
    let round = [1.0, 2.0, 4.0, 6.0, 8.0].into_iter().map(|times| times * unit);
    round.into_iter().find(|round| *round >= value).unwrap_or(10.0 * unit)
}

/// A number as short as it can be read.
fn number(value: f64) -> String {
    match value {
        value if value >= 1e9 || (value > 0.0 && value < 0.01) => format!("{value:.0e}"),
        value if value >= 1e6 => format!("{}M", short(value / 1e6)),
        value if value >= 1e4 => format!("{}k", short(value / 1e3)),
        value => short(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_value_of_a_chart_is_round() {
        for (value, round) in
            [(0.0, 1.0), (0.3, 0.4), (5.0, 6.0), (81.0, 100.0), (100.0, 100.0), (1_300.0, 2_000.0)]
        {
            assert!((round_above(value) - round).abs() < 1e-9, "{value}");
        }
    }

    #[test]
    fn numbers_are_short() {
        let shown = [0.0, 2.5, 500.0, 20_000.0, 3e6, 4e12, 0.005].map(number);
        assert_eq!(shown, ["0", "2.5", "500", "20k", "3M", "4e12", "5e-3"]);
    }
}
