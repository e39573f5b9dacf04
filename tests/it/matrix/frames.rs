//! Says every frame as every actor.

use super::{ACTORS, Frame, NO_SUCH_ROOM, Scene, heard, is_closed_to, said};
use roost_shared::{
    RoomId, Seq,
    frame::{Anchors, ClientFrame, Cursors, ServerFrame, Welcome},
};
use roost_tests::{
    ids,
    wire::{Heard, Wire, draft},
};
use std::collections::{BTreeMap, BTreeSet};

pub(super) async fn say_each(rows: &[Frame], scene: &Scene) {
    for (place, actor) in ACTORS.iter().enumerate() {
        let access = scene.sign_ins[place].as_ref().map(|own| own.access.as_str());
        // Somebody who is welcome says everything on one connection.
        let entered = Wire::enter(scene.world.door.address, access.unwrap_or("nobody")).await;
        let mut caller = entered.map(Caller::new);
        let mut missing = Vec::new();
        for pass in [NO_SUCH_ROOM, ""] {
            for row in rows.iter().filter(|row| pass.is_empty() || row.of == pass) {
                let (name, text) = match &mut caller {
                    Some(caller) if row.say != "hello" => caller.say(row, scene).await,
                    _ => (first_word(row, access, scene).await, String::new()),
                };
                let cell = format!("{} of {:?} as {actor}", row.say, row.of);
                let closed = row.hear[place] == "ack" && is_closed_to(actor, &row.of);
                let expected = if closed { "room_closed" } else { &row.hear[place] };
                assert_eq!(name, expected, "{cell}: {text}");
                if name == "not_found" {
                    let text = nameless(&text);
                    if !pass.is_empty() {
                        missing.push(text);
                    } else {
                        assert!(missing.contains(&text), "{cell} differs from no room: {text}");
                    }
                }
            }
        }
    }
}

/// What a connection hears that begins with this frame; a signed-in phone says hello before it.
async fn first_word(row: &Frame, access: Option<&str>, scene: &Scene) -> String {
    let mut wire = Wire::dial(scene.world.door.address).await.unwrap();
    if let (Some(access), true) = (access, row.say != "hello") {
        wire.hello(access, None, Cursors::new()).await.unwrap();
    }
    let frame = frame(&row.say, access.unwrap_or("nobody"), room(row, scene));
    // It may be closed already: the hello was not welcome.
    let _ = wire.say(&frame).await;
    match wire.hear().await {
        Heard::Frame(frame, _) if heard(&frame) == "bye" => wire.closed().await.to_string(),
        Heard::Frame(frame, _) => heard(&frame).to_owned(),
        Heard::Closed(code) => code.to_string(),
    }
}

/// The text with every id, which the phone itself chose or named, made the same.
fn nameless(text: &str) -> String {
    let frame: ServerFrame = serde_json::from_str(text).unwrap();
    let ServerFrame::Refused { room, id, .. } = frame else { return text.to_owned() };
    let names = [room.map(|room| room.to_string()), id.map(|id| id.to_string())];
    names.into_iter().flatten().fold(text.to_owned(), |text, name| text.replace(&name, "?"))
}

/// A connection that was welcome.
struct Caller {
    wire: Wire,
    floors: BTreeMap<RoomId, Seq>,
    /// Rooms that do not exist, of which was asked before: an answer may come late.
    nothings: BTreeSet<RoomId>,
}

impl Caller {
    fn new((wire, welcome): (Wire, Welcome)) -> Caller {
        let floors = welcome.rooms.iter().map(|listed| (listed.room, listed.floor)).collect();
        Caller { wire, floors, nothings: BTreeSet::new() }
    }

    /// Says a row's frame: the name of what answers it, and its text. What is asked afterwards of
    /// the writer, twice, is answered afterwards: with nothing before it, there is no answer.
    async fn say(&mut self, row: &Frame, scene: &Scene) -> (String, String) {
        let room = room(row, scene);
        let frame = frame(&row.say, "", room);
        self.settle().await;
        self.wire.say(&frame).await.unwrap();
        let (mut asked, mut again) = (self.ask_of_nothing().await, true);
        loop {
            match self.wire.hear().await {
                Heard::Closed(code) => return (code.to_string(), String::new()),
                Heard::Frame(frame, text) => match *frame {
                    ServerFrame::Refused { room, .. } if room == Some(asked) => {
                        if !again {
                            return ("nothing".to_owned(), text);
                        }
                        (asked, again) = (self.ask_of_nothing().await, false);
                    }
                    ServerFrame::Refused { room: Some(room), .. }
                        if self.nothings.contains(&room) => {}
                    ServerFrame::Refused { told, .. } => return (told.code, text),
                    // Told whenever something was read, when others come and go, and in between.
                    ServerFrame::Marks { .. }
                    | ServerFrame::Welcome(_)
                    | ServerFrame::Beat { .. } => {}
                    // What was just posted comes as a page too; only one from the floor answers.
                    ServerFrame::Page(page) => {
                        let floor = self.floors.get(&page.room);
                        if row.say != "append" && page.room == room && floor == Some(&page.from) {
                            return ("page".to_owned(), text);
                        }
                    }
                    other => return (heard(&other).to_owned(), text),
                },
            }
        }
    }

    /// Passes over everything that was sent without being asked for.
    async fn settle(&mut self) {
        let asked = self.ask_of_nothing().await;
        let answered = |frame| match frame {
            ServerFrame::Refused { room, .. } => (room == Some(asked)).then_some(()),
            _ => None,
        };
        self.wire.until(answered).await;
    }

    /// Posts into a room that does not exist.
    async fn ask_of_nothing(&mut self) -> RoomId {
        let room = ids::room();
        self.nothings.insert(room);
        // If it is closed, that is the answer.
        let _ = self.wire.say(&draft(room, ids::entry(), "is anybody there?")).await;
        room
    }
}

/// The room of a row; of one that names none, one that does not exist.
fn room(row: &Frame, scene: &Scene) -> RoomId {
    if row.of.is_empty() { ids::room() } else { scene.room(&row.of) }
}

/// What a phone says, about this room if it is about any.
pub(super) fn frame(say: &str, access: &str, room: RoomId) -> ClientFrame {
    let frame = match say {
        "hello" => {
            let (cursors, anchors) = Default::default();
            ClientFrame::Hello { v: 1, token: access.to_owned(), epoch: None, cursors, anchors }
        }
        "beat" => ClientFrame::Beat { digest: "811c9dc5".to_owned() },
        "resume" => ClientFrame::Resume {
            cursors: Cursors::from([(room, Seq::ZERO)]),
            anchors: Anchors::new(),
        },
        "range" => {
            let after = Some(Seq::ZERO);
            ClientFrame::Range { room, after, before: None, limit: None }
        }
        "mark" => ClientFrame::Mark { room, read: Seq(1) },
        "typing" => ClientFrame::Typing { room },
        "append" => draft(room, ids::entry(), "good morning"),
        other => panic!("{other:?} is no frame"),
    };
    assert_eq!(said(&frame), say);
    frame
}
