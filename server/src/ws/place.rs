//! Where a phone stands in one of its rooms.

use roost_shared::{
    ConstellationId, Seq,
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
