//! The pictures of the state machines show the states that the code has.

use std::collections::BTreeSet;
use std::path::Path;

fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// The picture at the head of a file.
fn diagram(text: &str) -> &str {
    text.split("//! ```text\n").nth(1).and_then(|rest| rest.split("//! ```").next()).expect("a picture")
}

/// Words that begin with a capital.
fn states(picture: &str) -> BTreeSet<&str> {
    let words = picture.split(|sign: char| !sign.is_alphanumeric());
    words.filter(|word| word.starts_with(|sign: char| sign.is_uppercase())).collect()
}

/// The variants of an enum.
fn variants<'a>(text: &'a str, name: &str) -> BTreeSet<&'a str> {
    let body = text.split(&format!("pub enum {name} {{\n")).nth(1).and_then(|rest| rest.split("\n}").next());
    let lines =
        body.expect("the enum").lines().filter(|line| line.starts_with("    ") && !line.starts_with("     "));
    let names = lines.map(|line| line.trim().split(|sign: char| !sign.is_alphanumeric()).next().unwrap());
    names.filter(|name| !name.is_empty()).collect()
}

#[test]
fn the_picture_of_a_deployment_shows_its_phases_and_the_legs_of_its_rollback() {
    let text = read("src/domain/deployment/mod.rs");
    let (way, back) = diagram(&text).split_once("(leg)").expect("the rollback's part");
    assert_eq!(states(way), variants(&text, "Phase"));
    assert_eq!(states(back), variants(&text, "Leg"));
}

#[test]
fn the_picture_of_an_endpoint_shows_its_states() {
    let text = read("src/domain/endpoint/mod.rs");
    let mut shown = states(diagram(&text));
    // AWS's word for Mixed stands beside it.
    assert!(shown.remove("UpdateRollbackFailed"));
    assert_eq!(shown, variants(&text, "State"));
}
