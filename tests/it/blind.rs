//! T12: a house that cannot read any more who was removed may not go on telling anybody anything:
//! after ten seconds every phone is sent off, of every constellation, and may come back when the
//! house sees again.

use roost_shared::frame::ServerFrame;
use roost_tests::{
    wait,
    wire::{Heard, Wire},
    world::World,
};
use sqlx::{AssertSqlSafe, Connection, SqliteConnection};
use std::time::{Duration, Instant};

/// How long it may be blind before anybody is sent off, and until everybody is.
const AT_LEAST: Duration = Duration::from_secs(9);
const AT_MOST: Duration = Duration::from_secs(30);

/// Hides, under the running server, the table in which it sees what has changed; or shows it again.
async fn rename(world: &World, from: &str, to: &str) {
    let url = format!("sqlite://{}", world.app().config.store.data.join("roost.db").display());
    let mut conn = SqliteConnection::connect(&url).await.unwrap();
    let sql = AssertSqlSafe(format!("ALTER TABLE {from} RENAME TO {to}"));
    sqlx::query(sql).execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
}

/// Listens until the connection is closed: the close code, and the last word.
async fn sent_off(mut wire: Wire) -> (u16, String) {
    let mut last = String::new();
    loop {
        match wire.listen().await {
            Heard::Frame(frame, _) => {
                if let ServerFrame::Bye { told, .. } = *frame {
                    last = told.code;
                }
            }
            Heard::Closed(code) => return (code, last),
        }
    }
}

#[tokio::test]
async fn who_cannot_see_who_was_removed_sends_everybody_off() {
    let world = World::new().await;
    let mut ears = Vec::new();
    for name in ["jo", "sam", "kit", "priya", "noor", "mina"] {
        let (wire, _) = world.wire(name).await;
        ears.push((name, tokio::spawn(sent_off(wire))));
    }
    rename(&world, "constellations", "hidden").await;
    let began = Instant::now();
    for (name, ear) in ears {
        let heard = wait::within("everybody is sent off", AT_MOST, ear).await.unwrap();
        assert_eq!(heard, (4503, "store_unavailable".to_owned()), "{name}");
        let took = began.elapsed();
        assert!(took > AT_LEAST, "{name} is sent off after {took:?}: that was but a hiccup");
    }
    let presence = &world.app().presence;
    let gone = async || (presence.count() == 0).then_some(());
    wait::until_some("nobody is here", AT_MOST, gone).await;
    rename(&world, "hidden", "constellations").await;
    let sam = world.sign_in("sam").await;
    wait::until_some("the house sees again", AT_MOST, || {
        Wire::enter(world.door.address, &sam.access)
    })
    .await;
}
