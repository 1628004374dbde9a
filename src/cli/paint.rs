//! Colours, where somebody looks who wants them, and traffic as a bar.

use std::io::IsTerminal;

use serde_json::Value;

use super::place::variable;

/// Cells of a traffic bar; a cell is 5 % of the traffic.
const CELLS: usize = 20;

/// Whether to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Paint {
    on: bool,
}

/// A colour, as terminals number them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Colour {
    /// Stands out.
    Bold = 1,
    /// Stands back.
    Dim = 2,
    /// Something is wrong.
    Red = 31,
    /// The new fleet, and what is well.
    Green = 32,
    /// What deserves a look.
    Yellow = 33,
    /// The old fleet.
    Blue = 34,
}

impl Paint {
    /// No colours.
    #[cfg(test)]
    pub(super) const PLAIN: Self = Self { on: false };
    /// Colours.
    #[cfg(test)]
    pub(super) const COLOURED: Self = Self { on: true };

    /// Colours for a terminal that knows them and whose user has not set `NO_COLOR`, none for a file or a pipe.
    pub(super) fn of_terminal() -> Self {
        Self { on: is_screen() && variable("NO_COLOR").is_none() }
    }

    /// The text in that colour.
    pub(super) fn text(self, colour: Colour, text: &str) -> String {
        if self.on { format!("\x1b[{}m{text}\x1b[0m", colour as u8) } else { text.to_owned() }
    }

    /// The old fleet's and the new fleet's part of the traffic, then both in percent.
    pub(super) fn bar(self, traffic: &Value) -> String {
        let (blue, green, percent) = bar(traffic);
        format!("{}{} {percent}", self.text(Colour::Blue, &blue), self.text(Colour::Green, &green))
    }
}

/// Whether standard output is a terminal on which a line can be written again.
pub(super) fn is_screen() -> bool {
    std::io::stdout().is_terminal() && variable("TERM").is_none_or(|name| name != "dumb")
}

/// The parts of a bar: the old fleet's cells, the new fleet's, and both in percent.
pub(super) fn bar(traffic: &Value) -> (String, String, String) {
    let green = traffic["green"].as_f64().unwrap_or(0.0).clamp(0.0, 100.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to CELLS")]
    let cells = (green / 100.0 * CELLS as f64).round() as usize;
    ("█".repeat(CELLS - cells), "▒".repeat(cells), format!("{:>3.0} : {green:<3.0}", 100.0 - green))
}
