//! What people set for themselves: quiet hours, and the rooms they have muted.

use super::{Conn, parsed, rooms::Seat};
use crate::error::Result;
use roost_shared::{ConstellationId, PersonId, RoomId, ServiceId, quiet::Quiet};

const QUIET: &str = "SELECT quiet, quiet_from, quiet_to FROM settings \
     WHERE service = $1 AND person = $2";
const SET_QUIET: &str = "INSERT INTO settings (person, service, quiet, quiet_from, quiet_to) \
     VALUES ($1, $2, $3, $4, $5) ON CONFLICT (person) DO UPDATE SET quiet = excluded.quiet, \
     quiet_from = excluded.quiet_from, quiet_to = excluded.quiet_to";
const MUTES: &str = "SELECT u.room, u.until FROM mutes u \
     JOIN members m ON m.room = u.room AND m.person = u.person \
     WHERE u.constellation = $1 AND u.person = $2 AND m.left_at IS NULL \
     AND (u.until IS NULL OR u.until > $3) ORDER BY u.room";
const MUTE: &str = "INSERT INTO mutes (room, person, constellation, until) \
     VALUES ($1, $2, $3, $4) ON CONFLICT (room, person) DO UPDATE SET until = excluded.until";
const UNMUTE: &str = "DELETE FROM mutes WHERE constellation = $1 AND room = $2 AND person = $3";

/// The quiet hours that somebody has set; `None` where they never did.
pub async fn quiet(conn: &mut Conn, service: ServiceId, person: PersonId) -> Result<Option<Quiet>> {
    let row: Option<(i64, i64, i64)> = sqlx::query_as(QUIET)
        .bind(service.to_string())
        .bind(person.to_string())
        .fetch_optional(conn)
        .await?;
    row.map(|(on, from, to)| {
        let (from, to) = (parsed(u16::try_from(from))?, parsed(u16::try_from(to))?);
        Ok(Quiet { on: on == 1, from, to })
    })
    .transpose()
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
