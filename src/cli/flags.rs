//! Refusals in the words of those who wrote flags: the control API and a plan speak of the members of a body.

/// Members, and what is written for them.
pub(super) type Flags = &'static [(&'static str, &'static str)];

/// What a body is to whoever wrote a command.
const PHRASES: [(&str, &str); 4] = [
    ("The body has the unknown member ", "The command does not take "),
    ("The body needs the member ", "The command needs "),
    ("The member ", ""),
    ("the member ", ""),
];

/// Before a list of all members.
const LIST: &str = "; there are ";

/// The sentence with flags for members. A member is in quotes, has an underscore, or is in a list of all.
pub(super) fn in_flags(sentence: &str, flags: Flags) -> String {
    let sentence =
        PHRASES.iter().fold(sentence.to_owned(), |told, (body, command)| told.replace(body, command));
    let list_at = sentence.find(LIST).map_or(sentence.len(), |at| at + LIST.len());
    let mut told = String::with_capacity(sentence.len());
    let mut at = 0;
    for word in sentence.split_inclusive(' ') {
        let bare = word.trim_matches(|sign: char| !sign.is_ascii_alphanumeric());
        let quoted = format!("\"{bare}\"");
        let is_quoted = word.contains(&quoted);
        let is_member = is_quoted || bare.contains('_') || at >= list_at;
        match flags.iter().find(|(member, _)| is_member && *member == bare) {
            Some((_, flag)) => told += &word.replacen(if is_quoted { &quoted } else { bare }, flag, 1),
            None => told += word,
        }
        at += word.len();
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_told_as_flags_and_other_words_as_they_are() {
        let flags: Flags =
            &[("rate", "--rate"), ("error_status", "--error-status"), ("kind", "KIND"), ("end", "--until")];
        let told = |sentence| in_flags(sentence, flags);
        assert_eq!(told("The member \"rate\" must be a rate, not 2."), "--rate must be a rate, not 2.");
        assert_eq!(
            told("The body needs the member \"kind\": one of error_rate."),
            "The command needs KIND: one of error_rate."
        );
        assert_eq!(
            told("The body has the unknown member \"alarm\"; there are kind, error_status and end."),
            "The command does not take \"alarm\"; there are KIND, --error-status and --until."
        );
        assert_eq!(
            told("It cannot have an \"end\", nor error_status."),
            "It cannot have an --until, nor --error-status."
        );
    }
}
