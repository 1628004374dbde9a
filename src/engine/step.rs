//! One step of one endpoint, at the instant at which it is due.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::Error;
use super::apply::{Made, apply};
use super::change::{Change, Standing};
use super::observe::{next_look, observe};
use crate::clock::Timestamp;
use crate::domain::alarm::Observed;
use crate::domain::endpoint::{Endpoint, Transition};
use crate::domain::journal::Door;
use crate::domain::rules::Rules;
use crate::store::{EndpointRow, Tx};

/// What came of a step.
pub(super) struct Stepped {
    /// The endpoint as it is now; `None` when it is gone or was changed by somebody else.
    pub row: Option<EndpointRow>,
    /// What changed; `None` when it only had a look.
    pub change: Option<Change>,
}

/// Steps the endpoint in `row` at `due`.
pub(super) async fn step(
    tx: &mut Tx,
    mut row: EndpointRow,
    due: Timestamp,
    rules: &Rules,
) -> Result<Stepped, Error> {
    // The base time may go back; what happens to an endpoint never does.
    let at = due.max(row.endpoint.modified_at);
    let observed = observe(tx, &row.endpoint, at, rules).await?;
    let from = Standing::of(&row.endpoint, rules);
    let name = row.endpoint.name.clone();
    let Some(transition) = guarded(&row.endpoint, at, &observed, rules)? else {
        let look = next_look(tx, &row.endpoint, at, rules).await?;
        if look.is_some_and(|look| look <= at) {
            let what = format!("it is due at {at} and nothing comes of it");
            return Err(Error::Step { endpoint: name, what });
        }
        tx.wake_endpoint(&mut row, look).await?;
        return Ok(Stepped { row: Some(row), change: None });
    };
    let change = Change::of(&name, from, &transition, at, rules);
    let gone = transition.next.is_none();
    let by = transition.record.is_some().then_some(Door::Step { seq: observed.seq });
    let row = apply(tx, row, Made { transition, by }, at, rules).await?;
    let change = (gone || row.is_some()).then_some(change);
    Ok(Stepped { row, change })
}

/// The domain's step. One that panics is an error of this endpoint alone.
fn guarded(
    endpoint: &Endpoint,
    at: Timestamp,
    observed: &Observed,
    rules: &Rules,
) -> Result<Option<Transition>, Error> {
    let stepped = catch_unwind(AssertUnwindSafe(|| endpoint.clone().step(at, observed, rules)));
    stepped.map_err(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
        let what = text.unwrap_or("a panic without words").to_owned();
        Error::Step { endpoint: endpoint.name.clone(), what }
    })
}
