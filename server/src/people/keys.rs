//! The keys of this Roost: files of mode 0600 in the data folder, made when it begins. From one
//! key each purpose gets its own by HMAC-SHA256 (RFC 2104), so that no token can be taken for
//! another.

use crate::{
    chain::ChainKeys,
    clock::entropy,
    error::{Error, Result},
    private::{self, unusable},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL};
use hmac::{Hmac, Mac};
use roost_shared::{DeviceId, Draft, EnrolmentId, RoomId, kind::Body};
use sha2::Sha256;
use std::{fs, io::ErrorKind, path::Path, sync::Arc};
use subtle::ConstantTimeEq;

/// The file of the house key.
pub const HOUSE: &str = "house.key";
/// The name under which a new access key is made; a file with a later name signs instead of it.
const FIRST_ACCESS_KID: &str = "a1";

/// A key for signing access tokens, by its `kid`.
pub struct AccessKey {
    pub kid: String,
    pub secret: [u8; 32],
}

/// Every key. Never printed: it has no `Debug`.
pub struct Keys {
    /// Stays for the life of the database: what it made is stored or out on phones.
    house: [u8; 32],
    /// The last one signs, all of them verify: add a file to rotate, remove the old one 10 minutes
    /// later.
    pub access: Vec<AccessKey>,
    /// What chains and anchors are made with: once for each entry and page.
    pub chain_keys: Arc<ChainKeys>,
}

impl Keys {
    /// Makes those keys of a new Roost that are missing, each whole or not at all: one that is
    /// there may have signed something.
    ///
    /// # Errors
    /// `Error::Config` when a file cannot be made.
    pub fn make(folder: &Path) -> Result<()> {
        private::make_folder(folder).map_err(|error| unusable(folder, &error))?;
        for name in [HOUSE.to_owned(), format!("access-{FIRST_ACCESS_KID}.key")] {
            let path = folder.join(name);
            if !path.exists() {
                let text = BASE64URL.encode(entropy::<32>());
                private::write(&path, &text).map_err(|error| unusable(&path, &error))?;
            }
        }
        Ok(())
    }

    /// Reads the keys of a folder. It never makes one: a new house key would sign every phone out
    /// and make every repeated draft look like another.
    ///
    /// # Errors
    /// `Error::Config` when a key is missing, unreadable, malformed, guessable, or not ours alone.
    pub fn load(folder: &Path) -> Result<Keys> {
        let house = read(&folder.join(HOUSE))?;
        let mut access = Vec::new();
        for file in fs::read_dir(folder).map_err(|e| unusable(folder, &e))? {
            let path = file.map_err(|e| unusable(folder, &e))?.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if let Some(kid) = name.strip_prefix("access-").and_then(|n| n.strip_suffix(".key")) {
                access.push(AccessKey { kid: kid.to_owned(), secret: read(&path)? });
            }
        }
        if access.is_empty() {
            return Err(Error::Config(format!(
                "{} has no access key (access-….key): restore it from the backup",
                folder.display()
            )));
        }
        access.sort_by(|a, b| a.kid.cmp(&b.kid));
        Ok(Keys::of(house, access))
    }

    fn of(house: [u8; 32], access: Vec<AccessKey>) -> Keys {
        let chain_keys = ChainKeys::new(derived(&house, "chain"), derived(&house, "anchor"));
        Keys { house, access, chain_keys: Arc::new(chain_keys) }
    }

    /// By what the database knows these keys. It tells nothing about them.
    pub fn fingerprint(&self) -> String {
        BASE64URL.encode(self.mac("fingerprint").finalize().into_bytes())
    }

    /// What is kept of a draft for ever, so that a repeat with another content is known even after
    /// the content itself is gone. Keyed: nobody can test a guess at a removed message without the
    /// key.
    pub fn draft_digest(&self, room: RoomId, draft: &Draft, body: Option<&Body>) -> String {
        let mut mac = self.mac("draft");
        mac.update(room.as_bytes());
        mac.update(draft.target.as_ref().map_or(&[0; 16], |target| target.as_bytes()));
        mac.update(draft.kind.as_bytes());
        mac.update(&[0]);
        mac.update(body.map_or_else(|| draft.body.to_string(), Body::to_text).as_bytes());
        BASE64URL.encode(&mac.finalize().into_bytes()[..16])
    }

    /// The stored form of an enrolment token.
    pub fn enrolment_hash(&self, token: &str) -> String {
        let mut mac = self.mac("enrolment");
        mac.update(token.as_bytes());
        BASE64URL.encode(mac.finalize().into_bytes())
    }

    /// The code that opens a sent link: six digits. Made, not stored, so that whoever invites can
    /// be told it for as long as the link is open.
    pub fn enrolment_code(&self, enrolment: EnrolmentId) -> String {
        let mut mac = self.mac("enrolment code");
        mac.update(enrolment.as_bytes());
        let digits =
            mac.finalize().into_bytes()[..8].iter().fold(0_u64, |n, b| n << 8 | u64::from(*b));
        format!("{:06}", digits % 1_000_000)
    }

    /// The stored form of a hand-over code. Keyed, and so of no use to whoever holds the database
    /// alone: a plain hash of so short a text could be tried through.
    pub fn code_hash(&self, code: &str) -> String {
        let mut mac = self.mac("handover");
        mac.update(code.as_bytes());
        BASE64URL.encode(mac.finalize().into_bytes())
    }

    /// The n-th refresh token of a device. Made, not stored: the same answer can be given again.
    pub fn refresh_token(&self, device: DeviceId, generation: i64) -> String {
        let mut mac = self.mac("refresh");
        mac.update(device.as_bytes());
        mac.update(&generation.to_be_bytes());
        format!("{device}.{generation}.{}", BASE64URL.encode(mac.finalize().into_bytes()))
    }

    /// The device and count of a refresh token that we made; `None` for any other text.
    pub fn read_refresh_token(&self, token: &str) -> Option<(DeviceId, i64)> {
        let mut parts = token.split('.');
        let device = parts.next()?.parse().ok()?;
        let generation = parts.next()?.parse().ok()?;
        let ours = self.refresh_token(device, generation);
        bool::from(ours.as_bytes().ct_eq(token.as_bytes())).then_some((device, generation))
    }

    fn mac(&self, purpose: &str) -> Hmac<Sha256> {
        derived(&self.house, purpose)
    }
}

/// A key for one purpose, ready to use.
fn derived(house: &[u8; 32], purpose: &str) -> Hmac<Sha256> {
    let mut mac = hmac(house);
    mac.update(purpose.as_bytes());
    hmac(&mac.finalize().into_bytes())
}

fn hmac(key: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("HMAC takes a key of any length")
}

/// A new secret text of 128 bits, for a link.
pub fn link_token() -> String {
    BASE64URL.encode(entropy::<16>())
}

/// Reads a key. What is wrong with it is said without what it is.
fn read(path: &Path) -> Result<[u8; 32]> {
    private::check(&[(path.to_owned(), private::Kind::File)])?;
    let text = fs::read_to_string(path).map_err(|e| match e.kind() {
        ErrorKind::NotFound => {
            Error::Config(format!("{} is missing: restore it from the backup", path.display()))
        }
        _ => unusable(path, &e),
    })?;
    let bytes = BASE64URL.decode(text.trim()).ok().and_then(|bytes| bytes.try_into().ok());
    let bytes: [u8; 32] = bytes.ok_or_else(|| {
        Error::Config(format!("{} is not a key: 32 bytes in base64url", path.display()))
    })?;
    if bytes.iter().all(|byte| *byte == bytes[0]) {
        let path = path.display();
        return Err(Error::Config(format!("{path} is no secret: its bytes are all the same")));
    }
    Ok(bytes)
}

#[cfg(test)]
impl Keys {
    /// Keys for a test that needs no folder.
    pub fn for_tests() -> Keys {
        let access = vec![AccessKey { kid: "t1".to_owned(), secret: [2; 32] }];
        Keys::of([1; 32], access)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn refresh_tokens_are_ours_or_nothing() {
        let keys = Keys::for_tests();
        let device = DeviceId::new(1, [1; 10]);
        let token = keys.refresh_token(device, 3);
        assert_eq!(keys.read_refresh_token(&token), Some((device, 3)));
        for forged in [
            token.replacen(".3.", ".4.", 1),
            token.replacen(".3.", ".03.", 1),
            token[..token.len() - 1].to_owned(),
            format!("{token}."),
            String::new(),
            "a.b.c".to_owned(),
        ] {
            assert_eq!(keys.read_refresh_token(&forged), None, "{forged}");
        }
    }

    #[test]
    fn key_files_are_made_once_and_must_be_private() {
        let folder = std::env::temp_dir().join(format!("roost-keys-{}", std::process::id()));
        Keys::make(&folder).expect("a new folder gets its keys");
        let first = Keys::load(&folder).expect("they are read");
        Keys::make(&folder).expect("nothing is missing");
        let again = Keys::load(&folder).expect("the same folder is read again");
        assert_eq!(first.house, again.house);
        assert_eq!(first.fingerprint(), again.fingerprint());
        let added = folder.join("access-a2.key");
        fs::write(&added, BASE64URL.encode([[7; 16], [8; 16]].concat())).unwrap();
        let mode = |mode| fs::set_permissions(&added, fs::Permissions::from_mode(mode)).unwrap();
        mode(0o644);
        assert!(Keys::load(&folder).is_err(), "a key that others can read is refused");
        mode(0o600);
        fs::remove_file(folder.join("access-a1.key")).unwrap();
        let rotated = Keys::load(&folder).expect("now it is private, and the first one is gone");
        assert_eq!(rotated.access.last().map(|key| key.kid.as_str()), Some("a2"));
        for guessable in [[0; 32], [255; 32]] {
            fs::write(&added, BASE64URL.encode(guessable)).unwrap();
            assert!(Keys::load(&folder).is_err(), "{guessable:?}");
        }
        fs::remove_file(&added).unwrap();
        assert!(Keys::load(&folder).is_err(), "without an access key nobody signs in");
        Keys::make(&folder).unwrap();
        fs::remove_file(folder.join(HOUSE)).unwrap();
        assert!(Keys::load(&folder).is_err(), "a lost key is not made anew");
        fs::remove_dir_all(&folder).unwrap();
    }
}
