//! A service's model in memory: operations and shapes, as indices into one table.
//!
//! Names are slices of the embedded file, so a loaded model is little more than its table of indices.

use std::cmp::Ordering;

use http::HeaderName;

use super::{Pattern, ServiceId};

/// One service: how requests name it, what it can be asked, and the shapes of all that.
#[derive(Debug)]
pub struct Service {
    /// Which one.
    pub id: ServiceId,
    /// The name of the service in the model: `CloudWatch`.
    pub service_id: &'static str,
    /// The version that a query request names: `2010-08-01`.
    pub api_version: &'static str,
    /// `SageMaker` in `X-Amz-Target: SageMaker.CreateModel`; none where the service speaks no awsJson.
    pub target_prefix: Option<&'static str>,
    /// `1.0` or `1.1`; none where the service speaks no awsJson.
    pub json_version: Option<&'static str>,
    /// The service in the scope of a credential.
    pub signing_name: &'static str,
    /// The namespace of its XML; none where the service speaks no awsQuery.
    pub xml_namespace: Option<&'static str>,
    /// Whether it once spoke awsQuery and still gives the old error codes to clients that ask.
    pub query_compatible: bool,
    /// Whether it speaks awsQuery.
    pub speaks_query: bool,
    /// Whether it speaks rpcv2Cbor.
    pub speaks_cbor: bool,
    pub(super) operations: Box<[Operation]>,
    pub(super) shapes: Box<[Shape]>,
}

/// One operation.
#[derive(Debug)]
pub struct Operation {
    /// As the model spells it.
    pub name: &'static str,
    /// The shape of the input.
    pub input: Option<ShapeId>,
    /// The shape of the output; without one the answer has an empty body.
    pub output: Option<ShapeId>,
    /// The element around the output in XML.
    pub result_wrapper: Option<&'static str>,
    /// Its address, where it has one of its own.
    pub path: Option<Path>,
    /// The status of a success.
    pub status: u16,
    /// Whether a request may come compressed with gzip.
    pub takes_gzip: bool,
    pub(super) errors: Box<[ShapeId]>,
}

/// An address with one label in it: `/endpoints/{EndpointName}/invocations`.
#[derive(Debug, Clone, Copy)]
pub struct Path {
    /// What stands before the label.
    pub before: &'static str,
    /// What stands after it.
    pub after: &'static str,
}

/// A shape's place in its service's table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShapeId(pub(super) u32);

/// One shape: a type and its constraints.
#[derive(Debug)]
pub struct Shape {
    /// As the model spells it.
    pub name: &'static str,
    /// The type.
    pub kind: Kind,
    /// Whether its value may not be repeated to anybody.
    pub sensitive: bool,
    /// For an error: what the wire needs to know of it.
    pub error: Option<ErrorFacts>,
}

/// The type of a shape, with the constraints that this type can have.
#[derive(Debug)]
pub enum Kind {
    /// Named members, in the model's order.
    Structure(Box<[Member]>),
    /// Elements of one shape.
    List {
        /// The shape of each.
        element: ShapeId,
        /// How many.
        length: Bounds<u64>,
    },
    /// Entries with text keys.
    Map {
        /// The shape of the keys: text.
        key: ShapeId,
        /// The shape of the values.
        value: ShapeId,
        /// How many.
        length: Bounds<u64>,
    },
    /// Text.
    String {
        /// How many characters.
        length: Bounds<u64>,
        /// What the whole text must match.
        pattern: Option<Pattern>,
        /// The words allowed, in the model's order; empty where any text is.
        words: Box<[&'static str]>,
    },
    /// A whole number of 32 bits.
    Integer(Bounds<i64>),
    /// A whole number of 64 bits.
    Long(Bounds<i64>),
    /// A number of 32 bits.
    Float(Bounds<f64>),
    /// A number of 64 bits.
    Double(Bounds<f64>),
    /// true or false.
    Boolean,
    /// An instant.
    Timestamp,
    /// Bytes.
    Blob {
        /// How many.
        length: Bounds<u64>,
    },
}

/// Limits, both included.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds<T> {
    /// The least.
    pub min: Option<T>,
    /// The most.
    pub max: Option<T>,
}

/// A member of a structure.
#[derive(Debug)]
pub struct Member {
    /// As the model spells it.
    pub name: &'static str,
    /// Its shape.
    pub shape: ShapeId,
    /// Whether an input without it is refused.
    pub required: bool,
    /// The part of an HTTP message that carries it.
    pub place: Place,
}

/// Where in an HTTP message a member travels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In the body, beside the others.
    Body,
    /// As the whole body.
    Payload,
    /// In the label of the address.
    Label,
    /// In a header.
    Header(HeaderName),
}

/// How an error travels.
#[derive(Debug)]
pub struct ErrorFacts {
    /// The code in awsQuery, where it differs from the name of the shape.
    pub query_code: Option<&'static str>,
    /// The status, where the model gives one.
    pub status: Option<u16>,
    /// `Message` or `message`: the member that carries the sentence. An error that declares no members
    /// has one all the same.
    pub message_member: Option<&'static str>,
}

impl Service {
    /// The operation of that name; names differ in case.
    pub fn operation(&self, name: &str) -> Option<&Operation> {
        let at = self.operations.binary_search_by(|operation| operation.name.cmp(name)).ok()?;
        self.operations.get(at)
    }

    /// The operation whose address `path` is, and what stands there for its label, still encoded.
    pub fn operation_at<'p>(&self, path: &'p str) -> Option<(&Operation, &'p str)> {
        self.operations.iter().find_map(|operation| Some((operation, operation.path?.label_of(path)?)))
    }

    /// Every operation, by name.
    pub fn operations(&self) -> &[Operation] {
        &self.operations
    }

    /// Every shape, by name.
    pub fn shapes(&self) -> &[Shape] {
        &self.shapes
    }

    /// The shape at `id`, which this service gave out.
    pub fn shape(&self, id: ShapeId) -> &Shape {
        &self.shapes[id.0 as usize]
    }

    /// What the wire must know of `code` where `operation` declares it.
    pub fn declared_error(&self, operation: &Operation, code: &str) -> Option<&ErrorFacts> {
        let mut declared = operation.errors.iter().map(|id| self.shape(*id));
        declared.find(|shape| shape.name == code)?.error.as_ref()
    }
}

impl Path {
    /// What stands for the label in `path`, where that is such an address.
    fn label_of<'p>(&self, path: &'p str) -> Option<&'p str> {
        let label = path.strip_prefix(self.before)?.strip_suffix(self.after)?;
        (!label.is_empty() && !label.contains('/')).then_some(label)
    }
}

impl Shape {
    /// The members, where this is a structure.
    pub fn members(&self) -> &[Member] {
        match &self.kind {
            Kind::Structure(members) => members,
            _ => &[],
        }
    }

    /// The member that is the whole body, where there is one.
    pub fn payload(&self) -> Option<&Member> {
        self.members().iter().find(|member| member.place == Place::Payload)
    }
}

impl<T: PartialOrd> Bounds<T> {
    /// The limit that `value` breaks. A value that compares with nothing (NaN) breaks any.
    pub fn broken_by(&self, value: &T) -> Option<Broken<&T>> {
        let beyond = |limit: &T, kept: [Ordering; 2]| {
            !value.partial_cmp(limit).is_some_and(|ordering| kept.contains(&ordering))
        };
        if let Some(max) = self.max.as_ref().filter(|max| beyond(max, [Ordering::Less, Ordering::Equal])) {
            return Some(Broken::Max(max));
        }
        let min = self.min.as_ref().filter(|min| beyond(min, [Ordering::Greater, Ordering::Equal]))?;
        Some(Broken::Min(min))
    }
}

/// The limit that was broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Broken<T> {
    /// There is too little.
    Min(T),
    /// There is too much.
    Max(T),
}
