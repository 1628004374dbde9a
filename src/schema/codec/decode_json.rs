//! From JSON bytes to a [`Value`] of a given shape, in one pass and without a tree between. CBOR is read by
//! the same visitor from bytes of another form (`decode_cbor`).
//!
//! What is wrong with types is answered in the words of AWS's own parser, of which only the first fault is
//! told; but text that is no JSON at all outranks any of them, so reading goes on to the end. Unknown
//! members are dropped, null is absence, a fraction given for a whole number loses its fraction.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::clock::Timestamp;
use crate::schema::{Fault, Fields, Kind, Member, Service, ShapeId, Value};

/// Reads `bytes` as the input shape of an operation. An operation without input takes any object.
pub fn decode_json(service: &Service, shape: Option<ShapeId>, bytes: &[u8]) -> Result<Value, Fault> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    decode(service, shape, |input| {
        let value = input.deserialize(&mut json)?;
        json.end().map(|()| value)
    })
}

/// Where the first value of a wrong type stands in `bytes`, as `ProductionVariants[0].ModelName`; `None` without one.
pub fn misplaced(service: &Service, shape: Option<ShapeId>, bytes: &[u8]) -> Option<String> {
    let reading = Reading::new(service);
    let input = Typed { reading: &reading, shape: Expected::Input(shape) };
    input.deserialize(&mut serde_json::Deserializer::from_slice(bytes)).ok()?;
    let mut steps = reading.way_out.into_inner();
    steps.reverse();
    reading.first_fault.into_inner().map(|_| steps.concat().trim_start_matches('.').to_owned())
}

/// The input that `read` finds, or what the parser says of it.
pub(super) fn decode<E>(
    service: &Service,
    shape: Option<ShapeId>,
    read: impl FnOnce(Typed<'_, '_>) -> Result<Option<Value>, E>,
) -> Result<Value, Fault> {
    let reading = Reading::new(service);
    let read = read(Typed { reading: &reading, shape: Expected::Input(shape) });
    match (read, reading.first_fault.into_inner()) {
        (Ok(_), Some(sentence)) => Err(Fault::serialization(Some(&sentence))),
        (Ok(Some(value @ Value::Map(_))), None) => Ok(value),
        _ => Err(Fault::serialization(None)),
    }
}

/// Whether `bytes` are JSON at all: an object or a list, as AWS's parser demands before it looks further.
pub fn is_json(bytes: &[u8]) -> bool {
    let begins = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
    matches!(begins, Some(b'{' | b'[')) && serde_json::from_slice::<IgnoredAny>(bytes).is_ok()
}

/// One reading of one text.
pub(super) struct Reading<'m> {
    service: &'m Service,
    first_fault: RefCell<Option<String>>,
    /// The steps from the first fault out to the whole.
    way_out: RefCell<Vec<String>>,
}

impl<'m> Reading<'m> {
    fn new(service: &'m Service) -> Self {
        Self { service, first_fault: RefCell::default(), way_out: RefCell::default() }
    }

    /// Reads one value on; if the first fault lies within, `step` is on the way to it.
    fn within<T>(&self, read: impl FnOnce() -> T, step: impl FnOnce() -> String) -> T {
        let is_right = self.first_fault.borrow().is_none();
        let value = read();
        if is_right && self.first_fault.borrow().is_some() {
            self.way_out.borrow_mut().push(step());
        }
        value
    }

    fn fault(&self, sentence: impl Into<String>) {
        self.first_fault.borrow_mut().get_or_insert_with(|| sentence.into());
    }
}

/// What is expected at one place of the text.
#[derive(Clone, Copy)]
pub(super) enum Expected {
    /// The whole input.
    Input(Option<ShapeId>),
    /// A value inside it.
    Shape(ShapeId),
}

/// Reads one value, as whatever the text says that it is, by what is expected there.
#[derive(Clone, Copy)]
pub(super) struct Typed<'r, 'm> {
    reading: &'r Reading<'m>,
    shape: Expected,
}

impl<'m> Typed<'_, 'm> {
    fn at(self, shape: ShapeId) -> Self {
        Self { shape: Expected::Shape(shape), ..self }
    }

    fn kind(self) -> Option<&'m Kind> {
        match self.shape {
            Expected::Input(id) => id.map(|id| &self.reading.service.shape(id).kind),
            Expected::Shape(id) => Some(&self.reading.service.shape(id).kind),
        }
    }

    /// A scalar of the wrong type: `found` is the parser's word for what stands there.
    fn mismatch<E>(self, found: &str) -> Result<Option<Value>, E> {
        let wanted = match (self.shape, self.kind()) {
            // The input as a whole is not converted: text and numbers there are no JSON to the parser.
            (Expected::Input(_), _) | (_, None) => return Ok(None),
            (_, Some(Kind::Structure(_))) => return self.refuse("Expected null"),
            (_, Some(Kind::List { .. })) => return self.refuse("Expected list or null"),
            (_, Some(Kind::Map { .. })) => return self.refuse("Expected map or null"),
            (_, Some(Kind::String { .. })) => "a String",
            (_, Some(Kind::Integer(_))) => "an Integer",
            (_, Some(Kind::Long(_))) => "a Long",
            (_, Some(Kind::Float(_))) => "a Float",
            (_, Some(Kind::Double(_))) => "a Double",
            (_, Some(Kind::Boolean)) => "a Boolean",
            (_, Some(Kind::Timestamp)) => "milliseconds since epoch",
            (_, Some(Kind::Blob { .. })) => "a Blob",
        };
        self.refuse(format!("{found} can not be converted to {wanted}"))
    }

    #[expect(clippy::unnecessary_wraps, reason = "the last word of every visit")]
    fn refuse<E>(self, sentence: impl Into<String>) -> Result<Option<Value>, E> {
        self.reading.fault(sentence);
        Ok(None)
    }
}

impl<'de> DeserializeSeed<'de> for Typed<'_, '_> {
    type Value = Option<Value>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Typed<'_, '_> {
    type Value = Option<Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Self::Value, E> {
        match self.kind() {
            Some(Kind::Boolean) => Ok(Some(Value::Bool(truth))),
            _ => self.mismatch(if truth { "TRUE_VALUE" } else { "FALSE_VALUE" }),
        }
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
        match self.kind() {
            Some(Kind::Integer(_) | Kind::Long(_)) => Ok(Some(Value::Int(number))),
            Some(Kind::Timestamp) => Ok(Some(Value::Timestamp(Timestamp(number.saturating_mul(1000))))),
            _ => self.visit_f64(number as f64),
        }
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        match i64::try_from(number) {
            Ok(number) => self.visit_i64(number),
            Err(_) => self.visit_f64(number as f64),
        }
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "a cast from a float truncates and saturates, as meant"
    )]
    fn visit_f64<E: Error>(self, number: f64) -> Result<Self::Value, E> {
        match self.kind() {
            Some(Kind::Float(_) | Kind::Double(_)) => Ok(Some(Value::Float(number))),
            // What is no number is none of these: only CBOR can write it.
            _ if !number.is_finite() => self.mismatch("NUMBER_VALUE"),
            Some(Kind::Integer(_) | Kind::Long(_)) => Ok(Some(Value::Int(number as i64))),
            Some(Kind::Timestamp) => Ok(Some(Value::Timestamp(Timestamp((number * 1000.0).round() as i64)))),
            _ => self.mismatch("NUMBER_VALUE"),
        }
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        match (self.kind(), text) {
            (Some(Kind::String { .. }), _) => Ok(Some(Value::from(text))),
            (Some(Kind::Float(_) | Kind::Double(_)), "NaN") => Ok(Some(Value::Float(f64::NAN))),
            (Some(Kind::Float(_) | Kind::Double(_)), "Infinity") => Ok(Some(Value::Float(f64::INFINITY))),
            (Some(Kind::Float(_) | Kind::Double(_)), "-Infinity") => {
                Ok(Some(Value::Float(f64::NEG_INFINITY)))
            }
            (Some(Kind::Blob { .. }), _) => match BASE64.decode(text) {
                Ok(bytes) => Ok(Some(Value::Blob(bytes.into()))),
                Err(_) => self.refuse(format!("'{text}' can not be converted to a Blob: Invalid Base64")),
            },
            _ => self.mismatch("STRING_VALUE"),
        }
    }

    fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Self::Value, E> {
        match self.kind() {
            Some(Kind::Blob { .. }) => Ok(Some(Value::Blob(Bytes::copy_from_slice(bytes)))),
            _ => self.mismatch("BINARY_VALUE"),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let Some(Kind::List { element, .. }) = self.kind() else {
            self.reading.fault("Start of list found where not expected");
            return IgnoredAny.visit_seq(seq).map(|IgnoredAny| None);
        };
        let mut elements = Vec::new();
        for index in 0.. {
            let read =
                self.reading.within(|| seq.next_element_seed(self.at(*element)), || format!("[{index}]"))?;
            let Some(read) = read else { break };
            elements.extend(read);
        }
        Ok(Some(Value::List(elements)))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        match (self.kind(), self.shape) {
            (Some(Kind::Structure(members)), _) => self.structure(members, map),
            (Some(Kind::Map { value, .. }), _) => self.map(*value, map),
            (None, Expected::Input(_)) => {
                IgnoredAny.visit_map(map)?;
                Ok(Some(Value::empty()))
            }
            _ => {
                self.reading.fault("Start of structure or map found where not expected.");
                IgnoredAny.visit_map(map).map(|IgnoredAny| None)
            }
        }
    }
}

impl Typed<'_, '_> {
    /// Members in the order of the text; a name given twice keeps its last value.
    fn structure<'de, A: MapAccess<'de>>(
        self,
        members: &[Member],
        mut map: A,
    ) -> Result<Option<Value>, A::Error> {
        let mut fields = Fields::new();
        while let Some(place) = map.next_key_seed(MemberName(members))? {
            let Some(member) = place else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            let value = || map.next_value_seed(self.at(member.shape));
            match self.reading.within(value, || format!(".{}", member.name))? {
                Some(value) => fields.insert(member.name, value),
                None => drop(fields.remove(member.name)),
            }
        }
        Ok(Some(Value::Map(fields)))
    }

    /// Entries in the order of the text. A map may be as long as the body allows, so a key that comes
    /// twice is found by its hash.
    fn map<'de, A: MapAccess<'de>>(self, value: ShapeId, mut map: A) -> Result<Option<Value>, A::Error> {
        let mut entries: Vec<(String, Value)> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        while let Some(key) = map.next_key::<String>()? {
            let read = self.reading.within(|| map.next_value_seed(self.at(value)), || format!(".{key}"))?;
            let Some(value) = read else { continue };
            if let Some(place) = places.get(&key) {
                entries[*place].1 = value;
            } else {
                places.insert(key.clone(), entries.len());
                entries.push((key, value));
            }
        }
        Ok(Some(Value::Map(Fields::of_distinct(entries))))
    }
}

/// Finds the member that a key names, without copying the key.
struct MemberName<'m>(&'m [Member]);

impl<'de, 'm> DeserializeSeed<'de> for MemberName<'m> {
    type Value = Option<&'m Member>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'m> Visitor<'_> for MemberName<'m> {
    type Value = Option<&'m Member>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(self.0.iter().find(|member| member.name == name))
    }
}
