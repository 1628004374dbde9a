//! A client: it looks at an endpoint, does what a client would do there, and keeps what it was told.
//!
//! Its requests go to any replica, each to another. It may lose patience; then the server goes on with what AWS's
//! clients ask, and drops what is asked of the control API, as the real one does.

mod acts;
mod components;
pub mod deed;
mod hinder;
mod update;

use std::collections::BTreeMap;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use sagebrush::domain::world::WorldId;
use sagebrush::schema::ServiceId;
use tokio::sync::oneshot;

use super::dice::Dice;
use super::log::{Asked, Told};
use super::server::Server;
use super::sim::{Process, Sim};
use super::stage::Stage;
use deed::{Deed, Failure};

/// How long a client waits at the most.
const PATIENCE_MS: i64 = 120_000;

/// See the module.
pub struct Client {
    stage: Arc<Stage>,
    dice: Dice,
    /// The latest version of each endpoint that it has seen.
    seen: BTreeMap<String, i64>,
    /// The endpoint that it is busy with.
    endpoint: &'static str,
}

impl Client {
    pub fn new(stage: Arc<Stage>) -> Self {
        let dice = stage.sim.lock().dice.split();
        Self { stage, dice, seen: BTreeMap::new(), endpoint: acts::ENDPOINTS[0] }
    }

    /// Acts until all acts are done.
    pub async fn play(mut self) {
        while self.stage.take_act() {
            let longest = self.stage.paced(120_000);
            let ms = self.dice.magnitude(1, longest);
            self.stage.sim.sleep(ms).await;
            let (world, mode) = self.dice.of(&self.stage.scene.worlds).clone();
            self.act(&world, mode).await;
        }
        self.stage.client_is_done();
    }

    /// What every world needs before something can happen in it.
    pub async fn set_up(&mut self) {
        for (world, _) in self.stage.scene.worlds.clone() {
            for model in acts::MODELS {
                self.create_model(&world, model).await;
            }
            for alarm in acts::ALARMS {
                self.put_alarm(&world, alarm).await;
            }
        }
    }

    /// One request to a service; what came of it is in the log.
    async fn ask(
        &mut self,
        world: &WorldId,
        service: ServiceId,
        operation: &'static str,
        input: serde_json::Value,
        asked: Asked,
    ) -> Told {
        self.request(world, asked, Deed::Call { service, operation, input }).await
    }

    /// Sends a request to one of the replicas that live, and waits for its answer.
    async fn request(&mut self, world: &WorldId, asked: Asked, deed: Deed) -> Told {
        let words = format!("{asked:?}");
        let entry = self.stage.log().begin(world, asked);
        let (ends, place, work) = (deed.ends_with_its_client(), world.clone(), deed.clone());
        let (process, answer) = self.sent(ends, move |server| work.done(place, server)).await;
        self.stage.keep_deed(&deed, answer.as_ref());
        let (told, now) = match answer {
            None | Some(Err(Failure::Unknown)) => (Told::Unknown, None),
            Some(Ok(answer)) => (Told::Done, answer.now),
            Some(Err(Failure::Refused(why))) => (Told::Refused(why), None),
            Some(Err(Failure::Broken(why))) => {
                self.stage.sim.lock().violated(format!("{words} failed: {why}"));
                (Told::Unknown, None)
            }
        };
        let mut inner = self.stage.sim.lock();
        inner.tell(|| format!("{words} in {world}: {told:?}"));
        inner.tally.count(match &told {
            Told::Done => "request done",
            Told::Refused(_) => "request refused",
            Told::Unknown => "request without an answer",
        });
        drop(inner);
        self.stage.log().end(entry, told.clone(), process, now);
        told
    }

    /// Who was asked, and the answer; none if there is none.
    async fn sent<T, F>(
        &mut self,
        ends_with_its_client: bool,
        work: impl FnOnce(Arc<Server>) -> F + Send + 'static,
    ) -> (Process, Option<T>)
    where
        T: Send + 'static,
        F: Future<Output = T> + Send + 'static,
    {
        let server = self.dice.of(&self.stage.living().await).clone();
        let gone = self.stage.sim.lock().weather.client_gone;
        let patience_ms = if self.dice.permille(gone) { self.dice.magnitude(1, 4_000) } else { PATIENCE_MS };
        let (answer, answered) = oneshot::channel();
        let (leave, left) = oneshot::channel::<()>();
        let process = server.process;
        let open = Open::of(Arc::clone(&self.stage.sim));
        let work = async move {
            let _open = open;
            let (mut work, mut left) = (pin!(work(server)), pin!(left));
            let done = poll_fn(|context| {
                if ends_with_its_client && left.as_mut().poll(context).is_ready() {
                    return Poll::Ready(None);
                }
                work.as_mut().poll(context).map(Some)
            });
            if let Some(value) = done.await {
                // Whoever asked may be gone.
                drop(answer.send(value));
            }
        };
        self.stage.sim.lock().spawned.push((process, "request", Box::pin(work)));
        let (mut answered, mut patience) = (pin!(answered), pin!(self.stage.sim.sleep(patience_ms)));
        let answer = poll_fn(|context| {
            if let Poll::Ready(answer) = answered.as_mut().poll(context) {
                return Poll::Ready(answer.ok());
            }
            patience.as_mut().poll(context).map(|()| None)
        })
        .await;
        if answer.is_none() {
            self.stage.sim.lock().tally.count("client goes without an answer");
        }
        drop(leave);
        (process, answer)
    }
}

/// A request that a server works on, also when its client has gone.
struct Open(Arc<Sim>);

impl Open {
    fn of(sim: Arc<Sim>) -> Self {
        sim.lock().requests += 1;
        Self(sim)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.lock().requests -= 1;
    }
}
