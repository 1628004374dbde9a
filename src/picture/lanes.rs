//! The lanes below the traffic: the bakes, then when each alarm was in ALARM and when a model was bad.

use super::drawing::{Drawing, LEFT, MARGIN, RIGHT, WIDTH};
use super::svg::{Anchor, At};
use super::timeline::{Bake, Lane, LaneKind, Span};
use super::words::width;

/// How high a bar is, the line with a name above it, and the space below.
const BAR: f64 = 16.0;
const NAME: f64 = 16.0;
const GAP: f64 = 5.0;
/// Where words stand in a bar, from its top.
const WORDS: f64 = 12.0;
/// A bar is no narrower than can be seen.
const NARROWEST: f64 = 3.0;
/// From one stripe to the next.
const STRIPE: f64 = 8.0;

impl Drawing<'_> {
    /// How high all lanes are.
    pub(super) fn lanes_height(&self) -> f64 {
        let bakes = if self.timeline.bakes.is_empty() { 0.0 } else { BAR + GAP };
        bakes + (NAME + BAR + GAP) * self.timeline.lanes.len() as f64
    }

    /// Answers where the next part begins.
    pub(super) fn lanes(&mut self, mut top: f64) -> f64 {
        let timeline = self.timeline;
        if !timeline.bakes.is_empty() {
            self.label(top + WORDS, "bakes");
            // Those that were have their words first.
            let (planned, real): (Vec<_>, Vec<_>) = timeline.bakes.iter().partition(|bake| bake.is_planned);
            for bake in real.into_iter().chain(planned) {
                self.bake(bake, top);
            }
            top += BAR + GAP;
        }
        for lane in &timeline.lanes {
            let bar = top + NAME;
            let label = if lane.kind == LaneKind::Alarm { "alarm" } else { "bad" };
            self.svg.text("", Anchor::Start, At(LEFT, top + WORDS), WIDTH - MARGIN - LEFT, &lane.name);
            self.label(bar + WORDS, label);
            self.svg.line("grid", At(LEFT, bar + BAR), At(RIGHT, bar + BAR));
            self.spans(lane, bar);
            top = bar + BAR + GAP;
        }
        top
    }

    /// Filled as far as it has come, and outlined to its end.
    fn bake(&mut self, bake: &Bake, top: f64) {
        let (from, until, bottom) = (self.x(bake.from), self.x(bake.until), top + BAR);
        if until <= from {
            return;
        }
        let known = self.x(self.known()).min(until);
        if bake.is_planned {
            self.svg.rectangle("planned", At(from, top), At(until, bottom));
        } else {
            self.svg.rectangle("bake", At(from, top), At(known.max(from), bottom));
            self.svg.rectangle("edge", At(from, top), At(until, bottom));
        }
        let first = bake.words.split_whitespace().next().unwrap_or_default();
        for words in [bake.words.as_str(), first] {
            let has_room = !words.is_empty() && width(words) + 8.0 <= until - from;
            if has_room && self.svg.text_if_free("in", Anchor::Start, At(from + 5.0, top + WORDS), 2.0, words)
            {
                break;
            }
        }
    }

    /// From where to where the bar of a span goes.
    fn bounds(&self, span: &Span) -> (f64, f64) {
        let from = self.x(span.from);
        // What has no end yet is known to be so until now.
        let until = self.x(span.until.unwrap_or_else(|| self.known())).max(from + NARROWEST);
        (from, until)
    }

    /// The bars first, then the words in them, then those beside them, which must not cover another bar.
    fn spans(&mut self, lane: &Lane, top: f64) {
        let timeline = self.timeline;
        let class = match lane.kind {
            LaneKind::Alarm => "alarm",
            LaneKind::Bad => "bad",
        };
        let shown = lane.spans.iter().filter(|span| {
            span.from <= timeline.until && span.until.is_none_or(|until| until >= timeline.from)
        });
        let bars: Vec<_> = shown.map(|span| (self.bounds(span), span)).collect();
        for ((from, until), _) in &bars {
            self.svg.rectangle(class, At(*from, top), At(*until, top + BAR));
            if lane.kind == LaneKind::Alarm {
                self.hatch(*from, *until, top);
            }
        }
        let mut outside = Vec::new();
        for (bounds, span) in &bars {
            let words = if span.words.is_empty() { word(lane.kind) } else { &span.words };
            if !self.inside(*bounds, top, words) {
                self.inside(*bounds, top, word(lane.kind));
                outside.push((*bounds, words));
            }
        }
        for ((from, until), _) in bars {
            self.svg.take(At(from, top), At(until, top + BAR));
        }
        // They are better not crossed by a marker either.
        for at in timeline.rollback.iter().map(|mark| mark.at).chain(timeline.now) {
            self.svg.take(At(self.x(at), top), At(self.x(at), top + BAR));
        }
        for (bounds, words) in outside {
            self.beside(bounds, top + WORDS, words);
        }
    }

    /// Words in a bar, if they have room. Answers whether they are there.
    fn inside(&mut self, (from, until): (f64, f64), top: f64, words: &str) -> bool {
        width(words) + 10.0 <= until - from
            && self.svg.text_if_free("on", Anchor::Start, At(from + 5.0, top + WORDS), 2.0, words)
    }

    /// Stripes from the lower left to the upper right, without which an alarm would be told by its colour alone.
    fn hatch(&mut self, from: f64, until: f64, top: f64) {
        let mut stripes = Vec::new();
        let mut left = from - BAR;
        while left < until {
            let (start, end) = (left.max(from), (left + BAR).min(until));
            if end - start > 1.0 {
                stripes.push(vec![At(start, top + BAR - (start - left)), At(end, top + BAR - (end - left))]);
            }
            left += STRIPE;
        }
        self.svg.lines("hatch", &stripes);
    }

    /// Words at the side of a bar on which there is more room, else at the other, else nowhere.
    fn beside(&mut self, (from, until): (f64, f64), baseline: f64, words: &str) {
        let (before, after) = ((Anchor::End, from - 5.0), (Anchor::Start, until + 5.0));
        let sides = if from - LEFT > RIGHT - until { [before, after] } else { [after, before] };
        for (anchor, x) in sides {
            let room = if anchor == Anchor::End { x - LEFT } else { WIDTH - MARGIN - x };
            if width(words) <= room && self.svg.text_if_free("", anchor, At(x, baseline), 3.0, words) {
                break;
            }
        }
    }
}

/// What a bar says that has nothing else to say.
fn word(kind: LaneKind) -> &'static str {
    match kind {
        LaneKind::Alarm => "ALARM",
        LaneKind::Bad => "bad",
    }
}
