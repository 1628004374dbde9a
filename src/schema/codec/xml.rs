//! An answer in the XML of awsQuery, laid out as AWS lays it out: two spaces a level, lists as `member`,
//! an empty list as one closed element, doubles as Java writes them, instants in RFC 3339.

use aws_smithy_types::date_time::{DateTime, Format};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::encode_json::{mismatch, report_unknown};
use crate::clock::Timestamp;
use crate::schema::{Error, Fields, Kind, Service, Shape, ShapeId, Value, java_double};

/// The members of an answer as elements, `depth` levels deep. Nothing for an answer without members.
pub fn encode_xml(
    service: &Service,
    output: ShapeId,
    answer: &Value,
    depth: usize,
    out: &mut String,
) -> Result<(), Error> {
    let shape = service.shape(output);
    match answer {
        Value::Map(fields) => members(service, shape, fields, depth, out),
        _ => Err(mismatch(shape, answer)),
    }
}

/// One element on lines of its own; a closed one where it has no content.
pub fn write_element<E>(
    name: &str,
    depth: usize,
    out: &mut String,
    content: impl FnOnce(&mut String) -> Result<(), E>,
) -> Result<(), E> {
    indent(depth, out);
    let start = out.len();
    out.extend(["<", name, ">"]);
    let inner = out.len();
    content(out)?;
    if out.len() == inner {
        out.truncate(start);
        out.extend(["<", name, "/>\n"]);
        return Ok(());
    }
    // Text has no `>` of its own, so only an inner element ends like this.
    if out.ends_with(">\n") {
        out.insert(inner, '\n');
        indent(depth, out);
    }
    out.extend(["</", name, ">\n"]);
    Ok(())
}

/// Text as XML content. What XML cannot hold at all becomes the replacement character.
pub fn write_text(text: &str, out: &mut String) {
    for letter in text.chars() {
        match letter {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '\r' => out.push_str("&#xD;"),
            '\t' | '\n' => out.push(letter),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            _ => out.push(letter),
        }
    }
}

fn indent(depth: usize, out: &mut String) {
    for _ in 0..depth {
        out.push_str("  ");
    }
}

fn members(
    service: &Service,
    shape: &Shape,
    fields: &Fields,
    depth: usize,
    out: &mut String,
) -> Result<(), Error> {
    let mut written = 0;
    for member in shape.members() {
        if let Some(value) = fields.get(member.name) {
            element(service, member.name, service.shape(member.shape), value, depth, out)?;
            written += 1;
        }
    }
    report_unknown(shape, fields, written);
    Ok(())
}

fn element(
    service: &Service,
    name: &str,
    shape: &Shape,
    value: &Value,
    depth: usize,
    out: &mut String,
) -> Result<(), Error> {
    write_element(name, depth, out, |out| match (&shape.kind, value) {
        (Kind::Structure(_), Value::Map(fields)) => members(service, shape, fields, depth + 1, out),
        (Kind::List { element: each, .. }, Value::List(elements)) => {
            let each = service.shape(*each);
            elements.iter().try_for_each(|value| element(service, "member", each, value, depth + 1, out))
        }
        (Kind::Map { value: held, .. }, Value::Map(fields)) => {
            let held = service.shape(*held);
            fields.iter().try_for_each(|(key, value)| {
                write_element("entry", depth + 1, out, |out| {
                    write_element("key", depth + 2, out, |out| {
                        write_text(key, out);
                        Ok::<(), Error>(())
                    })?;
                    element(service, "value", held, value, depth + 2, out)
                })
            })
        }
        _ => scalar(shape, value, out),
    })
}

fn scalar(shape: &Shape, value: &Value, out: &mut String) -> Result<(), Error> {
    match (&shape.kind, value) {
        (Kind::String { .. } | Kind::Blob { .. }, Value::String(text)) => write_text(text, out),
        (Kind::Blob { .. }, Value::Blob(bytes)) => out.push_str(&BASE64.encode(bytes)),
        (Kind::Boolean, Value::Bool(truth)) => out.push_str(if *truth { "true" } else { "false" }),
        (Kind::Integer(_) | Kind::Long(_), Value::Int(number)) => out.push_str(&number.to_string()),
        (Kind::Float(_) | Kind::Double(_), Value::Float(_) | Value::Int(_)) => {
            out.push_str(&java_double(value.as_float().expect("a number")));
        }
        (Kind::Float(_) | Kind::Double(_), Value::String(word)) => out.push_str(word),
        (Kind::Timestamp, Value::Timestamp(_) | Value::Int(_)) => {
            out.push_str(&rfc3339(value.as_timestamp().expect("an instant or its milliseconds")));
        }
        _ => return Err(mismatch(shape, value)),
    }
    Ok(())
}

/// Milliseconds only where there are some.
fn rfc3339(at: Timestamp) -> String {
    DateTime::from_millis(at.0).fmt(Format::DateTime).unwrap_or_else(|_| at.0.to_string())
}
