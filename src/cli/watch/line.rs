//! A line of a screen: pieces of text with their colours, which fit a width together.

use serde_json::Value;
use textwrap::core::display_width;

use crate::cli::paint::{Colour, Paint};

/// A line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Line {
    pieces: Vec<(Option<Colour>, String)>,
}

impl Line {
    /// A line that begins with this text.
    pub(super) fn of(text: impl AsRef<str>) -> Self {
        Self::default().then(text)
    }

    /// With this text after it.
    pub(super) fn then(mut self, text: impl AsRef<str>) -> Self {
        self.pieces.push((None, plain(text.as_ref())));
        self
    }

    /// With this text in a colour after it.
    pub(super) fn paint(mut self, colour: Colour, text: impl AsRef<str>) -> Self {
        self.pieces.push((Some(colour), plain(text.as_ref())));
        self
    }

    /// The line as it is printed, in at most `width` columns, with a sign where something is left out.
    pub(super) fn render(&self, width: usize, paint: Paint) -> String {
        let whole: usize = self.pieces.iter().map(|(_, text)| display_width(text)).sum();
        let mut room = if whole > width { width.saturating_sub(1) } else { whole };
        let mut out = String::new();
        for (colour, text) in &self.pieces {
            let part = fitting(text, room);
            room -= display_width(part);
            out += &colour.map_or_else(|| part.to_owned(), |colour| paint.text(colour, part));
            if part.len() < text.len() {
                out.push('…');
                break;
            }
        }
        out.trim_end().to_owned()
    }
}

/// The text without what would move the cursor: an alarm's reason is anybody's text.
pub(super) fn plain(text: &str) -> String {
    text.chars().map(|sign| if sign.is_control() { ' ' } else { sign }).collect()
}

/// What something was before, with an arrow to what it is now; nothing if it was not there.
pub(super) fn arrow(from: &Value) -> String {
    from.as_str().map_or(String::new(), |from| format!("{from} → "))
}

/// As much of the text as has room.
fn fitting(text: &str, room: usize) -> &str {
    let ends = text.char_indices().map(|(at, sign)| at + sign.len_utf8());
    let end = ends.take_while(|end| display_width(&text[..*end]) <= room).last();
    &text[..end.unwrap_or(0)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_fits_its_width_and_says_where_something_is_left_out() {
        let line = Line::of("alarm ").paint(Colour::Red, "レイテンシ").then(" rose");
        assert_eq!(line.render(80, Paint::PLAIN), "alarm レイテンシ rose");
        assert_eq!(line.render(21, Paint::PLAIN), "alarm レイテンシ rose");
        assert_eq!(line.render(20, Paint::PLAIN), "alarm レイテンシ ro…");
        assert_eq!(line.render(10, Paint::PLAIN), "alarm レ…");
        assert_eq!(line.render(10, Paint::COLOURED), "alarm \x1b[31mレ\x1b[0m…");
        assert_eq!(line.render(6, Paint::PLAIN), "alarm…");
        assert_eq!(line.render(0, Paint::PLAIN), "…");
    }

    #[test]
    fn a_text_of_somebody_else_does_not_move_the_cursor() {
        assert_eq!(Line::of("one\ntwo\x1b[2J\r").render(80, Paint::PLAIN), "one two [2J");
    }
}
