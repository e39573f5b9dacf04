//! Hand-over: a phone that is signed in asks for a short code, and another browser or app that is
//! given it becomes the same device, or a new phone in its place. For the app on the home screen,
//! which shares nothing with the browser it was installed from, and for a new phone.

use super::{
    People,
    register::check_name,
    session::{Me, SignIn},
};
use crate::{
    clock::{entropy, is_within},
    error::Result,
    store::{
        Tx,
        devices::{self, Device, NewDevice},
        handovers::{self, Handover},
    },
};
use roost_shared::{
    DeviceId, Refusal,
    policy::{Action, Object, decide},
};
use serde::{Deserialize, Serialize};

/// How long a code lives, ms.
const LIFE_MS: i64 = 15 * 60_000;
/// Nothing in it looks like something else: no 0 or O, no 1, I or L, no U or V for each other.
const ALPHABET: &[u8; 30] = b"23456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Some 49 bits. Guesses are slowed, and yet each is looked at: no stranger may lock out whoever
/// holds a code. So the length alone keeps guessers out. Were a house asked for nothing else,
/// 10,000 times a second without end, while a hundred codes are open all the time, one guess in
/// 5.9 million million would hit: one in nineteen years. With eight letters it were one a week.
const CODE_CHARS: usize = 10;

/// A code to be typed elsewhere. Not `Debug`: it is all that it takes to be this person.
#[derive(Serialize)]
pub struct Code {
    pub code: String,
    pub expires_at: i64,
}

/// What whoever redeems a code becomes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Becomes {
    /// The same device: the sign-in moves, and the browser it came from keeps nothing.
    #[default]
    Same,
    /// A new device, and the old one ends.
    NewPhone,
}

/// Who redeems a code: the id that they made for themselves, once, and their name.
#[derive(Clone, Copy)]
pub struct Redeemer<'a> {
    pub device: DeviceId,
    pub name: &'a str,
    pub becomes: Becomes,
}

impl People {
    /// A code for the phone that asks. An earlier one of the same phone is dead.
    ///
    /// # Errors
    /// Whatever the database said.
    pub async fn hand_over(&self, me: &Me) -> Result<Code> {
        decide(me.actor(), Action::OwnDevices, Object::Session { of: me.person })?;
        let (code, now) = (new_code(), self.now());
        let expires_at = now + LIFE_MS;
        let (device, service, person) = (me.device, me.service, me.person);
        let new = Handover { device, service, person, expires_at, spent: None };
        let mut tx = self.db.begin().await?;
        handovers::put(tx.conn(), &new, &self.parts.keys.code_hash(&code), now).await?;
        let act = ("handover.add", device.to_string());
        self.trail(tx.conn(), Some(me.home().constellation), &person.to_string(), act).await?;
        tx.commit().await?;
        Ok(Code { code, expires_at })
    }

    /// Redeems a code. The same redeemer may repeat it while the answer may be lost.
    ///
    /// # Errors
    /// `CodeInvalid`, whatever is wrong with it; refusals of the device's name.
    pub async fn redeem(&self, code: &str, by: Redeemer<'_>) -> Result<SignIn> {
        check_name(by.name)?;
        let hash = self.parts.keys.code_hash(&as_typed(code));
        // A guess must not make the log's writer wait: it is turned away by a reader.
        let mut conn = self.db.reader().await?;
        let found = handovers::by_code(&mut conn, &hash).await?;
        drop(conn);
        found.ok_or(Refusal::CodeInvalid)?;
        let mut tx = self.db.begin().await?;
        let found = handovers::by_code(tx.conn(), &hash).await?.ok_or(Refusal::CodeInvalid)?;
        if found.spent.is_some() {
            return self.redeem_again(tx, &found, by).await;
        }
        let fresh = self.now() < found.expires_at && by.device != found.device;
        // Whoever has ended or is suspended hands nothing over.
        let newest = (found.device, i64::MAX);
        let here = devices::present(tx.conn(), newest, found.person).await?.is_some();
        let at = self.now();
        if !(fresh && here && handovers::spend(tx.conn(), &found, (&hash, by.device), at).await?) {
            return Err(Refusal::CodeInvalid.into());
        }
        let becomes = self.become_device(&mut tx, &found, by).await?;
        let act = ("handover.redeem", becomes.device.to_string());
        let places = self.places_of(tx.conn(), found.person).await?;
        let actor = found.person.to_string();
        self.trail(tx.conn(), places.first().copied(), &actor, act).await?;
        self.finish_in(tx, &places, Vec::new()).await?;
        Ok(self.sign_in(found.person, becomes.device, becomes.generation))
    }

    async fn become_device(&self, tx: &mut Tx, of: &Handover, by: Redeemer<'_>) -> Result<Device> {
        let old = devices::one(tx.conn(), of.device).await?.ok_or(Refusal::CodeInvalid)?;
        let (service, person, at) = (of.service, of.person, self.now());
        let device = match by.becomes {
            Becomes::Same => {
                let moved = devices::hand_over(tx.conn(), &old, at).await?;
                moved.then_some(old.device)
            }
            Becomes::NewPhone => {
                let (device, name) = (by.device, check_name(by.name)?);
                let new = NewDevice { device, service, person, name, at };
                let added =
                    devices::add(tx.conn(), new).await? || devices::revive(tx.conn(), new).await?;
                let ended = devices::end(tx.conn(), service, (old.device, person), at).await?;
                (added && ended).then_some(device)
            }
        };
        let device = device.ok_or(Refusal::CodeInvalid)?;
        Ok(devices::one(tx.conn(), device).await?.ok_or(Refusal::CodeInvalid)?)
    }

    /// The same answer again: to the one who redeemed it, soon after, and as long as what they were
    /// given was not used.
    async fn redeem_again(&self, mut tx: Tx, of: &Handover, by: Redeemer<'_>) -> Result<SignIn> {
        let device = match by.becomes {
            Becomes::Same => of.device,
            Becomes::NewPhone => by.device,
        };
        let given = devices::one(tx.conn(), device).await?;
        let soon = |at: i64| is_within(self.limits.enrolment_repeat_s * 1_000, at, self.now());
        let unused = |found: &Device, at: i64| found.rotated_at == at && found.ended_at.is_none();
        match (of.spent, given) {
            (Some((at, who)), Some(found))
                if who == by.device && soon(at) && unused(&found, at) =>
            {
                Ok(self.sign_in(of.person, device, found.generation))
            }
            _ => Err(Refusal::CodeInvalid.into()),
        }
    }
}

fn new_code() -> String {
    let mut code = String::with_capacity(CODE_CHARS);
    // 240 is the largest multiple of 30 in a byte: each letter is as likely as the next.
    while code.len() < CODE_CHARS {
        let [byte] = entropy::<1>();
        if byte < 240 {
            code.push(char::from(ALPHABET[usize::from(byte) % ALPHABET.len()]));
        }
    }
    code
}

/// As people type it: in small letters, with spaces or dashes between.
fn as_typed(code: &str) -> String {
    let kept = code.chars().filter(|letter| !letter.is_whitespace() && *letter != '-');
    kept.map(|letter| letter.to_ascii_uppercase()).take(CODE_CHARS + 1).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_ten_plain_letters_and_read_as_people_type_it() {
        for _ in 0..100 {
            let code = new_code();
            assert_eq!(code.len(), CODE_CHARS);
            assert!(code.bytes().all(|letter| ALPHABET.contains(&letter)), "{code}");
            let typed = format!(" {}-{} ", code[..5].to_lowercase(), &code[5..]);
            assert_eq!(as_typed(&typed), code);
        }
        assert_eq!(as_typed(&"A".repeat(10_000)).len(), CODE_CHARS + 1, "and no longer than that");
    }
}
