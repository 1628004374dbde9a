//! From CBOR bytes to a [`Value`] of a given shape: the reader that feeds the visitor of `decode_json`.
//!
//! Lengths may be told or not, integers and floats have any width, texts and bytes may come in pieces, and a
//! tag is read as what it tags: an instant is a number of seconds, whether or not tag 1 says so. What is wrong
//! with types is said as for JSON; what is no CBOR at all is told without a sentence. Nothing is allocated
//! because a length claims it, and nothing is nested deeper than [`DEEPEST`].

use std::fmt::Display;

use minicbor::Decoder;
use minicbor::data::Type;
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::decode_json::decode;
use crate::schema::{Error, Fault, Service, ShapeId, Value};

/// How deep structures, lists, maps and tags may be nested: several times what any model holds.
const DEEPEST: usize = 64;

/// Reads `bytes` as the input shape of an operation. No bytes are no members, as in Smithy's own suite.
pub fn decode_cbor(service: &Service, shape: Option<ShapeId>, bytes: &[u8]) -> Result<Value, Fault> {
    let mut decoder = Decoder::new(if bytes.is_empty() { EMPTY_MAP } else { bytes });
    decode(service, shape, |input| {
        let value = input.deserialize(Item { decoder: &mut decoder, room: DEEPEST })?;
        if decoder.position() < decoder.input().len() {
            Err(broken("bytes after the end"))
        } else {
            Ok(value)
        }
    })
}

const EMPTY_MAP: &[u8] = &[0xa0];

/// Never seen by a client, who only learns that the bytes are no CBOR.
fn broken(what: impl Display) -> Error {
    Error::custom(what)
}

impl From<minicbor::decode::Error> for Error {
    fn from(error: minicbor::decode::Error) -> Self {
        broken(error)
    }
}

/// The next item of the text.
struct Item<'d, 'de> {
    decoder: &'d mut Decoder<'de>,
    /// How many levels may still begin.
    room: usize,
}

impl<'de> Item<'_, 'de> {
    /// The room inside this item.
    fn inside(&self) -> Result<usize, Error> {
        self.room.checked_sub(1).ok_or_else(|| broken("nested too deep"))
    }

    fn integer<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let number = i128::from(self.decoder.int()?);
        match (i64::try_from(number), u64::try_from(number)) {
            (Ok(number), _) => visitor.visit_i64(number),
            (_, Ok(number)) => visitor.visit_u64(number),
            _ => visitor.visit_f64(number as f64),
        }
    }

    fn pieces_of_text<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_string(self.decoder.str_iter()?.collect::<Result<String, _>>()?)
    }

    fn pieces_of_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let mut bytes = Vec::new();
        for piece in self.decoder.bytes_iter()? {
            bytes.extend_from_slice(piece?);
        }
        visitor.visit_byte_buf(bytes)
    }
}

impl<'de> Deserializer<'de> for Item<'_, 'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let decoder = &mut *self.decoder;
        match decoder.datatype()? {
            Type::Null | Type::Undefined => {
                decoder.skip()?;
                visitor.visit_unit()
            }
            Type::Bool => visitor.visit_bool(decoder.bool()?),
            Type::U8
            | Type::U16
            | Type::U32
            | Type::U64
            | Type::I8
            | Type::I16
            | Type::I32
            | Type::I64
            | Type::Int => self.integer(visitor),
            Type::F16 | Type::F32 | Type::F64 => visitor.visit_f64(decoder.f64()?),
            Type::String => visitor.visit_borrowed_str(decoder.str()?),
            Type::StringIndef => self.pieces_of_text(visitor),
            Type::Bytes => visitor.visit_borrowed_bytes(decoder.bytes()?),
            Type::BytesIndef => self.pieces_of_bytes(visitor),
            Type::Array | Type::ArrayIndef => {
                let room = self.inside()?;
                let left = self.decoder.array()?;
                visitor.visit_seq(Items { decoder: self.decoder, room, left })
            }
            Type::Map | Type::MapIndef => {
                let room = self.inside()?;
                let left = self.decoder.map()?;
                visitor.visit_map(Items { decoder: self.decoder, room, left })
            }
            Type::Tag => {
                let room = self.inside()?;
                self.decoder.tag()?;
                Item { decoder: self.decoder, room }.deserialize_any(visitor)
            }
            other @ (Type::Simple | Type::Break | Type::Unknown(_)) => Err(broken(other)),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// The items of a list, or the entries of a map.
struct Items<'d, 'de> {
    decoder: &'d mut Decoder<'de>,
    room: usize,
    /// How many are still to come; none where a break ends them.
    left: Option<u64>,
}

impl<'de> Items<'_, 'de> {
    /// The next, unless this was the last.
    fn next(&mut self) -> Result<Option<Item<'_, 'de>>, Error> {
        match &mut self.left {
            Some(0) => return Ok(None),
            Some(left) => *left -= 1,
            None if self.decoder.datatype()? == Type::Break => {
                self.decoder.skip()?;
                self.left = Some(0);
                return Ok(None);
            }
            None => {}
        }
        Ok(Some(self.item()))
    }

    fn item(&mut self) -> Item<'_, 'de> {
        Item { decoder: self.decoder, room: self.room }
    }
}

impl<'de> SeqAccess<'de> for Items<'_, 'de> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        self.next()?.map(|item| seed.deserialize(item)).transpose()
    }
}

impl<'de> MapAccess<'de> for Items<'_, 'de> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        self.next()?.map(|item| seed.deserialize(item)).transpose()
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        seed.deserialize(self.item())
    }
}
