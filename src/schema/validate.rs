//! Whether a value keeps every constraint of its shape; all faults at once.
//!
//! The order is the model's: member by member, and for one member its length, then its pattern or words.
//! Text and numbers inside a list or a map are reported at the container, structures at their own path.

use super::constraint::{Constraint, Shown, Violation, enum_order};
use super::model::{Bounds, Broken, Kind, Service, Shape, ShapeId};
use super::render::{lowered, shown};
use super::{Fields, Value, java_double};

/// Everything wrong with `input`.
pub fn violations<'m>(service: &'m Service, shape: ShapeId, input: &Value) -> Vec<Violation<'m>> {
    let mut check = Check { service, path: String::new(), found: Vec::new(), room: MOST_QUOTED };
    check.children(service.shape(shape), input);
    check.found
}

/// How many faults one sentence names, and how many bytes of values it quotes. A body of a million bytes
/// can break a constraint at every third, and its structures are longer as text than as JSON; nobody reads
/// on beyond this.
const MOST_FAULTS: usize = 100;
const MOST_QUOTED: usize = 1 << 20;

/// The values of Java's Integer: a whole number of 32 bits beyond them is refused even where the model
/// sets no limit of its own.
const INTEGER: Bounds<i64> = Bounds { min: Some(i32::MIN as i64), max: Some(i32::MAX as i64) };

/// The finite values of Java's Float.
const FLOAT: Bounds<f64> = Bounds { min: Some(f32::MIN as f64), max: Some(f32::MAX as f64) };

struct Check<'m> {
    service: &'m Service,
    path: String,
    found: Vec<Violation<'m>>,
    room: usize,
}

impl<'m> Check<'m> {
    /// Goes on with `step` added to the path.
    fn under(&mut self, step: &str, go: impl FnOnce(&mut Self)) {
        let before = self.path.len();
        if before > 0 {
            self.path.push('.');
        }
        self.path.push_str(step);
        go(self);
        self.path.truncate(before);
    }

    fn report(&mut self, value: Shown, constraint: Constraint<'m>) {
        if self.found.len() < MOST_FAULTS {
            self.found.push(Violation { value, path: self.path.clone(), constraint });
        }
    }

    /// Reports `value` itself, as far as there is room for it.
    fn report_value(&mut self, shape: &Shape, value: &Value, constraint: Constraint<'m>) {
        if self.found.len() < MOST_FAULTS {
            let value = shown(self.service, shape, value, self.room);
            if let Shown::Text(text) = &value {
                self.room -= text.len();
            }
            self.report(value, constraint);
        }
    }

    /// The value itself, then what it holds.
    fn value(&mut self, shape: &'m Shape, value: &Value) {
        for constraint in broken(shape, value) {
            self.report_value(shape, value, constraint);
        }
        self.children(shape, value);
    }

    fn children(&mut self, shape: &'m Shape, value: &Value) {
        match (&shape.kind, value) {
            (Kind::Structure(_), Value::Map(fields)) => self.members(shape, fields),
            (Kind::List { element, .. }, Value::List(elements)) => {
                self.elements(shape, value, self.service.shape(*element), elements);
            }
            (Kind::Map { key, value: held, .. }, Value::Map(fields)) => {
                self.entries(shape, value, [self.service.shape(*key), self.service.shape(*held)], fields);
            }
            _ => {}
        }
    }

    fn members(&mut self, shape: &'m Shape, fields: &Fields) {
        for member in shape.members() {
            match fields.get(member.name) {
                Some(value) => {
                    let shape = self.service.shape(member.shape);
                    // A path is made only where something is wrong or may be: invocations are many.
                    if is_scalar(shape) && broken(shape, value).is_empty() {
                        continue;
                    }
                    self.under(&lowered(member.name), |check| check.value(shape, value));
                }
                None if member.required => {
                    self.under(&lowered(member.name), |check| check.report(Shown::Null, Constraint::NotNull));
                }
                None => {}
            }
        }
    }

    fn elements(&mut self, list: &'m Shape, whole: &Value, element: &'m Shape, elements: &[Value]) {
        if is_scalar(element) {
            if elements.iter().any(|value| !broken(element, value).is_empty()) {
                let constraint = Constraint::Elements(constraints(element));
                self.report_value(list, whole, constraint);
            }
            return;
        }
        for (place, value) in elements.iter().enumerate() {
            self.under(&format!("{}.member", place + 1), |check| check.value(element, value));
        }
    }

    fn entries(&mut self, map: &'m Shape, whole: &Value, [key, held]: [&'m Shape; 2], fields: &Fields) {
        if fields.iter().any(|(name, _)| !broken_text(key, name).is_empty()) {
            self.report_value(map, whole, Constraint::MapKeys(constraints(key)));
        }
        if is_scalar(held) {
            if fields.iter().any(|(_, value)| !broken(held, value).is_empty()) {
                self.report_value(map, whole, Constraint::MapValues(constraints(held)));
            }
            return;
        }
        for (name, value) in fields.iter() {
            self.under(&format!("{name}.member"), |check| check.value(held, value));
        }
    }
}

fn is_scalar(shape: &Shape) -> bool {
    !matches!(shape.kind, Kind::Structure(_) | Kind::List { .. } | Kind::Map { .. })
}

/// The constraints of its own that `value` breaks.
fn broken<'m>(shape: &'m Shape, value: &Value) -> Vec<Constraint<'m>> {
    match (&shape.kind, value) {
        (Kind::String { .. }, Value::String(text)) => broken_text(shape, text),
        (Kind::List { length, .. }, Value::List(elements)) => broken_length(*length, elements.len()),
        (Kind::Map { length, .. }, Value::Map(fields)) => broken_length(*length, fields.len()),
        (Kind::Blob { length }, Value::Blob(bytes)) => broken_length(*length, bytes.len()),
        (Kind::Integer(bounds), Value::Int(number)) => {
            let broken = bounds.broken_by(number).or(INTEGER.broken_by(number));
            broken.map(|limit| value_limit(limit, ToString::to_string)).into_iter().collect()
        }
        (Kind::Long(bounds), Value::Int(number)) => {
            let broken = bounds.broken_by(number);
            broken.map(|limit| value_limit(limit, ToString::to_string)).into_iter().collect()
        }
        (Kind::Float(bounds), Value::Float(number)) => {
            let broken = bounds.broken_by(number).or(FLOAT.broken_by(number));
            broken.map(|limit| value_limit(limit, |limit| java_double(*limit))).into_iter().collect()
        }
        (Kind::Double(bounds), Value::Float(number)) => {
            let broken = bounds.broken_by(number);
            broken.map(|limit| value_limit(limit, |limit| java_double(*limit))).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

fn broken_text<'m>(shape: &'m Shape, text: &str) -> Vec<Constraint<'m>> {
    let Kind::String { length, pattern, words } = &shape.kind else { return Vec::new() };
    let mut found = match (length.min, length.max) {
        (None, None) => Vec::new(),
        _ => broken_length(*length, text.chars().count()),
    };
    if let Some(pattern) = pattern.as_ref().filter(|pattern| !pattern.matches(text)) {
        found.push(Constraint::Pattern(pattern.as_str()));
    }
    if !words.is_empty() && !words.contains(&text) {
        found.push(Constraint::Enum(enum_order(words)));
    }
    found
}

fn broken_length(bounds: Bounds<u64>, length: usize) -> Vec<Constraint<'static>> {
    match bounds.broken_by(&(length as u64)) {
        Some(Broken::Max(limit)) => vec![Constraint::LengthAtMost(*limit)],
        Some(Broken::Min(limit)) => vec![Constraint::LengthAtLeast(*limit)],
        None => Vec::new(),
    }
}

fn value_limit<T>(broken: Broken<&T>, text: impl Fn(&T) -> String) -> Constraint<'static> {
    match broken {
        Broken::Max(limit) => Constraint::ValueAtMost(text(limit)),
        Broken::Min(limit) => Constraint::ValueAtLeast(text(limit)),
    }
}

/// Every constraint of a shape, in the order in which a container lists them.
fn constraints(shape: &Shape) -> Vec<Constraint<'_>> {
    fn limits<T>(bounds: &Bounds<T>, text: impl Fn(&T) -> String) -> Vec<Constraint<'static>> {
        let max = bounds.max.as_ref().map(|max| Constraint::ValueAtMost(text(max)));
        max.into_iter().chain(bounds.min.as_ref().map(|min| Constraint::ValueAtLeast(text(min)))).collect()
    }
    match &shape.kind {
        Kind::String { length, pattern, words } => {
            let max = length.max.map(Constraint::LengthAtMost);
            let mut all: Vec<_> = max.into_iter().chain(length.min.map(Constraint::LengthAtLeast)).collect();
            all.extend(pattern.as_ref().map(|pattern| Constraint::Pattern(pattern.as_str())));
            all.extend((!words.is_empty()).then(|| Constraint::Enum(enum_order(words))));
            all
        }
        Kind::Integer(bounds) | Kind::Long(bounds) => limits(bounds, ToString::to_string),
        Kind::Float(bounds) | Kind::Double(bounds) => limits(bounds, |limit| java_double(*limit)),
        _ => Vec::new(),
    }
}
