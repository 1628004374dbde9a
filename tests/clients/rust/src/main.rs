//! The AWS SDK for Rust as one of the clients whose results are compared: it speaks rpc-v2-cbor.
//!
//! Reads a call a line, `{"operation": …, "parameters": …}`, sends it by the SDK and prints what the SDK made of
//! the answer, a line each. The SDK is typed, so `calls` and `shapes` name the members that cross; a member
//! that they do not name stops the program and is never dropped. It knows nothing of the other clients.

mod calls;
mod json;
mod sent;
mod shapes;

use std::io::{BufRead as _, Write as _};

use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::config::retry::RetryConfig;
use aws_sdk_cloudwatch::config::{Config, Credentials, Region};
use serde_json::{Value, json};

use sent::Sent;

/// `CLIENT URL ACCOUNT REGION`
fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [url, account, region] = words.try_into().expect("three arguments: the URL, the account, the region");
    let sent = Sent::default();
    let config = Config::builder()
        .endpoint_url(url)
        .region(Region::new(region))
        .credentials_provider(Credentials::new(account, "secret", None, None, "arguments"))
        .retry_config(RetryConfig::disabled())
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .interceptor(sent.clone())
        .build();
    let client = Client::from_conf(config);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("a runtime of one thread can be made");
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let call: Value =
            serde_json::from_str(&line.expect("standard input is text")).expect("a call is JSON");
        let operation = call["operation"].as_str().expect("a call names its operation");
        let outcome = runtime.block_on(calls::send(&client, operation, &call["parameters"]));
        let mut answer = match outcome {
            Ok(Ok(result)) => json!({"result": result}),
            Ok(Err(error)) => json!({"error": error}),
            Err(sentence) => panic!("{operation}: {sentence}"),
        };
        answer["sent"] = sent.take();
        writeln!(out, "{answer}").expect("standard output is open");
    }
}
