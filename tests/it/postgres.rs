//! The harness's own PostgreSQL: private, durable in the way that matters, and gone with its
//! process.

use roost_tests::{postgres::Postgres, wait};
use sqlx::{Connection, PgConnection, Row};
use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

#[tokio::test]
async fn each_database_is_fresh_and_commits_are_synchronous() {
    let postgres = Postgres::shared();
    let (one, two) = (postgres.database(), postgres.database());
    assert_ne!(one, two);
    let mut one = PgConnection::connect(&one).await.unwrap();
    sqlx::query("CREATE TABLE mark (at BIGINT)").execute(&mut one).await.unwrap();
    let mut two = PgConnection::connect(&two).await.unwrap();
    assert!(sqlx::query("SELECT at FROM mark").fetch_all(&mut two).await.is_err());

    let shown = sqlx::query("SHOW synchronous_commit").fetch_one(&mut two).await.unwrap();
    assert_eq!(shown.get::<String, _>(0), "on");
}

#[test]
fn nothing_stays_behind() {
    let postgres = Postgres::start();
    let port = postgres.port();
    assert!(std::net::TcpStream::connect(("127.0.0.1", port)).is_ok());
    let keeper = format!("/proc/{}", postgres.keeper());
    let began = Instant::now();
    drop(postgres);
    assert!(began.elapsed() < Duration::from_secs(5));
    assert!(!Path::new(&keeper).exists());
    assert!(std::net::TcpStream::connect(("127.0.0.1", port)).is_err());
}

/// Not a promise: the process that the next test kills while it holds a PostgreSQL.
#[test]
#[ignore = "runs only as the child of the next test"]
fn hold() {
    println!("keeper {}", Postgres::shared().keeper());
    let _ = std::io::stdin().read_line(&mut String::new());
}

#[test]
fn nothing_stays_behind_when_the_holder_is_killed() {
    let mut holder = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "postgres::hold", "--ignored", "--nocapture"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let keeper = BufReader::new(holder.stdout.take().unwrap())
        .lines()
        .find_map(|line| line.unwrap().split_once("keeper ").map(|(_, id)| id.to_owned()))
        .unwrap();
    holder.kill().unwrap();
    holder.wait().unwrap();
    let keeper = format!("/proc/{keeper}");
    wait::until("the keeper is gone", Duration::from_secs(5), || !Path::new(&keeper).exists());
}
