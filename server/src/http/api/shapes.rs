//! The shapes of bodies that are made elsewhere (the contract, the people), for the description
//! only: the contract knows no OpenAPI. `tests/it/openapi.rs` holds real answers against them.
#![expect(dead_code, reason = "described, never made")]

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// A UUIDv7 (RFC 9562) as lower-case text.
#[derive(Serialize, ToSchema)]
#[schema(value_type = String, format = "uuid")]
pub struct Id(String);

/// What a link says before it is accepted.
#[derive(Serialize, ToSchema)]
pub struct Invitation {
    constellation: String,
    name: String,
    role: Role,
    /// The names of the liaison workers of the constellation, one of whom invites.
    liaisons: Vec<String>,
    /// Epoch ms.
    expires_at: i64,
    /// At the kitchen table: claim the scan first, and have it confirmed. Absent when not.
    #[serde(default)]
    confirm: bool,
    /// It was sent: tell the code first (`verify`). Absent when not.
    #[serde(default)]
    code: bool,
}

/// What a phone holds once it is signed in.
#[derive(Serialize, ToSchema)]
pub struct SignIn {
    person: Id,
    device: Id,
    /// For the `hello` of the socket, and for `Authorization: Bearer`.
    access: String,
    /// Epoch ms.
    access_expires_at: i64,
    /// Absent when it went into the cookie.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    refresh: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Admin,
    Liaison,
    Hub,
    Satellite,
    Young,
}

/// Everything a phone needs to draw itself, but for the entries.
#[derive(Serialize, ToSchema)]
pub struct Welcome {
    /// The version of the protocol.
    v: u16,
    /// The life of the database.
    epoch: Id,
    /// The server's clock, epoch ms.
    now: i64,
    beat_ms: i64,
    silence_ms: i64,
    retry_ms: i64,
    me: Id,
    /// One, but for a liaison worker.
    constellations: Vec<ConstellationCard>,
    rooms: Vec<Room>,
    people: Vec<Person>,
    homes: Vec<Home>,
}

/// A constellation of mine, and which of the rooms, people and homes are its own.
#[derive(Serialize, ToSchema)]
pub struct ConstellationCard {
    constellation: Id,
    name: String,
    /// What I am there.
    role: Role,
    rooms: Vec<Id>,
    people: Vec<Id>,
    homes: Vec<Id>,
}

/// A room of mine.
#[derive(Serialize, ToSchema)]
pub struct Room {
    room: Id,
    kind: RoomKind,
    title: String,
    /// The lowest seq I may read.
    floor: i64,
    /// The last seq given.
    head: i64,
    view: View,
    /// How far I have read, on any of my phones; absent while it is 0.
    #[serde(default)]
    read: i64,
    /// How far each of the others is, in a room that has marks; absent when there are none.
    #[serde(default)]
    marks: Vec<Mark>,
}

/// How far somebody is in a room.
#[derive(Serialize, ToSchema)]
pub struct Mark {
    person: Id,
    /// A phone of theirs holds everything up to here.
    delivered: i64,
    /// They had everything up to here on a screen.
    read: i64,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RoomKind {
    Circle,
    HubLine,
    LiaisonLine,
    Peers,
}

/// What I am shown of each entry.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum View {
    Full,
}

/// A person whose name may stand beside an entry.
#[derive(Serialize, ToSchema)]
pub struct Person {
    person: Id,
    name: String,
    role: Role,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    home: Option<Id>,
    /// Whether they have left; absent when not.
    #[serde(default)]
    left: bool,
}

#[derive(Serialize, ToSchema)]
pub struct Home {
    home: Id,
    name: String,
    hub: bool,
}

/// A run of entries of one room, without holes.
#[derive(Serialize, ToSchema)]
pub struct Page {
    /// `page`, as on the socket.
    t: String,
    room: Id,
    from: i64,
    /// `from - 1` when there was nothing.
    to: i64,
    head: i64,
    /// What the history up to `to` is known by, sealed; PROTOCOL § 5.
    #[schema(nullable = false)]
    anchor: Option<String>,
    entries: Vec<Entry>,
}

/// Read `kind` first, then `body` by it.
#[derive(Serialize, ToSchema)]
pub struct Entry {
    seq: i64,
    id: Id,
    kind: String,
    /// Absent when Roost itself wrote it, for the service.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    author: Option<Id>,
    /// The entry that it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    target: Option<Id>,
    /// Epoch ms.
    #[serde(default)]
    at: i64,
    /// Absent when this build does not know the kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = Object)]
    body: Option<Value>,
}

/// What somebody wants to add to a room.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Draft {
    /// Made by the phone before its first attempt, and kept for every further one.
    id: Id,
    kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    target: Option<Id>,
    #[schema(value_type = Object)]
    body: Value,
}

/// A part of the day, in minutes from midnight on the constellation's wall clock; it may run over
/// midnight.
#[derive(Serialize, ToSchema)]
pub struct Span {
    #[schema(minimum = 0, maximum = 1439)]
    from: i64,
    /// The first minute that is not in it any more.
    #[schema(minimum = 0, maximum = 1439)]
    to: i64,
}

/// Quiet hours, in minutes from midnight on the constellation's wall clock.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Quiet {
    /// Switched off, the hours are kept.
    on: bool,
    #[schema(minimum = 0, maximum = 1439)]
    from: i64,
    /// The first minute that is not quiet any more; another one than `from`.
    #[schema(minimum = 0, maximum = 1439)]
    to: i64,
}

/// Everything somebody has set, and what stands in its place where they have not.
#[derive(Serialize, ToSchema)]
pub struct Settings {
    quiet: Quiet,
    /// What they were to begin with; a young person's are never shorter.
    usual: Quiet,
    /// Quiet as well, Monday to Friday; only a young person has these, and cannot change them.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    school: Option<Span>,
    /// Whether others are told how far they have read, and they how far others have.
    receipts: bool,
    mutes: Vec<Mute>,
}

/// A room of mine that is quiet.
#[derive(Serialize, ToSchema)]
pub struct Mute {
    room: Id,
    /// Epoch ms; without it, until it is turned on again.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    until: Option<i64>,
}

/// How long a room is to be quiet: `always` until it is turned on again, by `off`.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Length {
    Hour,
    EightHours,
    Week,
    Always,
    Off,
}

/// What to do about a refusal. A client that does not know the code goes by this.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    Final,
    Later,
    SignInAgain,
}

/// A "no" (RFC 9457).
#[derive(Serialize, ToSchema)]
pub struct Refused {
    r#type: String,
    status: u16,
    /// The id of the request, for whoever reads the log. Also in `x-request-id`.
    request: String,
    code: String,
    class: Class,
    /// For the person.
    words: String,
    /// When `later`: wait so long, ms.
    after_ms: i64,
}
