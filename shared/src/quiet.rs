//! Quiet hours: when a phone is left in peace, as it is to begin with and as its person may set it
//! (behaviours, "Notifications and quiet hours"). Minutes are of the constellation's wall clock.

use crate::{policy::Role, refusal::Refusal, room::PEERS_WEEKDAY};
use serde::{Deserialize, Serialize};

/// The minutes of a day, and so the first that is none.
pub const DAY_MINUTES: u16 = 24 * 60;

/// A part of the day: `from` is in it, `to` is not. It may run over midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    pub from: u16,
    pub to: u16,
}

impl Span {
    fn minutes(self) -> u16 {
        after(self.from, self.to)
    }

    /// Whether the whole of the other lies within.
    fn covers(self, other: Span) -> bool {
        after(self.from, other.from) + other.minutes() <= self.minutes()
    }
}

/// So many minutes after the one the other comes.
fn after(one: u16, other: u16) -> u16 {
    (other + DAY_MINUTES - one) % DAY_MINUTES
}

/// From the end of the night until the young people's room opens, Monday to Friday.
pub const SCHOOL: Span = Span { from: 8 * 60, to: PEERS_WEEKDAY.opens };

/// A person's quiet hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quiet {
    /// Switched off, the hours are kept for the day they are switched on again.
    pub on: bool,
    pub from: u16,
    pub to: u16,
}

impl Quiet {
    /// What stands until somebody sets their own.
    pub fn usual(role: Role) -> Quiet {
        match role {
            Role::Young => Quiet { on: true, from: 20 * 60, to: 8 * 60 },
            Role::Admin | Role::Liaison | Role::Hub | Role::Satellite => {
                Quiet { on: true, from: 21 * 60, to: 7 * 60 + 30 }
            }
        }
    }

    /// Whether somebody of this role may set them: a young person makes theirs longer only.
    ///
    /// # Errors
    /// `BodyInvalid` for what is no part of a day; `QuietTooShort`.
    pub fn permit(self, role: Role) -> Result<(), Refusal> {
        let Quiet { on, from, to } = self;
        if from >= DAY_MINUTES || to >= DAY_MINUTES || from == to {
            return Err(Refusal::BodyInvalid);
        }
        let least = Quiet::usual(role).span();
        if role == Role::Young && !(on && self.span().covers(least)) {
            return Err(Refusal::QuietTooShort);
        }
        Ok(())
    }

    fn span(self) -> Span {
        Span { from: self.from, to: self.to }
    }
}

/// What nobody switches off for somebody of this role: school hours.
pub fn school(role: Role) -> Option<Span> {
    (role == Role::Young).then_some(SCHOOL)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_may_keep_what_is_usual() {
        for role in Role::ALL {
            assert_eq!(Quiet::usual(role).permit(role), Ok(()), "{role:?}");
            assert_eq!(school(role).is_some(), role == Role::Young, "{role:?}");
        }
    }

    #[test]
    fn a_young_persons_quiet_hours_only_grow() {
        let (no, short) = (Err(Refusal::BodyInvalid), Err(Refusal::QuietTooShort));
        let table = [
            // on, from, to; an adult, a young person
            (true, (20, 0), (8, 0), Ok(()), Ok(())),
            (true, (19, 30), (8, 0), Ok(()), Ok(())),
            (true, (20, 0), (9, 0), Ok(()), Ok(())),
            (true, (20, 1), (8, 0), Ok(()), short),
            (true, (20, 0), (7, 59), Ok(()), short),
            (true, (21, 0), (9, 0), Ok(()), short),
            (true, (1, 0), (7, 0), Ok(()), short),
            (true, (8, 0), (20, 0), Ok(()), short),
            (true, (8, 1), (8, 0), Ok(()), Ok(())),
            (true, (0, 0), (23, 59), Ok(()), short),
            (false, (20, 0), (8, 0), Ok(()), short),
            (false, (21, 0), (7, 30), Ok(()), short),
            (true, (21, 0), (21, 0), no, no),
            (true, (24, 0), (8, 0), no, no),
            (true, (20, 0), (24, 0), no, no),
            (true, (1_092, 15), (8, 0), no, no),
        ];
        for (on, from, to, adult, young) in table {
            let quiet = Quiet { on, from: from.0 * 60 + from.1, to: to.0 * 60 + to.1 };
            for role in Role::ALL {
                let expected = if role == Role::Young { young } else { adult };
                assert_eq!(quiet.permit(role), expected, "{quiet:?} of {role:?}");
            }
        }
    }
}
