//! Files and folders that are ours alone: made so whatever the umask, and refused when they are
//! not. It must not know what they hold.

use crate::error::{Error, Result};
use std::{
    fs::{self, DirBuilder, File},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

/// The modes in which folders and files are made.
const FOLDER: u32 = 0o700;
const FILE: u32 = 0o600;
/// What a mode may not hold: any right of the group or of others.
const OF_OTHERS: u32 = 0o077;
/// The user who may use what belongs to somebody else: containers often run as root.
const ROOT: u32 = 0;

/// What must be ours alone, and what it must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Folder,
    File,
}

/// Makes a folder that is not there, with those above it, and sees it onto the disk.
///
/// # Errors
/// Whatever the system said.
pub fn make_folder(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    DirBuilder::new().recursive(true).mode(FOLDER).create(path)?;
    fs::set_permissions(path, fs::Permissions::from_mode(FOLDER))?;
    path.parent().map_or(Ok(()), sync_folder)
}

/// Makes an empty file that is not there yet.
///
/// # Errors
/// Whatever the system said, also that there is one.
pub fn create(path: &Path) -> io::Result<File> {
    let file = File::options().write(true).create_new(true).mode(FILE).open(path)?;
    file.set_permissions(fs::Permissions::from_mode(FILE))?;
    Ok(file)
}

/// Writes a file whole or not at all: beside, onto the disk, and then to its name.
///
/// # Errors
/// Whatever the system said.
pub fn write(path: &Path, text: &str) -> io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let beside = PathBuf::from(beside);
    // One may be left of a process that was killed here.
    match fs::remove_file(&beside) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = create(&beside)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&beside, path)?;
    path.parent().map_or(Ok(()), sync_folder)
}

/// Sees the names in a folder onto the disk.
///
/// # Errors
/// Whatever the system said.
pub fn sync_folder(path: &Path) -> io::Result<()> {
    let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    File::open(path)?.sync_all()
}

/// Refuses what is not ours alone, with the command that mends it. What is not there is no matter.
///
/// # Errors
/// `Error::Config` for a link, for what belongs to another user, and for what others can read or
/// write.
pub fn check(all: &[(PathBuf, Kind)]) -> Result<()> {
    let me = fs::metadata("/proc/self").ok().map(|process| process.uid());
    let mut seen = Vec::new();
    for (path, kind) in all {
        // A folder may be a link to one; what lies in it may not lead elsewhere.
        let found = match kind {
            Kind::Folder => fs::metadata(path),
            Kind::File => fs::symlink_metadata(path),
        };
        let found = match found {
            // SQLite takes away what it kept beside the database when nobody uses it any more.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            found => found.map_err(|error| unusable(path, &error))?,
        };
        let fits = match kind {
            Kind::Folder => found.is_dir(),
            Kind::File => found.is_file(),
        };
        let (mode, owner) = (found.mode(), found.uid());
        seen.push(Seen { path, kind: *kind, fits, mode, owner });
    }
    judge(&seen, me).map_or(Ok(()), |reason| Err(Error::Config(reason)))
}

/// One file or folder as it was found.
struct Seen<'a> {
    path: &'a Path,
    kind: Kind,
    fits: bool,
    mode: u32,
    owner: u32,
}

/// Why these are not for the user `me` alone; `None` when they are. Who `me` is can be unknown.
fn judge(seen: &[Seen<'_>], me: Option<u32>) -> Option<String> {
    if let Some(one) = seen.iter().find(|one| !one.fits) {
        let path = one.path.display();
        return Some(match one.kind {
            Kind::Folder => format!("{path} is not a folder"),
            Kind::File => format!("{path} is a link or no file; put the file itself there"),
        });
    }
    let foreign = |one: &&Seen<'_>| me.is_some_and(|me| me != ROOT && me != one.owner);
    if let (Some(one), Some(me)) = (seen.iter().find(foreign), me) {
        let (path, owner) = (one.path.display(), one.owner);
        return Some(format!(
            "{path} belongs to user {owner}, and this process is user {me}: run it as user \
             {owner}, or give the file away with: chown {me} {}",
            quote(one.path)
        ));
    }
    let open: Vec<_> = seen.iter().filter(|one| one.mode & OF_OTHERS != 0).collect();
    let first = open.first()?;
    let mend = |kind: Kind, mode: u32| {
        let paths = open.iter().filter(|one| one.kind == kind).map(|one| quote(one.path));
        let paths = paths.collect::<Vec<_>>().join(" ");
        (!paths.is_empty()).then(|| format!("chmod {mode:o} {paths}"))
    };
    let commands = [mend(Kind::Folder, FOLDER), mend(Kind::File, FILE)].into_iter().flatten();
    Some(format!(
        "{} is open to others (mode {:04o}); keep it to its owner with: {}",
        first.path.display(),
        first.mode & 0o7777,
        commands.collect::<Vec<_>>().join(" && ")
    ))
}

/// A path as a shell takes it for one word.
pub fn quote(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+=:,@%".contains(c);
    match text.chars().all(plain) && !text.is_empty() && !text.starts_with('-') {
        true => text,
        false if text.starts_with('-') => quote(&Path::new(".").join(path)),
        false => format!("'{}'", text.replace('\'', r"'\''")),
    }
}

/// Why a file or folder is of no use.
pub fn unusable(path: &Path, error: &io::Error) -> Error {
    Error::Config(format!("{} cannot be used: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(path: &str, kind: Kind, mode: u32, owner: u32) -> Seen<'_> {
        Seen { path: Path::new(path), kind, fits: true, mode, owner }
    }

    #[test]
    fn what_is_open_to_others_is_refused_with_what_mends_it() {
        let (folder, file) = (Kind::Folder, Kind::File);
        let all = [
            seen("/d", folder, 0o40755, 7),
            seen("/d/roost.db", file, 0o100_644, 7),
            seen("/d/it's", file, 0o100_620, 7),
            seen("/d/k", file, 0o100_600, 7),
        ];
        let reason = judge(&all, Some(7)).unwrap();
        assert!(reason.starts_with("/d is open to others (mode 0755)"), "{reason}");
        let command = r"chmod 700 /d && chmod 600 /d/roost.db '/d/it'\''s'";
        assert!(reason.ends_with(command), "{reason}");
        for mode in [0o600, 0o400, 0o700] {
            assert_eq!(judge(&[seen("/f", file, mode, 7)], Some(7)), None, "{mode:o}");
        }
        for mode in [0o601, 0o602, 0o604, 0o610, 0o620, 0o640, 0o777] {
            assert!(judge(&[seen("/f", file, mode, 7)], Some(7)).is_some(), "{mode:o}");
        }
    }

    #[test]
    fn what_belongs_to_another_user_is_refused_but_for_root() {
        let file = |owner| [seen("/f", Kind::File, 0o600, owner)];
        for (owner, me, fine) in [
            (7, Some(7), true),
            (7, Some(8), false),
            (0, Some(7), false),
            (7, Some(0), true),
            (7, None, true),
        ] {
            assert_eq!(judge(&file(owner), me).is_none(), fine, "{owner} {me:?}");
        }
        let reason = judge(&file(7), Some(8)).unwrap();
        assert!(reason.ends_with("chown 8 /f"), "{reason}");
    }

    #[test]
    fn paths_are_one_word_of_a_shell() {
        for (path, word) in [
            ("/srv/roost-1", "/srv/roost-1"),
            ("/srv/my roost", "'/srv/my roost'"),
            ("/srv/$HOME", "'/srv/$HOME'"),
            ("-rf", "./-rf"),
            ("", "''"),
        ] {
            assert_eq!(quote(Path::new(path)), word);
        }
    }
}
