//! The one stream of an open page: the world's time, and the page anew whenever it has changed.
//!
//! What has changed is found by rendering the page again and comparing: whatever a page shows, whoever changed it,
//! through whatever server, is seen, and nothing can be forgotten. A page that nobody looks at is not rendered: its
//! script ends the stream when its tab goes into the background. The page [`what_if`](super::what_if) changes by its own
//! sliders alone: it is sent once, when its plans are made.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use futures_util::stream::unfold;
use tokio::time::{Interval, MissedTickBehavior, interval};

use super::answer::{Page, Trouble};
use super::place::Place;
use super::question::Question;
use super::{Console, page};
use crate::engine::Reading;

/// Where it is.
pub(super) const PATH: &str = "/console/stream";

/// How often it is looked. What is sent each time is small, and tells the browser that we are there.
const INTERVAL: Duration = Duration::from_millis(400);

/// A stream on its way.
struct Stream {
    console: Arc<Console>,
    /// The page that is looked at.
    uri: Uri,
    looks: Interval,
    /// The body that the browser has.
    sent: Option<String>,
    question: Question,
}

/// Tells of the page whose address is `to` in the query.
pub(super) async fn listen(State(console): State<Arc<Console>>, uri: Uri) -> Response {
    let to = Place::of(&uri).ok().and_then(|mut place| place.take("to"));
    let Some(uri) = to.and_then(|to| to.parse::<Uri>().ok()) else {
        let sentence = "The stream wants the address of a page, as ?to=/console.";
        return Trouble::new(StatusCode::BAD_REQUEST, sentence).into_response();
    };
    let mut looks = interval(INTERVAL);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let question = Question::of(&console, &uri);
    let stream = Stream { console, uri, looks, sent: None, question };
    let events = unfold(stream, |mut stream| async {
        let event = stream.next().await?;
        Some((Ok::<_, Infallible>(Bytes::from(event)), stream))
    });
    ([(CONTENT_TYPE, "text/event-stream")], Body::from_stream(events)).into_response()
}

impl Stream {
    /// The next event; none when the server is about to end.
    async fn next(&mut self) -> Option<String> {
        let engine = self.console.engine.clone();
        let answer = tokio::select! {
            biased;
            () = engine.hurried() => return None,
            _ = self.looks.tick() => None,
            page = self.question.answer() => Some(page),
        };
        if let Some(page) = answer {
            return Some(self.outcome(page));
        }
        if !matches!(self.question, Question::None) {
            let world = Place::of(&self.uri).ok()?.world;
            return Some(event(engine.seen_clock(&world).await.ok(), None));
        }
        let begun = crate::clock::Stopwatch::start();
        let page = tokio::select! {
            () = engine.hurried() => return None,
            page = page(&self.console, &self.uri) => page,
        };
        // Many pages that are open at once, or heavy ones, leave the server most of its time.
        self.looks.reset_after(INTERVAL.max(begun.elapsed() * 4));
        Some(self.outcome(page))
    }

    /// The event of what came of a page.
    fn outcome(&mut self, page: Result<Page, Trouble>) -> String {
        match page {
            Ok(page) => self.told(page),
            // What is on the page stays there, with what was typed into it.
            Err(trouble) if trouble.is_ours() => {
                format!("data: {}\n\n", serde_json::json!({"trouble": trouble.sentence()}))
            }
            Err(trouble) => self.told(trouble.page()),
        }
    }

    /// The event of a page as it is now.
    fn told(&mut self, page: Page) -> String {
        let changed = self.sent.as_ref() != Some(&page.body);
        let event = event(page.reading, changed.then_some(&page.body));
        if changed {
            self.sent = Some(page.body);
        }
        event
    }
}

fn event(reading: Option<Reading>, body: Option<&String>) -> String {
    let (now, rate) =
        (reading.map(|reading| reading.now.0), reading.map(|reading| reading.mode.rate_milli()));
    format!("data: {}\n\n", serde_json::json!({"now": now, "rate": rate, "body": body}))
}
