//! Identities and the sequence number: newtypes, so that a home can never be passed for a room.
//! Identities are UUIDv7 (RFC 9562), made from a time and entropy that the caller supplies.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use uuid::Uuid;

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
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
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
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
}
