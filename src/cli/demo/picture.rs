//! Lines for a terminal: a history line with the traffic as a bar, coloured where somebody looks.

use std::io::IsTerminal;

use serde_json::Value;

/// Cells of a traffic bar; a cell is 5 % of the traffic.
const CELLS: usize = 20;

/// Whether to use colours.
#[derive(Clone, Copy, Debug)]
pub(super) struct Paint {
    on: bool,
}

/// A colour, as terminals number them.
#[derive(Clone, Copy, Debug)]
pub(super) enum Colour {
    Bold = 1,
    Dim = 2,
    Red = 31,
    Green = 32,
    Blue = 34,
}

impl Paint {
    /// Colours for a terminal whose user has not set `NO_COLOR`, none for a file or a pipe.
    pub(super) fn of_terminal() -> Self {
        Self { on: std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none() }
    }

    /// The text in that colour.
    pub(super) fn text(self, colour: Colour, text: &str) -> String {
        if self.on { format!("\x1b[{}m{text}\x1b[0m", colour as u8) } else { text.to_owned() }
    }

    /// One event of a deployment's history.
    pub(super) fn event(self, event: &Value) -> String {
        let colour = match event["phase"].as_str().unwrap_or_default() {
            "rolling_back" | "rolled_back" | "rollback_failed" | "failed" => Colour::Red,
            "succeeded" => Colour::Green,
            _ => Colour::Dim,
        };
        let alarms: Vec<_> =
            event["alarms"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let message = match event["cause"].as_str() {
            Some(cause) => format!("Rolling back because of {cause} {}", alarms.join(", ")),
            None => event["message"].as_str().unwrap_or_default().to_owned(),
        };
        let (time, bar) = (time(&event["time"]), self.bar(&event["traffic"]));
        format!("  {time}  {bar}  {}\n", self.text(colour, message.trim_end()))
    }

    /// The old fleet's and the new fleet's part of the traffic.
    fn bar(self, traffic: &Value) -> String {
        let green = traffic["green"].as_f64().unwrap_or(0.0).clamp(0.0, 100.0);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to CELLS")]
        let cells = (green / 100.0 * CELLS as f64).round() as usize;
        let blue_cells = self.text(Colour::Blue, &"█".repeat(CELLS - cells));
        let green_cells = self.text(Colour::Green, &"▒".repeat(cells));
        format!("{blue_cells}{green_cells} {:>3.0} : {green:<3.0}", 100.0 - green)
    }
}

/// The time of day of a world's time.
pub(super) fn time(text: &Value) -> &str {
    text.as_str().and_then(|text| text.get(11..19)).unwrap_or("--:--:--")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_event_is_one_line_with_the_traffic_as_a_bar() {
        let mut event = json!({
            "time": "2026-10-05T09:31:05.000Z", "phase": "activating_traffic", "step": 1, "cause": null,
            "traffic": {"blue": 75, "green": 25}, "message": "Activating traffic: 25.00 % on green.", "alarms": [],
        });
        assert_eq!(
            Paint { on: false }.event(&event),
            "  09:31:05  ███████████████▒▒▒▒▒  75 : 25   Activating traffic: 25.00 % on green.\n"
        );
        assert!(Paint { on: true }.event(&event).contains("\x1b[34m███████████████\x1b[0m"));
        event["cause"] = json!("alarm");
        event["alarms"] = json!(["errors", "latency"]);
        assert!(
            Paint { on: false }.event(&event).ends_with("  Rolling back because of alarm errors, latency\n")
        );
    }
}
