//! Where a watch is shown: on a terminal as a screen that is drawn again in its place, elsewhere line by line.
//!
//! Invariant: what was on the terminal before stays in it, above. The screen is never cleared, only written over, and
//! is never higher than the terminal, so its beginning can be reached.

use std::fmt::Write;
use std::io;

use terminal_size::{Height, Width, terminal_size};

use super::change::{changes, line};
use super::look::Look;
use super::screen::{Canvas, screen};
use crate::cli::paint::{Paint, is_screen};
use crate::cli::{print, say};

/// A terminal that does not say how large it is.
const UNKNOWN: (Width, Height) = (Width(80), Height(24));

const HIDE_CURSOR: &str = "\x1b[?25l";
const SHOW_CURSOR: &str = "\x1b[?25h";

/// Where it is shown.
#[derive(Debug)]
pub(super) enum Display {
    /// A screen, and what is drawn of it.
    Screen(Option<(Canvas, Vec<String>)>),
    /// A line for each change.
    Lines,
    /// A JSON object for each change, each in a line.
    Json,
}

impl Display {
    /// A screen where there is one, unless JSON is wanted.
    pub(super) fn new(json: bool) -> Self {
        if json {
            Self::Json
        } else if is_screen() {
            say(HIDE_CURSOR);
            Self::Screen(None)
        } else {
            Self::Lines
        }
    }

    /// Shows what has changed since `before`; the error is that nobody reads any more.
    pub(super) fn show(&mut self, before: Option<&Look>, now: &Look) -> io::Result<()> {
        match self {
            Self::Screen(drawn) => {
                let canvas = canvas();
                let lines = screen(now, canvas);
                if let Some(text) = redraw(drawn.as_ref(), canvas, &lines) {
                    print(&text)?;
                    *drawn = Some((canvas, lines));
                }
            }
            Self::Lines => changes(before, now).iter().try_for_each(|change| print(&line(change)))?,
            Self::Json => {
                changes(before, now).iter().try_for_each(|change| print(&format!("{change}\n")))?;
            }
        }
        Ok(())
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        if let Self::Screen(_) = self {
            say(SHOW_CURSOR);
        }
    }
}

/// The terminal as it is now; its last line is left to the cursor.
fn canvas() -> Canvas {
    let (Width(width), Height(height)) = terminal_size().unwrap_or(UNKNOWN);
    let height = usize::from(height).saturating_sub(1).max(1);
    Canvas { width: usize::from(width).max(1), height, paint: Paint::of_terminal() }
}

/// What is to be written so that these lines stand where others were drawn; none if they stand there already. On
/// a terminal of another size nobody knows where the old ones are by now: then these are written below.
fn redraw(drawn: Option<&(Canvas, Vec<String>)>, canvas: Canvas, lines: &[String]) -> Option<String> {
    let old = drawn.filter(|(before, _)| *before == canvas).map_or(&[][..], |(_, old)| old);
    if drawn.is_some() && old == lines {
        return None;
    }
    let mut text = String::new();
    if !old.is_empty() {
        write!(text, "\x1b[{}A", old.len()).expect("a text takes what is written");
    }
    for line in lines {
        text.push('\r');
        text.push_str(line);
        text.push_str("\x1b[K\n");
    }
    // What is left of a longer one.
    text.push_str("\x1b[J");
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_screen_is_written_over_the_one_before_and_only_if_it_differs() {
        let canvas = Canvas { width: 80, height: 24, paint: Paint::PLAIN };
        let lines = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let first = lines(&["one", "two"]);
        assert_eq!(redraw(None, canvas, &first).unwrap(), "\rone\x1b[K\n\rtwo\x1b[K\n\x1b[J");
        let drawn = (canvas, first.clone());
        assert_eq!(redraw(Some(&drawn), canvas, &first), None);
        assert_eq!(redraw(Some(&drawn), canvas, &lines(&["three"])).unwrap(), "\x1b[2A\rthree\x1b[K\n\x1b[J");
        let wider = Canvas { width: 100, ..canvas };
        assert_eq!(redraw(Some(&drawn), wider, &lines(&["one"])).unwrap(), "\rone\x1b[K\n\x1b[J");
    }
}
