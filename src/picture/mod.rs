//! Pictures: a plan drawn as SVG, for a file and for whoever shows it in a page.
//!
//! A picture is a pure function of what it shows. It has no script and loads nothing, its words are text, and its
//! colours can be read on a light ground and on a dark one.

mod plan;
mod svg;

pub use plan::plan;

#[cfg(test)]
mod tests;
