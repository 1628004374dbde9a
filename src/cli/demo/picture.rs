//! A line of a deployment's history, with the traffic as a bar.

use serde_json::Value;

use crate::cli::moment::time_of_day;
use crate::cli::paint::{Colour, Paint};

/// One event of a deployment's history.
pub(super) fn event(paint: Paint, event: &Value) -> String {
    let colour = match event["phase"].as_str().unwrap_or_default() {
        "rolling_back" | "rolled_back" | "rollback_failed" | "failed" => Colour::Red,
        "succeeded" => Colour::Green,
        _ => Colour::Dim,
    };
    let alarms: Vec<_> = event["alarms"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let message = match event["cause"].as_str() {
        Some(cause) => format!("Rolling back because of {cause} {}", alarms.join(", ")),
        None => event["message"].as_str().unwrap_or_default().to_owned(),
    };
    let (time, bar) = (time_of_day(&event["time"]), paint.bar(&event["traffic"]));
    format!("  {time}  {bar}  {}\n", paint.text(colour, message.trim_end()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_event_is_one_line_with_the_traffic_as_a_bar() {
        let mut told = json!({
            "time": "2026-10-05T09:31:05.000Z", "phase": "activating_traffic", "step": 1, "cause": null,
            "traffic": {"blue": 75, "green": 25}, "message": "Activating traffic: 25.00 % on green.", "alarms": [],
        });
        assert_eq!(
            event(Paint::PLAIN, &told),
            "  09:31:05  ███████████████▒▒▒▒▒  75 : 25   Activating traffic: 25.00 % on green.\n"
        );
        assert!(event(Paint::COLOURED, &told).contains("\x1b[34m███████████████\x1b[0m"));
        told["cause"] = json!("alarm");
        told["alarms"] = json!(["errors", "latency"]);
        assert!(event(Paint::PLAIN, &told).ends_with("  Rolling back because of alarm errors, latency\n"));
    }
}
