//! Events as they happen: what there is, and then whatever is new.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use futures_util::stream::unfold;
use tokio::time::{Interval, MissedTickBehavior, interval};

use super::{STREAM, Wanted};
use crate::engine::Engine;

/// How often a stream looks for what is new.
const LOOKS_EVERY: Duration = Duration::from_millis(100);

/// A proxy that hears nothing for a minute may think that nobody is there.
const LOOKS_UNTIL_A_COMMENT: u32 = 150;

/// A stream on its way.
struct Stream {
    engine: Engine,
    wanted: Wanted,
    looks: Interval,
}

/// The stream of these events.
pub(super) fn of(engine: Engine, wanted: Wanted) -> Response {
    let mut looks = interval(LOOKS_EVERY);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let events = unfold(Stream { engine, wanted, looks }, |mut stream| async {
        let text = stream.next().await?;
        Some((Ok::<_, Infallible>(Bytes::from(text)), stream))
    });
    ([(CONTENT_TYPE, STREAM), (CACHE_CONTROL, "no-store")], Body::from_stream(events)).into_response()
}

impl Stream {
    /// What is new, or after a while a comment that says that we are there; none when the server is about to end, or when
    /// its store fails: who comes back says how far it has read.
    async fn next(&mut self) -> Option<String> {
        for _ in 0..LOOKS_UNTIL_A_COMMENT {
            tokio::select! {
                biased;
                () = self.engine.hurried() => return None,
                _ = self.looks.tick() => {}
            }
            let found = self.wanted.found(&self.engine).await.ok()?;
            if let Some(last) = found.last() {
                self.wanted.after = last.number;
                let messages = found.iter().map(|it| format!("id: {}\ndata: {}\n\n", it.number, it.body));
                return Some(messages.collect::<Vec<_>>().concat());
            }
        }
        Some(":\n\n".to_owned())
    }
}
