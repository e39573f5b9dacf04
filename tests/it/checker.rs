//! Who checks the checker: broken histories, each one edit away from a good one, and for each the
//! breaches that must be named, no more and no fewer.

use roost_tests::{
    checker::{
        Breach::{self, *},
        check,
    },
    history::{self, Event, Recorder},
};
use std::collections::BTreeSet;

/// Two rooms: `circle`, with a refusal, a lost answer, a repeat, a late-comer and one who leaves;
/// `line`. A line reads: phone, op, room, id, seq, at. A dump: room, id, seq, at, author; of a
/// card: room, id, card.
const GOOD: &str = "\
max saw circle j1 1 10
sam invoke circle a1
sam ok circle a1 2 20
sam saw circle j1 1 10
sam saw circle a1 2 20
jo head circle 2
jo saw circle j1 1 10
jo saw circle a1 2 20
max saw circle a1 2 20
max gone
jo invoke circle b0
jo refused circle b0
jo invoke circle b1
sam invoke circle a2
jo ok circle b1 3 30
sam ok circle a2 4 40
sam saw circle b1 3 30
sam saw circle a2 4 40
sam/2 floor circle 3
sam/2 saw circle b1 3 30
sam/2 saw circle a2 4 40
jo saw circle b1 3 30
jo saw circle a2 4 40
jo invoke circle b2
jo info circle b2
sam invoke circle a3
sam info circle a3
sam invoke circle a3
sam ok circle a3 6 50
sam saw circle b2 5 50
sam saw circle a3 6 50
sam/2 saw circle b2 5 50
sam/2 saw circle a3 6 50
jo saw circle b2 5 50
jo saw circle a3 6 50
jo invoke circle x1
jo info circle x1
sam invoke line c1
sam ok line c1 2 60
sam saw line k1 1 10
sam saw line c1 2 60
dump circle j1 1 10
dump circle a1 2 20 sam
dump circle b1 3 30 jo
dump circle a2 4 40 sam
dump circle b2 5 50 jo
dump circle a3 6 50 sam
dump line k1 1 10
dump line c1 2 60 sam
dump_card circle a2 liked
sam card circle a2 liked
sam/2 card circle a2 liked
jo card circle a2 liked";

fn event(line: &str) -> Event {
    let words: Vec<&str> = line.split(' ').collect();
    let text = |place: usize| words[place].to_owned();
    let number = |place: usize| words[place].parse::<i64>().unwrap();
    if words[0] == "dump" {
        let author = words.get(5).map(|author| (*author).to_owned());
        return Event::Dump { room: text(1), id: text(2), seq: number(3), at: number(4), author };
    }
    if words[0] == "dump_card" {
        return Event::DumpCard { room: text(1), id: text(2), card: text(3) };
    }
    let phone = text(0);
    match words[1] {
        "card" => Event::Card { phone, room: text(2), id: text(3), card: text(4) },
        "invoke" => Event::Invoke { phone, room: text(2), id: text(3) },
        "info" => Event::Info { phone, room: text(2), id: text(3) },
        "refused" => Event::Refused { phone, room: text(2), id: text(3) },
        "floor" => Event::Floor { phone, room: text(2), seq: number(3) },
        "head" => Event::Head { phone, room: text(2), seq: number(3) },
        "gone" => Event::Gone { phone },
        "ok" => Event::Ok { phone, room: text(2), id: text(3), seq: number(4), at: number(5) },
        "saw" => Event::Saw { phone, room: text(2), id: text(3), seq: number(4), at: number(5) },
        other => panic!("{other} is no op"),
    }
}

/// A line of `GOOD`, and what stands there instead: nothing, or lines divided by `|`.
type Edit = (&'static str, &'static str);

fn edited(edits: &[Edit]) -> Vec<Event> {
    let mut lines: Vec<String> = GOOD.lines().map(str::to_owned).collect();
    for (from, to) in edits {
        let place = lines.iter().position(|line| line == from).expect(from);
        lines.splice(place..=place, to.split('|').filter(|l| !l.is_empty()).map(str::to_owned));
    }
    lines.iter().map(|line| event(line)).collect()
}

#[test]
fn good_histories_pass() {
    let table: &[(&str, &[Edit])] = &[
        ("as it is", &[]),
        (
            "a draft whose answer was lost is there",
            &[
                ("sam/2 saw circle a3 6 50", "sam/2 gone"),
                (
                    "jo info circle x1",
                    "jo info circle x1|jo saw circle x1 7 70|sam saw circle x1 7 70",
                ),
                ("dump circle a3 6 50 sam", "dump circle a3 6 50 sam|dump circle x1 7 70 jo"),
            ],
        ),
        (
            "a draft that was given up arrives after the next one",
            &[
                ("jo invoke circle b2", ""),
                (
                    "jo invoke circle b1",
                    "jo invoke circle b2|jo info circle b2|jo invoke circle b1",
                ),
            ],
        ),
        (
            "the same answer twice",
            &[("sam ok circle a2 4 40", "sam ok circle a2 4 40|sam ok circle a2 4 40")],
        ),
        (
            "a draft that the room never got",
            &[("jo invoke circle x1", ""), ("jo info circle x1", "")],
        ),
    ];
    for (why, edits) in table {
        assert_eq!(check(&edited(edits)), [], "{why}");
    }
    assert_eq!(check(&[]), [], "nothing at all");
}

/// What went wrong, where the history differs from `GOOD`, and what must be found.
const BROKEN: &[(&str, &[Edit], &[Breach])] = &[
    ("the last acknowledged entry is gone", &[("dump circle a3 6 50 sam", "")], &[Lost, Shrunk]),
    ("one in the middle is gone", &[("dump circle a2 4 40 sam", "")], &[Lost, Hole]),
    (
        "one was overwritten",
        &[("dump circle a2 4 40 sam", "dump circle z9 4 40")],
        &[Lost, ViewDiffers],
    ),
    ("acknowledged elsewhere", &[("sam ok circle a2 4 40", "sam ok circle a2 3 40")], &[Moved]),
    ("acknowledged earlier", &[("sam ok circle a2 4 40", "sam ok circle a2 4 39")], &[Moved]),
    (
        "a number was skipped",
        &[("dump line c1 2 60 sam", "dump line c1 3 60 sam")],
        &[Moved, Hole, ViewShort],
    ),
    ("refused, and there", &[("jo info circle b2", "jo refused circle b2")], &[KeptThoughRefused]),
    (
        "a repeat became a second entry",
        &[("dump circle a3 6 50 sam", "dump circle a3 6 50 sam|dump circle a3 7 50 sam")],
        &[Duplicated, ViewShort],
    ),
    (
        "an unknown outcome became two",
        &[("dump circle a3 6 50 sam", "dump circle a3 6 50 sam|dump circle b2 7 50 jo")],
        &[Duplicated, ViewShort],
    ),
    (
        "one entry took the place of another",
        &[("dump circle b2 5 50 jo", "dump circle a2 5 50 sam")],
        &[Duplicated, ViewDiffers],
    ),
    (
        "one id in two rooms",
        &[("dump line c1 2 60 sam", "dump line c1 2 60 sam|dump line a1 3 60 sam")],
        &[Duplicated, Invented, ViewShort],
    ),
    (
        "a repeat was answered with another place",
        &[("sam ok circle a2 4 40", "sam ok circle a2 4 40|sam ok circle a2 3 40")],
        &[AnsweredTwice],
    ),
    (
        "a repeat was refused",
        &[("sam ok circle a2 4 40", "sam ok circle a2 4 40|sam refused circle a2")],
        &[KeptThoughRefused, AnsweredTwice],
    ),
    (
        "refused, then acknowledged",
        &[("jo refused circle b0", "jo refused circle b0|jo ok circle b0 2 20")],
        &[Lost, AnsweredTwice],
    ),
    (
        "nobody sent it",
        &[("dump circle b2 5 50 jo", "dump circle q1 5 50 jo")],
        &[Invented, ViewDiffers],
    ),
    ("another's name", &[("dump circle b2 5 50 jo", "dump circle b2 5 50 max")], &[Misattributed]),
    ("the first entry is gone", &[("dump circle j1 1 10", "")], &[Hole]),
    (
        "one number for two",
        &[("dump circle a2 4 40 sam", "dump circle a2 4 40 sam|dump circle w1 4 40")],
        &[SeqTwice],
    ),
    (
        "the later of two drafts came first",
        &[
            ("sam ok line c1 2 60", "sam ok line c1 3 60|sam invoke line c2|sam ok line c2 2 60"),
            ("sam saw line c1 2 60", "sam saw line c2 2 60|sam saw line c1 3 60"),
            ("dump line c1 2 60 sam", "dump line c2 2 60 sam|dump line c1 3 60 sam"),
        ],
        &[Reordered, Backdated],
    ),
    (
        "below what was acknowledged to somebody else",
        &[
            ("sam ok line c1 2 60", "sam ok line c1 3 60|jo invoke line c2|jo ok line c2 2 60"),
            ("sam saw line c1 2 60", "sam saw line c2 2 60|sam saw line c1 3 60"),
            ("dump line c1 2 60 sam", "dump line c2 2 60 jo|dump line c1 3 60 sam"),
        ],
        &[Backdated],
    ),
    (
        "below what its phone had been told of",
        &[
            ("jo invoke circle x1", "kit head line 2|jo invoke line x1"),
            ("jo info circle x1", "jo info line x1|kit gone"),
            ("sam invoke line c1", ""),
            ("sam ok line c1 2 60", ""),
            ("sam saw line k1 1 10", "sam saw line x1 1 10"),
            ("dump line k1 1 10", "dump line x1 1 10 jo"),
            ("dump line c1 2 60 sam", "dump line c1 2 60"),
        ],
        &[Backdated],
    ),
    ("left out in the middle", &[("jo saw circle a2 4 40", "")], &[ViewGap]),
    ("left out at the beginning", &[("sam saw line k1 1 10", "")], &[ViewGap]),
    ("left out above the floor", &[("sam/2 floor circle 3", "sam/2 floor circle 2")], &[ViewGap]),
    (
        "shown twice",
        &[("jo saw circle b2 5 50", "jo saw circle b2 5 50|jo saw circle b2 5 50")],
        &[ViewBackwards],
    ),
    (
        "shown in another order",
        &[
            ("sam/2 saw circle b2 5 50", "sam/2 saw circle a3 6 50"),
            ("sam/2 saw circle a3 6 50", ""),
            ("jo saw circle b2 5 50", "sam/2 saw circle b2 5 50|jo saw circle b2 5 50"),
        ],
        &[ViewGap, ViewBackwards],
    ),
    ("shown another", &[("jo saw circle b2 5 50", "jo saw circle b9 5 50")], &[ViewDiffers]),
    ("shown another time", &[("jo saw circle b2 5 50", "jo saw circle b2 5 51")], &[ViewDiffers]),
    ("the end never came", &[("jo saw circle a3 6 50", "")], &[ViewShort]),
    ("nothing came for a while", &[("max gone", "")], &[ViewShort]),
    ("told of entries, shown none", &[("max gone", "max gone|kit head line 1")], &[ViewShort]),
    (
        "shown what came before its time",
        &[("sam/2 floor circle 3", "sam/2 floor circle 4")],
        &[ViewBelowFloor],
    ),
    ("an older card", &[("jo card circle a2 liked", "jo card circle a2 pinned")], &[CardDiffers]),
    ("no card", &[("sam/2 card circle a2 liked", "")], &[CardDiffers]),
    ("a card of its own", &[("dump_card circle a2 liked", "")], &[CardDiffers]),
    (
        "a head that is no more",
        &[("jo info circle x1", "jo info circle x1|jo head circle 9")],
        &[Shrunk],
    ),
    (
        "an entry that was shown, and is no more",
        &[("sam saw line c1 2 60", "sam saw line c1 2 60|sam saw line c2 3 70")],
        &[Shrunk],
    ),
    (
        "the clock ran back",
        &[
            ("dump line k1 1 10", "dump line k1 1 61"),
            ("sam saw line k1 1 10", "sam saw line k1 1 61"),
        ],
        &[TimeBackwards],
    ),
    ("two at once", &[("sam ok circle a1 2 20", "")], &[Overlap]),
    ("an answer to nothing", &[("sam invoke circle a2", "")], &[Invented, Unasked]),
    (
        "a room nobody looked at",
        &[("dump line k1 1 10", ""), ("dump line c1 2 60 sam", "")],
        &[NoDump],
    ),
];

#[test]
fn broken_histories_are_caught() {
    assert!(BROKEN.len() >= 30);
    let mut named = BTreeSet::new();
    for (why, edits, expected) in BROKEN {
        let found = check(&edited(edits));
        let breaches: BTreeSet<Breach> = found.iter().map(|violation| violation.breach).collect();
        let expected: BTreeSet<Breach> = expected.iter().copied().collect();
        assert_eq!(breaches, expected, "{why}: {found:#?}");
        named.extend(expected);
    }
    // `Breach::NoDump` is the last: a breach that no row provokes would show here.
    assert_eq!(named.len(), Breach::NoDump as usize + 1, "every breach is provoked by a row");
}

#[test]
fn a_history_survives_its_file() {
    let folder = roost_tests::folder::Folder::new("history");
    let path = folder.path().join("history.jsonl");
    let events = edited(&[]);
    let recorder = Recorder::create(&path).unwrap();
    for event in &events {
        recorder.note(event);
    }
    recorder.flush();
    assert_eq!(history::read(&path).unwrap(), events);

    std::fs::write(&path, "{\"op\":\"gone\",\"phone\":\"sam\"}\n{\"op\":\"left\"}\n").unwrap();
    assert!(history::read(&path).unwrap_err().to_string().starts_with("line 2:"));
}
