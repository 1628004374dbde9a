//! How the SDK put a request on the wire, by the headers that say so.

use std::sync::{Arc, Mutex};

use aws_sdk_cloudwatch::config::interceptors::BeforeTransmitInterceptorContextRef;
use aws_sdk_cloudwatch::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_cloudwatch::error::BoxError;
use serde_json::{Map, Value};

const HEADERS: [&str; 3] = ["content-type", "content-encoding", "smithy-protocol"];

/// The headers of the last request.
#[derive(Debug, Clone, Default)]
pub struct Sent(Arc<Mutex<Map<String, Value>>>);

impl Sent {
    /// They are told once.
    pub fn take(&self) -> Value {
        Value::Object(std::mem::take(&mut *self.0.lock().expect("nobody panics with it")))
    }
}

impl Intercept for Sent {
    fn name(&self) -> &'static str {
        "Sent"
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let headers = context.request().headers();
        let told = HEADERS.iter().filter_map(|name| Some(((*name).to_owned(), headers.get(*name)?.into())));
        *self.0.lock().expect("nobody panics with it") = told.collect();
        Ok(())
    }
}
