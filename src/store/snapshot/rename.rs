//! A world's second life elsewhere: ids that no two worlds may share become new ones, and what named an alarm, a
//! scaling policy, something of EventBridge or a log group of the old world names that of the new one.
//!
//! Both are found by their texts, also inside of other texts: an id is a UUID, and such an ARN begins with its
//! world. Everything else that clients sent stays as they sent it: the ARN of a role, or of whatever else is
//! not of this world, means the same thing as before.

use std::collections::{BTreeMap, BTreeSet};

use super::Copied;
use crate::clock::Timestamp;
use crate::domain::world::WorldId;
use crate::store::ids;
use crate::store::row::Cell;
use crate::store::tables::TABLES;

/// The length of a UUID as text, and of its first part.
const UUID: (usize, usize) = (36, 8);

/// What becomes of the texts of a world.
#[derive(Debug, Default)]
struct Renaming {
    ids: BTreeMap<String, String>,
    /// The beginnings of ARNs, before and after.
    arns: Vec<(String, String)>,
}

impl Copied {
    /// The ids of this world that no other one may have.
    pub(super) fn ids(&self) -> BTreeSet<&str> {
        let mut ids = BTreeSet::new();
        for (table, rows) in TABLES.iter().zip(&self.tables) {
            let places = rows.columns.iter().enumerate();
            for (place, _) in places.filter(|(_, column)| table.ids.contains(&column.name())) {
                ids.extend(rows.rows.iter().filter_map(|row| match &row.cells[place] {
                    Cell::Text(id) => Some(id.as_str()),
                    Cell::Int(_) | Cell::Null => None,
                }));
            }
        }
        ids
    }

    /// Gives this world new ids, in the order of the old ones, because lists break ties by them.
    pub(super) fn rename(&mut self, base_now: Timestamp) {
        let ids = self.ids().into_iter().map(|id| (id.to_owned(), ids::new(base_now))).collect();
        let begins = |world: &WorldId| {
            let policies = world.scaling_arn("scalingPolicy");
            [world.alarm_arn(""), policies, world.events_arn(""), world.log_group_arn("")]
        };
        let arns = begins(&self.from).into_iter().zip(begins(&self.to));
        let renaming = Renaming { ids, arns: arns.filter(|(before, after)| before != after).collect() };
        for row in self.tables.iter_mut().flat_map(|rows| &mut rows.rows) {
            for cell in &mut row.cells {
                if let Cell::Text(text) = cell {
                    renaming.apply(text);
                }
            }
        }
    }
}

impl Renaming {
    fn apply(&self, text: &mut String) {
        if let Some(id) = self.ids.get(text.as_str()) {
            text.clone_from(id);
            return;
        }
        let mut from = 0;
        while let Some(hyphen) = text[from..].find('-').map(|at| from + at) {
            let begin = hyphen.checked_sub(UUID.1).filter(|begin| *begin >= from);
            let range = begin.map(|begin| begin..begin + UUID.0);
            let found = range.and_then(|range| Some((range.clone(), self.ids.get(text.get(range)?)?)));
            from = hyphen + 1;
            if let Some((range, id)) = found {
                from = range.end;
                text.replace_range(range, id);
            }
        }
        for (before, after) in &self.arns {
            if text.contains(before.as_str()) {
                *text = text.replace(before.as_str(), after);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_arns_are_found_inside_of_texts_and_nothing_else_changes() {
        let (old, new) = ("018f0000-0000-7000-8000-000000000001", "018f0000-0000-7000-8000-0000000000aa");
        let id = |account: &str| WorldId::new(account, "us-east-1");
        let world = |account: &str| id(account).alarm_arn("");
        let policies = |account: &str| id(account).scaling_arn("scalingPolicy");
        let both = |begin: &dyn Fn(&str) -> String| (begin("111122223333"), begin("222222222222"));
        let renaming = Renaming {
            ids: [(old.to_owned(), new.to_owned()), ("short".to_owned(), new.to_owned())].into(),
            arns: vec![both(&world), both(&policies)],
        };
        let role = "arn:aws:iam::111122223333:role/SageMaker";
        for (text, wanted) in [
            (old.to_owned(), new.to_owned()),
            ("short".to_owned(), new.to_owned()),
            ("a short text - with a hyphen".to_owned(), "a short text - with a hyphen".to_owned()),
            (
                format!("{{\"id\":\"{old}\",\"x\":\"-{old}{old}-é-\"}}"),
                format!("{{\"id\":\"{new}\",\"x\":\"-{new}{new}-é-\"}}"),
            ),
            (format!("é-{role}"), format!("é-{role}")),
            (
                format!("[\"{}1:x\"]", policies("111122223333")),
                format!("[\"{}1:x\"]", policies("222222222222")),
            ),
            (format!("ALARM({}a)", world("111122223333")), format!("ALARM({}a)", world("222222222222"))),
        ] {
            let mut renamed = text.clone();
            renaming.apply(&mut renamed);
            assert_eq!(renamed, wanted, "{text}");
        }
    }
}
