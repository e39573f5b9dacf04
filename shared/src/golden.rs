//! Golden checks of the contract: the vectors that other languages read too, and the TypeScript
//! types. `ROOST_BLESS=1 cargo test -p roost-shared` writes the TypeScript file anew; vectors are
//! written by hand.

use crate::frame::{self, ClientFrame, ServerFrame};
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, MapAccess, Visitor},
};
use serde_json::{Value, value::RawValue};
use std::{fmt, fs, path::PathBuf};
use ts_rs::{Config, TS};

fn here(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn vectors(name: &str) -> Vec<Value> {
    let text = fs::read_to_string(here("vectors").join(name)).expect("the vector file is there");
    serde_json::from_str(&text).expect("a vector file is a JSON array")
}

#[test]
fn client_frames_read_as_their_vectors_say() {
    for vector in vectors("client_frames.json") {
        let text = vector["frame"].to_string();
        match vector["refused"].as_str() {
            Some(code) => {
                let unread = ClientFrame::decode(&text).expect_err(&text);
                assert_eq!(unread.refusal.code(), code, "{text}");
                let told = |name: &str| vector["names"][name].as_str().map(str::to_owned);
                assert_eq!(unread.room.map(|room| room.to_string()), told("room"), "{text}");
                assert_eq!(unread.id.map(|id| id.to_string()), told("id"), "{text}");
            }
            None => {
                let frame = ClientFrame::decode(&text).expect(&text);
                assert_eq!(serde_json::to_value(&frame).unwrap(), vector["frame"], "{text}");
            }
        }
    }
}

#[test]
fn server_frames_survive_a_round_trip() {
    for vector in vectors("server_frames.json") {
        let frame: ServerFrame = serde_json::from_value(vector.clone()).expect("a server frame");
        assert_eq!(serde_json::to_value(&frame).unwrap(), vector);
    }
}

#[test]
fn entries_and_their_bodies_read_as_their_vectors_say() {
    for kind in crate::kind::Body::KINDS {
        let all = vectors(&format!("{kind}.json"));
        assert!(!all.is_empty(), "{kind} has a vector");
        for vector in all {
            let body = crate::kind::Body::read(kind, &vector["body"]);
            match vector["refused"].as_str() {
                Some(code) => assert_eq!(body.unwrap_err().code(), code, "{vector}"),
                None => assert_eq!(body.unwrap().to_text(), vector["text"].as_str().unwrap()),
            }
        }
    }
}

/// The values of a JSON object with their names, in the order in which they stand.
struct Fields(Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(given: D) -> Result<Fields, D::Error> {
        struct Each;
        impl<'de> Visitor<'de> for Each {
            type Value = Fields;

            fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
                to.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Fields(fields))
            }
        }
        given.deserialize_map(Each)
    }
}

/// A text once for each object in it, which is a list of its values there.
fn with_lists(text: &str) -> Vec<String> {
    let Ok(Fields(fields)) = serde_json::from_str(text) else { return Vec::new() };
    let values: Vec<&str> = fields.iter().map(|(_, value)| value.get()).collect();
    let mut told = vec![format!("[{}]", values.join(","))];
    for (place, inner) in values.iter().enumerate() {
        for list in with_lists(inner) {
            let named = fields.iter().enumerate().map(|(at, (name, value))| {
                format!("{name:?}:{}", if at == place { &list } else { value.get() })
            });
            told.push(format!("{{{}}}", named.collect::<Vec<_>>().join(",")));
        }
    }
    told
}

#[test]
fn a_list_is_no_object_wherever_it_stands() {
    let mut nested = 0;
    for kind in crate::kind::Body::KINDS {
        let all = vectors(&format!("{kind}.json"));
        for text in all.iter().filter_map(|vector| vector["text"].as_str()) {
            for list in with_lists(text) {
                nested += usize::from(list.starts_with('{'));
                let body = serde_json::from_str(&list).expect("it is JSON again");
                let read = crate::kind::Body::read(kind, &body);
                assert_eq!(read, Err(crate::Refusal::BodyInvalid), "{kind} {list}");
            }
        }
    }
    assert!(nested > 0, "some vector has an object within its object");
}

#[test]
fn the_protocol_page_names_every_refusal() {
    let page = fs::read_to_string(here("PROTOCOL.md")).unwrap();
    for refusal in crate::Refusal::ALL {
        let row = format!("| `{}` | {} |", refusal.code(), refusal.status());
        assert!(page.contains(&row), "PROTOCOL.md has no row that begins with {row}");
    }
}

#[test]
fn the_protocol_page_names_every_kind_and_frame() {
    let page = fs::read_to_string(here("PROTOCOL.md")).unwrap();
    for kind in crate::kind::Body::KINDS {
        let row = format!("| `{kind}` |");
        assert!(page.contains(&row), "PROTOCOL.md has no row that begins with {row}");
    }
    for name in ["client_frames.json", "server_frames.json"] {
        for vector in vectors(name) {
            let frame = if vector["t"].is_null() { &vector["frame"] } else { &vector };
            if vector["refused"].is_null() {
                let row = format!("| `{}` |", frame["t"].as_str().unwrap());
                assert!(page.contains(&row), "PROTOCOL.md has no row that begins with {row}");
            }
        }
    }
}

#[test]
fn digests() {
    for vector in vectors("digests.json") {
        let places: frame::Cursors = serde_json::from_value(vector["places"].clone()).unwrap();
        let stands = places.into_iter().map(|(room, seq)| {
            let anchor = vector["anchors"][room.to_string()].as_str();
            (room, seq, anchor.and_then(|it| frame::chain_at(it, seq)))
        });
        assert_eq!(frame::digest(stands), vector["digest"].as_str().unwrap());
    }
}

#[test]
fn who_comes_is_counted_over_the_homes_that_are_asked() {
    use crate::tally::{asked, tests::tea};
    for vector in vectors("counts.json") {
        let people: Vec<frame::PersonCard> = read(&vector["people"]);
        assert_eq!(asked(&people), read::<Vec<crate::HomeId>>(&vector["asked"]), "{vector}");
        let mut state = tea();
        state.answers = read(&vector["answers"]);
        state.count(&asked(&people));
        let counted = serde_json::to_value(&state).unwrap();
        let sums = vector["counted"].as_object().unwrap();
        sums.iter().for_each(|(name, sum)| assert_eq!(&counted[name], sum, "{name} of {vector}"));
    }
}

fn read<T: DeserializeOwned>(value: &Value) -> T {
    serde_json::from_value(value.clone()).expect("a vector reads")
}

#[test]
fn typescript_types_are_fresh() {
    let mut written = String::from(
        "// Generated from shared/ by `ROOST_BLESS=1 cargo test -p roost-shared`. \
         Not to be edited.\n",
    );
    written.push_str(&types_of_the_parts());
    written.push_str(&types_of_the_kinds());
    written.push_str(&types_of_the_frames());
    written.push_str(&limits());
    written.push_str("\nexport const WORDS: Record<Refusal, string> = {\n");
    for refusal in crate::Refusal::ALL {
        written.push_str(&format!("    {}: {:?},\n", refusal.code(), refusal.words()));
    }
    written.push_str("};\n");
    let path = here("../mobile-bridge/web/src/generated/protocol.ts");
    if std::env::var_os("ROOST_BLESS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, &written).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == written, "{} is stale: run with ROOST_BLESS=1", path.display());
}

/// The TypeScript of these types, in this order.
macro_rules! declared {
    ($($type:ty),+ $(,)?) => {{
        let config = Config::new();
        [$(format!("\nexport {}\n", <$type as TS>::decl(&config)),)+].concat()
    }};
}

fn types_of_the_parts() -> String {
    use crate::{card::*, entry::*, id::*, policy::*, refusal::*, room::*};
    declared![
        ConstellationId,
        PersonId,
        HomeId,
        RoomId,
        EntryId,
        DeviceId,
        Epoch,
        Seq,
        Role,
        RoomKind,
        View,
        Mark,
        Listed,
        Class,
        Told,
        Refusal,
        Draft,
        Entry,
        Edited,
        Hidden,
        HiddenBy,
        Pinned,
        Confirmed,
        Card,
        CardOf,
    ]
}

fn types_of_the_kinds() -> String {
    use crate::{kind::*, tally::*};
    declared![
        Message,
        reaction::Emoji,
        Reaction,
        Edit,
        Redact,
        Pin,
        Confirm,
        Sort,
        Details,
        Status,
        Answer,
        HomeAnswer,
        GatheringState,
        gathering::Cancelled,
        gathering::Changed,
        Gathering,
        Rsvp,
        poll::Question,
        poll::Choice,
        poll::Closed,
        Poll,
        poll::PollState,
        Member,
        member::Change,
    ]
}

fn types_of_the_frames() -> String {
    use crate::frame::*;
    declared![ConstellationCard, PersonCard, HomeCard, Page, Welcome, ClientFrame, ServerFrame]
}

/// The numbers that both sides go by.
fn limits() -> String {
    use crate::{frame::*, kind::*, room::*, tally::*, text::*};
    let mut written = String::from("\n");
    macro_rules! number {
        ($($name:ident = $value:expr),+ $(,)?) => {
            $(written.push_str(&format!("export const {} = {};\n", stringify!($name), $value));)+
        };
    }
    number! {
        VERSION = VERSION,
        FRAME_MAX_BYTES = FRAME_MAX_BYTES,
        PAGE_MAX_ENTRIES = PAGE_MAX_ENTRIES,
        TYPING_EVERY_MS = TYPING_EVERY_MS,
        TYPING_SHOWN_MS = TYPING_SHOWN_MS,
        MARKS_EVERY_MS = MARKS_EVERY_MS,
        TEXT_MAX_CHARS = TEXT_MAX_CHARS,
        QUERY_MAX_CHARS = QUERY_MAX_CHARS,
        EDIT_MS = edit::EDIT_MS,
        REVISIONS_MAX = REVISIONS_MAX,
        TITLE_MAX_CHARS = TITLE_MAX_CHARS,
        PLACE_MAX_CHARS = PLACE_MAX_CHARS,
        NOTE_MAX_CHARS = NOTE_MAX_CHARS,
        REASON_MAX_CHARS = REASON_MAX_CHARS,
        GATHERING_MAX_MS = GATHERING_MAX_MS,
        GATHERING_AHEAD_MS = GATHERING_AHEAD_MS,
        PLACES_MAX = PLACES_MAX,
        HEADS_MAX = HEADS_MAX,
        QUESTION_MAX_CHARS = poll::QUESTION_MAX_CHARS,
        OPTIONS_MIN = poll::OPTIONS_MIN,
        OPTIONS_MAX = poll::OPTIONS_MAX,
        OPTION_MAX_CHARS = poll::OPTION_MAX_CHARS,
    }
    let hours = |name: &str, Hours { opens, closes }: Hours| {
        format!("export const {name} = {{ opens: {opens}, closes: {closes} }};\n")
    };
    written.push_str(&hours("PEERS_WEEKDAY", PEERS_WEEKDAY));
    written.push_str(&hours("PEERS_WEEKEND", PEERS_WEEKEND));
    let emoji = serde_json::to_string(&reaction::EMOJI).unwrap();
    written.push_str(&format!("export const EMOJI = {emoji} as const;\n"));
    written
}
