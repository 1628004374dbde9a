//! What the body of a fault holds, whether it is written as JSON or as CBOR. Answers are the encoders' alone.
//!
//! Where the member is called `Message` and where `message` follows the declared error; AWS's parser says
//! `Message`, its validation `message`, and an error without a sentence has neither. An error with more members
//! has all of them in the order of their names, as a recorded `ModelError` does.

use crate::schema::{ErrorFacts, Fault, Fields, Service, Value};

/// What stands before a code in `__type`: nothing for most services, the Smithy namespace for those that
/// came from awsQuery.
pub fn namespace(service: &Service, fault: &Fault, declared: Option<&ErrorFacts>) -> String {
    if !service.query_compatible {
        return String::new();
    }
    match (declared, fault.code.as_ref()) {
        (Some(_), _) => {
            let version = service.api_version.replace('-', "_");
            format!("com.amazonaws.{}.v{version}#", service.service_id.to_lowercase())
        }
        (None, "ValidationException") => "com.amazon.coral.validate#".into(),
        (None, _) => "com.amazon.coral.service#".into(),
    }
}

/// The members of a fault's body: its `__type`, where the protocol has one, its sentence, and what else it
/// carries.
pub fn members(kind: Option<String>, fault: &Fault, declared: Option<&ErrorFacts>) -> Value {
    let name = match declared {
        Some(facts) => facts.message_member,
        None if fault.code == "SerializationException" => Some("Message"),
        None => Some("message"),
    };
    let sentence = name.zip(fault.message.clone());
    let mut members: Vec<(String, Value)> = fault.members.clone().into_iter().collect();
    members.extend(sentence.map(|(name, sentence)| (name.to_owned(), sentence.into())));
    members.sort_by(|(left, _), (right, _)| left.cmp(right));
    let kind = kind.map(|kind| ("__type".to_owned(), kind.into()));
    Value::Map(kind.into_iter().chain(members).collect::<Fields>())
}

/// `members` as JSON.
pub fn json(members: &Value) -> Vec<u8> {
    serde_json::to_vec(members).expect("writing a value into memory does not fail")
}
