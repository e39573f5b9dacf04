//! A folder of a test's own, gone when the test lets go of it.

use std::{
    fs,
    path::{Path, PathBuf},
    process,
    sync::atomic::{AtomicU32, Ordering},
};

static MADE: AtomicU32 = AtomicU32::new(0);

/// A new, empty folder; deleted with all that is in it on drop.
pub struct Folder(PathBuf);

impl Folder {
    /// A folder that nobody else has; `what` is part of its name.
    pub fn new(what: &str) -> Folder {
        let count = MADE.fetch_add(1, Ordering::Relaxed);
        let name = format!("roost-{what}-{}-{count}", process::id());
        let path = std::env::temp_dir().join(name);
        // One may be left of an earlier process that had this number and was killed.
        let _ = fs::remove_dir_all(&path);
        fs::create_dir(&path).expect("the machine has room for temporary files");
        Folder(path)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
