//! What somebody sets for themselves: when their phones are left in peace, which rooms are quiet,
//! and whether others see how far they have read. It is kept for whatever wakes phones and tells
//! marks, and decides nothing here. It is theirs alone: no one else can ask for it, and it leaves
//! no row in the trail.

use super::{People, session::Me};
use crate::{
    error::Result,
    log::{self, Who},
    store::{Conn, rooms::Seat, settings},
};
use roost_shared::{
    ConstellationId, RoomId,
    policy::{Action, Object, decide},
    quiet::{Quiet, Span, school},
};
use serde::{Deserialize, Serialize};

const HOUR_MS: i64 = 60 * 60 * 1_000;

/// How long a room is to be quiet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Length {
    Hour,
    EightHours,
    Week,
    /// Until it is turned on again.
    Always,
    /// It is turned on again.
    Off,
}

impl Length {
    /// How many hours, where it is a number of them.
    fn hours(self) -> Option<i64> {
        match self {
            Length::Hour => Some(1),
            Length::EightHours => Some(8),
            Length::Week => Some(7 * 24),
            Length::Always | Length::Off => None,
        }
    }
}

/// A room that is quiet.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Mute {
    pub room: RoomId,
    /// Epoch ms; without it, until it is turned on again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<i64>,
}

/// Everything somebody has set, and what stands in its place where they have not.
#[derive(Clone, Debug, Serialize)]
pub struct Settings {
    pub quiet: Quiet,
    /// What their quiet hours were to begin with; a young person's are never shorter.
    pub usual: Quiet,
    /// Quiet as well, Monday to Friday, and not theirs to change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub school: Option<Span>,
    /// Whether others are told how far they have read, and they how far others have.
    pub receipts: bool,
    pub mutes: Vec<Mute>,
}

impl People {
    /// My settings.
    ///
    /// # Errors
    /// Whatever the database said.
    pub async fn settings(&self, me: &Me) -> Result<Settings> {
        decide(me.actor(), Action::OwnSettings, Object::Session { of: me.person })?;
        self.settings_in(&mut *self.db.reader().await?, me).await
    }

    /// Sets my quiet hours.
    ///
    /// # Errors
    /// `BodyInvalid`, `QuietTooShort`.
    pub async fn set_quiet(&self, me: &Me, quiet: Quiet) -> Result<Settings> {
        decide(me.actor(), Action::OwnSettings, Object::Session { of: me.person })?;
        quiet.permit(me.home().role)?;
        let mut tx = self.db.begin().await?;
        settings::set_quiet(tx.conn(), me.service, me.person, quiet).await?;
        let set = self.settings_in(tx.conn(), me).await?;
        tx.commit().await?;
        Ok(set)
    }

    /// Sets whether others are told how far I have read, and I how far they have. A change is told
    /// to everyone at once, where marks are told whole: in `welcome`.
    ///
    /// # Errors
    /// Whatever the database said.
    pub async fn set_receipts(&self, me: &Me, on: bool) -> Result<Settings> {
        decide(me.actor(), Action::OwnSettings, Object::Session { of: me.person })?;
        let mut tx = self.db.begin().await?;
        let before = self.settings_in(tx.conn(), me).await?;
        if before.receipts == on {
            return Ok(before);
        }
        settings::set_receipts(tx.conn(), me.service, me.person, on).await?;
        let constellations = me.places().iter().map(|place| place.constellation);
        let constellations: Vec<ConstellationId> = constellations.collect();
        self.finish_in(tx, &constellations, Vec::new()).await?;
        Ok(Settings { receipts: on, ..before })
    }

    /// Mutes a room of mine, or turns it on again.
    ///
    /// # Errors
    /// `NotFound` for a room that is none of mine.
    pub async fn mute(&self, me: &Me, who: Who, room: RoomId, length: Length) -> Result<Settings> {
        let mut tx = self.db.begin().await?;
        log::may(tx.conn(), who, room, Action::Mute).await?;
        let seat = Seat { constellation: who.constellation, room, person: me.person };
        match length {
            Length::Off => settings::unmute(tx.conn(), seat).await?,
            timed => {
                let until = timed.hours().map(|hours| self.now() + hours * HOUR_MS);
                settings::mute(tx.conn(), seat, until).await?;
            }
        }
        let set = self.settings_in(tx.conn(), me).await?;
        tx.commit().await?;
        Ok(set)
    }

    async fn settings_in(&self, conn: &mut Conn, me: &Me) -> Result<Settings> {
        let role = me.home().role;
        let usual = Quiet::usual(role);
        let settings::Own { quiet, receipts } = settings::of(conn, me.service, me.person).await?;
        let mut mutes = Vec::new();
        for place in me.places() {
            let here = settings::mutes(conn, place.constellation, me.person, self.now()).await?;
            mutes.extend(here.into_iter().map(|(room, until)| Mute { room, until }));
        }
        let quiet = quiet.unwrap_or(usual);
        Ok(Settings { quiet, usual, school: school(role), receipts, mutes })
    }
}
