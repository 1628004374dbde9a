//! The few shapes that pictures are made of.

use std::fmt::Write as _;

use super::Ground;
use super::style::STYLE;
use super::words::{ASCENT, DESCENT, shortened, width};

/// A picture on its way.
#[derive(Debug, Default)]
pub(super) struct Svg {
    body: String,
    /// Where words are, and what they must not cover.
    taken: Vec<Frame>,
}

/// A point, in user units from the upper left corner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct At(pub(super) f64, pub(super) f64);

/// The side of its place on which text is, or both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// A rectangle that is taken.
#[derive(Clone, Copy, Debug)]
struct Frame {
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
}

impl Frame {
    fn of(anchor: Anchor, At(x, y): At, words: &str) -> Self {
        let wide = width(words);
        let left = match anchor {
            Anchor::Start => x,
            Anchor::Middle => x - wide / 2.0,
            Anchor::End => x - wide,
        };
        Self { left, right: left + wide, top: y - ASCENT, bottom: y + DESCENT }
    }

    fn meets(&self, other: &Self, gap: f64) -> bool {
        let beside = self.right + gap <= other.left || other.right + gap <= self.left;
        !beside && self.top < other.bottom && other.top < self.bottom
    }
}

impl Svg {
    /// An area within these corners.
    pub(super) fn area(&mut self, class: &str, corners: &[At]) {
        let corners: Vec<_> = corners.iter().map(|At(x, y)| format!("{},{}", short(*x), short(*y))).collect();
        self.add(&format!("<polygon class=\"{class}\" points=\"{}\"/>", corners.join(" ")));
    }

    /// Lines, each through its points.
    pub(super) fn lines(&mut self, class: &str, lines: &[Vec<At>]) {
        let point = |(nth, At(x, y)): (usize, &At)| {
            format!("{}{} {}", if nth == 0 { 'M' } else { 'L' }, short(*x), short(*y))
        };
        let path: String = lines.iter().flat_map(|line| line.iter().enumerate().map(point)).collect();
        if !path.is_empty() {
            self.add(&format!("<path class=\"{class}\" d=\"{path}\"/>"));
        }
    }

    /// A rectangle between two corners.
    pub(super) fn rectangle(&mut self, class: &str, At(left, top): At, At(right, bottom): At) {
        let size = format!("width=\"{}\" height=\"{}\"", short(right - left), short(bottom - top));
        self.add(&format!("<rect class=\"{class}\" x=\"{}\" y=\"{}\" {size}/>", short(left), short(top)));
    }

    /// A line.
    pub(super) fn line(&mut self, class: &str, At(x1, y1): At, At(x2, y2): At) {
        let [x1, y1, x2, y2] = [x1, y1, x2, y2].map(short);
        self.add(&format!("<line class=\"{class}\" x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\"/>"));
    }

    /// Words whose place is kept for them, as long as it has room. What is cut of them is shown to who points at them.
    pub(super) fn text(&mut self, class: &str, anchor: Anchor, at: At, room: f64, words: &str) {
        let seen = shortened(words, room);
        self.taken.push(Frame::of(anchor, at, &seen));
        let whole = if seen == words { String::new() } else { format!("<title>{}</title>", escaped(words)) };
        let At(x, y) = at;
        let (x, y, seen) = (short(x), short(y), escaped(&seen));
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        self.add(&format!(
            "<text class=\"{class}\" text-anchor=\"{anchor}\" x=\"{x}\" y=\"{y}\">{whole}{seen}</text>"
        ));
    }

    /// Words that can be left out, and are where they would come nearer to others than the gap. Answers whether they
    /// are there.
    pub(super) fn text_if_free(
        &mut self,
        class: &str,
        anchor: Anchor,
        at: At,
        gap: f64,
        words: &str,
    ) -> bool {
        let frame = Frame::of(anchor, at, words);
        let is_free = !self.taken.iter().any(|taken| taken.meets(&frame, gap));
        if is_free {
            self.text(class, anchor, at, f64::INFINITY, words);
        }
        is_free
    }

    /// Keeps words that can be left out from a rectangle.
    pub(super) fn take(&mut self, At(left, top): At, At(right, bottom): At) {
        self.taken.push(Frame { left, right, top, bottom });
    }

    /// The whole picture, by its title and its story.
    pub(super) fn finish(self, At(width, height): At, title: &str, story: &str, ground: Ground) -> String {
        let (width, height, title, story) = (short(width), short(height), escaped(title), escaped(story));
        let style = match ground {
            Ground::File => format!("<style>\n{STYLE}</style>\n"),
            Ground::Page => String::new(),
        };
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"picture\" viewBox=\"0 0 {width} {height}\" role=\"img\">\n\
             <title>{title}</title>\n<desc>{story}</desc>\n{style}{}</svg>\n",
            self.body
        )
    }

    fn add(&mut self, shape: &str) {
        writeln!(self.body, "{shape}").expect("writing to a String succeeds");
    }
}

/// A number with two decimals at most.
pub(super) fn short(number: f64) -> String {
    // The sum takes the sign from a negative nought.
    format!("{}", (number * 100.0).round() / 100.0 + 0.0)
}

/// A text in which nothing is taken for markup.
fn escaped(text: &str) -> String {
    let escape = |sign: char| match sign {
        '&' => "&amp;".to_owned(),
        '<' => "&lt;".to_owned(),
        '>' => "&gt;".to_owned(),
        '"' => "&quot;".to_owned(),
        // XML cannot hold them, not even escaped.
        '\u{fffe}' | '\u{ffff}' => "\u{fffd}".to_owned(),
        sign if sign.is_control() => "\u{fffd}".to_owned(),
        sign => sign.to_string(),
    };
    text.chars().map(escape).collect()
}
