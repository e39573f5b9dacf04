//! What a connection passes on that is no entry: what its phone holds, what was read, who writes.

use super::{
    session::Held,
    socket::{Joined, Wire},
};
use crate::{marks::Place, outlet::Note};
use bytes::Bytes;
use roost_shared::{RoomId, Seq, frame::ServerFrame, room::RoomKind};

impl Wire {
    pub(super) fn holds(&self, rooms: Held) {
        for (room, kind, seq) in rooms {
            if let Some(place) = self.place(room, kind) {
                self.app.marks.delivered(place, seq);
            }
        }
    }

    pub(super) fn reads(&self, room: RoomId, kind: RoomKind, seq: Seq) {
        if let Some(place) = self.place(room, kind) {
            self.app.marks.read(place, seq);
        }
    }

    pub(super) fn say_typing(&self, room: RoomId) {
        if let Some(Joined { me, .. }) = self.joined.as_deref() {
            let person = me.person;
            let note = Note::Typing(Bytes::from(ServerFrame::Typing { room, person }.encode()));
            self.app.feeds.tell(room, &note, |other| other != person);
        }
    }

    fn place(&self, room: RoomId, kind: RoomKind) -> Option<Place> {
        let person = self.joined.as_ref()?.me.person;
        Some(Place { constellation: self.who(room)?.constellation, room, kind, person })
    }
}
