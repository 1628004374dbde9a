//! A server inside a Rust test: on a free port, in memory, on a clock that the test moves.
//!
//! It has threads of its own, so it serves tests with and without a runtime alike: what they ask of it here blocks them, and
//! never the server.
//!
//! ```
//! let server = sagebrush::Server::start()?;
//! // An AWS client takes server.url() as its endpoint URL; 123456789012 as its access key id is the world that is moved here.
//! server.advance(std::time::Duration::from_secs(600))?;
//! assert!(server.deployment("house")?.is_none(), "nobody has made an endpoint of that name");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::io;
use std::sync::mpsc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio::runtime::{self, Handle};
use tokio::sync::oneshot;

use crate::clock::{Mode, Timestamp};
use crate::config::Settings;
use crate::domain::deployment::record::Record;
use crate::domain::world::WorldId;
use crate::engine::{self, Advance, Change, Engine};
use crate::server::{self, StartError};
use crate::store;

/// Requests are few in a test, and time that is moved takes a whole thread.
const THREADS: usize = 2;

/// A server of one test. It ends when it is dropped, with everything in it.
#[derive(Debug)]
pub struct Server {
    url: String,
    engine: Engine,
    runtime: Handle,
    world: WorldId,
    end: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// Why there is no server.
#[derive(Debug, thiserror::Error)]
pub enum NotStarted {
    /// It does not start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// There is no thread for it.
    #[error("the server has no thread: {0}")]
    Thread(#[from] io::Error),
}

/// What a thread tells when its server has started.
type Started = Result<(String, Engine, Handle), NotStarted>;

impl Server {
    /// Starts one; it serves when this returns.
    pub fn start() -> Result<Self, NotStarted> {
        Self::with(Settings::default())
    }

    /// Starts one with settings: durations, switches. It listens on a free port, keeps everything in memory, and its clock
    /// stands until it is moved, whatever they say.
    pub fn with(settings: Settings) -> Result<Self, NotStarted> {
        let settings = Settings {
            listen: "127.0.0.1:0".to_owned(),
            database_url: None,
            clock: Mode::Manual,
            ..settings
        };
        let (end, ended) = oneshot::channel();
        let (started, starts) = mpsc::channel();
        let thread = thread::Builder::new()
            .name("sagebrush".to_owned())
            .spawn(move || live(&settings, &started, ended))?;
        let (url, engine, runtime) = starts.recv().map_err(io::Error::other)??;
        let world = WorldId::new(WorldId::DEFAULT_ACCOUNT, WorldId::DEFAULT_REGION);
        Ok(Self { url, engine, runtime, world, end: Some(end), thread: Some(thread) })
    }

    /// Where AWS clients find it: `http://127.0.0.1:PORT`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The same server, where what is asked for here is about another world than that of account 123456789012 in us-east-1.
    pub fn in_world(mut self, account: &str, region: &str) -> Self {
        self.world = WorldId::new(account, region);
        self
    }

    /// The world's time.
    pub fn now(&self) -> Result<Timestamp, engine::Error> {
        self.ask(|engine, world| async move { Ok(engine.clock(&world).await?.now) })
    }

    /// Moves the world's time on, to the millisecond; everything due on the way has happened when this returns, and is told.
    pub fn advance(&self, time: Duration) -> Result<Vec<Change>, engine::Error> {
        self.to(Advance::By(i64::try_from(time.as_millis()).unwrap_or(i64::MAX)))
    }

    /// Moves it to the next change of an endpoint; nowhere if nothing is in transition.
    pub fn next(&self) -> Result<Vec<Change>, engine::Error> {
        self.to(Advance::Next)
    }

    /// Moves it until no endpoint is in transition, but for those that are paused in a bake.
    pub fn settle(&self) -> Result<Vec<Change>, engine::Error> {
        self.to(Advance::Idle)
    }

    /// The newest deployment of an endpoint: how it stands or has ended, and why.
    pub fn deployment(&self, endpoint: &str) -> Result<Option<Record>, store::Error> {
        let endpoint = endpoint.to_owned();
        self.ask(|engine, world| async move {
            let rows = engine.store().session().list_deployments(&world, Some(&endpoint), 1).await?;
            Ok(rows.into_iter().next().map(|row| row.record))
        })
    }

    fn to(&self, advance: Advance) -> Result<Vec<Change>, engine::Error> {
        self.ask(move |engine, world| async move { Ok(engine.advance(&world, advance).await?.changes) })
    }

    /// Has the server's threads do this, and waits for what comes of it.
    fn ask<T, F>(&self, work: impl FnOnce(Engine, WorldId) -> F) -> T
    where
        T: Send + 'static,
        F: Future<Output = T> + Send + 'static,
    {
        let (done, result) = mpsc::channel();
        let work = work(self.engine.clone(), self.world.clone());
        // Nobody waits for a result any more only if the test has ended.
        self.runtime.spawn(async move { drop(done.send(work.await)) });
        result.recv().expect("what is asked here ends, and in no panic")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the server of a test has panicked");
        }
    }
}

/// A server's life: it starts, tells so, and serves until its end is dropped.
fn live(settings: &Settings, started: &mpsc::Sender<Started>, ended: oneshot::Receiver<()>) {
    let runtime = runtime::Builder::new_multi_thread().worker_threads(THREADS).enable_all().build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => return drop(started.send(Err(error.into()))),
    };
    runtime.block_on(async {
        match server::Server::start(settings).await {
            Err(error) => drop(started.send(Err(error.into()))),
            Ok(server) => {
                let told = (server.url(), server.engine().clone(), Handle::current());
                if started.send(Ok(told)).is_ok() {
                    drop(ended.await);
                }
                server.stop().await;
            }
        }
    });
}
