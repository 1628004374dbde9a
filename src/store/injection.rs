//! Faults that operators have put into a world. Beside each stands when it wakes somebody; a world's row says whether
//! there ever were any, so that a world without them pays nothing for them.

use super::row::Row;
use super::session::Session;
use super::world::World;
use super::{Error, Tx};
use crate::clock::Timestamp;
use crate::domain::injection::Injection;
use crate::domain::world::WorldId;

fn read(row: &mut Row) -> Result<Injection, Error> {
    let body = row.text()?;
    serde_json::from_str(&body).map_err(|error| Error::Unreadable(format!("a fault of a world: {error}")))
}

impl Session {
    /// What the row of a world says of its faults: the greatest number, and whether the past is kept.
    pub(super) async fn marks(&mut self, world: &WorldId) -> Result<(i64, bool), Error> {
        let sql = "SELECT COALESCE(MAX(number), 0) FROM injections WHERE account = $1 AND region = $2";
        let row = self.read_one(sql, &[(&world.account).into(), (&world.region).into()]).await?;
        let last = row.map_or(Ok(0), |mut row| row.int())?;
        let keeps_past =
            self.read_injections(world).await?.iter().any(|injection| injection.effect.reads_past());
        Ok((last, keeps_past))
    }

    /// The faults of a world, in the order in which they were added; without a statement where its row says that there
    /// never were any. Those that this version cannot read are passed over.
    pub async fn injections(&mut self, id: &WorldId, world: &World) -> Result<Vec<Injection>, Error> {
        if world.injections == 0 { Ok(Vec::new()) } else { self.read_injections(id).await }
    }

    async fn read_injections(&mut self, world: &WorldId) -> Result<Vec<Injection>, Error> {
        let sql = "SELECT body FROM injections WHERE account = $1 AND region = $2 ORDER BY number";
        let rows = self.read(sql, &[(&world.account).into(), (&world.region).into()]).await?;
        let mut injections = Vec::with_capacity(rows.len());
        for mut row in rows {
            match read(&mut row) {
                Ok(injection) => injections.push(injection),
                Err(error) => self.put_off(world, "a fault", &error.to_string()),
            }
        }
        Ok(injections)
    }
}

impl Tx {
    /// The faults of this world: see [`Session::injections`].
    pub async fn own_injections(&mut self) -> Result<Vec<Injection>, Error> {
        let (id, world) = (self.id().clone(), self.world.clone());
        self.injections(&id, &world).await
    }

    /// Faults that do their work by `until`, the earliest first.
    pub async fn due_injections(
        &mut self,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<(Timestamp, i64)>, Error> {
        if self.world.injections == 0 {
            return Ok(Vec::new());
        }
        let sql = "SELECT wake_ms, number FROM injections WHERE account = $1 AND region = $2 AND wake_ms <= $3 \
                   ORDER BY wake_ms, number LIMIT $4";
        let world = self.id().clone();
        let args = [(&world.account).into(), (&world.region).into(), until.into(), i64::from(limit).into()];
        let rows = self.read(sql, &args).await?;
        rows.into_iter().map(|mut row| Ok((row.at()?, row.int()?))).collect()
    }

    /// A number that no fault of this world has had. A server that knows of no faults may have begun the world anew
    /// and left some: those are gone with the first.
    pub async fn next_injection(&mut self) -> Result<i64, Error> {
        if self.world.injections == 0 {
            self.delete_injections(None).await?;
        }
        self.world.injections += 1;
        Ok(self.world.injections)
    }

    /// Writes a fault, as a new one or instead of the one of its number.
    pub async fn put_injection(&mut self, injection: &Injection) -> Result<(), Error> {
        let sql = "INSERT INTO injections (account, region, number, body, wake_ms) VALUES ($1, $2, $3, $4, $5) \
                   ON CONFLICT (account, region, number) DO UPDATE SET body = excluded.body, wake_ms = excluded.wake_ms";
        let body = serde_json::to_string(injection).expect("a fault is plain data with string keys");
        let world = self.id().clone();
        let (number, wake) = (injection.number.into(), injection.wake_at().into());
        let args = [(&world.account).into(), (&world.region).into(), number, (&body).into(), wake];
        self.execute(sql, &args).await?;
        self.world.keeps_past |= injection.effect.reads_past();
        self.injections_written();
        Ok(())
    }

    /// Lets a fault wake nobody any more: this version cannot read it.
    pub async fn sleep_injection(&mut self, number: i64) -> Result<(), Error> {
        let sql = "UPDATE injections SET wake_ms = NULL WHERE account = $1 AND region = $2 AND number = $3";
        let world = self.id().clone();
        self.execute(sql, &[(&world.account).into(), (&world.region).into(), number.into()]).await?;
        self.injections_written();
        Ok(())
    }

    /// Takes faults away: the one of that number, or all. Answers how many there were.
    pub async fn delete_injections(&mut self, number: Option<i64>) -> Result<u64, Error> {
        let world = self.id().clone();
        let sql = "DELETE FROM injections WHERE account = $1 AND region = $2 AND ($3 = 0 OR number = $3)";
        let args = [(&world.account).into(), (&world.region).into(), number.unwrap_or(0).into()];
        let gone = self.execute(sql, &args).await?;
        let (_, keeps_past) = self.marks(&world).await?;
        if self.world.keeps_past && !keeps_past {
            self.world.keeps_past = false;
            self.forget_past(Timestamp(i64::MAX)).await?;
        }
        self.injections_written();
        Ok(gone)
    }

    fn injections_written(&mut self) {
        self.wakes_changed = true;
        self.serving_changed = true;
        self.note_earlier();
    }
}
