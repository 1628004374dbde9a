//! The style, the script and the icon: files of ours, in the binary.

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

/// Addresses name what a file holds, so that it can be kept for ever and an update is seen at once.
pub(super) fn address(name: &str) -> String {
    format!("/console/assets/{}-{name}", fingerprint(name))
}

fn fingerprint(name: &str) -> String {
    let asset = ASSETS.iter().find(|asset| asset.name == name).expect("every file that is named is listed");
    let mut digest = Sha256::new();
    asset.text.iter().for_each(|text| digest.update(text));
    BASE64_URL_SAFE_NO_PAD.encode(&digest.finalize()[..9])
}

pub(super) async fn read(Path(name): Path<String>) -> Response {
    let Some(asset) =
        ASSETS.iter().find(|asset| name == format!("{}-{}", fingerprint(asset.name), asset.name))
    else {
        return (StatusCode::NOT_FOUND, "There is no such file; the page that names it is an old one.")
            .into_response();
    };
    let headers =
        [(CONTENT_TYPE, asset.content_type), (CACHE_CONTROL, "public, max-age=31536000, immutable")];
    (headers, asset.text.concat()).into_response()
}
