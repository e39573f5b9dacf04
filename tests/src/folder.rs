//! A folder of a test's own, gone when the test lets go of it.

use std::{
    collections::BTreeMap,
    fs::{self, DirBuilder},
    io,
    os::unix::fs::{DirBuilderExt, MetadataExt},
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
        private(&path).expect("the machine has room for temporary files");
        Folder(path)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

/// Makes a folder that only its owner may enter, as a data folder must be.
///
/// # Errors
/// Whatever the system said.
pub fn private(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Copies a folder with all that is in it, as private as it is.
///
/// # Panics
/// When the machine has no room.
pub fn copy(from: &Path, to: &Path) {
    private(to).expect("there is room");
    for entry in fs::read_dir(from).expect("a folder is read") {
        let path = entry.expect("a folder is read").path();
        let inside = to.join(path.file_name().expect("an entry has a name"));
        if path.is_dir() {
            copy(&path, &inside);
        } else {
            fs::copy(&path, &inside).expect("there is room");
        }
    }
}

/// Everything in a folder: each path, its mode, and what a file holds.
///
/// # Panics
/// When it cannot be read.
pub fn contents(folder: &Path) -> BTreeMap<PathBuf, (u32, Vec<u8>)> {
    let mut all = BTreeMap::new();
    for entry in fs::read_dir(folder).expect("a folder is read") {
        let path = entry.expect("a folder is read").path();
        let found = fs::symlink_metadata(&path).expect("an entry is there");
        let held = if found.is_file() { fs::read(&path).expect("it is read") } else { Vec::new() };
        if found.is_dir() {
            all.extend(contents(&path));
        }
        all.insert(path, (found.mode(), held));
    }
    all
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
