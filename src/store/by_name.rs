//! A page of a list by name: of whatever table has a column `name`.

use super::statement::Statement;

/// A page of a list by name.
#[derive(Clone, Copy, Debug)]
pub struct ByName<'a> {
    /// What the names begin with.
    pub prefix: Option<&'a str>,
    /// Those behind this name.
    pub after: Option<&'a str>,
    /// At most so many.
    pub limit: u32,
}

impl<'a> ByName<'a> {
    /// Appends the conditions on `name` and the order.
    pub(super) fn apply(self, statement: &mut Statement<'a>) {
        if let Some(prefix) = self.prefix {
            statement.push(" AND substr(name, 1, length(").bind(prefix).push(")) = ").bind(prefix);
        }
        statement
            .filter(" AND name > ", self.after)
            .push(" ORDER BY name LIMIT ")
            .bind(i64::from(self.limit));
    }
}
