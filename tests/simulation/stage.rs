//! Where a run is played: the replicas of the moment, what clients were told, and how far it has come.

use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;

use sagebrush::clock::Mode;
use sagebrush::store::ground::Work;

use super::client::deed::{Answer, Deed, Failure};
use super::log::Log;
use super::scene::Scene;
use super::server::Server;
use super::sim::{OUTSIDE, Sim};
use super::weather::Weather;

/// What the tasks of a run share beside the simulation itself.
pub struct Stage {
    pub sim: Arc<Sim>,
    pub scene: Scene,
    pub log: Mutex<Log>,
    /// The world before and after, where what is done is kept.
    #[cfg(test)]
    pub exports: Mutex<Vec<Vec<u8>>>,
    /// What clients did and what they were told, where it is kept.
    pub kept: Mutex<Vec<Kept>>,
    servers: Mutex<Vec<Option<Arc<Server>>>>,
    play: Mutex<Play>,
}

/// What a client did, and what it was told; none if nobody answered.
pub type Kept = (Deed, Option<Result<Answer, Failure>>);

/// How far a run has come.
struct Play {
    storm: bool,
    acts_left: usize,
    clients: usize,
    marks: u64,
    processes: u32,
}

impl Stage {
    pub fn new(sim: Arc<Sim>, scene: Scene) -> Arc<Self> {
        let play =
            Play { storm: false, acts_left: scene.acts, clients: scene.clients, marks: 0, processes: 0 };
        let servers = Mutex::new(vec![None; scene.replicas]);
        let (log, kept) = (Mutex::default(), Mutex::default());
        Arc::new(Self {
            #[cfg(test)]
            exports: Mutex::default(),
            sim,
            scene,
            log,
            kept,
            servers,
            play: Mutex::new(play),
        })
    }

    pub fn spawn(&self, name: &'static str, work: impl Future<Output = ()> + Send + 'static) {
        let work: Work = Box::pin(work);
        self.sim.lock().spawned.push((OUTSIDE, name, work));
    }

    /// What is left of the log is whole: nothing panics while it is written.
    pub fn log(&self) -> MutexGuard<'_, Log> {
        locked(&self.log)
    }

    /// Keeps what a client did, if it is to be kept.
    pub fn keep_deed(&self, deed: &Deed, told: Option<&Result<Answer, Failure>>) {
        if self.scene.is_kept {
            locked(&self.kept).push((deed.clone(), told.cloned()));
        }
    }

    /// A word that no other request of the run contains.
    pub fn mark(&self, what: &str) -> String {
        let mut play = locked(&self.play);
        play.marks += 1;
        format!("{what}-{}", play.marks)
    }

    /// The replicas that live.
    pub fn servers(&self) -> Vec<Arc<Server>> {
        let servers = locked(&self.servers);
        let inner = self.sim.lock();
        servers.iter().flatten().filter(|server| !inner.dead.contains(&server.process)).cloned().collect()
    }

    /// Begins the storm, or ends it.
    pub fn set_storm(&self, storm: bool) {
        locked(&self.play).storm = storm;
    }

    pub fn is_storm(&self) -> bool {
        locked(&self.play).storm
    }

    /// Takes one of the acts that are left; none at the end of the play.
    pub fn take_act(&self) -> bool {
        let mut play = locked(&self.play);
        let left = play.acts_left > 0;
        play.acts_left = play.acts_left.saturating_sub(1);
        left
    }

    pub fn client_is_done(&self) {
        locked(&self.play).clients -= 1;
        self.sim.lock().committed();
    }

    /// Waits until all clients have done what they had to.
    pub async fn clients_are_done(&self) {
        poll_fn(|context| {
            if locked(&self.play).clients == 0 {
                return Poll::Ready(());
            }
            self.sim.lock().watch(context);
            Poll::Pending
        })
        .await;
    }

    /// Waits until every replica lives.
    pub async fn all_live(&self) {
        poll_fn(|context| {
            if self.servers().len() == self.scene.replicas {
                return Poll::Ready(());
            }
            self.sim.lock().watch(context);
            Poll::Pending
        })
        .await;
    }

    /// The replicas that live, once there is one.
    pub async fn living(&self) -> Vec<Arc<Server>> {
        poll_fn(|context| {
            let living = self.servers();
            if living.is_empty() {
                self.sim.lock().watch(context);
                return Poll::Pending;
            }
            Poll::Ready(living)
        })
        .await
    }

    /// Something of the run in milliseconds, at the pace of its first world: what would take so long beside a
    /// real clock.
    pub fn paced(&self, real_ms: i64) -> i64 {
        let milli = match self.scene.worlds[0].1 {
            Mode::Manual => 50_000,
            running => running.rate_milli(),
        };
        (real_ms.saturating_mul(1000) / milli).max(1)
    }

    /// Nothing goes wrong any more, and whoever was kept from going on may.
    pub fn let_it_heal(&self) {
        self.set_storm(false);
        let mut inner = self.sim.lock();
        inner.weather = Weather::CALM;
        inner.paused.clear();
        inner.is_out = false;
    }

    /// Keeps the replica of this place alive: a life after the other.
    pub async fn keep(self: Arc<Self>, place: usize) {
        loop {
            let process = {
                let mut play = locked(&self.play);
                play.processes += 1;
                play.processes
            };
            {
                let mut inner = self.sim.lock();
                let most = inner.weather.skew_ms;
                let skew = inner.dice.between(-most, most);
                inner.set_skew(process, skew);
                inner.tell(|| {
                    format!("process {process} begins as replica {place}, its clock {skew} ms ahead")
                });
            }
            let server = Server::start(&self.sim, process, self.scene.rules, self.scene.worlds[0].1);
            if !self.scene.is_kept {
                server.let_work();
            }
            locked(&self.servers)[place] = Some(server);
            self.sim.lock().committed();
            self.sim.has_died(process).await;
            locked(&self.servers)[place] = None;
            let most = self.paced(60_000);
            let ms = self.sim.lock().dice.magnitude(1, most);
            self.sim.sleep(if self.is_storm() { ms } else { 1 }).await;
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
