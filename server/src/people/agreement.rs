//! The agreement without which no young person is invited: who agreed, as what, when, and for which
//! age band. The rule is a pure function; nothing here is sent to anybody.

use roost_shared::Refusal;
use serde::{Deserialize, Serialize};

/// How far into the future a day may lie that somebody writes down today, ms: clocks and time zones
/// differ.
const TOMORROW_MS: i64 = 24 * 3_600_000;

/// What was agreed, as the liaison worker records it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agreement {
    pub band: Band,
    /// The name of whoever agreed.
    pub agreed_by: String,
    pub capacity: Capacity,
    /// Whether the carer's delegated authority covers it.
    pub delegated: bool,
    /// When they agreed, epoch ms.
    pub agreed_at: i64,
}

/// How old a young person is. Nobody under eleven has a sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Band {
    #[serde(rename = "13_17")]
    From13,
    /// Only by the agreement of somebody with parental responsibility.
    #[serde(rename = "11_12")]
    From11,
}

/// As what somebody agreed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Capacity {
    /// A parent, or another with parental responsibility.
    ParentalResponsibility,
    /// The authority that looks after the child and shares parental responsibility.
    LocalAuthority,
    /// A foster carer, by delegated authority.
    Carer,
}

impl Band {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Band::From13 => "13_17",
            Band::From11 => "11_12",
        }
    }
}

impl Capacity {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Capacity::ParentalResponsibility => "parental_responsibility",
            Capacity::LocalAuthority => "local_authority",
            Capacity::Carer => "carer",
        }
    }
}

/// Whether this is enough to invite a young person.
///
/// # Errors
/// `AgreementNeeded`; `NameInvalid` is for the caller to find.
pub fn check(agreement: &Agreement, now: i64) -> Result<(), Refusal> {
    let parental = agreement.capacity != Capacity::Carer;
    let enough = parental || agreement.delegated;
    let young_enough = agreement.band == Band::From13 || parental;
    let when = agreement.agreed_at > 0 && agreement.agreed_at <= now + TOMORROW_MS;
    if enough && young_enough && when { Ok(()) } else { Err(Refusal::AgreementNeeded) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_may_agree_to_what() {
        use {Band::*, Capacity::*};
        const NOW: i64 = 1_795_310_400_000;
        let table = [
            // band, capacity, delegated, agreed at, enough
            (From13, ParentalResponsibility, false, NOW, true),
            (From13, LocalAuthority, false, NOW, true),
            (From13, Carer, true, NOW, true),
            (From13, Carer, false, NOW, false),
            (From11, ParentalResponsibility, false, NOW, true),
            (From11, LocalAuthority, false, NOW, true),
            (From11, Carer, true, NOW, false),
            (From13, LocalAuthority, true, NOW + TOMORROW_MS + 1, false),
            (From13, LocalAuthority, true, 0, false),
        ];
        for (band, capacity, delegated, agreed_at, enough) in table {
            let agreed_by = "Pat".to_owned();
            let agreement = Agreement { band, agreed_by, capacity, delegated, agreed_at };
            assert_eq!(check(&agreement, NOW).is_ok(), enough, "{agreement:?}");
        }
    }
}
