//! Who sits where, and what they say to get in.

use crate::{Done, MEMBERS, bare};

/// Makes an access token for a person.
pub type Mint = Box<dyn Fn(&str) -> Done<String>>;

/// Everybody of every room. Roost's is made with its data folder; the bare loops let anybody in.
pub struct Roster {
    pub epoch: String,
    pub rooms: Vec<Place>,
    /// An access token for a person, good from now on.
    pub mint: Mint,
}

pub struct Place {
    pub room: String,
    pub head: i64,
    pub sitters: Vec<Sitter>,
}

pub struct Sitter {
    pub person: String,
    /// Cursors of this person's other rooms, as they stand in `hello`: `,"room":seq` each.
    pub elsewhere: String,
}

/// Where a phone belongs.
#[derive(Clone)]
pub struct Seat {
    pub room: usize,
    pub member: usize,
    pub token: String,
    pub elsewhere: String,
}

impl Roster {
    /// For a bare loop: a token only says into which room.
    pub fn bare(rooms: usize, head: i64) -> Roster {
        let place = |number| {
            let room = bare::room_id(number);
            let sitter = || Sitter { person: room.clone(), elsewhere: String::new() };
            Place { sitters: (0..MEMBERS).map(|_| sitter()).collect(), room, head }
        };
        Roster {
            epoch: bare::room_id(0),
            rooms: (0..rooms).map(place).collect(),
            mint: Box::new(|person| Ok(person.to_owned())),
        }
    }

    /// Everybody, room by room, with fresh tokens.
    pub fn seats(&self) -> Done<Vec<Seat>> {
        let mut seats = Vec::new();
        for (room, place) in self.rooms.iter().enumerate() {
            for (member, sitter) in place.sitters.iter().enumerate() {
                let token = (self.mint)(&sitter.person)?;
                seats.push(Seat { room, member, token, elsewhere: sitter.elsewhere.clone() });
            }
        }
        Ok(seats)
    }
}
