//! The one noun: an entry in the log of a room. Drafts go in, entries come out.

use crate::{
    id::{EntryId, PersonId, Seq},
    json,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What somebody wants to add to a room. The phone makes `id` before its first attempt and keeps it
/// for every further one: (author, id) is unique for ever, so a repeat gets its first answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct Draft {
    pub id: EntryId,
    /// The name of the kind; read it first, then `body` by it.
    pub kind: String,
    /// The entry of the same room that this one answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub target: Option<EntryId>,
    #[serde(deserialize_with = "json::value")]
    #[cfg_attr(test, ts(type = "unknown"))]
    pub body: Value,
}

/// What was added: a draft with its place, its author and its moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Entry {
    /// Its place in the room, without holes.
    pub seq: Seq,
    pub id: EntryId,
    pub kind: String,
    /// Who wrote it; absent when Roost itself did, on behalf of the service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub author: Option<PersonId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub target: Option<EntryId>,
    /// When it was committed, epoch milliseconds; never before the entry below it.
    #[serde(default)]
    #[cfg_attr(test, ts(type = "number"))]
    pub at: i64,
    /// Absent when it was removed, or when the instance that forwarded it does not know the kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional, type = "unknown"))]
    pub body: Option<Value>,
}
