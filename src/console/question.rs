//! The question that a page may be: its plans are made while its stream goes on.

use std::future::pending;
use std::sync::Arc;

use axum::http::Uri;
use tokio::task::JoinSet;

use super::answer::{Page, Trouble};
use super::place::Place;
use super::{Console, parts, what_if};

/// Whether the page is a question, and what became of it.
pub(super) enum Question {
    None,
    /// In a task of its own, which ends with the stream: what is polled only now and then may hold what others wait for.
    Asked(JoinSet<Result<Page, Trouble>>),
    Answered,
}

impl Question {
    pub(super) fn of(console: &Arc<Console>, uri: &Uri) -> Self {
        let place = Place::of(uri).ok().filter(|_| parts(uri).is_some_and(|parts| parts == [what_if::NAME]));
        let Some(place) = place else { return Self::None };
        let (console, mut task) = (Arc::clone(console), JoinSet::new());
        task.spawn(async move { what_if::planned(&console, place).await });
        Self::Asked(task)
    }

    /// The page when it is there; never, where nothing is asked any more.
    pub(super) async fn answer(&mut self) -> Result<Page, Trouble> {
        let Self::Asked(task) = self else { return pending().await };
        let page = task.join_next().await.expect("the task is awaited once");
        *self = Self::Answered;
        page.unwrap_or_else(|error| Err(Trouble::internal(&error)))
    }
}
