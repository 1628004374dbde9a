//! A page taken apart: its elements with their attributes, and the words between them.

/// The elements that pages and their pictures are made of. Another one was not meant to be one.
const ELEMENTS: [&str; 61] = [
    "!doctype", "a", "article", "b", "body", "br", "button", "circle", "code", "datalist", "dd", "desc",
    "details", "dialog", "div", "dl", "dt", "fieldset", "figure", "form", "g", "h1", "h2", "h3", "head",
    "header", "html", "input", "label", "legend", "li", "line", "link", "main", "meta", "nav", "noscript",
    "ol", "option", "output", "p", "path", "polygon", "pre", "rect", "script", "section", "select", "span",
    "strong", "summary", "svg", "table", "tbody", "td", "text", "th", "thead", "time", "title", "tr",
];

/// Attributes that name an address.
const ADDRESSES: [&str; 5] = ["href", "src", "action", "formaction", "xlink:href"];

/// An element's beginning.
#[derive(Clone, Debug)]
pub struct Element {
    name: String,
    pub attributes: Vec<(String, String)>,
    /// From here to the end of the page.
    at: usize,
}

impl Element {
    /// An attribute's text; nothing without it.
    pub fn get(&self, name: &str) -> &str {
        self.attributes.iter().find(|(given, _)| given == name).map_or("", |(_, text)| text)
    }

    pub fn has(&self, name: &str) -> bool {
        self.attributes.iter().any(|(given, _)| given == name)
    }
}

/// A page.
#[derive(Clone, Debug)]
pub struct Html {
    pub source: String,
    pub elements: Vec<Element>,
    /// Its words, with one space between them.
    pub words: String,
}

impl Html {
    pub fn read(source: &str) -> Self {
        let (mut elements, mut words) = (Vec::new(), String::new());
        let mut rest = source;
        while let Some(begin) = rest.find('<') {
            words.push_str(&rest[..begin]);
            let tag = &rest[begin..=begin + end_of_tag(&rest[begin..])];
            rest = &rest[begin + tag.len()..];
            if !tag.starts_with("</") {
                elements.push(element(tag, source.len() - rest.len()));
            }
            words.push(' ');
        }
        words.push_str(rest);
        Self { source: source.to_owned(), elements, words: plain(&words) }
    }

    /// The words in the first element of this name.
    pub fn inner(&self, name: &str) -> String {
        let found = self.all(name).next().unwrap_or_else(|| panic!("no {name} in {}", self.source));
        self.within(found)
    }

    /// The words in the element that this is the beginning of, whose kind holds none of its own kind.
    pub fn within(&self, element: &Element) -> String {
        let after = &self.source[element.at..];
        let end = after.find(&format!("</{}>", element.name)).unwrap_or(after.len());
        Self::read(&after[..end]).words
    }

    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.elements.iter().filter(move |element| element.name == name)
    }

    /// The words in each element of this name and class.
    pub fn classed(&self, name: &str, class: &str) -> Vec<String> {
        let classed = self.all(name).filter(|each| each.get("class").split(' ').any(|word| word == class));
        classed.map(|each| self.within(each)).collect()
    }

    /// The address of the link of these words.
    pub fn link(&self, words: &str) -> &str {
        let found = self.all("a").find(|link| self.within(link) == words);
        found.unwrap_or_else(|| panic!("no link {words:?} in {}", self.words)).get("href")
    }

    #[track_caller]
    pub fn says(&self, words: &str) {
        assert!(self.words.contains(words), "{words:?} is not in: {}", self.words);
    }

    #[track_caller]
    pub fn lacks(&self, words: &str) {
        assert!(!self.words.contains(words), "{words:?} is in: {}", self.words);
    }

    /// Fails on whatever the policy of the pages forbids, and on an element that nobody wrote into a template.
    #[track_caller]
    pub fn harmless(&self) {
        for element in &self.elements {
            assert!(ELEMENTS.contains(&element.name.as_str()), "{element:?}");
            for (name, text) in &element.attributes {
                assert!(name != "style" && !name.starts_with("on"), "{element:?}");
                let is_ours = text.starts_with('#') || text.starts_with('/') && !text.starts_with("//");
                assert!(!ADDRESSES.contains(&name.as_str()) || is_ours, "{element:?}");
            }
            if element.name == "script" {
                assert!(element.get("src").starts_with("/console/assets/"), "{element:?}");
                assert_eq!(self.within(element), "");
            }
        }
        let of_svg = self.source.replace("xmlns=\"http://www.w3.org/2000/svg\"", "");
        assert!(!of_svg.contains("://"), "an address of somebody else's in {of_svg}");
    }
}

/// Where the tag ends that a text begins with: at its `>` outside quotation marks.
fn end_of_tag(text: &str) -> usize {
    let mut quote = None;
    let end = text.char_indices().find(|(_, sign)| {
        let was = quote;
        quote = match quote {
            None => Some(*sign).filter(|sign| ['"', '\''].contains(sign)),
            Some(open) => Some(open).filter(|open| open != sign),
        };
        was.is_none() && *sign == '>'
    });
    end.unwrap_or_else(|| panic!("a tag without an end: {text}")).0
}

fn element(tag: &str, at: usize) -> Element {
    let inside = tag.trim_start_matches('<').trim_end_matches('>').trim_end_matches('/');
    let (name, mut rest) = inside.split_once([' ', '\n']).unwrap_or((inside, ""));
    let mut attributes = Vec::new();
    loop {
        rest = rest.trim_start();
        let end = rest.find([' ', '\n', '=']).unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        if name.is_empty() {
            break;
        }
        let (text, after) = value(after);
        attributes.push((name.to_lowercase(), text));
        rest = after;
    }
    Element { name: name.to_lowercase(), attributes, at }
}

/// What an attribute is given after its name, and what follows.
fn value(after: &str) -> (String, &str) {
    let Some(given) = after.strip_prefix('=') else { return (String::new(), after) };
    let quote = given.chars().next().filter(|sign| ['"', '\''].contains(sign));
    let quote = quote.unwrap_or_else(|| panic!("an attribute without quotation marks: {after}"));
    let (text, rest) = given[1..].split_once(quote).expect("it ends");
    (unescaped(text), rest)
}

fn plain(text: &str) -> String {
    unescaped(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// What templates and pictures escape.
pub fn unescaped(text: &str) -> String {
    let named = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&#34;", "\""),
        ("&#39;", "'"),
    ];
    let text = named.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to));
    text.replace("&#38;", "&").replace("&amp;", "&")
}
