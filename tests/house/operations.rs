//! Every operation that is built has a test that names it.

use std::path::Path;

use super::{none, sources};

/// The operations in the services' lists: `"Name" => function`.
fn built() -> Vec<String> {
    let mut built = Vec::new();
    for source in sources(&["src/services"]) {
        let lists = source.text.split("operations! {\n").skip(1);
        for list in lists.filter_map(|rest| rest.split("\n}").next()) {
            let names = list.lines().filter_map(|line| line.trim().strip_prefix('"')?.split('"').next());
            built.extend(names.map(str::to_owned));
        }
    }
    built
}

#[test]
fn every_operation_has_a_test_that_names_it() {
    let built = built();
    for name in ["CreateModel", "SetAlarmState", "GetCallerIdentity"] {
        assert!(built.iter().any(|operation| operation == name), "{name} is in no list: {built:?}");
    }
    // The wire's tests name operations as examples of bytes; what they mean is not theirs.
    let mut sources = sources(&["src/services", "tests"]);
    sources.retain(|source| !source.path.starts_with("tests/wire"));
    let named = |operation: &str| {
        let quoted = format!("\"{operation}\"");
        sources.iter().any(|source| source.tests().contains(&quoted))
    };
    let untested: Vec<_> = built.into_iter().filter(|operation| !named(operation)).collect();
    none("an operation is in a test by its name", &untested);
}

#[test]
fn the_rooms_of_the_tour_are_those_of_the_crate() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let map = std::fs::read_to_string(root.join("src/lib.rs")).unwrap();
    let rooms = map.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'));
    let lost: Vec<_> =
        rooms.filter(|room| !map.contains(&format!("//! | [`{room}`] |"))).map(str::to_owned).collect();
    none("a room has a row in the map of src/lib.rs", &lost);
}
