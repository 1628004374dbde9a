//! A file that is there whole or not at all: it is written elsewhere and renamed, so that nobody ever reads half
//! of it, and what was there before stays if the writing fails.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Writes the file, instead of the one there was.
pub(super) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut aside = path.as_os_str().to_owned();
    aside.push(format!(".{}", std::process::id()));
    let aside = PathBuf::from(aside);
    let written = File::create(&aside)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| std::fs::rename(&aside, path));
    if written.is_err() {
        // The first error is what counts; nothing may be there to remove.
        let _ = std::fs::remove_file(&aside);
    }
    written
}
