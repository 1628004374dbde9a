//! Pictures: the timeline of a deployment drawn as SVG, for a file and for a page that shows it.
//!
//! One function draws them all: what a plan foresees and what a deployment did have the same look. A picture is a pure
//! function of what it shows. It has no script, loads nothing and needs no ids, so several can be in one page; its words
//! are text, and its colours can be read on a light ground and on a dark one.

mod axis;
mod charts;
mod day;
mod drawing;
mod heading;
mod lanes;
mod plan;
mod story;
mod style;
mod svg;
mod timeline;
mod traffic;
mod words;

pub use plan::plan;
pub use style::STYLE;
pub use timeline::{Axis, Bake, Chart, Lane, LaneKind, Line, Mark, Side, Span, Timeline, timeline};

/// Where a picture is put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ground {
    /// In a file of its own: it carries its style.
    File,
    /// In a page whose style sheet has [`STYLE`]: a strict policy forbids a style within the page.
    Page,
}

#[cfg(test)]
mod tests;
