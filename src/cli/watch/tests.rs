//! What is shown of a deployment, word by word.

use serde_json::{Value, json};

use super::change::{changes, line};
use super::look::Look;
use super::screen::{Canvas, screen};
use crate::cli::paint::Paint;

const CANVAS: Canvas = Canvas { width: 100, height: 40, paint: Paint::PLAIN };

fn stage(time: &str, phase: &str, step: Option<u32>, green: u32, message: &str) -> Value {
    json!({
        "time": format!("2026-11-26T{time}.645Z"), "phase": phase, "step": step,
        "traffic": {"blue": 100 - green, "green": green}, "message": message,
    })
}

/// A canary on one of three instances, in its first bake.
fn baking() -> Look {
    let deployment = json!({
        "id": "01a2", "sequence": 2, "endpoint": "web", "kind": "update", "status": "running", "strategy": "CANARY",
        "from_config": "blue-v1", "to_config": "green-v2", "started_at": "2026-11-26T10:34:56.645Z", "ended_at": null,
        "paused_since": null, "why": "Step 1 of 2 bakes until 2026-11-26T10:41:01.645Z, watched by errors, latency.",
        "traffic": {"wanted": {"blue": 67, "green": 33}, "actual": {"blue": 67, "green": 33}},
        "planned": [
            stage("10:41:01", "activating_traffic", Some(2), 100, "Activating traffic: 100.00 % on green."),
            stage("10:41:06", "baking", Some(2), 100, "Baking for 300 seconds."),
            stage("10:46:06", "terminating", Some(2), 100, "Terminating 3 instance(s) of the old fleet."),
            stage("10:46:16", "succeeded", None, 100, "green-v2 is in service."),
        ],
        "events": [
            stage("10:34:56", "launching", Some(1), 0, "Launching 3 instance(s) of green-v2."),
            stage("10:34:56", "warning", None, 0, "Alarm latency does not exist."),
            stage("10:35:56", "activating_traffic", Some(1), 33, "Activating traffic: 33.33 % on green."),
            stage("10:36:01", "baking", Some(1), 33, "Baking for 300 seconds."),
        ],
    });
    let variant = |has: u32, more: Value| json!({"VariantName": "main", "CurrentInstanceCount": has, "DesiredInstanceCount": 3, "VariantStatus": more});
    let bakes = json!([{"Status": "Baking", "StatusMessage": "Baking for 300 seconds on canary capacity."}]);
    let endpoint = json!({
        "EndpointName": "web", "EndpointConfigName": "blue-v1", "EndpointStatus": "Updating",
        "LastModifiedTime": 1_795_689_361.645, "ProductionVariants": [variant(3, Value::Null)],
        "PendingDeploymentSummary": {"EndpointConfigName": "green-v2", "ProductionVariants": [variant(1, bakes)]},
    });
    let errors = json!({
        "AlarmName": "errors", "StateValue": "OK", "StateUpdatedTimestamp": 1_795_689_300.0,
        "StateReason": "Threshold Crossed: 1 datapoint [0.0] was not greater than the threshold (0.1).",
    });
    Look {
        name: "web".to_owned(),
        deployment,
        endpoint,
        guards: vec!["errors".to_owned(), "latency".to_owned()],
        alarms: vec![errors],
        clock: json!({"now": "2026-11-26T10:36:36.645Z", "mode": "manual", "rate": 0, "offset_seconds": 120}),
    }
}

/// The same deployment after its alarm went off, at its end.
fn rolled_back() -> Look {
    let mut look = baking();
    let reason =
        "The deployment was rolled back because the following alarm(s) went into ALARM state: errors.";
    look.deployment["status"] = json!("rolled_back");
    look.deployment["ended_at"] = json!("2026-11-26T10:36:46.645Z");
    look.deployment["why"] = json!(format!("It ended at 2026-11-26T10:36:46.645Z, rolled back. {reason}"));
    look.deployment["planned"] = json!([]);
    look.deployment["traffic"] =
        json!({"wanted": {"blue": 100, "green": 0}, "actual": {"blue": 100, "green": 0}});
    let events = look.deployment["events"].as_array_mut().expect("a list");
    events.push(stage("10:36:36", "rolling_back", None, 0, reason));
    events.push(stage("10:36:46", "rolled_back", None, 0, "blue-v1 is in service again."));
    look.endpoint["EndpointStatus"] = json!("InService");
    look.endpoint["LastModifiedTime"] = json!(1_795_689_406.645);
    look.endpoint["PendingDeploymentSummary"] = Value::Null;
    look.alarms[0]["StateValue"] = json!("ALARM");
    look.alarms[0]["StateReason"] = json!("the test says so");
    look.alarms[0]["StateUpdatedTimestamp"] = json!(1_795_689_396.645);
    look.clock["now"] = json!("2026-11-26T10:36:46.645Z");
    look
}

fn drawn(look: &Look, canvas: Canvas) -> String {
    screen(look, canvas).join("\n")
}

#[test]
fn a_screen_shows_where_a_deployment_stands_and_what_is_to_come() {
    let wanted = "\
web  Updating  on blue-v1
update 2  blue-v1 → green-v2  CANARY  running
Step 1 of 2 bakes until 2026-11-26T10:41:01.645Z, watched by errors, latency.
next   activating traffic of step 2 at 10:41:01, in 4 min 25 s
clock  2026-11-26 10:36:36, manual: it stands still until sagebrush clock advance

traffic
  wanted  █████████████▒▒▒▒▒▒▒  67 : 33
  actual  █████████████▒▒▒▒▒▒▒  67 : 33

steps
  ✓ 10:34:56    0 %  Launching 3 instance(s) of green-v2.
  ! 10:34:56    0 %  Alarm latency does not exist.
  ✓ 10:35:56   33 %  Activating traffic: 33.33 % on green.
  ● 10:36:01   33 %  Baking for 300 seconds.
  ○ 10:41:01  100 %  Activating traffic: 100.00 % on green.
  ○ 10:41:06  100 %  Baking for 300 seconds.
  ○ 10:46:06  100 %  Terminating 3 instance(s) of the old fleet.
  ○ 10:46:16  100 %  green-v2 is in service.

instances
  blue   blue-v1   main  3 of 3
  green  green-v2  main  1 of 3  Baking for 300 seconds on canary capacity.

alarms
  OK              errors   Threshold Crossed: 1 datapoint [0.0] was not greater than the threshold
                           (0.1).
  does not exist  latency";
    assert_eq!(drawn(&baking(), CANVAS), wanted);
}

#[test]
fn a_screen_of_the_end_says_which_and_why() {
    let wanted = "\
web  InService  on blue-v1
update 2  blue-v1 → green-v2  CANARY  rolled back
It ended at 2026-11-26T10:36:46.645Z, rolled back. The deployment was rolled back because the
following alarm(s) went into ALARM state: errors.
clock  2026-11-26 10:36:46, manual: it stands still until sagebrush clock advance

traffic
  wanted  ████████████████████ 100 : 0
  actual  ████████████████████ 100 : 0

steps
  ✓ 10:34:56    0 %  Launching 3 instance(s) of green-v2.
  ! 10:34:56    0 %  Alarm latency does not exist.
  ✓ 10:35:56   33 %  Activating traffic: 33.33 % on green.
  ✓ 10:36:01   33 %  Baking for 300 seconds.
  ✓ 10:36:36    0 %  The deployment was rolled back because the following alarm(s) went into ALARM …
  ✗ 10:36:46    0 %  blue-v1 is in service again.

instances
  all  blue-v1  main  3 of 3

alarms
  ALARM           errors   the test says so
  does not exist  latency";
    assert_eq!(drawn(&rolled_back(), CANVAS), wanted);
}

#[test]
fn colours_are_put_around_the_same_text() {
    let coloured = drawn(&baking(), Canvas { paint: Paint::COLOURED, ..CANVAS });
    let lines: Vec<_> = coloured.lines().collect();
    assert_eq!(lines[0], "\x1b[1mweb\x1b[0m  \x1b[33mUpdating\x1b[0m  on blue-v1");
    assert_eq!(lines[1], "update 2  blue-v1 → green-v2  CANARY  \x1b[33mrunning\x1b[0m");
    assert_eq!(lines[7], "  wanted  \x1b[34m█████████████\x1b[0m\x1b[32m▒▒▒▒▒▒▒\x1b[0m  67 : 33");
    assert_eq!(lines[12], "  \x1b[33m! 10:34:56    0 %  Alarm latency does not exist.\x1b[0m");
    assert_eq!(lines[14], "  \x1b[1m● 10:36:01   33 %  Baking for 300 seconds.\x1b[0m");
    assert_eq!(lines[15], "  \x1b[2m○ 10:41:01  100 %  Activating traffic: 100.00 % on green.\x1b[0m");
    assert_eq!(lines[21], "  \x1b[34mblue\x1b[0m   blue-v1   main  3 of 3");
    assert_eq!(lines[27], "  \x1b[31mdoes not exist\x1b[0m  latency");
    let bare = ["1", "2", "31", "32", "33", "34", "0"]
        .iter()
        .fold(coloured.clone(), |text, code| text.replace(&format!("\x1b[{code}m"), ""));
    assert_eq!(bare, drawn(&baking(), CANVAS));
}

#[test]
fn a_small_screen_has_no_line_too_long_and_none_too_many() {
    let wanted = "\
web  Updating  on blue-v1
update 2  blue-v1 → green-v2  CANARY  running
Step 1 of 2 bakes until 2026-11-26T10:41:01.645Z, watched by
errors, latency.
next   activating traffic of step 2 at 10:41:01, in 4 min 2…
clock  2026-11-26 10:36:36, manual: it stands still until s…

traffic
  wanted  █████████████▒▒▒▒▒▒▒  67 : 33
  actual  █████████████▒▒▒▒▒▒▒  67 : 33

steps
  … 2 earlier
  ✓ 10:35:56   33 %  Activating traffic: 33.33 % on green.
  ● 10:36:01   33 %  Baking for 300 seconds.
  ○ 10:41:01  100 %  Activating traffic: 100.00 % on green.";
    assert_eq!(drawn(&baking(), Canvas { height: 16, width: 60, ..CANVAS }), wanted);
    let tight = drawn(&baking(), Canvas { height: 3, width: 8, ..CANVAS });
    assert_eq!(tight, "web  Up…\nupdate …\nStep 1 …");
}

#[test]
fn a_clock_that_runs_says_how_long_it_takes_and_a_pause_that_nothing_comes() {
    let mut look = baking();
    look.clock["mode"] = json!("scaled");
    look.clock["rate"] = json!(60);
    let lines = |look: &Look| screen(look, CANVAS)[1..5].to_vec();
    assert_eq!(
        lines(&look)[2..],
        [
            "next   activating traffic of step 2 at 10:41:01, in 4 min 25 s, 4 s of real time",
            "clock  2026-11-26 10:36:36, 60x",
        ]
    );
    look.clock["now"] = json!("2026-11-26T10:41:02Z");
    assert_eq!(lines(&look)[2], "next   activating traffic of step 2 at 10:41:01, now");
    look.deployment["paused_since"] = json!("2026-11-26T10:36:36Z");
    look.deployment["planned"] = json!([]);
    look.clock["mode"] = json!("real");
    let paused = lines(&look);
    assert_eq!(paused[0], "update 2  blue-v1 → green-v2  CANARY  running, paused");
    assert_eq!(paused[2..], ["next   nothing by itself", "clock  2026-11-26 10:41:02, real"]);
}

#[test]
fn what_the_server_cannot_tell_is_not_made_up() {
    let mut look = baking();
    look.endpoint = Value::Null;
    look.deployment["traffic"]["wanted"] = Value::Null;
    look.guards = Vec::new();
    let text = drawn(&look, CANVAS);
    assert_eq!(text.lines().next(), Some("web  does not exist"));
    assert!(text.contains("\n  wanted  unknown\n"), "{text}");
    assert!(!text.contains("instances") && !text.contains("alarms"), "{text}");
}

#[test]
fn a_log_has_a_line_for_each_change_in_the_order_of_their_time() {
    let told = |before: Option<&Look>, now: &Look| changes(before, now).iter().map(line).collect::<String>();
    let first = "\
2026-11-26T10:34:56.645Z  deployment          update 2  blue-v1 → green-v2  CANARY
2026-11-26T10:34:56.645Z  launching           100 : 0  Launching 3 instance(s) of green-v2.
2026-11-26T10:34:56.645Z  warning             100 : 0  Alarm latency does not exist.
2026-11-26T10:35:00.000Z  alarm               errors  OK: Threshold Crossed: 1 datapoint [0.0] was not greater than the threshold (0.1).
2026-11-26T10:35:56.645Z  activating_traffic  67 : 33  Activating traffic: 33.33 % on green.
2026-11-26T10:36:01.645Z  baking              67 : 33  Baking for 300 seconds.
2026-11-26T10:36:01.645Z  endpoint            web  Updating
";
    assert_eq!(told(None, &baking()), first);
    let then = "\
2026-11-26T10:36:36.645Z  alarm               errors  OK → ALARM: the test says so
2026-11-26T10:36:36.645Z  rolling_back        100 : 0  The deployment was rolled back because the following alarm(s) went into ALARM state: errors.
2026-11-26T10:36:46.645Z  rolled_back         100 : 0  blue-v1 is in service again.
2026-11-26T10:36:46.645Z  endpoint            web  Updating → InService
";
    assert_eq!(told(Some(&baking()), &rolled_back()), then);
    assert_eq!(told(Some(&baking()), &baking()), "");
    let gone = Look { endpoint: Value::Null, ..rolled_back() };
    assert_eq!(
        told(Some(&rolled_back()), &gone),
        "2026-11-26T10:36:46.645Z  endpoint            web  InService → gone\n"
    );
}

#[test]
fn a_script_gets_what_the_server_said_of_each_change() {
    let changes = changes(Some(&baking()), &rolled_back());
    assert_eq!(
        changes[0],
        json!({
            "change": "alarm", "time": "2026-11-26T10:36:36.645Z", "alarm": "errors", "from": "OK", "to": "ALARM",
            "reason": "the test says so",
        })
    );
    let mut event = rolled_back().deployment["events"][5].clone();
    event["change"] = json!("event");
    event["deployment"] = json!("01a2");
    assert_eq!(changes[2], event);
    assert_eq!(
        changes[3],
        json!({
            "change": "endpoint", "time": "2026-11-26T10:36:46.645Z", "endpoint": "web", "from": "Updating", "to": "InService",
        })
    );
}
