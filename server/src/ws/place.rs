//! Where a phone stands in its rooms.

use roost_shared::{
    ConstellationId, RoomId, Seq,
    policy::Role,
    room::{RoomKind, View},
};

/// One room of this phone.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    pub constellation: ConstellationId,
    /// What the person is there.
    pub role: Role,
    pub kind: RoomKind,
    pub view: View,
    pub floor: Seq,
    /// The last seq this phone was sent.
    pub sent: Seq,
    /// The last seq known to exist.
    pub head: Seq,
    /// The last seq that some phone of this person is known to hold.
    pub held: Seq,
}

impl Place {
    /// Where a phone with this cursor stands: not below what it may read, not above what there is.
    pub fn stand(&self, cursor: Seq) -> Seq {
        cursor.min(self.head).max(self.floor.previous())
    }

    /// Whether the others here may know what this phone holds, and more was sent than it is known
    /// to hold.
    pub fn is_unconfirmed(&self) -> bool {
        self.kind.has_marks() && self.sent > self.held
    }
}

/// The rooms of this phone, in the order of their ids. They are few, and every phone keeps them: no
/// more room is taken than they need.
#[derive(Default)]
pub struct Places(Box<[(RoomId, Place)]>);

impl Places {
    pub fn new(mut places: Vec<(RoomId, Place)>) -> Places {
        places.sort_unstable_by_key(|(room, _)| *room);
        Places(places.into())
    }

    pub fn get(&self, room: RoomId) -> Option<&Place> {
        self.at(room).map(|at| &self.0[at].1)
    }

    pub fn get_mut(&mut self, room: RoomId) -> Option<&mut Place> {
        self.at(room).map(|at| &mut self.0[at].1)
    }

    pub fn iter(&self) -> impl Iterator<Item = &(RoomId, Place)> {
        self.0.iter()
    }

    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut (RoomId, Place)> {
        self.0.iter_mut()
    }

    fn at(&self, room: RoomId) -> Option<usize> {
        self.0.binary_search_by_key(&room, |(room, _)| *room).ok()
    }
}
