//! A link that is sent opens with a code of six digits, which whoever sent it tells apart from it:
//! on the phone, or face to face. So a link that was forwarded, or read over a shoulder, is worth
//! nothing. Only the phone that was told the right code may accept, and a few wrong ones end the
//! link.

use super::{People, funnel};
use crate::{
    error::Result,
    store::enrolments::{self, Enrolment, Way},
};
use roost_shared::{DeviceId, Refusal};
use subtle::ConstantTimeEq;

/// Wrong codes after which the link is taken back.
const WRONG_MAX: i64 = 5;

impl People {
    /// A phone was told the code. Right again is right again, also on another phone: the last one
    /// may accept.
    ///
    /// # Errors
    /// `CodeInvalid` for a wrong code; `EnrolmentUnusable` for the last wrong one, and whatever is
    /// wrong with the link.
    pub async fn verify(&self, token: &str, device: DeviceId, code: &str) -> Result<()> {
        // A guess must not make the log's writer wait: it is turned away by a reader.
        let mut conn = self.db.reader().await?;
        let seen = self.open_link(&mut conn, token).await?;
        drop(conn);
        let mut tx = self.db.begin().await?;
        enrolments::lock(tx.conn(), &seen).await?;
        let enrolment = self.open_link(tx.conn(), token).await?;
        let expected = self.code_of(&enrolment).ok_or(Refusal::EnrolmentUnusable)?;
        let right = bool::from(expected.as_bytes().ct_eq(as_typed(code).as_bytes()));
        let (constellation, now) = (enrolment.constellation, self.now());
        let last = enrolment.tries + 1 >= WRONG_MAX;
        if right {
            enrolments::verified(tx.conn(), &enrolment, device, now).await?;
        } else {
            enrolments::wrong(tx.conn(), &enrolment).await?;
            if last {
                enrolments::revoke_open(tx.conn(), constellation, enrolment.person, now).await?;
            }
        }
        let what = if right { "enrolment.verify" } else { "enrolment.wrong_code" };
        let act = (what, enrolment.enrolment.to_string());
        let actor = enrolment.person.to_string();
        self.trail(tx.conn(), Some(constellation), &actor, act).await?;
        tx.commit().await?;
        match (right, last) {
            (true, _) => Ok(()),
            (false, true) => Err(Refusal::EnrolmentUnusable.into()),
            (false, false) => Err(Refusal::CodeInvalid.into()),
        }
    }

    /// What opens a link, if it is one that is sent.
    pub(super) fn code_of(&self, of: &Enrolment) -> Option<String> {
        (of.way == Way::Link).then(|| self.parts.keys.enrolment_code(of.enrolment))
    }

    /// An invitation as the inviter sees it now.
    pub(super) fn told(&self, of: &Enrolment) -> funnel::Told {
        funnel::Told::of(of, self.code_of(of), self.now())
    }
}

/// People type codes in groups.
fn as_typed(code: &str) -> String {
    code.chars().filter(char::is_ascii_digit).collect()
}
