//! From the files under `models/` to [`Service`]s, each on its first use and once.
//!
//! The files are part of the binary and its tests load every one, so a file that cannot be read is a
//! defect of the build: hence the `expect`s.

use std::fmt;
use std::marker::PhantomData;
use std::sync::OnceLock;

use http::HeaderName;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::Number;

use super::model::{Bounds, ErrorFacts, Kind, Member, Operation, Path, Place, Service, Shape, ShapeId};
use super::{Pattern, ServiceId};

/// The model of a service.
pub fn service(id: ServiceId) -> &'static Service {
    static LOADED: [OnceLock<Service>; ServiceId::ALL.len()] = [const { OnceLock::new() }; _];
    LOADED[id as usize].get_or_init(|| load(id, text(id)))
}

fn text(id: ServiceId) -> &'static str {
    match id {
        ServiceId::SageMaker => include_str!("../../models/sagemaker.json"),
        ServiceId::SageMakerRuntime => include_str!("../../models/sagemaker_runtime.json"),
        ServiceId::CloudWatch => include_str!("../../models/cloudwatch.json"),
        ServiceId::Sts => include_str!("../../models/sts.json"),
        ServiceId::EventBridge => include_str!("../../models/events.json"),
        ServiceId::ApplicationAutoScaling => include_str!("../../models/application_autoscaling.json"),
        ServiceId::Logs => include_str!("../../models/logs.json"),
    }
}

/// The service `id` as a model file says that it is.
pub(super) fn load(id: ServiceId, text: &'static str) -> Service {
    let file: File = serde_json::from_str(text).expect("the models are JSON of the form that is read here");
    let names: Vec<&'static str> = file.shapes.0.iter().map(|(name, _)| *name).collect();
    let index = Index(&names);
    let mut operations: Vec<Operation> = file.operations.0.into_iter().map(|o| index.operation(o)).collect();
    operations.sort_unstable_by_key(|operation| operation.name);
    let shapes = file.shapes.0.into_iter().map(|(name, raw)| index.shape(name, raw)).collect();
    let facts = file.service;
    Service {
        id,
        service_id: facts.service_id,
        api_version: facts.api_version,
        target_prefix: facts.target_prefix,
        json_version: facts.json_version,
        signing_name: facts.signing_name.unwrap_or(facts.endpoint_prefix),
        xml_namespace: facts.xml_namespace,
        query_compatible: facts.aws_query_compatible.is_some(),
        speaks_query: facts.protocols.contains(&"query"),
        speaks_cbor: facts.protocols.contains(&"smithy-rpc-v2-cbor"),
        operations: operations.into(),
        shapes,
    }
}

/// The names of the shapes in alphabetical order: a name's place is its id.
struct Index<'n>(&'n [&'static str]);

impl Index<'_> {
    fn id(&self, name: &str) -> ShapeId {
        let at = self.0.binary_search(&name).expect("a model holds every shape that it refers to, in order");
        ShapeId(u32::try_from(at).expect("a model has fewer than four thousand million shapes"))
    }

    fn operation(&self, (name, raw): (&'static str, RawOperation)) -> Operation {
        Operation {
            name,
            input: raw.input.map(|shape| self.id(shape)),
            output: raw.output.map(|shape| self.id(shape)),
            result_wrapper: raw.result_wrapper,
            path: raw.http.as_ref().and_then(|http| path(http.request_uri?)),
            status: raw.http.and_then(|http| http.response_code).unwrap_or(200),
            takes_gzip: raw
                .compression
                .is_some_and(|taken| taken.encodings.iter().any(|encoding| &**encoding == "gzip")),
            errors: raw.errors.into_iter().map(|shape| self.id(shape)).collect(),
        }
    }

    fn shape(&self, name: &'static str, raw: RawShape) -> Shape {
        let error = raw.exception.then(|| error_facts(&raw));
        Shape { name, sensitive: raw.sensitive, error, kind: self.kind(raw) }
    }

    fn kind(&self, raw: RawShape) -> Kind {
        let length = bounds(&raw, Number::as_u64);
        let element = |part: Option<RawMember>| {
            self.id(part.expect("a list has its element, a map its key and its value").shape)
        };
        match raw.kind {
            RawKind::Structure => Kind::Structure(
                raw.members
                    .map_or_else(Vec::new, |members| members.0)
                    .into_iter()
                    .map(|member| self.member(member, raw.payload))
                    .collect(),
            ),
            RawKind::List => Kind::List { element: element(raw.member), length },
            RawKind::Map => Kind::Map { key: element(raw.key), value: element(raw.value), length },
            RawKind::String => {
                Kind::String { length, pattern: raw.pattern.map(Pattern::new), words: raw.words.into() }
            }
            RawKind::Integer => Kind::Integer(bounds(&raw, Number::as_i64)),
            RawKind::Long => Kind::Long(bounds(&raw, Number::as_i64)),
            RawKind::Float => Kind::Float(bounds(&raw, Number::as_f64)),
            RawKind::Double => Kind::Double(bounds(&raw, Number::as_f64)),
            RawKind::Boolean => Kind::Boolean,
            RawKind::Timestamp => Kind::Timestamp,
            RawKind::Blob => Kind::Blob { length },
        }
    }

    fn member(&self, (name, raw): (&'static str, RawMember), payload: Option<&str>) -> Member {
        let place = match raw.location {
            Some(RawLocation::Uri) => Place::Label,
            Some(RawLocation::Header) => {
                let header = HeaderName::try_from(raw.location_name.unwrap_or(name));
                Place::Header(header.expect("the header of a member has the name of one"))
            }
            None if payload == Some(name) => Place::Payload,
            None => Place::Body,
        };
        Member { name, shape: self.id(raw.shape), required: raw.required == 1, place }
    }
}

/// The parts of an address around its one label.
fn path(template: &'static str) -> Option<Path> {
    let (before, rest) = template.split_once('{')?;
    let (_, after) = rest.split_once('}')?;
    Some(Path { before, after })
}

fn bounds<T>(raw: &RawShape, read: fn(&Number) -> Option<T>) -> Bounds<T> {
    Bounds { min: raw.min.as_ref().and_then(read), max: raw.max.as_ref().and_then(read) }
}

fn error_facts(raw: &RawShape) -> ErrorFacts {
    let members = raw.members.as_ref().map_or(&[][..], |members| &members.0);
    let declared = raw.error.as_ref();
    ErrorFacts {
        query_code: declared.and_then(|error| error.code),
        status: declared.and_then(|error| error.status),
        message_member: members
            .iter()
            .map(|(name, _)| *name)
            .find(|name| name.eq_ignore_ascii_case("message"))
            .or_else(|| members.is_empty().then_some("message")),
    }
}

/// A model file, as `models/extract.py` writes it.
#[derive(Deserialize)]
#[serde(bound = "'de: 'static")]
struct File {
    service: RawService,
    operations: Entries<RawOperation>,
    shapes: Entries<RawShape>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawService {
    service_id: &'static str,
    api_version: &'static str,
    json_version: Option<&'static str>,
    protocols: Vec<&'static str>,
    target_prefix: Option<&'static str>,
    endpoint_prefix: &'static str,
    signing_name: Option<&'static str>,
    xml_namespace: Option<&'static str>,
    aws_query_compatible: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct RawOperation {
    #[serde(rename = "in")]
    input: Option<&'static str>,
    #[serde(rename = "out")]
    output: Option<&'static str>,
    #[serde(rename = "resultWrapper")]
    result_wrapper: Option<&'static str>,
    #[serde(rename = "err")]
    errors: Vec<&'static str>,
    http: Option<RawHttp>,
    #[serde(rename = "requestcompression")]
    compression: Option<RawCompression>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawHttp {
    request_uri: Option<&'static str>,
    response_code: Option<u16>,
}

#[derive(Deserialize)]
struct RawCompression {
    encodings: Vec<Box<str>>,
}

#[derive(Deserialize)]
struct RawShape {
    #[serde(rename = "t")]
    kind: RawKind,
    min: Option<Number>,
    max: Option<Number>,
    pattern: Option<Box<str>>,
    #[serde(rename = "enum", default)]
    words: Vec<&'static str>,
    #[serde(default)]
    sensitive: bool,
    #[serde(default)]
    exception: bool,
    error: Option<RawError>,
    payload: Option<&'static str>,
    #[serde(rename = "m")]
    members: Option<Entries<RawMember>>,
    member: Option<RawMember>,
    key: Option<RawMember>,
    value: Option<RawMember>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum RawKind {
    Structure,
    List,
    Map,
    String,
    Integer,
    Long,
    Float,
    Double,
    Boolean,
    Timestamp,
    Blob,
}

#[derive(Deserialize)]
struct RawError {
    code: Option<&'static str>,
    #[serde(rename = "httpStatusCode")]
    status: Option<u16>,
}

#[derive(Deserialize)]
struct RawMember {
    #[serde(rename = "s")]
    shape: &'static str,
    #[serde(rename = "r", default)]
    required: u8,
    location: Option<RawLocation>,
    #[serde(rename = "locationName")]
    location_name: Option<&'static str>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum RawLocation {
    Uri,
    Header,
}

/// A JSON object in the order of the file.
struct Entries<T>(Vec<(&'static str, T)>);

impl<'de: 'static, T: Deserialize<'de>> Deserialize<'de> for Entries<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(InOrder(PhantomData)).map(Self)
    }
}

struct InOrder<T>(PhantomData<T>);

impl<'de: 'static, T: Deserialize<'de>> Visitor<'de> for InOrder<T> {
    type Value = Vec<(&'static str, T)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(entries)
    }
}
