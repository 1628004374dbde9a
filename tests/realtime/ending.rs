//! Ends: asked for, and with the parent.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Stdio;
use std::time::Duration;

use sagebrush::clock::wall_now;

use super::process::{Server, command, ready_line, signal, until};

#[tokio::test]
async fn a_signal_ends_it_within_five_seconds_whatever_clients_hold() {
    for name in ["TERM", "INT"] {
        let mut server = Server::start(&[]).await;
        let mut idle = TcpStream::connect(server.address()).unwrap();
        idle.write_all(b"GET /_sagebrush/health HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
        idle.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        assert!(idle.read(&mut [0; 512]).unwrap() > 0, "it was answered and stays open");
        let mut half = TcpStream::connect(server.address()).unwrap();
        half.write_all(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{").unwrap();
        let asked = wall_now();
        server.signal(name);
        let status = server.ended().await;
        let took_ms = wall_now().ms_since(asked);
        assert_eq!(status.code(), Some(0), "SIG{name}");
        assert!(took_ms < 5_000, "SIG{name} took {took_ms} ms");
        assert!(!server.is_ready(), "the ready file is gone");
        assert!(TcpStream::connect(server.address()).is_err(), "nobody listens any more");
    }
}

#[tokio::test]
async fn a_killed_run_leaves_a_ready_file_that_the_next_start_does_not_trust() {
    let room = tempfile::tempdir().unwrap();
    let ready = room.path().join("ready.json");
    std::fs::write(&ready, "{\"url\":\"http://127.0.0.1:1\",\"pid\":1}\n").unwrap();
    let start = |arguments: &[&str]| {
        let mut command = command();
        command.args(["serve", "--ready-file"]).arg(&ready).args(arguments).stdout(Stdio::null());
        command.stderr(Stdio::null()).status().unwrap()
    };
    assert!(!start(&["--listen", "203.0.113.1:0"]).success());
    assert!(!ready.exists(), "there is no server, and nothing says so any more");
}

#[tokio::test]
async fn it_ends_when_its_parent_is_killed() {
    let room = tempfile::tempdir().unwrap();
    let ready = room.path().join("ready.json");
    let script = format!(
        "'{}' serve --listen 127.0.0.1:0 --ready-file '{}' --exit-with-parent & wait",
        env!("CARGO_BIN_EXE_sagebrush"),
        ready.display()
    );
    let mut parent =
        std::process::Command::new("sh").arg("-c").arg(script).stdout(Stdio::null()).spawn().unwrap();
    let said = ready_line(&ready).await;
    signal(u64::from(parent.id()), "KILL");
    parent.wait().unwrap();
    until("the end of the child", || (!ready.exists()).then_some(())).await;
    let address = said["url"].as_str().unwrap().strip_prefix("http://").unwrap().to_owned();
    until("the port to be free", || TcpStream::connect(&address).is_err().then_some(())).await;
}
