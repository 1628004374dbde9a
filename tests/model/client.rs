//! The client: it waits for the world and is quick. Only what others can see makes a difference, so its
//! transaction is one action.

use crate::protocol::Part;
use crate::state::{Row, State};
use crate::table::Ask;
use crate::world::World;

impl World {
    /// `SetAlarmState`: what was due before happens first, then who watches is due.
    pub fn set_alarm(&self, next: &mut State) -> Option<()> {
        let at = next.time();
        if let Some(before) = at.checked_sub(1) {
            self.catch_up(next, before);
        }
        let due = next.due();
        next.course = self.table.courses.changed(next.course, at)?;
        next.left.alarms -= 1;
        if self.protocol.has(Part::Waking) && !self.table.courses.is_over(next.course) {
            for row in next.rows.iter_mut().filter(|row| self.table.life(row.node).watches().is_some()) {
                row.wake = row.wake.map(|wake| wake.min(at));
            }
        }
        if next.due() != due {
            next.outdate();
        }
        Some(())
    }

    /// A command: the endpoint is brought to now first, and with it everything that is due.
    pub fn command(&self, next: &mut State, row: usize, ask: Ask) -> Option<()> {
        let now = next.time();
        if next.rows[row].wake.is_some_and(|due| due <= now) {
            self.catch_up(next, now);
        }
        next.left.commands -= 1;
        let before = (next.reached, next.due());
        let node = self.table.accept(next.rows[row].node, now, ask)?;
        let (life, old) = (self.table.life(node), next.rows[row]);
        let (mut told, mut known) = (old.told, old.known);
        if ask == Ask::Update {
            told[life.update] = (life.lines, life.endings);
            known = self.table.courses.len(next.course);
        }
        next.rows[row] = Row { node, version: old.version + 1, wake: life.wake(), told, known, ..old };
        next.reached = next.reached.max(now);
        next.furthest = next.furthest.max(next.reached);
        if before != (next.reached, next.due()) {
            next.outdate();
        }
        Some(())
    }

    /// Everything that is due by `limit` happens.
    fn catch_up(&self, next: &mut State, limit: u8) {
        while next.due().is_some_and(|due| due <= limit) {
            let mut tx = self.begun(next);
            tx.limit = limit;
            self.work(next, &mut tx);
            while tx.first().is_some() {
                self.work(next, &mut tx);
            }
            self.commit(next, &tx, false);
        }
    }
}
