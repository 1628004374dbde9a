//! From a typed struct to a value, by serde.
//!
//! `None` and unit are absent members. A [`Timestamp`](crate::clock::Timestamp) arrives as its
//! milliseconds; the shape makes an instant of it again when the answer is written.

use serde::Serialize;
use serde::ser::{
    SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant, Serializer,
};

use super::{Error, Fields, Value};

/// `typed` as a value. What cannot be one at all (`None` itself, a number beyond 64 bits) is an error.
pub fn to_value(typed: &(impl Serialize + ?Sized)) -> Result<Value, Error> {
    typed.serialize(Writer)?.ok_or_else(|| fault("nothing is not a value"))
}

fn fault(sentence: &str) -> Error {
    serde::ser::Error::custom(sentence)
}

fn text_of<T: Serialize + ?Sized>(key: &T) -> Result<String, Error> {
    match key.serialize(Writer)? {
        Some(Value::String(text)) => Ok(text),
        Some(Value::Int(number)) => Ok(number.to_string()),
        _ => Err(fault("the key of a map is text")),
    }
}

/// Writes one value; `None` is absence.
struct Writer;

impl Serializer for Writer {
    type Ok = Option<Value>;
    type Error = Error;
    type SerializeSeq = Elements;
    type SerializeTuple = Elements;
    type SerializeTupleStruct = Elements;
    type SerializeTupleVariant = Elements;
    type SerializeMap = Members;
    type SerializeStruct = Members;
    type SerializeStructVariant = Members;

    fn serialize_bool(self, truth: bool) -> Result<Self::Ok, Error> {
        Ok(Some(Value::Bool(truth)))
    }

    fn serialize_i8(self, number: i8) -> Result<Self::Ok, Error> {
        self.serialize_i64(number.into())
    }

    fn serialize_i16(self, number: i16) -> Result<Self::Ok, Error> {
        self.serialize_i64(number.into())
    }

    fn serialize_i32(self, number: i32) -> Result<Self::Ok, Error> {
        self.serialize_i64(number.into())
    }

    fn serialize_i64(self, number: i64) -> Result<Self::Ok, Error> {
        Ok(Some(Value::Int(number)))
    }

    fn serialize_u8(self, number: u8) -> Result<Self::Ok, Error> {
        self.serialize_i64(number.into())
    }

    fn serialize_u16(self, number: u16) -> Result<Self::Ok, Error> {
        self.serialize_i64(number.into())
    }

    fn serialize_u32(self, number: u32) -> Result<Self::Ok, Error> {
        self.serialize_i64(number.into())
    }

    fn serialize_u64(self, number: u64) -> Result<Self::Ok, Error> {
        let number = i64::try_from(number).map_err(|_| fault("a whole number has at most 63 bits"))?;
        self.serialize_i64(number)
    }

    /// By way of the shortest text, so that 0.1 stays 0.1.
    fn serialize_f32(self, number: f32) -> Result<Self::Ok, Error> {
        self.serialize_f64(number.to_string().parse().unwrap_or_else(|_| f64::from(number)))
    }

    fn serialize_f64(self, number: f64) -> Result<Self::Ok, Error> {
        Ok(Some(Value::Float(number)))
    }

    fn serialize_char(self, letter: char) -> Result<Self::Ok, Error> {
        Ok(Some(Value::String(letter.into())))
    }

    fn serialize_str(self, text: &str) -> Result<Self::Ok, Error> {
        Ok(Some(Value::from(text)))
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Result<Self::Ok, Error> {
        Ok(Some(Value::Blob(bytes.to_vec().into())))
    }

    fn serialize_none(self) -> Result<Self::Ok, Error> {
        Ok(None)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Self::Ok, Error> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<Self::Ok, Error> {
        Ok(None)
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Result<Self::Ok, Error> {
        Ok(Some(Value::empty()))
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<Self::Ok, Error> {
        Ok(Some(Value::from(variant)))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        value: &T,
    ) -> Result<Self::Ok, Error> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<Self::Ok, Error> {
        Ok(Some(tagged(Some(variant), value.serialize(self)?)))
    }

    fn serialize_seq(self, _len: Option<usize>) -> Result<Elements, Error> {
        Ok(Elements { tag: None, elements: Vec::new() })
    }

    fn serialize_tuple(self, _len: usize) -> Result<Elements, Error> {
        self.serialize_seq(None)
    }

    fn serialize_tuple_struct(self, _name: &'static str, _len: usize) -> Result<Elements, Error> {
        self.serialize_seq(None)
    }

    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        _len: usize,
    ) -> Result<Elements, Error> {
        Ok(Elements { tag: Some(variant), elements: Vec::new() })
    }

    fn serialize_map(self, _len: Option<usize>) -> Result<Members, Error> {
        Ok(Members { tag: None, key: None, fields: Fields::new() })
    }

    fn serialize_struct(self, _name: &'static str, _len: usize) -> Result<Members, Error> {
        self.serialize_map(None)
    }

    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        _len: usize,
    ) -> Result<Members, Error> {
        Ok(Members { tag: Some(variant), key: None, fields: Fields::new() })
    }
}

/// The value itself, or as the one member of a union.
fn tagged(tag: Option<&'static str>, value: Option<Value>) -> Value {
    match tag {
        None => value.unwrap_or_else(Value::empty),
        Some(tag) => Value::Map(value.into_iter().map(|value| (tag, value)).collect()),
    }
}

/// A list being written.
struct Elements {
    tag: Option<&'static str>,
    elements: Vec<Value>,
}

impl SerializeSeq for Elements {
    type Ok = Option<Value>;
    type Error = Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, element: &T) -> Result<(), Error> {
        self.elements.extend(element.serialize(Writer)?);
        Ok(())
    }

    fn end(self) -> Result<Self::Ok, Error> {
        Ok(Some(tagged(self.tag, Some(Value::List(self.elements)))))
    }
}

/// The three tuple forms are lists.
macro_rules! tuple_as_list {
    ($form:ident, $element:ident) => {
        impl $form for Elements {
            type Ok = Option<Value>;
            type Error = Error;

            fn $element<T: Serialize + ?Sized>(&mut self, element: &T) -> Result<(), Error> {
                SerializeSeq::serialize_element(self, element)
            }

            fn end(self) -> Result<Self::Ok, Error> {
                SerializeSeq::end(self)
            }
        }
    };
}

tuple_as_list!(SerializeTuple, serialize_element);
tuple_as_list!(SerializeTupleStruct, serialize_field);
tuple_as_list!(SerializeTupleVariant, serialize_field);

/// A structure or a map being written.
struct Members {
    tag: Option<&'static str>,
    key: Option<String>,
    fields: Fields,
}

impl SerializeMap for Members {
    type Ok = Option<Value>;
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        self.key = Some(text_of(key)?);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        let key = self.key.take().expect("serde writes a key before its value");
        if let Some(value) = value.serialize(Writer)? {
            self.fields.push(key, value);
        }
        Ok(())
    }

    fn end(self) -> Result<Self::Ok, Error> {
        Ok(Some(tagged(self.tag, Some(Value::Map(self.fields)))))
    }
}

/// The two struct forms are structures.
macro_rules! struct_as_structure {
    ($form:ident) => {
        impl $form for Members {
            type Ok = Option<Value>;
            type Error = Error;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                name: &'static str,
                value: &T,
            ) -> Result<(), Error> {
                if let Some(value) = value.serialize(Writer)? {
                    self.fields.push(name.to_owned(), value);
                }
                Ok(())
            }

            fn end(self) -> Result<Self::Ok, Error> {
                SerializeMap::end(self)
            }
        }
    };
}

struct_as_structure!(SerializeStruct);
struct_as_structure!(SerializeStructVariant);
