//! Colours by what they stand for.
//!
//! Words keep a contrast of 4.5 : 1 and shapes one of 3 : 1, to a white ground and to an almost black one alike. What
//! stands on coloured shapes does not change with the ground. Words and marks that lines may cross have a rim in the
//! colour of the ground. Only what every reader of SVG knows is used: no variables.

/// The rules of a picture. A page whose policy forbids a `<style>` in it has them in its style sheet.
pub const STYLE: &str = "\
.picture{color-scheme:light dark;display:block;width:100%;height:auto}
.picture text{font:12px system-ui,-apple-system,\"Segoe UI\",Roboto,Arial,sans-serif;fill:#1b1f24;stroke:#fff;stroke-width:3px;stroke-linejoin:round;paint-order:stroke}
.picture .heading{font-weight:600}
.picture .dim{fill:#57606a}
.picture .on{fill:#fff;stroke:none}
.picture .in{stroke:none}
.picture .blue{fill:#4a7fb5}
.picture .green{fill:#3f9a5f}
.picture .faint{fill-opacity:.3}
.picture .border{fill:none;stroke:#fff;stroke-width:1.5}
.picture .ghost{fill:none;stroke:#1b1f24;stroke-width:1.5;stroke-dasharray:5 4}
.picture .edge{fill:none;stroke:#6e7781;stroke-width:1}
.picture .grid{stroke:#d0d7de;stroke-width:1}
.picture .ink{stroke:#57606a;stroke-width:1.5}
.picture .bake{fill:#8b949e;fill-opacity:.3}
.picture .planned{fill:none;stroke:#6e7781;stroke-width:1;stroke-dasharray:3 3}
.picture .alarm{fill:#d1453b}
.picture .hatch{fill:none;stroke:#b42318;stroke-width:2}
.picture .bad{fill:#9a6700}
.picture .rim{stroke:#fff;stroke-width:5;stroke-opacity:.9}
.picture .back{stroke:#d1453b;stroke-width:2;stroke-dasharray:6 3}
.picture .now{stroke:#1b1f24;stroke-width:2}
.picture .limit{fill:none;stroke:#d1453b;stroke-width:1.5;stroke-dasharray:2 3}
.picture .line{fill:none;stroke-width:2}
.picture .line.blue{fill:none;stroke:#4a7fb5}
.picture .line.green{fill:none;stroke:#3f9a5f;stroke-dasharray:7 3}
@media(prefers-color-scheme:dark){
.picture text{fill:#e6edf3;stroke:#0d1117}
.picture .dim{fill:#9da7b1}
.picture .on{fill:#fff;stroke:none}
.picture .in{stroke:none}
.picture .ghost{stroke:#f0f6fc}
.picture .edge,.picture .planned{stroke:#8b949e}
.picture .grid{stroke:#30363d}
.picture .ink{stroke:#9da7b1}
.picture .rim{stroke:#0d1117}
.picture .now{stroke:#f0f6fc}
}
";
