//! A server under test, in a process of its own, so that its CPU and memory can be told from the
//! generator's. It says its port on standard output; the end of its standard input is its own end.

use crate::{Done, bare, ledger::Ledger, measure, roost, roster::Roster};
use roost_tests::folder;
use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{self, Command, Stdio},
    str::FromStr,
};
use tokio::net::TcpSocket;

/// Connections that may wait to be accepted; with the usual 128 a storm waits for TCP to try again.
const BACKLOG: u32 = 4_096;

/// Which server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Roost,
    Bare,
    Durable,
}

impl Kind {
    pub const ALL: [Kind; 3] = [Kind::Roost, Kind::Bare, Kind::Durable];

    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Roost => "roost",
            Kind::Bare => "bare",
            Kind::Durable => "bare+durable",
        }
    }
}

/// What to serve: the server, its rooms of 11, the entries each room already has.
#[derive(Clone, Copy)]
pub struct Order {
    pub kind: Kind,
    pub rooms: usize,
    pub entries: usize,
}

impl FromStr for Order {
    type Err = String;

    fn from_str(text: &str) -> Result<Order, String> {
        let fields: Vec<&str> = text.split(',').collect();
        let number = |at: usize| fields.get(at).and_then(|field| field.parse().ok());
        let kind = Kind::ALL.into_iter().find(|kind| Some(&kind.as_str()) == fields.first());
        match (kind, number(1), number(2)) {
            (Some(kind), Some(rooms), Some(entries)) => Ok(Order { kind, rooms, entries }),
            _ => Err(format!("not an order: {text}")),
        }
    }
}

/// The parent's end.
pub struct Child {
    process: process::Child,
    pub port: u16,
    place: PathBuf,
}

impl Child {
    /// Makes what it serves, and starts it.
    pub async fn start(order: Order) -> Done<(Child, Roster)> {
        let Order { kind, rooms, entries } = order;
        let place = workplace().join(format!("{}-{}-{entries}", process::id(), kind.as_str()));
        folder::private(&place)?;
        let roster = match kind {
            Kind::Roost => roost::furnish(&place, order).await?,
            Kind::Durable => Roster::bare(rooms, entries as i64),
            Kind::Bare => Roster::bare(rooms, 0),
        };
        let process = Command::new(std::env::current_exe()?)
            .arg(format!("--serve={},{rooms},{entries}", kind.as_str()))
            .current_dir(&place)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut child = Child { process, port: 0, place };
        let answer = child.process.stdout.take().ok_or("the child has no output")?;
        let mut line = String::new();
        BufReader::new(answer).read_line(&mut line)?;
        child.port = line.trim().parse().map_err(|_| "the server did not start")?;
        Ok((child, roster))
    }

    pub fn cpu_seconds(&self) -> Done<f64> {
        Ok(measure::cpu_seconds(self.process.id())?)
    }

    pub fn pss_kib(&self) -> Done<f64> {
        Ok(measure::pss_kib(self.process.id())?)
    }

    pub fn open_files(&self) -> Done<usize> {
        Ok(measure::open_files(self.process.id())?)
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = std::fs::remove_dir_all(&self.place);
    }
}

/// Where databases are put: beside the build, on a real disk.
pub fn workplace() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("roost-bench")
}

/// The child's end: serves what was ordered until the parent is gone.
pub fn serve(order: Order) -> Done {
    let runtime = match order.kind {
        Kind::Roost => roost_server::runtime()?,
        Kind::Bare | Kind::Durable => {
            tokio::runtime::Builder::new_current_thread().enable_all().build()?
        }
    };
    runtime.block_on(async {
        let socket = TcpSocket::new_v4()?;
        socket.bind(([127, 0, 0, 1], 0).into())?;
        let listener = socket.listen(BACKLOG)?;
        let port = listener.local_addr()?.port();
        let place = Path::new(".");
        end_with_parent();
        match order.kind {
            Kind::Roost => roost::serve(listener, place, || println!("{port}")).await,
            Kind::Bare => {
                println!("{port}");
                bare::serve(listener, order.rooms, None).await
            }
            Kind::Durable => {
                let file = place.join("ledger.db");
                let ledger = Ledger::create(&file, order.rooms, order.entries).await?;
                println!("{port}");
                bare::serve(listener, order.rooms, Some(ledger)).await
            }
        }
    })
}

/// A server must not outlive the bench, however that ends.
fn end_with_parent() {
    std::thread::spawn(|| {
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        process::exit(0);
    });
}
