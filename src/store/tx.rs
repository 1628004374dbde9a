//! A transaction in one world.
//!
//! It begins by locking the world's row, so that inside a world there is one order of things: whoever comes
//! second sees what the first has done. It ends with the row written once, if anything changed in it.
//! Dropped without [`Tx::commit`] nothing has happened.
//!
//! Invariant: after every commit the world's next due time is the earliest wake of what is in it. Nobody has
//! to remember to lower it.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use tokio::sync::Notify;

use super::line::Line;
use super::notice::Notice;
use super::row::Row;
use super::session::{Link, Session};
use super::warning::Warning;
use super::watched::Watched;
use super::world::{self, World};
use super::{Error, Store};
use crate::clock::{Timestamp, WorldClock};
use crate::domain::world::WorldId;

/// A transaction in one world; all of [`Session`]'s functions work inside it.
#[derive(Debug)]
pub struct Tx {
    session: Session,
    id: WorldId,
    pub(super) world: World,
    /// As it was read; in a box, because a transaction is handed on a lot.
    stored: Box<World>,
    base_now: Timestamp,
    /// Whether an endpoint, an alarm or traffic was written, so that the earliest wake may be another.
    pub(super) wakes_changed: bool,
    /// Whether something has become due earlier than before; see [`Tx::take_earlier`].
    pub(super) earlier: bool,
    /// Whether something was written that requests are served by; see [`Store::generation`].
    pub(super) serving_changed: bool,
    /// Rung after the commit, if there is one.
    pub(super) rings: Option<Arc<Notify>>,
    /// The bell of those who carry what is put on its way.
    pub(super) bell: Arc<Notify>,
    /// What the log hears of after the commit.
    pub(super) warnings: Vec<Warning>,
    notice: Notice,
    pub(super) watched: Watched,
}

impl Deref for Tx {
    type Target = Session;

    fn deref(&self) -> &Session {
        &self.session
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Session {
        &mut self.session
    }
}

/// What to do when somebody else holds the world's row.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lock {
    Wait,
    Skip,
}

impl Store {
    /// Begins a transaction in this world and waits until it is ours alone. A world that nobody has named
    /// before begins here.
    pub async fn begin(&self, id: &WorldId) -> Result<Tx, Error> {
        let watched = Watched::begin(self, id);
        let mut session = self.begin_session().await?;
        let (world, base_now) = session.lock_world(id).await?;
        Ok(self.tx(session, id, (world, base_now), watched))
    }

    /// Begins a transaction in this world unless another replica has it; `None` then, and when there is no
    /// such world.
    pub async fn try_begin(&self, id: &WorldId) -> Result<Option<Tx>, Error> {
        let watched = Watched::begin(self, id);
        let mut session = self.begin_session().await?;
        let locked = locked(&mut session, id, Lock::Skip).await?;
        Ok(locked.map(|locked| self.tx(session, id, locked, watched)))
    }

    fn tx(
        &self,
        mut session: Session,
        id: &WorldId,
        (world, base_now): (World, Timestamp),
        mut watched: Watched,
    ) -> Tx {
        watched.locked();
        session.begun = Some(base_now);
        Tx {
            session,
            id: id.clone(),
            stored: Box::new(world.clone()),
            world,
            base_now,
            wakes_changed: false,
            earlier: false,
            serving_changed: false,
            rings: None,
            warnings: Vec::new(),
            bell: Arc::clone(&self.bell),
            notice: self.notice(Some(id)),
            watched,
        }
    }

    /// A session in a transaction, without a world.
    pub(super) async fn begin_session(&self) -> Result<Session, Error> {
        let outside = self.session();
        let link = match outside.link {
            // A deferred transaction that writes later is refused at once when another one wrote before.
            Link::Sqlite { writer, .. } => Link::SqliteTx(writer.begin_with("BEGIN IMMEDIATE").await?),
            Link::Postgres(pool) => Link::PostgresTx(Line::begin(&pool, "BEGIN").await?),
            Link::Ground(mut connection) => {
                connection.begin().await?;
                Link::Ground(connection)
            }
            Link::SqliteTx(_) | Link::PostgresTx(_) => {
                unreachable!("a store's own session has no transaction")
            }
        };
        Ok(Session { link, cache: None, ..outside })
    }

    /// A session that sees the database at one instant, that of its first statement, and writes nothing.
    pub async fn begin_reading(&self) -> Result<Session, Error> {
        let outside = self.session();
        let link = match outside.link {
            Link::Sqlite { readers, .. } => Link::SqliteTx(readers.begin_with("BEGIN").await?),
            Link::Postgres(pool) => Link::PostgresTx(Line::begin(&pool, READING).await?),
            Link::Ground(mut connection) => {
                connection.begin().await?;
                Link::Ground(connection)
            }
            Link::SqliteTx(_) | Link::PostgresTx(_) => {
                unreachable!("a store's own session has no transaction")
            }
        };
        Ok(Session { link, cache: None, ..outside })
    }
}

/// PostgreSQL's word for what a transaction of SQLite is by itself.
const READING: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

impl Session {
    /// Waits until this world's row is ours until the end of the transaction. A world that nobody has named
    /// before begins here.
    pub(super) async fn lock_world(&mut self, id: &WorldId) -> Result<(World, Timestamp), Error> {
        loop {
            match locked(self, id, Lock::Wait).await? {
                Some(found) => return Ok(found),
                None => self.begin_world(id).await?,
            }
        }
    }
}

/// Locks and reads the world's row, and reads the base time once the lock is ours.
async fn locked(
    session: &mut Session,
    id: &WorldId,
    lock: Lock,
) -> Result<Option<(World, Timestamp)>, Error> {
    // The outer SELECT reads the clock after the inner one has waited for the lock.
    macro_rules! locking {
        ($lock:literal) => {
            concat!(
                "WITH locked AS MATERIALIZED (SELECT ",
                world::columns!(),
                " FROM worlds \
                 WHERE account = $1 AND region = $2 ",
                $lock,
                ") SELECT ",
                world::columns!(),
                ", (EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::BIGINT FROM locked"
            )
        };
    }
    macro_rules! reading {
        ($lock:literal) => {
            concat!(
                "SELECT ",
                world::columns!(),
                ", NULL FROM worlds WHERE account = $1 AND region = $2",
                $lock
            )
        };
    }
    let sql = match (&session.link, lock) {
        (Link::PostgresTx(_), Lock::Wait) => locking!("FOR UPDATE"),
        (Link::PostgresTx(_), Lock::Skip) => locking!("FOR UPDATE SKIP LOCKED"),
        (Link::Ground(_), Lock::Wait) => reading!(" FOR UPDATE"),
        (Link::Ground(_), Lock::Skip) => reading!(" FOR UPDATE SKIP LOCKED"),
        _ => reading!(""),
    };
    let args = [(&id.account).into(), (&id.region).into()];
    let Some(mut row): Option<Row> = session.read_one(sql, &args).await? else { return Ok(None) };
    let world = world::read(&mut row)?;
    let told = row.maybe_at()?;
    let base_now = match told {
        Some(base_now) => {
            session.base.heard(base_now);
            base_now
        }
        None => session.base_now().await?,
    };
    Ok(Some((world, base_now)))
}

impl Tx {
    /// Which world it is in.
    pub fn id(&self) -> &WorldId {
        &self.id
    }

    /// The world's row, with what this transaction changed in it.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// The base time at the beginning of this transaction.
    pub fn begun_at(&self) -> Timestamp {
        self.base_now
    }

    /// The world's time in this transaction; it stands still unless the clock is set.
    pub fn now(&self) -> Timestamp {
        self.world.now(self.base_now)
    }

    /// Sets the world's clock.
    pub fn set_clock(&mut self, clock: WorldClock) {
        self.world.clock = clock;
    }

    /// Says that everything due up to `reached` has happened; an earlier position than the present one is
    /// ignored.
    pub fn set_reached(&mut self, reached: Timestamp) {
        self.world.reached = self.world.reached.max(reached);
    }

    /// Commits. An error means that it is not known to have happened: read again.
    pub async fn commit(mut self) -> Result<(), Error> {
        if self.wakes_changed {
            let id = self.id.clone();
            self.world.next_due = self.session.next_due(&id, &self.world).await?;
        }
        if self.world != *self.stored {
            self.session.save_world(&self.id, &self.world).await?;
        }
        let clock_changed =
            self.world.clock != self.stored.clock || self.now() != self.stored.now(self.base_now);
        if self.serving_changed || clock_changed {
            self.notice.after(self.session).await?;
        } else {
            self.session.commit().await?;
        }
        self.warnings.iter().for_each(|warning| warning.say(&self.id));
        if let Some(bell) = self.rings {
            bell.notify_one();
        }
        self.watched.committed(&self.stored.clock, self.base_now);
        Ok(())
    }

    /// Notes for those who watch over the server that a step was made that was due at this instant of the world.
    pub fn stepped(&mut self, due: Timestamp) {
        self.watched.steps.push(due);
    }

    /// The span of this transaction.
    pub fn span(&self) -> &tracing::Span {
        &self.watched.span
    }

    /// Commits and then does this, to the end: a client that goes away ends the wait for both, not them.
    pub async fn commit_and(self, then: impl FnOnce() + Send + 'static) -> Result<(), Error> {
        let base = Arc::clone(&self.session.base);
        base.to_the_end(async move {
            self.commit().await?;
            then();
            Ok(())
        })
        .await
    }

    /// Notes that an endpoint's row was written.
    pub(super) fn endpoint_written(&mut self) {
        self.wakes_changed = true;
        self.serving_changed = true;
    }
}
