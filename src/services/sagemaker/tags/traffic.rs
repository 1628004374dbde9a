//! The tag of an endpoint that asks for synthetic traffic, so that any client of AWS's can.
//!
//! The tag acts when it is written, like a request: whatever asked for other traffic before is replaced, and
//! whatever asks later replaces it. What the endpoint's traffic is, is never read from its tags.

use crate::domain::demand::{Demand, REQUESTS_PER_SECOND_MAX};
use crate::engine;
use crate::fleet::behaviour::number;
use crate::schema::Fault;
use crate::services::Context;
use crate::services::sagemaker::fault;
use crate::services::sagemaker::noun::Noun;
use crate::store::{Tags, Tx};

/// The key of the tag; its value is a number.
const KEY: &str = "sagebrush:requests-per-second";

/// The traffic that tags of a request ask for, where they ask for any.
pub(in crate::services::sagemaker) fn asked(noun: Noun, tags: &Tags) -> Result<Option<Demand>, Fault> {
    let value = tags.iter().find(|(key, _)| key == KEY && noun == Noun::Endpoint).map(|(_, value)| value);
    let Some(value) = value else { return Ok(None) };
    let rate = number(value).filter(|rate| *rate <= REQUESTS_PER_SECOND_MAX).ok_or_else(|| {
        Fault::validation(format!(
            "The tag {KEY} is \"{value}\", but it must be a number from 0 to {REQUESTS_PER_SECOND_MAX}."
        ))
    })?;
    Ok(Some(Demand::constant(rate)))
}

/// Whether the traffic ends when the tags of these keys are deleted.
pub(super) fn is_ended(noun: Noun, tags: &Tags, deleted: &[String]) -> bool {
    let is_there = tags.iter().any(|(key, _)| key == KEY);
    noun == Noun::Endpoint && is_there && deleted.iter().any(|key| key == KEY)
}

/// Sets the traffic of the endpoint from now on, or ends it.
pub(super) async fn set(
    context: &Context,
    tx: &mut Tx,
    name: &str,
    demand: Option<Demand>,
) -> Result<(), Fault> {
    let rules = &context.settings.rules;
    let Some(row) = engine::bring_up(tx, name, rules).await? else {
        // Its deletion is over by now.
        return Err(fault::missing(Noun::Endpoint, tx.id(), name));
    };
    Ok(engine::traffic::set(tx, &row, demand, rules).await?)
}
