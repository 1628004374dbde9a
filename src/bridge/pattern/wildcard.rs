//! `wildcard`: `*` stands for any signs, also for none; `\*` and `\\` for themselves.

/// The parts between the stars, in order: the text begins with the first and ends with the last.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Wildcard {
    parts: Vec<String>,
}

impl Wildcard {
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let (mut parts, mut part) = (Vec::new(), String::new());
        let mut signs = text.char_indices().peekable();
        while let Some((at, sign)) = signs.next() {
            match (sign, signs.peek().map(|(_, next)| *next)) {
                ('\\', Some(next @ ('*' | '\\'))) => {
                    part.push(next);
                    signs.next();
                }
                ('\\', _) => return Err(format!("Invalid escape character at pos {at}")),
                ('*', Some('*')) => return Err(format!("Consecutive wildcard characters at pos {at}")),
                ('*', _) => parts.push(std::mem::take(&mut part)),
                (other, _) => part.push(other),
            }
        }
        parts.push(part);
        Ok(Self { parts })
    }

    pub(super) fn matches(&self, text: &str) -> bool {
        let (first, others) = self.parts.split_first().expect("there is a part, if only an empty one");
        let Some((last, middle)) = others.split_last() else { return text == first };
        let Some(mut rest) = text.strip_prefix(first.as_str()) else { return false };
        for part in middle {
            // The first place is as good as any later one: what is left is the longer.
            let Some(at) = rest.find(part.as_str()) else { return false };
            rest = &rest[at + part.len()..];
        }
        rest.ends_with(last.as_str())
    }
}
