//! The tag of an endpoint, or of an inference component, that asks for synthetic traffic, so that any client of AWS's can.
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
use crate::store::{EndpointRow, Tags, Tx};

/// The key of the tag; its value is a number.
const KEY: &str = "sagebrush:requests-per-second";

fn takes_traffic(noun: Noun) -> bool {
    matches!(noun, Noun::Endpoint | Noun::InferenceComponent)
}

/// The traffic that tags of a request ask for, where they ask for any.
pub(in crate::services::sagemaker) fn asked(noun: Noun, tags: &Tags) -> Result<Option<Demand>, Fault> {
    let value = tags.iter().find(|(key, _)| key == KEY && takes_traffic(noun)).map(|(_, value)| value);
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
    takes_traffic(noun) && is_there && deleted.iter().any(|key| key == KEY)
}

/// Sets the traffic of the endpoint, or the inference component, of that name from now on, or ends it.
pub(super) async fn set(
    context: &Context,
    tx: &mut Tx,
    (noun, name): (Noun, &str),
    demand: Option<Demand>,
) -> Result<(), Fault> {
    let rules = &context.settings.rules;
    let Some(row) = engine::bring_up(tx, &noun.key(name), rules).await? else {
        // Its deletion is over by now.
        return Err(fault::missing(noun, tx.id(), name));
    };
    begin(context, tx, &row, demand).await
}

/// Sets the traffic of what is in `row`, which was brought to now.
pub(in crate::services::sagemaker) async fn begin(
    context: &Context,
    tx: &mut Tx,
    row: &EndpointRow,
    demand: Option<Demand>,
) -> Result<(), Fault> {
    if let Some(sentence) = row.endpoint.refuses_traffic().filter(|_| demand.is_some()) {
        return Err(Fault::validation(sentence));
    }
    Ok(engine::traffic::set(tx, row, demand, &context.settings.rules).await?)
}
