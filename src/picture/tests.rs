//! Pictures as they are drawn. `SAGEBRUSH_GOLDEN=write` writes the files anew.

mod awkward;
mod plans;
mod stories;

/// Holds a picture against a file of this room's.
fn golden(name: &str, drawn: &str) {
    let path = format!("{}/src/picture/golden/{name}.svg", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("SAGEBRUSH_GOLDEN").is_some() {
        std::fs::write(&path, drawn).unwrap();
    }
    assert_eq!(drawn, std::fs::read_to_string(&path).unwrap(), "{path}");
}
