//! The screen: what was seen of an endpoint, as text. Pure: the same look on the same canvas is the same text.

use serde_json::Value;
use textwrap::core::display_width;

use super::ladder::ladder;
use super::line::{Line, arrow, plain};
use super::look::Look;
use crate::cli::clock::rate;
use crate::cli::moment::{instant, length, time_of_day};
use crate::cli::paint::{Colour, Paint, bar};

/// What there is to draw on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Canvas {
    pub(super) width: usize,
    /// The most lines.
    pub(super) height: usize,
    pub(super) paint: Paint,
}

/// The steps have so many lines where there are, before anything else is left out.
const FEWEST_STEPS: usize = 5;

/// The lines of the screen, each as it is printed.
pub(super) fn screen(look: &Look, canvas: Canvas) -> Vec<String> {
    let head = header(look, canvas.width);
    let tail = [traffic(look), instances(look, canvas.width), alarms(look, canvas.width)];
    let titled = |title: &str, lines: Vec<Line>| {
        let title = Line::default().paint(Colour::Bold, title);
        if lines.is_empty() { lines } else { [vec![Line::default(), title], lines].concat() }
    };
    let [traffic, instances, alarms] = tail;
    let traffic = titled("traffic", traffic);
    let below = [titled("instances", instances), titled("alarms", alarms)].concat();
    let others = head.len() + traffic.len() + below.len() + 2;
    let steps = ladder(&look.deployment, canvas.height.saturating_sub(others).max(FEWEST_STEPS));
    let lines = [head, traffic, titled("steps", steps), below].concat();
    lines.iter().take(canvas.height).map(|line| line.render(canvas.width, canvas.paint)).collect()
}

fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value[member].as_str().unwrap_or("-")
}

fn header(look: &Look, width: usize) -> Vec<Line> {
    let deployment = &look.deployment;
    let status = look.endpoint["EndpointStatus"].as_str().unwrap_or("does not exist");
    let mut lines = vec![
        Line::default()
            .paint(Colour::Bold, &*look.name)
            .then("  ")
            .paint(colour_of_endpoint(status), status)
            .then(
                look.endpoint["EndpointConfigName"].as_str().map_or(String::new(), |it| format!("  on {it}")),
            ),
    ];
    let from = arrow(&deployment["from_config"]);
    let paused = if deployment["paused_since"].is_string() { ", paused" } else { "" };
    let ended = text(deployment, "status");
    lines.push(
        Line::of(format!(
            "{} {}  {from}{}  {}  ",
            text(deployment, "kind"),
            deployment["sequence"],
            text(deployment, "to_config"),
            text(deployment, "strategy"),
        ))
        .paint(colour_of_deployment(ended), format!("{}{paused}", ended.replace('_', " "))),
    );
    lines.extend(textwrap::wrap(text(deployment, "why"), width.max(20)).into_iter().map(Line::of));
    lines.extend(next(look));
    lines.push(clock(&look.clock));
    lines
}

fn colour_of_endpoint(status: &str) -> Colour {
    match status {
        "InService" => Colour::Green,
        "Creating" | "Updating" | "SystemUpdating" | "Deleting" => Colour::Yellow,
        _ => Colour::Red,
    }
}

fn colour_of_deployment(status: &str) -> Colour {
    match status {
        "succeeded" => Colour::Green,
        "running" => Colour::Yellow,
        _ => Colour::Red,
    }
}

/// What comes next, and in how long; none after the end.
fn next(look: &Look) -> Option<Line> {
    if look.deployment["ended_at"].is_string() {
        return None;
    }
    let planned = &look.deployment["planned"][0];
    let (Some(at), Some(now)) = (instant(&planned["time"]), instant(&look.clock["now"])) else {
        return Some(Line::of("next   nothing by itself"));
    };
    let (left, rate) = (at.ms_since(now), look.clock["rate"].as_f64().unwrap_or(0.0));
    let lasts = match text(&look.clock, "mode") {
        _ if left <= 0 => "now".to_owned(),
        #[expect(clippy::cast_possible_truncation, reason = "milliseconds to a stage that is planned")]
        "scaled" if rate > 0.0 => {
            format!("in {}, {} of real time", length(left), length((left as f64 / rate) as i64))
        }
        _ => format!("in {}", length(left)),
    };
    let phase = text(planned, "phase").replace('_', " ");
    let step = planned["step"].as_u64().map_or(String::new(), |step| format!(" of step {step}"));
    let time = time_of_day(&planned["time"]);
    Some(Line::of(format!("next   {phase}{step} at {time}, {lasts}")))
}

fn clock(clock: &Value) -> Line {
    let now = clock["now"].as_str().unwrap_or_default();
    let (day, time) = (now.get(..10).unwrap_or("-"), time_of_day(&clock["now"]));
    let mode = match text(clock, "mode") {
        "manual" => "manual: it stands still until sagebrush clock advance".to_owned(),
        _ => rate(clock),
    };
    Line::of(format!("clock  {day} {time}, {mode}"))
}

fn traffic(look: &Look) -> Vec<Line> {
    let bars = ["wanted", "actual"].map(|side| (side, &look.deployment["traffic"][side]));
    let line = |(side, split): (&str, &Value)| {
        if split.is_null() {
            return Line::of(format!("  {side}  unknown"));
        }
        let (blue, green, percent) = bar(split);
        let line = Line::of(format!("  {side}  ")).paint(Colour::Blue, blue).paint(Colour::Green, green);
        line.then(format!(" {percent}"))
    };
    bars.into_iter().map(line).collect()
}

fn instances(look: &Look, width: usize) -> Vec<Line> {
    let pending = &look.endpoint["PendingDeploymentSummary"];
    let updates = pending.is_object();
    let old = (if updates { "blue" } else { "all" }, Colour::Blue, &look.endpoint);
    let sides = [old, ("green", Colour::Green, pending)];
    let mut rows = Vec::new();
    for (side, colour, fleet) in sides {
        for variant in fleet["ProductionVariants"].as_array().into_iter().flatten() {
            let (has, wants) = (&variant["CurrentInstanceCount"], &variant["DesiredInstanceCount"]);
            let count = if has.is_null() { "-".to_owned() } else { format!("{has} of {wants}") };
            let activity = variant["VariantStatus"][0]["StatusMessage"].as_str().unwrap_or_default();
            let config = fleet["EndpointConfigName"].as_str().unwrap_or_default();
            rows.push((
                colour,
                [side, config, text(variant, "VariantName"), &count, activity].map(str::to_owned),
            ));
        }
    }
    columns(&rows, width)
}

fn alarms(look: &Look, width: usize) -> Vec<Line> {
    let rows: Vec<_> = look
        .guards
        .iter()
        .map(|name| {
            let alarm = look.alarms.iter().find(|alarm| alarm["AlarmName"] == **name);
            let Some(alarm) = alarm else {
                return (Colour::Red, ["does not exist", name, ""].map(str::to_owned));
            };
            let state = text(alarm, "StateValue");
            let colour = match state {
                "OK" => Colour::Green,
                "ALARM" => Colour::Red,
                _ => Colour::Yellow,
            };
            (colour, [state, name, text(alarm, "StateReason")].map(str::to_owned))
        })
        .collect();
    columns(&rows, width)
}

/// Rows in columns as wide as they need to be, the first in its colour. The last one is prose and goes on below itself.
fn columns<const N: usize>(rows: &[(Colour, [String; N])], width: usize) -> Vec<Line> {
    let widths: [usize; N] =
        std::array::from_fn(|at| rows.iter().map(|(_, cells)| display_width(&cells[at])).max().unwrap_or(0));
    let before: usize = 2 + widths[..N - 1].iter().map(|width| width + 2).sum::<usize>();
    let line = |(colour, cells): &(Colour, [String; N])| {
        let mut line = Line::of("  ").paint(*colour, &*cells[0]);
        for at in 1..N - 1 {
            let gap = " ".repeat(widths[at - 1] - display_width(&cells[at - 1]) + 2);
            line = line.then(gap).then(&*cells[at]);
        }
        let prose = plain(&cells[N - 1]);
        let mut prose = textwrap::wrap(&prose, width.saturating_sub(before).max(20)).into_iter();
        let gap = " ".repeat(widths[N - 2] - display_width(&cells[N - 2]) + 2);
        let first = line.then(gap).then(prose.next().unwrap_or_default());
        let more = prose.map(|text| Line::of(" ".repeat(before)).then(text));
        std::iter::once(first).chain(more).collect::<Vec<_>>()
    };
    rows.iter().flat_map(line).collect()
}
