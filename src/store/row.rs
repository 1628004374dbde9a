//! What goes into a statement and what comes out of it: whole numbers, text, and nothing else.
//!
//! A row is read from left to right, in the order of its `SELECT`: the constant that lists the columns and
//! the function that reads them stand together in the file of the noun.

use std::borrow::Cow;
use std::vec::IntoIter;

use sqlx::{Arguments, ColumnIndex, Decode, Encode, Type, TypeInfo, ValueRef};

use super::Error;
use crate::clock::Timestamp;

/// A value for a placeholder. PostgreSQL wants to know what kind of nothing a NULL is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Arg<'a> {
    Int(Option<i64>),
    Text(Option<&'a str>),
}

impl From<i64> for Arg<'_> {
    fn from(value: i64) -> Self {
        Self::Int(Some(value))
    }
}

impl From<Timestamp> for Arg<'_> {
    fn from(at: Timestamp) -> Self {
        Self::Int(Some(at.0))
    }
}

impl From<Option<Timestamp>> for Arg<'_> {
    fn from(at: Option<Timestamp>) -> Self {
        Self::Int(at.map(|at| at.0))
    }
}

impl From<Option<i64>> for Arg<'_> {
    fn from(value: Option<i64>) -> Self {
        Self::Int(value)
    }
}

impl<'a> From<&'a str> for Arg<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Some(text))
    }
}

impl<'a> From<&'a String> for Arg<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(Some(text))
    }
}

impl<'a> From<Option<&'a str>> for Arg<'a> {
    fn from(text: Option<&'a str>) -> Self {
        Self::Text(text)
    }
}

/// PostgreSQL's text cannot hold the sign NUL, and no client may fail for it: it becomes U+FFFD, in both.
fn storable(text: &str) -> Cow<'_, str> {
    if text.contains('\0') { Cow::Owned(text.replace('\0', "\u{fffd}")) } else { Cow::Borrowed(text) }
}

/// The arguments as a database takes them.
pub(super) fn bound<'q, A>(args: &[Arg<'q>]) -> Result<A, sqlx::Error>
where
    A: Arguments + Default,
    Option<i64>: Encode<'q, A::Database> + Type<A::Database>,
    Option<Cow<'q, str>>: Encode<'q, A::Database> + Type<A::Database>,
{
    let mut bound = A::default();
    for arg in args {
        match *arg {
            Arg::Int(value) => bound.add(value),
            Arg::Text(text) => bound.add(text.map(storable)),
        }
        .map_err(sqlx::Error::Encode)?;
    }
    Ok(bound)
}

/// The arguments as the database of a ground takes them.
pub(super) fn cells(args: &[Arg<'_>]) -> Vec<Cell> {
    let cell = |arg: &Arg<'_>| match *arg {
        Arg::Int(value) => value.map_or(Cell::Null, Cell::Int),
        Arg::Text(text) => text.map_or(Cell::Null, |text| Cell::Text(storable(text).into_owned())),
    };
    args.iter().map(cell).collect()
}

/// A value of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// A whole number.
    Int(i64),
    /// A text.
    Text(String),
    /// Nothing.
    Null,
}

/// A row, read from left to right.
#[derive(Debug)]
pub(super) struct Row(IntoIter<Cell>);

impl Row {
    /// What is left of the columns.
    pub(super) fn cells(self) -> Vec<Cell> {
        self.0.collect()
    }

    /// The next column: a whole number.
    pub(super) fn int(&mut self) -> Result<i64, Error> {
        self.maybe_int()?.ok_or_else(|| unexpected("a number", &Cell::Null))
    }

    /// The next column: a whole number or NULL.
    pub(super) fn maybe_int(&mut self) -> Result<Option<i64>, Error> {
        match self.0.next().unwrap_or(Cell::Null) {
            Cell::Int(value) => Ok(Some(value)),
            Cell::Null => Ok(None),
            other @ Cell::Text(_) => Err(unexpected("a number", &other)),
        }
    }

    /// The next column: an instant.
    pub(super) fn at(&mut self) -> Result<Timestamp, Error> {
        self.int().map(Timestamp)
    }

    /// The next column: an instant or NULL.
    pub(super) fn maybe_at(&mut self) -> Result<Option<Timestamp>, Error> {
        Ok(self.maybe_int()?.map(Timestamp))
    }

    /// The next column: text.
    pub(super) fn text(&mut self) -> Result<String, Error> {
        self.maybe_text()?.ok_or_else(|| unexpected("text", &Cell::Null))
    }

    /// The next column: text or NULL.
    pub(super) fn maybe_text(&mut self) -> Result<Option<String>, Error> {
        match self.0.next().unwrap_or(Cell::Null) {
            Cell::Text(text) => Ok(Some(text)),
            Cell::Null => Ok(None),
            other @ Cell::Int(_) => Err(unexpected("text", &other)),
        }
    }

    /// Takes a row over from the database of a ground.
    pub(super) fn of_cells(cells: Vec<Cell>) -> Self {
        Self(cells.into_iter())
    }

    /// Takes a row over from either database.
    pub(super) fn of<R>(row: &R) -> Result<Self, sqlx::Error>
    where
        R: sqlx::Row,
        usize: ColumnIndex<R>,
        for<'r> i64: Decode<'r, R::Database>,
        for<'r> String: Decode<'r, R::Database>,
    {
        let cells = (0..row.len()).map(|index| {
            let value = row.try_get_raw(index)?;
            if value.is_null() {
                return Ok(Cell::Null);
            }
            let is_text = value.type_info().name() == "TEXT";
            let cell = if is_text {
                Decode::decode(value).map(Cell::Text)
            } else {
                Decode::decode(value).map(Cell::Int)
            };
            cell.map_err(sqlx::Error::Decode)
        });
        cells.collect::<Result<Vec<_>, _>>().map(|cells| Self(cells.into_iter()))
    }
}

fn unexpected(wanted: &str, found: &Cell) -> Error {
    Error::Unreadable(format!("expected {wanted}, found {found:?}"))
}
