//! What a guardrail sees of its alarms.
//!
//! It judges by the history and not by the present colour, so an alarm that went to ALARM and back between
//! two looks still counts. An alarm exists from the item with which it entered its first state to the one with
//! which it was deleted.

use super::Error;
use super::alarm::Effect;
use super::session::Session;
use super::statement::Statement;
use crate::clock::Timestamp;
use crate::domain::alarm::{AlarmChange, AlarmSight, Observed};
use crate::domain::world::WorldId;

impl Session {
    /// What a guardrail sees of these alarms at `now`: their states at the place `opened` (at `now`, if its
    /// window has not opened), and what happened to them since. Nothing later than `now` is seen.
    pub async fn observe(
        &mut self,
        world: &WorldId,
        alarms: &[String],
        opened: Option<i64>,
        now: Timestamp,
    ) -> Result<Observed, Error> {
        if alarms.is_empty() {
            return Ok(Observed::default());
        }
        let seq = self.last_alarm_seq(world, now).await?;
        self.observe_up_to(world, alarms, opened, seq).await
    }

    /// The same up to the place `seq` instead of an instant.
    pub async fn observe_up_to(
        &mut self,
        world: &WorldId,
        alarms: &[String],
        opened: Option<i64>,
        seq: i64,
    ) -> Result<Observed, Error> {
        if alarms.is_empty() {
            return Ok(Observed::default());
        }
        let opened = opened.unwrap_or(seq);
        let select = "SELECT alarm_name, seq, at_ms, to_state FROM alarm_history AS item \
                      WHERE account = $1 AND region = $2 AND to_state IS NOT NULL AND seq <= $4 \
                      AND (seq > $3 OR seq = (SELECT MAX(seq) FROM alarm_history AS before \
                        WHERE before.account = $1 AND before.region = $2 AND before.alarm_name = item.alarm_name \
                        AND before.to_state IS NOT NULL AND before.seq <= $3)) AND alarm_name IN ";
        let args = [(&world.account).into(), (&world.region).into(), opened.into(), seq.into()];
        let mut statement = Statement::new(select, &args);
        statement.bind_list(alarms.iter().map(String::as_str)).push(" ORDER BY seq");
        let sight = |name: &String| AlarmSight { name: name.clone(), at_open: None, changes: Vec::new() };
        let mut observed = Observed { alarms: alarms.iter().map(sight).collect(), seq };
        for mut row in statement.read(self).await? {
            let (name, seq, at) = (row.text()?, row.int()?, row.at()?);
            let to = match Effect::from_word(row.maybe_text()?.as_deref())? {
                Effect::Entered(state) => Some(state),
                Effect::Deleted | Effect::None => None,
            };
            for sight in observed.alarms.iter_mut().filter(|sight| sight.name == name) {
                if seq > opened {
                    sight.changes.push(AlarmChange { seq, at, to });
                } else {
                    sight.at_open = to;
                }
            }
        }
        Ok(observed)
    }

    /// The place of the last item up to `now`; 0 before the first.
    async fn last_alarm_seq(&mut self, world: &WorldId, now: Timestamp) -> Result<i64, Error> {
        let sql = "SELECT seq FROM alarm_history WHERE account = $1 AND region = $2 AND at_ms <= $3 \
                   ORDER BY seq DESC LIMIT 1";
        let row = self.read_one(sql, &[(&world.account).into(), (&world.region).into(), now.into()]).await?;
        row.map_or(Ok(0), |mut row| row.int())
    }
}
