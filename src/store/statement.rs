//! Statements that are put together while their filters are known: constants and placeholders, never input.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::Error;
use super::catalogue::Column;
use super::row::{Arg, Row};
use super::session::{Session, Sql};

/// A statement in the making, with the values of its placeholders.
pub(super) struct Statement<'a> {
    text: String,
    args: Vec<Arg<'a>>,
}

impl<'a> Statement<'a> {
    /// Begins with this text, whose placeholders `$1…` take `args`.
    pub(super) fn new(text: &'static str, args: &[Arg<'a>]) -> Self {
        Self { text: text.to_owned(), args: args.to_vec() }
    }

    /// Appends a constant.
    pub(super) fn push(&mut self, text: &'static str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Appends constants as `a, b, …`.
    pub(super) fn push_all(&mut self, texts: &[&'static str]) -> &mut Self {
        for (index, text) in texts.iter().enumerate() {
            self.push(if index == 0 { "" } else { ", " }).push(text);
        }
        self
    }

    /// Appends the name of a column.
    pub(super) fn name(&mut self, column: &Column) -> &mut Self {
        write!(self.text, "\"{}\"", column.name()).expect("writing to a String succeeds");
        self
    }

    /// Appends the next placeholder.
    pub(super) fn bind(&mut self, arg: impl Into<Arg<'a>>) -> &mut Self {
        self.args.push(arg.into());
        write!(self.text, "${}", self.args.len()).expect("writing to a String succeeds");
        self
    }

    /// Appends a constant and the next placeholder if there is a value.
    pub(super) fn filter(&mut self, text: &'static str, arg: Option<impl Into<Arg<'a>>>) -> &mut Self {
        if let Some(arg) = arg {
            self.push(text).bind(arg);
        }
        self
    }

    /// Appends `(a, b, …)`; the list must not be empty, SQL knows no empty one.
    pub(super) fn bind_list(&mut self, args: impl IntoIterator<Item: Into<Arg<'a>>>) -> &mut Self {
        self.push("(").bind_all(args).push(")")
    }

    /// Appends `a, b, …`.
    pub(super) fn bind_all(&mut self, args: impl IntoIterator<Item: Into<Arg<'a>>>) -> &mut Self {
        for (index, arg) in args.into_iter().enumerate() {
            self.push(if index == 0 { "" } else { ", " }).bind(arg);
        }
        self
    }

    /// Executes it, and answers how many rows were touched.
    pub(super) async fn execute(&self, session: &mut Session) -> Result<u64, Error> {
        session.execute(Sql(Cow::Owned(self.text.clone())), &self.args).await
    }

    /// Reads its rows.
    pub(super) async fn read(&self, session: &mut Session) -> Result<Vec<Row>, Error> {
        session.read(Sql(Cow::Owned(self.text.clone())), &self.args).await
    }
}
