//! Starts: the good one, and every one that cannot be, each told in one sentence with exit code 1.

use std::net::TcpListener;
use std::path::Path;

use super::process::{Server, command, outcome};

/// The sentence of a start that does not come to be.
fn refusal(arguments: &[&str]) -> String {
    let output = outcome(arguments);
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{arguments:?}: {told}");
    assert_eq!(told.lines().count(), 1, "{arguments:?}: one sentence, not {told:?}");
    assert!(output.stdout.is_empty(), "{arguments:?} has served");
    assert!(!told.contains("s3cret"), "{arguments:?} tells the password");
    told.trim_end().strip_prefix("sagebrush: ").unwrap().to_owned()
}

/// The sentence about a server that could listen, but for `arguments`.
fn refused(arguments: &[&str]) -> String {
    refusal(&[&["serve", "--listen", "127.0.0.1:0"], arguments].concat())
}

#[test]
fn a_port_that_is_taken_is_named_with_the_way_out() {
    let holder = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = holder.local_addr().unwrap().to_string();
    let sentence = refusal(&["serve", "--listen", &address]);
    let start = format!("cannot listen on {address}: another program listens there");
    assert!(sentence.starts_with(&start) && sentence.contains("--listen"), "{sentence}");
    let elsewhere = refusal(&["serve", "--listen", "203.0.113.1:0"]);
    assert!(elsewhere.contains("this machine does not have that address"), "{elsewhere}");
}

/// Whether this machine has such an address at all; not every one speaks IPv6.
fn can_be_had(listen: &&str) -> bool {
    TcpListener::bind(listen).is_ok()
}

#[tokio::test]
async fn only_the_loopback_is_listened_on_unless_the_network_is_trusted() {
    for listen in ["0.0.0.0:0", "[::]:0", "[::ffff:0.0.0.0]:0"].into_iter().filter(can_be_had) {
        let sentence = refusal(&["serve", "--listen", listen]);
        assert!(sentence.starts_with(&format!("cannot listen on {listen}: ")), "{sentence}");
        let way_out = "listen on 127.0.0.1, or say --trust-network if they shall";
        assert!(
            sentence.contains("is no address of the loopback") && sentence.ends_with(way_out),
            "{sentence}"
        );
    }
    let named = refusal(&["serve", "--listen", "0.0.0.0:0", "--allow-host", "sagebrush,ci.internal"]);
    assert!(named.contains("--trust-network"), "names do not open it: {named}");
    for listen in ["127.0.0.1:0", "127.0.0.2:0", "[::1]:0", "localhost:0"].into_iter().filter(can_be_had) {
        for flags in [&[][..], &["--trust-network"], &["--allow-host", "sagebrush"]] {
            drop(Server::start(&[&["--listen", listen], flags].concat()).await);
        }
    }
    for listen in ["0.0.0.0:0", "[::]:0"].into_iter().filter(can_be_had) {
        let server = Server::start(&["--listen", listen, "--trust-network"]).await;
        assert!(server.url.starts_with("http://127.0.0.1:") || server.url.starts_with("http://[::1]:"));
        let closed = server.control("GET", "clock", "");
        assert!(closed["error"].as_str().unwrap().contains("SAGEBRUSH_CONTROL_TOKEN"), "{closed}");
        assert_eq!(server.control("GET", "health", "")["status"], "ok");
    }
}

#[test]
fn a_database_that_cannot_be_had_is_named_without_its_password() {
    let room = tempfile::tempdir().unwrap();
    let url = |name: &str| format!("sqlite:{}", room.path().join(name).display());
    let unreachable = refused(&["--database-url", "postgres://u:s3cret@127.0.0.1:1/x"]);
    assert!(
        unreachable.contains("127.0.0.1:1") && unreachable.contains("cannot be reached"),
        "{unreachable}"
    );
    assert!(refused(&["--database-url", &url("no/such.db")]).contains("there is no directory"));
    assert!(refused(&["--database-url", "mysql://u:s3cret@h/x"]).contains("there is no store for \"mysql\""));
    let file = room.path().join("read-only.db");
    std::fs::write(&file, "").unwrap();
    let mut permissions = std::fs::metadata(&file).unwrap().permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(&file, permissions).unwrap();
    assert!(refused(&["--database-url", &url("read-only.db")]).contains("read-only"));
}

#[test]
fn a_wrong_setting_is_told_with_its_place() {
    assert_eq!(
        refused(&["--clock", "fast"]),
        "--clock is \"fast\", but it takes real, manual, or a rate from 0.001x to 100000x such as 60x"
    );
    let room = tempfile::tempdir().unwrap();
    let file = room.path().join("sagebrush.toml");
    std::fs::write(&file, "clock = \"manual\"\nalarm_at_begin = \"rollback\"\n").unwrap();
    let path = file.to_str().unwrap();
    let unknown = refused(&["--config", path]);
    assert!(unknown.starts_with(&format!("{path}, line 2: alarm_at_begin is no setting")), "{unknown}");
    assert!(
        refused(&["--config", "/no/such.toml"]).starts_with("cannot read the settings file /no/such.toml")
    );
    let by_variable = command().arg("serve").env("SAGEBRUSH_MISSING_ALARM", "shrug").output().unwrap();
    assert_eq!(by_variable.status.code(), Some(1));
    let told = String::from_utf8(by_variable.stderr).unwrap();
    let sentence = "SAGEBRUSH_MISSING_ALARM is \"shrug\", but it takes ignore, rollback or reject\n";
    assert_eq!(told, format!("sagebrush: {sentence}"));
}

#[test]
fn the_file_of_the_variable_is_read_unless_the_variable_is_empty() {
    let serve = |file: &str| {
        let mut command = command();
        command.args(["serve", "--clock", "fast"]).env("SAGEBRUSH_CONFIG", file);
        String::from_utf8(command.output().unwrap().stderr).unwrap()
    };
    assert!(serve("/no/such.toml").starts_with("sagebrush: cannot read the settings file /no/such.toml"));
    assert!(serve("").starts_with("sagebrush: --clock is \"fast\""), "{}", serve(""));
}

#[test]
fn a_ready_file_that_cannot_be_written_is_told() {
    let sentence = outcome(&["serve", "--listen", "127.0.0.1:0", "--ready-file", "/no/such/ready"]);
    assert_eq!(sentence.status.code(), Some(1));
    let told = String::from_utf8(sentence.stderr).unwrap();
    assert!(told.starts_with("sagebrush: cannot write the ready file /no/such/ready: "), "{told}");
    assert_eq!(told.lines().count(), 1);
}

#[test]
fn what_is_no_command_or_flag_is_a_matter_of_usage() {
    assert_eq!(outcome(&["serve", "--port", "1"]).status.code(), Some(1));
    assert_eq!(outcome(&["server"]).status.code(), Some(1));
    let version = outcome(&["--version"]);
    assert_eq!(
        String::from_utf8(version.stdout).unwrap(),
        concat!("sagebrush ", env!("CARGO_PKG_VERSION"), "\n")
    );
    assert_eq!(version.status.code(), Some(0));
}

#[tokio::test]
async fn the_ready_file_leads_to_a_server_of_these_settings() {
    let server = Server::start(&["--clock", "60x"]).await;
    assert!(server.url.starts_with("http://127.0.0.1:"));
    let clock = server.control("GET", "clock", "");
    assert_eq!((&clock["mode"], &clock["rate"]), (&"scaled".into(), &60.into()));
}

#[tokio::test]
async fn a_file_has_one_server_and_the_next_one_begins_when_that_was_killed() {
    let room = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", room.path().join("kept.db").display());
    let mut first = Server::start(&["--database-url", &url]).await;
    let before = first.control("PUT", "clock", r#"{"mode": "manual"}"#);
    let sentence = refused(&["--database-url", &url]);
    assert!(sentence.contains("another process serves it and holds"), "{sentence}");
    assert!(sentence.contains("kept.db-lock; end that one or name another path"), "{sentence}");
    first.signal("KILL");
    first.ended().await;
    assert!(room.path().join("kept.db-lock").exists(), "nobody has taken it away");
    let mut second = Server::start(&["--database-url", &url]).await;
    assert_eq!(second.control("GET", "clock", "")["now"], before["now"]);
    second.signal("TERM");
    second.ended().await;
    let left = room.path().read_dir().unwrap().map(|entry| entry.unwrap().file_name());
    assert_eq!(left.collect::<Vec<_>>(), ["kept.db"], "the file alone is everything");
}

#[tokio::test]
async fn what_a_file_keeps_is_there_after_the_next_start() {
    let room = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", Path::new(room.path()).join("kept.db").display());
    let mut first = Server::start(&["--database-url", &url]).await;
    first.control("PUT", "clock", r#"{"mode": "manual"}"#);
    let advanced = first.control("POST", "clock/advance", r#"{"seconds": 86400}"#);
    first.signal("TERM");
    first.ended().await;
    let left = room.path().read_dir().unwrap().map(|entry| entry.unwrap().file_name());
    assert_eq!(left.collect::<Vec<_>>(), ["kept.db"], "the file alone is everything");
    let second = Server::start(&["--database-url", &url]).await;
    assert_eq!(second.control("GET", "clock", "")["now"], advanced["now"]);
}
