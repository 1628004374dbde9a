//! What is small can be read at once.

use super::{none, sources};

const FILE_LINES: usize = 500;
const FUNCTION_LINES: usize = 60;
const USE_LINES: usize = 15;

#[test]
fn files_are_short_and_say_at_their_head_what_they_are() {
    let mut faults = Vec::new();
    for source in sources(&["src", "tests"]) {
        let (path, lines) = (source.path.display(), source.text.lines().count());
        if lines > FILE_LINES {
            faults.push(format!("{path}: {lines} lines; at most {FILE_LINES}"));
        }
        if !source.text.starts_with("//! ") {
            faults.push(format!("{path}: begins without //! and what it is"));
        }
    }
    none("a file has one subject", &faults);
}

#[test]
fn functions_fit_a_screen() {
    let mut faults = Vec::new();
    for source in sources(&["src", "tests"]) {
        let lines: Vec<&str> = source.text.lines().collect();
        for (at, line) in lines.iter().enumerate().filter(|(_, line)| begins_function(line)) {
            // Formatted code closes a function where it began.
            let end = format!("{}}}", &line[..line.len() - line.trim_start().len()]);
            let length = lines[at..].iter().position(|line| **line == end).map_or(1, |length| length + 1);
            let one_line = line.ends_with('}') || line.ends_with(';');
            if !one_line && length > FUNCTION_LINES {
                faults.push(format!("{}:{}: {length} lines", source.path.display(), at + 1));
            }
        }
    }
    none("a function has at most 60 lines", &faults);
}

fn begins_function(line: &str) -> bool {
    let mut words = line.split_whitespace().skip_while(|word| {
        ["pub", "const", "async", "unsafe", "in"].contains(word)
            || word.starts_with("pub(")
            || word.ends_with(')')
    });
    words.next() == Some("fn")
}

#[test]
fn a_file_needs_few_others() {
    let mut faults = Vec::new();
    for source in sources(&["src"]) {
        let mut uses = 0;
        let mut open = false;
        for line in source.text.lines() {
            let begins = line.starts_with("use ") || line.starts_with("pub use ");
            uses += usize::from(begins || open);
            open = (begins || open) && !line.ends_with(';');
        }
        if uses > USE_LINES {
            faults.push(format!("{}: {uses} lines of use; at most {USE_LINES}", source.path.display()));
        }
    }
    none("a file that needs many others does too much", &faults);
}
