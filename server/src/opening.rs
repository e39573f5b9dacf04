//! How a Roost begins, and how it is opened: which keys and which database may be used together.
//! It begins only on purpose; opening one never makes what is missing, because a disk that is not
//! mounted looks like an empty folder.

use crate::{
    error::{Error, Result},
    folder::{Folder, Holds},
    people::keys::Keys,
    private::quote,
    store::{Claim, Db, check_sqlite},
};
use std::{fs::File, path::Path, sync::Arc};

/// What a house stands on.
pub struct Opened {
    pub db: Db,
    pub keys: Arc<Keys>,
    /// Held by who alone may serve the folder.
    pub lock: Option<File>,
}

/// What is to be done with a data folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    /// Make what is missing: nothing was there, or a beginning was interrupted.
    Begin,
    /// Use the keys and the database that are there.
    Use,
    Refuse(Wrong),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wrong {
    Nothing,
    NoDatabase,
    NoKeys,
    /// There is something already where a Roost should begin.
    Taken,
}

/// What is done with a folder that holds this, by who begins a Roost there or opens one.
fn next(holds: &Holds, begins: bool) -> Next {
    let Holds { mark, keys, database, remains } = *holds;
    match (begins, keys, database) {
        // The house key is made before the database: without it, this one is of no beginning.
        (_, false, true) if mark => Next::Refuse(Wrong::NoKeys),
        _ if mark => Next::Begin,
        (true, false, false) if !remains => Next::Begin,
        (true, ..) => Next::Refuse(Wrong::Taken),
        (false, true, true) => Next::Use,
        (false, true, false) => Next::Refuse(Wrong::NoDatabase),
        (false, false, _) if remains => Next::Refuse(Wrong::NoKeys),
        (false, false, _) => Next::Refuse(Wrong::Nothing),
    }
}

/// Begins a Roost in a folder that holds none, and opens it.
///
/// # Errors
/// `Error::Config` when the folder holds keys or a database, or cannot be used.
pub async fn begin(data: &Path) -> Result<Opened> {
    let folder = Folder::at(data)?;
    plan(&folder, true)?;
    folder.make()?;
    folder.check_private()?;
    let lock = folder.lock()?;
    // Whoever had the lock may just have begun one here.
    plan(&folder, true)?;
    folder.leave_mark()?;
    finish(&folder, lock).await
}

/// Opens the Roost in a folder: alone, or beside who serves it. Only a beginning that was
/// interrupted is finished first.
///
/// # Errors
/// `Error::Config` when there is none, or its parts do not belong together or cannot be used.
pub async fn open(data: &Path, alone: bool) -> Result<Opened> {
    let folder = Folder::at(data)?;
    let unfinished = plan(&folder, false)? == Next::Begin;
    folder.check_private()?;
    let lock = if alone || unfinished { Some(folder.lock()?) } else { None };
    match lock {
        Some(lock) if plan(&folder, false)? == Next::Begin => finish(&folder, lock).await,
        lock => {
            let keys = Keys::load(&folder.keys())?;
            let db = Db::sqlite(&folder.database(), &claim(&folder, &keys, false)).await?;
            Ok(Opened { db, keys: Arc::new(keys), lock })
        }
    }
}

/// Says why [`open`] would refuse a folder. Only looks.
///
/// # Errors
/// As of [`open`].
pub async fn check(data: &Path) -> Result<()> {
    let folder = Folder::at(data)?;
    let next = plan(&folder, false)?;
    folder.check_private()?;
    if next == Next::Begin {
        return Ok(());
    }
    let keys = Keys::load(&folder.keys())?;
    check_sqlite(&folder.database(), &claim(&folder, &keys, false)).await
}

/// Makes what is missing of a new Roost. Killed anywhere in here, it is finished by the next start:
/// keys first, then the database that names them, and the mark goes when all is on disk.
async fn finish(folder: &Folder, lock: File) -> Result<Opened> {
    Keys::make(&folder.keys())?;
    let keys = Keys::load(&folder.keys())?;
    folder.make_database()?;
    let db = Db::sqlite(&folder.database(), &claim(folder, &keys, true)).await?;
    folder.take_mark()?;
    Ok(Opened { db, keys: Arc::new(keys), lock: Some(lock) })
}

fn plan(folder: &Folder, begins: bool) -> Result<Next> {
    match next(&folder.holds()?, begins) {
        Next::Refuse(wrong) => Err(Error::Config(words(folder, wrong))),
        next => Ok(next),
    }
}

fn words(folder: &Folder, wrong: Wrong) -> String {
    let at = folder.path().display();
    let what = match wrong {
        Wrong::Nothing => {
            let begin = folder.begin_command();
            return format!(
                "there is no Roost in {at}. Is its disk mounted? To restore one, put its \
                 database and keys there. To begin a new one: {begin}"
            );
        }
        Wrong::NoDatabase => format!("the database {} is missing", folder.database().display()),
        Wrong::NoKeys => format!("the keys in {} are missing", folder.keys().display()),
        Wrong::Taken => {
            let anew = anew(folder);
            return format!("{at} holds keys or a database already: none is overwritten. {anew}");
        }
    };
    format!("{what}. {}", way_on(folder))
}

/// What an operator can do when keys and database do not belong together.
fn way_on(folder: &Folder) -> String {
    let anew = anew(folder);
    format!("Is its disk mounted? Restore keys and database from one backup. {anew}")
}

fn anew(folder: &Folder) -> String {
    let (database, keys) = (quote(&folder.database()), quote(&folder.keys()));
    let begin = folder.begin_command();
    format!("To begin anew instead, move {database}* and {keys} elsewhere, then: {begin}")
}

fn claim(folder: &Folder, keys: &Keys, is_new: bool) -> Claim {
    Claim { house: keys.fingerprint(), is_new, way_on: way_on(folder) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_begun_finished_used_or_refused() {
        let refuse = Next::Refuse;
        for ((mark, keys, database, remains), opened, begun) in [
            ((false, false, false, false), refuse(Wrong::Nothing), Next::Begin),
            ((false, true, false, false), refuse(Wrong::NoDatabase), refuse(Wrong::Taken)),
            ((false, true, false, true), refuse(Wrong::NoDatabase), refuse(Wrong::Taken)),
            ((false, false, true, true), refuse(Wrong::NoKeys), refuse(Wrong::Taken)),
            ((false, false, false, true), refuse(Wrong::NoKeys), refuse(Wrong::Taken)),
            ((false, true, true, true), Next::Use, refuse(Wrong::Taken)),
            ((true, false, false, false), Next::Begin, Next::Begin),
            ((true, true, false, false), Next::Begin, Next::Begin),
            ((true, true, true, true), Next::Begin, Next::Begin),
            ((true, false, true, true), refuse(Wrong::NoKeys), refuse(Wrong::NoKeys)),
        ] {
            let holds = Holds { mark, keys, database, remains };
            assert_eq!(next(&holds, false), opened, "{holds:?}");
            assert_eq!(next(&holds, true), begun, "{holds:?}");
        }
    }
}
