//! A value as Java's `toString` shows it, which is what constraint messages quote.

use super::constraint::Shown;
use super::model::{Kind, Service, Shape};
use super::{Value, java_double};
use crate::clock::Timestamp;

/// The first letter in lower case, as AWS's own classes spell the model's members.
pub fn lowered(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// What a message may show of `value`: nothing, where any part of it is sensitive or bytes; and no more
/// than `room` bytes, because a structure's text is many times longer than what was sent.
pub fn shown(service: &Service, shape: &Shape, value: &Value, room: usize) -> Shown {
    let mut text = String::new();
    match (Rendering { service, room }).write(shape, value, &mut text) {
        Ok(()) | Err(Stop::Full) => {
            text.truncate(text.floor_char_boundary(room));
            Shown::Text(text)
        }
        Err(Stop::Secret) => Shown::Hidden,
    }
}

/// Why a text does not come to its end.
enum Stop {
    /// Something in it is not shown.
    Secret,
    /// It is as long as it may be.
    Full,
}

struct Rendering<'m> {
    service: &'m Service,
    room: usize,
}

impl Rendering<'_> {
    fn write(&self, shape: &Shape, value: &Value, out: &mut String) -> Result<(), Stop> {
        if shape.sensitive {
            return Err(Stop::Secret);
        }
        match (value, &shape.kind) {
            (Value::Bool(truth), _) => out.push_str(if *truth { "true" } else { "false" }),
            (Value::Int(number), _) => out.push_str(&number.to_string()),
            (Value::Float(number), _) => out.push_str(&java_double(*number)),
            (Value::String(text), _) => out.push_str(text),
            (Value::Timestamp(at), _) => out.push_str(&java_date(*at)),
            (Value::List(elements), Kind::List { element, .. }) => {
                let element = self.service.shape(*element);
                self.joined(out, ['[', ']'], elements, |value, out| self.write(element, value, out))?;
            }
            (Value::Map(fields), Kind::Map { key, value: held, .. }) => {
                if self.service.shape(*key).sensitive {
                    return Err(Stop::Secret);
                }
                let held = self.service.shape(*held);
                self.joined(out, ['{', '}'], fields.iter(), |(name, value), out| {
                    out.extend([name, "="]);
                    self.write(held, value, out)
                })?;
            }
            (Value::Map(fields), Kind::Structure(members)) => {
                out.push_str(shape.name);
                self.joined(out, ['(', ')'], members, |member, out| {
                    out.extend([&lowered(member.name), "="]);
                    if let Some(value) = fields.get(member.name) {
                        return self.write(self.service.shape(member.shape), value, out);
                    }
                    out.push_str("null");
                    Ok(())
                })?;
            }
            (Value::Blob(_) | Value::List(_) | Value::Map(_), _) => return Err(Stop::Secret),
        }
        Ok(())
    }

    fn joined<T>(
        &self,
        out: &mut String,
        [open, close]: [char; 2],
        parts: impl IntoIterator<Item = T>,
        mut write: impl FnMut(T, &mut String) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        out.push(open);
        for (place, part) in parts.into_iter().enumerate() {
            if out.len() > self.room {
                return Err(Stop::Full);
            }
            if place > 0 {
                out.push_str(", ");
            }
            write(part, out)?;
        }
        out.push(close);
        Ok(())
    }
}

/// `Thu Jan 02 03:04:05 UTC 2025`, from the parts of an HTTP date.
fn java_date(at: Timestamp) -> String {
    use aws_smithy_types::date_time::{DateTime, Format};
    let http = DateTime::from_secs(at.0.div_euclid(1000)).fmt(Format::HttpDate).unwrap_or_default();
    let parts: Vec<&str> = http.split([' ', ',']).filter(|part| !part.is_empty()).collect();
    match parts[..] {
        [weekday, day, month, year, time, _] => format!("{weekday} {month} {day} {time} UTC {year}"),
        _ => at.to_string(),
    }
}
