//! What if: two ways to carry out an update side by side, and what a bad model would do meanwhile.
//!
//! The address says the whole question, so that it can be sent to somebody. The plans are made by the same room as
//! those of `sagebrush plan`; this page only asks. It comes at once and without them, since they may take seconds: its
//! stream brings it again when they are made, and whoever slides on ends the stream and with it the question.

use askama::Template;
use serde_json::{Map, Value, json};

use super::Console;
use super::answer::{Page, Trouble};
use super::place::Place;
use super::shell::Shell;
use crate::domain::world::WorldId;
use crate::picture::{self, Ground};
use crate::plan::{Length, Plan, Unplanned};

/// The page's name.
pub(super) const NAME: &str = "what-if";

/// The alarm that guards both.
const ALARM: &str = "errors";

#[derive(Template)]
#[template(path = "what_if.html")]
struct Body {
    shell: Shell,
    sliders: Vec<Slider>,
    sides: Vec<Side>,
}

/// A number that is slid.
#[derive(Clone)]
struct Slider {
    name: String,
    words: &'static str,
    unit: &'static str,
    least: u32,
    most: u32,
    step: u32,
    value: String,
}

/// One of the two ways.
struct Side {
    key: &'static str,
    heading: &'static str,
    how: String,
    sliders: Vec<Slider>,
    /// The `DeploymentConfig`, as AWS's clients take it.
    config: String,
    /// Whether it is still being planned.
    is_pending: bool,
    picture: Option<String>,
    /// What stands in the way of a plan, in a sentence.
    wrong: Option<String>,
    verdict: String,
    facts: Vec<(&'static str, String)>,
    notes: Vec<String>,
}

/// What a slider is about: its name, its words, its unit, its range with its step, and what it begins with.
type Told = (&'static str, &'static str, &'static str, (u32, u32, u32), u32);

const SHARED: [Told; 5] = [
    ("instances", "Instances", "", (1, 50, 1), 10),
    ("traffic", "Traffic", "requests/s", (0, 500, 5), 50),
    ("bad", "The new model fails", "% of its requests", (0, 100, 1), 20),
    ("threshold", "The alarm trips above", "% errors in a minute", (1, 50, 1), 2),
    ("periods", "for", "minute(s) in a row", (1, 5, 1), 1),
];

const OF_SIDE: [Told; 3] = [
    ("size", "Step size", "% of the fleet", (1, 50, 1), 10),
    ("bake", "Each step bakes", "s", (0, 1800, 30), 300),
    ("wait", "The old fleet is kept", "s more", (0, 1800, 30), 0),
];

/// How a side begins: what it is called in the address and on the page, its strategy, its step size and its bake.
type Begins = (&'static str, &'static str, &'static str, u32, u32);

const BEGINS: [Begins; 2] = [("a", "One way", "CANARY", 10, 300), ("b", "Another way", "LINEAR", 25, 120)];

/// The page before it is planned.
pub(super) async fn page(console: &Console, place: Place) -> Result<Page, Trouble> {
    let Asked { world, sliders, drafts } = Asked::of(place);
    let sides = drafts.into_iter().map(Draft::pending).collect::<Result<_, _>>()?;
    whole(console, &world, sliders, sides).await
}

/// The page with its plans. Whoever drops this before they are begun has not asked.
pub(super) async fn planned(console: &Console, place: Place) -> Result<Page, Trouble> {
    let Asked { world, sliders, drafts } = Asked::of(place);
    let questions = drafts.each_ref().map(|draft| question(&sliders, &draft.config));
    let planned = console.maker.compare(questions).await;
    let sides = drafts.into_iter().zip(planned).map(|(draft, planned)| side(draft, planned));
    whole(console, &world, sliders, sides.collect::<Result<_, _>>()?).await
}

async fn whole(
    console: &Console,
    world: &WorldId,
    sliders: Vec<Slider>,
    sides: Vec<Side>,
) -> Result<Page, Trouble> {
    let shell = Shell::of(&console.engine, world, "What if", "/what-if").await?;
    let body = Body { shell, sliders, sides };
    Page::of(&body.shell, &body)
}

/// What an address asks.
struct Asked {
    world: WorldId,
    sliders: Vec<Slider>,
    drafts: [Draft; 2],
}

impl Asked {
    fn of(mut place: Place) -> Self {
        let sliders = SHARED.iter().map(|told| slider(&mut place, "", told, told.4)).collect();
        let drafts = BEGINS.map(|begins| draft(&mut place, begins));
        Self { world: place.world, sliders, drafts }
    }
}

/// One of the two ways before it is planned.
struct Draft {
    key: &'static str,
    heading: &'static str,
    how: String,
    sliders: Vec<Slider>,
    config: Value,
}

fn draft(place: &mut Place, (key, heading, how, size, bake): Begins) -> Draft {
    let how = place.take(&format!("{key}-how")).unwrap_or_else(|| how.to_owned());
    let sliders = OF_SIDE.iter().map(|told| {
        let begins = match told.0 {
            "size" => size,
            "bake" => bake,
            _ => told.4,
        };
        slider(place, &format!("{key}-"), told, begins)
    });
    let sliders: Vec<_> = sliders.collect();
    let config = config(&how, &sliders);
    Draft { key, heading, how, sliders, config }
}

fn slider(place: &mut Place, before: &str, told: &Told, begins: u32) -> Slider {
    let (name, words, unit, (least, most, step), _) = *told;
    let name = format!("{before}{name}");
    let value = place.take(&name).unwrap_or_else(|| begins.to_string());
    Slider { name, words, unit, least, most, step, value }
}

/// A value as a number of JSON; what is none stays as it is, and is refused by who knows what it must be.
fn number(sliders: &[Slider], name: &str) -> Value {
    let slider = sliders.iter().find(|slider| slider.name.rsplit('-').next() == Some(name));
    let text = slider.expect("every slider that is named is listed").value.as_str();
    if let Ok(whole) = text.parse::<i64>() {
        return whole.into();
    }
    // JSON has no infinite number.
    let number = text.parse::<f64>().ok().filter(|number| number.is_finite());
    number.map_or_else(|| text.into(), Value::from)
}

/// A percentage as a part of 1.
fn part(sliders: &[Slider], name: &str) -> Value {
    let value = number(sliders, name);
    value.as_f64().map_or(value, |percent| json!(percent / 100.0))
}

/// The deployment config that the sliders of a side say.
fn config(how: &str, sliders: &[Slider]) -> Value {
    let size = json!({"Type": "CAPACITY_PERCENT", "Value": number(sliders, "size")});
    let (bake, wait) = (number(sliders, "bake"), number(sliders, "wait"));
    let auto_rollback = json!({"Alarms": [{"AlarmName": ALARM}]});
    if how == "ROLLING" {
        let policy = json!({"MaximumBatchSize": size, "WaitIntervalInSeconds": bake});
        return json!({"RollingUpdatePolicy": policy, "AutoRollbackConfiguration": auto_rollback});
    }
    let mut routing = json!({"Type": how, "WaitIntervalInSeconds": bake});
    match how {
        "CANARY" => routing["CanarySize"] = size,
        "LINEAR" => routing["LinearStepSize"] = size,
        _ => {}
    }
    let policy = json!({"TrafficRoutingConfiguration": routing, "TerminationWaitInSeconds": wait});
    json!({"BlueGreenUpdatePolicy": policy, "AutoRollbackConfiguration": auto_rollback})
}

/// The question that the sliders ask with a config.
fn question(sliders: &[Slider], config: &Value) -> Map<String, Value> {
    let threshold = part(sliders, "threshold");
    let periods = number(sliders, "periods");
    let alarm = format!("{ALARM}: Invocation5XXErrors Average > {threshold} for {periods} x 60s");
    let asked = json!({
        "instances": number(sliders, "instances"),
        "traffic": number(sliders, "traffic"),
        "config": config,
        "alarms": [alarm],
    });
    let Value::Object(mut members) = asked else { unreachable!("it was written as an object") };
    let bad = part(sliders, "bad");
    if bad.as_f64() != Some(0.0) {
        members.insert("bad_error_rate".to_owned(), bad);
    }
    members
}

impl Draft {
    /// The side while it is planned.
    fn pending(self) -> Result<Side, Trouble> {
        let Self { key, heading, how, sliders, config } = self;
        let config = serde_json::to_string_pretty(&config).map_err(|error| Trouble::internal(&error))?;
        Ok(Side {
            key,
            heading,
            how,
            sliders,
            config,
            is_pending: true,
            picture: None,
            wrong: None,
            verdict: "It is being carried out…".to_owned(),
            facts: Vec::new(),
            notes: Vec::new(),
        })
    }
}

fn side(draft: Draft, planned: Result<Plan, Unplanned>) -> Result<Side, Trouble> {
    let mut side = Side { is_pending: false, verdict: String::new(), ..draft.pending()? };
    match planned {
        Ok(plan) => side.show(plan),
        Err(Unplanned::Wrong(wrong)) => side.wrong = Some(wrong.to_string()),
        Err(failed @ Unplanned::Failed(_)) => return Err(Trouble::internal(&failed)),
    }
    Ok(side)
}

impl Side {
    fn show(&mut self, plan: Plan) {
        self.picture = picture::plan(&plan, Ground::Page);
        if let Some(rejected) = plan.rejected {
            self.wrong = Some(format!(
                "{} would be refused, {}: {}",
                rejected.operation, rejected.code, rejected.message
            ));
        }
        self.notes = plan.notes;
        let course = plan.outcome.as_ref().map(|outcome| &outcome.course).or(plan.schedule.as_ref());
        self.verdict = match course.map(|course| &course.cause) {
            Some(Some(cause)) => format!("Rolled back by {}", cause.word().replace('_', " ")),
            Some(None) if plan.outcome.is_some() => "Not noticed: the bad model is in service".to_owned(),
            Some(None) => "In service: there is nothing bad to notice".to_owned(),
            None => String::new(),
        };
        let told =
            |length: Option<Length>| length.map_or_else(|| "never".to_owned(), |length| length.to_string());
        if let Some(outcome) = &plan.outcome {
            let rate = 100.0 * outcome.requests_met as f64 / (outcome.requests as f64).max(1.0);
            self.facts.extend([
                ("Met the bad model", format!("{} requests, {rate:.1} %", outcome.requests_met)),
                ("Failed", format!("{} requests", outcome.requests_failed)),
                ("Noticed after", told(outcome.detected_after)),
                ("All traffic back after", told(outcome.traffic_back_after)),
            ]);
        }
        if let Some(course) = &plan.schedule {
            self.facts.extend([
                ("A good update takes", course.ends_after.to_string()),
                ("Most instances at once", course.peak_instances.to_string()),
                ("Instance-hours", format!("{:.2}", course.instance_hours)),
            ]);
        }
    }
}
