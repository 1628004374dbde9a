//! An update without traffic and alarms: how much there is to do in it, and the pool of instances that it needs.
//!
//! The pool is what a world's limit counts (`domain::limit`), at every state on the way.

use serde_json::{Value, json};

use super::Unplanned;
use super::asked::Asked;
use super::place::Halt;
use super::shown::Pool;
use super::stage::{Scenario, Stage};
use crate::domain::deployment::plan::Strategy;
use crate::domain::endpoint::Endpoint;
use crate::domain::limit::instances;
use crate::engine::Advance;
use crate::services::Settings;
use crate::store::Store;

const STRATEGIES: [Strategy; 4] =
    [Strategy::AllAtOnce, Strategy::Canary, Strategy::Linear, Strategy::Rolling];

/// A stage that takes no time is over before anybody can look.
const SEEN_MS: i64 = 1_000;

/// What is seen of it.
#[derive(Clone, Debug)]
pub(super) struct Quiet {
    /// What it needs.
    pub(super) pool: Pool,
    /// Lines of its history.
    pub(super) events: usize,
    /// How long it takes.
    pub(super) lasts_ms: i64,
}

/// The question without traffic and alarms.
pub(super) fn quiet(asked: &Asked) -> Asked {
    let mut quiet = Asked { traffic: 0.0, alarms: Vec::new(), bad: None, ..asked.clone() };
    if let Some(Value::Object(config)) = &mut quiet.config {
        config.shift_remove("AutoRollbackConfiguration");
    }
    quiet
}

/// The same update by each of the other strategies, in the smallest steps that AWS takes.
pub(super) fn others(asked: &Asked, own: Strategy) -> Vec<Asked> {
    let others = STRATEGIES.into_iter().filter(|strategy| *strategy != own);
    others.map(|strategy| Asked { config: Some(smallest(strategy)), ..quiet(asked) }).collect()
}

fn smallest(strategy: Strategy) -> Value {
    let percent = |value: u32| json!({"Type": "CAPACITY_PERCENT", "Value": value});
    let mut routing = json!({"Type": strategy.word(), "WaitIntervalInSeconds": 0});
    match strategy {
        Strategy::AllAtOnce => {}
        Strategy::Canary => routing["CanarySize"] = percent(1),
        Strategy::Linear => routing["LinearStepSize"] = percent(10),
        Strategy::Rolling => {
            let policy = json!({"MaximumBatchSize": percent(5), "WaitIntervalInSeconds": 0});
            return json!({"RollingUpdatePolicy": policy});
        }
    }
    json!({"BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": routing}})
}

/// Carries it out, and looks at every state on the way.
pub(super) async fn watch(store: &Store, settings: &Settings, scenario: &Scenario) -> Result<Quiet, Halt> {
    let mut settings = *settings;
    settings.launch_ms = settings.launch_ms.max(SEEN_MS);
    settings.rules.terminate_ms = settings.rules.terminate_ms.max(SEEN_MS);
    let stage = Stage::set(store, &settings, scenario).await?;
    let (engine, world) = (&stage.place.engine, &stage.place.world);
    let (mut endpoint, _) = stage.look().await?;
    let batch = endpoint.deployment().filter(|it| it.plan.is_rolling()).map(|it| {
        let sizes = it.plan.variants.iter().map(|variant| variant.green_after(0));
        sizes.fold(0, u32::saturating_add)
    });
    let mut pool = held(&endpoint);
    while endpoint.deployment().is_some() {
        if engine.advance(world, Advance::Next).await?.changes.is_empty() {
            return Err(Unplanned::Failed("the update stands still".to_owned()).into());
        }
        (endpoint, _) = stage.look().await?;
        pool = pool.max(held(&endpoint));
    }
    let record = &stage.row.record;
    let events = engine.store().session().events(&record.id).await?.len();
    let lasts_ms = engine.clock(world).await?.now.ms_since(record.started_at);
    Ok(Quiet { pool: Pool { strategy: record.strategy, pool, batch }, events, lasts_ms })
}

/// The instances that run or start.
fn held(endpoint: &Endpoint) -> u64 {
    instances([endpoint], false).values().sum()
}
