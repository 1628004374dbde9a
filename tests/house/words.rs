//! Words that say nothing, and what to write instead.

use super::{none, sources};

/// Ends of type names.
const TYPES: &[(&str, &str)] = &[
    ("Manager", "what it does: Worker, Registry"),
    ("Helper", "what it helps to do"),
    ("Util", "the noun that it is about"),
    ("Utils", "the noun that it is about"),
    ("Impl", "what makes this one different: Memory, Postgres"),
];

/// Beginnings of function names.
const FUNCTIONS: &[(&str, &str)] =
    &[("handle_", "what is done: describe, advance"), ("process_", "what is done")];

/// Whole names.
const NAMES: &[(&str, &str)] = &[
    ("data", "what it is: body, bytes, row"),
    ("info", "what is told: record, reading"),
    ("util", "the noun"),
    ("utils", "the noun"),
    ("helper", "the noun"),
    ("helpers", "the noun"),
    ("foo", "a name"),
];

/// Signs of unfinished work, in comments too.
const UNFINISHED: &[&str] = &["TODO", "FIXME", "HACK", "for now", "unimplemented!", "todo!"];

/// The names in a line of code, with what stands before each.
fn names(line: &str) -> Vec<(&str, &str)> {
    let mut names = Vec::new();
    let mut begin = None;
    for (at, sign) in line.char_indices().chain([(line.len(), ' ')]) {
        match (sign.is_alphanumeric() || sign == '_', begin) {
            (true, None) => begin = Some(at),
            (false, Some(from)) => {
                names.push((line[..from].trim_end(), &line[from..at]));
                begin = None;
            }
            _ => {}
        }
    }
    names
}

/// Whether the name is given here and not only used: others' names are not ours to choose.
fn is_given(before: &str) -> bool {
    let word = before.rsplit(|sign: char| !sign.is_alphanumeric()).next().unwrap_or_default();
    ["fn", "let", "mut", "mod", "struct", "enum", "trait", "type", "const", "static"].contains(&word)
}

#[test]
fn names_say_what_they_name() {
    let mut faults = Vec::new();
    for source in sources(&["src", "tests"]) {
        let lines = source.text.lines().enumerate().map(|(at, line)| (at + 1, super::bare(line)));
        for (at, line) in lines {
            for (_, name) in names(&line).into_iter().filter(|(before, _)| is_given(before)) {
                let ending = TYPES.iter().find(|(end, _)| name.len() > end.len() && name.ends_with(end));
                let beginning = FUNCTIONS.iter().find(|(begin, _)| name.starts_with(begin));
                let whole = NAMES.iter().find(|(word, _)| *word == name);
                if let Some((word, better)) = ending.or(beginning).or(whole) {
                    faults.push(format!(
                        "{}:{at}: {name}: instead of {word} say {better}",
                        source.path.display()
                    ));
                }
            }
        }
    }
    none("a name says what it names", &faults);
}

#[test]
fn nothing_is_left_for_later() {
    let mut faults = Vec::new();
    // This file has to name the words.
    for source in sources(&["src", "tests"]).iter().filter(|source| !source.path.ends_with("house/words.rs"))
    {
        for (at, line) in source.text.lines().enumerate() {
            if let Some(word) = UNFINISHED.iter().find(|word| line.contains(*word)) {
                faults.push(format!("{}:{}: {word}", source.path.display(), at + 1));
            }
        }
    }
    none("what is there is finished", &faults);
}

#[test]
fn a_given_name_is_told_from_a_used_one() {
    let given = |line| {
        names(line)
            .into_iter()
            .filter(|(before, _)| is_given(before))
            .map(|(_, name)| name)
            .collect::<Vec<_>>()
    };
    assert_eq!(given("let mut data = response.data;"), ["mut", "data"]);
    assert_eq!(given("pub struct WorldManager {"), ["WorldManager"]);
    assert_eq!(given("self.info(data)"), [""; 0]);
}
