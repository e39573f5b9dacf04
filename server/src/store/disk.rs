//! Whether the disk under the database has room: tried, not asked. A file system says how much is
//! free only by an unsafe call, and a quota says nothing at all.

use std::{
    fs::{self, File},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

/// What must be free, bytes. Readiness writes one small row over and over, in a place that it has
/// already: that goes well for long after the last draft was refused. This is room for eight of the
/// largest drafts, which go into the write-ahead log and from there into the database.
const ROOM_BYTES: usize = 1024 * 1024;
static PART: [u8; 64 * 1024] = [0; 64 * 1024];

/// The disk under a database. Cheap to clone.
#[derive(Clone)]
pub(super) struct Disk {
    /// Never kept: it is there only while it is tried.
    file: PathBuf,
    full: Arc<AtomicBool>,
}

impl Disk {
    pub(super) fn beside(database: &Path) -> Disk {
        Disk { file: database.with_extension("room"), full: Arc::default() }
    }

    /// Whether [`ROOM_BYTES`] could be written now. Each turn, for the worse or the better, is told
    /// once.
    pub(super) async fn has_room(&self) -> bool {
        let file = self.file.clone();
        // Nobody waits for these bytes to reach the disk: the file is gone before they would.
        let tried = tokio::task::spawn_blocking(move || take_room(&file)).await;
        let tried = tried.unwrap_or_else(|stopped| Err(stopped.into()));
        match (self.full.swap(tried.is_err(), Ordering::Relaxed), tried) {
            (false, Err(error)) => {
                tracing::error!(
                    needed.bytes = ROOM_BYTES,
                    %error,
                    "the disk does not take a megabyte more: not ready"
                );
                false
            }
            (true, Err(_)) => false,
            (true, Ok(())) => {
                tracing::info!("the disk has room again");
                true
            }
            (false, Ok(())) => true,
        }
    }
}

fn take_room(path: &Path) -> io::Result<()> {
    let tried = write_room(path);
    tried.and(fs::remove_file(path))
}

fn write_room(path: &Path) -> io::Result<()> {
    let mut options = File::options();
    let mut file = options.create(true).truncate(true).write(true).mode(0o600).open(path)?;
    (0..ROOM_BYTES / PART.len()).try_for_each(|_| file.write_all(&PART))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn room_is_tried_and_nothing_is_left() {
        let folder = std::env::temp_dir().join(format!("roost-disk-{}", std::process::id()));
        let disk = Disk::beside(&folder.join("roost.db"));
        assert!(!disk.has_room().await, "there is no such folder");
        assert!(!disk.has_room().await, "nor is there now");
        fs::create_dir(&folder).unwrap();
        assert!(disk.has_room().await);
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
        fs::remove_dir(&folder).unwrap();
    }
}
