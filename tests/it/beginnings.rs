//! A beginning that was interrupted goes on by itself (I5, F01): wherever it was killed, the next
//! start finishes it, and no key that was made is made anew.

use roost_server::{App, Config};
use roost_tests::{
    dice::Dice,
    folder::{self, Folder},
    instance::{roost, run},
    wait,
};
use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

const SOON: Duration = Duration::from_secs(20);
/// Beginnings that are killed at a moment of chance, and the longest that one takes, µs.
const KILLS: u64 = 15;
const LONGEST_US: u64 = 60_000;
const MARK: &str = "roost.beginning";
const HOUSE: &str = "keys/house.key";

/// What is made before the first migration.
const MIGRATIONS: &str = "CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY, \
    description TEXT NOT NULL, installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, \
    success BOOLEAN NOT NULL, checksum BLOB NOT NULL, execution_time BIGINT NOT NULL)";

fn command(data: &Path, arguments: &[&str]) -> Command {
    let mut command = roost();
    command.arg("--data").arg(data).args(arguments).env("ROOST_METRICS__LISTEN", "");
    command
}

fn write(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, Permissions::from_mode(0o600)).unwrap();
}

fn marked(data: &Path) {
    write(&data.join(MARK), "");
}

async fn change(data: &Path, statement: &'static str) {
    let options = SqliteConnectOptions::new().filename(data.join("roost.db"));
    let mut conn = SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::raw_sql(statement).execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
}

/// It is whole, with the house key that was there if there was one.
fn assert_whole(data: &Path, key: Option<&[u8]>, what: &str) {
    assert!(!data.join(MARK).exists(), "{what}: the mark is gone");
    if let Some(key) = key {
        assert!(fs::read(data.join(HOUSE)).unwrap() == key, "{what}: a key was made anew");
    }
    let (status, said) = run(&mut command(data, &["check"]), SOON);
    assert!(status.success(), "{what}: {said}");
    let (status, said) = run(&mut command(data, &["admin", "add-service", "Riverbank"]), SOON);
    assert!(status.success(), "{what}: {said}");
}

/// How far the database is in an unfinished state.
#[derive(Clone, Copy)]
enum Database {
    Missing,
    NoBytes,
    NoMigration,
    Nameless,
    Whole,
}

const BOTH: &[&str] = &["house.key", "access-a1.key"];

/// What a beginning passes through, in its order, once its mark lies there: the files of the keys,
/// a half-written one ends with `.new`; and the database.
const STATES: [(&[&str], Database); 9] = [
    (&[], Database::Missing),
    (&["house.key.new"], Database::Missing),
    (&["house.key"], Database::Missing),
    (&["house.key", "access-a1.key.new"], Database::Missing),
    (BOTH, Database::Missing),
    (BOTH, Database::NoBytes),
    (BOTH, Database::NoMigration),
    (BOTH, Database::Nameless),
    (BOTH, Database::Whole),
];

/// Makes an unfinished state out of a finished one.
async fn make(whole: &Path, data: &Path, (keys, database): (&[&str], Database)) {
    folder::private(&data.join("keys")).unwrap();
    marked(data);
    for name in keys {
        let path = data.join("keys").join(name);
        match name.ends_with(".new") {
            true => write(&path, "half"),
            false => {
                fs::copy(whole.join("keys").join(name), &path).unwrap();
            }
        }
    }
    let file = data.join("roost.db");
    match database {
        Database::Missing => {}
        Database::NoBytes | Database::NoMigration => write(&file, ""),
        Database::Nameless | Database::Whole => {
            fs::copy(whole.join("roost.db"), &file).unwrap();
        }
    }
    match database {
        Database::NoMigration => change(data, MIGRATIONS).await,
        Database::Nameless => change(data, "DELETE FROM meta WHERE name = 'house'").await,
        _ => {}
    }
}

#[tokio::test]
async fn every_unfinished_state_is_finished_by_the_next_start() {
    let (whole, place) = (Folder::new("whole"), Folder::new("states"));
    App::begin(Config::in_folder(whole.path())).await.unwrap().close().await;
    for (n, state) in STATES.into_iter().enumerate() {
        for arguments in [&["begin"][..], &["admin", "list"]] {
            let what = format!("state {n}, then {arguments:?}");
            let data = place.path().join(&what);
            make(whole.path(), &data, state).await;
            let key = fs::read(data.join(HOUSE)).ok();
            let (status, said) = run(&mut command(&data, &["check"]), SOON);
            assert!(status.success(), "{what}: it will be finished, so it may start: {said}");
            assert!(data.join(MARK).exists(), "{what}: checking finishes nothing");
            let (status, said) = run(&mut command(&data, arguments), SOON);
            assert!(status.success(), "{what}: {said}");
            assert_whole(&data, key.as_deref(), &what);
        }
    }
}

#[test]
fn before_its_mark_lies_there_nothing_has_begun() {
    let folder = Folder::new("markless");
    write(&folder.path().join("roost.beginning.new"), "half");
    let (status, said) = run(&mut command(folder.path(), &["admin", "list"]), SOON);
    assert!(status.code() == Some(78) && said.contains("there is no Roost in"), "{said}");
    let (status, said) = run(&mut command(folder.path(), &["begin"]), SOON);
    assert!(status.success(), "{said}");
    assert_whole(folder.path(), None, "half a mark");
}

#[tokio::test]
async fn a_mark_makes_no_key_beside_a_database_that_has_one() {
    let folder = Folder::new("marked");
    App::begin(Config::in_folder(folder.path())).await.unwrap().close().await;
    marked(folder.path());
    fs::remove_file(folder.path().join(HOUSE)).unwrap();
    for arguments in [&["begin"][..], &["serve", "--port", "0"], &["admin", "list"]] {
        let (status, said) = run(&mut command(folder.path(), arguments), SOON);
        assert_eq!(status.code(), Some(78), "{said}");
        assert!(said.contains("the keys in"), "{said}");
        assert!(!folder.path().join(HOUSE).exists(), "{arguments:?} made a key");
    }
}

#[tokio::test]
async fn a_beginning_that_is_killed_goes_on() {
    let mut dice = Dice::thrown();
    println!("ROOST_SEED={}", dice.seed);
    let place = Folder::new("killed");
    let mut interrupted = 0;
    for round in 0..KILLS {
        let data = place.path().join(round.to_string());
        let mut begun = command(&data, &["begin"]);
        let mut begun = begun.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        wait::passed(Instant::now(), Duration::from_micros(dice.below(LONGEST_US))).await;
        begun.kill().unwrap();
        begun.wait().unwrap();
        interrupted += u64::from(data.join(MARK).exists());
        let key = fs::read(data.join(HOUSE)).ok();
        let again = command(&data, &["begin"]).output().unwrap();
        let said = String::from_utf8_lossy(&again.stderr).into_owned();
        assert!(again.status.success() || said.contains("none is overwritten"), "{round}: {said}");
        assert_whole(&data, key.as_deref(), &format!("round {round}"));
    }
    println!("{interrupted} of {KILLS} were interrupted");
}
