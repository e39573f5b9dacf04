//! Whose database it is: it names the house it belongs to by the fingerprint of that house's keys.
//! It is looked at before it is used, and what is refused here was neither made nor changed.

use super::{Backend, Conn, MIGRATIONS, meta, unusable};
use crate::error::{Error, Result};
use sqlx::{
    Connection,
    migrate::{AppliedMigration, Migrate},
};
use std::{
    borrow::Cow,
    fs,
    path::{Path, PathBuf},
};

const SQLITE_TABLES: &str =
    "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN ('meta', 'services')";
const POSTGRES_TABLES: &str = "SELECT count(*) FROM information_schema.tables \
     WHERE table_schema = current_schema() AND table_name IN ('meta', 'services')";
const TABLES: i64 = 2;
/// SQLITE_CORRUPT and SQLITE_NOTADB.
const DAMAGE: [&str; 2] = ["11", "26"];

/// Who opens a database, and what an operator can do when it is another's.
pub struct Claim {
    /// The fingerprint of the house's keys.
    pub house: String,
    /// The house begins, and its database with it.
    pub is_new: bool,
    /// How to go on after a refusal, in whole sentences.
    pub way_on: String,
}

/// What a database says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Found {
    /// It has not the tables of a Roost.
    Bare,
    /// It cannot be read as a database.
    Damaged,
    /// A build changed it that this one does not know; the number is of its first migration.
    OtherBuild(i64),
    /// It names no house, and nobody is in it.
    Nobodys,
    /// It names no house, and people are in it: it is older than these names.
    Unnamed,
    /// It names a house.
    Named(String),
}

/// What is done with a database that is not refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    /// It is used as it is.
    Use,
    /// It is new, and gets its house's name.
    Name,
    /// It is older than these names, and gets one.
    Adopt,
}

/// What is wrong with a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unfit {
    /// It belongs to another house.
    Foreign,
    Bare,
    Damaged,
    Nobodys,
    /// A house cannot begin with it.
    Inhabited,
    OtherBuild(i64),
}

impl Unfit {
    /// The reason, and how to go on.
    fn words(self, database: &str, claim: &Claim) -> String {
        let what = match self {
            Unfit::Foreign => "belongs to other keys than those beside it",
            Unfit::Bare => "is empty or not of Roost, and the keys beside it are not new",
            Unfit::Damaged => "is damaged, or not a database",
            Unfit::Nobodys => "is new and holds nobody, and the keys beside it are not new",
            Unfit::Inhabited => "holds people already, and the keys beside it are new",
            Unfit::OtherBuild(version) => {
                return format!(
                    "{database} was changed by a build of Roost that this one does not know \
                     (migration {version}): start that build"
                );
            }
        };
        format!("{database} {what}. {}", claim.way_on)
    }
}

/// Whether this house may use what was found.
fn judge(found: &Found, house: &str, is_new: bool) -> Result<Act, Unfit> {
    match found {
        Found::Named(name) if name == house => Ok(Act::Use),
        Found::Named(_) => Err(Unfit::Foreign),
        Found::OtherBuild(version) => Err(Unfit::OtherBuild(*version)),
        Found::Damaged => Err(Unfit::Damaged),
        Found::Bare | Found::Nobodys if is_new => Ok(Act::Name),
        Found::Bare => Err(Unfit::Bare),
        Found::Nobodys => Err(Unfit::Nobodys),
        Found::Unnamed if is_new => Err(Unfit::Inhabited),
        Found::Unnamed => Ok(Act::Adopt),
    }
}

fn fitting(found: &Found, name: &str, claim: &Claim) -> Result<Act> {
    let unfit = |unfit: Unfit| Error::Config(unfit.words(name, claim));
    judge(found, &claim.house, claim.is_new).map_err(unfit)
}

/// Whether the claimant may use the SQLite database in this file. Only looks.
///
/// # Errors
/// `Error::Config` when not, or when the file cannot be read.
pub async fn check_sqlite(file: &Path, claim: &Claim) -> Result<()> {
    examine_sqlite(file, claim).await.map(|_| ())
}

pub(super) async fn examine_sqlite(file: &Path, claim: &Claim) -> Result<Act> {
    let bytes = fs::metadata(file).map_err(unusable)?.len();
    // Reading would make a log where none is, and a file of no bytes would cost the log beside it.
    let url = match (bytes, beside(file, "-wal").exists()) {
        (0, _) => None,
        (_, false) => Some(sqlite_url(file, "immutable=1")?),
        (_, true) => Some(sqlite_url(file, "mode=ro")?),
    };
    let name = file.display().to_string();
    examine(url.as_deref(), Backend::Sqlite, &name, claim).await
}

/// The same for a database by its address: `None` stands for a file of no bytes.
pub(super) async fn examine(
    url: Option<&str>,
    backend: Backend,
    name: &str,
    claim: &Claim,
) -> Result<Act> {
    sqlx::any::install_default_drivers();
    let found = match url {
        Some(url) => {
            let mut conn = Conn::connect(url).await.map_err(unusable)?;
            let found = look(&mut conn, backend).await;
            conn.close().await.map_err(unusable)?;
            found.map_err(unusable)?
        }
        None => Found::Bare,
    };
    fitting(&found, name, claim)
}

/// What SQLite keeps beside a database, by the end of its name.
fn beside(file: &Path, end: &str) -> PathBuf {
    let mut path = file.as_os_str().to_owned();
    path.push(end);
    path.into()
}

pub(super) fn sqlite_url(file: &Path, how: &str) -> Result<String> {
    let path = fs::canonicalize(file).map_err(unusable)?;
    let url = url::Url::from_file_path(&path)
        .map_err(|()| Error::Config(format!("{} cannot be a database", path.display())))?;
    Ok(format!("sqlite://{}?{how}", url.path()))
}

async fn look(conn: &mut Conn, backend: Backend) -> Result<Found> {
    let tables = match backend {
        Backend::Sqlite => SQLITE_TABLES,
        Backend::Postgres => POSTGRES_TABLES,
    };
    let tables = sqlx::query_scalar(tables).fetch_one(&mut *conn).await;
    let is_damage = |code: Cow<'_, str>| DAMAGE.contains(&code.as_ref());
    let tables: i64 = match tables {
        Err(sqlx::Error::Database(error)) if error.code().is_some_and(is_damage) => {
            return Ok(Found::Damaged);
        }
        tables => tables?,
    };
    if tables < TABLES {
        return Ok(Found::Bare);
    }
    let applied = conn.list_applied_migrations(&MIGRATIONS.table_name).await;
    let applied = applied.map_err(|error| Error::internal("reading the migrations", error))?;
    let is_known = |one: &AppliedMigration| {
        let mut own = MIGRATIONS.iter();
        own.any(|own| own.version == one.version && own.checksum == one.checksum)
    };
    if let Some(one) = applied.iter().find(|one| !is_known(one)) {
        return Ok(Found::OtherBuild(one.version));
    }
    if let Some(name) = meta::house(conn).await? {
        return Ok(Found::Named(name));
    }
    Ok(if meta::is_inhabited(conn).await? { Found::Unnamed } else { Found::Nobodys })
}

/// Gives a migrated database its house's name. Who comes second finds one there.
pub(super) async fn write(act: Act, conn: &mut Conn, name: &str, claim: &Claim) -> Result<()> {
    let house = meta::name_house(conn, &claim.house).await?;
    if act == Act::Adopt {
        tracing::warn!("the database did not name its house yet: now it is bound to these keys");
    }
    fitting(&Found::Named(house), name, claim).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_house_uses_its_own_database_and_no_other() {
        let named = |name: &str| Found::Named(name.to_owned());
        for (found, opened, begun) in [
            (named("ours"), Some(Act::Use), Some(Act::Use)),
            (named("theirs"), None, None),
            (Found::OtherBuild(9), None, None),
            (Found::Damaged, None, None),
            (Found::Bare, None, Some(Act::Name)),
            (Found::Nobodys, None, Some(Act::Name)),
            (Found::Unnamed, Some(Act::Adopt), None),
        ] {
            assert_eq!(judge(&found, "ours", false).ok(), opened, "{found:?}");
            assert_eq!(judge(&found, "ours", true).ok(), begun, "{found:?}");
        }
    }
}
