//! Taking over: every world of the snapshot is what it was there, or none is.

use super::{Copied, CopiedRow, Rows, Snapshot, wrong};
use crate::clock::{Timestamp, WorldClock};
use crate::domain::world::WorldId;
use crate::store::limit;
use crate::store::session::Session;
use crate::store::statement::Statement;
use crate::store::tables::{Found, TABLES, Table};
use crate::store::world::World;
use crate::store::{Error, Store};

/// Rows in one statement; more would not be cheaper.
const CHUNK: usize = 500;

/// Placeholders in one statement: SQLite allows 32,766 and PostgreSQL 65,535.
const PLACEHOLDERS: usize = 32_000;

impl Store {
    /// Replaces the worlds of the snapshot by what it says of them, in one transaction. Their time goes on
    /// from the time that they had. Ids stay what they were, unless a world goes elsewhere or an id is taken by
    /// another world.
    pub async fn import(&self, mut snapshot: Snapshot) -> Result<(), Error> {
        // Everybody who locks several worlds does it in their order, so nobody waits in a circle.
        snapshot.worlds.sort_by(|a, b| a.to.cmp(&b.to));
        let only = if let [world] = &snapshot.worlds[..] { Some(world.to.clone()) } else { None };
        let notice = self.notice(only.as_ref());
        let mut session = self.begin_session().await?;
        let mut locked = Vec::with_capacity(snapshot.worlds.len());
        for copied in &snapshot.worlds {
            let (world, base_now) = session.lock_world(&copied.to).await?;
            session.begun = Some(base_now);
            locked.push(world);
        }
        for copied in snapshot.worlds.iter().filter(|_| snapshot.only_into_empty) {
            if !session.is_empty(&copied.to).await? {
                return Err(Error::InUse(copied.to.clone()));
            }
        }
        for copied in &snapshot.worlds {
            session.delete_world(&copied.to).await?;
        }
        let base_now = session.base_now().await?;
        for (copied, world) in snapshot.worlds.iter_mut().zip(locked) {
            session.take_over(copied, world, base_now).await?;
        }
        notice.after(session).await
    }
}

impl Session {
    async fn take_over(
        &mut self,
        copied: &mut Copied,
        world: World,
        base_now: Timestamp,
    ) -> Result<(), Error> {
        if copied.from != copied.to || self.is_any_taken(copied).await? {
            copied.rename(base_now);
        }
        for (table, rows) in TABLES.iter().zip(&copied.tables) {
            self.insert_rows(&copied.to, table, rows).await?;
        }
        let clock = WorldClock {
            mode: copied.mode,
            anchor_base: base_now,
            anchor_world: copied.now.max(copied.reached),
        };
        // What was counted in the life before is of no use in this one.
        let (version, life) = (world.version + 1, self.base.new_life());
        let (last, keeps_past) = self.marks(&copied.to).await?;
        // A number is never given again: neither one of the world that comes, nor of the one that was here.
        let injections = last.max(copied.injections).max(world.injections);
        let limits = limit::count(&self.limits(&copied.to).await?);
        let results = self.count_results(&copied.to).await?;
        let rules = self.count_rules(&copied.to).await?;
        let scalable_targets = self.count_targets(&copied.to).await?;
        let components = self.count_components(&copied.to).await?;
        let reached = copied.reached;
        let mut world = World {
            clock,
            reached,
            next_due: None,
            version,
            life,
            injections,
            keeps_past,
            limits,
            results,
            rules,
            scalable_targets,
            components,
        };
        world.next_due = self.next_due(&copied.to, &world).await?;
        self.insert_world(&copied.to, &world).await
    }

    /// Whether another world has an id of this one.
    async fn is_any_taken(&mut self, copied: &Copied) -> Result<bool, Error> {
        let ids: Vec<&str> = copied.ids().into_iter().collect();
        for ids in ids.chunks(CHUNK) {
            for table in TABLES {
                for column in table.ids {
                    let mut statement = Statement::new("SELECT 1 FROM ", &[]);
                    statement.push(table.name).push(" WHERE ").push(column).push(" IN ");
                    statement.bind_list(ids.iter().copied()).push(" LIMIT 1");
                    if !statement.read(self).await?.is_empty() {
                        return Ok(true);
                    }
                }
            }
        }
        Ok(false)
    }

    async fn insert_rows(&mut self, world: &WorldId, table: &Table, rows: &Rows) -> Result<(), Error> {
        let chunk = CHUNK.min(PLACEHOLDERS / rows.columns.len().max(1));
        for chunk in rows.rows.chunks(chunk) {
            self.insert_chunk(world, table, rows, chunk).await?;
        }
        Ok(())
    }

    /// Inserts these rows together; if the database refuses that, each half by itself, until it is known which
    /// row it is.
    async fn insert_chunk(
        &mut self,
        world: &WorldId,
        table: &Table,
        rows: &Rows,
        chunk: &[CopiedRow],
    ) -> Result<(), Error> {
        let mut parts = vec![chunk];
        while let Some(part) = parts.pop() {
            self.execute("SAVEPOINT part", &[]).await?;
            let inserted = insertion(world, table, rows, part).execute(self).await;
            let Err(Error::Constraint(refusal) | Error::Database(refusal)) = inserted else {
                inserted?;
                self.execute("RELEASE SAVEPOINT part", &[]).await?;
                continue;
            };
            if let [row] = part {
                let what = refusal
                    .as_database_error()
                    .map_or_else(|| refusal.to_string(), |of| of.message().to_owned());
                return Err(wrong(
                    row.line,
                    format_args!("the database refuses the row of {}: {what}", table.name),
                ));
            }
            self.execute("ROLLBACK TO SAVEPOINT part", &[]).await?;
            self.execute("RELEASE SAVEPOINT part", &[]).await?;
            let (first, second) = part.split_at(part.len() / 2);
            parts.extend([second, first]);
        }
        Ok(())
    }
}

fn insertion<'a>(world: &'a WorldId, table: &Table, rows: &'a Rows, part: &'a [CopiedRow]) -> Statement<'a> {
    let (named, begin) = match table.found {
        Found::ByWorld => ("account, region, ", "($1, $2, "),
        Found::ByDeployment => ("", "("),
    };
    let args = [(&world.account).into(), (&world.region).into()];
    let args = if table.found == Found::ByWorld { &args[..] } else { &[] };
    let mut statement = Statement::new("INSERT INTO ", args);
    statement.push(table.name).push(" (").push(named);
    for (index, column) in rows.columns.iter().enumerate() {
        statement.push(if index == 0 { "" } else { ", " }).name(column);
    }
    statement.push(") VALUES ");
    for (index, row) in part.iter().enumerate() {
        statement.push(if index == 0 { "" } else { ", " }).push(begin);
        let args = rows.columns.iter().zip(&row.cells).map(|(column, cell)| column.arg(cell));
        statement.bind_all(args).push(")");
    }
    statement
}
