//! What operators do with deployments.

use crate::clock::Mode;
use crate::domain::deployment::Steer;
use crate::domain::endpoint::Endpoint;
use crate::domain::journal::Door;
use crate::domain::rules::Rules;
use crate::domain::world::WorldId;
use crate::engine::apply::{Made, apply};
use crate::engine::attempt::{UNDONE, attempt};
use crate::engine::run::bring_up;
use crate::engine::{Engine, Error};
use crate::store::{EndpointRow, Tx};

/// What came of what an operator wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Steered {
    /// Whether anything changed.
    pub changed: bool,
    /// What was done, or why there was nothing to do.
    pub sentence: String,
}

impl Engine {
    /// Does with a deployment what an operator wants; with a version, only if it still has that one. What follows
    /// from it is the next steps'. `None` if this world has no such deployment.
    pub async fn steer(
        &self,
        world: &WorldId,
        id: &str,
        steer: Steer,
        version: Option<i64>,
    ) -> Result<Option<Steered>, Error> {
        let mut tx = self.store.begin(world).await?;
        let Some(found) = tx.deployment(world, id).await? else { return Ok(None) };
        let row = bring_up(&mut tx, &found.endpoint, &self.rules).await?;
        let steered = if let Some(sentence) = nothing_to_do(&mut tx, id, version).await? {
            Steered { changed: false, sentence }
        } else {
            let rules = &self.rules;
            let tried = attempt(&mut tx, async |tx| steered(tx, id, row.clone(), steer, rules).await).await?;
            tried.unwrap_or_else(|fault| {
                let warning = format!("An operator's {} failed: {}", steer.word(), fault.0);
                tx.warn(&found.endpoint, Some(id), &warning);
                Steered { changed: false, sentence: UNDONE.to_owned() }
            })
        };
        tx.commit().await?;
        self.wake();
        Ok(Some(steered))
    }
}

/// Why there is nothing to do for a deployment, as far as its row says so.
async fn nothing_to_do(tx: &mut Tx, id: &str, version: Option<i64>) -> Result<Option<String>, Error> {
    let world = tx.id().clone();
    let Some(found) = tx.deployment(&world, id).await? else { return Ok(None) };
    if let Some(ending) = found.record.ending() {
        return Ok(Some(ending));
    }
    let other = version.filter(|version| *version != found.version);
    Ok(other.map(|version| format!("Its version is {} by now, not {version}.", found.version)))
}

async fn steered(
    tx: &mut Tx,
    id: &str,
    row: Option<EndpointRow>,
    steer: Steer,
    rules: &Rules,
) -> Result<Steered, Error> {
    let is_its = |row: &EndpointRow| row.endpoint.deployment().is_none_or(|deployment| deployment.id == id);
    let Some(row) = row.filter(is_its) else {
        return Ok(Steered { changed: false, sentence: "Its endpoint knows nothing of it.".to_owned() });
    };
    let (at, name) = (tx.now().max(row.endpoint.modified_at), row.endpoint.name.clone());
    let transition = match row.endpoint.clone().steer(steer, at, rules) {
        Ok(transition) => transition,
        Err(sentence) => return Ok(Steered { changed: false, sentence }),
    };
    let mut said: Vec<&str> = transition.events.iter().map(|event| event.message.as_str()).collect();
    let is_due = transition.next.as_ref().and_then(Endpoint::wake_at).is_some_and(|due| due <= at);
    if is_due && tx.world().clock.mode == Mode::Manual {
        said.push("What follows happens at the next advance of the clock, also of 0 seconds.");
    }
    let sentence = said.join(" ");
    let made = Made { transition, by: Some(Door::Steer(steer)) };
    if apply(tx, row, made, at, rules).await?.is_none() {
        let what = "it changed while its world was locked".to_owned();
        return Err(Error::Step { endpoint: name, what });
    }
    Ok(Steered { changed: true, sentence })
}
