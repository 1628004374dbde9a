//! The settings file: TOML with one key a line. Every text keeps its line, for the sentence that may have to
//! be said about it.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Given, Place, Wrong};

/// More than any settings file has; a wrong path shall not fill the memory.
const MAX_BYTES: u64 = 1 << 20;

/// What the file at `path` gives, in the order of its lines.
pub(super) fn read(path: &Path) -> Result<Vec<Given>, Wrong> {
    let unreadable = |why: String| Wrong(format!("cannot read the settings file {}: {why}", path.display()));
    let file = File::open(path).map_err(|error| unreadable(error.to_string()))?;
    let mut bytes = Vec::new();
    // A pipe or a device does not tell its size beforehand.
    let read = file.take(MAX_BYTES + 1).read_to_end(&mut bytes);
    let size = read.map_err(|error| unreadable(error.to_string()))? as u64;
    if size > MAX_BYTES {
        return Err(unreadable(format!("it has more than {MAX_BYTES} bytes")));
    }
    let text = String::from_utf8(bytes).map_err(|_| unreadable("it is not text in UTF-8".to_owned()))?;
    parse(path, &text)
}

fn parse(path: &Path, text: &str) -> Result<Vec<Given>, Wrong> {
    let table = DeTable::parse(text).map_err(|error| {
        let line = line_at(text, error.span().map_or(0, |span| span.start));
        let why = error.message().lines().collect::<Vec<_>>().join(", ");
        Wrong(format!("{}, line {line}: {why}", path.display()))
    })?;
    let mut given: Vec<(usize, Given)> = Vec::new();
    for (key, value) in table.get_ref() {
        let at = key.span().start;
        let place = Place::File { path: path.to_owned(), line: line_at(text, at) };
        given.push((at, Given { key: key.get_ref().to_string(), text: text_of(value, text), place }));
    }
    given.sort_by_key(|(at, _)| *at);
    Ok(given.into_iter().map(|(_, given)| given).collect())
}

/// A value as the other sources would write it; what has no such form stays as it stands in the file, where
/// no key takes it.
fn text_of(value: &Spanned<DeValue<'_>>, text: &str) -> String {
    match value.get_ref() {
        DeValue::String(text) => text.to_string(),
        DeValue::Integer(number) if number.radix() == 10 => number.as_str().to_owned(),
        DeValue::Float(number) => number.as_str().to_owned(),
        _ => text[value.span()].to_owned(),
    }
}

fn line_at(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}
