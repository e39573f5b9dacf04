//! Where a phone stands in its rooms.

use crate::{
    chain::{Chain, Point},
    store::rooms::{Membership, Mine},
};
use roost_shared::{
    ConstellationId, RoomId, Seq, frame,
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
    /// The last entry this phone was sent.
    pub sent: Point,
    /// The last entry known to exist.
    pub head: Point,
    /// The last seq that some phone of this person is known to hold.
    pub held: Seq,
}

impl Place {
    /// A room as one of its members finds it: where the phone was `before`, else at its cursor.
    pub fn of(mine: &Mine, before: Option<&Place>, cursor: Seq) -> Place {
        let Mine { constellation, role, kind, head, held, .. } = *mine;
        let Membership { floor, view } = mine.membership;
        let before = before.filter(|old| old.floor == floor);
        let sent = Point::default();
        let mut place = Place { constellation, role, kind, view, floor, sent, head, held };
        place.sent = match before {
            Some(old) if old.sent.seq <= head.seq => old.sent,
            _ => place.stand(before.map_or(cursor, |old| old.sent.seq)),
        };
        // A live page may have told more than the list that was read beside it.
        place.head = place.head.max(before.map_or(Point::default(), |old| old.head));
        place
    }

    /// Where a phone with this cursor stands: not below what it may read, not above what there is.
    pub fn stand(&self, cursor: Seq) -> Point {
        let seq = cursor.min(self.head.seq).max(self.floor.previous());
        if seq == self.head.seq { self.head } else { Point { seq, chain: None } }
    }

    /// Whether the others here may know what this phone holds, and more was sent than it is known
    /// to hold.
    pub fn is_unconfirmed(&self) -> bool {
        self.kind.has_marks() && self.sent.seq > self.held
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

    /// The digest of these points of all rooms.
    pub fn digest(&self, of: impl Fn(&Place) -> Point) -> String {
        frame::digest(self.iter().map(|(room, place)| {
            let Point { seq, chain } = of(place);
            (*room, seq, chain.map(Chain::to_text))
        }))
    }

    /// What was sent has come to the phone: the rooms with marks where that was not known yet.
    pub fn confirm(&mut self) -> Vec<(RoomId, RoomKind, Seq)> {
        let rooms = self.iter_mut().filter(|(_, place)| place.is_unconfirmed());
        rooms
            .map(|(room, place)| {
                place.held = place.sent.seq;
                (*room, place.kind, place.held)
            })
            .collect()
    }

    fn at(&self, room: RoomId) -> Option<usize> {
        self.0.binary_search_by_key(&room, |(room, _)| *room).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::people::keys::Keys;
    use roost_shared::{EntryId, room::View};

    #[test]
    fn two_histories_of_the_same_length_have_two_digests() {
        let (chain_keys, room) = (Keys::for_tests().chain_keys, RoomId::new(1, [1; 10]));
        let digest = |said: Option<u8>| {
            let entry = |n| (EntryId::new(1, [n; 10]), 5);
            let chain = said.map(|n| chain_keys.next(None, (room, Seq(1)), entry(n)));
            let (sent, head) = (Point::default(), Point { seq: Seq(1), chain });
            let place = Place {
                constellation: ConstellationId::new(1, [1; 10]),
                role: Role::Hub,
                kind: RoomKind::Circle,
                view: View::Full,
                floor: Seq(1),
                sent,
                head,
                held: Seq::ZERO,
            };
            Places::new(vec![(room, place)]).digest(|place| place.head)
        };
        assert_eq!(digest(Some(1)), digest(Some(1)));
        assert_ne!(digest(Some(1)), digest(Some(2)));
        assert_ne!(digest(Some(1)), digest(None));
    }
}
