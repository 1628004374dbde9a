//! The faults of a world, and a form that puts another one into it.

use askama::Template;

use super::Console;
use super::answer::{Page, Trouble};
use super::moment::{instant, length};
use super::number::number;
use super::place::Place;
use super::shell::Shell;
use crate::clock::Timestamp;
use crate::domain::injection::{Effect, End, Injection, Scope, Standing, Start};

#[derive(Template)]
#[template(path = "faults.html")]
struct Body {
    shell: Shell,
    /// The endpoint that the form begins with.
    endpoint: String,
    endpoints: Vec<String>,
    instance_types: &'static [&'static str],
    entries: Vec<Entry>,
}

struct Entry {
    id: String,
    kind: String,
    does: String,
    scope: String,
    from: String,
    until: String,
    standing: &'static str,
    outcome: String,
}

pub(super) async fn page(console: &Console, mut place: Place) -> Result<Page, Trouble> {
    let (engine, world) = (&console.engine, place.world.clone());
    let shell = Shell::of(engine, &world, "Faults", "/faults").await?;
    let (injections, now) = engine.injections(&world).await?;
    let body = Body {
        endpoint: place.take("endpoint").unwrap_or_default(),
        endpoints: engine.store().session().endpoint_names(&world, true).await?,
        instance_types: console.instance_types,
        entries: injections.iter().map(|injection| entry(injection, now)).collect(),
        shell,
    };
    Page::of(&body.shell, &body)
}

fn entry(injection: &Injection, now: Timestamp) -> Entry {
    let standing = match injection.standing(now) {
        Standing::Waiting => "waiting",
        Standing::Active => "active",
        Standing::Over => "over",
    };
    let from = match injection.start {
        Start::At(at) => instant(at),
        Start::Step { step, moved_at: None } => format!("step {step}"),
        Start::Step { step, moved_at: Some(at) } => format!("step {step}, at {}", instant(at)),
    };
    let until = match (injection.ends_at(), injection.end) {
        (Some(at), _) => instant(at),
        (None, End::After(ms)) => format!("{} later", length(ms)),
        (None, _) if injection.effect.is_instant() => "at once".to_owned(),
        (None, _) => "withdrawn".to_owned(),
    };
    Entry {
        id: format!("fault-{}", injection.number),
        kind: injection.effect.word().replace('_', " "),
        does: does(&injection.effect),
        scope: scope(&injection.scope),
        from,
        until,
        standing,
        outcome: injection.outcome.clone().unwrap_or_default(),
    }
}

/// What it does, in a few words.
fn does(effect: &Effect) -> String {
    let all = |operations: &[String]| match operations {
        [] => "every operation".to_owned(),
        some => some.join(", "),
    };
    match effect {
        Effect::ErrorRate { rate, status } => {
            format!("{} % of the requests fail with {status}", number(rate * 100.0))
        }
        Effect::Latency { latency } => {
            let (p50, p99) = latency.percentiles_us();
            let [p50, p99] = [p50, p99].map(|us| us as f64 / 1000.0);
            format!("a median of {p50} ms, 99 % within {p99} ms")
        }
        Effect::UnhealthyInstances => "launched instances never get healthy".to_owned(),
        Effect::InstancesDie { instances: Some(count) } => format!("{count} instance(s) die"),
        Effect::InstancesDie { instances: None } => "all instances die".to_owned(),
        Effect::StaleReads { ms } => {
            format!("DescribeEndpoint and ListEndpoints answer as of {} ago", length(*ms))
        }
        Effect::FailureReasonVanishes { after_ms } => {
            format!("FailureReason is gone after {}", length(*after_ms))
        }
        Effect::RollbackCannotProvision => "a rollback launches nothing that gets healthy".to_owned(),
        Effect::ApiThrottling { rate, operations } => {
            format!("ThrottlingException for {} % of {}", number(rate * 100.0), all(operations))
        }
        Effect::ApiLatency { ms, operations } => format!("{ms} ms later for {}", all(operations)),
        Effect::Alarm { alarm, state } => format!("{alarm} goes to {}", state.word()),
    }
}

fn scope(scope: &Scope) -> String {
    let Scope { endpoint, model, variant, instance_type } = scope;
    let model = model.as_ref().map(|model| &model.name);
    let parts = [
        ("endpoint", endpoint.as_ref()),
        ("model", model),
        ("variant", variant.as_ref()),
        ("type", instance_type.as_ref()),
    ];
    let named: Vec<_> =
        parts.into_iter().filter_map(|(what, name)| Some(format!("{what} {}", name?))).collect();
    if named.is_empty() { "everything".to_owned() } else { named.join(", ") }
}
