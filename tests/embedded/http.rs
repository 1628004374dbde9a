//! AWS's JSON protocols by hand: a client that needs no runtime.

use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::Value;

/// A client of the server at an address.
pub struct Aws {
    address: String,
}

impl Aws {
    pub fn at(url: &str) -> Self {
        Self { address: url.strip_prefix("http://").unwrap().to_owned() }
    }

    /// Asks SageMaker; nothing is refused.
    pub fn sagemaker(&self, operation: &str, request: &Value) -> Value {
        self.ask("1.1", &format!("SageMaker.{operation}"), request)
    }

    /// Asks CloudWatch; nothing is refused.
    pub fn cloudwatch(&self, operation: &str, request: &Value) -> Value {
        self.ask("1.0", &format!("GraniteServiceVersion20100801.{operation}"), request)
    }

    fn ask(&self, version: &str, target: &str, request: &Value) -> Value {
        let (address, body) = (&self.address, request.to_string());
        let mut stream = TcpStream::connect(address).unwrap();
        let length = body.len();
        let head = format!(
            "POST / HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Type: application/x-amz-json-{version}\r\n\
             X-Amz-Target: {target}\r\nContent-Length: {length}\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(body.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 200"), "{target}: {answer}");
        if body.is_empty() { Value::Null } else { serde_json::from_str(body).unwrap() }
    }
}
