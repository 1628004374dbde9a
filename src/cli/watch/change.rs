//! What has changed between two looks, for readers who keep every line: a log, or a script.

use serde_json::{Value, json};

use super::line::{arrow, plain};
use super::look::Look;
use crate::cli::moment::instant;
use crate::clock::Timestamp;

/// What has changed, in the order of its time; of the first look everything has.
pub(super) fn changes(before: Option<&Look>, now: &Look) -> Vec<Value> {
    let same = before.filter(|before| before.deployment["id"] == now.deployment["id"]);
    let mut changes = Vec::new();
    if same.is_none() {
        changes.push(began(now));
    }
    let first = changes.len();
    changes.extend(now.alarms.iter().filter_map(|alarm| alarm_change(before, alarm)));
    let told = same.map_or(0, |before| before.deployment["events"].as_array().map_or(0, Vec::len));
    let events = now.deployment["events"].as_array().into_iter().flatten().skip(told);
    changes.extend(events.map(|event| event_change(now, event)));
    changes.extend(endpoint_change(before, now));
    changes[first..].sort_by_key(|change| instant(&change["time"]));
    changes
}

/// A change as a line of a log.
pub(super) fn line(change: &Value) -> String {
    let text = |member: &str| change[member].as_str().unwrap_or("-");
    let (what, told) = match text("change") {
        "deployment" => {
            let (kind, sequence, to) = (text("kind"), &change["sequence"], text("to_config"));
            let from = arrow(&change["from_config"]);
            ("deployment", format!("{kind} {sequence}  {from}{to}  {}", text("strategy")))
        }
        "event" => {
            let green = change["traffic"]["green"].as_f64().unwrap_or(0.0);
            (text("phase"), format!("{:.0} : {green:.0}  {}", 100.0 - green, text("message")))
        }
        "alarm" => {
            let from = arrow(&change["from"]);
            ("alarm", format!("{}  {from}{}: {}", text("alarm"), text("to"), text("reason")))
        }
        _ => {
            let from = arrow(&change["from"]);
            ("endpoint", format!("{}  {from}{}", text("endpoint"), change["to"].as_str().unwrap_or("gone")))
        }
    };
    format!("{}  {what:18}  {}\n", text("time"), plain(&told))
}

fn began(now: &Look) -> Value {
    let deployment = &now.deployment;
    let mut change = json!({ "change": "deployment", "time": deployment["started_at"] });
    for member in ["id", "endpoint", "sequence", "kind", "strategy", "from_config", "to_config"] {
        change[member] = deployment[member].clone();
    }
    change
}

fn event_change(now: &Look, event: &Value) -> Value {
    let mut change = json!({ "change": "event", "time": event["time"], "deployment": now.deployment["id"] });
    for (member, value) in event.as_object().into_iter().flatten() {
        change[member] = value.clone();
    }
    change
}

fn alarm_change(before: Option<&Look>, alarm: &Value) -> Option<Value> {
    let name = &alarm["AlarmName"];
    let known = before.and_then(|before| before.alarms.iter().find(|known| known["AlarmName"] == *name));
    let from = known.map_or(Value::Null, |known| known["StateValue"].clone());
    (from != alarm["StateValue"]).then(|| {
        json!({
            "change": "alarm", "time": time(&alarm["StateUpdatedTimestamp"]), "alarm": name, "from": from,
            "to": alarm["StateValue"], "reason": alarm["StateReason"],
        })
    })
}

fn endpoint_change(before: Option<&Look>, now: &Look) -> Option<Value> {
    let from = before.map_or(Value::Null, |before| before.endpoint["EndpointStatus"].clone());
    let to = &now.endpoint["EndpointStatus"];
    // When an endpoint went nobody says; that it was gone is of the clock's time.
    let at = if to.is_null() { &now.clock["now"] } else { &now.endpoint["LastModifiedTime"] };
    (before.is_none() || from != *to).then(
        || json!({ "change": "endpoint", "time": time(at), "endpoint": now.name, "from": from, "to": to }),
    )
}

/// A time of either API as the control API writes it.
fn time(at: &Value) -> Option<String> {
    instant(at).map(|at: Timestamp| at.to_string())
}
