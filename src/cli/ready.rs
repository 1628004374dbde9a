//! `--ready-file`: a file that is there exactly while the server serves.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::{Error, whole_file};

/// The file, until it is dropped.
#[derive(Debug)]
pub(super) struct ReadyFile {
    path: PathBuf,
}

impl ReadyFile {
    /// Removes what a run that was killed has left: it would tell of a server that is not there.
    pub(super) fn clear(path: &Path) {
        forget(path);
    }

    /// Writes one JSON line: where the server is, and which process it is.
    pub(super) fn write(path: PathBuf, url: &str) -> Result<Self, Error> {
        let pid = std::process::id();
        let line = format!("{}\n", json!({ "url": url, "pid": pid }));
        whole_file::write(&path, line.as_bytes()).map_err(|error| {
            Error::Other(format!("cannot write the ready file {}: {error}", path.display()))
        })?;
        Ok(Self { path })
    }
}

impl Drop for ReadyFile {
    fn drop(&mut self) {
        forget(&self.path);
    }
}

/// Removes a file; one that somebody else has removed is as good.
fn forget(path: &Path) {
    if let Err(error) = std::fs::remove_file(path)
        && error.kind() != std::io::ErrorKind::NotFound
    {
        tracing::warn!(path = %path.display(), %error, "cannot remove the file");
    }
}
