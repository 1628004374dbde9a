//! Checks of the server: whether it is there and ours, whether it answers to us, where it keeps everything, and how
//! time passes in the world that is meant.

use serde_json::Value;

use super::{Check, Verdict};
use crate::cli::client::{Client, Failure};
use crate::cli::clock::{distance, pace};

/// The path that wants a token, if there is one.
const CLOCK: &str = "/_sagebrush/clock";

/// Asks the server. Without one of ours there is nothing else to be asked.
pub(super) async fn checks(client: &Client) -> Vec<Check> {
    let health = match client.get("/_sagebrush/health", &[]).await {
        Ok(health) => health,
        Err(failure) => return vec![absent(client.url(), &failure)],
    };
    let serves = serves(client.url(), &health);
    if serves.verdict == Verdict::Wrong {
        return vec![serves];
    }
    let clock = client.get(CLOCK, &[]).await;
    let has_token = client.has_token();
    let is_open = !has_token || client.without_token().get(CLOCK, &[]).await.is_ok();
    let mut checks = vec![serves, store(&health), control(clock.as_ref().err(), has_token, is_open)];
    checks.extend(clock.ok().as_ref().map(passes));
    checks
}

fn absent(url: &str, failure: &Failure) -> Check {
    let sentence = match failure {
        Failure::Unanswered(why) => {
            format!("nothing that is sagebrush answers at {url} ({why}); start it with: sagebrush serve")
        }
        Failure::Refused(status, sentence) => format!("{url} answers {status}: {sentence}"),
    };
    Check::wrong("server", sentence)
}

fn serves(url: &str, health: &Value) -> Check {
    let (ours, theirs) = (env!("CARGO_PKG_VERSION"), health["version"].as_str());
    match theirs.filter(|_| health["status"] == "ok") {
        None => Check::wrong("server", format!("something else than sagebrush answers at {url}")),
        Some(theirs) if theirs == ours => Check::ok("server", format!("sagebrush {theirs} serves on {url}")),
        Some(theirs) => {
            let sentence = format!("sagebrush {theirs} serves on {url}, and this command is of {ours}");
            Check::note("server", sentence)
        }
    }
}

fn store(health: &Value) -> Check {
    match health["store"].as_str() {
        Some("memory") => Check::note(
            "store",
            "in memory: everything is forgotten when the server ends; --database-url sqlite:PATH keeps it",
        ),
        Some("file") => Check::ok("store", "in a file of SQLite"),
        Some("postgresql") => Check::ok("store", "in PostgreSQL"),
        _ => Check::note("store", "the server is of a version that does not say where it keeps everything"),
    }
}

/// The control API, by how it answered with the token that there is, and whether it answers without one.
fn control(failure: Option<&Failure>, has_token: bool, is_open: bool) -> Check {
    match (failure, has_token) {
        (None, true) if is_open => Check::note(
            "control",
            "the control API is open; it does not need SAGEBRUSH_CONTROL_TOKEN, which is set here",
        ),
        (None, true) => Check::ok("control", "the control API takes the token of SAGEBRUSH_CONTROL_TOKEN"),
        (None, false) => Check::ok("control", "the control API is open, without a token"),
        (Some(Failure::Refused(status, _)), true) if status.as_u16() == 401 => Check::wrong(
            "control",
            "the control API wants another token than that of SAGEBRUSH_CONTROL_TOKEN here",
        ),
        (Some(Failure::Refused(status, _)), false) if status.as_u16() == 401 => Check::wrong(
            "control",
            "the control API wants a token; set SAGEBRUSH_CONTROL_TOKEN to the server's",
        ),
        (Some(failure), _) => Check::wrong("control", failure.to_string()),
    }
}

fn passes(clock: &Value) -> Check {
    let pace = pace(clock);
    if clock["mode"] == "manual" {
        return Check::note(
            "clock",
            format!("{pace}: nothing happens by itself until sagebrush clock advance"),
        );
    }
    // A distance is nothing wrong, but whoever does not know of it looks for metrics at the wrong time.
    if distance(clock).is_some() { Check::note("clock", pace) } else { Check::ok("clock", pace) }
}

#[cfg(test)]
mod tests {
    use hyper::StatusCode;
    use serde_json::json;

    use super::super::Verdict::{Note, Ok, Wrong};
    use super::*;

    fn told(check: &Check) -> (Verdict, &str) {
        (check.verdict, &check.sentence)
    }

    #[test]
    fn a_server_is_ours_if_it_says_so() {
        let at = "http://127.0.0.1:7243";
        let ours = json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION") });
        assert_eq!(serves(at, &ours).verdict, Ok);
        assert_eq!(serves(at, &json!({ "status": "ok", "version": "9.0.0" })).verdict, Note);
        let other = serves(at, &json!({ "healthy": true }));
        assert_eq!(told(&other), (Wrong, "something else than sagebrush answers at http://127.0.0.1:7243"));
    }

    #[test]
    fn what_is_kept_in_memory_is_noted() {
        assert_eq!(store(&json!({ "store": "memory" })).verdict, Note);
        assert_eq!(told(&store(&json!({ "store": "file" }))), (Ok, "in a file of SQLite"));
        assert_eq!(told(&store(&json!({ "store": "postgresql" }))), (Ok, "in PostgreSQL"));
        assert_eq!(store(&json!({})).verdict, Note);
    }

    #[test]
    fn a_token_is_wanted_or_not_and_is_the_right_one_or_not() {
        let refused = |status| Failure::Refused(status, "The control API is closed.".to_owned());
        let unauthorized = refused(StatusCode::UNAUTHORIZED);
        assert_eq!(control(None, false, true).verdict, Ok);
        assert_eq!(control(None, true, false).verdict, Ok);
        assert_eq!(control(None, true, true).verdict, Note);
        assert!(control(Some(&unauthorized), true, false).sentence.contains("wants another token"));
        assert!(control(Some(&unauthorized), false, false).sentence.contains("set SAGEBRUSH_CONTROL_TOKEN"));
        let closed = control(Some(&refused(StatusCode::FORBIDDEN)), false, false);
        assert_eq!(told(&closed), (Wrong, "The control API is closed."));
    }

    #[test]
    fn a_clock_that_is_not_the_real_one_is_noted() {
        let clock =
            |mode: &str, offset: f64| passes(&json!({ "mode": mode, "rate": 60, "offset_seconds": offset }));
        assert_eq!(told(&clock("real", 0.0)), (Ok, "real"));
        assert_eq!(told(&clock("real", 61.0)), (Note, "real, 1 min 1 s ahead of real time"));
        assert_eq!(told(&clock("scaled", 0.0)), (Ok, "60x"));
        assert_eq!(
            told(&clock("manual", 0.0)),
            (Note, "manual: nothing happens by itself until sagebrush clock advance")
        );
    }
}
