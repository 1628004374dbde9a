//! The taste of the house, as far as it can be executed. Each rule says what would be right.

mod diagrams;
mod layers;
mod operations;
mod sizes;
mod words;

use std::path::{Path, PathBuf};

/// A file of ours.
pub struct Source {
    /// From the root of the repository.
    pub path: PathBuf,
    pub text: String,
}

impl Source {
    /// The lines, numbered, of what is compiled into the server: without tests, comments and the texts in
    /// quotation marks.
    pub fn code(&self) -> Vec<(usize, String)> {
        let served = if self.is_test() { "" } else { self.halves().0 };
        let numbered = served.lines().enumerate().map(|(at, line)| (at + 1, bare(line)));
        numbered.filter(|(_, line)| !line.trim().is_empty()).collect()
    }

    /// What is compiled for tests alone.
    pub fn tests(&self) -> &str {
        if self.is_test() { &self.text } else { self.halves().1 }
    }

    /// What is before the module of tests at the end of the file, and that module. One that is a file of its
    /// own ends nothing.
    fn halves(&self) -> (&str, &str) {
        self.text.split_once("#[cfg(test)]\nmod tests {").unwrap_or((&self.text, ""))
    }

    fn is_test(&self) -> bool {
        self.path.starts_with("tests") || self.path.iter().any(|part| part == "tests" || part == "tests.rs")
    }

    /// The room of a file under src/: its first directory, or the file itself.
    pub fn room(&self) -> &str {
        let first = self.path.iter().nth(1).unwrap().to_str().unwrap();
        first.strip_suffix(".rs").unwrap_or(first)
    }
}

/// A line without its comment and its texts.
fn bare(line: &str) -> String {
    let mut bare = String::new();
    let (mut quoted, mut before) = (false, ' ');
    for (at, sign) in line.char_indices() {
        match sign {
            '"' if before != '\\' && before != '\'' => quoted = !quoted,
            '/' if !quoted && line[at..].starts_with("//") => break,
            _ if !quoted => bare.push(sign),
            _ => {}
        }
        before = if before == '\\' && sign == '\\' { ' ' } else { sign };
    }
    bare
}

/// Every Rust file under these directories.
pub fn sources(roots: &[&str]) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found: Vec<Source> = Vec::new();
    let mut open: Vec<PathBuf> = roots.iter().map(|directory| root.join(directory)).collect();
    while let Some(directory) = open.pop() {
        for entry in std::fs::read_dir(&directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                found.push(Source { path: path.strip_prefix(root).unwrap().to_owned(), text });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(!found.is_empty());
    found
}

/// Fails with every line of `faults`, if there is any.
pub fn none(rule: &str, faults: &[String]) {
    assert!(faults.is_empty(), "{rule}:\n  {}\n", faults.join("\n  "));
}
