//! The few tests that need real time to pass: each waits for a condition, with a deadline.

mod demo;
mod ending;
mod health;
pub mod process;
mod silence;
mod starting;

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use sagebrush::door::Door;
use sagebrush::schema::{Call, Fault, ServiceId, Value};
use sagebrush::wire::{self, Handle, Services};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

struct Nothing;

impl Services for Nothing {
    fn implements(&self, _: ServiceId, _: &str) -> bool {
        false
    }

    async fn call(&self, _: Call) -> Result<Option<Value>, Fault> {
        Ok(None)
    }
}

#[tokio::test]
async fn a_header_that_does_not_come_to_its_end_is_not_waited_for() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let handle = Handle::new();
    let router = wire::router(Arc::new(Nothing), Door::default(), wire::Upstream::default());
    tokio::spawn(wire::serve(listener, router, handle.clone(), Duration::from_millis(200)));
    let mut held = TcpStream::connect(address).await.unwrap();
    held.write_all(b"POST / HTTP/1.1\r\nHost: x\r\nX-Half").await.unwrap();
    let mut rest = Vec::new();
    let closed = tokio::time::timeout(Duration::from_secs(20), held.read_to_end(&mut rest)).await;
    assert!(closed.is_ok(), "the connection is still open");
    handle.shutdown();
}
