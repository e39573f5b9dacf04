//! The life of an invitation: where it stands follows from what happened to it when. A pure
//! function; nothing stores a state.

use crate::store::enrolments::{Enrolment, Way};
use roost_shared::EnrolmentId;
use serde::Serialize;

/// Where an invitation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Made, and nothing more is known.
    Created,
    /// The inviter says that it is on its way.
    Sent,
    /// Its page was seen.
    Opened,
    /// A phone was told the right code.
    Verified,
    /// It made a sign-in. The end.
    Accepted,
    /// It was too late. The end.
    Expired,
    /// Somebody took it back, or made a newer one. The end.
    Revoked,
}

impl Step {
    /// Whether it can still be accepted.
    pub fn is_open(self) -> bool {
        matches!(self, Step::Created | Step::Sent | Step::Opened | Step::Verified)
    }
}

/// Where an invitation stands at this moment. What ended it first, ended it.
pub fn step(of: &Enrolment, now: i64) -> Step {
    match of {
        Enrolment { spent: Some(_), .. } => Step::Accepted,
        Enrolment { revoked_at: Some(at), expires_at, .. } if at < expires_at => Step::Revoked,
        Enrolment { expires_at, .. } if now >= *expires_at => Step::Expired,
        Enrolment { revoked_at: Some(_), .. } => Step::Revoked,
        Enrolment { verified: Some(_), .. } => Step::Verified,
        Enrolment { opened_at: Some(_), .. } => Step::Opened,
        Enrolment { sent_at: Some(_), .. } => Step::Sent,
        _ => Step::Created,
    }
}

/// An invitation as the inviter sees it: no token, only where it stands and since when, and the
/// code that is to be told. Not `Debug`, for the code's sake.
#[derive(Clone, Serialize)]
pub struct Told {
    pub enrolment: EnrolmentId,
    pub way: Way,
    pub state: Step,
    /// What opens it, while it can still be opened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// How often a wrong code was tried.
    pub wrong_codes: i64,
    pub created_at: i64,
    pub expires_at: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sent_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opened_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verified_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepted_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<i64>,
}

impl Told {
    /// The same for those who do not invite.
    pub(super) fn quiet(self) -> Told {
        Told { code: None, ..self }
    }

    pub(super) fn of(enrolment: &Enrolment, code: Option<String>, now: i64) -> Told {
        let state = step(enrolment, now);
        Told {
            enrolment: enrolment.enrolment,
            way: enrolment.way,
            state,
            code: code.filter(|_| state.is_open()),
            wrong_codes: enrolment.tries,
            created_at: enrolment.created_at,
            expires_at: enrolment.expires_at,
            sent_at: enrolment.sent_at,
            opened_at: enrolment.opened_at,
            verified_at: enrolment.verified.map(|(at, _)| at),
            accepted_at: enrolment.spent.map(|(at, _)| at),
            revoked_at: enrolment.revoked_at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use roost_shared::{ConstellationId, DeviceId, PersonId};

    const LIFE: i64 = 100;

    fn fresh() -> Enrolment {
        Enrolment {
            enrolment: EnrolmentId::new(1, [1; 10]),
            constellation: ConstellationId::new(1, [1; 10]),
            person: PersonId::new(1, [1; 10]),
            way: Way::Link,
            created_at: 0,
            expires_at: LIFE,
            sent_at: None,
            opened_at: None,
            tries: 0,
            verified: None,
            spent: None,
            revoked_at: None,
        }
    }

    /// What the store lets happen: each once, and nothing after the end.
    fn happen(what: u8, to: &mut Enrolment, at: i64) {
        if !step(to, at).is_open() {
            return;
        }
        match what {
            0 => to.sent_at = to.sent_at.or(Some(at)),
            1 => to.opened_at = to.opened_at.or(Some(at)),
            2 => to.verified = Some((at, DeviceId::new(1, [1; 10]))),
            3 => to.spent = Some((at, DeviceId::new(1, [1; 10]))),
            _ => to.revoked_at = Some(at),
        }
    }

    #[test]
    fn steps_by_what_happened() {
        let device = DeviceId::new(1, [1; 10]);
        let made = fresh();
        let sent = Enrolment { sent_at: Some(1), ..fresh() };
        let opened = Enrolment { opened_at: Some(2), ..sent.clone() };
        let table = [
            (made.clone(), 0, Step::Created),
            (sent, 5, Step::Sent),
            (Enrolment { opened_at: Some(2), ..made.clone() }, 5, Step::Opened),
            (opened.clone(), LIFE - 1, Step::Opened),
            (Enrolment { verified: Some((3, device)), ..opened.clone() }, 3, Step::Verified),
            (Enrolment { verified: Some((3, device)), ..opened.clone() }, LIFE, Step::Expired),
            (opened.clone(), LIFE, Step::Expired),
            (Enrolment { spent: Some((3, device)), ..opened.clone() }, LIFE, Step::Accepted),
            (Enrolment { revoked_at: Some(3), ..opened.clone() }, 3, Step::Revoked),
            (Enrolment { revoked_at: Some(3), ..opened.clone() }, LIFE, Step::Revoked),
            (Enrolment { revoked_at: Some(LIFE + 1), ..opened }, LIFE + 1, Step::Expired),
        ];
        for (enrolment, now, expected) in table {
            assert_eq!(step(&enrolment, now), expected, "{enrolment:?} at {now}");
        }
    }

    proptest! {
        #[test]
        fn an_invitation_never_goes_back_and_ends_once(
            acts in proptest::collection::vec((0_u8..5, 0_i64..LIFE + 20), 0..12),
        ) {
            let (mut enrolment, mut last, mut acts) = (fresh(), Step::Created, acts);
            acts.sort_by_key(|(_, at)| *at);
            for (what, at) in acts {
                let before = step(&enrolment, at);
                prop_assert!(before >= last, "time takes nothing back");
                happen(what, &mut enrolment, at);
                let after = step(&enrolment, at);
                if before.is_open() {
                    prop_assert!(after >= before, "{before:?} became {after:?}");
                } else {
                    prop_assert_eq!(after, before, "what has ended stays as it ended");
                }
                last = after;
            }
            let end = step(&enrolment, LIFE + 50);
            prop_assert_eq!(end, if last.is_open() { Step::Expired } else { last });
        }
    }
}
