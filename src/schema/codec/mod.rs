//! The forms in which a value travels: JSON, CBOR, forms and XML, and the parts of an HTTP message. Each is
//! read and written by the shape alone.

mod bound;
mod decode_cbor;
mod decode_json;
mod encode_cbor;
mod encode_json;
mod form;
mod xml;

pub use bound::{HttpAnswer, decode_http, encode_http};
pub use decode_cbor::decode_cbor;
pub use decode_json::{decode_json, is_json, misplaced};
pub use encode_cbor::{encode_cbor, plain_cbor};
pub use encode_json::encode_json;
pub use form::decode_form;
pub use xml::{encode_xml, write_element, write_text};
