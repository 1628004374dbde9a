//! A server as its users have it: a process of its own.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;
use tokio::time::{interval, timeout};

/// Far longer than anything here takes on a busy machine.
const DEADLINE: Duration = Duration::from_mins(1);

/// The command, without any setting of the one who runs the tests.
pub fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sagebrush"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("SAGEBRUSH_") {
            command.env_remove(name);
        }
    }
    command.stdin(Stdio::null());
    command
}

/// What the command came to with these arguments.
pub fn outcome(arguments: &[&str]) -> Output {
    command().args(arguments).output().unwrap()
}

/// Waits for a condition; fails with its name if it does not come true in time.
pub async fn until<T>(what: &str, mut condition: impl FnMut() -> Option<T>) -> T {
    let mut looks = interval(Duration::from_millis(10));
    let wait = async {
        loop {
            looks.tick().await;
            if let Some(found) = condition() {
                return found;
            }
        }
    };
    timeout(DEADLINE, wait).await.unwrap_or_else(|_| panic!("{what}: not within {DEADLINE:?}"))
}

/// A server that serves; it is killed when it is dropped.
pub struct Server {
    child: Child,
    pub url: String,
    pub pid: u64,
    ready: PathBuf,
    _room: TempDir,
}

impl Server {
    /// `sagebrush serve`, on a free port unless it is told another address.
    pub async fn start(arguments: &[&str]) -> Self {
        let room = tempfile::tempdir().unwrap();
        let ready = room.path().join("ready.json");
        let mut command = command();
        command.args(["serve", "--ready-file"]).arg(&ready).args(arguments);
        if !arguments.contains(&"--listen") {
            command.args(["--listen", "127.0.0.1:0"]);
        }
        let child = command.stdout(Stdio::null()).spawn().unwrap();
        let said = ready_line(&ready).await;
        let (url, pid) = (said["url"].as_str().unwrap().to_owned(), said["pid"].as_u64().unwrap());
        Self { child, url, pid, ready, _room: room }
    }

    pub fn address(&self) -> &str {
        self.url.strip_prefix("http://").unwrap()
    }

    pub fn is_ready(&self) -> bool {
        self.ready.exists()
    }

    /// One request of the control API; the body of its answer.
    pub fn control(&self, method: &str, path: &str, body: &str) -> Value {
        let mut stream = TcpStream::connect(self.address()).unwrap();
        let length = body.len();
        let request = format!(
            "{method} /_sagebrush/{path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
             Content-Length: {length}\r\n\r\n{body}"
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        serde_json::from_str(body).unwrap()
    }

    pub fn signal(&self, name: &str) {
        signal(self.pid, name);
    }

    /// How it ended, once it has.
    pub async fn ended(&mut self) -> ExitStatus {
        until("the end of the server", || self.child.try_wait().unwrap()).await
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // One that has ended already cannot be killed, which is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The line of a ready file, once it is there; it is never there by half.
pub async fn ready_line(path: &Path) -> Value {
    let text = until("the ready file", || std::fs::read_to_string(path).ok()).await;
    assert!(text.ends_with('\n') && text.lines().count() == 1, "one line: {text:?}");
    serde_json::from_str(&text).unwrap()
}

/// Sends a signal to one process.
pub fn signal(pid: u64, name: &str) {
    let sent = Command::new("kill").arg(format!("-{name}")).arg(pid.to_string()).status().unwrap();
    assert!(sent.success(), "kill -{name} {pid}");
}
