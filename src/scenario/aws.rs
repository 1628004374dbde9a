//! Where in a file stands what AWS refuses: its paths are of the request that was made of the file.

use serde_json::Value;

use crate::schema::{ServiceId, misplaced, service};

/// What a file has for words of AWS's; the others are the same in both, but for small letters.
const WORDS: [(&str, &str); 6] = [
    ("productionvariants", "variants"),
    ("variantname", "name"),
    ("modelname", "model"),
    ("initialinstancecount", "instances"),
    ("instancetype", "instance_type"),
    ("initialvariantweight", "weight"),
];

/// The path that AWS's sentence is about: of the first value of a wrong type, which it does not tell, or of the first
/// constraint that is not kept, `productionVariants[0].modelName` of `… at 'productionVariants.1.member.modelName' …`.
pub(super) fn path(operation: &str, input: &Value, sentence: &str) -> Option<String> {
    let id = if operation.ends_with("Alarm") { ServiceId::CloudWatch } else { ServiceId::SageMaker };
    let shape = service(id).operation(operation).and_then(|operation| operation.input);
    misplaced(service(id), shape, input.to_string().as_bytes()).or_else(|| constrained(sentence))
}

fn constrained(sentence: &str) -> Option<String> {
    let (_, rest) = sentence.split_once(" at '")?;
    let (path, _) = rest.split_once("' failed to satisfy constraint")?;
    let steps = path.split('.').filter(|step| *step != "member").map(|step| {
        step.parse::<usize>()
            .map_or_else(|_| format!(".{step}"), |nth| format!("[{}]", nth.saturating_sub(1)))
    });
    Some(steps.collect::<String>().trim_start_matches('.').to_owned())
}

/// The innermost of the keys on the way of AWS's path; what a file does not say itself is passed over.
pub(super) fn below<'k>(keys: &'k [(String, usize)], path: &str) -> Option<&'k (String, usize)> {
    let mut found: Option<&(String, usize)> = None;
    for step in path.split('.') {
        let (name, index) = step.find('[').map_or((step, ""), |at| step.split_at(at));
        let word = name.to_ascii_lowercase();
        let word = WORDS.iter().find(|(aws, _)| *aws == word).map_or(&*word, |(_, ours)| *ours);
        let above = found.map(|(key, _)| format!("{key}.")).unwrap_or_default();
        let key = |index: &str| {
            let wanted = format!("{above}{word}{index}");
            keys.iter().find(|(key, _)| key.eq_ignore_ascii_case(&wanted))
        };
        found = key(index).or_else(|| key("")).or(found);
    }
    found
}
