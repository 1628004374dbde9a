//! awsJson: the bodies of faults. Answers are the encoder's alone.
//!
//! Where the member is called `Message` and where `message` follows the declared error; AWS's parser says
//! `Message`, its validation `message`, and an error without a sentence has neither.

use crate::schema::{ErrorFacts, Fault, Service, write_json_string};

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

/// The body of a fault: its `__type`, where the protocol has one, and its sentence.
pub fn fault_body(kind: Option<&str>, fault: &Fault, declared: Option<&ErrorFacts>) -> Vec<u8> {
    let member = match declared {
        Some(facts) => facts.message_member,
        None if fault.code == "SerializationException" => Some("Message"),
        None => Some("message"),
    };
    let mut out = Vec::with_capacity(128);
    out.push(b'{');
    if let Some(kind) = kind {
        out.extend_from_slice(b"\"__type\":");
        write_json_string(kind, &mut out);
    }
    if let (Some(member), Some(message)) = (member, &fault.message) {
        if kind.is_some() {
            out.push(b',');
        }
        write_json_string(member, &mut out);
        out.push(b':');
        write_json_string(message, &mut out);
    }
    out.push(b'}');
    out
}
