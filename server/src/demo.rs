//! A furnished constellation to look around in: invented people, some history, fresh links at each
//! start.

use crate::{
    app::App,
    clock::{Clock, entropy, local},
    error::{Error, Result},
    log::{Log, Parts, Who},
    people::{
        By, People,
        register::{Enlisted, NewPerson},
    },
    private,
};
use qrcode::{QrCode, render::unicode};
use roost_shared::{
    Draft, EntryId, RoomId,
    policy::{Actor, Role},
    room::RoomKind,
};
use serde::Serialize;
use serde_json::json;
use std::{collections::BTreeSet, path::Path};

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

const SERVICE: &str = "Riverbank Fostering (demo)";
const CONSTELLATION: &str = "Wren constellation";
const LIAISON: &str = "Priya";

/// Home, and who lives there. The first is the hub.
const HOMES: [(&str, &[(&str, Role)]); 8] = [
    ("Jo's house", &[("Jo", Role::Hub), ("Max", Role::Hub)]),
    ("The Okafors", &[("Sam", Role::Satellite), ("Kit", Role::Young)]),
    ("The Brennans", &[("Amara", Role::Satellite), ("Tia", Role::Young)]),
    ("Mill Cottage", &[("Dev", Role::Satellite), ("Ash", Role::Young)]),
    ("The Lindqvists", &[("Ingrid", Role::Satellite)]),
    ("Number Nine", &[("Carl", Role::Satellite)]),
    ("The Hussains", &[("Nadia", Role::Satellite)]),
    ("Orchard Row", &[("Bea", Role::Satellite)]),
];

/// Whose room of which kind, who speaks there, and what they say.
const HISTORY: [(&str, RoomKind, &str, &str); 8] = [
    ("Jo", RoomKind::Circle, "Jo", "Welcome to our new place to talk! The kettle is always on."),
    ("Jo", RoomKind::Circle, "Amara", "Thank you Jo. Tia still talks about the pizza night."),
    ("Jo", RoomKind::Circle, "Sam", "Same here. Is anyone going to the park on Sunday?"),
    ("Jo", RoomKind::Circle, "Priya", "Sunday looks dry. I will be there from two with a rug."),
    ("Jo", RoomKind::Circle, "Max", "I will bring the football. And the plasters."),
    ("Sam", RoomKind::HubLine, "Sam", "Hi Jo, could Kit stay over on the 12th? We have a wedding."),
    ("Sam", RoomKind::HubLine, "Jo", "Of course. The blue room is free, Kit knows the biscuits."),
    ("Sam", RoomKind::LiaisonLine, "Priya", "How did the first week at the new school go?"),
];

/// Who said what in the young people's room.
const PEERS: [(&str, &str); 4] = [
    ("Priya", "Hello you three. This room is yours; I read along, and your carers cannot."),
    ("Tia", "finally somewhere without the grown ups (hi Priya)"),
    ("Kit", "is everybody coming to the pizza night?"),
    ("Ash", "if Max brings the football yes"),
];

/// One person of the demo, as written to `demo.json`.
#[derive(Clone, Debug, Serialize)]
pub struct Persona {
    pub name: String,
    pub role: Role,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub home: Option<String>,
    pub link: String,
}

/// Furnishes an empty house, or finds the furniture of an earlier start, and mints a link for
/// everyone.
///
/// # Errors
/// Whatever the database said.
pub async fn furnish(app: &App, base: &str) -> Result<Vec<Persona>> {
    if app.people.roll().await?.is_empty() {
        build(app).await?;
        tell_history(app).await?;
        open_peers(app).await?;
    }
    let mut personas = Vec::new();
    let mut known = BTreeSet::new();
    for one in app.people.roll().await?.into_iter().filter(|one| !one.card.left) {
        // A liaison worker of several constellations has one sign-in.
        if !known.insert(one.card.person) {
            continue;
        }
        let link = format!("{base}/join#{}", app.people.enrol(one.card.person).await?);
        personas.push(Persona { name: one.card.name, role: one.card.role, home: one.home, link });
    }
    Ok(personas)
}

async fn build(app: &App) -> Result<()> {
    let people = &app.people;
    let service = people.add_service(SERVICE).await?;
    let constellation = people.add_constellation(service, CONSTELLATION).await?;
    for (i, (home_name, household)) in HOMES.into_iter().enumerate() {
        let home = people.add_home(constellation, home_name, i == 0).await?;
        for &(name, role) in household {
            people.add_person(NewPerson { constellation, home: Some(home), role, name }).await?;
        }
    }
    let liaison = NewPerson { constellation, home: None, role: Role::Liaison, name: LIAISON };
    people.add_person(liaison).await?;
    Ok(())
}

async fn tell_history(app: &App) -> Result<()> {
    let roll = app.people.roll().await?;
    for (whose, kind, name, text) in HISTORY {
        let owner = find(&roll, whose)?;
        let rooms = app.directory.rooms(owner.constellation, owner.card.person).await?;
        let room = rooms.iter().find(|mine| mine.kind == kind).ok_or_else(missing)?.room;
        say(&app.log, find(&roll, name)?, room, text, app.clock.now()).await?;
    }
    Ok(())
}

/// The demo has nobody to hurt, so its young people have their room, with something said in it:
/// yesterday, at an hour when it was open.
async fn open_peers(app: &App) -> Result<()> {
    let Some(at) = yesterday_at_five(app.clock.now()) else { return Ok(()) };
    let parts = Parts { clock: Clock::turned_by_hand(at), ..app.people.parts.clone() };
    let (db, limits) = (app.people.db.clone(), app.config.session.clone());
    let then = People::new(db.clone(), parts.clone(), limits);
    let roll = app.people.roll().await?;
    let constellation = find(&roll, LIAISON)?.constellation;
    then.open_peers(By::Operator, constellation, true).await?;
    let log = Log::start(db, parts, &app.config.log);
    for (name, text) in PEERS {
        let speaker = find(&roll, name)?;
        let rooms = app.directory.rooms(constellation, speaker.card.person).await?;
        let peers = rooms.iter().find(|mine| mine.kind == RoomKind::Peers);
        say(&log, speaker, peers.ok_or_else(missing)?.room, text, at).await?;
    }
    Ok(())
}

/// Nothing when nobody knows what time it is where the constellation is.
fn yesterday_at_five(now: i64) -> Option<i64> {
    let since_midnight = i64::from(local(now)?.minute) * MINUTE_MS;
    Some(now - since_midnight - DAY_MS + 17 * 60 * MINUTE_MS)
}

async fn say(log: &Log, speaker: &Enlisted, room: RoomId, text: &str, at: i64) -> Result<()> {
    let actor = Actor::Person { person: speaker.card.person, role: speaker.card.role };
    let who = Who { constellation: speaker.constellation, actor };
    let id = EntryId::new(at, entropy());
    let (kind, body) = ("message".to_owned(), json!({ "text": text }));
    log.append(who, room, Draft { id, kind, target: None, body }).await?;
    Ok(())
}

fn find<'a>(roll: &'a [Enlisted], name: &str) -> Result<&'a Enlisted> {
    roll.iter().find(|one| one.card.name == name).ok_or_else(missing)
}

fn missing() -> Error {
    Error::Internal("the demo's own furniture is missing".to_owned())
}

#[derive(Serialize)]
struct ForScripts<'a> {
    base: &'a str,
    personas: &'a [Persona],
}

/// Writes `demo.json` into the data folder, whole or not at all, for scripts.
///
/// # Errors
/// `Internal` when the folder cannot be written.
pub fn write_json(data: &Path, base: &str, personas: &[Persona]) -> Result<()> {
    let text = serde_json::to_string_pretty(&ForScripts { base, personas })
        .map_err(|e| Error::internal("writing demo.json", e))?;
    private::write(&data.join("demo.json"), &text)
        .map_err(|e| Error::internal("writing demo.json", e))
}

/// What the terminal shows: a link per persona, and a QR code for each when phones can reach us.
pub fn tell(base: &str, lan: bool, personas: &[Persona]) -> String {
    let mut text = format!("\n  Roost is at {base}\n\n");
    if !lan {
        let hint = "`roost demo --lan` lets phones nearby in, with QR codes.";
        text.push_str(&format!("  Only this machine can reach it. {hint}\n\n"));
    }
    text.push_str(
        "  Open a link to be that person. Each works once; every start makes new ones.\n\n",
    );
    for persona in personas {
        let home = persona.home.as_deref().unwrap_or("");
        let (name, role) = (&persona.name, persona.role.as_str());
        text.push_str(&format!("  {name:8} {role:10} {home:15} {}\n", persona.link));
    }
    for persona in personas.iter().filter(|_| lan) {
        if let Ok(code) = QrCode::new(&persona.link) {
            let picture = code.render::<unicode::Dense1x2>().quiet_zone(true).build();
            text.push_str(&format!("\n  {}\n{picture}\n", persona.name));
        }
    }
    text.push_str("\n  Stop with Ctrl-C.\n");
    text
}
