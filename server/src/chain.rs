//! How a forked history is noticed. Every entry carries a *chain*: a keyed digest of its own
//! identity and of the chain before it, so one chain stands for all the entries below. A page
//! tells it to phones inside an *anchor*, sealed with the house key: a phone cannot make one up,
//! and one that names a history which this database does not have proves that the database was
//! set back. Pure functions over bytes; nothing here asks a database.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL};
use hmac::{Hmac, Mac};
use roost_shared::{EntryId, Epoch, RoomId, Seq};
use sha2::Sha256;
use std::sync::Arc;
use subtle::ConstantTimeEq;

/// The bytes of a chain, and of a seal: 64 bits each. Both are keyed, so finding two that are
/// alike takes asking the server, not computing.
const BYTES: usize = 8;

/// Stands for a room's history up to one of its entries, from its first entry with a chain on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chain([u8; BYTES]);

/// An entry of a room's log by its seq, and the chain there; `None` of an entry from before there
/// were chains, or when it is not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Point {
    pub seq: Seq,
    pub chain: Option<Chain>,
}

impl Point {
    /// The same entry, of which no chain is told.
    #[must_use]
    pub fn unchained(self) -> Point {
        Point { chain: None, ..self }
    }

    /// The one that lies further on; of two at the same place, the one whose chain is known.
    #[must_use]
    pub fn max(self, other: Point) -> Point {
        let beyond = (other.seq, other.chain.is_some()) > (self.seq, self.chain.is_some());
        if beyond { other } else { self }
    }
}

impl Chain {
    /// As it is stored and told.
    pub fn to_text(self) -> String {
        BASE64URL.encode(self.0)
    }

    /// Reads a stored text; `None` for the empty one, and for whatever is no chain.
    pub fn read(text: &str) -> Option<Chain> {
        BASE64URL.decode(text).ok()?.try_into().ok().map(Chain)
    }
}

/// The keys that chains and seals are made with, ready to use.
#[derive(Clone)]
pub struct ChainKeys {
    chain: Hmac<Sha256>,
    seal: Hmac<Sha256>,
}

impl ChainKeys {
    pub fn new(chain: Hmac<Sha256>, seal: Hmac<Sha256>) -> ChainKeys {
        ChainKeys { chain, seal }
    }

    /// The chain of an entry behind `before`, its predecessor's.
    pub fn next(
        &self,
        before: Option<Chain>,
        (room, seq): (RoomId, Seq),
        (id, at): (EntryId, i64),
    ) -> Chain {
        let mut mac = self.chain.clone();
        mac.update(&before.map_or([0; BYTES], |before| before.0));
        mac.update(room.as_bytes());
        mac.update(&seq.0.to_be_bytes());
        mac.update(id.as_bytes());
        mac.update(&at.to_be_bytes());
        Chain(first(mac))
    }

    fn seal(&self, epoch: Epoch, room: RoomId, seq: Seq, chain: Chain) -> [u8; BYTES] {
        let mut mac = self.seal.clone();
        mac.update(epoch.as_bytes());
        mac.update(room.as_bytes());
        mac.update(&seq.0.to_be_bytes());
        mac.update(&chain.0);
        first(mac)
    }
}

/// Makes and reads the anchors of one epoch.
#[derive(Clone)]
pub struct Sealer {
    keys: Arc<ChainKeys>,
    epoch: Epoch,
}

impl Sealer {
    pub fn new(keys: Arc<ChainKeys>, epoch: Epoch) -> Sealer {
        Sealer { keys, epoch }
    }

    pub fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// The anchor at a place of a room's log: `seq.chain.seal`.
    pub fn at(&self, room: RoomId, seq: Seq, chain: Chain) -> String {
        let seal = BASE64URL.encode(self.keys.seal(self.epoch, room, seq, chain));
        format!("{seq}.{}.{seal}", chain.to_text())
    }

    /// What an anchor says, if it was sealed by this house in this epoch.
    pub fn read(&self, room: RoomId, anchor: &str) -> Option<(Seq, Chain)> {
        let mut parts = anchor.split('.');
        let seq = Seq(parts.next()?.parse().ok()?);
        let chain = Chain::read(parts.next()?)?;
        let ours = self.at(room, seq, chain);
        bool::from(ours.as_bytes().ct_eq(anchor.as_bytes())).then_some((seq, chain))
    }
}

fn first(mac: Hmac<Sha256>) -> [u8; BYTES] {
    let mut bytes = [0; BYTES];
    bytes.copy_from_slice(&mac.finalize().into_bytes()[..BYTES]);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> Arc<ChainKeys> {
        let mac = |key: &[u8]| Hmac::new_from_slice(key).expect("HMAC takes a key of any length");
        Arc::new(ChainKeys::new(mac(b"one"), mac(b"two")))
    }

    fn room(n: u8) -> RoomId {
        RoomId::new(1, [n; 10])
    }

    fn entry(n: u8) -> EntryId {
        EntryId::new(1, [n; 10])
    }

    #[test]
    fn a_chain_stands_for_everything_before_it() {
        let keys = keys();
        let of = |ids: &[(u8, i64)]| {
            ids.iter().zip(1..).fold(None, |before, ((id, at), seq)| {
                Some(keys.next(before, (room(1), Seq(seq)), (entry(*id), *at)))
            })
        };
        let said = of(&[(1, 5), (2, 6), (3, 7)]);
        assert_eq!(said, of(&[(1, 5), (2, 6), (3, 7)]), "the same history has the same chain");
        for other in [
            &[(9, 5), (2, 6), (3, 7)][..],
            &[(1, 5), (2, 9), (3, 7)],
            &[(1, 5), (3, 7), (2, 6)],
            &[(2, 6), (3, 7)],
        ] {
            assert_ne!(said, of(other), "{other:?}");
        }
        let stored = said.unwrap().to_text();
        assert_eq!((Chain::read(&stored), stored.len()), (said, 11));
        assert_eq!(Chain::read(""), None);
    }

    #[test]
    fn only_what_this_house_sealed_in_this_epoch_is_an_anchor() {
        let (keys, epoch) = (keys(), Epoch::new(1, [1; 10]));
        let sealer = Sealer::new(keys.clone(), epoch);
        let chain = keys.next(None, (room(1), Seq(1)), (entry(1), 5));
        let anchor = sealer.at(room(1), Seq(41), chain);
        assert_eq!(sealer.read(room(1), &anchor), Some((Seq(41), chain)));
        assert_eq!(anchor.split('.').nth(1), Some(&*chain.to_text()), "the digest takes this part");
        let other = Sealer::new(keys, Epoch::new(2, [1; 10]));
        assert_eq!(other.read(room(1), &anchor), None, "of another epoch");
        assert_eq!(sealer.read(room(2), &anchor), None, "of another room");
        let end = anchor.len() - 1;
        for forged in [
            anchor.replacen("41.", "42.", 1),
            anchor.replacen("41.", "041.", 1),
            anchor[..end].to_owned(),
            format!("{anchor}."),
            "41..".to_owned(),
            String::new(),
        ] {
            assert_eq!(sealer.read(room(1), &forged), None, "{forged}");
        }
    }

    #[test]
    fn of_two_points_the_one_further_on_counts() {
        let keys = keys();
        let chain = Some(keys.next(None, (room(1), Seq(1)), (entry(1), 5)));
        let point = |seq, chain| Point { seq: Seq(seq), chain };
        for (one, two, expected) in [
            (point(1, chain), point(2, None), point(2, None)),
            (point(2, None), point(2, chain), point(2, chain)),
            (point(2, chain), point(2, None), point(2, chain)),
        ] {
            assert_eq!((one.max(two), two.max(one)), (expected, expected));
        }
    }
}
