//! The rooms put together: store, engine, services, wire and control behind one port.
//!
//! It is the same server for `sagebrush serve`, for the demo and for tests, which start it inside their own
//! process. The address is taken first and the database opened second, so that a start that cannot work
//! fails before it has changed anything.

mod builder;
mod mount;
mod outside;
mod planner;

use std::fs;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::time::Duration;

use tokio::task::JoinHandle;

use crate::config::Settings;
use crate::domain::world::WorldId;
use crate::engine::{self, Engine, Joining, Worker};
use crate::scenario::Scenario;
use crate::store::{self, Store};
use crate::wire;

pub use builder::NotBuilt;
use builder::build;
#[cfg(test)]
pub(crate) use mount::handed;
pub use mount::router;
#[cfg(test)]
pub(crate) use planner::maker;

/// The store of a server that was not given one.
const IN_MEMORY: &str = "sqlite::memory:";

/// How long the requests that are being answered may still take when the server is to stop; with what the
/// worker needs for its last transaction the end comes within five seconds.
const GRACE: Duration = Duration::from_millis(2500);

/// How long models may take their time meanwhile; then their callers are answered at once.
const PATIENCE: Duration = Duration::from_millis(1500);

/// How long the worker may take for its last transaction, and the store for its end.
const LAST_TRANSACTION: Duration = Duration::from_secs(1);

/// A server that serves.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    handle: wire::Handle,
    serving: JoinHandle<io::Result<()>>,
    engine: Engine,
    worker: Worker,
    store: Store,
}

/// Why a server does not start, in one sentence.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address cannot be had.
    #[error("cannot listen on {address}: {why}")]
    Listen {
        /// As it was given.
        address: String,
        /// What is wrong, and what would be right.
        why: String,
    },
    /// The database cannot be had.
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl Server {
    /// Starts a server; it serves when this returns.
    pub async fn start(settings: &Settings) -> Result<Self, StartError> {
        let (listener, address) = listen(settings)?;
        let url = settings.database_url.as_deref().unwrap_or(IN_MEMORY);
        let store = Store::connect(url, settings.clock).await?;
        let engine = Engine::new(store.clone(), settings.rules).carried_by(outside::carrier(settings));
        let engine = engine.join(Joining::named(name(address))).await?;
        let router = router(&engine, settings);
        let worker = engine.start();
        let handle = wire::Handle::new();
        let serving = wire::serve(listener, router, handle.clone(), wire::HEADER_READ_TIMEOUT);
        Ok(Self { address, handle, serving: tokio::spawn(serving), engine, worker, store })
    }

    /// Makes a scenario in a world that nobody has used before. False, and nothing is done, if something is in it.
    pub async fn play(
        &self,
        scenario: &Scenario,
        settings: &Settings,
        world: &WorldId,
    ) -> Result<bool, NotBuilt> {
        let snapshot = build(scenario, settings, &self.engine, world).await?;
        match self.engine.import(snapshot.only_into_empty()).await {
            Ok(_) => Ok(true),
            Err(engine::Error::Store(store::Error::InUse(_))) => Ok(false),
            Err(error) => Err(NotBuilt::Failed(error.to_string())),
        }
    }

    /// Whether everything is forgotten when a server of these settings ends.
    pub fn forgets(settings: &Settings) -> bool {
        settings.database_url.as_deref().is_none_or(store::is_in_memory)
    }

    /// Where it is to be found: `http://127.0.0.1:7243`. A server that listens everywhere is found on the
    /// loopback.
    pub fn url(&self) -> String {
        let ip = match self.address.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
            ip => ip,
        };
        format!("http://{}", SocketAddr::new(ip, self.address.port()))
    }

    /// How time passes in it.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Comes to its end only when the server can no longer serve; the error says why.
    pub async fn failed(&mut self) -> io::Error {
        match (&mut self.serving).await {
            Ok(Ok(())) => io::Error::other("the server has ended"),
            Ok(Err(error)) => error,
            Err(error) => io::Error::other(error),
        }
    }

    /// Answers what is being answered, finishes the transaction that has begun, and ends, within five
    /// seconds.
    pub async fn stop(mut self) {
        self.handle.graceful_shutdown(Some(GRACE));
        last_answers(&mut self.serving, &self.engine).await;
        let last = async {
            self.worker.stop().await;
            self.store.close().await;
        };
        if tokio::time::timeout(LAST_TRANSACTION, last).await.is_err() {
            tracing::warn!("a transaction did not end in time; it will be done again at the next start");
        }
    }
}

/// What an operator knows this server by among others: the same address may be one in several containers.
fn name(address: SocketAddr) -> String {
    let host =
        fs::read_to_string("/proc/sys/kernel/hostname").ok().or_else(|| std::env::var("HOSTNAME").ok());
    let on = host.map_or_else(String::new, |host| format!(" on {}", host.trim()));
    format!("http://{address}{on}, process {}", std::process::id())
}

/// Waits until what is being answered has been. Whoever waits for a slow model is answered when the patience is
/// over.
async fn last_answers(serving: &mut JoinHandle<io::Result<()>>, engine: &Engine) {
    if serving.is_finished() {
        return;
    }
    let patient = tokio::time::timeout(PATIENCE, &mut *serving).await;
    let ended = if let Ok(ended) = patient {
        ended
    } else {
        engine.hurry();
        serving.await
    };
    if let Err(error) = ended.unwrap_or_else(|error| Err(io::Error::other(error))) {
        tracing::error!(%error, "the listener did not end well");
    }
}

/// Takes the address. What a name means is known only then, so only then can be seen whether it is the
/// loopback's; nobody has been answered by that time.
fn listen(settings: &Settings) -> Result<(TcpListener, SocketAddr), StartError> {
    let wanted = settings.listen.as_str();
    let refuse = |error: io::Error| {
        let why = match error.kind() {
            io::ErrorKind::AddrInUse => {
                "another program listens there; end it, or choose another port with --listen (port 0 takes a free one)"
                    .to_owned()
            }
            io::ErrorKind::PermissionDenied => {
                "this user may not listen there; choose a port from 1024 on with --listen".to_owned()
            }
            io::ErrorKind::AddrNotAvailable => {
                "this machine does not have that address; 127.0.0.1 is always there".to_owned()
            }
            _ => error.to_string(),
        };
        StartError::Listen { address: wanted.to_owned(), why }
    };
    let listener = TcpListener::bind(wanted).map_err(refuse)?;
    let address = listener.local_addr().map_err(refuse)?;
    if !settings.trust_network && !address.ip().to_canonical().is_loopback() {
        let ip = address.ip();
        let why = format!(
            "{ip} is no address of the loopback, so others on the network could use this server; listen on \
             127.0.0.1, or say --trust-network if they shall"
        );
        return Err(StartError::Listen { address: wanted.to_owned(), why });
    }
    Ok((listener, address))
}
