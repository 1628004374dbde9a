//! Instances as small squares, a shape for each standing: the colour says nothing that the shape does not.

use std::fmt::Write as _;

/// Where an instance stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// It is up and gets requests.
    Serving,
    /// It is up and gets none.
    Up,
    /// It was launched, and has not passed its ping.
    Starting,
    /// There is no room for it.
    Waiting,
    /// It never passed its ping, or waited in vain.
    Failed,
    /// It is being terminated.
    Leaving,
}

impl Standing {
    /// Every standing, in the order in which they are drawn.
    pub(super) const ALL: [Self; 6] =
        [Self::Serving, Self::Up, Self::Starting, Self::Waiting, Self::Failed, Self::Leaving];

    /// In words.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Serving => "serving",
            Self::Up => "up without traffic",
            Self::Starting => "starting",
            Self::Waiting => "waiting for capacity",
            Self::Failed => "failed",
            Self::Leaving => "terminating",
        }
    }

    fn class(self) -> &'static str {
        match self {
            Self::Serving => "serving",
            Self::Up => "up",
            Self::Starting => "starting",
            Self::Waiting => "waiting",
            Self::Failed => "failed",
            Self::Leaving => "leaving",
        }
    }
}

/// From the beginning of a square to that of the next, and how wide one is.
const PITCH: u32 = 16;
const SIDE: u32 = 12;
/// Squares in a row.
const COLUMNS: u32 = 20;
/// More than these are not drawn; the words beside the picture count them all.
const MOST: u32 = 100;

/// A square for each instance.
pub(super) fn squares(counts: &[(Standing, u32)]) -> String {
    drawn("squares", counts)
}

/// One square for a legend.
pub(super) fn key(standing: Standing) -> String {
    drawn("squares-key", &[(standing, 1)])
}

fn drawn(class: &str, counts: &[(Standing, u32)]) -> String {
    let total = counts.iter().map(|(_, count)| *count).fold(0, u32::saturating_add);
    let drawn = total.min(MOST);
    let (columns, rows) = (drawn.clamp(1, COLUMNS), drawn.div_ceil(COLUMNS).max(1));
    let (width, height) = (columns * PITCH, rows * PITCH);
    let mut svg = format!(
        "<svg class=\"{class}\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" aria-hidden=\"true\">"
    );
    let standings = counts.iter().flat_map(|(standing, count)| (0..*count).map(|_| *standing));
    for (at, standing) in (0..drawn).zip(standings) {
        square(&mut svg, at % COLUMNS * PITCH + 2, at / COLUMNS * PITCH + 2, standing);
    }
    svg.push_str("</svg>");
    svg
}

fn square(svg: &mut String, x: u32, y: u32, standing: Standing) {
    let (class, far_x, far_y) = (standing.class(), x + SIDE, y + SIDE);
    let marks = match standing {
        Standing::Serving | Standing::Starting | Standing::Waiting => String::new(),
        Standing::Up => format!("<circle cx=\"{}\" cy=\"{}\" r=\"2\"/>", x + SIDE / 2, y + SIDE / 2),
        Standing::Failed => format!("<path d=\"M{x} {y}L{far_x} {far_y}M{far_x} {y}L{x} {far_y}\"/>"),
        Standing::Leaving => format!("<path d=\"M{x} {far_y}L{far_x} {y}\"/>"),
    };
    write!(
        svg,
        "<g class=\"{class}\"><rect x=\"{x}\" y=\"{y}\" width=\"{SIDE}\" height=\"{SIDE}\" rx=\"2\"/>{marks}</g>"
    )
    .expect("writing to a String succeeds");
}
