//! Writing: one picture of the worlds at one instant, read in one transaction.

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::json;

use super::{FORMAT, MOST_BYTES, Scope};
use crate::clock::Timestamp;
use crate::domain::world::WorldId;
use crate::store::catalogue::Column;
use crate::store::row::{Cell, Row};
use crate::store::session::Session;
use crate::store::statement::Statement;
use crate::store::tables::{TABLES, Table};
use crate::store::world::{self, World};
use crate::store::{Error, Store};

/// Rows that are read at a time.
const PAGE: u32 = 1000;

impl Store {
    /// The worlds of the scope that there are, in order.
    pub async fn worlds(&self, scope: &Scope) -> Result<Vec<WorldId>, Error> {
        Ok(self.session().worlds(scope).await?.into_iter().map(|(id, _)| id).collect())
    }

    /// These worlds as they are now. A world that nobody has named before begins here.
    pub async fn export(&self, scope: &Scope) -> Result<Vec<u8>, Error> {
        if let Scope::World(id) = scope {
            self.session().world(id).await?;
        }
        let mut session = self.begin_reading().await?;
        let (schema, worlds) = (session.known_schema().await?, session.worlds(scope).await?);
        // Later than the picture, so that nothing in it is of the future.
        let base_now = session.base_now().await?;
        let mut lines = Lines::default();
        let (version, count) = (env!("CARGO_PKG_VERSION"), worlds.len());
        lines.write(
            &json!({"sagebrush_snapshot": FORMAT, "version": version, "schema": schema, "worlds": count}),
        )?;
        for (id, world) in &worlds {
            lines.write(&line_of(id, world, base_now))?;
            for table in TABLES.iter().filter(|table| table.told) {
                session.write_rows(id, table, &mut lines).await?;
            }
        }
        session.commit().await?;
        let rows = lines.count - 1;
        lines.write(&json!({"rows": rows}))?;
        Ok(lines.text)
    }
}

/// What is said of a world itself.
fn line_of(id: &WorldId, world: &World, base_now: Timestamp) -> serde_json::Value {
    let mode = world.clock.mode;
    let mut line = json!({
        "table": "worlds", "account": id.account, "region": id.region, "mode": mode.word(),
        "rate_milli": mode.rate_milli(), "now_ms": world.now(base_now).0, "reached_ms": world.reached.0,
    });
    if world.injections > 0 {
        line["injections"] = world.injections.into();
    }
    line
}

impl Session {
    /// The worlds of the scope with their rows, in order.
    async fn worlds(&mut self, scope: &Scope) -> Result<Vec<(WorldId, World)>, Error> {
        let (account, region) = match scope {
            Scope::World(id) => (Some(&id.account), Some(&id.region)),
            Scope::Account(account) => (Some(account), None),
            Scope::All => (None, None),
        };
        let select = concat!("SELECT account, region, ", world::columns!(), " FROM worlds WHERE true");
        let mut statement = Statement::new(select, &[]);
        statement
            .filter(" AND account = ", account)
            .filter(" AND region = ", region)
            .push(" ORDER BY account, region");
        let rows = statement.read(self).await?;
        rows.into_iter()
            .map(|mut row| Ok((WorldId::new(row.text()?, row.text()?), world::read(&mut row)?)))
            .collect()
    }

    /// Writes all rows of a table that belong to this world.
    async fn write_rows(&mut self, world: &WorldId, table: &Table, lines: &mut Lines) -> Result<(), Error> {
        let columns = self.columns(table).await?;
        let mut last: Vec<Cell> = Vec::new();
        loop {
            let rows = self.page(world, table, &columns, &last).await?;
            let count = rows.len();
            for row in rows {
                last = row.cells();
                lines.write(&Line { table: table.name, columns: &columns, cells: &last })?;
            }
            if count < PAGE as usize {
                return Ok(());
            }
        }
    }

    /// The next rows of a table after this one, which is none at the beginning.
    async fn page(
        &mut self,
        world: &WorldId,
        table: &Table,
        columns: &[Column],
        last: &[Cell],
    ) -> Result<Vec<Row>, Error> {
        let mut statement = Statement::new("SELECT ", &[(&world.account).into(), (&world.region).into()]);
        for (index, column) in columns.iter().enumerate() {
            statement.push(if index == 0 { "" } else { ", " }).name(column);
        }
        statement.push(" FROM ").push(table.name).push(table.found.condition());
        if !last.is_empty() {
            let of = |name: &&str| columns.iter().zip(last).find(|(column, _)| column.name() == *name);
            let place = table.key.iter().filter_map(of).map(|(column, cell)| column.arg(cell));
            statement.push(" AND (").push_all(table.key).push(") > ").bind_list(place);
        }
        statement
            .push(" ORDER BY ")
            .push_all(table.key)
            .push(" LIMIT ")
            .bind(i64::from(PAGE))
            .read(self)
            .await
    }
}

/// A row as it is written.
struct Line<'a> {
    table: &'static str,
    columns: &'a [Column],
    cells: &'a [Cell],
}

impl Serialize for Line<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.cells.len() + 1))?;
        map.serialize_entry("table", self.table)?;
        for (column, cell) in self.columns.iter().zip(self.cells) {
            match cell {
                Cell::Int(value) => map.serialize_entry(column.name(), value)?,
                Cell::Text(text) => map.serialize_entry(column.name(), text)?,
                Cell::Null => map.serialize_entry(column.name(), &())?,
            }
        }
        map.end()
    }
}

/// The lines so far.
#[derive(Default)]
struct Lines {
    text: Vec<u8>,
    count: u64,
}

impl Lines {
    fn write(&mut self, line: &impl Serialize) -> Result<(), Error> {
        serde_json::to_writer(&mut self.text, line).expect("whole numbers and texts are JSON");
        self.text.push(b'\n');
        self.count += 1;
        if self.text.len() > MOST_BYTES {
            return Err(Error::Snapshot(format!(
                "A snapshot has at most {MOST_BYTES} bytes, and this one would have more: export fewer worlds."
            )));
        }
        Ok(())
    }
}
