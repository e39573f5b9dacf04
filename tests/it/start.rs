//! Starting: one process serves a data folder, and a configuration that is wrong stops it with a
//! reason and exit code 78.

use roost_tests::{
    folder::Folder,
    gate,
    instance::{Instance, roost, run, serve},
    postgres::free_port,
};
use std::{
    fs,
    net::{SocketAddr, TcpListener},
    path::Path,
    time::{Duration, Instant},
};

/// `EX_CONFIG` of BSD's sysexits.
const CONFIG: Option<i32> = Some(78);

#[tokio::test]
async fn a_second_process_on_the_same_data_is_refused_at_once() {
    let _timed = gate::timed().await;
    let (mut instance, _) = Instance::furnished(&[]).await;
    instance.start().await;
    let elsewhere = SocketAddr::from(([127, 0, 0, 1], free_port()));
    let began = Instant::now();
    let (status, said) = run(&mut serve(&instance.data(), elsewhere), Duration::from_secs(5));
    assert_eq!(status.code(), CONFIG, "{said}");
    assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
    assert!(said.contains("another Roost serves this data folder"), "{said}");
    assert!(instance.door.is_alive().await, "the first one goes on");
    // The lock goes with the process, however it ends.
    instance.kill();
    instance.start().await;
}

/// The folder, the lock and the ports; the configuration, the keys and the database are shown with
/// what can be wrong with them.
#[tokio::test]
async fn the_last_line_of_a_failed_start_is_its_reason() {
    let (mut instance, _) = Instance::furnished(&[]).await;
    let (nowhere, holder) = (Folder::new("nowhere"), TcpListener::bind("127.0.0.1:0").unwrap());
    let (taken, free) = (holder.local_addr().unwrap(), SocketAddr::from(([127, 0, 0, 1], 0)));
    let told = |data: &Path, at: SocketAddr, metrics: Option<SocketAddr>| {
        let mut command = serve(data, at);
        command.env("ROOST_TELEMETRY__FILTER", "trace");
        if let Some(metrics) = metrics {
            command.env("ROOST_METRICS__LISTEN", metrics.to_string());
        }
        let (status, said) = run(&mut command, Duration::from_secs(10));
        assert_eq!(status.code(), CONFIG, "{said}");
        said.lines().last().unwrap().to_owned()
    };
    let last = told(nowhere.path(), free, None);
    assert!(last.starts_with("roost: there is no Roost in"), "{last}");
    let last = told(&instance.data(), taken, None);
    assert!(last.starts_with(&format!("roost: server.listen {taken} cannot be used")), "{last}");
    let last = told(&instance.data(), free, Some(taken));
    assert!(last.starts_with(&format!("roost: metrics.listen {taken} cannot be used")), "{last}");
    instance.start().await;
    let last = told(&instance.data(), free, None);
    assert!(last.starts_with("roost: ") && last.contains("another Roost serves"), "{last}");
}

#[test]
fn a_wrong_configuration_is_refused_with_its_reason() {
    let folder = Folder::new("start");
    let file = folder.path().join("roost.toml");
    let table = [
        ("[server]\nlisten_on = \"127.0.0.1:1\"", "listen_on"),
        ("[store]\nsynchronous = \"NORMAL\"", "synchronous"),
        ("[session]\naccess_minutes = 60", "access_minutes"),
        ("[nothing]\nat = \"all\"", "nothing"),
        ("this is not TOML", "configuration"),
    ];
    for (text, named) in table {
        fs::write(&file, text).unwrap();
        let mut command = roost();
        command.arg("serve").arg("--config").arg(&file).arg("--data").arg(folder.path());
        let (status, said) = run(&mut command, Duration::from_secs(10));
        assert_eq!(status.code(), CONFIG, "{text}: {said}");
        assert!(said.contains(named), "{text}: {said}");
    }
    let mut command = roost();
    command.arg("serve").arg("--data").arg(folder.path()).env("ROOST_SERVER__COLOUR", "green");
    let (status, said) = run(&mut command, Duration::from_secs(10));
    assert_eq!(status.code(), CONFIG, "{said}");
    assert!(said.contains("colour"), "{said}");
}
