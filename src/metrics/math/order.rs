//! In which order expressions can be evaluated that refer to one another.

use std::collections::BTreeSet;

use super::{Expression, MathError};

/// The places of `queries` in an order in which each comes after everything that it refers to: first the
/// metrics (no expression), then the expressions, otherwise as given. Refuses an id that two queries have,
/// one that none has, and a circle.
pub fn order(queries: &[(&str, Option<&Expression>)]) -> Result<Vec<usize>, MathError> {
    let mut ids = BTreeSet::new();
    if let Some((id, _)) = queries.iter().find(|(id, _)| !ids.insert(*id)) {
        return Err(MathError::DuplicateId { id: (*id).to_owned() });
    }
    let needs: Vec<BTreeSet<&str>> =
        queries.iter().map(|(_, expression)| expression.map(Expression::ids).unwrap_or_default()).collect();
    for ((by, _), needs) in queries.iter().zip(&needs) {
        if let Some(id) = needs.difference(&ids).next() {
            return Err(MathError::UnknownReference { by: (*by).to_owned(), id: (*id).to_owned() });
        }
    }
    let (mut order, mut open): (Vec<usize>, Vec<usize>) =
        (0..queries.len()).partition(|&at| queries[at].1.is_none());
    let mut done: BTreeSet<&str> = order.iter().map(|&at| queries[at].0).collect();
    while !open.is_empty() {
        let (ready, blocked): (Vec<usize>, Vec<usize>) =
            open.into_iter().partition(|&at| needs[at].is_subset(&done));
        if ready.is_empty() {
            let ids = blocked.iter().map(|&at| format!("'{}'", queries[at].0)).collect::<Vec<String>>();
            return Err(MathError::Circle { ids: ids.join(", ") });
        }
        done.extend(ready.iter().map(|&at| queries[at].0));
        order.extend(ready);
        open = blocked;
    }
    Ok(order)
}
