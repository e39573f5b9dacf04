//! F16, I3: no rule follows a wall clock that jumps. Histories of acts under clocks that jump by up
//! to 400 days and back, also across the changes of summer time, judged by a model that only counts
//! what truly passed. `ROOST_SEED` replays a run.

mod model;

use model::{Time, change, is_open, year_of};
use roost_server::{
    log::{Log, Who},
    people::{By, register::NewPerson},
    store::rooms,
};
use roost_shared::{
    Draft, EntryId, PersonId, Refusal, RoomId, Seq,
    policy::{Actor, Role},
    room::RoomKind,
};
use roost_tests::{
    dice::Dice,
    house::{BEGINNING, House, PEOPLE},
    ids,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const SECOND_MS: i64 = 1_000;
const MINUTE_MS: i64 = 60 * SECOND_MS;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;
/// How long a message may be edited, and how far ahead another instance may be.
const EDIT_MS: i64 = 15 * MINUTE_MS;
const APART_MS: i64 = MINUTE_MS;
const LINK_MS: i64 = 168 * HOUR_MS;

/// Of all histories.
const HISTORIES: [usize; 2] = [1_000, 60];
const STEPS: usize = 5;
const ACTS: usize = 4;

/// Something that a rule of time is asked about again and again, until the history ends.
#[derive(Default)]
struct Said {
    /// Id, author, and when.
    messages: Vec<(EntryId, usize, i64)>,
    /// Id, and its end.
    gatherings: Vec<(EntryId, i64)>,
    /// Link, and its end.
    links: BTreeMap<usize, (String, i64)>,
}

/// An act whose answer the model knows, unless it hangs on seconds.
struct Act {
    who: Who,
    room: RoomId,
    draft: Draft,
    allowed: Option<bool>,
    /// By which it is refused.
    refusal: Refusal,
}

struct Story {
    house: House,
    dice: Dice,
    time: Time,
    kit: Who,
    priya: Who,
    peers: RoomId,
    /// The last place and moment of each room.
    heads: BTreeMap<RoomId, (Seq, i64)>,
    said: Said,
    /// What happened in this history, for whoever has to find out.
    told: Vec<String>,
    /// How many answers there were, in turns of 20.
    answers: u8,
    /// How often the model knew that something must be refused.
    refused: usize,
}

#[tokio::test]
async fn no_rule_follows_a_clock_that_jumps() {
    let dice = Dice::thrown();
    println!("ROOST_SEED={}", dice.seed);
    for (house, histories) in House::on_each_database(None).await.into_iter().zip(HISTORIES) {
        let mut story = Story::begin(house, dice.clone()).await;
        for _ in 0..histories {
            story.history().await;
        }
        story.read_back().await;
        assert!(story.refused > histories, "{} refusals say little", story.refused);
    }
}

impl Story {
    async fn begin(house: House, dice: Dice) -> Story {
        let (people, constellation) = (&house.people, house.constellation);
        let home = people.add_home(constellation, "Kit's house", false).await.unwrap();
        let kit = NewPerson { constellation, home: Some(home), role: Role::Young, name: "Kit" };
        let kit = people.add_person(kit).await.unwrap();
        let priya = NewPerson { constellation, home: None, role: Role::Liaison, name: "Priya" };
        let priya = people.add_person(priya).await.unwrap();
        people.open_peers(By::Operator, constellation, true).await.unwrap();
        let mut conn = house.db.reader().await.unwrap();
        let all = rooms::of_constellation(&mut conn, constellation).await.unwrap();
        drop(conn);
        let peers = all.iter().find(|room| room.kind == RoomKind::Peers).unwrap().room;
        let who = |person: PersonId, role| {
            let actor = Actor::Person { person, role };
            Who { constellation, actor }
        };
        let (kit, priya) = (who(kit, Role::Young), who(priya, Role::Liaison));
        let time = Time::new(house.clock.now());
        let (heads, said, told, answers, refused) = Default::default();
        Story { house, dice, time, kit, priya, peers, heads, said, told, answers, refused }
    }

    fn log(&self) -> &Log {
        &self.house.logs[0]
    }

    async fn history(&mut self) {
        (self.said, self.told) = Default::default();
        for _ in 0..STEPS {
            self.happen().await;
            let mut acts = Vec::new();
            for _ in 0..ACTS {
                acts.extend(self.draw());
            }
            self.act(acts).await;
            self.follow_links().await;
        }
        // Whoever looks after the machine sets its clock right in the end.
        self.jump(-self.time.wrong_by);
        self.look().await;
        // A start by a clock that was behind, but not before the last commit, went by that clock.
        if self.time.agrees() != Some(true) {
            self.accept().await;
        }
        assert!(self.house.clock.agrees(), "{:#?}", self.told);
        assert_eq!(self.time.agrees(), Some(true), "{:#?}", self.told);
    }

    /// Time passes, or the wall clock jumps, or somebody looks at it.
    async fn happen(&mut self) {
        match self.dice.below(12) {
            0..=2 => self.pass(SECOND_MS, 20 * MINUTE_MS),
            3 => self.pass(MINUTE_MS, 8 * HOUR_MS),
            4 => self.pass(HOUR_MS, 3 * DAY_MS),
            5 => {
                let by = self.between(-400 * DAY_MS, 400 * DAY_MS);
                self.jump(by);
            }
            6 => {
                let by = [2 * HOUR_MS, -5 * HOUR_MS][usize::try_from(self.dice.below(2)).unwrap()];
                self.jump(by);
            }
            7 => {
                let month = [3, 10][usize::try_from(self.dice.below(2)).unwrap()];
                let there = change(year_of(self.time.truth), month);
                let there = there + self.between(-HOUR_MS, HOUR_MS);
                self.jump(there - self.time.wall());
            }
            8 => self.jump(-self.time.wrong_by),
            9 => self.look().await,
            10 if self.time.wrong_by <= 0 => self.restart().await,
            11 if self.dice.below(4) == 0 => self.accept().await,
            _ => self.look().await,
        }
    }

    fn between(&mut self, least: i64, most: i64) -> i64 {
        least + i64::try_from(self.dice.below((most - least).unsigned_abs())).unwrap()
    }

    fn pass(&mut self, least: i64, most: i64) {
        let ms = self.between(least, most);
        self.told.push(format!("{ms} ms pass"));
        self.house.clock.turn(ms);
        self.time.pass(ms);
    }

    fn jump(&mut self, by: i64) {
        self.told.push(format!("the wall clock jumps by {by} ms"));
        self.house.clock.jump(by);
        self.time.wrong_by += by;
    }

    async fn look(&mut self) {
        self.told.push("the clock is looked at".to_owned());
        self.house.look_at_clock().await;
        self.time.look();
        if let Some(agrees) = self.time.agrees() {
            assert_eq!(self.house.clock.agrees(), agrees, "{:#?}", self.told);
        }
    }

    async fn restart(&mut self) {
        let down = self.between(20 * SECOND_MS, 2 * HOUR_MS);
        self.told.push(format!("a restart takes {down} ms"));
        self.house.clock.turn(down);
        self.house.restart_clock().await;
        self.time.restart(down);
        assert_eq!(self.house.clock.agrees(), !self.time.before, "{:#?}", self.told);
    }

    async fn accept(&mut self) {
        self.told.push("the operator accepts the clock".to_owned());
        self.house.people.accept_clock().await.unwrap();
        self.time.accept();
        self.look().await;
    }

    /// Somebody's next act, if there is something to do it about.
    fn draw(&mut self) -> Option<Act> {
        let (circle, n) = (self.house.circle, usize::try_from(self.dice.below(PEOPLE as u64)));
        let n = n.unwrap();
        let (who, time) = (self.house.who(n), self.time.clone());
        let words = json!({"text": format!("hello {}", self.dice.throw())});
        let act = |who, room, (kind, target, body): (&str, _, Value), allowed, refusal| {
            let draft = Draft { id: ids::entry(), kind: kind.to_owned(), target, body };
            Some(Act { who, room, draft, allowed, refusal })
        };
        match self.dice.below(6) {
            0 => {
                let open = time.sure(is_open);
                act(self.kit, self.peers, ("message", None, words), open, Refusal::RoomClosed)
            }
            1 => {
                let act = act(who, circle, ("message", None, words), Some(true), Refusal::Busy)?;
                self.said.messages.push((act.draft.id, n, time.kept));
                Some(act)
            }
            2 => {
                let (id, author, said_at) = self.said.messages.first().copied()?;
                self.said.messages.rotate_left(1);
                let in_time = time.sure(|now| (-APART_MS..=EDIT_MS).contains(&(now - said_at)));
                let edit = ("edit", Some(id), words);
                act(self.house.who(author), circle, edit, in_time, Refusal::TooLate)
            }
            3 | 4 => {
                let starts_at = time.kept + self.between(-3 * HOUR_MS, 3 * HOUR_MS);
                let ends_at = starts_at + 2 * HOUR_MS;
                let details = json!({"title": "Picnic", "type": "meet_up", "places": 500,
                    "starts_at": starts_at, "ends_at": ends_at});
                let ahead = time.sure(|now| starts_at >= now);
                let body = ("gathering", None, json!({"details": details}));
                let act = act(self.priya, circle, body, ahead, Refusal::DetailsInvalid)?;
                if ahead == Some(true) {
                    self.said.gatherings.push((act.draft.id, ends_at));
                }
                Some(act)
            }
            _ => {
                let (id, ends_at) = self.said.gatherings.first().copied()?;
                self.said.gatherings.rotate_left(1);
                let on = time.sure(|now| now < ends_at);
                let answer = ("rsvp", Some(id), json!({"answer": "going", "heads": self.heads()}));
                act(who, circle, answer, on, Refusal::TooLate)
            }
        }
    }

    /// How many come: never as many as a home said before in this history.
    fn heads(&mut self) -> u8 {
        self.answers = self.answers % 20 + 1;
        self.answers
    }

    /// All of these at one moment.
    async fn act(&mut self, acts: Vec<Act>) {
        let mut answers = Vec::new();
        for act in &acts {
            answers.push(self.log().submit(act.who, act.room, act.draft.clone()).unwrap());
        }
        for (act, answer) in acts.into_iter().zip(answers) {
            let answer = answer.await.unwrap();
            let kind = &act.draft.kind;
            self.told.push(format!("{kind} {:?}: {answer:?} at {:?}", act.draft.id, self.time));
            match act.allowed {
                Some(true) => assert!(answer.is_ok(), "{:#?}", self.told),
                Some(false) => {
                    assert_eq!(answer.err(), Some(act.refusal), "{:#?}", self.told);
                    self.refused += 1;
                }
                None => {}
            }
            // A refusal is written down as well as what was taken: it stays one.
            self.time.committed = self.time.kept;
            let Ok(receipt) = answer else { continue };
            let head = self.heads.entry(act.room).or_insert((receipt.seq.previous(), receipt.at));
            assert_eq!(receipt.seq, head.0.next(), "{:#?}", self.told);
            assert!(receipt.at >= head.1, "{:#?}", self.told);
            *head = (receipt.seq, receipt.at);
        }
    }

    /// A link is made now and then, and each is tried.
    async fn follow_links(&mut self) {
        if self.dice.below(4) == 0 {
            let n = usize::try_from(self.dice.below(PEOPLE as u64)).unwrap();
            let link = self.house.people.enrol(self.house.satellites[n]).await.unwrap();
            self.time.committed = self.time.kept;
            self.said.links.insert(n, (link, self.time.kept + LINK_MS));
        }
        for (link, ends_at) in self.said.links.values() {
            let usable = self.house.people.look(link).await.is_ok();
            if let Some(expected) = self.time.sure(|now| now < *ends_at) {
                assert_eq!(usable, expected, "a link at {:?}: {:#?}", self.time, self.told);
                self.refused += usize::from(!expected);
            }
        }
    }

    /// Rooms are whole and in order, whatever happened to the clocks.
    async fn read_back(&self) {
        for (who, room) in [(self.house.who(0), self.house.circle), (self.priya, self.peers)] {
            let entries = self.house.whole(who, room, 200).await;
            let last = entries.last().map(|entry| (entry.seq, entry.at));
            assert_eq!(last, self.heads.get(&room).copied(), "what was taken is there");
            for pair in entries.windows(2) {
                assert_eq!(pair[1].seq, pair[0].seq.next());
                assert!(pair[1].at >= pair[0].at, "{pair:?}");
            }
        }
    }
}

/// The room's hours, as everybody tells them there.
async fn kit_may_write(story: &Story) -> bool {
    let body = json!({"text": "hello"});
    let draft = Draft { id: ids::entry(), kind: "message".to_owned(), target: None, body };
    story.log().append(story.kit, story.peers, draft).await.is_ok()
}

/// A process that started with a clock 400 days ahead cannot know; one that then starts with the
/// right one does, goes by the later time, and by the right one as soon as the operator says so.
#[tokio::test]
async fn after_a_jump_ahead_and_back_rooms_tell_the_right_time_again() {
    for house in House::on_each_database(None).await {
        let mut story = Story::begin(house, Dice::of(1)).await;
        let clock = story.house.clock.clone();
        clock.turn(evening() - clock.now());
        assert!(kit_may_write(&story).await);
        clock.jump(400 * DAY_MS + 6 * HOUR_MS);
        story.house.restart_clock().await;
        assert!(clock.agrees() && !kit_may_write(&story).await);
        let (circle, sam) = (story.house.circle, story.house.who(0));
        let say = |text: &str| Draft {
            id: ids::entry(),
            kind: "message".to_owned(),
            target: None,
            body: json!({ "text": text }),
        };
        let ahead = story.log().append(sam, circle, say("ahead")).await.unwrap();
        let link = story.house.people.enrol(story.house.satellites[0]).await.unwrap();
        clock.turn(LINK_MS);
        assert!(story.house.people.look(&link).await.is_err());
        story.log().append(sam, circle, say("later")).await.unwrap();

        clock.jump(-400 * DAY_MS - 6 * HOUR_MS);
        story.house.restart_clock().await;
        assert!(!clock.agrees(), "it starts before its last commit");
        story.house.look_at_clock().await;
        assert!(!clock.agrees());
        assert!(story.house.people.look(&link).await.is_err(), "what has run out stays so");
        assert!(clock.now() > ahead.at);

        story.house.people.accept_clock().await.unwrap();
        story.house.look_at_clock().await;
        assert!(clock.agrees());
        let right = BEGINNING..BEGINNING + 10 * DAY_MS;
        assert!(right.contains(&clock.now()), "{}", clock.now());
        // Words of now, behind words of later: they stand in order, and are edited in time.
        let draft = say("now");
        let now = story.log().append(sam, circle, draft.clone()).await.unwrap();
        assert!(now.at >= ahead.at && now.seq > ahead.seq);
        let edit =
            |text: &str| Draft { kind: "edit".to_owned(), target: Some(draft.id), ..say(text) };
        clock.turn(EDIT_MS);
        story.log().append(sam, circle, edit("at once")).await.unwrap();
        clock.turn(1);
        let late = story.log().append(sam, circle, edit("too late")).await;
        assert_eq!(late.unwrap_err(), Refusal::TooLate);
        assert!(kit_may_write(&story).await, "it is Sunday evening again");
        story.house.restart_clock().await;
        assert!(clock.agrees(), "the next start is like any other");
        story.time = Time::new(clock.now());
        story.heads.clear();
        story.history().await;
    }
}

/// Sunday, half an hour before the young people's room closes, in winter: the day on which every
/// house begins.
fn evening() -> i64 {
    BEGINNING - BEGINNING.rem_euclid(DAY_MS) + 20 * HOUR_MS
}
