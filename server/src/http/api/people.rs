//! The shapes of what is said of people, phones and links, for the description only, as in
//! `shapes`; who may ask; and what a path names.
#![expect(dead_code, reason = "described, never made")]

use super::shapes::{Home, Id, Role};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

/// Who may ask.
pub const LIAISONS: &str = "liaison workers of the constellation";
pub const ADMINS: &str = "admins of the service";
pub const BOTH: &str = "liaison workers of the constellation, and admins of the service";
pub const OF_PHONES: &str = "liaison workers of the constellation, but about an admin; admins of \
                             the service, but about a young person";
pub const EITHER: &str =
    "liaison workers of the constellation; for a liaison worker or an admin, admins of the service";

#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub struct OfConstellation {
    /// The constellation.
    constellation: Id,
}

#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub struct OfMember {
    /// The constellation.
    constellation: Id,
    /// Somebody of it.
    person: Id,
}

/// A constellation in a list.
#[derive(Serialize, ToSchema)]
pub struct Constellation {
    constellation: Id,
    name: String,
    members: Counts,
}

/// How many people stand how; absent when nobody does.
#[derive(Serialize, ToSchema)]
pub struct Counts {
    #[serde(default)]
    waiting: i64,
    #[serde(default)]
    invited: i64,
    #[serde(default)]
    active: i64,
    #[serde(default)]
    suspended: i64,
    #[serde(default)]
    ended: i64,
}

/// Everyone of a constellation.
#[derive(Serialize, ToSchema)]
pub struct Members {
    homes: Vec<Home>,
    /// In the order in which they were added. An admin is not told of young people.
    members: Vec<Member>,
}

/// Somebody of a constellation, and how they stand.
#[derive(Serialize, ToSchema)]
pub struct Member {
    person: Id,
    name: String,
    role: Role,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    home: Option<Id>,
    state: Standing,
    /// The newest one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    invitation: Option<Progress>,
}

/// `waiting`: not signed in anywhere, and no invitation is open. `active`: signed in somewhere.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    Waiting,
    Invited,
    Active,
    Suspended,
    Ended,
}

/// Where an invitation stands, and since when (epoch ms).
#[derive(Serialize, ToSchema)]
pub struct Progress {
    enrolment: Id,
    way: Way,
    state: Step,
    /// What opens it: six digits, told apart from the link. While it can be opened.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    code: Option<String>,
    /// How many codes were wrong. The fifth ends it.
    wrong_codes: i64,
    created_at: i64,
    expires_at: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    sent_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    opened_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    verified_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    accepted_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    revoked_at: Option<i64>,
}

/// `link`: it is sent, and opens with a code. `table`: it is scanned at the kitchen table, and each
/// scan is confirmed. `hand`: the operator gave it from hand to hand.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    Link,
    Table,
    Hand,
}

/// The last three are ends.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    Created,
    Sent,
    Opened,
    Verified,
    Accepted,
    Expired,
    Revoked,
}

/// What the inviter holds.
#[derive(Serialize, ToSchema)]
pub struct Invited {
    person: Id,
    enrolment: Id,
    /// The fragment of the link. It is told only here.
    token: String,
    /// What opens a link that is sent: six digits, to be told apart from it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    code: Option<String>,
    /// Epoch ms.
    expires_at: i64,
}

/// What was agreed for a young person.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Agreement {
    band: Band,
    /// The name of whoever agreed, 1 to 60 characters.
    agreed_by: String,
    capacity: Capacity,
    /// Whether the carer's delegated authority covers it. A carer's agreement needs it.
    delegated: bool,
    /// When they agreed, epoch ms.
    agreed_at: i64,
}

/// How old the young person is. For `11_12` a carer's agreement is not enough.
#[derive(Serialize, ToSchema)]
pub enum Band {
    #[serde(rename = "13_17")]
    From13,
    #[serde(rename = "11_12")]
    From11,
}

/// As what somebody agreed.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Capacity {
    ParentalResponsibility,
    LocalAuthority,
    Carer,
}

/// Where somebody is signed in.
#[derive(Serialize, ToSchema)]
pub struct Phone {
    device: Id,
    name: String,
    /// Epoch ms.
    created_at: i64,
    /// When it last got new access, epoch ms. Told to its person; of a carer's phone to their
    /// liaison worker, of a liaison worker's or an admin's to admins.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    seen_at: Option<i64>,
    /// Whether it is the one that asks.
    this: bool,
}

/// A code to be typed elsewhere.
#[derive(Serialize, ToSchema)]
pub struct Code {
    /// Eight letters and digits.
    code: String,
    /// Epoch ms.
    expires_at: i64,
}

/// `same`: the device that the code is of; the browser it came from keeps nothing. `new_phone`: a
/// new device, and the old one ends.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Becomes {
    Same,
    NewPhone,
}

/// What waits for a second person.
#[derive(Serialize, ToSchema)]
pub struct Proposed {
    proposal: Id,
    what: What,
    /// Whom it is about, if they are here already.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    person: Option<Id>,
    name: String,
    /// Epoch ms.
    created_at: i64,
    /// Epoch ms.
    expires_at: i64,
    /// Whether the one who asks proposed it, and so cannot confirm it.
    mine: bool,
}

/// `liaison`: somebody becomes a liaison worker. `lift`: a suspension is lifted.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum What {
    Liaison,
    Lift,
}

/// What was confirmed.
#[derive(Serialize, ToSchema)]
pub struct Confirmed {
    person: Id,
    /// The link of somebody new.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    invited: Option<Invited>,
}

/// What the phone that scanned shows.
#[derive(Serialize, ToSchema)]
pub struct Claimed {
    claim: Id,
    number: i64,
    /// Epoch ms.
    expires_at: i64,
}

/// `confirmed`: now `accept` completes. `refused`: this scan will not do, scan again.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Waiting,
    Confirmed,
    Refused,
}

/// What the liaison worker's screen shows: where the enrolment stands, and the scans to decide on.
#[derive(Serialize, ToSchema)]
pub struct Table {
    invitation: Progress,
    claims: Vec<Scan>,
}

/// A scan to decide on.
#[derive(Serialize, ToSchema)]
pub struct Scan {
    claim: Id,
    device_name: String,
    /// Three numbers; the phone shows one of them.
    choices: Vec<i64>,
    /// Epoch ms.
    created_at: i64,
}
