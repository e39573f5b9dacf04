//! A house knows its database (I5, F25): beside keys that are not new, a database that is missing,
//! empty, new or another's is refused with the reason and the way on, and nothing is made or
//! changed, so no phone ever hears from it. The same on both databases.

use reqwest::Method;
use roost_server::{
    App, Config,
    people::keys::Keys,
    store::{Claim, Db},
};
use roost_tests::{
    folder::{self, Folder},
    house::claim,
    instance::{Instance, roost, run},
    postgres::Postgres,
};
use serde_json::json;
use sqlx::{
    AnyConnection, Connection, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode},
};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

const CONFIG: Option<i32> = Some(78);
const SOON: Duration = Duration::from_secs(10);
const NAMELESS: &str = "DELETE FROM meta WHERE name = 'house'";

/// Changes a database behind Roost's back. No log stays beside it.
async fn change(data: &Path, statement: &'static str) {
    let options = SqliteConnectOptions::new().filename(data.join("roost.db"));
    let options = options.journal_mode(SqliteJournalMode::Wal).foreign_keys(false);
    let mut conn = SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::raw_sql(statement).execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
}

/// A Roost that has just begun, without people.
async fn begun(data: &Path) {
    App::begin(Config::in_folder(data)).await.unwrap().close().await;
}

/// What a folder holds, but for SQLite's index of its log, which every reader makes anew.
fn held(data: &Path) -> Option<BTreeMap<PathBuf, (u32, Vec<u8>)>> {
    let mut all = data.exists().then(|| folder::contents(data))?;
    all.remove(&data.join("roost.db-shm"));
    Some(all)
}

/// Everything that opens a house refuses this one, in the last line, and leaves it as it is.
fn assert_refused(data: &Path, reason: &str) {
    let before = held(data);
    for arguments in [&["serve", "--port", "0"][..], &["admin", "list"], &["check"]] {
        let mut command = roost();
        command.arg("--data").arg(data).args(arguments).env("ROOST_METRICS__LISTEN", "");
        let (status, said) = run(&mut command, SOON);
        assert_eq!(status.code(), CONFIG, "{arguments:?} {reason}: {said}");
        let last = said.lines().last().unwrap();
        assert!(last.starts_with("roost: ") && last.contains(reason), "{arguments:?}: {last}");
        assert!(before == held(data), "{arguments:?} changed the folder: {reason}");
    }
}

/// What became of a folder, and what is said of it.
type Loss = (&'static str, fn(&Path, &Path));

/// Losses of a disk, or of an operator's night; the second folder is of another house.
const LOSSES: [Loss; 8] = [
    ("is missing. Is its disk mounted?", |data, _| fs::remove_file(data.join("roost.db")).unwrap()),
    ("is empty or not of Roost", |data, _| fs::write(data.join("roost.db"), "").unwrap()),
    ("is empty or not of Roost", |data, _| {
        // The log of the lost one lies beside it: it may be all that is left.
        fs::write(data.join("roost.db"), "").unwrap();
        fs::copy(data.join("roost.lock"), data.join("roost.db-wal")).unwrap();
        fs::write(data.join("roost.db-wal"), [7; 4_096]).unwrap();
    }),
    ("is damaged, or not a database", |data, _| {
        fs::write(data.join("roost.db"), [7; 8_192]).unwrap();
    }),
    ("belongs to other keys", |data, other| {
        fs::copy(other.join("roost.db"), data.join("roost.db")).unwrap();
    }),
    ("belongs to other keys", |data, other| {
        fs::copy(other.join("keys/house.key"), data.join("keys/house.key")).unwrap();
    }),
    ("the keys in", |data, _| fs::remove_dir_all(data.join("keys")).unwrap()),
    ("there is no Roost in", |data, _| {
        fs::remove_dir_all(data).unwrap();
        folder::private(data).unwrap();
    }),
];

#[tokio::test]
async fn a_lost_database_is_not_served_as_a_new_house() {
    let (mut instance, phones) = Instance::furnished(&["sam"]).await;
    let (kept, other) = (Folder::new("kept"), Folder::new("other"));
    begun(other.path()).await;
    folder::copy(&instance.data(), &kept.path().join("data"));
    for (reason, lose) in LOSSES {
        lose(&instance.data(), other.path());
        assert_refused(&instance.data(), reason);
        fs::remove_dir_all(instance.data()).unwrap();
        folder::copy(&kept.path().join("data"), &instance.data());
    }
    assert_refused(&kept.path().join("not mounted"), "there is no Roost in");
    // What came back is the house that Sam's phone knows.
    instance.start().await;
    let body = json!({ "refresh": phones[0].refresh });
    let heard = instance.door.ask(Method::POST, "/api/session/refresh", None, Some(&body)).await;
    assert_eq!(heard.unwrap().status, 200);
}

#[tokio::test]
async fn a_new_database_beside_keys_that_are_not_is_refused() {
    let (ours, fresh) = (Folder::new("ours"), Folder::new("fresh"));
    begun(ours.path()).await;
    begun(fresh.path()).await;
    // As a build made it that did not write names yet.
    change(fresh.path(), NAMELESS).await;
    fs::copy(fresh.path().join("roost.db"), ours.path().join("roost.db")).unwrap();
    assert_refused(ours.path(), "is new and holds nobody");
    change(ours.path(), "DROP TABLE meta; DROP TABLE services").await;
    assert_refused(ours.path(), "is empty or not of Roost");
}

#[tokio::test]
async fn a_house_from_before_names_is_adopted_once() {
    let (mut instance, _) = Instance::furnished(&[]).await;
    change(&instance.data(), NAMELESS).await;
    for _ in 0..2 {
        instance.start().await;
        instance.kill();
        assert_eq!(instance.log().matches("now it is bound to these keys").count(), 1);
    }
    let other = Folder::new("other");
    begun(other.path()).await;
    let key = "keys/house.key";
    fs::copy(other.path().join(key), instance.data().join(key)).unwrap();
    assert_refused(&instance.data(), "belongs to other keys");
}

#[tokio::test]
async fn beginning_overwrites_nothing() {
    let (ours, keys, log) = (Folder::new("ours"), Folder::new("keys"), Folder::new("log"));
    begun(ours.path()).await;
    folder::copy(&ours.path().join("keys"), &keys.path().join("keys"));
    fs::copy(ours.path().join("roost.lock"), log.path().join("roost.db-wal")).unwrap();
    for taken in [&ours, &keys, &log] {
        let before = folder::contents(taken.path());
        let (status, said) = run(roost().arg("--data").arg(taken.path()).arg("begin"), SOON);
        assert_eq!(status.code(), CONFIG, "{said}");
        let data = taken.path().display();
        let moves = format!("move {data}/roost.db* and {data}/keys elsewhere");
        assert!(said.contains("none is overwritten") && said.contains(&moves), "{said}");
        assert!(folder::contents(taken.path()) == before, "nothing is changed");
    }
    // The demo furnishes what is new and empty, and goes on in what it furnished.
    fs::write(keys.path().join("letter.txt"), "of somebody").unwrap();
    fs::remove_dir_all(keys.path().join("keys")).unwrap();
    let (status, said) = run(roost().arg("--data").arg(keys.path()).arg("demo"), SOON);
    assert!(status.code() == CONFIG && said.contains("there is no Roost in"), "{said}");
}

/// A fresh database of one kind, and how to open it.
enum Fresh {
    Sqlite(Folder),
    Postgres(String),
}

impl Fresh {
    fn each() -> [Fresh; 2] {
        let folder = Folder::new("fresh");
        fs::write(folder.path().join("roost.db"), "").unwrap();
        [Fresh::Sqlite(folder), Fresh::Postgres(Postgres::shared().database())]
    }

    async fn open(&self, claim: &Claim) -> Result<Db, String> {
        let db = match self {
            Fresh::Sqlite(folder) => Db::sqlite(&folder.path().join("roost.db"), claim).await,
            Fresh::Postgres(url) => Db::postgres(url, claim).await,
        };
        db.map_err(|error| error.to_string())
    }

    /// Opens and closes.
    async fn try_open(&self, claim: &Claim) -> Result<(), String> {
        self.open(claim).await?.close().await;
        Ok(())
    }

    async fn conn(&self) -> AnyConnection {
        sqlx::any::install_default_drivers();
        let url = match self {
            Fresh::Sqlite(folder) => format!("sqlite://{}/roost.db", folder.path().display()),
            Fresh::Postgres(url) => url.clone(),
        };
        AnyConnection::connect(&url).await.unwrap()
    }

    async fn change(&self, statement: &'static str) {
        let mut conn = self.conn().await;
        sqlx::raw_sql(statement).execute(&mut conn).await.unwrap();
        conn.close().await.unwrap();
    }
}

fn keys() -> Keys {
    let folder = Folder::new("keys");
    Keys::make(folder.path()).unwrap();
    Keys::load(folder.path()).unwrap()
}

#[tokio::test]
async fn on_each_database_only_its_own_house_is_let_in() {
    let (ours, theirs) = (keys(), keys());
    assert!(ours.fingerprint() != theirs.fingerprint());
    for fresh in Fresh::each() {
        let refused = |heard: Result<(), String>, reason: &str| {
            let said = heard.expect_err(reason);
            assert!(said.contains(reason) && said.ends_with("A test must be told."), "{said}");
        };
        refused(fresh.try_open(&claim(&ours, false)).await, "is empty");
        let made = sqlx::query("SELECT name FROM meta").fetch_all(&mut fresh.conn().await).await;
        assert!(made.is_err(), "what is refused is not migrated");

        fresh.try_open(&claim(&ours, true)).await.unwrap();
        fresh.try_open(&claim(&ours, false)).await.unwrap();
        for is_new in [false, true] {
            refused(fresh.try_open(&claim(&theirs, is_new)).await, "belongs to other keys");
        }
        fresh.change(NAMELESS).await;
        refused(fresh.try_open(&claim(&ours, false)).await, "is new and holds nobody");
        fresh
            .change("INSERT INTO services (service, name, created_at) VALUES ('a', 'Riverbank', 1)")
            .await;
        refused(fresh.try_open(&claim(&ours, true)).await, "holds people already");
        fresh.try_open(&claim(&ours, false)).await.expect("it is adopted");
        refused(fresh.try_open(&claim(&theirs, false)).await, "belongs to other keys");
    }
}
