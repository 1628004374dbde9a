//! Snapshots that are none: each is told by its line, and has done nothing.

use sagebrush::clock::Mode;
use sagebrush::store::Scope;

use super::{fill, read, text};
use crate::store::Place;

/// The text with one line replaced by what `change` makes of it; lines are counted from 1.
fn with(text: &str, line: usize, change: impl Fn(&str) -> String) -> String {
    let lines = text.lines().enumerate();
    let lines = lines.map(|(at, old)| if at + 1 == line { change(old) } else { old.to_owned() });
    lines.map(|line| line + "\n").collect()
}

/// The number of the first line of this table.
fn first(text: &str, table: &str) -> usize {
    let begin = format!("{{\"table\":\"{table}\"");
    text.lines().position(|line| line.starts_with(&begin)).unwrap() + 1
}

fn replaced(old: &'static str, new: &'static str) -> impl Fn(&str) -> String {
    move |line| {
        assert!(line.contains(old), "{line} has no {old}");
        line.replacen(old, new, 1)
    }
}

#[tokio::test]
async fn what_is_wrong_is_told_by_its_line() {
    let place = Place::memory(Mode::Manual).await;
    fill(&place.store, &place.world).await;
    let good = text(&place.store, &Scope::All).await;
    let last = good.lines().count();
    let (endpoint, alarm, point) =
        (first(&good, "endpoints"), first(&good, "alarms"), first(&good, "metric_points"));
    let second_alarm = alarm + 1;
    let cut = |keep: usize| good.lines().take(keep).map(|line| format!("{line}\n")).collect::<String>();
    let version = env!("CARGO_PKG_VERSION");
    let table: Vec<(String, String)> = vec![
        (String::new(), "The snapshot is cut off after line 0".to_owned()),
        (
            "{}".to_owned(),
            "Line 1 of the snapshot: it is no snapshot: one begins with {\"sagebrush_snapshot\":1,…}."
                .to_owned(),
        ),
        ("hello\n".to_owned(), "Line 1 of the snapshot: it is no JSON object (sign 1).".to_owned()),
        (
            with(&good, 1, replaced("snapshot\":1", "snapshot\":2")),
            format!("Line 1 of the snapshot: its format is 2, and sagebrush {version} reads 1."),
        ),
        (with(&good, 1, replaced("\"schema\":", "\"schema\":99")), "; use that version.".to_owned()),
        (
            with(&good, 1, replaced("\"worlds\":1", "\"worlds\":2")),
            format!("Line {last} of the snapshot: there are 1 worlds, but line 1 counts others."),
        ),
        (
            with(&good, 1, replaced("\"worlds\":1", "\"worlds\":null")),
            "must have the whole numbers".to_owned(),
        ),
        (
            cut(last - 1),
            format!(
                "The snapshot is cut off after line {}: its last line, which counts the rows, is missing.",
                last - 1
            ),
        ),
        (
            cut(1),
            "The snapshot is cut off after line 1: its last line, which counts the rows, is missing."
                .to_owned(),
        ),
        (good[..good.len() - 20].to_owned(), "is cut off after line".to_owned()),
        (
            with(&good, point, |_| String::new()),
            format!("Line {point} of the snapshot: it is no JSON object"),
        ),
        (
            with(&good, point, |_| "{\"rows\":3}".to_owned()),
            format!("Line {point} of the snapshot: it counts 3 rows, but there are {} before it.", point - 2),
        ),
        (
            good.clone() + "{}\n",
            format!("Line {} of the snapshot: there is none after the one that counts the rows.", last + 1),
        ),
        (
            with(&good, 2, |_| cut(3).lines().last().unwrap().to_owned()),
            "Line 2 of the snapshot: it comes before the world that it belongs to.".to_owned(),
        ),
        (
            with(&good, 2, replaced("123456789012", "12")),
            "Line 2 of the snapshot: account is \"12\", but an account has 12 digits.".to_owned(),
        ),
        (with(&good, 2, replaced("us-east-1", "US")), "Line 2 of the snapshot: region is \"US\"".to_owned()),
        (
            with(&good, 2, replaced("\"manual\"", "\"real\"")),
            "Line 2 of the snapshot: worlds.mode must be".to_owned(),
        ),
        (
            with(&good, 2, replaced("\"now_ms\":", "\"now_ms\":-")),
            "Line 2 of the snapshot: worlds.now_ms must be a whole number from 0 to 253402300799999."
                .to_owned(),
        ),
        (
            with(&good, 2, replaced("\"mode\"", "\"mood\"")),
            "Line 2 of the snapshot: the table worlds has no column \"mood\".".to_owned(),
        ),
        (
            with(&good, 3, |_| cut(2).lines().last().unwrap().to_owned()),
            "Line 3 of the snapshot: the world 123456789012/us-east-1 was there before.".to_owned(),
        ),
        (
            with(&good, alarm, replaced("alarms", "alerts")),
            format!("Line {alarm} of the snapshot: there is no table \"alerts\"."),
        ),
        (
            with(&good, alarm, replaced("\"table\":\"alarms\",", "")),
            format!(
                "Line {alarm} of the snapshot: it must name its table, or be the last one: {{\"rows\":…}}."
            ),
        ),
        (
            with(&good, alarm, replaced("\"reason\"", "\"raison\"")),
            format!("Line {alarm} of the snapshot: the table alarms has no column \"raison\"."),
        ),
        (
            with(&good, alarm, replaced("\"reason\":\"new\",", "")),
            format!("Line {alarm} of the snapshot: alarms.reason is missing."),
        ),
        (
            with(&good, alarm, replaced("\"reason\":\"new\"", "\"reason\":null")),
            format!("Line {alarm} of the snapshot: alarms.reason must not be null."),
        ),
        (
            with(&good, alarm, replaced("\"reason\":\"new\"", "\"reason\":5")),
            format!("Line {alarm} of the snapshot: alarms.reason must be a string."),
        ),
        (
            with(&good, alarm, replaced("\"updated_ms\":", "\"updated_ms\":\"now\",\"x\":")),
            "has no column \"x\"".to_owned(),
        ),
        (
            with(&good, alarm, replaced("\"wake_ms\":null", "\"wake_ms\":1.5")),
            format!("Line {alarm} of the snapshot: alarms.wake_ms must be a string, a whole number or null."),
        ),
        (
            with(&good, second_alarm, replaced("\"reason_data\":null,", "")),
            format!("Line {second_alarm} of the snapshot: alarms.reason_data is missing."),
        ),
        (
            with(&good, second_alarm, replaced("\"reason_data\":null,", "\"reason_data\":null,\"x\":1,")),
            format!(
                "Line {second_alarm} of the snapshot: its column \"x\" is not there in the first row of alarms."
            ),
        ),
        (
            with(&good, endpoint, replaced("{\\\"v\\\":1", "{\\\"v\\\":2")),
            format!("Line {endpoint} of the snapshot: an endpoint's state has version 2, not 1."),
        ),
    ];
    for (bad, part) in table {
        let refused = read(&place.store, &bad).await.expect_err(&part).to_string();
        assert!(refused.contains(&part), "{part}\n{refused}");
        assert!(refused.ends_with('.') && !refused.ends_with(".."), "{refused}");
    }
}

#[tokio::test]
async fn what_is_no_text_is_refused() {
    let place = Place::memory(Mode::Manual).await;
    let mut reader = place.store.reader().await.unwrap();
    let refused = reader.push(b"\xff\n").unwrap_err().to_string();
    assert_eq!(refused, "Line 1 of the snapshot: it is not UTF-8.");
    for hostile in ["[".repeat(100_000), "{\"a\":".repeat(100_000)] {
        let refused = read(&place.store, &(hostile + "\n")).await.unwrap_err().to_string();
        assert!(refused.starts_with("Line 1 of the snapshot: it is no JSON object"), "{refused}");
    }
}

#[tokio::test]
async fn a_line_without_its_end_is_the_last_one_if_it_is_whole() {
    let place = Place::memory(Mode::Manual).await;
    fill(&place.store, &place.world).await;
    let good = text(&place.store, &Scope::All).await;
    assert!(read(&place.store, good.trim_end()).await.is_ok());
}
