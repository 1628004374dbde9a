//! Who may know whom. A room below never learns of one above.

use super::{none, sources};

/// A room, and what it may name of the crate: a room, or one item of it.
const ROOMS: &[(&str, &[&str])] = &[
    ("clock", &[]),
    ("domain", &["clock"]),
    // The reasons of alarms show numbers as AWS writes them.
    ("metrics", &["clock", "domain", "schema::java_double"]),
    ("fleet", &["clock", "domain"]),
    ("autoscaling", &["clock", "domain"]),
    ("bridge", &["clock", "domain", "metrics"]),
    ("schema", &["clock"]),
    ("door", &[]),
    // Its measures are labelled by the models' operations and by the core's words.
    ("telemetry", &["clock", "domain", "schema"]),
    ("wire", &["clock", "schema", "door", "telemetry"]),
    ("store", &["clock", "domain", "metrics", "telemetry"]),
    (
        "engine",
        &[
            "store",
            "domain",
            "metrics",
            "fleet",
            "autoscaling",
            "bridge",
            "clock",
            "telemetry::SPANS",
            "telemetry::Carried",
        ],
    ),
    // It carries what the engine gives it, by the targets' own words; chance is the fleet's.
    ("carrier", &["engine::courier", "bridge", "fleet"]),
    // What the wire asks of the services is the wire's trait; of the protocols they know nothing.
    (
        "services",
        &[
            "schema",
            "store",
            "domain",
            "metrics",
            "fleet",
            "autoscaling",
            "bridge",
            "engine",
            "clock",
            "telemetry",
            "wire::Services",
        ],
    ),
    // What it shows of a plan or a deployment is drawn by the room of pictures, and plans are made by theirs.
    ("console", &["engine", "store", "domain", "clock", "door", "picture", "plan"]),
    ("control", &["engine", "store", "domain", "fleet", "clock", "door", "telemetry"]),
    ("config", &["carrier", "clock", "domain", "services::ClientTimes", "door::Token"]),
    (
        "server",
        &[
            "carrier",
            "clock",
            "config",
            "console",
            "control",
            "domain",
            "door",
            "engine",
            "plan",
            "scenario",
            "services",
            "store",
            "telemetry",
            "wire",
        ],
    ),
    ("scenario", &["schema"]),
    (
        "plan",
        &["clock", "domain", "engine", "fleet", "metrics", "schema", "services", "store", "wire::Services"],
    ),
    ("picture", &["domain", "plan"]),
    ("embedded", &["clock", "config", "domain", "engine", "server", "store"]),
    ("audit", &["store", "domain", "clock"]),
    (
        "cli",
        &[
            "audit",
            "clock",
            "config",
            "domain",
            "picture",
            "plan",
            "scenario",
            "server",
            "services::Settings",
            "store",
            "telemetry",
        ],
    ),
    ("lib", &[]),
    ("main", &[]),
];

/// A crate of others, and the rooms that may know it.
const FOREIGN: &[(&str, &[&str])] = &[
    ("sqlx", &["store"]),
    ("rusqlite", &["store"]),
    ("askama", &["console"]),
    ("axum", &["wire", "control", "console", "server"]),
    ("axum_server", &["wire"]),
    ("aws_credential_types", &["carrier"]),
    ("aws_sdk_lambda", &["carrier"]),
    ("aws_sdk_sfn", &["carrier"]),
    ("aws_sdk_sns", &["carrier"]),
    ("aws_sdk_sqs", &["carrier"]),
    ("aws_smithy_runtime_api", &["carrier"]),
    ("reqwest", &["carrier", "wire"]),
    ("rustls", &["carrier", "telemetry"]),
    ("clap", &["cli"]),
    ("clap_complete", &["cli"]),
    ("clap_mangen", &["cli"]),
    ("terminal_size", &["cli"]),
    ("textwrap", &["cli"]),
    ("futures_util", &["console", "control"]),
    (
        "tokio",
        &[
            "wire",
            "carrier",
            "store",
            "engine",
            "services",
            "plan",
            "control",
            "console",
            "server",
            "embedded",
            "telemetry",
            "cli",
        ],
    ),
    // CloudWatch's reasons and history are JSON texts.
    // A container's Environment may hold a body, and whether that is JSON decides its content type.
    (
        "serde_json",
        &[
            "schema",
            "wire",
            "store",
            "metrics",
            "autoscaling",
            "bridge",
            "engine",
            "carrier",
            "fleet",
            "services",
            "plan",
            "scenario",
            "server",
            "control",
            "console",
            "cli",
        ],
    ),
    ("croner", &["autoscaling"]),
    ("jiff", &["autoscaling"]),
    ("hyper", &["cli"]),
    ("hyper_util", &["wire", "cli"]),
    ("toml", &["config", "scenario"]),
    ("saphyr", &["scenario"]),
    ("prometheus", &["telemetry"]),
    ("opentelemetry", &["telemetry"]),
    ("opentelemetry_sdk", &["telemetry"]),
    ("opentelemetry_otlp", &["telemetry"]),
    ("tracing_opentelemetry", &["telemetry"]),
];

/// What a line names of the crate, as `room` or `room::Item`; groups in braces one by one.
fn named(line: &str) -> Vec<String> {
    let mut named = Vec::new();
    for after in line.split("crate::").skip(1) {
        let list = after.strip_prefix('{').map_or(after, |list| list.split('}').next().unwrap_or(list));
        let several = list.len() < after.len();
        for item in list.split(',').take(if several { usize::MAX } else { 1 }) {
            let path =
                item.trim().split(|sign: char| !(sign.is_alphanumeric() || sign == '_' || sign == ':'));
            let path: Vec<_> = path.take(1).flat_map(|path| path.split("::")).take(2).collect();
            named.push(path.join("::"));
        }
    }
    named
}

#[test]
fn no_room_knows_one_that_it_must_not_know() {
    let mut faults = Vec::new();
    for source in sources(&["src"]) {
        let room = source.room();
        let rule = ROOMS.iter().find(|(name, _)| *name == room);
        let (_, may) = rule.unwrap_or_else(|| panic!("{room} is a new room: say in ROOMS what it may know"));
        for (at, line) in source.code() {
            for name in named(&line) {
                let other = name.split("::").next().unwrap();
                let own = other == room || !ROOMS.iter().any(|(name, _)| *name == other);
                if !own && !may.contains(&other) && !may.contains(&name.as_str()) {
                    faults.push(format!("{}:{at}: {room} names {name}", source.path.display()));
                }
            }
        }
    }
    none("a room knows only those that ROOMS lists", &faults);
}

#[test]
fn foreign_crates_stay_in_their_rooms() {
    let mut faults = Vec::new();
    for source in sources(&["src"]) {
        for (at, line) in source.code() {
            for (name, rooms) in FOREIGN {
                let before = line.split(&format!("{name}::")).next().unwrap_or_default();
                let is_path = before.len() < line.len();
                let whole = !before.ends_with(|sign: char| sign.is_alphanumeric() || "_:".contains(sign));
                if is_path && whole && !rooms.contains(&source.room()) {
                    faults.push(format!("{}:{at}: {} names {name}", source.path.display(), source.room()));
                }
            }
        }
    }
    none("a foreign crate is known only to the rooms that FOREIGN lists", &faults);
}

#[test]
fn paths_are_seen_in_every_form() {
    assert_eq!(named("use crate::store::{Error, Tx};"), ["store::"]);
    assert_eq!(named("use crate::{control, wire};"), ["control", "wire"]);
    assert_eq!(named("impl crate::wire::Services for Services {"), ["wire::Services"]);
    assert_eq!(named("pub(in crate::domain) use x; crate::clock::wall_now()"), ["domain", "clock::wall_now"]);
}
