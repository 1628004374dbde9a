//! Settings from every source, and the sentences about wrong ones.

use std::io::Write;

use super::*;
use crate::domain::rules::{AlarmAtStart, RollbackStatus};

/// The sentence about a file of these lines.
fn wrong(lines: &str) -> String {
    let file = file(lines);
    let Wrong(sentence) =
        Settings::load(Some(file.path()), |_| None, Vec::new()).expect_err("the file is wrong");
    let path = format!("{}, ", file.path().display());
    sentence.strip_prefix(&path).unwrap_or(&sentence).to_owned()
}

fn file(lines: &str) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(lines.as_bytes()).unwrap();
    file
}

#[test]
fn flags_win_over_the_environment_which_wins_over_the_file_which_wins_over_the_defaults() {
    let file =
        file("listen = \"127.0.0.1:1\"\nclock = \"60x\"\nlaunch_seconds = 1.5\ndeleting_seconds = 3\n");
    let environment = |name: &str| match name {
        "SAGEBRUSH_LISTEN" => Some("127.0.0.1:2".to_owned()),
        "SAGEBRUSH_CLOCK" => Some("manual".to_owned()),
        "SAGEBRUSH_DATABASE_URL" => Some(String::new()),
        _ => None,
    };
    let flags = vec![Given::by_flag("listen", "[::1]:3")];
    let settings = Settings::load(Some(file.path()), environment, flags).unwrap();
    assert_eq!(settings.listen, "[::1]:3");
    assert_eq!(settings.clock, Mode::Manual);
    assert_eq!((settings.launch_ms, settings.rules.delete_ms), (1_500, 3_000));
    assert_eq!(settings.database_url, None, "an empty variable is none");
    assert_eq!(settings.rules.activate_ms, Rules::default().activate_ms);
}

#[test]
fn every_switch_takes_each_word_that_its_sentence_offers() {
    let switches = KEYS.iter().filter(|key| {
        key.takes.split(' ').count() <= 4 && key.takes.contains(" or ") && !key.takes.contains(':')
    });
    for key in switches.clone() {
        for word in key.takes.split([',', ' ']).filter(|word| !["", "or"].contains(word)) {
            let given = Given::by_flag(key.name, word);
            assert!(Settings::default().take(&given).is_ok(), "{given} {word}");
        }
        assert!(Settings::default().take(&Given::by_flag(key.name, "other")).is_err(), "{}", key.name);
    }
    assert_eq!(switches.count(), 7);
    let mut settings = Settings::default();
    settings.take(&Given::by_flag("alarm_at_start", "ignore-until-ok")).unwrap();
    settings.take(&Given::by_flag("rollback_status", "RollingBack")).unwrap();
    assert_eq!(settings.rules.alarm_at_start, AlarmAtStart::IgnoreUntilOk);
    assert_eq!(settings.rules.rollback_status, RollbackStatus::RollingBack);
}

#[test]
fn a_wrong_text_is_told_with_its_place_and_what_would_be_right() {
    let place = |text: &str, flag: bool| {
        let flags = if flag { vec![Given::by_flag("alarm_at_start", text)] } else { Vec::new() };
        let environment = |name: &str| (name == "SAGEBRUSH_ALARM_AT_START").then(|| text.to_owned());
        Settings::load(None, environment, flags).unwrap_err().to_string()
    };
    let it_takes = "is \"never\", but it takes rollback or ignore-until-ok";
    assert_eq!(place("never", false), format!("SAGEBRUSH_ALARM_AT_START {it_takes}"));
    assert_eq!(wrong("\nalarm_at_start = 'never'"), format!("line 2: alarm_at_start {it_takes}"));
    let flag = Settings::load(None, |_| None, vec![Given::by_flag("alarm_at_start", "never")]);
    assert_eq!(flag.unwrap_err().to_string(), format!("--alarm-at-start {it_takes}"));
}

#[test]
fn a_secret_is_not_shown_whether_it_is_right_or_wrong() {
    let environment = |text: &'static str| {
        let given = move |name: &str| (name == "SAGEBRUSH_CONTROL_TOKEN").then(|| text.to_owned());
        Settings::load(None, given, Vec::new())
    };
    let settings = environment("s3cret").unwrap();
    assert_eq!(settings.control_token, Token::new("s3cret"));
    assert!(!format!("{settings:?}").contains("s3cret"));
    let told = environment("my s3cret").unwrap_err().to_string();
    assert_eq!(
        told,
        "SAGEBRUSH_CONTROL_TOKEN takes a secret of 1 to 1024 visible ASCII signs without spaces, and this is none"
    );
    assert_eq!(
        wrong("control_token = 'my s3cret'"),
        told.replace("SAGEBRUSH_CONTROL_TOKEN", "line 1: control_token")
    );
    assert!(!format!("{:?}", Given::by_flag("control_token", "s3cret")).contains("s3cret"));
}

#[test]
fn the_file_refuses_what_it_does_not_know() {
    let unknown = wrong("clock = 'real'\n\nlaunch_secs = 3\n");
    assert!(unknown.starts_with("line 3: launch_secs is no setting; there are listen, "), "{unknown}");
    assert!(wrong("[serve]\nlisten = 'x'").starts_with("line 1: serve is no setting"));
    assert!(wrong("clock = real").starts_with("line 1: "));
    assert!(wrong("clock = 'real'\nclock = 'manual'").starts_with("line 2: duplicate key"));
    assert!(
        wrong("launch_seconds = [1]").starts_with("line 1: launch_seconds is \"[1]\", but it takes seconds")
    );
    let missing = Settings::load(Some(Path::new("/nowhere/sagebrush.toml")), |_| None, Vec::new());
    let sentence = missing.unwrap_err().to_string();
    assert!(sentence.starts_with("cannot read the settings file /nowhere/sagebrush.toml: "), "{sentence}");
    let endless = Settings::load(Some(Path::new("/dev/zero")), |_| None, Vec::new());
    let sentence = endless.unwrap_err().to_string();
    assert_eq!(sentence, "cannot read the settings file /dev/zero: it has more than 1048576 bytes");
}

#[test]
fn absurd_numbers_are_refused() {
    let absurd = [
        ("launch_seconds", vec!["-1", "604801", "1e300", "nan", "inf", "-0.5", "", "1s"]),
        ("clock", vec!["0x", "-1x", "1e9x", "infx", "nanx", "60", "x", "0.0001x", ""]),
        ("listen", vec!["7243", ":7243", "localhost:", "localhost:70000", "127.0.0.1:-1"]),
        ("allow_host", vec!["", "a,,b", "a b", "http://a", "a:1"]),
        ("trust_network", vec!["", "yes", "TRUE", "1"]),
        ("control_token", vec!["", "two words"]),
        ("log", vec!["sagebrush=loud"]),
    ];
    for (key, texts) in absurd {
        for text in texts {
            assert!(Settings::default().take(&Given::by_flag(key, text)).is_err(), "{key} {text:?}");
        }
    }
}

#[test]
fn a_collector_is_named_by_our_sources_or_else_by_opentelemetrys_own_variable() {
    let load = |ours: Option<&str>, standard: Option<&str>| {
        let environment = |name: &str| match name {
            "SAGEBRUSH_OTEL_ENDPOINT" => ours.map(str::to_owned),
            "OTEL_EXPORTER_OTLP_ENDPOINT" => standard.map(str::to_owned),
            _ => None,
        };
        Settings::load(None, environment, Vec::new()).map(|settings| settings.otel_endpoint)
    };
    let (one, other) = ("http://127.0.0.1:4318", "http://collector:4318/otel");
    assert_eq!(load(None, None), Ok(None));
    assert_eq!(load(None, Some(other)), Ok(Some(other.to_owned())));
    assert_eq!(load(Some(one), Some(other)), Ok(Some(one.to_owned())));
    assert_eq!(load(Some("off"), Some("https://collector.example")), Ok(None));
    let Wrong(sentence) = load(None, Some("https://collector.example")).unwrap_err();
    assert_eq!(
        sentence,
        "OTEL_EXPORTER_OTLP_ENDPOINT is \"https://collector.example\", but it takes http://HOST:PORT of a collector \
         that takes OTLP over HTTP, such as http://127.0.0.1:4318, or off"
    );
    for wrong in ["127.0.0.1:4318", "http://", "grpc://collector:4317", "http://h:4318?x=1", "on"] {
        assert!(load(Some(wrong), None).is_err(), "{wrong}");
    }
}
