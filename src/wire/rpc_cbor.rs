//! rpcv2Cbor: only its refusal, in the form that its clients read.

use crate::schema::Fault;

/// `{__type, message}` as a map of text without a length, which is how AWS writes it.
pub fn fault_body(fault: &Fault) -> Vec<u8> {
    let mut out = vec![0xbf];
    let message = fault.message.as_deref().map(|message| ["message", message]);
    for text in [["__type", fault.code.as_ref()]].into_iter().chain(message).flatten() {
        out.push(0x79);
        let text = &text.as_bytes()[..text.len().min(usize::from(u16::MAX))];
        out.extend_from_slice(&u16::try_from(text.len()).unwrap_or(u16::MAX).to_be_bytes());
        out.extend_from_slice(text);
    }
    out.push(0xff);
    out
}
