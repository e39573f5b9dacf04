//! What has become of an entry is the same for everybody: a phone that heard it live and one that
//! reads the room from its beginning hold the same cards at every moment, and show the same words.
//! What was removed is gone from the log.
//!
//! Asked at every prefix of random histories: of ten thousand in memory, where only the rules of
//! `shared` play, and of as many as there is time for through the log and the feeds of a server on
//! each database, beside the same history in memory. `ROOST_SEED` plays one of them again.

mod acts;
mod live;
mod model;
pub mod reader;

use acts::{Act, Player, below, whole};
use model::Room;
use reader::Reader;
use roost_shared::{
    Draft, EntryId, HomeId, PersonId,
    frame::Side,
    kind::{Body, Member, member::Change},
    policy::Role,
    room::RoomKind,
};
use roost_tests::{dice::Dice, house};
use std::{collections::BTreeMap, thread};

const HISTORIES: u64 = 10_000;
const WEEK_MS: u64 = 7 * 24 * 3_600_000;

/// How many entries of each kind were taken.
type Taken = BTreeMap<String, usize>;

/// Says which history it was when it goes wrong.
struct Replay(u64);

impl Drop for Replay {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("ROOST_SEED={} plays this history again", self.0);
        }
    }
}

/// Everybody who has a seat in a room of this kind; homes are those of the hub, of sam and of
/// amara.
fn players(kind: RoomKind, homes: &[HomeId], person: impl Fn(u8) -> PersonId) -> Vec<Player> {
    let all = [
        (Role::Hub, Some(0)),
        (Role::Satellite, Some(1)),
        (Role::Liaison, None),
        (Role::Young, Some(1)),
        (Role::Satellite, Some(2)),
        (Role::Young, Some(2)),
    ];
    let all = (1..).zip(all).filter(|(_, (role, _))| kind.seats(*role));
    all.map(|(n, (role, home))| Player {
        person: person(n),
        role,
        home: home.map(|place: usize| homes[place]),
    })
    .collect()
}

fn joins(person: PersonId, id: EntryId) -> Draft {
    let body = Body::Member(Member { person, change: Change::Joined });
    let written = serde_json::from_str(&body.to_text()).unwrap();
    Draft { id, kind: body.kind().to_owned(), target: None, body: written }
}

/// One who listens, and sometimes does not.
struct Listener {
    player: Player,
    reader: Reader,
    asleep: bool,
}

/// A history in memory, and who listens to it.
struct History {
    dice: Dice,
    room: Room,
    players: Vec<Player>,
    listeners: Vec<Listener>,
    now: i64,
}

impl History {
    fn begin(seed: u64) -> History {
        let mut dice = Dice::of(seed);
        let kind = RoomKind::ALL[below(&mut dice, 7).saturating_sub(3)];
        let homes: Vec<HomeId> = (1..=3).map(|n| HomeId::new(1, [n; 10])).collect();
        let players = players(kind, &homes, |n| PersonId::new(1, [n; 10]));
        let now = house::BEGINNING + whole(dice.below(WEEK_MS));
        let mut room = Room::new(kind, homes);
        for (n, player) in (1..).zip(&players) {
            if n == 1 || dice.below(3) > 0 {
                let joined = joins(player.person, EntryId::new(1, [n; 10]));
                room.append(None, &joined, now).unwrap();
            }
        }
        History { dice, room, players, listeners: Vec::new(), now }
    }

    /// One commit of a few drafts; then everybody is asked.
    fn step(&mut self, taken: &mut Taken) {
        let from = self.room.head().next();
        for _ in 0..=self.dice.below(5).saturating_sub(2) {
            let wait = if self.dice.below(12) == 0 { 8 * 3_600_000 } else { 240_000 };
            self.now += whole(self.dice.below(wait));
            if self.dice.below(40) == 0 {
                self.room.homes.push(HomeId::new(self.now, [9; 10]));
            }
            let Act { by, draft } = acts::draw(&mut self.dice, &self.room, &self.players, self.now);
            if self.room.append(by, &draft, self.now).is_ok() {
                *taken.entry(draft.kind).or_default() += 1;
            }
        }
        let (room, dice) = (&self.room, &mut self.dice);
        self.listeners.retain_mut(|one| {
            let Some(floor) = room.members.get(&one.player.person) else { return one.asleep };
            if !one.asleep && one.reader.floor == *floor && from <= room.head() {
                one.reader.take(room.live(from, *floor));
            }
            one.live_on(room, dice);
            true
        });
        if dice.below(3) == 0 {
            let player = self.players[below(dice, self.players.len())];
            if let Some(floor) = room.members.get(&player.person) {
                let reader = Reader::new(*floor);
                self.listeners.push(Listener { player, reader, asleep: false });
            }
        }
    }

    /// Whoever has come up to the head shows what one shows who reads the room now.
    fn compare(&mut self) {
        for floor in self.room.members.values() {
            let read = read(&mut self.dice, &self.room, Reader::new(*floor));
            read.is_whole(&self.room);
            for one in self.listeners.iter().filter(|one| !one.asleep) {
                if one.reader.floor == *floor && one.reader.at == read.at {
                    one.reader.shows_the_same_as(&read);
                }
            }
        }
    }
}

impl Listener {
    /// Falls asleep, wakes up, reads on by a page when something was missed.
    fn live_on(&mut self, room: &Room, dice: &mut Dice) {
        if dice.below(5) == 0 {
            self.asleep = !self.asleep;
        }
        let floor = room.members[&self.player.person];
        if self.asleep {
            return;
        }
        if self.reader.floor != floor {
            self.reader.rise(floor);
        }
        if self.reader.at < room.head() {
            let limit = 1 + below(dice, 6);
            self.reader.take(room.range(Side::After(self.reader.at), limit, floor));
        }
    }
}

/// Reads a room whole, from either end, in pages of some size.
fn read(dice: &mut Dice, room: &Room, mut reader: Reader) -> Reader {
    let (limit, floor) = (1 + below(dice, 12), reader.floor);
    if dice.below(2) == 0 {
        while reader.at < room.head() {
            assert!(reader.take(room.range(Side::After(reader.at), limit, floor)));
        }
        return reader;
    }
    let mut before = room.head().next();
    while before > floor {
        let sheet = room.range(Side::Before(before), limit, floor);
        before = sheet.from;
        reader.keep(sheet);
    }
    reader.at = room.head();
    reader
}

#[test]
fn cards_heard_live_and_cards_read_are_the_same_at_every_prefix_of_ten_thousand_histories() {
    let first = Dice::thrown().seed;
    let mut taken = Taken::new();
    for seed in (0..HISTORIES).map(|n| first.wrapping_add(n)) {
        let _replay = Replay(seed);
        let mut history = History::begin(seed);
        for _ in 0..4 + history.dice.below(16) {
            history.step(&mut taken);
            history.compare();
        }
    }
    for kind in Body::KINDS {
        assert!(taken.get(*kind).is_some_and(|count| *count > 500), "{kind}: {taken:?}");
    }
}
