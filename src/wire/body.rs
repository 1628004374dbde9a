//! The bytes of a request: read up to a limit, and inflated up to another.
//!
//! No limit is believed to be kept: a body is counted as it comes, and an inflated one as it grows.

use std::io::Read;

use axum::body::Body;
use bytes::Bytes;
use flate2::read::MultiGzDecoder;
use http_body_util::{BodyExt, Collected, LengthLimitError, Limited};

use crate::schema::Fault;

/// The largest body taken where the model sets no limit of its own: the control plane's own, and room for a
/// thousand model containers.
pub const MOST_BYTES: usize = 1 << 20;

/// What of a body beyond its limit is still read, and dropped, so that a client that sends first and listens
/// then comes to its answer: ten times the largest payload.
const MOST_DROPPED: usize = 60 << 20;

/// The largest body that a compressed one may become: four times that of one that comes as it is.
const MOST_INFLATED: usize = 4 << 20;

/// How many times its length a compressed body may become. Metrics of one name reach some two hundred, so
/// this counts only beyond what would be taken uncompressed as well.
const MOST_RATIO: usize = 100;

/// Why a body could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unread {
    /// It is larger than that.
    TooLarge(usize),
    /// The connection broke off.
    Incomplete,
}

impl Unread {
    /// The fault that says so.
    pub fn fault(self) -> Fault {
        match self {
            Self::TooLarge(most) => too_large(format!("The request body is larger than {most} bytes.")),
            Self::Incomplete => {
                Fault::new("IncompleteBody", "The request body could not be read to its end.", 400)
            }
        }
    }
}

/// The whole body, if it has at most `most` bytes.
pub async fn read(mut body: Body, most: usize) -> Result<Bytes, Unread> {
    match Limited::new(&mut body, most).collect().await.map(Collected::to_bytes) {
        Ok(bytes) => Ok(bytes),
        Err(error) if error.is::<LengthLimitError>() => {
            let mut dropped = 0;
            while let Some(Ok(frame)) = body.frame().await
                && dropped < MOST_DROPPED
            {
                dropped += frame.data_ref().map_or(0, Bytes::len);
            }
            Err(Unread::TooLarge(most))
        }
        Err(_) => Err(Unread::Incomplete),
    }
}

/// What gzip made `compressed` of.
pub fn inflate(compressed: &[u8]) -> Result<Bytes, Fault> {
    let by_ratio = compressed.len().saturating_mul(MOST_RATIO).max(MOST_BYTES);
    let most = by_ratio.min(MOST_INFLATED);
    let mut inflated = Vec::new();
    // A limited reader ends without complaint, so it is let to one byte more than may come.
    let mut reader = MultiGzDecoder::new(compressed).take(most as u64 + 1);
    if reader.read_to_end(&mut inflated).is_err() {
        let sentence = "The request body is not gzip, which its Content-Encoding says it is.";
        return Err(Fault::serialization(Some(sentence)));
    }
    if inflated.len() <= most {
        return Ok(inflated.into());
    }
    Err(too_large(if most < MOST_INFLATED {
        format!("The request body inflates to more than {MOST_RATIO} times its length.")
    } else {
        format!("The request body inflates to more than {MOST_INFLATED} bytes.")
    }))
}

fn too_large(sentence: String) -> Fault {
    Fault::new("RequestEntityTooLargeException", sentence, 413)
}
