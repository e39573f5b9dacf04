//! What people set for themselves: quiet hours, whether their reading is shown, and the rooms they
//! have muted.

use super::{Conn, parsed, rooms::Seat};
use crate::error::Result;
use roost_shared::{ConstellationId, PersonId, RoomId, ServiceId, quiet::Quiet};
use sqlx::FromRow;

const OF: &str = "SELECT quiet, quiet_from, quiet_to, receipts FROM settings \
     WHERE service = $1 AND person = $2";
const SET_QUIET: &str = "INSERT INTO settings (person, service, quiet, quiet_from, quiet_to) \
     VALUES ($1, $2, $3, $4, $5) ON CONFLICT (person) DO UPDATE SET quiet = excluded.quiet, \
     quiet_from = excluded.quiet_from, quiet_to = excluded.quiet_to";
const SET_RECEIPTS: &str = "INSERT INTO settings (person, service, receipts) \
     VALUES ($1, $2, $3) ON CONFLICT (person) DO UPDATE SET receipts = excluded.receipts";
const MUTES: &str = "SELECT u.room, u.until FROM mutes u \
     JOIN members m ON m.room = u.room AND m.person = u.person \
     WHERE u.constellation = $1 AND u.person = $2 AND m.left_at IS NULL \
     AND (u.until IS NULL OR u.until > $3) ORDER BY u.room";
const MUTE: &str = "INSERT INTO mutes (room, person, constellation, until) \
     VALUES ($1, $2, $3, $4) ON CONFLICT (room, person) DO UPDATE SET until = excluded.until";
const UNMUTE: &str = "DELETE FROM mutes WHERE constellation = $1 AND room = $2 AND person = $3";

/// What somebody has set for all rooms.
#[derive(Clone, Copy, Debug)]
pub struct Own {
    /// `None` where they never set it.
    pub quiet: Option<Quiet>,
    pub receipts: bool,
}

#[derive(FromRow)]
struct Row {
    quiet: Option<i64>,
    quiet_from: Option<i64>,
    quiet_to: Option<i64>,
    receipts: i64,
}

/// What somebody has set for all rooms.
pub async fn of(conn: &mut Conn, service: ServiceId, person: PersonId) -> Result<Own> {
    let row: Option<Row> = sqlx::query_as(OF)
        .bind(service.to_string())
        .bind(person.to_string())
        .fetch_optional(conn)
        .await?;
    let Some(Row { quiet, quiet_from, quiet_to, receipts }) = row else {
        return Ok(Own { quiet: None, receipts: true });
    };
    let hours = quiet.zip(quiet_from).zip(quiet_to);
    let quiet = hours.map(|((on, from), to)| -> Result<Quiet> {
        let (from, to) = (parsed(u16::try_from(from))?, parsed(u16::try_from(to))?);
        Ok(Quiet { on: on == 1, from, to })
    });
    Ok(Own { quiet: quiet.transpose()?, receipts: receipts == 1 })
}

/// Sets somebody's quiet hours.
pub async fn set_quiet(
    conn: &mut Conn,
    service: ServiceId,
    person: PersonId,
    quiet: Quiet,
) -> Result<()> {
    sqlx::query(SET_QUIET)
        .bind(person.to_string())
        .bind(service.to_string())
        .bind(i64::from(quiet.on))
        .bind(i64::from(quiet.from))
        .bind(i64::from(quiet.to))
        .execute(conn)
        .await?;
    Ok(())
}

/// Sets whether others are told how far somebody has read.
pub async fn set_receipts(
    conn: &mut Conn,
    service: ServiceId,
    person: PersonId,
    on: bool,
) -> Result<()> {
    sqlx::query(SET_RECEIPTS)
        .bind(person.to_string())
        .bind(service.to_string())
        .bind(i64::from(on))
        .execute(conn)
        .await?;
    Ok(())
}

/// The rooms of a constellation that a member has muted, and until when.
pub async fn mutes(
    conn: &mut Conn,
    constellation: ConstellationId,
    person: PersonId,
    now: i64,
) -> Result<Vec<(RoomId, Option<i64>)>> {
    let rows: Vec<(String, Option<i64>)> = sqlx::query_as(MUTES)
        .bind(constellation.to_string())
        .bind(person.to_string())
        .bind(now)
        .fetch_all(conn)
        .await?;
    rows.into_iter().map(|(room, until)| Ok((parsed(room.parse())?, until))).collect()
}

/// Mutes a room until then, or until it is turned on again.
pub async fn mute(conn: &mut Conn, seat: Seat, until: Option<i64>) -> Result<()> {
    sqlx::query(MUTE)
        .bind(seat.room.to_string())
        .bind(seat.person.to_string())
        .bind(seat.constellation.to_string())
        .bind(until)
        .execute(conn)
        .await?;
    Ok(())
}

/// Turns a room on again.
pub async fn unmute(conn: &mut Conn, seat: Seat) -> Result<()> {
    sqlx::query(UNMUTE)
        .bind(seat.constellation.to_string())
        .bind(seat.room.to_string())
        .bind(seat.person.to_string())
        .execute(conn)
        .await?;
    Ok(())
}
