//! The data folder: what lies in it, the mark of a beginning that is not finished, and the lock of
//! the one process that serves it. It must not read keys or the database.

use crate::{
    error::{Error, Result},
    people::keys::HOUSE,
    private::{self, Kind, quote, unusable},
};
use std::{
    fs::{self, DirEntry, File, TryLockError},
    io::ErrorKind,
    path::{Path, PathBuf},
};

const DATABASE: &str = "roost.db";
/// What SQLite keeps beside a database, by the end of its name.
const BESIDE: [&str; 4] = ["", "-wal", "-shm", "-journal"];
const KEYS: &str = "keys";
const LOCK: &str = "roost.lock";
/// Lies in the folder from before the first key is made until all is on disk.
const MARK: &str = "roost.beginning";
const MARK_TEXT: &str = "This Roost is being made. If that was interrupted, the next start \
                         finishes it: leave this file alone.\n";

/// A data folder, by its absolute path.
pub struct Folder(PathBuf);

/// What a data folder holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holds {
    /// A beginning that is not finished.
    pub mark: bool,
    /// The house key, which is made first.
    pub keys: bool,
    /// The database itself.
    pub database: bool,
    /// Any key, the database, or what SQLite keeps beside one.
    pub remains: bool,
}

impl Folder {
    /// The folder at this path, which need not be there yet.
    ///
    /// # Errors
    /// `Error::Config` for an empty path.
    pub fn at(path: &Path) -> Result<Folder> {
        let absolute = std::path::absolute(path);
        absolute.map(Folder).map_err(|error| Error::Config(format!("store.data: {error}")))
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    pub fn database(&self) -> PathBuf {
        self.0.join(DATABASE)
    }

    pub fn keys(&self) -> PathBuf {
        self.0.join(KEYS)
    }

    fn mark(&self) -> PathBuf {
        self.0.join(MARK)
    }

    /// The command that begins a Roost here.
    pub fn begin_command(&self) -> String {
        format!("roost begin --data {}", quote(&self.0))
    }

    /// Looks at what is here. Changes nothing.
    ///
    /// # Errors
    /// `Error::Config` when the folder is none, or may not be read.
    pub fn holds(&self) -> Result<Holds> {
        let mut holds = Holds::default();
        for name in names(&self.0)? {
            holds.mark |= name == MARK;
            holds.database |= name == DATABASE;
            holds.remains |= BESIDE.iter().any(|end| name == format!("{DATABASE}{end}"));
        }
        for name in names(&self.keys())? {
            holds.keys |= name == HOUSE;
            holds.remains |= name.ends_with(".key");
        }
        Ok(holds)
    }

    /// Whether nothing at all is here.
    ///
    /// # Errors
    /// As of [`Folder::holds`].
    pub fn is_bare(&self) -> Result<bool> {
        Ok(names(&self.0)?.is_empty())
    }

    /// Refuses a folder in which others can read or write: itself, the keys, and all whose name
    /// begins with `roost.`, copies of the database among them.
    ///
    /// # Errors
    /// As of [`private::check`].
    pub fn check_private(&self) -> Result<()> {
        let keys = self.keys();
        let mut all = vec![(self.0.clone(), Kind::Folder), (keys.clone(), Kind::Folder)];
        let own = names(&self.0)?.into_iter().filter(|name| name.starts_with("roost."));
        all.extend(own.map(|name| (self.0.join(name), Kind::File)));
        let inside = names(&keys)?.into_iter().filter(|name| name.contains(".key"));
        all.extend(inside.map(|name| (keys.join(name), Kind::File)));
        private::check(&all)
    }

    /// Makes the folder, if it is not there.
    ///
    /// # Errors
    /// `Error::Config` when it cannot be made.
    pub fn make(&self) -> Result<()> {
        private::make_folder(&self.0).map_err(|error| unusable(&self.0, &error))
    }

    /// Makes an empty file for the database, if there is none. SQLite gives what it keeps beside
    /// it the same mode.
    ///
    /// # Errors
    /// `Error::Config` when it cannot be made.
    pub fn make_database(&self) -> Result<()> {
        let file = self.database();
        match private::create(&file) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(unusable(&file, &error)),
            _ => Ok(()),
        }
    }

    /// Leaves the mark of a beginning, on disk before anything else is.
    ///
    /// # Errors
    /// `Error::Config` when it cannot be made.
    pub fn leave_mark(&self) -> Result<()> {
        let mark = self.mark();
        private::write(&mark, MARK_TEXT).map_err(|error| unusable(&mark, &error))
    }

    /// Takes the mark away, once everything else is on disk.
    ///
    /// # Errors
    /// `Error::Config` when the disk refuses.
    pub fn take_mark(&self) -> Result<()> {
        let taken = private::sync_folder(&self.0)
            .and_then(|()| fs::remove_file(self.mark()))
            .and_then(|()| private::sync_folder(&self.0));
        taken.map_err(|error| unusable(&self.mark(), &error))
    }

    /// One process serves a data folder. The lock goes with the process, however it ends.
    ///
    /// # Errors
    /// `Error::Config` when another process has it.
    pub fn lock(&self) -> Result<File> {
        let path = self.0.join(LOCK);
        let file = match private::create(&path) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                File::options().write(true).open(&path)
            }
            made => made,
        };
        let file = file.map_err(|error| unusable(&path, &error))?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => Err(Error::Config(format!(
                "{}: another Roost serves this data folder; stop it first, or give this one its \
                 own",
                path.display()
            ))),
            Err(TryLockError::Error(error)) => Err(unusable(&path, &error)),
        }
    }
}

/// The names in a folder; none when it is not there.
fn names(folder: &Path) -> Result<Vec<String>> {
    let name = |entry: DirEntry| entry.file_name().to_string_lossy().into_owned();
    match fs::read_dir(folder) {
        Ok(all) => all
            .map(|entry| entry.map(name))
            .collect::<Result<_, _>>()
            .map_err(|error| unusable(folder, &error)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(unusable(folder, &error)),
    }
}
