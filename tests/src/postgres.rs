//! A private PostgreSQL for the tests of one process, and a fresh database for each that asks.
//!
//! It needs Debian's package `postgresql` and nothing else: no running cluster, no configuration.
//! As root it runs as an unprivileged user. Its keeper is a shell script that ends it when this
//! process ends, however that happens; there is nothing to clean up and no static that would have
//! to drop.

use std::{
    fs,
    io::{BufRead, BufReader, Read},
    net::TcpListener,
    os::unix::{fs::MetadataExt, process::CommandExt},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    sync::{
        LazyLock,
        atomic::{AtomicU32, Ordering},
    },
};

const KEEPER: &str = include_str!("postgres.sh");

/// How often another port is tried when somebody else was quicker.
const PORT_TRIES: u32 = 5;

static SHARED: LazyLock<Postgres> = LazyLock::new(Postgres::start);

/// A running PostgreSQL of our own.
pub struct Postgres {
    bindir: PathBuf,
    port: u16,
    databases: AtomicU32,
    keeper: Child,
    /// While this end is open, the keeper waits.
    lifeline: Option<ChildStdin>,
}

impl Postgres {
    /// The one of this process, started when it is first asked for.
    pub fn shared() -> &'static Postgres {
        &SHARED
    }

    /// Another one, for a test that stops or starves it; ends on drop.
    pub fn start() -> Postgres {
        let bindir = bindir();
        let mut said = String::new();
        for _ in 0..PORT_TRIES {
            let port = free_port();
            match keep(&bindir, port) {
                Ok((keeper, lifeline)) => {
                    let databases = AtomicU32::new(0);
                    return Postgres { bindir, port, databases, keeper, lifeline: Some(lifeline) };
                }
                Err(words) => said = words,
            }
        }
        panic!("PostgreSQL did not start: {said}");
    }

    /// A fresh, empty database.
    pub fn database(&self) -> String {
        let name = format!("roost_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        let port = self.port.to_string();
        let made = Command::new(self.bindir.join("createdb"))
            .args(["-h", "127.0.0.1", "-p", &port, "-U", "roost", "-T", "template0", &name])
            .output()
            .expect("createdb stands beside initdb");
        assert!(made.status.success(), "createdb: {}", String::from_utf8_lossy(&made.stderr));
        format!("postgres://roost@127.0.0.1:{port}/{name}")
    }

    /// The port on 127.0.0.1, for a proxy that stands before it.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The process that keeps it, and with it every process of it.
    pub fn keeper(&self) -> u32 {
        self.keeper.id()
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.lifeline.take();
        let _ = self.keeper.wait();
    }
}

/// A port that was free a moment ago.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .expect("the loopback has a free port")
        .port()
}

/// Starts the keeper and waits for its word.
fn keep(bindir: &Path, port: u16) -> Result<(Child, ChildStdin), String> {
    let mut command = unprivileged("/bin/sh");
    command.args(["-c", KEEPER, "postgres.sh"]).arg(bindir).arg(port.to_string());
    // A process group of its own: Ctrl-C at the tests must not reach the keeper before it has
    // tidied.
    command.process_group(0).current_dir("/");
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut keeper = piped.spawn().map_err(|e| e.to_string())?;
    let lifeline = keeper.stdin.take().expect("stdin is piped");
    let mut answer = String::new();
    let stdout = keeper.stdout.take().expect("stdout is piped");
    BufReader::new(stdout).read_line(&mut answer).map_err(|e| e.to_string())?;
    if answer.trim() == "ready" {
        return Ok((keeper, lifeline));
    }
    let mut words = String::new();
    let stderr = keeper.stderr.take().expect("stderr is piped");
    BufReader::new(stderr).read_to_string(&mut words).map_err(|e| e.to_string())?;
    let _ = keeper.wait();
    Err(words)
}

/// PostgreSQL refuses to run as root: then it runs as the user whom Debian's package makes for it.
fn unprivileged(program: &str) -> Command {
    let mut command = Command::new(program);
    let me = fs::metadata("/proc/self").expect("this is Linux").uid();
    if me == 0 {
        let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
        let (uid, gid) = ["postgres", "nobody"]
            .into_iter()
            .find_map(|user| numbers(&users, user))
            .expect("the machine has a user without privileges");
        command.uid(uid).gid(gid);
    }
    command
}

/// A user's numbers, out of the text of `/etc/passwd`.
fn numbers(users: &str, user: &str) -> Option<(u32, u32)> {
    let mut fields = users
        .lines()
        .map(|line| line.split(':'))
        .find_map(|mut fields| (fields.next() == Some(user)).then_some(fields))?;
    Some((fields.nth(1)?.parse().ok()?, fields.next()?.parse().ok()?))
}

/// Where the newest installed server's programs are.
fn bindir() -> PathBuf {
    let mut versions: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            Some((path.file_name()?.to_str()?.parse().ok()?, path.join("bin")))
        })
        .filter(|(_, bin)| bin.join("initdb").exists())
        .collect();
    versions.sort();
    versions.pop().expect("PostgreSQL is installed (Debian: apt-get install postgresql)").1
}
