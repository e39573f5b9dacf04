//! Files are ours alone (T28): whatever the umask, nobody but their owner can read or write them;
//! and what others can read or write is not served, but named with the command that mends it.

use reqwest::Method;
use roost_tests::{
    folder::{self, Folder},
    instance::{Ending, Instance, roost, run, serve},
    wait,
};
use std::{
    fs::{self, Permissions},
    os::unix::{
        fs::{MetadataExt, PermissionsExt, chown, symlink},
        process::CommandExt,
    },
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

const CONFIG: Option<i32> = Some(78);
const SOON: Duration = Duration::from_secs(20);
const FOLDER: u32 = 0o40_700;
const FILE: u32 = 0o100_600;
/// A user who is not root, and owns nothing: Debian's `nobody`.
const NOBODY: u32 = 65_534;

/// The same command under another umask.
fn under(umask: &str, command: &Command) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", "umask $1; shift; exec \"$@\"", "sh", umask]);
    shell.arg(command.get_program()).args(command.get_args());
    shell.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    shell
}

fn assert_private(data: &Path, when: &str) {
    assert_eq!(fs::metadata(data).unwrap().mode(), FOLDER, "{when}");
    for (path, (mode, _)) in folder::contents(data) {
        let wanted = if path.is_dir() { FOLDER } else { FILE };
        assert_eq!(mode, wanted, "{when}: {} has {mode:o}", path.display());
    }
}

#[tokio::test]
async fn whatever_the_umask_everything_is_private() {
    for umask in ["000", "022", "077"] {
        let (mut instance, _) = Instance::furnished(&[]).await;
        fs::remove_dir_all(instance.data()).unwrap();
        let mut command = roost();
        command.arg("--data").arg(instance.data()).arg("begin");
        let (status, said) = run(&mut under(umask, &command), SOON);
        assert!(status.success(), "{said}");
        assert_private(&instance.data(), &format!("begun under {umask}"));
        let command = serve(&instance.data(), instance.door.address);
        instance.start_as(under(umask, &command)).await;
        instance.door.ask(Method::GET, "/readyz", None, None).await.unwrap();
        let held = folder::contents(&instance.data());
        for name in ["roost.db-wal", "roost.db-shm", "roost.lock"] {
            assert!(held.contains_key(&instance.data().join(name)), "{name} is looked at");
        }
        assert_private(&instance.data(), &format!("served under {umask}"));
    }
}

#[tokio::test]
async fn what_the_demo_writes_is_private() {
    let folder = Folder::new("demo");
    let data = folder.path().join("data");
    let mut command = roost();
    command.arg("--data").arg(&data).args(["demo", "--port", "0"]);
    let mut demo = Ending(under("000", &command).stdout(Stdio::null()).spawn().unwrap());
    wait::until("the demo is furnished", SOON, || data.join("demo.json").exists());
    assert!(demo.0.try_wait().unwrap().is_none(), "it goes on");
    assert_private(&data, "the demo");
}

/// What is opened to others, and by which mode.
const OPENED: [(&str, u32); 9] = [
    ("", 0o755),
    ("", 0o701),
    ("keys", 0o750),
    ("keys/house.key", 0o640),
    ("roost.db", 0o644),
    ("roost.db", 0o602),
    ("roost.db-wal", 0o644),
    ("roost.lock", 0o666),
    ("roost.db.yesterday", 0o604),
];

#[tokio::test]
async fn what_others_can_read_or_write_is_refused_until_the_command_mends_it() {
    let (instance, _) = Instance::furnished(&[]).await;
    let place = Folder::new("opened");
    for (n, (name, mode)) in OPENED.into_iter().enumerate() {
        // A shell takes none of this for one word.
        let data = place.path().join(format!("{n} it's $HOME; #"));
        folder::copy(&instance.data(), &data);
        let path = if name.is_empty() { data.clone() } else { data.join(name) };
        if !path.exists() {
            fs::write(&path, "").unwrap();
        }
        fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        let mut command = roost();
        command.arg("--data").arg(&data).args(["admin", "list"]);
        let (status, said) = run(&mut command, SOON);
        assert_eq!(status.code(), CONFIG, "{name} {mode:o}: {said}");
        let mend = said.trim_end().split("with: ").last().unwrap();
        let right = if path.is_dir() { "chmod 700 '" } else { "chmod 600 '" };
        assert!(mend.starts_with(right), "{said}");
        assert!(Command::new("sh").args(["-c", mend]).status().unwrap().success(), "{mend}");
        let (status, said) = run(&mut command, SOON);
        assert!(status.success(), "{name} {mode:o}, mended: {said}");
    }
}

#[tokio::test]
async fn a_link_in_place_of_a_file_is_refused_and_a_folder_may_be_one() {
    let (instance, _) = Instance::furnished(&[]).await;
    let place = Folder::new("links");
    let linked = place.path().join("linked");
    symlink(instance.data(), &linked).unwrap();
    let mut command = roost();
    command.arg("--data").arg(&linked).args(["admin", "list"]);
    let (status, said) = run(&mut command, SOON);
    assert!(status.success(), "{said}");
    for name in ["roost.db", "keys/house.key", "roost.lock"] {
        let (path, away) = (instance.data().join(name), place.path().join("away"));
        fs::rename(&path, &away).unwrap();
        symlink(&away, &path).unwrap();
        let (status, said) = run(&mut command, SOON);
        assert_eq!(status.code(), CONFIG, "{name}: {said}");
        assert!(said.contains("is a link or no file"), "{said}");
        fs::rename(&away, &path).unwrap();
    }
}

#[tokio::test]
async fn what_belongs_to_somebody_else_is_refused_but_for_root() {
    if fs::metadata("/proc/self").unwrap().uid() != 0 {
        println!("skipped: it takes root to give files away");
        return;
    }
    let (instance, _) = Instance::furnished(&[]).await;
    let data = instance.data();
    let mut paths: Vec<_> = folder::contents(&data).into_keys().collect();
    paths.extend([data.clone(), data.parent().unwrap().to_owned()]);
    for path in &paths {
        chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
    }
    let list = |user: u32| {
        let mut command = roost();
        command.arg("--data").arg(&data).args(["admin", "list"]).uid(user).gid(user);
        run(&mut command, SOON)
    };
    for user in [0, NOBODY] {
        let (status, said) = list(user);
        assert!(status.success(), "user {user}: {said}");
    }
    chown(data.join("keys/access-a1.key"), Some(0), Some(0)).unwrap();
    let (status, said) = list(NOBODY);
    assert_eq!(status.code(), CONFIG, "{said}");
    assert!(said.contains("belongs to user 0"), "{said}");
    let mend = format!("chown {NOBODY} {}/keys/access-a1.key", data.display());
    assert!(said.trim_end().ends_with(&mend), "{said}");
}
