//! Histories through the log and the feeds of a server, on each database. The room in memory takes
//! the same drafts and has to give the same answers; what phones are sent is held against it.

use super::{
    Replay, Taken,
    acts::{self, Act, Player, below, whole},
    model::Room,
    reader::{Reader, Sheet},
};
use futures_util::future::join_all;
use roost_server::{
    chain::Point,
    feed::Ask,
    log::Who,
    outlet::{Inlet, Push},
    page::PageText,
    people::{By, register::NewPerson},
    store::{
        entries::{self, Stretch},
        rooms::{self, Seat},
    },
};
use roost_shared::{
    ConstellationId, Draft, PersonId, Refusal, RoomId, Seq,
    frame::{ServerFrame, Side},
    kind::Body,
    policy::{Actor, Role},
    room::{RoomKind, belongs},
};
use roost_tests::{dice::Dice, house::House, wait};
use std::time::{Duration, Instant};

const SOON: Duration = Duration::from_secs(5);
/// How long histories are played on SQLite, and on Postgres.
const TIMES: [Duration; 2] = [Duration::from_secs(20), Duration::from_secs(8)];
/// By then every kind was taken, however slow the machine is.
const ENOUGH: u64 = 300;
const HOUR_MS: u64 = 3_600_000;

/// A room on a database, the same room in memory, and who listens.
struct Stage<'h> {
    house: &'h House,
    dice: Dice,
    constellation: ConstellationId,
    id: RoomId,
    room: Room,
    players: Vec<Player>,
    listeners: Vec<Listener>,
    /// Which instances know of what was written last, or were told to look.
    told: [bool; 2],
}

/// A phone of somebody: the way to it, and what it holds.
struct Listener {
    player: Player,
    /// Which of the two instances it is connected to.
    instance: usize,
    inlet: Inlet,
    reader: Reader,
}

fn sheet(page: &PageText) -> Sheet {
    match serde_json::from_slice(&page.text).unwrap() {
        ServerFrame::Page(page) => page.into(),
        other => panic!("{other:?}"),
    }
}

/// A constellation of its own: three homes and everybody who may be in one of its rooms.
async fn settle(house: &House, dice: &mut Dice) -> (ConstellationId, Room, Vec<Player>, RoomId) {
    let people = &house.people;
    let service = people.add_service("Riverbank").await.unwrap();
    let constellation = people.add_constellation(service, "Wren").await.unwrap();
    let mut homes = Vec::new();
    for (name, hub) in [("Jo's house", true), ("The Okafors", false), ("The Brennans", false)] {
        homes.push(people.add_home(constellation, name, hub).await.unwrap());
    }
    let kind = RoomKind::ALL[below(dice, 7).saturating_sub(3)];
    let everybody = [
        ("priya", Role::Liaison, None),
        ("jo", Role::Hub, Some(homes[0])),
        ("sam", Role::Satellite, Some(homes[1])),
        ("amara", Role::Satellite, Some(homes[2])),
        ("kit", Role::Young, Some(homes[1])),
    ];
    let mut players = Vec::new();
    for (name, role, home) in everybody.into_iter().filter(|(_, role, _)| kind.seats(*role)) {
        let new = NewPerson { constellation, home, role, name };
        let person = people.add_person(new).await.unwrap();
        players.push(Player { person, role, home });
    }
    if kind == RoomKind::Peers {
        people.open_peers(By::Operator, constellation, true).await.unwrap();
    }
    let mut conn = house.db.reader().await.unwrap();
    let all = rooms::of_constellation(&mut conn, constellation).await.unwrap();
    // Of the lines, that of sam's home.
    let is_it = |one: &&rooms::Room| one.kind == kind && one.home.is_none_or(|h| h == homes[1]);
    let found = *all.iter().find(is_it).unwrap();
    players.retain(|one| belongs(one.role, one.home, kind, found.home));
    let mut room = Room::new(kind, homes);
    let head = rooms::head(&mut conn, constellation, found.room).await.unwrap();
    let (floor, side, limit) = (Seq(1), Side::After(Seq::ZERO), 200);
    let stretch = Stretch { constellation, room: found.room, side, floor, head, limit };
    for row in entries::range(&mut conn, stretch).await.unwrap() {
        let body = serde_json::from_str(&row.body).unwrap();
        let joined = Draft { id: row.id, kind: row.kind, target: None, body };
        assert_eq!(room.append(None, &joined, row.at), Ok(row.seq));
    }
    (constellation, room, players, found.room)
}

impl Stage<'_> {
    async fn set(house: &House, seed: u64) -> Stage<'_> {
        let mut dice = Dice::of(seed);
        house.clock.turn(whole(dice.below(24 * HOUR_MS)));
        let (constellation, room, players, id) = settle(house, &mut dice).await;
        let (listeners, told) = (Vec::new(), [true; 2]);
        Stage { house, dice, constellation, id, room, players, listeners, told }
    }

    fn who(&self, by: Option<Player>) -> Who {
        let person = |by: Player| Actor::Person { person: by.person, role: by.role };
        Who { constellation: self.constellation, actor: by.map_or(Actor::Operator, person) }
    }

    /// Some drafts at once; a change of members goes alone.
    fn drafts(&mut self) -> Vec<Act> {
        let wait = if self.dice.below(12) == 0 { 8 * HOUR_MS } else { HOUR_MS / 20 };
        self.house.clock.turn(whole(self.dice.below(wait)));
        let now = self.house.clock.now();
        let count = if self.dice.below(4) == 0 { 3 } else { 1 };
        let draw = |_| acts::draw(&mut self.dice, &self.room, &self.players, now);
        let mut acts: Vec<Act> = (0..count).map(draw).collect();
        if let Some(alone) = acts.iter().position(|act| act.by.is_none()) {
            acts = vec![acts.swap_remove(alone)];
        }
        acts
    }

    /// The server takes them or not, and the room in memory likewise.
    async fn append(&mut self, taken: &mut Taken) {
        let (acts, now, before) = (self.drafts(), self.house.clock.now(), self.room.head());
        let writer = below(&mut self.dice, 2);
        let log = &self.house.logs[writer];
        let answers =
            acts.iter().map(|Act { by, draft }| log.append(self.who(*by), self.id, draft.clone()));
        let answers = join_all(answers).await.into_iter().map(|answer| answer.map(|r| r.seq));
        let mut answered: Vec<(Act, Result<Seq, Refusal>)> =
            acts.into_iter().zip(answers).collect();
        let alone = answered.len() == 1;
        // What was refused among several was judged at a moment that nobody knows.
        answered.retain(|(_, answer)| alone || answer.is_ok());
        answered.sort_by_key(|(_, answer)| answer.unwrap_or(Seq::ZERO));
        for (Act { by, draft }, answer) in answered {
            let returning = returning(&draft).filter(|person| self.room.knows(*person));
            assert_eq!(self.room.append(by, &draft, now), answer, "{draft:?}");
            let Ok(seq) = answer else { continue };
            if let Some(person) = returning {
                let seat = Seat { constellation: self.constellation, room: self.id, person };
                let mut tx = self.house.db.begin().await.unwrap();
                rooms::raise_floor(tx.conn(), seat, seq).await.unwrap();
                tx.commit().await.unwrap();
            }
            *taken.entry(draft.kind).or_default() += 1;
        }
        // The other instance finds out by looking, or when it writes itself and sees the gap.
        let looks = self.dice.below(3) > 0;
        if looks {
            self.house.feeds[1 - writer].look(self.constellation);
        }
        if self.room.head() > before {
            self.told = [true; 2];
            self.told[1 - writer] = looks;
        }
    }

    /// Everybody who is still in the room hears, but for those who do not listen just now.
    async fn hear(&mut self) {
        let mut listeners = std::mem::take(&mut self.listeners);
        listeners.retain(|one| {
            let stays = self.room.members.get(&one.player.person) == Some(&one.reader.floor);
            if !stays {
                self.house.feeds[one.instance].leave(self.id, &one.inlet.outlet);
            }
            stays
        });
        for one in &mut listeners {
            if self.told[one.instance] && self.dice.below(5) > 0 {
                one.hear(self).await;
            }
        }
        self.listeners = listeners;
        if self.dice.below(3) == 0 {
            let player = self.players[below(&mut self.dice, self.players.len())];
            if let Some(floor) = self.room.members.get(&player.person).copied() {
                let one = Listener::come(self, player, floor).await;
                self.listeners.push(one);
            }
        }
    }

    /// Who reads the room now holds what the room in memory holds, and so does everybody who heard.
    async fn compare(&mut self) {
        for player in self.players.clone() {
            let Some(floor) = self.room.members.get(&player.person).copied() else { continue };
            let read = self.read(player, Reader::new(floor)).await;
            read.is_whole(&self.room);
            for one in self.listeners.iter().filter(|one| one.reader.floor == floor) {
                if one.reader.at == read.at {
                    one.reader.shows_the_same_as(&read);
                }
            }
        }
    }

    /// Reads the room whole from the log, from either end.
    async fn read(&mut self, player: Player, mut reader: Reader) -> Reader {
        let who = self.who(Some(player));
        let limit = [200, 200, 200, 9][below(&mut self.dice, 4)];
        let backwards = self.dice.below(2) == 0;
        let mut before = self.room.head().next();
        while if backwards { before > reader.floor } else { reader.at < self.room.head() } {
            let side = if backwards { Side::Before(before) } else { Side::After(reader.at) };
            let page = self.house.logs[1].range(who, self.id, side, limit).await.unwrap();
            before = page.from;
            if backwards {
                reader.keep(sheet(&page));
            } else {
                assert!(reader.take(sheet(&page)), "a page follows the one before");
            }
        }
        reader.at = self.room.head();
        reader
    }
}

/// Who joins by this draft.
fn returning(draft: &Draft) -> Option<PersonId> {
    let joined = draft.kind == "member" && draft.body["change"] == "joined";
    draft.body["person"].as_str().filter(|_| joined)?.parse().ok()
}

impl Listener {
    /// As a session does: listens first, then reads on to the head, from where the phone stood
    /// when it was last here.
    async fn come(stage: &mut Stage<'_>, player: Player, floor: Seq) -> Listener {
        let instance = below(&mut stage.dice, 2);
        let inlet = Inlet::new(player.person, 1 + below(&mut stage.dice, 3), 1 << 20);
        let feeds = &stage.house.feeds[instance];
        let place = (stage.id, floor);
        let of = (stage.constellation, stage.house.epoch());
        if feeds.listen(of, place, &inlet.outlet).is_none() {
            feeds.seen(stage.id, Point { seq: stage.room.head(), chain: None });
        }
        let mut one = Listener { player, instance, inlet, reader: Reader::new(floor) };
        let (who, held) = (stage.who(Some(player)), 1 + whole(stage.dice.below(30)));
        let log = &stage.house.logs[instance];
        let page = log.range(who, stage.id, Side::After(Seq::ZERO), held).await.unwrap();
        one.reader.take(sheet(&page));
        one.read_on(stage).await;
        one
    }

    /// Takes what comes until everything is here. What does not follow directly only says that
    /// there is more to read.
    async fn hear(&mut self, stage: &Stage<'_>) {
        while self.reader.at < stage.room.head() {
            match wait::within("the feed says something", SOON, self.inlet.next()).await {
                Push::Page(page) if page.from == self.reader.at.next() => {
                    self.reader.take(sheet(&page));
                }
                Push::Page(page) if page.head <= self.reader.at => {}
                Push::Page(_) | Push::Behind => self.read_on(stage).await,
                other => panic!("{other:?}"),
            }
        }
    }

    async fn read_on(&mut self, stage: &Stage<'_>) {
        while self.reader.at < stage.room.head() {
            let (constellation, room, floor) = (stage.constellation, stage.id, self.reader.floor);
            let side = Side::After(self.reader.at);
            let ask = Ask { constellation, room, floor, side, limit: 200 };
            let feeds = &stage.house.feeds[self.instance];
            let heads = feeds.heads(&[stage.id]);
            let knows = heads.iter().any(|(_, head)| head.seq == stage.room.head());
            let page = feeds.page(ask, &self.inlet.outlet).await.unwrap();
            let (from, page) = (page.from, sheet(&page));
            if knows {
                let there = stage.room.log.iter().filter(|entry| entry.seq >= from);
                let there = there.take(page.entries.len());
                assert!(page.entries.iter().eq(there), "bodies are those of now, from a tail too");
            }
            assert!(!page.entries.is_empty() && self.reader.take(page), "there is more");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn cards_sent_live_and_cards_read_are_the_same_at_every_prefix_on_each_database() {
    let first = Dice::thrown().seed;
    for (house, time) in House::on_each_database(None).await.into_iter().zip(TIMES) {
        let (mut taken, mut played, began) = (Taken::new(), 0, Instant::now());
        let lacks = |taken: &Taken| Body::KINDS.iter().any(|kind| !taken.contains_key(*kind));
        while began.elapsed() < time || (lacks(&taken) && played < ENOUGH) {
            let seed = first.wrapping_add(played);
            let _replay = Replay(seed);
            let mut stage = Stage::set(&house, seed).await;
            for _ in 0..10 + stage.dice.below(15) {
                stage.append(&mut taken).await;
                stage.hear().await;
                stage.compare().await;
            }
            for one in &stage.listeners {
                house.feeds[one.instance].leave(stage.id, &one.inlet.outlet);
            }
            played += 1;
        }
        println!("{played} histories in {:?}: {taken:?}", began.elapsed());
        assert!(!lacks(&taken), "every kind was taken: {taken:?}");
    }
}
