//! A run from its seed to its judgement.

use std::sync::Arc;

use sagebrush::audit::audit;
use sagebrush::clock::{Mode, Timestamp};
use sagebrush::domain::deployment::Steer;
use sagebrush::domain::world::WorldId;
use sagebrush::engine::{self, Advance, Engine};

use super::client::Client;
use super::dice::Dice;
use super::judge;
use super::runner::Runner;
use super::sabotage::Sabotage;
use super::scene::Scene;
use super::sim::Sim;
use super::stage::Stage;
use super::tally::Tally;

/// The base time at which every run begins: 2026-01-01T00:00:00Z.
pub const BEGINNING: Timestamp = Timestamp(1_767_225_600_000);

/// Looks after which a world is said never to come to rest.
const MOST_LOOKS: usize = 20_000;

/// What is due must not wait longer than this while nothing goes wrong, unless much else is done meanwhile; the first
/// minute is for what was left.
const LATE_MS: i64 = 10_000;
const GRACE_MS: i64 = 60_000;

/// What the engine leaves between two tries at the most.
const LONGEST_BACK_OFF_MS: i64 = 600_000;

/// What came of a run.
#[derive(Debug)]
pub struct Outcome {
    pub seed: u64,
    pub digest: u64,
    pub violations: Vec<String>,
    pub tally: Tally,
    /// What happened, where it was asked for.
    pub trace: Vec<String>,
    /// The time that passed on the database's clock, and that in all worlds.
    pub base_ms: i64,
    pub world_ms: i64,
}

/// How a run is to be played.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wish {
    /// Whether what happens is kept in words.
    pub traced: bool,
    /// What is broken on purpose.
    pub sabotage: Option<Sabotage>,
}

/// Plays a seed.
pub fn play(seed: u64, wish: Wish) -> Outcome {
    let mut dice = Dice::new(seed);
    // Not drawn: what the seeds that are kept play was to stay as it was when there were no operators.
    let scene = Scene { steers: seed % 4 == 1, hinders: seed % 4 == 2, ..Scene::drawn(&mut dice) };
    let sim = Sim::new(dice, BEGINNING, wish.traced);
    {
        let mut inner = sim.lock();
        inner.database.sabotage = wish.sabotage;
        inner.tell(|| format!("{scene:?}"));
    }
    let stage = Stage::new(Arc::clone(&sim), scene);
    let polls = Runner::new(Arc::clone(&sim)).run(Box::pin(act_by_act(Arc::clone(&stage))));
    let judged = judge::judge(&stage);
    let mut inner = sim.lock();
    inner.tally.add("turns", polls);
    for what in judged {
        inner.violated(what);
    }
    for (what, times) in judge::endings(&inner.database) {
        inner.tally.add(what, times);
    }
    let rows = inner.database.fingerprint();
    inner.note(rows);
    let world_ms = judge::world_ms(&inner.database, BEGINNING);
    Outcome {
        seed,
        digest: inner.digest(),
        violations: std::mem::take(&mut inner.violations),
        tally: std::mem::take(&mut inner.tally),
        trace: inner.trace.take().unwrap_or_default(),
        base_ms: inner.base_now().ms_since(BEGINNING),
        world_ms,
    }
}

async fn act_by_act(stage: Arc<Stage>) {
    for place in 0..stage.scene.replicas {
        stage.spawn("replica", Arc::clone(&stage).keep(place));
    }
    stage.all_live().await;
    for (world, mode) in &stage.scene.worlds {
        let server = stage.living().await.remove(0);
        server.engine.set_mode(world, *mode).await.expect("nothing goes wrong yet");
    }
    let mut first = Client::new(Arc::clone(&stage));
    first.set_up().await;
    drop(first);
    stage.let_it_storm();
    for _ in 0..stage.scene.clients {
        stage.spawn("client", Client::new(Arc::clone(&stage)).play());
    }
    stage.clients_are_done().await;
    stage.let_it_heal();
    stage.sim.lock().tell(|| "the storm is over".to_owned());
    stage.all_live().await;
    // Some are still worked on for clients that have gone.
    while stage.sim.lock().requests > 0 {
        stage.sim.sleep(100).await;
    }
    for (world, _) in stage.scene.worlds.clone() {
        heal(&stage, &world).await;
    }
    // What was counted is written by then, also where a worker has passed over a world that somebody held, or was
    // still waiting for an answer of the storm.
    stage.sim.sleep(4_000 + stage.scene.weather.slow_ms).await;
    audited(&stage).await;
}

/// The auditor makes every deployment again and compares.
async fn audited(stage: &Stage) {
    stage.sim.lock().database.sabotage = None;
    let server = stage.living().await.remove(0);
    let report = audit(server.engine.store()).await;
    let mut inner = stage.sim.lock();
    match report {
        Ok(report) => {
            inner.tally.add("deployment audited", report.deployments as u64);
            inner.tally.add("transition made again", report.transitions as u64);
            let put_off = judge::put_off(&inner.database);
            for fault in report.faults {
                // The note that a step had failed may have been refused too.
                let is_known =
                    fault.contains("what was due at") && put_off.iter().any(|id| fault.contains(id));
                if !is_known {
                    inner.violated(format!("audit: {fault}"));
                }
            }
        }
        Err(error) => inner.violated(format!("the audit failed: {error}")),
    }
}

/// Advances a world until nothing in it is in transition. What was given up in vain no advance waits for; it is tried
/// again when its back-off is over.
async fn calm(engine: &Engine, world: &WorldId) -> Result<(), engine::Error> {
    let advanced = engine.advance(world, Advance::Idle).await?;
    if advanced.changes.is_empty() {
        engine.advance(world, Advance::By(LONGEST_BACK_OFF_MS)).await?;
    }
    Ok(())
}

/// Lets a world come to rest: what is paused goes on, its traffic ends, and its time passes until nothing is in
/// transition.
async fn heal(stage: &Arc<Stage>, world: &WorldId) {
    let paused = judge::paused(&stage.sim.lock().database, world);
    for id in paused {
        let server = stage.living().await.remove(0);
        if let Err(error) = server.engine.steer(world, &id, Steer::Resume, None).await {
            stage.sim.lock().violated(format!("healing {world}: {error}"));
        }
    }
    let busy = stage.sim.lock().database.with_traffic(world);
    for name in busy {
        let server = stage.living().await.remove(0);
        let ended = server.engine.set_traffic(world, &name, None).await;
        if let Err(error) = ended {
            stage.sim.lock().violated(format!("healing {world}: {error}"));
        }
    }
    let began = stage.sim.lock().elapsed_ms;
    // What it is due for, and since when that has not changed.
    let mut stands = (None, began);
    for _ in 0..MOST_LOOKS {
        if stage.sim.lock().database.is_at_rest(world) {
            return;
        }
        let server = stage.living().await.remove(0);
        let reading = match server.engine.clock(world).await {
            Ok(reading) => reading,
            Err(error) => return stage.sim.lock().violated(format!("healing {world}: {error}")),
        };
        if reading.mode == Mode::Manual {
            if let Err(error) = calm(&server.engine, world).await {
                return stage.sim.lock().violated(format!("healing {world}: {error}"));
            }
            continue;
        }
        let (now, due, wake) = {
            let inner = stage.sim.lock();
            let due = inner.database.wake_of(world);
            (inner.elapsed_ms, due, due.map(|due| due - inner.base_now().0))
        };
        if stands.0 != due {
            stands = (due, now);
        }
        let is_late = wake.is_some_and(|wake| wake < -LATE_MS) && now - stands.1 > LATE_MS;
        if is_late && now - began > GRACE_MS {
            let late = -wake.unwrap_or(0);
            return stage.sim.lock().violated(format!("{world} is due for {late} ms, and nobody looks"));
        }
        stage.sim.sleep(wake.unwrap_or(0).max(0) + 1_000).await;
    }
    stage.sim.lock().violated(format!("{world} does not come to rest"));
}
