//! Reading: every line is held against what the database says of its tables before anything is written, so that
//! a bad file has done nothing, and is told by its line.

use serde_json::{Map, Value};

use super::{Copied, CopiedRow, FORMAT, Rows, Snapshot, wrong};
use crate::clock::{Mode, Timestamp};
use crate::domain::world::WorldId;
use crate::store::catalogue::Column;
use crate::store::row::Cell;
use crate::store::tables::{TABLES, Table};
use crate::store::{Error, Store, state, world};

/// The end of the year 9999: the last instant that AWS's formats can show.
const LAST_MS: i64 = 253_402_300_799_999;

/// The fastest clock that can be set.
const MOST_RATE_MILLI: i64 = 100_000_000;

/// A snapshot as far as it has been read.
#[derive(Debug)]
pub struct Reader {
    /// That of the database.
    schema: i64,
    /// The columns that there are, table by table.
    columns: Vec<Vec<Column>>,
    /// The beginning of a line whose end has not come yet.
    rest: Vec<u8>,
    line: usize,
    /// Worlds by the first line, once it has come.
    told_worlds: Option<i64>,
    worlds: Vec<Copied>,
    rows: u64,
    ended: bool,
}

impl Store {
    /// Reads a snapshot that is to be taken over into this store.
    pub async fn reader(&self) -> Result<Reader, Error> {
        let (mut session, mut columns) = (self.session(), Vec::new());
        let schema = session.known_schema().await?;
        for table in TABLES {
            columns.push(session.columns(table).await?);
        }
        let (rest, worlds) = (Vec::new(), Vec::new());
        Ok(Reader { schema, columns, rest, line: 0, told_worlds: None, worlds, rows: 0, ended: false })
    }
}

impl Reader {
    /// Takes the next piece, wherever it begins and ends.
    pub fn push(&mut self, piece: &[u8]) -> Result<(), Error> {
        let mut lines = piece.split(|byte| *byte == b'\n');
        self.rest.extend_from_slice(lines.next().unwrap_or_default());
        for begun in lines {
            let line = std::mem::replace(&mut self.rest, begun.to_vec());
            self.take(&line)?;
        }
        Ok(())
    }

    /// What has been read, if it has come to its end.
    pub fn finish(mut self) -> Result<Snapshot, Error> {
        let rest = std::mem::take(&mut self.rest);
        if !rest.is_empty() && (self.ended || serde_json::from_slice::<Value>(&rest).is_ok()) {
            self.take(&rest)?;
        }
        if !self.ended {
            let what = "The snapshot is cut off after line";
            return Err(Error::Snapshot(format!(
                "{what} {}: its last line, which counts the rows, is missing.",
                self.line
            )));
        }
        Ok(Snapshot { worlds: self.worlds, rows: self.rows, only_into_empty: false })
    }

    fn take(&mut self, line: &[u8]) -> Result<(), Error> {
        self.line += 1;
        let at = self.line;
        if self.ended {
            return Err(wrong(at, "there is none after the one that counts the rows"));
        }
        let text = std::str::from_utf8(line).map_err(|_| wrong(at, "it is not UTF-8"))?;
        let members: Map<String, Value> = serde_json::from_str(text)
            .map_err(|error| wrong(at, format_args!("it is no JSON object (sign {})", error.column())))?;
        if at == 1 {
            return self.head(&members);
        }
        match members.get("table") {
            Some(Value::String(name)) if name == "worlds" => self.world(&members)?,
            Some(Value::String(name)) => {
                let place = TABLES.iter().position(|table| table.name == name);
                let place = place.ok_or_else(|| wrong(at, format_args!("there is no table {name:?}")))?;
                self.row(place, members)?;
            }
            _ => return self.end(&members),
        }
        self.rows += 1;
        Ok(())
    }

    /// The first line.
    fn head(&mut self, members: &Map<String, Value>) -> Result<(), Error> {
        let number = |name: &str| members.get(name).and_then(Value::as_i64);
        let Some(format) = number("sagebrush_snapshot") else {
            return Err(wrong(1, "it is no snapshot: one begins with {\"sagebrush_snapshot\":1,…}"));
        };
        let by = members.get("version").and_then(Value::as_str).unwrap_or("unknown");
        let ours = env!("CARGO_PKG_VERSION");
        if format != FORMAT {
            return Err(wrong(
                1,
                format_args!("its format is {format}, and sagebrush {ours} reads {FORMAT}"),
            ));
        }
        let (Some(schema), Some(worlds)) = (number("schema"), number("worlds")) else {
            return Err(wrong(1, "it must have the whole numbers \"schema\" and \"worlds\""));
        };
        if schema > self.schema {
            let what = format!(
                "sagebrush {by} wrote it with schema {schema}, and sagebrush {ours} knows {}; use that version",
                self.schema
            );
            return Err(wrong(1, what));
        }
        self.told_worlds = Some(worlds);
        Ok(())
    }

    /// The last line.
    fn end(&mut self, members: &Map<String, Value>) -> Result<(), Error> {
        let told = members.get("rows").and_then(Value::as_u64).filter(|_| members.len() == 1);
        let Some(told) = told else {
            return Err(wrong(self.line, "it must name its table, or be the last one: {\"rows\":…}"));
        };
        if told != self.rows {
            let what = format!("it counts {told} rows, but there are {} before it", self.rows);
            return Err(wrong(self.line, what));
        }
        let worlds = self.worlds.len();
        if self.told_worlds != i64::try_from(worlds).ok() {
            return Err(wrong(
                self.line,
                format_args!("there are {worlds} worlds, but line 1 counts others"),
            ));
        }
        self.ended = true;
        Ok(())
    }

    fn world(&mut self, members: &Map<String, Value>) -> Result<(), Error> {
        let at = self.line;
        let known =
            ["table", "account", "region", "mode", "rate_milli", "now_ms", "reached_ms", "injections"];
        if let Some(name) = members.keys().find(|name| !known.contains(&name.as_str())) {
            return Err(wrong(at, format_args!("the table worlds has no column {name:?}")));
        }
        let text = |name: &str| {
            let text = members.get(name).and_then(Value::as_str);
            text.ok_or_else(|| wrong(at, format_args!("worlds.{name} must be a string")))
        };
        let number = |name: &str, most: i64| {
            let number =
                members.get(name).and_then(Value::as_i64).filter(|number| (0..=most).contains(number));
            let what = || wrong(at, format_args!("worlds.{name} must be a whole number from 0 to {most}"));
            number.ok_or_else(what)
        };
        let (account, region) = (text("account")?, text("region")?);
        if let Some(what) = WorldId::account_refusal(account).or_else(|| WorldId::region_refusal(region)) {
            return Err(wrong(at, what));
        }
        let id = WorldId::new(account, region);
        if self.worlds.iter().any(|world| world.from == id) {
            return Err(wrong(at, format_args!("the world {id} was there before")));
        }
        let rate_milli = number("rate_milli", MOST_RATE_MILLI)?;
        let mode = world::mode(text("mode")?, rate_milli).ok();
        let fits = |mode: &Mode| mode.rate_milli() == rate_milli && (rate_milli > 0 || *mode == Mode::Manual);
        let mode = mode.filter(fits).ok_or_else(|| {
            wrong(
                at,
                "worlds.mode must be \"real\", \"scaled\" or \"manual\", and worlds.rate_milli its rate",
            )
        })?;
        let (now, reached) =
            (Timestamp(number("now_ms", LAST_MS)?), Timestamp(number("reached_ms", LAST_MS)?));
        let injections =
            if members.contains_key("injections") { number("injections", i64::MAX - 1)? } else { 0 };
        let tables = TABLES.iter().map(|_| Rows::default()).collect();
        self.worlds.push(Copied { from: id.clone(), to: id, mode, now, reached, injections, tables });
        Ok(())
    }

    /// A row of the table at this place.
    fn row(&mut self, place: usize, mut members: Map<String, Value>) -> Result<(), Error> {
        let (at, table, known) = (self.line, &TABLES[place], &self.columns[place]);
        let Some(world) = self.worlds.last_mut() else {
            return Err(wrong(at, "it comes before the world that it belongs to"));
        };
        let rows = &mut world.tables[place];
        if rows.rows.is_empty() {
            rows.columns = first(at, table, known, &members)?;
        }
        let mut cells = Vec::with_capacity(rows.columns.len());
        for column in &rows.columns {
            let name = column.name();
            let of = |what: &str| wrong(at, format_args!("{}.{name} {what}", table.name));
            let value = members.get_mut(name).map(Value::take).ok_or_else(|| of("is missing"))?;
            let cell = cell(value).ok_or_else(|| of("must be a string, a whole number or null"))?;
            if let Some(what) = column.refusal(&cell) {
                return Err(of(what));
            }
            cells.push(cell);
        }
        if members.len() > cells.len() + 1 {
            let extra = members
                .keys()
                .find(|name| *name != "table" && rows.columns.iter().all(|one| one.name() != *name));
            let extra = extra.map_or("", String::as_str);
            let what = format!("its column {extra:?} is not there in the first row of {}", table.name);
            return Err(wrong(at, what));
        }
        if table.name == "endpoints" {
            check_state(at, &rows.columns, &cells)?;
        }
        rows.rows.push(CopiedRow { line: at, cells });
        Ok(())
    }
}

/// The columns that the first row of a table has: those of all others.
fn first(
    at: usize,
    table: &Table,
    known: &[Column],
    members: &Map<String, Value>,
) -> Result<Vec<Column>, Error> {
    let is_known = |name: &String| name == "table" || known.iter().any(|column| column.name() == name);
    if let Some(name) = members.keys().find(|name| !is_known(name)) {
        return Err(wrong(at, format_args!("the table {} has no column {name:?}", table.name)));
    }
    let (given, missing): (Vec<_>, Vec<_>) =
        known.iter().cloned().partition(|column| members.contains_key(column.name()));
    match missing.iter().find(|column| !column.is_optional()) {
        Some(column) => Err(wrong(at, format_args!("{}.{} is missing", table.name, column.name()))),
        None => Ok(given),
    }
}

fn cell(value: Value) -> Option<Cell> {
    match value {
        Value::Null => Some(Cell::Null),
        Value::Number(number) => number.as_i64().map(Cell::Int),
        Value::String(text) => Some(Cell::Text(text)),
        Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// An endpoint's state must be one that this version can read: its world would stand still otherwise.
fn check_state(at: usize, columns: &[Column], cells: &[Cell]) -> Result<(), Error> {
    let state = columns.iter().zip(cells).find(|(column, _)| column.name() == "state");
    match state {
        Some((_, Cell::Text(text))) => state::from_text(text).map(drop).map_err(|error| match error {
            Error::Unreadable(what) => wrong(at, what),
            other => other,
        }),
        _ => Ok(()),
    }
}
