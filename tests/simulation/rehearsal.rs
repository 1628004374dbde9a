//! A run without a storm: what its client did, what it was told, and the world before and afterwards.

use std::sync::{Arc, PoisonError};

use sagebrush::domain::rules::Rules;
use sagebrush::domain::world::WorldId;
use sagebrush::engine::Advance;
use sagebrush::store::snapshot::Scope;

use super::client::Client;
use super::client::deed::{Answer, Deed, Failure};
use super::dice::Dice;
use super::play::BEGINNING;
use super::runner::Runner;
use super::scene::Scene;
use super::sim::Sim;
use super::stage::Stage;

/// See the module.
pub struct Rehearsal {
    pub world: WorldId,
    pub rules: Rules,
    pub before: Vec<u8>,
    pub deeds: Vec<(Deed, Result<Answer, Failure>)>,
    pub after: Vec<u8>,
}

/// Lets a client do what it likes in this world of the model. It has a thread of its own: inside a task of tokio the
/// tasks of the run would share that one task's right to go on.
pub async fn rehearse(seed: u64, world: &WorldId) -> Rehearsal {
    let world = world.clone();
    let rehearsal = tokio::task::spawn_blocking(move || rehearsed(seed, &world));
    rehearsal.await.expect("the rehearsal comes to its end")
}

fn rehearsed(seed: u64, world: &WorldId) -> Rehearsal {
    let mut dice = Dice::new(seed);
    let scene = Scene::calm(&mut dice, world.clone());
    let stage = Stage::new(Sim::new(dice, BEGINNING, false), scene);
    Runner::new(Arc::clone(&stage.sim)).run(Box::pin(whole(Arc::clone(&stage))));
    let last = stage.log().entries.last().map(|entry| entry.asked.clone());
    assert_eq!(stage.sim.lock().violations, Vec::<String>::new(), "seed {seed}, after {last:?}");
    let told = |(deed, answer): (Deed, Option<_>)| (deed, answer.expect("nothing goes wrong"));
    let mut kept = stage.kept.lock().unwrap_or_else(PoisonError::into_inner);
    let mut exports = stage.exports.lock().unwrap_or_else(PoisonError::into_inner);
    let (after, before) = (exports.pop().expect("two"), exports.pop().expect("two"));
    let (world, rules) = (world.clone(), stage.scene.rules);
    Rehearsal { world, rules, before, deeds: kept.drain(..).map(told).collect(), after }
}

async fn whole(stage: Arc<Stage>) {
    stage.spawn("replica", Arc::clone(&stage).keep(0));
    stage.all_live().await;
    let (world, mode) = stage.scene.worlds[0].clone();
    let server = stage.living().await.remove(0);
    server.engine.set_mode(&world, mode).await.expect("nothing goes wrong");
    let written = async || {
        let snapshot = server.engine.export(&Scope::World(world.clone())).await;
        let snapshot = snapshot.expect("nothing goes wrong");
        stage.exports.lock().unwrap_or_else(PoisonError::into_inner).push(snapshot);
    };
    written().await;
    let mut client = Client::new(Arc::clone(&stage));
    client.set_up().await;
    client.play().await;
    let mut last = Client::new(Arc::clone(&stage));
    for advance in [Advance::By(180_000), Advance::Idle] {
        last.let_pass(&world, advance).await;
    }
    written().await;
}
