//! T28: a configuration, an environment or a data folder that is wrong is refused by `check` and by
//! `serve` alike, with exit code 78 and the true reason as the last line; no secret is ever told.

use roost_server::{App, Config};
use roost_tests::{
    folder::{self, Folder},
    instance::{roost, run_whole},
};
use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use std::{fs, path::Path, process::Command, time::Duration};

const CONFIG: Option<i32> = Some(78);
const SOON: Duration = Duration::from_secs(20);
/// What somebody wrote where it does not belong.
const SECRET: &str = "kettle-otter-lantern";

/// What a file says, and what the last line names.
const FILES: [(&str, &str); 71] = [
    ("this is no TOML", "line 1"),
    ("[log]\nqueue = kettle-otter-lantern", "line 2"),
    ("[log]\nqueue = 1\nqueue = 2", "line 3"),
    ("nothing = 1", "no setting nothing"),
    ("[nothing]\nat = \"all\"", "no setting nothing"),
    ("[server]\ncolour = \"kettle-otter-lantern\"", "no setting server.colour"),
    ("[log]\nqueue = \"kettle-otter-lantern\"", "log.queue"),
    ("[log]\nqueue = true", "log.queue"),
    ("log = 1", "log"),
    ("[server]\nlisten = \"kettle-otter-lantern\"", "server.listen"),
    ("[server]\nlisten = 8787", "server.listen"),
    ("[server]\nlisten = \"127.0.0.1:65536\"", "server.listen"),
    ("[server]\npublic_url = 1", "server.public_url"),
    ("[server]\npublic_url = \"roost.example.org\"", "server.public_url"),
    ("[server]\npublic_url = \"ftp://roost.example.org\"", "server.public_url"),
    ("[server]\npublic_url = \"https://roost.example.org/app\"", "server.public_url"),
    ("[server]\npublic_url = \"https://a.org?kettle-otter-lantern\"", "server.public_url"),
    ("[server]\npublic_url = \"https://jo:kettle-otter-lantern@a.org\"", "server.public_url"),
    ("[server]\npublic_url = \"https://roost.example.org:0\"", "server.public_url"),
    ("[server]\npublic_url = \"https://roost.example.org:70000\"", "server.public_url"),
    ("[server]\npublic_url = \"https://roost example.org\"", "server.public_url"),
    ("[server]\npublic_url = \"https://*.example.org\"", "server.public_url"),
    ("[server]\npublic_url = \"https://\"", "server.public_url"),
    ("[server]\npublic_url = \"https://[::1\"", "server.public_url"),
    ("[server]\npublic_url = \"https://1.2.3.4.5\"", "server.public_url"),
    ("[server]\nproxies = -1", "server.proxies"),
    ("[server]\nproxies = 17", "server.proxies"),
    ("[store]\nsynchronous = \"NORMAL\"", "store.synchronous"),
    ("[store]\nsynchronous = \"kettle-otter-lantern\"", "store.synchronous"),
    ("[session]\naccess_minutes = 0", "session.access_minutes"),
    ("[session]\naccess_minutes = 11", "session.access_minutes"),
    ("[session]\nenrolment_hours = 0", "session.enrolment_hours"),
    ("[session]\nenrolment_hours = 2161", "session.enrolment_hours"),
    ("[session]\nenrolment_hours = 9223372036854775807", "session.enrolment_hours"),
    ("[session]\nenrolment_young_hours = 4611686018427387904", "session.enrolment_young_hours"),
    ("[session]\nenrolment_repeat_s = 4611686018427387904", "session.enrolment_repeat_s"),
    ("[session]\nrefresh_grace_s = -1", "session.refresh_grace_s"),
    ("[session]\nrefresh_grace_s = 4611686018427387904", "session.refresh_grace_s"),
    ("[live]\nhello_ms = 99", "live.hello_ms"),
    ("[live]\nhello_ms = 9223372036854775807", "live.hello_ms"),
    ("[live]\nbeat_ms = -1", "live.beat_ms"),
    ("[live]\nbeat_ms = 4611686018427387904", "live.beat_ms"),
    ("[live]\nsilence_ms = 20001", "live.silence_ms"),
    ("[live]\nsilence_ms = 4611686018427387904", "live.silence_ms"),
    ("[live]\nretry_spread_ms = 4611686018427387904", "live.retry_spread_ms"),
    ("[live]\nqueue_frames = 7", "live.queue_frames"),
    ("[live]\nqueue_frames = 4611686018427387904", "live.queue_frames"),
    ("[live]\nqueue_bytes = 1024", "live.queue_bytes"),
    ("[live]\nqueue_bytes = 4611686018427387904", "live.queue_bytes"),
    ("[live]\nwrite_ms = 4611686018427387904", "live.write_ms"),
    ("[live]\ndrafts_under_way = 0", "live.drafts_under_way"),
    ("[live]\ndrafts_under_way = 4611686018427387904", "live.drafts_under_way"),
    ("[log]\nqueue = 0", "log.queue"),
    ("[log]\nqueue = 4611686018427387904", "log.queue"),
    ("[log]\nqueue = 9223372036854775808", "line 2"),
    ("[log]\ngroup = 4611686018427387904", "log.group"),
    ("[log]\ntail_entries = 4611686018427387904", "log.tail_entries"),
    ("[log]\ntail_bytes = 4611686018427387904", "log.tail_bytes"),
    ("[limits]\nframes_a_minute = 0", "limits.frames_a_minute"),
    ("[limits]\nframes_burst = 4294967296", "limits.frames_burst"),
    ("[limits]\nsockets_a_person = 0", "limits.sockets_a_person"),
    ("[limits]\nremembered = 4611686018427387904", "limits.remembered"),
    ("[limits]\nheader_ms = 1", "limits.header_ms"),
    ("[limits]\nheader_ms = 4611686018427387904", "limits.header_ms"),
    ("[limits]\nrequest_ms = 4611686018427387904", "limits.request_ms"),
    ("[metrics]\nlisten = \"9464\"", "metrics.listen"),
    ("[metrics]\nlisten = \"kettle-otter-lantern:9464\"", "metrics.listen"),
    ("[metrics]\nlisten = \"127.0.0.1:8787\"", "metrics.listen"),
    ("[telemetry]\nfilter = \"roost_server=loud\"", "telemetry.filter"),
    ("[telemetry]\nfilter = \"=kettle-otter-lantern=\"", "telemetry.filter"),
    ("[telemetry]\nfilter = 1", "telemetry.filter"),
];

/// A variable of the environment, and what the last line names.
const VARIABLES: [(&str, &str, &str); 7] = [
    ("ROOST_SERVER__COLOUR", SECRET, "ROOST_SERVER__COLOUR"),
    ("ROOST_PORT", "8787", "ROOST_PORT"),
    ("ROOST_SERVER_LISTEN", "127.0.0.1:1", "ROOST_SERVER_LISTEN"),
    ("ROOST_HOUSE_KEY", SECRET, "ROOST_HOUSE_KEY"),
    ("ROOST_LOG__QUEUE", SECRET, "log.queue (from the environment)"),
    ("ROOST_LOG__QUEUE", "4611686018427387904", "log.queue"),
    ("ROOST_STORE__DATA", "", "store.data"),
];

/// What the last line names, and what happened to a data folder.
type Accident = (&'static str, fn(&Path));

const FOLDERS: [Accident; 19] = [
    ("cannot be used", |data| {
        fs::remove_dir_all(data).unwrap();
        fs::write(data, "").unwrap();
    }),
    ("there is no Roost in", |data| fs::remove_dir_all(data).unwrap()),
    ("is missing", |data| fs::remove_file(data.join("roost.db")).unwrap()),
    ("is empty or not of Roost", |data| fs::write(data.join("roost.db"), "").unwrap()),
    ("not a database", |data| fs::write(data.join("roost.db"), [1; 9_000]).unwrap()),
    ("is a link or no file", |data| {
        fs::remove_file(data.join("roost.db")).unwrap();
        folder::private(&data.join("roost.db")).unwrap();
    }),
    ("house.key is a link or no file", |data| {
        fs::remove_file(data.join("keys/house.key")).unwrap();
        folder::private(&data.join("keys/house.key")).unwrap();
    }),
    ("the keys in", |data| fs::remove_dir_all(data.join("keys")).unwrap()),
    ("the keys in", |data| fs::remove_file(data.join("keys/house.key")).unwrap()),
    ("has no access key", |data| fs::remove_file(data.join("keys/access-a1.key")).unwrap()),
    ("keys cannot be used", |data| {
        fs::remove_dir_all(data.join("keys")).unwrap();
        fs::write(data.join("keys"), "").unwrap();
    }),
    ("belongs to other keys", |data| {
        fs::copy(data.join("keys/access-a1.key"), data.join("keys/house.key")).unwrap();
    }),
    ("house.key is no secret", |data| key(data, "house.key", &"A".repeat(43))),
    ("access-a1.key is no secret", |data| key(data, "access-a1.key", &"A".repeat(43))),
    ("access-a1.key is no secret", |data| {
        key(data, "access-a1.key", "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE");
    }),
    ("access-a1.key is not a key", |data| key(data, "access-a1.key", "")),
    ("access-a1.key is not a key", |data| key(data, "access-a1.key", SECRET)),
    ("house.key is not a key", |data| key(data, "house.key", &"B".repeat(42))),
    ("house.key is not a key", |data| key(data, "house.key", &"B".repeat(86))),
];

/// What the last line names, and what somebody did to a database.
const DATABASES: [(&str, &str); 4] = [
    ("is empty or not of Roost", "DROP TABLE meta"),
    ("is new and holds nobody", "DELETE FROM meta; DELETE FROM trail; DELETE FROM services"),
    ("migration 9999", "UPDATE _sqlx_migrations SET version = 9999 WHERE version = 1"),
    ("migration 1)", "UPDATE _sqlx_migrations SET checksum = x'00' WHERE version = 1"),
];

fn key(data: &Path, name: &str, text: &str) {
    fs::write(data.join("keys").join(name), text).unwrap();
}

/// A Roost that is well, and what must never be told.
struct Sound {
    folder: Folder,
    secrets: Vec<String>,
}

impl Sound {
    async fn new() -> Sound {
        let folder = Folder::new("sound");
        let data = folder.path().join("data");
        let app = App::begin(Config::in_folder(&data)).await.unwrap();
        app.people.add_service("Riverbank").await.unwrap();
        app.close().await;
        let key = |name: &str| fs::read_to_string(data.join("keys").join(name)).unwrap();
        let secrets = vec![key("house.key"), key("access-a1.key"), SECRET.to_owned()];
        Sound { folder, secrets }
    }

    fn data(&self) -> std::path::PathBuf {
        self.folder.path().join("data")
    }

    /// A command on this data, which would not stand in anybody's way if it went on.
    fn command(data: &Path, verb: &str) -> Command {
        let mut command = roost();
        command.arg(verb).arg("--data").arg(data).env("ROOST_METRICS__LISTEN", "");
        command.env("ROOST_TELEMETRY__FILTER", "debug");
        if verb == "serve" {
            command.args(["--port", "0"]);
        }
        command
    }

    /// `check` and `serve` refuse it, changed like this, and name this.
    fn assert_refused(&self, data: &Path, named: &str, change: impl Fn(&mut Command)) {
        for verb in ["check", "serve"] {
            let mut command = Sound::command(data, verb);
            change(&mut command);
            let (status, [told, said]) = run_whole(&mut command, SOON);
            assert_eq!(status.code(), CONFIG, "{verb}, {named}: {said}");
            let last = said.lines().last().unwrap();
            assert!(last.starts_with("roost: ") && last.contains(named), "{verb}, {named}: {said}");
            for secret in &self.secrets {
                let leaks = told.contains(secret) || said.contains(secret);
                assert!(!leaks, "{verb}, {named}: a secret is told: {said}");
            }
        }
    }
}

#[tokio::test]
async fn a_sound_one_is_not_refused() {
    let sound = Sound::new().await;
    let (status, [told, said]) = run_whole(&mut Sound::command(&sound.data(), "check"), SOON);
    assert!(status.success() && said.is_empty(), "{said}");
    assert!(told.contains("[server]") && sound.secrets.iter().all(|one| !told.contains(one)));
}

#[tokio::test]
async fn a_bad_configuration_is_refused() {
    let sound = Sound::new().await;
    let file = sound.folder.path().join("roost.toml");
    let with_file = |command: &mut Command| {
        command.arg("--config").arg(&file);
        command.env_remove("ROOST_METRICS__LISTEN").env_remove("ROOST_TELEMETRY__FILTER");
    };
    for (text, named) in FILES {
        fs::write(&file, text).unwrap();
        sound.assert_refused(&sound.data(), named, with_file);
    }
    fs::write(&file, [0xff, 0xfe]).unwrap();
    sound.assert_refused(&sound.data(), "roost.toml", with_file);
    fs::remove_file(&file).unwrap();
    sound.assert_refused(&sound.data(), "roost.toml", with_file);
}

#[tokio::test]
async fn a_bad_environment_is_refused() {
    let sound = Sound::new().await;
    for (name, value, named) in VARIABLES {
        sound.assert_refused(&sound.data(), named, |command| {
            command.env(name, value);
        });
    }
}

#[tokio::test]
async fn a_bad_folder_is_refused() {
    let sound = Sound::new().await;
    let place = sound.folder.path();
    for (n, (named, change)) in FOLDERS.into_iter().enumerate() {
        let data = place.join(format!("folder-{n}"));
        folder::copy(&sound.data(), &data);
        change(&data);
        sound.assert_refused(&data, named, |_| {});
    }
    for (n, (named, statement)) in DATABASES.into_iter().enumerate() {
        let data = place.join(format!("database-{n}"));
        folder::copy(&sound.data(), &data);
        let options = SqliteConnectOptions::new().filename(data.join("roost.db"));
        let mut conn = SqliteConnection::connect_with(&options).await.unwrap();
        sqlx::raw_sql(statement).execute(&mut conn).await.unwrap();
        conn.close().await.unwrap();
        sound.assert_refused(&data, named, |_| {});
    }
}
