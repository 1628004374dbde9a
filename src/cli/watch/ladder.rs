//! The steps of a deployment: what is done, where it stands, and what is to come.

use serde_json::Value;

use super::line::Line;
use crate::cli::moment::time_of_day;
use crate::cli::paint::Colour;

/// A rung: an event that was, or a stage that is planned.
struct Rung<'a> {
    is_to_come: bool,
    told: &'a Value,
}

/// The rungs in at most `room` lines, around where the deployment stands.
pub(super) fn ladder(deployment: &Value, room: usize) -> Vec<Line> {
    let list = |name: &str, is_to_come: bool| {
        let told = deployment[name].as_array().into_iter().flatten();
        told.map(move |told| Rung { is_to_come, told })
    };
    let rungs: Vec<_> = list("events", false).chain(list("planned", true)).collect();
    let ended = deployment["ended_at"].is_string();
    let stands = rungs.iter().rposition(|rung| !rung.is_to_come && is_stage(rung.told));
    let current = stands.filter(|_| !ended);
    let (from, to) = window(rungs.len(), current.unwrap_or(rungs.len().saturating_sub(1)), room);
    let mut lines = Vec::new();
    if from > 0 {
        lines.push(Line::of("  ").paint(Colour::Dim, format!("… {from} earlier")));
    }
    lines.extend((from..to).map(|at| line(&rungs[at], Some(at) == current)));
    if to < rungs.len() {
        lines.push(Line::of("  ").paint(Colour::Dim, format!("… {} more to come", rungs.len() - to)));
    }
    lines
}

/// Which of `count` rungs are shown in `room` lines, two of which may say how many are not: a third of them before
/// the current one.
fn window(count: usize, current: usize, room: usize) -> (usize, usize) {
    if count <= room {
        return (0, count);
    }
    let shown = room.saturating_sub(2).max(1);
    let from = current.saturating_sub(shown / 3).min(count - shown);
    (from, from + shown)
}

/// Whether the deployment stands in what this tells of; a warning or an operator's verb is only noted.
fn is_stage(event: &Value) -> bool {
    let noted = ["warning", "paused", "resumed", "advanced", "promoted"];
    !noted.contains(&event["phase"].as_str().unwrap_or_default())
}

fn line(rung: &Rung<'_>, is_current: bool) -> Line {
    let told = rung.told;
    let (mark, colour) = match (rung.is_to_come, told["phase"].as_str().unwrap_or_default()) {
        (true, _) => ("○", Some(Colour::Dim)),
        (_, "rolled_back" | "rollback_failed" | "failed") => ("✗", Some(Colour::Red)),
        (_, "rolling_back") => (if is_current { "●" } else { "✓" }, Some(Colour::Red)),
        (_, "warning") => ("!", Some(Colour::Yellow)),
        (_, "succeeded") => ("✓", Some(Colour::Green)),
        (_, "paused" | "resumed" | "advanced" | "promoted") => ("◆", Some(Colour::Yellow)),
        _ if is_current => ("●", Some(Colour::Bold)),
        _ => ("✓", None),
    };
    let green = told["traffic"]["green"].as_f64().unwrap_or(0.0);
    let (time, message) = (time_of_day(&told["time"]), told["message"].as_str().unwrap_or_default());
    let text = format!("{mark} {time}  {green:>3.0} %  {message}");
    let line = Line::of("  ");
    match colour {
        Some(colour) => line.paint(colour, text),
        None => line.then(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_holds_the_current_rung_and_is_never_higher_than_its_room() {
        assert_eq!(window(5, 2, 5), (0, 5));
        assert_eq!(window(40, 0, 8), (0, 6));
        assert_eq!(window(40, 20, 8), (18, 24));
        assert_eq!(window(40, 39, 8), (34, 40));
        for room in 1..12 {
            for current in 0..40 {
                let (from, to) = window(40, current, room);
                let said = usize::from(from > 0) + usize::from(to < 40);
                assert!(from <= current && current < to, "{current} in {room}");
                assert!(to - from + said <= room.max(3), "{current} in {room}");
            }
        }
    }
}
