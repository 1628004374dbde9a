//! What `PutMetricData` says of measurements that their shape refuses.
//!
//! The operation is older than the sentences of shapes and has its own, known from public logs: for what is
//! missing, and for a unit that is none, a line for each datum. Of all else no log is known, so the sentence of
//! the shape stands. Its paths are those of forms, whichever protocol was spoken.

use super::parameter::{invalid, missing_all, required};
use crate::schema::{Constraint, Fault, Shown, Violation};

/// The units, in the order of an answer that was seen.
const UNITS: &str = "Megabits, Terabits, Gigabits, Count, Bytes, Gigabytes, Gigabytes/Second, Kilobytes, \
    Kilobits/Second, Terabytes, Terabits/Second, Bytes/Second, Percent, Megabytes, Megabits/Second, \
    Milliseconds, Microseconds, Kilobytes/Second, Gigabits/Second, Megabytes/Second, Bits, Bits/Second, \
    Count/Second, Seconds, Kilobits, Terabytes/Second, None";

/// The fault, where it is known in other words than the shape's: first of everything that is missing, then of
/// every unit.
pub(super) fn fault(violations: &[Violation<'_>]) -> Option<Fault> {
    let missing: Vec<_> =
        violations.iter().filter(|it| is_missing(it)).map(|it| required(&path(it))).collect();
    if !missing.is_empty() {
        return Some(missing_all(&missing));
    }
    let units = violations.iter().filter(|it| matches!(it.constraint, Constraint::Enum(_)));
    let units: Vec<_> = units
        .map(|it| format!("The parameter {} must be a value in the set [ {UNITS} ].", path(it)))
        .collect();
    (!units.is_empty()).then(|| invalid(units.join("\n")))
}

/// An empty text is as good as none.
fn is_missing(violation: &Violation<'_>) -> bool {
    match (&violation.constraint, &violation.value) {
        (Constraint::NotNull, _) => true,
        (Constraint::LengthAtLeast(_), Shown::Text(text)) => text.is_empty(),
        _ => false,
    }
}

/// `MetricData.member.1.Unit` from `metricData.1.member.unit`.
fn path(violation: &Violation<'_>) -> String {
    let mut steps = violation.path.split('.');
    let mut path = Vec::new();
    while let Some(step) = steps.next() {
        if step.bytes().all(|byte| byte.is_ascii_digit()) {
            path.extend(steps.next().map(str::to_owned));
            path.push(step.to_owned());
        } else {
            let (first, rest) = step.split_at(1);
            path.push(first.to_uppercase() + rest);
        }
    }
    path.join(".")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{Kind, ServiceId, service};

    #[test]
    fn the_units_are_those_of_the_model() {
        let unit = service(ServiceId::CloudWatch).shapes().iter().find(|shape| shape.name == "StandardUnit");
        let Kind::String { words, .. } = &unit.unwrap().kind else { panic!("a unit is a word") };
        let mut declared = words.to_vec();
        let mut said: Vec<_> = UNITS.split(", ").collect();
        declared.sort_unstable();
        said.sort_unstable();
        assert_eq!(said, declared);
    }
}
