//! One deployment: its timeline as a picture, and what happened line by line.

use askama::Template;

use super::Console;
use super::answer::{Page, Trouble};
use super::drawn::timeline;
use super::guarding::{Guarding, guarding};
use super::live::Live;
use super::missing;
use super::moment::{length, time_of_day};
use super::place::Place;
use super::shell::Shell;
use crate::clock::Timestamp;
use crate::domain::event::{Event, Trigger};
use crate::engine::Tripped;
use crate::picture::{self, Ground};
use crate::plan::Split;

#[derive(Template)]
#[template(path = "deployment.html")]
struct Body {
    shell: Shell,
    endpoint: String,
    live: Live,
    version: i64,
    picture: String,
    guards: Vec<Guarding>,
    lines: Vec<Line>,
}

/// A line of its history.
struct Line {
    time: String,
    after: String,
    phase: &'static str,
    words: String,
    step: String,
    traffic: Split,
    trigger: &'static str,
    message: String,
    /// What the alarms that tripped had seen.
    tripped: Vec<String>,
}

pub(super) async fn page(console: &Console, place: Place, id: &str) -> Result<Page, Trouble> {
    let (engine, world) = (&console.engine, &place.world);
    let Some(outlook) = engine.outlook(world, id).await? else {
        let shell = Shell::of(engine, world, id, "/deployments").await?;
        return missing::page(shell, format!("There is no deployment {id:?} in {world}."));
    };
    let course = engine.course(world, &outlook.row).await?;
    let record = &outlook.row.record;
    let heading = format!("{} {}", outlook.row.endpoint, record.sequence);
    let shell = Shell::of(engine, world, heading, "/deployments").await?;
    let alarms: Vec<_> = course.alarms.iter().map(|alarm| alarm.name.clone()).collect();
    let began = record.started_at;
    let body = Body {
        endpoint: outlook.row.endpoint.clone(),
        live: Live::of(&shell, &outlook),
        version: outlook.row.version,
        picture: picture::timeline(&timeline(&outlook, &course, shell.now()), Ground::Page),
        guards: if record.ended_at.is_none() { guarding(engine, world, &alarms).await? } else { Vec::new() },
        lines: outlook.history.iter().map(|(event, tripped)| line(event, tripped, began)).collect(),
        shell,
    };
    Page::of(&body.shell, &body)
}

fn line(event: &Event, tripped: &[Tripped], began: Timestamp) -> Line {
    Line {
        time: time_of_day(event.at),
        after: length(event.at.ms_since(began)),
        phase: event.kind.word(),
        words: event.kind.word().replace('_', " "),
        step: event.step.map(|step| step.to_string()).unwrap_or_default(),
        traffic: event.traffic.into(),
        trigger: match event.triggered_by(began) {
            Trigger::Client => "client",
            Trigger::Clock => "clock",
            Trigger::Operator => "operator",
            Trigger::Cause(cause) => cause.word(),
        },
        message: event.message.clone(),
        tripped: tripped.iter().map(seen).collect(),
    }
}

/// `shop-errors went to ALARM at 18:28:00: Threshold Crossed: …`.
fn seen(tripped: &Tripped) -> String {
    format!("{} went to ALARM at {}: {}", tripped.alarm, time_of_day(tripped.at), tripped.reason)
}
