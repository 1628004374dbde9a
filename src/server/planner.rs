//! What makes the plans of the control API and of the console: the room of plans, under this server's settings.

use super::mount::seen;
use crate::config::Settings;
use crate::control::{Planner, Undone};
use crate::plan::{Limits, Maker, Unplanned};

/// What one question may come to: on two cores about five seconds, a good run and a thousand others at most.
const MOST: Limits = Limits { runs: 1_001, moments: 13_000, requests: 50_000_000 };

/// Who makes them, of a server with these settings.
pub(crate) fn maker(settings: &Settings) -> Maker {
    Maker::new(seen(settings), MOST)
}

/// It as the control API is handed it.
pub(super) fn planner(maker: Maker) -> Planner {
    Planner::new(move |members| {
        let maker = maker.clone();
        Box::pin(async move {
            let made = maker.plan(members).await;
            made.map(|plan| plan.to_json()).map_err(|unplanned| match unplanned {
                Unplanned::Wrong(wrong) => Undone::Wrong(wrong.to_string()),
                failed @ Unplanned::Failed(_) => Undone::Failed(failed.to_string()),
            })
        })
    })
}
