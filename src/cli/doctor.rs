//! `sagebrush doctor`: whether a setup is as it should be: the server that is asked, and the environment that AWS's
//! clients go by.
//!
//! Each check is a sentence. What is *wrong* keeps clients from this server, or from the world that is meant; what is to
//! be *noted* may be meant so. Nothing is changed. It looks at the environment alone: what code or a profile says besides
//! it does not know.

mod network;
mod server;
mod variables;

use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use super::Error;
use super::paint::{Colour, Paint};
use super::place::{Output, Place, variable};

/// What `doctor` takes.
#[derive(Debug, Args)]
#[command(after_help = "Exit code 0 if nothing is wrong; a note is nothing wrong.")]
pub(super) struct Arguments {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    output: Output,
}

/// How it stands with something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Ok,
    Note,
    Wrong,
}

impl Verdict {
    fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Note => "note",
            Self::Wrong => "wrong",
        }
    }

    fn colour(self) -> Colour {
        match self {
            Self::Ok => Colour::Green,
            Self::Note => Colour::Yellow,
            Self::Wrong => Colour::Red,
        }
    }
}

/// What was looked at, and what was found.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Check {
    verdict: Verdict,
    subject: &'static str,
    sentence: String,
}

impl Check {
    fn ok(subject: &'static str, sentence: impl Into<String>) -> Self {
        Self { verdict: Verdict::Ok, subject, sentence: sentence.into() }
    }

    fn note(subject: &'static str, sentence: impl Into<String>) -> Self {
        Self { verdict: Verdict::Note, subject, sentence: sentence.into() }
    }

    fn wrong(subject: &'static str, sentence: impl Into<String>) -> Self {
        Self { verdict: Verdict::Wrong, subject, sentence: sentence.into() }
    }
}

/// Looks at everything; exit code 1 if something is wrong.
pub(super) async fn run(Arguments { place, output }: Arguments) -> Result<ExitCode, Error> {
    let client = place.client()?;
    let mut checks = server::checks(&client).await;
    checks.push(variables::world(client.world(), &variable));
    checks.extend(variables::endpoints(client.url(), &variable));
    checks.extend(variables::moto(client.url(), &variable));
    checks.extend([variables::region(&variable), variables::credentials(&variable)]);
    checks.extend(network::proxy(client.url(), &variable));
    let code = if checks.iter().any(|check| check.verdict == Verdict::Wrong) {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    };
    let shown = |Check { verdict, subject, sentence }: &Check| json!({ "subject": subject, "verdict": verdict.word(), "sentence": sentence });
    let answer = json!({ "checks": checks.iter().map(shown).collect::<Vec<_>>() });
    output.say(&answer, |_| told(&checks, Paint::of_terminal()));
    Ok(code)
}

/// One line a check.
fn told(checks: &[Check], paint: Paint) -> String {
    let width = checks.iter().map(|check| check.subject.len()).max().unwrap_or(0);
    let line = |Check { verdict, subject, sentence }: &Check| {
        let word = paint.text(verdict.colour(), &format!("{:5}", verdict.word()));
        format!("{word}  {subject:width$}  {sentence}\n")
    };
    checks.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_is_a_line_and_its_verdict_has_a_colour_where_somebody_looks() {
        let checks = [Check::ok("store", "in PostgreSQL"), Check::wrong("server", "nobody answers")];
        assert_eq!(
            told(&checks, Paint::PLAIN),
            "ok     store   in PostgreSQL\nwrong  server  nobody answers\n"
        );
        let coloured = told(&checks, Paint::COLOURED);
        assert_eq!(
            coloured,
            "\x1b[32mok   \x1b[0m  store   in PostgreSQL\n\x1b[31mwrong\x1b[0m  server  nobody answers\n"
        );
    }
}
