//! The young people's room of a constellation. It is there only once it was opened, and it is
//! opened only where somebody is in place to look after it. To hub and satellite it is never there:
//! whoever may not open it hears of nothing.

use super::{By, People};
use crate::{
    error::{Error, Result},
    store::{people, rooms},
};
use roost_shared::{ConstellationId, Refusal, frame::PersonCard, policy::Action, room::RoomKind};

impl People {
    /// Opens the young people's room: the young people and the liaison worker join it.
    ///
    /// # Errors `NotFound` for everybody but the liaison worker and the operator; `RoomNotReady`
    /// where nobody moderates; `NothingToChange` when it is open.
    pub async fn open_peers(
        &self,
        by: By<'_>,
        constellation: ConstellationId,
        moderated: bool,
    ) -> Result<()> {
        let mut tx = self.db.begin().await?;
        let may = self.may(tx.conn(), by, Action::ManageMembers, constellation).await;
        may.map_err(|error| match error {
            Error::Refused(Refusal::NotPermitted) => Refusal::NotFound.into(),
            other => other,
        })?;
        if !moderated {
            return Err(Refusal::RoomNotReady.into());
        }
        let all = rooms::of_constellation(tx.conn(), constellation).await?;
        if all.iter().any(|room| room.kind == RoomKind::Peers) {
            return Err(Refusal::NothingToChange.into());
        }
        self.add_room(&mut tx, constellation, RoomKind::Peers, None).await?;
        let act = ("peers.open", constellation.to_string());
        self.trail(tx.conn(), Some(constellation), &by.name(), act).await?;
        let everyone = people::of_constellation(tx.conn(), constellation).await?;
        let cards: Vec<PersonCard> = everyone.into_iter().map(|member| member.card).collect();
        let written = self.seat(&mut tx, constellation, &cards).await?;
        self.finish(tx, constellation, written).await
    }
}
