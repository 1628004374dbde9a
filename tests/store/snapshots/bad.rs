//! Snapshots that are none: each is told by its line, and has done nothing.

use sagebrush::clock::Mode;
use sagebrush::store::snapshot::Scope;

use super::{fill, read, text};
use crate::store::Place;

/// A good snapshot, and the store that it is from.
struct Good {
    place: Place,
    text: String,
}

impl Good {
    async fn new() -> Self {
        let place = Place::memory(Mode::Manual).await;
        fill(&place.store, &place.world).await;
        let text = text(&place.store, &Scope::All).await;
        Self { place, text }
    }

    /// Its first lines.
    fn lines(&self, count: usize) -> String {
        self.text.split_inclusive('\n').take(count).collect()
    }

    /// The number of the first line of this table, from 1.
    fn first(&self, table: &str) -> usize {
        self.line(&format!("{{\"table\":\"{table}\""))
    }

    /// The number of the first line that begins so, from 1.
    fn line(&self, begin: &str) -> usize {
        self.text.lines().position(|line| line.starts_with(begin)).unwrap() + 1
    }

    /// The sentence about this text.
    async fn refusal(&self, bad: &str) -> String {
        let sentence = read(&self.place.store, bad).await.expect_err(bad).to_string();
        assert!(sentence.ends_with('.') && !sentence.ends_with(".."), "{sentence}");
        sentence
    }

    /// The text is refused in a sentence that begins with the number of this line.
    async fn refused(&self, bad: &str, line: usize, what: &str) {
        assert_eq!(self.refusal(bad).await, format!("Line {line} of the snapshot: {what}."));
    }

    /// With `new` for `old` in this line the text is refused.
    async fn changed(&self, line: usize, old: &str, new: &str, what: &str) {
        let lines = self.text.lines().enumerate().map(|(at, text)| {
            assert!(at + 1 != line || text.contains(old), "{text} has no {old}");
            if at + 1 == line { text.replacen(old, new, 1) } else { text.to_owned() }
        });
        let bad: String = lines.map(|line| line + "\n").collect();
        self.refused(&bad, line, what).await;
    }
}

#[tokio::test]
async fn the_first_line_says_whether_it_can_be_read() {
    let (good, version) = (Good::new().await, env!("CARGO_PKG_VERSION"));
    let schema = good.text.split("\"schema\":").nth(1).and_then(|rest| rest.split(',').next()).unwrap();
    let none = "it is no snapshot: one begins with {\"sagebrush_snapshot\":1,…}";
    good.refused("{}", 1, none).await;
    good.refused("hello\n", 1, "it is no JSON object (sign 1)").await;
    let format = format!("its format is 2, and sagebrush {version} reads 1");
    good.changed(1, "snapshot\":1", "snapshot\":2", &format).await;
    let later = format!(
        "sagebrush {version} wrote it with schema 99{schema}, and sagebrush {version} knows {schema}; use that version"
    );
    good.changed(1, "\"schema\":", "\"schema\":99", &later).await;
    let numbers = "it must have the whole numbers \"schema\" and \"worlds\"";
    good.changed(1, "\"worlds\":1", "\"worlds\":null", numbers).await;
}

#[tokio::test]
async fn a_text_that_was_cut_off_or_has_lost_a_line_is_none() {
    let good = Good::new().await;
    let last = good.text.lines().count();
    let missing = |line: usize| {
        format!(
            "The snapshot is cut off after line {line}: its last line, which counts the rows, is missing."
        )
    };
    assert_eq!(good.refusal("").await, missing(0));
    for kept in [1, 2, last - 1] {
        assert_eq!(good.refusal(&good.lines(kept)).await, missing(kept));
        let half = good.lines(kept) + "{\"table\":\"al";
        assert_eq!(good.refusal(&half).await, missing(kept));
    }
    let shorter = good.lines(last - 2) + good.text.lines().last().unwrap();
    let counts = format!("it counts {} rows, but there are {} before it", last - 2, last - 3);
    good.refused(&shorter, last - 1, &counts).await;
    let worlds = good.text.replacen("\"worlds\":1", "\"worlds\":2", 1);
    good.refused(&worlds, last, "there are 1 worlds, but line 1 counts others").await;
    good.refused(&(good.text.clone() + "{}\n"), last + 1, "there is none after the one that counts the rows")
        .await;
}

#[tokio::test]
async fn the_line_of_a_world_is_held_against_what_a_world_can_be() {
    let good = Good::new().await;
    let wrong = [
        ("123456789012", "12", "account is \"12\", but an account has 12 digits"),
        ("\"account\":", "\"account\":7,\"x\":", "the table worlds has no column \"x\""),
        (
            "\"manual\"",
            "\"real\"",
            "worlds.mode must be \"real\", \"scaled\" or \"manual\", and worlds.rate_milli its rate",
        ),
        (
            "\"manual\"",
            "\"scaled\"",
            "worlds.mode must be \"real\", \"scaled\" or \"manual\", and worlds.rate_milli its rate",
        ),
        ("\"manual\"", "null", "worlds.mode must be a string"),
        (
            "\"rate_milli\":0",
            "\"rate_milli\":100000001",
            "worlds.rate_milli must be a whole number from 0 to 100000000",
        ),
        ("\"now_ms\":", "\"now_ms\":-", "worlds.now_ms must be a whole number from 0 to 253402300799999"),
        (
            "\"reached_ms\":",
            "\"reached_ms\":99999",
            "worlds.reached_ms must be a whole number from 0 to 253402300799999",
        ),
        ("\"mode\"", "\"mood\"", "the table worlds has no column \"mood\""),
    ];
    for (old, new, what) in wrong {
        good.changed(2, old, new, what).await;
    }
    let twice = good.lines(2) + good.lines(2).lines().last().unwrap() + "\n";
    good.refused(&twice, 3, "the world 123456789012/us-east-1 was there before").await;
    let orphan = good.lines(1) + good.text.lines().nth(2).unwrap() + "\n";
    good.refused(&orphan, 2, "it comes before the world that it belongs to").await;
}

#[tokio::test]
async fn a_row_is_held_against_the_columns_of_its_table() {
    let good = Good::new().await;
    let (alarm, endpoint) =
        (good.first("alarms"), good.line("{\"table\":\"endpoints\",\"name_key\":\"web\""));
    let wrong = [
        ("alarms", "alerts", "there is no table \"alerts\""),
        ("\"table\":\"alarms\",", "", "it must name its table, or be the last one: {\"rows\":…}"),
        ("\"reason\"", "\"raison\"", "the table alarms has no column \"raison\""),
        ("\"reason\":\"new\",", "", "alarms.reason is missing"),
        ("\"reason\":\"new\"", "\"reason\":null", "alarms.reason must not be null"),
        ("\"reason\":\"new\"", "\"reason\":5", "alarms.reason must be a string"),
        ("\"updated_ms\":", "\"updated_ms\":\"now\",\"x\":", "the table alarms has no column \"x\""),
        ("\"wake_ms\":null", "\"wake_ms\":\"soon\"", "alarms.wake_ms must be a whole number"),
        ("\"wake_ms\":null", "\"wake_ms\":1.5", "alarms.wake_ms must be a string, a whole number or null"),
        ("\"wake_ms\":null", "\"wake_ms\":[]", "alarms.wake_ms must be a string, a whole number or null"),
        ("{\"table\"", "[{\"table\"", "it is no JSON object (sign 0)"),
    ];
    for (old, new, what) in wrong {
        good.changed(alarm, old, new, what).await;
    }
    let null = "\"reason_data\":null,";
    good.changed(alarm + 1, null, "", "alarms.reason_data is missing").await;
    let more = "its column \"x\" is not there in the first row of alarms";
    good.changed(alarm + 1, null, "\"reason_data\":null,\"x\":1,", more).await;
    let later = "an endpoint's state has version 9; this server reads those up to 3";
    good.changed(endpoint, "{\\\"v\\\":1", "{\\\"v\\\":9", later).await;
}

#[tokio::test]
async fn what_is_no_text_is_refused() {
    let good = Good::new().await;
    let mut reader = good.place.store.reader().await.unwrap();
    let refused = reader.push(b"\xff\n").unwrap_err().to_string();
    assert_eq!(refused, "Line 1 of the snapshot: it is not UTF-8.");
    for hostile in ["[".repeat(100_000), "{\"a\":".repeat(100_000)] {
        let refused = good.refusal(&(hostile + "\n")).await;
        assert!(refused.starts_with("Line 1 of the snapshot: it is no JSON object"), "{refused}");
    }
}

#[tokio::test]
async fn the_last_line_needs_no_end() {
    let good = Good::new().await;
    assert!(read(&good.place.store, good.text.trim_end()).await.is_ok());
}
