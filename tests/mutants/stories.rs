//! The deployment stories, told by the pure core alone.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod driver;
mod expect;
mod pure;
mod recipe;
mod script;
mod seen;
mod teller;
mod words;

use std::path::PathBuf;

#[tokio::test]
async fn every_story_comes_true() {
    let dir = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/stories");
    let mut told = 0;
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let script = teller::script(name);
        teller::tell(name, &script, pure::Pure::new(script.rules)).await;
        told += 1;
    }
    assert!(told > 0, "there are stories");
}
