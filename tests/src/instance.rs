//! A Roost as a process: the `roost` binary on a data folder and a port, to be killed and started
//! again.

use crate::{
    ample,
    cast::Cast,
    door::{Door, SignIn},
    folder::Folder,
    ids,
    postgres::free_port,
    wait,
};
use roost_server::{App, Config};
use serde_json::json;
use std::{
    env, fs,
    io::{Read, Write},
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    time::Duration,
};

/// How long a start may take, and an end.
const STARTING: Duration = Duration::from_secs(20);
/// In so many looks in a row a process that rests has spent no time.
const LOOKS_AT_REST: usize = 10;

/// Mounts a disk of `$3` MiB at `$1`, with the data of `$2` and a file of `$4` MiB, and runs the
/// rest.
const SMALL_DISK: &str = "mount -t tmpfs -o mode=700,size=$3m tmpfs $1 && cp -a $2/. $1 && \
     fallocate -l $4M $1/taken && shift 4 && exec \"$@\"";

/// A furnished data folder, and the process that serves it, if one does.
pub struct Instance {
    pub door: Door,
    pub cast: Cast,
    folder: Folder,
    process: Option<Child>,
}

impl Instance {
    /// A furnished house that nobody serves yet, and a signed-in phone for each of these names.
    pub async fn furnished(names: &[&str]) -> (Instance, Vec<SignIn>) {
        let folder = Folder::new("instance");
        let config = Config::in_folder(&folder.path().join("data"));
        let app = App::begin(config).await.expect("a Roost begins in a new folder");
        let cast = Cast::furnish(&app).await.expect("an empty house can be furnished");
        let mut phones = Vec::new();
        for name in names {
            let token = app.people.enrol(cast.person(name)).await;
            let token = token.expect("everybody of the cast can be enrolled");
            let sign_in = app.people.accept(&token, ids::device(), "a test's phone").await;
            let sign_in = json!(sign_in.expect("a fresh link signs in"));
            phones.push(serde_json::from_value(sign_in).expect("a sign-in reads back"));
        }
        app.close().await;
        let door = Door::new(SocketAddr::from((Ipv4Addr::LOCALHOST, free_port())));
        (Instance { door, cast, folder, process: None }, phones)
    }

    /// The folder of the database.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Starts the process and waits until it answers.
    pub async fn start(&mut self) {
        self.start_as(serve(&self.data(), self.door.address)).await;
    }

    /// As [`Instance::start`], and logs as much as can be asked for.
    pub async fn start_talkative(&mut self) {
        let mut command = serve(&self.data(), self.door.address);
        command.env("ROOST_TELEMETRY__FILTER", "trace");
        self.start_as(command).await;
    }

    /// As [`Instance::start`], with a copy of the data on a disk of `megabytes`, of which a
    /// neighbour holds `taken`. The disk is a tmpfs that only this process sees; it needs root.
    pub async fn start_on_small_disk(&mut self, megabytes: u32, taken: u32) {
        let disk = self.folder.path().join("disk");
        fs::create_dir_all(&disk).expect("the folder takes a folder");
        let inner = serve(&disk, self.door.address);
        let mut command = Command::new("unshare");
        command.args(["--mount", "--propagation", "private", "sh", "-c", SMALL_DISK, "sh"]);
        command.arg(&disk).arg(self.data()).args([megabytes.to_string(), taken.to_string()]);
        runs(&mut command, &inner);
        self.start_as(command).await;
    }

    /// The neighbour on the small disk takes all but `left` bytes of it.
    pub fn crowd_small_disk(&self, left: u64) {
        let file = fs::File::options().append(true).open(self.neighbour());
        let mut file = file.expect("the neighbour's file is there");
        while file.write_all(&[0; 4_096]).is_ok() {}
        let taken = file.metadata().expect("it can be asked for its length").len();
        file.set_len(taken - left).expect("a file can be cut");
    }

    /// The neighbour on the small disk goes away.
    pub fn free_small_disk(&self) {
        fs::remove_file(self.neighbour()).expect("the neighbour's file is there");
    }

    /// The neighbour's file, as the process sees it.
    fn neighbour(&self) -> String {
        let pid = self.process.as_ref().expect("it was started").id();
        format!("/proc/{pid}/root{}", self.folder.path().join("disk/taken").display())
    }

    /// As [`Instance::start`], with these settings of the environment on top.
    pub async fn start_with(&mut self, settings: &[(&str, &str)]) {
        let mut command = serve(&self.data(), self.door.address);
        command.envs(settings.iter().copied());
        self.start_as(command).await;
    }

    /// As [`Instance::start_with`], in a process that may open so many files.
    pub async fn start_with_descriptors(&mut self, most: usize, settings: &[(&str, &str)]) {
        let mut command = limited(&serve(&self.data(), self.door.address), most);
        command.envs(settings.iter().copied());
        self.start_as(command).await;
    }

    /// How many files and connections the process holds open.
    pub fn descriptors(&self) -> usize {
        let pid = self.process.as_ref().expect("it was started").id();
        let open = fs::read_dir(format!("/proc/{pid}/fd")).expect("it is alive");
        open.count()
    }

    /// Waits until the process has nothing to do any more.
    pub fn rests(&self) {
        let pid = self.process.as_ref().expect("it was started").id();
        let (mut before, mut still) = (String::new(), 0);
        wait::until("the process rests", STARTING, || {
            let stat = fs::read_to_string(format!("/proc/{pid}/stat")).expect("it is alive");
            // Its time in user and in system mode, in hundredths of a second.
            let fields = stat.split_whitespace().skip(13).take(2);
            let spent = fields.collect::<Vec<_>>().join(" ");
            still = if spent == before { still + 1 } else { 0 };
            before = spent;
            still >= LOOKS_AT_REST
        });
    }

    /// As [`Instance::start`], with a wall clock that [`Instance::set_wall_clock`] moves; its
    /// steady clock is the machine's.
    pub async fn start_with_wall_clock(&mut self) {
        let mut command = serve(&self.data(), self.door.address);
        command.envs(self.wall_clock());
        self.start_as(command).await;
    }

    /// Moves the wall clock away from the machine's, as `faketime` writes it: `+2h`, `-5h`, `+0`.
    pub fn set_wall_clock(&self, away: &str) {
        // In one step: a file that is half written would be another time.
        let (file, new) = (self.wall_clock_file(), self.folder.path().join("wall-clock.new"));
        fs::write(&new, away).expect("the folder takes a file");
        fs::rename(new, file).expect("a file takes the place of another");
    }

    /// Runs a command of the operator on this data folder, by the same wall clock; what it said.
    pub fn admin(&self, arguments: &[&str]) -> String {
        let mut command = roost();
        command.arg("admin").args(arguments).arg("--data").arg(self.data());
        let output = command.envs(self.wall_clock()).output();
        let output = output.expect("the command can be started");
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// The environment of a process whose wall clock is ours to move.
    fn wall_clock(&self) -> [(&'static str, PathBuf); 4] {
        [
            ("LD_PRELOAD", faketime()),
            ("FAKETIME_TIMESTAMP_FILE", self.wall_clock_file()),
            ("FAKETIME_NO_CACHE", PathBuf::from("1")),
            ("FAKETIME_DONT_FAKE_MONOTONIC", PathBuf::from("1")),
        ]
    }

    fn wall_clock_file(&self) -> PathBuf {
        self.folder.path().join("wall-clock")
    }

    /// Sends a signal, as an operator does.
    pub fn signal(&self, name: &str) {
        let pid = self.process.as_ref().expect("it was started").id().to_string();
        let sent = Command::new("kill").args(["-s", name, &pid]).status();
        assert!(sent.expect("kill can be started").success(), "our own child can be told");
    }

    /// How the process ended, if it has.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        let process = self.process.as_mut()?;
        process.try_wait().expect("our own child can be asked")
    }

    /// As [`Instance::start`], by this command.
    pub async fn start_as(&mut self, mut command: Command) {
        let log = fs::File::options().create(true).append(true).open(self.log_file());
        let log = log.expect("the folder takes a log");
        let started = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn();
        self.process = Some(started.expect("the roost binary can be started"));
        wait::until_some("the server is alive", STARTING, || async {
            self.door.is_alive().await.then_some(())
        })
        .await;
    }

    /// Kills the process as a power cut would: no signal handler runs.
    pub fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().expect("our own child can be killed");
            process.wait().expect("a killed child ends");
        }
    }

    /// Kills the process after this long: a moment that has nothing to do with what it is doing.
    pub async fn kill_within(&mut self, moment: Duration) {
        tokio::time::sleep(moment).await;
        self.kill();
    }

    /// What the process wrote to its log, all lives of it.
    pub fn log(&self) -> String {
        fs::read_to_string(self.log_file()).unwrap_or_default()
    }

    fn log_file(&self) -> PathBuf {
        self.folder.path().join("roost.log")
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Debian's library that moves a program's wall clock.
fn faketime() -> PathBuf {
    let folders = fs::read_dir("/usr/lib").expect("a Debian machine has libraries");
    folders
        .filter_map(|folder| Some(folder.ok()?.path().join("faketime/libfaketimeMT.so.1")))
        .find(|library| library.is_file())
        .expect("faketime is installed: tests/run prepare")
}

/// The command that serves this data folder at this address with ample limits, all else as shipped.
pub fn serve(data: &Path, address: SocketAddr) -> Command {
    let mut command = roost();
    command
        .arg("serve")
        .env("ROOST_STORE__DATA", data)
        .env("ROOST_SERVER__LISTEN", address.to_string())
        .env("ROOST_TELEMETRY__FILTER", "warn")
        .envs(ample::environment());
    command
}

/// A command in a process that may open so many files.
pub fn limited(inner: &Command, most: usize) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -n $1 && shift && exec \"$@\"", "sh"]).arg(most.to_string());
    runs(&mut command, inner);
    command
}

/// Makes a command the last words of one that runs it.
fn runs(command: &mut Command, inner: &Command) {
    command.arg(inner.get_program()).args(inner.get_args());
    for (name, value) in inner.get_envs() {
        command.env(name, value.unwrap_or_default());
    }
}

/// The `roost` binary: `ROOST_BIN`, or the one that was built beside this test.
pub fn roost() -> Command {
    let given = env::var_os("ROOST_BIN").map(PathBuf::from);
    let binary = given.unwrap_or_else(|| {
        let test = env::current_exe().expect("a test knows where it is");
        test.ancestors()
            .map(|folder| folder.join("roost"))
            .find(|path| path.is_file())
            .expect("the roost binary is built: cargo build -p roost-server")
    });
    Command::new(binary)
}

/// Runs a command to its end: its exit status, and what it wrote to standard error.
pub fn run(command: &mut Command, limit: Duration) -> (ExitStatus, String) {
    let (status, [_, said]) = run_whole(command, limit);
    (status, said)
}

/// Ends with the test that started it, should it go on where it must not.
pub struct Ending(pub Child);

impl Drop for Ending {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Runs a command to its end: its exit status, and what it wrote to standard output and error.
pub fn run_whole(command: &mut Command, limit: Duration) -> (ExitStatus, [String; 2]) {
    let piped = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = Ending(piped.spawn().expect("the roost binary can be started"));
    let mut status = None;
    wait::until("the process ends", limit, || {
        status = child.0.try_wait().expect("our own child can be asked");
        status.is_some()
    });
    let (mut told, mut said) = (Vec::new(), Vec::new());
    if let (Some(stdout), Some(stderr)) = (&mut child.0.stdout, &mut child.0.stderr) {
        stdout.read_to_end(&mut told).expect("a pipe can be read");
        stderr.read_to_end(&mut said).expect("a pipe can be read");
    }
    let texts = [told, said].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    (status.expect("it has ended"), texts)
}
