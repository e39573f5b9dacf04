//! Identities and the sequence number: newtypes, so that a home can never be passed for a room.
//! Identities are UUIDv7 (RFC 9562), made from a time and entropy that the caller supplies.

use serde::{Deserialize, Deserializer, Serialize, de};
use std::{fmt, str::FromStr};
use uuid::Uuid;

/// The length of an identity as text: 32 digits and 4 hyphens.
const TEXT_CHARS: usize = 36;

/// Reads an identity in the one spelling that Roost writes, lower case with hyphens. Libraries read
/// more of them (capitals, braces, `urn:uuid:`, no hyphens): then one thing would have several
/// names, and what compares texts (a cache, a proxy's rule, a log) would take it for several
/// things. The version is not asked for: an identity is only a name, and order and time come from
/// `seq` and `at`. So a phone whose ids are of another version goes on being understood.
fn read(text: &str) -> Result<Uuid, &'static str> {
    // Of the spellings that are read, only the one with hyphens is this long.
    let plain = text.len() == TEXT_CHARS && !text.bytes().any(|byte| byte.is_ascii_uppercase());
    let id = if plain { Uuid::try_parse(text).ok() } else { None };
    id.ok_or("an id is 36 characters, lower case with hyphens")
}

/// Takes the text of an identity out of whatever format it comes in.
struct Text;

impl de::Visitor<'_> for Text {
    type Value = Uuid;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("an id")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Uuid, E> {
        read(text).map_err(E::custom)
    }
}

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[cfg_attr(test, derive(ts_rs::TS), ts(type = "string"))]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// A UUIDv7 of this moment (epoch milliseconds) and 80 bits of entropy.
            pub fn new(at_ms: i64, entropy: [u8; 10]) -> Self {
                let at = u64::try_from(at_ms).unwrap_or(0);
                Self(uuid::Builder::from_unix_timestamp_millis(at, &entropy).into_uuid())
            }

            /// The 16 bytes, for digests.
            pub fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = &'static str;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                read(text).map(Self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(given: D) -> Result<Self, D::Error> {
                given.deserialize_str(Text).map(Self)
            }
        }
    )+};
}

id! {
    /// A fostering service: the council or agency that runs constellations.
    ServiceId,
    /// One hub, its satellites and their liaison worker.
    ConstellationId,
    /// A household: the unit of answer.
    HomeId,
    /// A person with a sign-in of their own.
    PersonId,
    /// A phone or browser on which a person is signed in.
    DeviceId,
    /// An invitation to sign in, spent once.
    EnrolmentId,
    /// A room: the owner of one log.
    RoomId,
    /// An entry, named by the phone that wrote it before its first attempt to send it.
    EntryId,
    /// The life of one database; a new one tells phones that history was set back.
    Epoch,
}

/// The place of an entry in its room's log: 1, 2, 3 … without holes. 0 stands before the first.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[cfg_attr(test, derive(ts_rs::TS), ts(type = "number"))]
#[serde(transparent)]
pub struct Seq(pub i64);

impl Seq {
    /// Before the first entry.
    pub const ZERO: Seq = Seq(0);

    /// The place after this one.
    pub fn next(self) -> Seq {
        Seq(self.0 + 1)
    }

    /// The place before this one.
    pub fn previous(self) -> Seq {
        Seq(self.0 - 1)
    }

    /// Whether it stands before the first entry. By reference, as serde asks it.
    pub fn is_zero(&self) -> bool {
        *self == Seq::ZERO
    }
}

impl fmt::Display for Seq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_sorts_by_its_moment_and_survives_text() {
        let early = EntryId::new(1_000, [9; 10]);
        let late = EntryId::new(2_000, [0; 10]);
        assert!(early < late && early.to_string() < late.to_string());
        assert_eq!(early.to_string().parse::<EntryId>().unwrap(), early);
    }

    #[test]
    fn an_identity_has_one_spelling() {
        let table = [
            ("019aa1c2-7d00-7000-8000-0123456789ab", true),
            // Another version, and none: only names.
            ("9b2f0f6e-7f0c-4d6b-9c5e-1f2e3d4c5b6a", true),
            ("00000000-0000-0000-0000-000000000000", true),
            ("019AA1C2-7D00-7000-8000-0123456789AB", false),
            ("019aa1c2-7d00-7000-8000-0123456789aB", false),
            ("019aa1c27d0070008000", false),
            ("019aa1c27d00700080000123456789ab", false),
            ("{019aa1c2-7d00-7000-8000-0123456789ab}", false),
            ("urn:uuid:019aa1c2-7d00-7000-8000-0123456789ab", false),
            (" 019aa1c2-7d00-7000-8000-0123456789ab", false),
            ("019aa1c2-7d00-7000-8000-0123456789ab\n", false),
            ("019aa1c2-7d00-7000-8000-0123456789a", false),
            ("019aa1c27d00-7000-8000-0123456789abcd", false),
            ("019aa1c2-7d00-7000-8000-0123456789ag", false),
            ("019aa1c2_7d00_7000_8000_0123456789ab", false),
            ("\u{ff10}19aa1c2-7d00-7000-8000-0123456789", false),
            ("", false),
        ];
        for (text, good) in table {
            let read = text.parse::<EntryId>().map(|id| id.to_string());
            assert_eq!(read, text.parse().map(|_: EntryId| text.to_owned()), "{text:?}");
            assert_eq!(read.is_ok(), good, "{text:?}");
            let json = serde_json::to_string(text).unwrap();
            assert_eq!(serde_json::from_str::<EntryId>(&json).is_ok(), good, "{json}");
            let place = format!("{{{json}:1}}");
            let cursors = serde_json::from_str::<crate::frame::Cursors>(&place);
            assert_eq!(cursors.is_ok(), good, "{place}");
        }
    }
}
