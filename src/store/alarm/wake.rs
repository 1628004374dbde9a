//! When an alarm is evaluated next, and which metrics it reads: what wakes it when it sleeps.
//!
//! An alarm without an instant sleeps: evaluating it again would change nothing until one of its metrics
//! moves. See [`Tx::add_points`], which wakes it then.

use std::collections::BTreeSet;

use super::Alarm;
use crate::clock::Timestamp;
use crate::domain::world::WorldId;
use crate::store::session::Session;
use crate::store::statement::Statement;
use crate::store::{Error, Tx};

impl Session {
    /// Alarms that are to be evaluated up to `until`: by their instant, metric alarms before composite ones,
    /// by name.
    pub async fn due_alarms(
        &mut self,
        world: &WorldId,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<(Timestamp, Alarm)>, Error> {
        let sql = concat!(
            "SELECT wake_ms, ",
            super::columns!(),
            " FROM alarms WHERE account = $1 AND region = $2 AND wake_ms <= $3 \
             ORDER BY wake_ms, CASE kind WHEN 'metric' THEN 0 ELSE 1 END, name LIMIT $4"
        );
        let args = [(&world.account).into(), (&world.region).into(), until.into(), i64::from(limit).into()];
        let rows = self.read(sql, &args).await?;
        rows.into_iter().map(|mut row| Ok((row.at()?, super::read(&mut row)?))).collect()
    }
}

impl Tx {
    /// Makes the alarm of exactly that name due at `at` and no other instant; none is sleep. False if there
    /// is no such alarm.
    pub async fn wake_alarm(&mut self, name: &str, at: Option<Timestamp>) -> Result<bool, Error> {
        let sql = "UPDATE alarms SET wake_ms = $4 WHERE account = $1 AND region = $2 AND name = $3";
        let world = self.id().clone();
        let args = [(&world.account).into(), (&world.region).into(), name.into(), at.into()];
        self.wakes_changed = true;
        Ok(self.execute(sql, &args).await? > 0)
    }

    /// Says which metrics the alarm of exactly that name reads, by their keys without units, instead of those
    /// said before. It is forgotten with the alarm.
    pub async fn set_alarm_metrics(&mut self, name: &str, metric_keys: &[String]) -> Result<(), Error> {
        let world = self.id().clone();
        let args = [(&world.account).into(), (&world.region).into(), name.into()];
        let delete = "DELETE FROM alarm_metrics WHERE account = $1 AND region = $2 AND alarm_name = $3";
        self.execute(delete, &args).await?;
        let keys: BTreeSet<&String> = metric_keys.iter().collect();
        if keys.is_empty() {
            return Ok(());
        }
        let insert = "INSERT INTO alarm_metrics (account, region, alarm_name, metric_key) VALUES ";
        let mut statement = Statement::new(insert, &args);
        for (index, key) in keys.into_iter().enumerate() {
            statement.push(if index == 0 { "($1, $2, $3, " } else { ", ($1, $2, $3, " }).bind(key).push(")");
        }
        statement.execute(self).await.map(drop)
    }

    /// Whether something has become due earlier than before, since this was asked last: who has read what is due
    /// does not know it.
    pub fn take_earlier(&mut self) -> bool {
        std::mem::take(&mut self.earlier)
    }

    /// Says that something has become due earlier than before.
    pub fn note_earlier(&mut self) {
        self.earlier = true;
    }

    /// Whether an alarm reads one of these metrics, by their keys without a unit.
    pub async fn has_readers(&mut self, metric_keys: &[String]) -> Result<bool, Error> {
        if metric_keys.is_empty() {
            return Ok(false);
        }
        let world = self.id().clone();
        let select = "SELECT 1 FROM alarm_metrics WHERE account = $1 AND region = $2 AND metric_key IN ";
        let mut statement = Statement::new(select, &[(&world.account).into(), (&world.region).into()]);
        statement.bind_list(metric_keys).push(" LIMIT 1");
        Ok(!statement.read(self).await?.is_empty())
    }

    /// Makes the alarms due at `at` that sleep and read this metric, by its key without a unit.
    pub async fn rouse_readers(&mut self, metric_key: &str, at: Timestamp) -> Result<(), Error> {
        let sql = "UPDATE alarms SET wake_ms = $4 WHERE account = $1 AND region = $2 AND wake_ms IS NULL \
                   AND name IN (SELECT alarm_name FROM alarm_metrics \
                   WHERE account = $1 AND region = $2 AND metric_key = $3)";
        let world = self.id().clone();
        let args = [(&world.account).into(), (&world.region).into(), metric_key.into(), at.into()];
        self.wakes_changed = true;
        self.earlier = true;
        self.execute(sql, &args).await.map(drop)
    }

    /// Makes these alarms due at `at`.
    pub(in crate::store) async fn rouse(
        &mut self,
        names: &BTreeSet<String>,
        at: Timestamp,
    ) -> Result<(), Error> {
        if names.is_empty() {
            return Ok(());
        }
        let world = self.id().clone();
        let update = "UPDATE alarms SET wake_ms = $3 WHERE account = $1 AND region = $2 AND name IN ";
        let args = [(&world.account).into(), (&world.region).into(), at.into()];
        Statement::new(update, &args).bind_list(names).execute(self).await?;
        self.wakes_changed = true;
        self.earlier = true;
        Ok(())
    }
}
