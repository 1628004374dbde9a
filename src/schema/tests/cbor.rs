//! CBOR against Smithy's own vectors, against itself, and against bytes that are none.
//! See <https://github.com/smithy-lang/smithy/tree/main/smithy-protocol-tests/model/rpcv2Cbor>.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use proptest::prelude::*;
use serde_json::json;

use crate::clock::Timestamp;
use crate::schema::load::load;
use crate::schema::{Error, Fault, Fields, Service, ServiceId, Value, decode_cbor, encode_cbor, plain_cbor};

/// The shapes of the suite, as far as our models have such: no byte, short, sparse list or union.
static SUITE: LazyLock<Service> = LazyLock::new(|| {
    load(
        ServiceId::CloudWatch,
        r#"{"service":{"serviceId":"Suite","apiVersion":"2020-07-14","protocols":["smithy-rpc-v2-cbor"],
            "endpointPrefix":"suite"},
        "operations":{"Echo":{"in":"All","out":"All","err":[]}},
        "shapes":{
            "All":{"t":"structure","m":{
                "stringList":{"s":"Strings"},"integerList":{"s":"Integers"},"booleanList":{"s":"Booleans"},
                "timestampList":{"s":"Instants"},"nestedStringList":{"s":"Nested"},
                "structureList":{"s":"Pairs"},"blobList":{"s":"Blobs"},
                "trueBooleanValue":{"s":"Boolean"},"falseBooleanValue":{"s":"Boolean"},
                "doubleValue":{"s":"Double"},"floatValue":{"s":"Float"},"integerValue":{"s":"Integer"},
                "longValue":{"s":"Long"},"stringValue":{"s":"String"},"blobValue":{"s":"Blob"},
                "datetime":{"s":"Instant"},"structMap":{"s":"Greetings"},"again":{"s":"All"}}},
            "Blob":{"t":"blob"},"Blobs":{"t":"list","member":{"s":"Blob"}},
            "Boolean":{"t":"boolean"},"Booleans":{"t":"list","member":{"s":"Boolean"}},
            "Double":{"t":"double"},"Float":{"t":"float"},
            "Greeting":{"t":"structure","m":{"hi":{"s":"String"}}},
            "Greetings":{"t":"map","key":{"s":"String"},"value":{"s":"Greeting"}},
            "Instant":{"t":"timestamp"},"Instants":{"t":"list","member":{"s":"Instant"}},
            "Integer":{"t":"integer"},"Integers":{"t":"list","member":{"s":"Integer"}},
            "Long":{"t":"long"},"Nested":{"t":"list","member":{"s":"Strings"}},
            "Pair":{"t":"structure","m":{"a":{"s":"String"},"b":{"s":"String"}}},
            "Pairs":{"t":"list","member":{"s":"Pair"}},
            "String":{"t":"string"},"Strings":{"t":"list","member":{"s":"String"}}}}"#,
    )
});

fn decode(bytes: &[u8]) -> Result<Value, Fault> {
    decode_cbor(&SUITE, SUITE.operation("Echo").unwrap().input, bytes)
}

fn encode(value: &Value) -> Result<Vec<u8>, Error> {
    encode_cbor(&SUITE, SUITE.operation("Echo").unwrap().output, Some(value))
}

fn bytes(base64: &str) -> Vec<u8> {
    BASE64.decode(base64).unwrap()
}

/// As plain JSON: a blob as base64, an instant as its milliseconds, a number that is none as its word.
fn read(bytes: &[u8]) -> serde_json::Value {
    serde_json::to_value(decode(bytes).unwrap()).unwrap()
}

const SCALARS: &str = r#"{"doubleValue":1.889,"falseBooleanValue":false,"floatValue":7.625,"integerValue":256,
    "longValue":9873,"stringValue":"simple","trueBooleanValue":true,"blobValue":"Zm9v"}"#;

const LISTS: &str = r#"{"stringList":["foo","bar"],"integerList":[1,2],"booleanList":[true,false],
    "timestampList":[1398796238000,1398796238000],"nestedStringList":[["foo","bar"],["baz","qux"]],
    "structureList":[{"a":"1","b":"2"},{"a":"3","b":"4"}],"blobList":["Zm9v","YmFy"]}"#;

const PIECES: &str = r#"{"stringList":["An example indefinite string, which will be chunked, on each comma",
    "Another example indefinite string with only one chunk","This is a plain string"]}"#;

/// What it shows, the body in base64, and the input as plain JSON.
const REQUESTS: [(&str, &str, &str); 18] = [
    (
        "scalars",
        "v2lieXRlVmFsdWUFa2RvdWJsZVZhbHVl+z/+OVgQYk3TcWZhbHNlQm9vbGVhblZhbHVl9GpmbG9hdFZhbHVl+kD0AABsaW50ZWdlclZhbHVlGQEAaWxvbmdWYWx1ZRkmkWpzaG9ydFZhbHVlGSaqa3N0cmluZ1ZhbHVlZnNpbXBsZXB0cnVlQm9vbGVhblZhbHVl9WlibG9iVmFsdWVDZm9v/w==",
        SCALARS,
    ),
    (
        "a told length, keys in pieces",
        "qmlieXRlVmFsdWUFf2Zkb3VibGVlVmFsdWX/+z/+OVgQYk3Tf2VmYWxzZWdCb29sZWFuZVZhbHVl//RqZmxvYXRWYWx1ZfpA9AAAbGludGVnZXJWYWx1ZRkBAGlsb25nVmFsdWUZJpFqc2hvcnRWYWx1ZRkmqn9mc3RyaW5nZVZhbHVl/2ZzaW1wbGVwdHJ1ZUJvb2xlYW5WYWx1ZfVpYmxvYlZhbHVlQ2Zvbw==",
        SCALARS,
    ),
    (
        "unknown members are dropped",
        "v2lieXRlVmFsdWUFa2RvdWJsZVZhbHVl+z/+OVgQYk3TcWZhbHNlQm9vbGVhblZhbHVl9GpmbG9hdFZhbHVl+kD0AABrZXh0cmFPYmplY3S/c2luZGVmaW5pdGVMZW5ndGhNYXC/a3dpdGhBbkFycmF5nwECA///cWRlZmluaXRlTGVuZ3RoTWFwo3J3aXRoQURlZmluaXRlQXJyYXmDAQIDeB1hbmRTb21lSW5kZWZpbml0ZUxlbmd0aFN0cmluZ3gfdGhhdCBoYXMsIGJlZW4gY2h1bmtlZCBvbiBjb21tYWxub3JtYWxTdHJpbmdjZm9vanNob3J0VmFsdWUZJw9uc29tZU90aGVyRmllbGR2dGhpcyBzaG91bGQgYmUgc2tpcHBlZP9saW50ZWdlclZhbHVlGQEAaWxvbmdWYWx1ZRkmkWpzaG9ydFZhbHVlGSaqa3N0cmluZ1ZhbHVlZnNpbXBsZXB0cnVlQm9vbGVhblZhbHVl9WlibG9iVmFsdWVDZm9v/w==",
        SCALARS,
    ),
    ("null is absence", "v2tzdHJpbmdWYWx1Zfb/", "{}"),
    (
        "NaN",
        "v2tkb3VibGVWYWx1Zft/+AAAAAAAAGpmbG9hdFZhbHVl+n/AAAD/",
        r#"{"doubleValue":"NaN","floatValue":"NaN"}"#,
    ),
    (
        "Infinity",
        "v2tkb3VibGVWYWx1Zft/8AAAAAAAAGpmbG9hdFZhbHVl+n+AAAD/",
        r#"{"doubleValue":"Infinity","floatValue":"Infinity"}"#,
    ),
    (
        "-Infinity",
        "v2tkb3VibGVWYWx1Zfv/8AAAAAAAAGpmbG9hdFZhbHVl+v+AAAD/",
        r#"{"doubleValue":"-Infinity","floatValue":"-Infinity"}"#,
    ),
    (
        "a text in pieces",
        "oWtzdHJpbmdWYWx1ZX94HUFuIGV4YW1wbGUgaW5kZWZpbml0ZSBzdHJpbmcscSBjaHVua2VkIG9uIGNvbW1h/w==",
        r#"{"stringValue":"An example indefinite string, chunked on comma"}"#,
    ),
    (
        "bytes in pieces",
        "oWlibG9iVmFsdWVfWCJBbiBleGFtcGxlIGluZGVmaW5pdGUtYnl0ZSBzdHJpbmcsUSBjaHVua2VkIG9uIGNvbW1h/w==",
        r#"{"blobValue":"QW4gZXhhbXBsZSBpbmRlZmluaXRlLWJ5dGUgc3RyaW5nLCBjaHVua2VkIG9uIGNvbW1h"}"#,
    ),
    (
        "narrow numbers",
        "v2tkb3VibGVWYWx1Zfk+AGpmbG9hdFZhbHVl+UegbGludGVnZXJWYWx1ZRg4aWxvbmdWYWx1ZRkBAGpzaG9ydFZhbHVlCv8=",
        r#"{"doubleValue":1.5,"floatValue":7.625,"integerValue":56,"longValue":256}"#,
    ),
    (
        "lists",
        "v2pzdHJpbmdMaXN0gmNmb29jYmFyaXN0cmluZ1NldIJjZm9vY2JhcmtpbnRlZ2VyTGlzdIIBAmtib29sZWFuTGlzdIL19G10aW1lc3RhbXBMaXN0gsH7QdTX+/OAAADB+0HU1/vzgAAAaGVudW1MaXN0gmNGb29hMGtpbnRFbnVtTGlzdIIBAnBuZXN0ZWRTdHJpbmdMaXN0goJjZm9vY2JhcoJjYmF6Y3F1eG1zdHJ1Y3R1cmVMaXN0gqJhYWExYWJhMqJhYWEzYWJhNGhibG9iTGlzdIJDZm9vQ2Jhcv8=",
        LISTS,
    ),
    ("an empty list", "v2pzdHJpbmdMaXN0n///", r#"{"stringList":[]}"#),
    ("an empty list with its length", "oWpzdHJpbmdMaXN0gA==", r#"{"stringList":[]}"#),
    (
        "texts in pieces in a list",
        "v2pzdHJpbmdMaXN0n394HUFuIGV4YW1wbGUgaW5kZWZpbml0ZSBzdHJpbmcsdyB3aGljaCB3aWxsIGJlIGNodW5rZWQsbiBvbiBlYWNoIGNvbW1h/394NUFub3RoZXIgZXhhbXBsZSBpbmRlZmluaXRlIHN0cmluZyB3aXRoIG9ubHkgb25lIGNodW5r/3ZUaGlzIGlzIGEgcGxhaW4gc3RyaW5n//8=",
        PIECES,
    ),
    (
        "the same with its length",
        "oWpzdHJpbmdMaXN0g394HUFuIGV4YW1wbGUgaW5kZWZpbml0ZSBzdHJpbmcsdyB3aGljaCB3aWxsIGJlIGNodW5rZWQsbiBvbiBlYWNoIGNvbW1h/394NUFub3RoZXIgZXhhbXBsZSBpbmRlZmluaXRlIHN0cmluZyB3aXRoIG9ubHkgb25lIGNodW5r/3ZUaGlzIGlzIGEgcGxhaW4gc3RyaW5n",
        PIECES,
    ),
    ("milliseconds", "v2hkYXRldGltZcH7Qcw32zgPvnf/", r#"{"datetime":946845296123}"#),
    ("nothing at all", "", "{}"),
    ("nothing", "v/8=", "{}"),
];

#[test]
fn requests_of_the_suite_are_read() {
    for (name, body, expected) in REQUESTS {
        let expected: serde_json::Value = serde_json::from_str(expected).unwrap();
        assert_eq!(read(&bytes(body)), expected, "{name}");
    }
}

#[test]
fn half_floats_are_read_in_all_their_sorts() {
    for (bits, word) in [
        ([0x7c, 0x00], "Infinity"),
        ([0xfc, 0x00], "-Infinity"),
        ([0x7c, 0x01], "NaN"),
        ([0x7e, 0x00], "NaN"),
    ] {
        assert_eq!(read(&double(&[0xf9, bits[0], bits[1]])), json!({"doubleValue": word}));
    }
    assert_eq!(read(&double(&[0xf9, 0x00, 0x50])), json!({"doubleValue": 4.768_371_582_031_25e-6}));
}

/// `{"doubleValue": item}`
fn double(item: &[u8]) -> Vec<u8> {
    member("doubleValue", item)
}

fn member(name: &str, item: &[u8]) -> Vec<u8> {
    let head = 0x60 + u8::try_from(name.len()).unwrap();
    [&[0xa1, head], name.as_bytes(), item].concat()
}

#[test]
fn numbers_are_taken_in_any_width_and_instants_with_and_without_their_tag() {
    for (item, number) in [
        (&[0x05][..], 5),
        (&[0x18, 5], 5),
        (&[0x19, 0, 5], 5),
        (&[0x1a, 0, 0, 0, 5], 5),
        (&[0x1b, 0, 0, 0, 0, 0, 0, 0, 5], 5),
        (&[0x24], -5),
        (&[0x3b, 0, 0, 0, 0, 0, 0, 0, 4], -5),
        (&[0xfb, 0x40, 0x16, 0, 0, 0, 0, 0, 0], 5),
        (&[0x1b, 255, 255, 255, 255, 255, 255, 255, 255], i64::MAX),
        (&[0x3b, 255, 255, 255, 255, 255, 255, 255, 255], i64::MIN),
    ] {
        assert_eq!(read(&member("longValue", item)), json!({"longValue": number}), "{item:x?}");
    }
    for item in [
        &[0xc1, 0x1a, 0x3b, 0x9a, 0xca, 0x00][..],
        &[0x1a, 0x3b, 0x9a, 0xca, 0x00],
        &[0xc1, 0xfa, 0x4e, 0x6e, 0x6b, 0x28],
    ] {
        assert_eq!(read(&member("datetime", item)), json!({"datetime": 1_000_000_000_000_i64}), "{item:x?}");
    }
}

#[test]
fn answers_are_written_as_in_the_suite() {
    let list = |texts: &[&str]| Value::List(texts.iter().map(|text| Value::from(*text)).collect());
    let pair = |a: &str, b: &str| Value::Map(Fields::from_iter([("a", Value::from(a)), ("b", b.into())]));
    let at = Value::Timestamp(Timestamp(1_398_796_238_000));
    let blob = |text: &'static str| Value::Blob(text.as_bytes().into());
    let lists = Fields::from_iter([
        ("stringList", list(&["foo", "bar"])),
        ("integerList", Value::List(vec![1.into(), 2.into()])),
        ("booleanList", Value::List(vec![true.into(), false.into()])),
        ("timestampList", Value::List(vec![at.clone(), at.clone()])),
        ("nestedStringList", Value::List(vec![list(&["foo", "bar"]), list(&["baz", "qux"])])),
        ("structureList", Value::List(vec![pair("1", "2"), pair("3", "4")])),
        ("blobList", Value::List(vec![blob("foo"), blob("bar")])),
    ]);
    let written = encode(&Value::Map(lists)).unwrap();
    // The suite's vector without its set and its enums, which our models do not have.
    let whole = bytes(
        "v2pzdHJpbmdMaXN0n2Nmb29jYmFy/2lzdHJpbmdTZXSfY2Zvb2NiYXL/a2ludGVnZXJMaXN0nwEC/2tib29sZWFuTGlzdJ/19P9tdGltZXN0YW1wTGlzdJ/B+0HU1/vzgAAAwftB1Nf784AAAP9oZW51bUxpc3SfY0Zvb2Ew/2tpbnRFbnVtTGlzdJ8BAv9wbmVzdGVkU3RyaW5nTGlzdJ+fY2Zvb2NiYXL/n2NiYXpjcXV4//9tc3RydWN0dXJlTGlzdJ+/YWFhMWFiYTL/v2FhYTNhYmE0//9oYmxvYkxpc3SfQ2Zvb0NiYXL//w==",
    );
    let without = |bytes: Vec<u8>, from: &str, to: &str| {
        let at = |name: &str| bytes.windows(name.len()).position(|part| part == name.as_bytes()).unwrap() - 1;
        [&bytes[..at(from)], &bytes[at(to)..]].concat()
    };
    let expected = without(without(whole, "stringSet", "integerList"), "enumList", "nestedStringList");
    assert_eq!(written, expected);
    let scalars = Fields::from_iter([
        ("doubleValue", Value::Float(1.889)),
        ("floatValue", Value::Float(7.625)),
        ("integerValue", Value::Int(256)),
        ("blobValue", Value::from("Zm9v")),
        ("datetime", Value::Int(1_398_796_238_000)),
    ]);
    let mut expected =
        b"\xbf\x6bdoubleValue\xfb\x3f\xfe\x39\x58\x10\x62\x4d\xd3\x6afloatValue\xfa\x40\xf4\0\0".to_vec();
    expected.extend_from_slice(
        b"\x6cintegerValue\x19\x01\0\x69blobValue\x43foo\x68datetime\xc1\xfb\x41\xd4\xd7\xfb\xf3\x80\0\0\xff",
    );
    assert_eq!(encode(&Value::Map(scalars)).unwrap(), expected, "a stored value is written like a fresh one");
    assert_eq!(encode(&Value::empty()).unwrap(), [0xbf, 0xff]);
    assert_eq!(encode_cbor(&SUITE, None, None).unwrap(), [0; 0], "no output, no body");
    assert!(
        encode(&Value::Int(1)).is_err()
            && encode(&Value::Map(Fields::from_iter([("blobValue", Value::from("?"))]))).is_err()
    );
}

#[test]
fn wrong_types_are_told_in_the_words_of_the_parser() {
    for (name, item, sentence) in [
        ("stringValue", &[0x01][..], "NUMBER_VALUE can not be converted to a String"),
        ("stringValue", &[0xf5], "TRUE_VALUE can not be converted to a String"),
        ("stringValue", &[0x41, 0x61], "BINARY_VALUE can not be converted to a String"),
        ("stringValue", &[0x80], "Start of list found where not expected"),
        ("integerValue", &[0x61, 0x31], "STRING_VALUE can not be converted to an Integer"),
        ("integerValue", &[0xf9, 0x7e, 0x00], "NUMBER_VALUE can not be converted to an Integer"),
        ("datetime", &[0xc0, 0x61, 0x31], "STRING_VALUE can not be converted to milliseconds since epoch"),
        ("stringList", &[0x61, 0x31], "Expected list or null"),
        ("structMap", &[0x9f, 0xff], "Start of list found where not expected"),
        ("structureList", &[0x81, 0x01], "Expected null"),
        ("blobValue", &[0xa0], "Start of structure or map found where not expected."),
    ] {
        let fault = decode(&member(name, item)).unwrap_err();
        assert_eq!(
            (fault.code.as_ref(), fault.message.as_deref()),
            ("SerializationException", Some(sentence)),
            "{name} {item:x?}"
        );
    }
}

#[test]
fn what_is_no_cbor_is_told_without_a_sentence() {
    let nested = |depth: usize| {
        let again = [&[0xa1, 0x65], &b"again"[..]].concat();
        [again.repeat(depth), vec![0xa0]].concat()
    };
    assert!(decode(&nested(63)).is_ok(), "64 levels are read");
    for (name, bytes) in [
        ("a level too deep", nested(64)),
        ("far too deep, and unknown", [b"\xa1\x61x".to_vec(), vec![0x9f; 1 << 20]].concat()),
        ("tags without end", [b"\xa1\x61x".to_vec(), vec![0xc1; 1 << 20]].concat()),
        ("a list of claimed length", member("stringList", &[0x9b, 255, 255, 255, 255, 255, 255, 255, 255])),
        (
            "a text of claimed length",
            member("stringValue", &[0x7b, 0x7f, 255, 255, 255, 255, 255, 255, 255, 0x61]),
        ),
        (
            "bytes of claimed length",
            member("blobValue", &[0x5b, 255, 255, 255, 255, 255, 255, 255, 255, 0x61]),
        ),
        ("a map without its end", vec![0xbf]),
        ("a key that is no text", vec![0xa1, 0x01, 0x02]),
        ("no UTF-8", member("stringValue", &[0x61, 0xff])),
        ("bytes after the end", vec![0xa0, 0xa0]),
        ("a list", vec![0x80, 0x00]),
        ("a text", vec![0x61, 0x61]),
        ("null", vec![0xf6]),
        ("a break alone", vec![0xff]),
        ("a simple value", member("stringValue", &[0xf0])),
    ] {
        let fault = decode(&bytes).unwrap_err();
        assert_eq!((fault.code.as_ref(), fault.message), ("SerializationException", None), "{name}");
    }
}

#[test]
fn a_fault_is_a_map_without_a_length() {
    let members = Fields::from_iter([("__type", Value::from("A#B")), ("message", "no".into())]);
    assert_eq!(plain_cbor(&Value::Map(members)), b"\xbf\x66__type\x63A#B\x67message\x62no\xff");
}

fn strings() -> impl Strategy<Value = Value> {
    prop::collection::vec(".{0,6}".prop_map(Value::String), 0..4).prop_map(Value::List)
}

/// Instants whose milliseconds a double of seconds holds exactly: some ten thousand years.
fn instant() -> impl Strategy<Value = Value> {
    (-300_000_000_000_000_i64..300_000_000_000_000).prop_map(|ms| Value::Timestamp(Timestamp(ms)))
}

fn blob() -> impl Strategy<Value = Value> {
    prop::collection::vec(any::<u8>(), 0..20).prop_map(|bytes| Value::Blob(bytes.into()))
}

/// Any value of the shape `All`.
fn all() -> impl Strategy<Value = Value> {
    let greeting = ".{0,5}".prop_map(|text| Value::Map(Fields::from_iter([("hi", Value::String(text))])));
    let number = prop::num::f64::ANY.prop_filter("equal to itself", |number| !number.is_nan());
    let scalar = prop_oneof![
        strings().prop_map(|value| ("stringList", value)),
        prop::collection::vec(strings(), 0..3).prop_map(|lists| ("nestedStringList", Value::List(lists))),
        prop::collection::vec(instant(), 0..3).prop_map(|instants| ("timestampList", Value::List(instants))),
        prop::collection::vec(blob(), 0..3).prop_map(|blobs| ("blobList", Value::List(blobs))),
        any::<bool>().prop_map(|truth| ("trueBooleanValue", Value::Bool(truth))),
        number.prop_map(|number| ("doubleValue", Value::Float(number))),
        any::<i16>().prop_map(|number| ("floatValue", Value::Float(f64::from(number) / 4.0))),
        any::<i32>().prop_map(|number| ("integerValue", Value::Int(number.into()))),
        any::<i64>().prop_map(|number| ("longValue", Value::Int(number))),
        ".{0,300}".prop_map(|text| ("stringValue", Value::String(text))),
        blob().prop_map(|value| ("blobValue", value)),
        instant().prop_map(|value| ("datetime", value)),
        prop::collection::vec((".{0,5}", greeting), 0..4)
            .prop_map(|entries| ("structMap", Value::Map(entries.into_iter().collect()))),
    ];
    let level =
        prop::collection::vec(scalar, 0..6).prop_map(|members| Value::Map(Fields::from_iter(members)));
    level.prop_recursive(3, 12, 1, |inner| {
        inner.prop_map(|inner| Value::Map(Fields::from_iter([("again", inner), ("longValue", 1.into())])))
    })
}

/// The members in the order of the model, in which they are written.
fn ordered(value: &Value) -> Value {
    let fields = value.as_map().unwrap();
    let input = SUITE.operation("Echo").unwrap().input.unwrap();
    let names = SUITE.shape(input).members().iter().map(|member| member.name);
    let deep = |name: &str, value: &Value| if name == "again" { ordered(value) } else { value.clone() };
    Value::Map(names.filter_map(|name| Some((name, deep(name, fields.get(name)?)))).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read_again(value in all()) {
        let written = encode(&value).unwrap();
        prop_assert_eq!(decode(&written).unwrap(), ordered(&value));
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = decode(&bytes);
    }

    #[test]
    fn bytes_with_a_fault_in_them_are_read_or_refused(
        value in all(), at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<bool>(),
    ) {
        let mut written = encode(&value).unwrap();
        let at = at.index(written.len());
        written[at] = byte;
        written.truncate(if cut { at + 1 } else { written.len() });
        let _ = decode(&written);
    }
}
