//! The demo, as somebody sees it who tries it first.

use super::process::outcome;

#[test]
fn the_demo_tells_both_deployments_and_ends_well() {
    let output = outcome(&["demo", "--exit", "--listen", "127.0.0.1:0"]);
    let told = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{told}");
    let scenes = [
        "75 : 25   Activating traffic",
        "shop-v2 is in service",
        "shop-errors goes to ALARM",
        "Rolling back because of alarm shop-errors",
        "shop-v2 is in service again",
        "1. EndpointStatus InService: shop-v2 is deployed, and it is.",
        "2. EndpointStatus InService: shop-v3 is deployed, but it was rolled back. EndpointConfigName is shop-v2.",
        "went into ALARM state: shop-errors",
    ];
    let mut rest = told.as_str();
    for scene in scenes {
        let at =
            rest.find(scene).unwrap_or_else(|| panic!("{scene:?} is missing, or comes too early:\n{told}"));
        rest = &rest[at + scene.len()..];
    }
    assert!(!told.contains('\x1b'), "no colours where nobody looks");
}
