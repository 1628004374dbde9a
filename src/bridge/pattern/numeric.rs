//! `numeric`: between two numbers, or on one side of one.

use serde_json::Value;

/// The largest number that may be named, either way.
const MOST: f64 = 5_000_000_000.0;

/// A range of numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Range {
    /// The least, and whether it is in the range.
    bottom: (f64, bool),
    /// The greatest, and whether it is in the range.
    top: (f64, bool),
}

impl Range {
    /// The range that a list says: `["=", 5]`, `[">", 0]` or `[">", 0, "<=", 5]`.
    pub(super) fn of(value: &Value) -> Result<Self, String> {
        let list = value.as_array().ok_or("Value of numeric must be an array.")?;
        let mut range = Self { bottom: (-MOST, true), top: (MOST, true) };
        let mut rest = list.iter();
        let operator = rest.next().ok_or("Invalid member in numeric match: ]")?;
        let operator =
            operator.as_str().ok_or_else(|| format!("Invalid member in numeric match: {operator}"))?;
        let first = number(operator, rest.next())?;
        match operator {
            "=" => (range.bottom, range.top) = ((first, true), (first, true)),
            ">" | ">=" => range.bottom = (first, operator == ">="),
            "<" | "<=" => range.top = (first, operator == "<="),
            other => return Err(format!("Unrecognized numeric range operator: {other}")),
        }
        if let Some(second) = rest.next() {
            let second = second.as_str().filter(|it| operator.starts_with('>') && it.starts_with('<'));
            let second = second
                .ok_or("Bad numeric range operator: a range begins with > or >= and ends with < or <=")?;
            let end = number(second, rest.next())?;
            range.top = (end, second == "<=");
            if first >= end {
                return Err("Bottom must be less than top".to_owned());
            }
        }
        if rest.next().is_some() {
            return Err("Too many elements in numeric expression".to_owned());
        }
        Ok(range)
    }

    pub(super) fn contains(self, number: f64) -> bool {
        let ((bottom, with_bottom), (top, with_top)) = (self.bottom, self.top);
        let above = if with_bottom { number >= bottom } else { number > bottom };
        let below = if with_top { number <= top } else { number < top };
        above && below
    }
}

fn number(operator: &str, value: Option<&Value>) -> Result<f64, String> {
    let number =
        value.and_then(Value::as_f64).ok_or_else(|| format!("Value of {operator} must be numeric"))?;
    let fits = (-MOST..=MOST).contains(&number);
    if fits { Ok(number) } else { Err(format!("Value must be between {} and {}, inclusive", -MOST, MOST)) }
}
