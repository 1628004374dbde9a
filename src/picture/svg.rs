//! The few shapes that pictures are made of.

use std::fmt::Write as _;

/// A picture on its way.
#[derive(Debug, Default)]
pub(super) struct Svg {
    body: String,
}

/// A point, in user units from the upper left corner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct At(pub(super) f64, pub(super) f64);

/// Colours by what they stand for. A page that is dark makes what is drawn in ink light.
const STYLE: &str = "\
text{font:12px system-ui,sans-serif;fill:#1b1f24}\
.dim{fill:#57606a}.blue{fill:#4a7fb5}.green{fill:#3f9a5f}.bake{fill:#8b949e;opacity:.3}.alarm{fill:#d1453b;opacity:.8}\
.bad{fill:#d1453b;opacity:.45}.ink{stroke:#57606a;stroke-width:1}.back{stroke:#d1453b;stroke-width:2;stroke-dasharray:4 3}\
@media(prefers-color-scheme:dark){text{fill:#e6edf3}.dim{fill:#9da7b1}.ink{stroke:#9da7b1}}";

impl Svg {
    /// An area within these corners.
    pub(super) fn area(&mut self, class: &str, corners: &[At]) {
        let corners: Vec<_> = corners.iter().map(|At(x, y)| format!("{},{}", short(*x), short(*y))).collect();
        self.add(&format!("<polygon class=\"{class}\" points=\"{}\"/>", corners.join(" ")));
    }

    /// A rectangle between two corners.
    pub(super) fn rectangle(&mut self, class: &str, At(left, top): At, At(right, bottom): At) {
        let size = format!("width=\"{}\" height=\"{}\"", short(right - left), short(bottom - top));
        self.add(&format!("<rect class=\"{class}\" x=\"{}\" y=\"{}\" {size}/>", short(left), short(top)));
    }

    /// A line.
    pub(super) fn line(&mut self, class: &str, At(x1, y1): At, At(x2, y2): At) {
        let [x1, y1, x2, y2] = [x1, y1, x2, y2].map(short);
        self.add(&format!("<line class=\"{class}\" x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\"/>"));
    }

    /// Words, whose `anchor` is `start`, `middle` or `end`.
    pub(super) fn text(&mut self, class: &str, anchor: &str, At(x, y): At, words: &str) {
        let (x, y, words) = (short(x), short(y), escaped(words));
        self.add(&format!(
            "<text class=\"{class}\" text-anchor=\"{anchor}\" x=\"{x}\" y=\"{y}\">{words}</text>"
        ));
    }

    /// The whole picture, which is called by this title.
    pub(super) fn finish(self, width: f64, height: f64, title: &str) -> String {
        let (width, height, title) = (short(width), short(height), escaped(title));
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" role=\"img\">\n\
             <title>{title}</title>\n<style>{STYLE}</style>\n{}</svg>\n",
            self.body
        )
    }

    fn add(&mut self, shape: &str) {
        writeln!(self.body, "{shape}").expect("writing to a String succeeds");
    }
}

/// A number with two decimals at most.
fn short(number: f64) -> String {
    format!("{}", (number * 100.0).round() / 100.0)
}

/// A text in which nothing is taken for markup.
fn escaped(text: &str) -> String {
    let escape = |sign: char| match sign {
        '&' => "&amp;".to_owned(),
        '<' => "&lt;".to_owned(),
        '>' => "&gt;".to_owned(),
        '"' => "&quot;".to_owned(),
        // XML cannot hold them, not even escaped.
        sign if sign.is_control() => "\u{fffd}".to_owned(),
        sign => sign.to_string(),
    };
    text.chars().map(escape).collect()
}
