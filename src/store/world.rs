//! A world's row: its clock, the position reached, and when it wants to be looked at next.

use super::row::{Arg, Row};
use super::session::Session;
use super::{Error, Store};
use crate::clock::{Mode, Timestamp, WorldClock};
use crate::domain::world::WorldId;

/// What a world's row says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct World {
    /// How its time passes.
    pub clock: WorldClock,
    /// Something has happened at this instant; the world's time is never before it. A run that came to its end
    /// here has left nothing before it undone; a command on an endpoint that was not due itself may have.
    pub reached: Timestamp,
    /// The earliest instant at which something is due, on the world's clock.
    pub next_due: Option<Timestamp>,
    /// Grows with every change of the row.
    pub version: i64,
    /// Which of the worlds of this name it is: one that was reset begins another life. 0 if a version wrote the
    /// row that did not know of lives.
    pub life: i64,
    /// How many faults operators have put into it so far.
    pub injections: i64,
    /// Whether it keeps what its endpoints were.
    pub keeps_past: bool,
    /// For how many instance types there are limits.
    pub limits: i64,
    /// How many answers were set for requests to its endpoints.
    pub results: i64,
    /// How many rules want what EventBridge is told.
    pub rules: i64,
    /// How many scalable targets it has.
    pub scalable_targets: i64,
    /// How many inference components it has.
    pub components: i64,
}

impl World {
    /// The world's time at `base_now`: by its clock, but never before the position reached.
    pub fn now(&self, base_now: Timestamp) -> Timestamp {
        self.clock.now(base_now).max(self.reached)
    }

    /// The base time at which it wants to be looked at; none while nothing is due or its time stands still.
    pub fn wake_at(&self) -> Option<Timestamp> {
        self.next_due.and_then(|due| self.clock.base_at(due))
    }
}

/// The columns that [`read`] takes.
macro_rules! columns {
    () => {
        "mode, rate_milli, anchor_base_ms, anchor_world_ms, reached_ms, next_due_ms, version, life, injections, keeps_past, \
         instance_limits, results, rules, scalable_targets, components"
    };
}
pub(super) use columns;

/// Reads the columns of [`columns!`].
pub(super) fn read(row: &mut Row) -> Result<World, Error> {
    let (word, rate_milli) = (row.text()?, row.int()?);
    let clock =
        WorldClock { mode: mode(&word, rate_milli)?, anchor_base: row.at()?, anchor_world: row.at()? };
    let (reached, next_due, version, life) = (row.at()?, row.maybe_at()?, row.int()?, row.int()?);
    let (injections, keeps_past, limits) = (row.int()?, row.int()? != 0, row.int()?);
    let (results, rules, scalable_targets) = (row.int()?, row.int()?, row.int()?);
    let components = row.int()?;
    Ok(World {
        clock,
        reached,
        next_due,
        version,
        life,
        injections,
        keeps_past,
        limits,
        results,
        rules,
        scalable_targets,
        components,
    })
}

/// The mode of a word that the store wrote.
pub(super) fn mode(word: &str, rate_milli: i64) -> Result<Mode, Error> {
    match word {
        "real" => Ok(Mode::Real),
        "scaled" => Ok(Mode::Scaled { rate_milli }),
        "manual" => Ok(Mode::Manual),
        other => Err(Error::Unreadable(format!("there is no clock mode {other:?}"))),
    }
}

/// All columns of a world's row.
fn args<'a>(id: &'a WorldId, world: &World) -> [Arg<'a>; 18] {
    let clock = &world.clock;
    [
        (&id.account).into(),
        (&id.region).into(),
        clock.mode.word().into(),
        clock.mode.rate_milli().into(),
        clock.anchor_base.into(),
        clock.anchor_world.into(),
        world.reached.into(),
        world.next_due.into(),
        world.wake_at().into(),
        world.version.into(),
        world.life.into(),
        world.injections.into(),
        i64::from(world.keeps_past).into(),
        world.limits.into(),
        world.results.into(),
        world.rules.into(),
        world.scalable_targets.into(),
        world.components.into(),
    ]
}

impl Session {
    /// The world's row; a world that nobody has named before begins here, at the base time.
    pub async fn world(&mut self, id: &WorldId) -> Result<World, Error> {
        loop {
            match self.known_world(id).await? {
                Some(world) => return Ok(world),
                None => self.begin_world(id).await?,
            }
        }
    }

    /// The world's row; `None` if nobody has named it before.
    pub async fn known_world(&mut self, id: &WorldId) -> Result<Option<World>, Error> {
        let sql = concat!("SELECT ", columns!(), " FROM worlds WHERE account = $1 AND region = $2");
        let row = self.read_one(sql, &[(&id.account).into(), (&id.region).into()]).await?;
        row.map(|mut row| read(&mut row)).transpose()
    }

    /// The world's time.
    pub async fn world_now(&mut self, id: &WorldId) -> Result<Timestamp, Error> {
        let world = self.world(id).await?;
        Ok(world.now(self.base_now().await?))
    }

    /// The earliest instant after `after` at which anything of the world is due: an endpoint, an alarm, traffic, a
    /// fault or a scaling; of the last two `world` says whether it has any.
    pub async fn due_after(
        &mut self,
        id: &WorldId,
        world: &World,
        after: Timestamp,
    ) -> Result<Option<Timestamp>, Error> {
        let sql = "SELECT MIN(wake_ms) FROM (\
                   SELECT MIN(wake_ms) AS wake_ms FROM endpoints \
                   WHERE account = $1 AND region = $2 AND wake_ms > $3 \
                   UNION ALL SELECT MIN(wake_ms) FROM alarms \
                   WHERE account = $1 AND region = $2 AND wake_ms > $3 \
                   UNION ALL SELECT MIN(wake_ms) FROM traffic \
                   WHERE account = $1 AND region = $2 AND wake_ms > $3 \
                   UNION ALL SELECT MIN(wake_ms) FROM injections \
                   WHERE account = $1 AND region = $2 AND wake_ms > $3 AND $4 > 0 \
                   UNION ALL SELECT MIN(wake_ms) FROM scalable_targets \
                   WHERE account = $1 AND region = $2 AND wake_ms > $3 AND $5 > 0 \
                   UNION ALL SELECT MIN(wake_ms) FROM scaling_rules \
                   WHERE account = $1 AND region = $2 AND wake_ms > $3 AND $5 > 0) AS wakes";
        let (injections, targets) = (world.injections.into(), world.scalable_targets.into());
        let args = [(&id.account).into(), (&id.region).into(), after.into(), injections, targets];
        let row = self.read_one(sql, &args).await?;
        row.map_or(Ok(None), |mut row| row.maybe_at())
    }

    /// The earliest instant at which anything of the world is due.
    pub(super) async fn next_due(&mut self, id: &WorldId, world: &World) -> Result<Option<Timestamp>, Error> {
        self.due_after(id, world, Timestamp(i64::MIN)).await
    }

    /// The world's row, or, if nobody has named it before, what it would begin with: nothing is written.
    pub async fn seen_world(&mut self, id: &WorldId) -> Result<World, Error> {
        match self.known_world(id).await? {
            Some(world) => Ok(world),
            None => self.beginning().await,
        }
    }

    /// So many accounts and regions of worlds, in their order.
    pub async fn accounts_and_regions(&mut self, limit: u32) -> Result<[Vec<String>; 2], Error> {
        let mut found = [Vec::new(), Vec::new()];
        for (at, sql) in [
            "SELECT DISTINCT account FROM worlds ORDER BY account LIMIT $1",
            "SELECT DISTINCT region FROM worlds ORDER BY region LIMIT $1",
        ]
        .into_iter()
        .enumerate()
        {
            let rows = self.read(sql, &[i64::from(limit).into()]).await?;
            found[at] = rows.into_iter().map(|mut row| row.text()).collect::<Result<_, _>>()?;
        }
        Ok(found)
    }

    /// Makes the world's row unless there is one.
    pub(super) async fn begin_world(&mut self, id: &WorldId) -> Result<(), Error> {
        let world = self.beginning().await?;
        self.insert_world(id, &world).await
    }

    /// What a world begins with.
    async fn beginning(&self) -> Result<World, Error> {
        let (mode, base_now) = (self.base.default_mode, self.base_now().await?);
        Ok(World {
            clock: WorldClock::starting(mode, base_now),
            reached: base_now,
            next_due: None,
            version: 1,
            life: self.base.new_life(),
            injections: 0,
            keeps_past: false,
            limits: 0,
            results: 0,
            rules: 0,
            scalable_targets: 0,
            components: 0,
        })
    }

    /// Makes this the world's row unless there is one.
    pub(super) async fn insert_world(&mut self, id: &WorldId, world: &World) -> Result<(), Error> {
        let sql = "INSERT INTO worlds (account, region, mode, rate_milli, anchor_base_ms, anchor_world_ms, \
                   reached_ms, next_due_ms, wake_real_ms, version, life, injections, keeps_past, instance_limits, \
                   results, rules, scalable_targets, components) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) \
                   ON CONFLICT (account, region) DO NOTHING";
        self.execute(sql, &args(id, world)).await.map(drop)
    }

    /// Writes the world's row, and with it the base time at which it wants to be looked at, unless it is no
    /// longer the one that `world` was read from: then whoever changed it did so without the lock that the
    /// reader still believes to hold.
    pub(super) async fn save_world(&mut self, id: &WorldId, world: &World) -> Result<(), Error> {
        let sql = "UPDATE worlds SET mode = $3, rate_milli = $4, anchor_base_ms = $5, anchor_world_ms = $6, \
                   reached_ms = $7, next_due_ms = $8, wake_real_ms = $9, version = version + 1, life = $11, \
                   injections = $12, keeps_past = $13, instance_limits = $14, results = $15, \
                   rules = $16, scalable_targets = $17, components = $18 \
                   WHERE account = $1 AND region = $2 AND version = $10";
        if self.execute(sql, &args(id, world)).await? == 0 {
            return Err(Error::Overtaken(id.clone()));
        }
        Ok(())
    }
}

impl Store {
    /// Worlds that want to be looked at by now, the longest waiting first. Nothing is locked: see
    /// [`Store::try_begin`].
    pub async fn due_worlds(&self, limit: u32) -> Result<Vec<WorldId>, Error> {
        let mut session = self.session();
        let base_now = session.base_now().await?;
        let sql = "SELECT account, region FROM worlds WHERE wake_real_ms <= $1 \
                   ORDER BY wake_real_ms, account, region LIMIT $2";
        let rows = session.read(sql, &[base_now.into(), i64::from(limit).into()]).await?;
        rows.into_iter().map(|mut row| Ok(WorldId::new(row.text()?, row.text()?))).collect()
    }

    /// The base time at which the next world wants to be looked at.
    pub async fn nearest_wake(&self) -> Result<Option<Timestamp>, Error> {
        self.wake_after(Timestamp(i64::MIN)).await
    }

    /// The first base time after `after` at which a world wants to be looked at.
    pub async fn wake_after(&self, after: Timestamp) -> Result<Option<Timestamp>, Error> {
        let sql = "SELECT MIN(wake_real_ms) FROM worlds WHERE wake_real_ms > $1";
        let row = self.session().read_one(sql, &[after.into()]).await?;
        row.map_or(Ok(None), |mut row| row.maybe_at())
    }
}
