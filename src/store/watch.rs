//! Who watches which alarm: the way from a transition to ALARM to the deployments that it concerns.
//!
//! Derived from the endpoint's state whenever that is saved: an endpoint watches its deployment's alarms
//! while their window is open.

use super::endpoint::EndpointRow;
use super::session::Session;
use super::statement::Statement;
use super::{Error, Tx};
use crate::clock::Timestamp;
use crate::domain::endpoint::Endpoint;
use crate::domain::world::WorldId;

impl Session {
    /// The first instant later than `now` at which one of these alarms entered ALARM or was deleted, among
    /// the items after the place `opened`: what a window that is open at `now` has not seen yet.
    pub async fn next_trip(
        &mut self,
        world: &WorldId,
        alarms: &[String],
        opened: i64,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, Error> {
        if alarms.is_empty() {
            return Ok(None);
        }
        let select = "SELECT MIN(at_ms) FROM alarm_history WHERE account = $1 AND region = $2 AND seq > $3 \
                      AND at_ms > $4 AND to_state IN ('ALARM', 'DELETED') AND alarm_name IN ";
        let args = [(&world.account).into(), (&world.region).into(), opened.into(), now.into()];
        let mut statement = Statement::new(select, &args);
        statement.bind_list(alarms.iter().map(String::as_str));
        statement.read(self).await?.first_mut().map_or(Ok(None), super::row::Row::maybe_at)
    }
}

impl Tx {
    /// Makes every endpoint that watches this alarm due at `at`, unless it is due earlier. An endpoint that
    /// is saved afterwards is due by its own state again.
    pub(super) async fn wake_watchers(&mut self, alarm: &str, at: Timestamp) -> Result<(), Error> {
        let sql = "UPDATE endpoints SET wake_ms = CASE WHEN wake_ms < $4 THEN wake_ms ELSE $4 END WHERE id IN \
                   (SELECT endpoint_id FROM watches WHERE account = $1 AND region = $2 AND alarm_name = $3)";
        let world = self.id().clone();
        let args = [(&world.account).into(), (&world.region).into(), alarm.into(), at.into()];
        let watchers = self.execute(sql, &args).await?;
        if watchers > 0 {
            self.endpoint_written();
        }
        Ok(())
    }

    /// Makes this endpoint due at `at` and no other instant, whatever its state says; none is never. Faults are
    /// forgotten.
    pub async fn wake_endpoint(&mut self, row: &mut EndpointRow, at: Option<Timestamp>) -> Result<(), Error> {
        self.schedule(row, at, 0).await
    }

    /// Notes that the step of this endpoint has failed so often in a row: it is tried again at `at`.
    pub async fn put_off_endpoint(
        &mut self,
        row: &mut EndpointRow,
        faults: u32,
        at: Timestamp,
    ) -> Result<(), Error> {
        self.schedule(row, Some(at), faults).await
    }

    async fn schedule(
        &mut self,
        row: &mut EndpointRow,
        at: Option<Timestamp>,
        faults: u32,
    ) -> Result<(), Error> {
        let sql = "UPDATE endpoints SET wake_ms = $3, faults = $4 WHERE id = $1 AND version = $2";
        let args = [(&row.id).into(), row.version.into(), at.into(), i64::from(faults).into()];
        self.execute(sql, &args).await?;
        self.endpoint_written();
        (row.wake, row.faults) = (at, faults);
        Ok(())
    }

    /// Names of the endpoints that watch this alarm, in order.
    pub async fn watchers(&mut self, alarm: &str) -> Result<Vec<String>, Error> {
        let sql = "SELECT name FROM endpoints WHERE id IN \
                   (SELECT endpoint_id FROM watches WHERE account = $1 AND region = $2 AND alarm_name = $3) \
                   ORDER BY name_key";
        let world = self.id().clone();
        let rows = self.read(sql, &[(&world.account).into(), (&world.region).into(), alarm.into()]).await?;
        rows.into_iter().map(|mut row| row.text()).collect()
    }

    /// Brings the watches of an endpoint in line with its state.
    pub(super) async fn save_watches(&mut self, endpoint_id: &str, endpoint: &Endpoint) -> Result<(), Error> {
        let deployment = endpoint.deployment().filter(|deployment| deployment.watch.is_some());
        let wanted: &[String] = deployment.map_or(&[], |deployment| &deployment.plan.alarms);
        let stored =
            self.read("SELECT alarm_name FROM watches WHERE endpoint_id = $1", &[endpoint_id.into()]).await?;
        let stored: Vec<String> = stored.into_iter().map(|mut row| row.text()).collect::<Result<_, _>>()?;
        let world = self.id().clone();
        for alarm in stored.iter().filter(|alarm| !wanted.contains(alarm)) {
            let sql = "DELETE FROM watches WHERE endpoint_id = $1 AND alarm_name = $2";
            self.execute(sql, &[endpoint_id.into(), alarm.into()]).await?;
        }
        for alarm in wanted.iter().filter(|alarm| !stored.contains(alarm)) {
            let sql =
                "INSERT INTO watches (account, region, alarm_name, endpoint_id) VALUES ($1, $2, $3, $4)";
            let args = [(&world.account).into(), (&world.region).into(), alarm.into(), endpoint_id.into()];
            self.execute(sql, &args).await?;
        }
        Ok(())
    }
}
