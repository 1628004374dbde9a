//! awsQuery: answers and faults in XML, byte for byte as AWS lays them out.

use std::convert::Infallible;

use super::reply::{Reply, XML};
use crate::schema::{
    Error, ErrorFacts, Fault, Operation, Service, Value, encode_xml, java_double, write_element, write_text,
};

/// The namespace of a fault that no service answers.
const NOBODY: &str = "http://webservices.amazon.com/AWSFault/2005-15-09";

/// The code that awsQuery has for a fault.
pub fn query_code<'f>(fault: &'f Fault, declared: Option<&'f ErrorFacts>) -> &'f str {
    match declared {
        Some(facts) => facts.query_code.unwrap_or(&fault.code),
        None if fault.code == "ValidationException" => "ValidationError",
        None => &fault.code,
    }
}

/// Whose fault it is, in awsQuery's words.
pub fn blame(fault: &Fault, declared: Option<&ErrorFacts>) -> &'static str {
    let ours = declared.map_or(fault.status >= 500, |facts| facts.status.is_some_and(|status| status >= 500));
    if ours { "Receiver" } else { "Sender" }
}

/// A fault; the reply adds the id of the request.
pub fn fault_reply(service: Option<&Service>, fault: &Fault, declared: Option<&ErrorFacts>) -> Reply {
    let namespace = service.and_then(|service| service.xml_namespace).unwrap_or(NOBODY);
    let mut error = String::with_capacity(256);
    let mut leaf = |name: &str, text: &str, depth: usize| write_leaf(name, text, depth, &mut error);
    leaf("Type", blame(fault, declared), 2);
    leaf("Code", query_code(fault, declared), 2);
    if let Some(message) = &fault.message {
        leaf("Message", message, 2);
    }
    for (name, value) in fault.members.iter() {
        leaf(name, &text_of(value), 2);
    }
    let before =
        format!("<ErrorResponse xmlns=\"{namespace}\">\n  <Error>\n{error}  </Error>\n  <RequestId>");
    let status = declared.and_then(|facts| facts.status).unwrap_or(fault.status);
    let mut reply = Reply::new(status, XML, before.into_bytes());
    reply.after_request_id = Some("</RequestId>\n</ErrorResponse>\n");
    reply
}

/// A member of a fault as text; no service that is asked by a form has one that is a list or a structure.
fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Float(number) => java_double(*number),
        other => serde_json::to_string(other).expect("writing a value into memory does not fail"),
    }
}

fn write_leaf(name: &str, text: &str, depth: usize, out: &mut String) {
    let written: Result<(), Infallible> = write_element(name, depth, out, |out| {
        write_text(text, out);
        Ok(())
    });
    let Ok(()) = written;
}

/// The body of a success.
pub fn answer_body(
    service: &Service,
    operation: &Operation,
    answer: Option<&Value>,
    request_id: &str,
) -> Result<Vec<u8>, Error> {
    let name = operation.name;
    let namespace = service.xml_namespace.unwrap_or(NOBODY);
    let mut out = format!("<{name}Response xmlns=\"{namespace}\">\n");
    if let Some(output) = operation.output {
        let wrapper = operation.result_wrapper.unwrap_or(name);
        write_element(wrapper, 1, &mut out, |out| match answer {
            Some(answer) => encode_xml(service, output, answer, 2, out),
            None => Ok(()),
        })?;
    }
    out.push_str("  <ResponseMetadata>\n");
    write_leaf("RequestId", request_id, 2, &mut out);
    out.push_str("  </ResponseMetadata>\n</");
    out.push_str(name);
    out.push_str("Response>\n");
    Ok(out.into_bytes())
}
