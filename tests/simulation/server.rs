//! A server of the simulation: the real store, engine and services of a process, and its worker.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use sagebrush::clock::Mode;
use sagebrush::domain::rules::Rules;
use sagebrush::engine::Engine;
use sagebrush::services::{Context, Services, Settings};
use sagebrush::store::Store;

use super::client::deed::Asked;
use super::ground::Site;
use super::sim::{Process, Sim};

/// How often a worker that sleeps would look by itself.
const POLL_MS: i64 = 500;

/// One life of a replica.
pub struct Server {
    pub process: Process,
    pub engine: Engine,
    sim: Arc<Sim>,
    services: Services,
}

impl Server {
    /// Starts it, without its worker.
    pub fn start(sim: &Arc<Sim>, process: Process, rules: Rules, mode: Mode) -> Arc<Self> {
        let site = Site { sim: Arc::clone(sim), process };
        let engine = Engine::new(Store::over(Arc::new(site), mode), rules);
        let settings = Settings { rules, ..Settings::default() };
        let (bell, ear) = (engine.clone(), Arc::clone(sim));
        let context = Context::new(engine.clone(), settings, move |_| {
            let mut inner = ear.lock();
            let lost = inner.weather.signal_lost;
            if inner.dice.permille(lost) {
                inner.tally.count("signal lost");
            } else {
                bell.wake();
            }
        });
        let (sim, services) = (Arc::clone(sim), Services::new(context));
        Arc::new(Self { process, engine, sim, services })
    }

    /// Starts its worker.
    pub fn let_work(self: &Arc<Self>) {
        let work = Box::pin(work(Arc::clone(self)));
        self.sim.lock().spawned.push((self.process, "worker", work));
    }
}

impl Asked for Server {
    fn engine(&self) -> &Engine {
        &self.engine
    }

    fn services(&self) -> &Services {
        &self.services
    }

    /// The worker has to write it, if it sleeps because there was nothing to do.
    fn has_counted(&self) {
        self.sim.lock().committed();
    }
}

/// The worker of a server: the real rounds, with simulated sleep.
async fn work(server: Arc<Server>) {
    let mut rounds = server.engine.rounds();
    loop {
        let began = server.sim.lock().elapsed_ms;
        let ms = rounds.turn().await;
        if sleep(&server, began, ms).await {
            rounds.wake_up();
        }
    }
}

/// Sleeps as long as the worker wants to, or until it is woken. Looks that find nothing due and nothing to
/// write are left out: the sleep ends with the first one that finds something. True if it was woken.
async fn sleep(server: &Server, began: i64, ms: i64) -> bool {
    let sim = &server.sim;
    let mut woken = pin!(server.engine.woken());
    let now = sim.lock().elapsed_ms;
    poll_fn(|context| {
        if woken.as_mut().poll(context).is_ready() {
            return Poll::Ready(true);
        }
        let has_to_write = !server.engine.is_flushed();
        let mut inner = sim.lock();
        let until = if has_to_write {
            Some(now + ms.min(POLL_MS))
        } else {
            inner.nearest_wake_ms(server.process).map(|wake| {
                let looks = ((wake - now - ms).max(0) + POLL_MS - 1) / POLL_MS;
                now + ms + looks * POLL_MS
            })
        };
        inner.watch(context);
        until.map_or(Poll::Pending, |until| inner.poll_timer(until.max(began + 1), context).map(|()| false))
    })
    .await
}
