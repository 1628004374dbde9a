//! `sagebrush health`: an exit code and one sentence.

use std::io::{Read, Write};
use std::net::TcpListener;

use super::process::{Server, outcome};

/// The sentence about a server that is not in good health.
fn unwell(url: &str) -> String {
    let output = outcome(&["health", "--url", url]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{url}: {told}");
    assert_eq!(told.lines().count(), 1, "{url}: one sentence, not {told:?}");
    assert!(output.stdout.is_empty());
    told.trim_end().strip_prefix("sagebrush: ").unwrap().to_owned()
}

#[tokio::test]
async fn a_server_that_serves_is_in_good_health() {
    let server = Server::start(&[]).await;
    for url in [server.url.clone(), format!("{}/", server.url)] {
        let output = outcome(&["health", "--url", &url]);
        assert_eq!(output.status.code(), Some(0));
        assert_eq!(
            String::from_utf8(output.stdout).unwrap(),
            format!("{url} serves: sagebrush {}\n", env!("CARGO_PKG_VERSION"))
        );
    }
}

#[test]
fn one_that_is_not_there_or_answers_with_an_error_is_not() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let answering = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        assert!(stream.read(&mut [0; 512]).unwrap() > 0);
        stream.write_all(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\ngone").unwrap();
    });
    let sentence = unwell(&url);
    assert!(sentence.starts_with(&format!("{url} is not in good health: ")), "{sentence}");
    assert!(sentence.contains("503 Service Unavailable: gone"), "{sentence}");
    answering.join().unwrap();
    assert!(unwell(&url).contains("Connection refused"), "{}", unwell(&url));
}

#[test]
fn an_address_of_another_kind_is_named() {
    assert_eq!(unwell("localhost:7243"), "--url is \"localhost:7243\", but it takes http://HOST:PORT");
    assert_eq!(unwell("http://"), "--url is \"http://\", but it takes http://HOST:PORT");
}
