//! The style, the script and the icon: files of ours, in the binary.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::picture;

/// A file, and of what type it is.
struct Asset {
    name: &'static str,
    content_type: &'static str,
    text: &'static [&'static str],
}

const ASSETS: [Asset; 3] = [
    Asset {
        name: "console.css",
        content_type: "text/css; charset=utf-8",
        text: &[include_str!("assets/console.css"), picture::STYLE],
    },
    Asset {
        name: "console.js",
        content_type: "text/javascript; charset=utf-8",
        text: &[include_str!("assets/console.js")],
    },
    Asset { name: "icon.svg", content_type: "image/svg+xml", text: &[include_str!("assets/icon.svg")] },
];

/// What the files are called where they are served. The names tell what is in them, so that a file can be kept for ever
/// and an update is seen at once.
static NAMES: LazyLock<[String; 3]> = LazyLock::new(|| {
    ASSETS.each_ref().map(|Asset { name, text, .. }| {
        let mut digest = Sha256::new();
        text.iter().for_each(|text| digest.update(text));
        format!("{}-{name}", BASE64_URL_SAFE_NO_PAD.encode(&digest.finalize()[..9]))
    })
});

/// Where the style, the script and the icon are.
pub(super) fn addresses() -> [String; 3] {
    NAMES.each_ref().map(|name| format!("/console/assets/{name}"))
}

pub(super) async fn read(Path(name): Path<String>) -> Response {
    let Some((_, asset)) = NAMES.iter().zip(&ASSETS).find(|(known, _)| **known == name) else {
        return (StatusCode::NOT_FOUND, "There is no such file; the page that names it is an old one.")
            .into_response();
    };
    let headers =
        [(CONTENT_TYPE, asset.content_type), (CACHE_CONTROL, "public, max-age=31536000, immutable")];
    (headers, asset.text.concat()).into_response()
}
