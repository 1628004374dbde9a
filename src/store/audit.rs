//! What the auditor reads: everything, in one picture, and what is derived beside what it is derived from.

use std::collections::HashMap;

use super::Error;
use super::deployment::{self, DeploymentRow};
use super::endpoint;
use super::session::Session;
use super::statement::Statement;
use crate::clock::Timestamp;
use crate::domain::endpoint::Endpoint;
use crate::domain::world::WorldId;

impl Session {
    /// Deployments of a world in the order of their ids, after this one.
    pub async fn deployments_after(
        &mut self,
        world: &WorldId,
        after: &str,
        limit: u32,
    ) -> Result<Vec<DeploymentRow>, Error> {
        let sql = concat!(
            "SELECT ",
            deployment::columns!(),
            " FROM deployments WHERE account = $1 AND region = $2 AND id > $3 ORDER BY id LIMIT $4"
        );
        let args = [(&world.account).into(), (&world.region).into(), after.into(), i64::from(limit).into()];
        self.read(sql, &args).await?.iter_mut().map(deployment::read).collect()
    }

    /// Every endpoint of a world by its identity; `None` is one that this version cannot read.
    pub async fn every_endpoint(
        &mut self,
        world: &WorldId,
    ) -> Result<HashMap<String, Option<Endpoint>>, Error> {
        let sql = "SELECT id, state FROM endpoints WHERE account = $1 AND region = $2";
        let rows = self.read(sql, &[(&world.account).into(), (&world.region).into()]).await?;
        rows.into_iter()
            .map(|mut row| Ok((row.text()?, super::state::from_text(&row.text()?).ok())))
            .collect()
    }

    /// How many versions of an endpoint none of its deployments has made: those of commands. None if it is gone.
    pub async fn versions_by_command(&mut self, endpoint_id: &str) -> Result<Option<i64>, Error> {
        let sql = "SELECT version - CAST((SELECT COALESCE(SUM(version), 0) FROM deployments \
                   WHERE endpoint_id = $1) AS BIGINT) FROM endpoints WHERE id = $1";
        self.read_one(sql, &[endpoint_id.into()]).await?.map(|mut row| row.int()).transpose()
    }

    /// The first instant at which one of these alarms entered ALARM after the change of this place.
    pub async fn first_alarm_after(
        &mut self,
        world: &WorldId,
        alarms: &[String],
        seq: i64,
    ) -> Result<Option<Timestamp>, Error> {
        if alarms.is_empty() {
            return Ok(None);
        }
        let select = "SELECT MIN(at_ms) FROM alarm_history WHERE account = $1 AND region = $2 AND seq > $3 \
                      AND to_state = 'ALARM' AND alarm_name IN ";
        let args = [(&world.account).into(), (&world.region).into(), seq.into()];
        let mut statement = Statement::new(select, &args);
        statement.bind_list(alarms.iter().map(String::as_str));
        statement.read(self).await?.first_mut().map_or(Ok(None), super::row::Row::maybe_at)
    }

    /// What is derived in this world and is not what it is derived from, a sentence each.
    pub async fn strayed(&mut self, world: &WorldId) -> Result<Vec<String>, Error> {
        let mut strayed = endpoint::strayed(self, world).await?;
        let row = self.world(world).await?;
        let due = self.next_due(world, &row).await?;
        if row.next_due != due {
            strayed.push(format!("it is due at {:?}, but what is in it at {due:?}", row.next_due));
        }
        let sql = "SELECT name FROM alarms WHERE account = $1 AND region = $2 AND state <> COALESCE((\
                   SELECT to_state FROM alarm_history AS item WHERE item.account = $1 AND item.region = $2 \
                   AND item.alarm_name = alarms.name AND to_state IS NOT NULL ORDER BY seq DESC LIMIT 1), state)";
        for mut row in self.read(sql, &[(&world.account).into(), (&world.region).into()]).await? {
            strayed.push(format!("alarm {} is not in the state in which its history ends", row.text()?));
        }
        Ok(strayed)
    }
}
