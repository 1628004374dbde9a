//! One process serves a SQLite file, and a lock on a file beside it says so.
//!
//! What the server remembers of the file would be wrong if another one wrote to it, and both would take every
//! step. The lock is the kernel's, so it ends with its process, however that ends. It is on a file of its own
//! because closing a database's file anywhere in a process takes away SQLite's own locks on it.
//!
//! Invariant: whoever holds the lock holds it on the file that has the name now. The holder alone removes the
//! file, so one that finds another file there than it has locked has come just after an end, and looks again.

use std::fs::{File, Metadata, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::store::Error;

/// The lock of a database; it is released when this is dropped.
#[derive(Debug)]
pub(in crate::store) struct FileLock {
    file: File,
    path: PathBuf,
    released: AtomicBool,
}

impl FileLock {
    /// Takes the lock of the database at `path`, or says who has it.
    pub(super) fn take(database: &str) -> Result<Self, Error> {
        let path = beside(Path::new(database));
        let refuse =
            |what: String| Error::Open(format!("cannot open the database sqlite:{database}: {what}"));
        let broken = |error: io::Error| {
            refuse(format!(
                "its lock {} cannot be had ({error}); make its directory writable or name another path",
                path.display()
            ))
        };
        loop {
            let mut options = OpenOptions::new();
            let file = options.create(true).truncate(false).write(true).open(&path).map_err(broken)?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => {
                    return Err(refuse(format!(
                        "another process serves it and holds {}; end that one or name another path",
                        path.display()
                    )));
                }
                Err(TryLockError::Error(error)) => return Err(broken(error)),
            }
            let locked = file.metadata().map_err(broken)?;
            if path.metadata().is_ok_and(|named| is_same(&locked, &named)) {
                return Ok(Self { file, path, released: AtomicBool::new(false) });
            }
        }
    }

    /// Gives it back, once.
    pub(in crate::store) fn release(&self) {
        if self.released.swap(true, Ordering::AcqRel) {
            return;
        }
        // A file that stays locks nobody out, and an end is no time to complain.
        let _ = std::fs::remove_file(&self.path);
        let _ = self.file.unlock();
    }
}

impl Drop for FileLock {
    fn drop(&mut self) {
        self.release();
    }
}

/// The name of the lock: that of the file itself, whatever link leads to it.
fn beside(database: &Path) -> PathBuf {
    let parent = database.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let new = || Some(parent.canonicalize().ok()?.join(database.file_name()?));
    let mut path =
        database.canonicalize().ok().or_else(new).unwrap_or_else(|| database.to_owned()).into_os_string();
    path.push("-lock");
    path.into()
}

fn is_same(one: &Metadata, other: &Metadata) -> bool {
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lock_is_had_once_by_whatever_name_and_leaves_nothing_behind() {
        let dir = tempfile::tempdir().unwrap();
        let (path, link) = (dir.path().join("kept.db"), dir.path().join("link.db"));
        std::fs::write(&path, "").unwrap();
        std::os::unix::fs::symlink(&path, &link).unwrap();
        let (path, link) = (path.to_str().unwrap(), link.to_str().unwrap());
        let held = FileLock::take(path).unwrap();
        for name in [path, link] {
            let told = FileLock::take(name).unwrap_err().to_string();
            let lock = dir.path().canonicalize().unwrap().join("kept.db-lock");
            assert_eq!(
                told,
                format!(
                    "cannot open the database sqlite:{name}: another process serves it and holds {}; end that \
                     one or name another path",
                    lock.display()
                )
            );
        }
        held.release();
        let next = FileLock::take(link).unwrap();
        drop(held);
        assert!(FileLock::take(path).is_err(), "who has given it back takes it from nobody");
        drop(next);
        assert!(!dir.path().join("kept.db-lock").exists());
    }

    #[test]
    fn a_file_that_a_killed_process_left_locks_nobody_out() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("kept.db-lock"), "").unwrap();
        FileLock::take(dir.path().join("kept.db").to_str().unwrap()).unwrap();
    }

    #[test]
    fn those_who_come_and_go_at_once_never_hold_it_together() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("kept.db");
        let (path, holds) = (path.to_str().unwrap(), AtomicBool::new(false));
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..500 {
                        let Ok(held) = FileLock::take(path) else { continue };
                        assert!(!holds.swap(true, Ordering::AcqRel), "two hold it");
                        holds.store(false, Ordering::Release);
                        drop(held);
                    }
                });
            }
        });
    }
}
