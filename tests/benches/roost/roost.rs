//! Roost itself, as an operator would run it: a data folder full of people and history, then `run`.
//! People come in through the register; a million entries and the devices go in by plain SQL.

use crate::{
    Done, MEMBERS,
    child::Order,
    roster::{Place, Roster, Sitter},
};
use roost_server::{
    App, Config,
    people::{
        keys::Keys,
        register::NewPerson,
        token::{self, Bearer},
    },
    store::homes,
};
use roost_shared::{ConstellationId, PersonId, ServiceId, policy::Role, room::RoomKind};
use roost_tests::ample;
use sqlx::{
    Connection, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use std::{fmt::Write, path::Path};
use tokio::net::TcpListener;

/// How long an access token of the bench is good; the longest Roost gives out.
const ACCESS_MS: i64 = 600_000;

/// A phone for everybody, under the id of its person.
const DEVICES: &str = "INSERT INTO devices
    (device, service, person, name, generation, first, rotated_at, created_at)
    SELECT person, service, person, 'bench', 1, 1, created_at, created_at FROM people";
/// Fills the circles up to a head; authors take turns, ids grow with time as UUIDv7 do.
const ENTRIES: &str = "WITH RECURSIVE
    seq(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM seq WHERE n < ?1),
    seat AS MATERIALIZED (SELECT room, person,
        row_number() OVER (PARTITION BY room ORDER BY person) - 1 AS place FROM members)
    INSERT INTO entries (room, seq, constellation, id, kind, author, target, at, body, digest)
    SELECT rooms.room, seq.n, rooms.constellation,
        printf('0198%04x-%04x-7%03x-8%03x-%012x', seq.n >> 16, seq.n & 65535, abs(random()) & 4095,
            rooms.rowid & 4095, abs(random()) & 281474976710655),
        'message', seat.person, NULL, rooms.created_at, json_object('text', ?2),
        'AAAAAAAAAAAAAAAAAAAAAA'
    FROM seq CROSS JOIN rooms JOIN seat ON seat.room = rooms.room AND seat.place = seq.n % ?3
    WHERE rooms.kind = 'circle'
        AND seq.n > coalesce((SELECT max(e.seq) FROM entries e WHERE e.room = rooms.room), 0)";

/// Makes the data folder and says who is in it.
pub async fn furnish(place: &Path, order: Order) -> Done<Roster> {
    let app = App::begin(config(place)).await?;
    let service = app.people.add_service("Bench").await?;
    for number in 0..order.rooms {
        constellation(&app, service, number).await?;
    }
    fill(&place.join("roost.db"), order.entries).await?;
    let mut rooms: Vec<(ConstellationId, Place)> = Vec::with_capacity(order.rooms);
    for one in app.people.roll().await? {
        let mine = app.directory.rooms(one.constellation, one.card.person).await?;
        let circle = mine.iter().find(|mine| mine.kind == RoomKind::Circle).ok_or("no circle")?;
        let mut elsewhere = String::new();
        for line in mine.iter().filter(|mine| mine.kind != RoomKind::Circle) {
            write!(elsewhere, r#","{}":{}"#, line.room, line.head.seq)?;
        }
        if rooms.last().is_none_or(|(last, _)| *last != one.constellation) {
            let (room, head) = (circle.room.to_string(), circle.head.seq.0);
            rooms.push((one.constellation, Place { room, head, sitters: Vec::new() }));
        }
        let sitter = Sitter { person: one.card.person.to_string(), elsewhere };
        rooms.last_mut().ok_or("no room")?.1.sitters.push(sitter);
    }
    let mut conn = app.directory.reader().await?;
    let first = rooms.first().ok_or("no room")?.0;
    let epoch = homes::constellation(&mut conn, first).await?.epoch.to_string();
    drop(conn);
    let clock = app.clock.clone();
    app.close().await;
    let keys = Keys::load(&place.join("keys"))?;
    let mint = move |person: &str| mint(&keys, person, clock.now());
    let rooms = rooms.into_iter().map(|(_, place)| place).collect();
    Ok(Roster { epoch, rooms, mint: Box::new(mint) })
}

/// A hub of two adults, eight satellite homes of one, and the liaison worker.
async fn constellation(app: &App, service: ServiceId, number: usize) -> Done {
    let people = &app.people;
    let constellation = people.add_constellation(service, &format!("Bench {number}")).await?;
    let mut homes = Vec::new();
    let houses = if std::env::var_os("ROOST_BENCH_PLAIN").is_some() { 0 } else { MEMBERS - 2 };
    for house in 0..houses {
        homes.push(people.add_home(constellation, &format!("House {house}"), house == 0).await?);
    }
    for member in 0..MEMBERS {
        let home = homes.get(member.saturating_sub(1)).copied();
        let role = match home {
            _ if member < 2 && home.is_some() => Role::Hub,
            Some(_) => Role::Satellite,
            None => Role::Liaison,
        };
        let name = format!("Member {member}");
        people.add_person(NewPerson { constellation, home, role, name: &name }).await?;
    }
    Ok(())
}

async fn fill(file: &Path, entries: usize) -> Done {
    // Nobody else is here yet, and a bench that loses its power starts again.
    let options = SqliteConnectOptions::new()
        .filename(file)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Off)
        .pragma("cache_size", "-500000");
    let mut conn = SqliteConnection::connect_with(&options).await?;
    sqlx::query(DEVICES).execute(&mut conn).await?;
    sqlx::query(ENTRIES)
        .bind(entries as i64)
        .bind("~".repeat(50))
        .bind(MEMBERS as i64)
        .execute(&mut conn)
        .await?;
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut conn).await?;
    conn.close().await?;
    // What the kernel still has to write must not be written while others are timed.
    Ok(std::fs::File::open(file)?.sync_all()?)
}

fn mint(keys: &Keys, person: &str, now: i64) -> Done<String> {
    let (id, device) = (person.parse::<PersonId>()?, person.parse()?);
    let bearer = Bearer { person: id, device, generation: 1 };
    Ok(token::mint(keys, bearer, now, now + ACCESS_MS, format!("bench-{now}")))
}

/// Serves the folder for ever; `ready` is called once.
pub async fn serve(listener: TcpListener, place: &Path, ready: impl FnOnce()) -> Done {
    let app = App::open(config(place)).await?;
    ready();
    Ok(roost_server::run(app, listener, std::future::pending()).await?)
}

/// As shipped, but that a phone of the bench speaks for a thousand.
fn config(place: &Path) -> Config {
    let mut config = Config::in_folder(place);
    ample::limits(&mut config.limits);
    config
}
