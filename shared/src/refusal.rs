//! Every "no" that Roost can say: a stable code, words for the person, and what to do about it.
//! The only error that crosses the wire. Codes are added, never renamed.

use serde::{Deserialize, Serialize};

/// What a phone should do about a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Trying the same again will get the same answer. Keep the person's words and say why.
    Final,
    /// Nothing is wrong with the request: try the same again after `after_ms`.
    Later,
    /// The sign-in is over or unknown: get a new access token, or sign in anew.
    SignInAgain,
}

/// One line per refusal: variant, code, class, wait before the next try (ms), HTTP status, words.
macro_rules! refusals {
    ($(
        $name:ident $code:literal $class:ident $after_ms:literal $status:literal $words:literal;
    )+) => {
        /// A named refusal. Closed: a client may match every case.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error)]
        #[cfg_attr(test, derive(ts_rs::TS))]
        pub enum Refusal {
            $(#[serde(rename = $code)] #[error($code)] $name,)+
        }

        impl Refusal {
            /// Every refusal, in the order of this file.
            pub const ALL: &'static [Refusal] = &[$(Refusal::$name,)+];

            /// The stable code, as on the wire.
            pub fn code(self) -> &'static str {
                match self { $(Refusal::$name => $code,)+ }
            }

            /// What to do about it.
            pub fn class(self) -> Class {
                match self { $(Refusal::$name => Class::$class,)+ }
            }

            /// For [`Class::Later`], how long to wait before the same is tried again, in ms; else
            /// 0.
            pub fn after_ms(self) -> i64 {
                match self { $(Refusal::$name => $after_ms,)+ }
            }

            /// The HTTP status (RFC 9110) under which it is told.
            pub fn status(self) -> u16 {
                match self { $(Refusal::$name => $status,)+ }
            }

            /// Plain words for the person who holds the phone.
            pub fn words(self) -> &'static str {
                match self { $(Refusal::$name => $words,)+ }
            }
        }
    };
}

refusals! {
    // What was sent cannot be read.
    FrameMalformed "frame_malformed" Final 0 400
        "Roost could not read what was sent from here. Updating the app usually helps.";
    FrameUnknown "frame_unknown" Final 0 400
        "Something was asked for that Roost does not know. Updating the app usually helps.";
    FrameTooLarge "frame_too_large" Final 0 413
        "That is too big to send. Please make it shorter.";
    VersionUnknown "version_unknown" Final 0 400
        "This version of the app and the server do not understand each other. Please update.";
    HelloExpected "hello_expected" Final 0 400
        "Whoever connects must say who they are before anything else.";
    HelloLate "hello_late" Later 1_000 408
        "The connection was too slow to start. Trying again.";
    HelloTwice "hello_twice" Final 0 400
        "This connection has already said who it is.";

    // What was written cannot be taken.
    TextEmpty "text_empty" Final 0 422
        "There is nothing to send yet.";
    TextTooLong "text_too_long" Final 0 422
        "That is longer than 4,000 characters. Please send it in parts.";
    TextUnprintable "text_unprintable" Final 0 422
        "That has hidden characters in it that cannot be sent. Please type it again.";
    NameInvalid "name_invalid" Final 0 422
        "That name is empty, longer than 60 characters, or has hidden characters in it.";
    BodyInvalid "body_invalid" Final 0 422
        "Something in that is missing or not as it should be.";
    KindUnknown "kind_unknown" Final 0 422
        "The server does not know this kind of message yet.";
    DetailsInvalid "details_invalid" Final 0 422
        "Something in there is empty, too long, or already past. Please look through it again.";
    QueryInvalid "query_invalid" Final 0 422
        "Please search for a word or two, up to 100 characters.";
    QuietTooShort "quiet_too_short" Final 0 422
        "Your quiet hours can be longer, but from eight in the evening until eight in the morning \
         it is always quiet.";
    AgreementNeeded "agreement_needed" Final 0 422
        "A young person can be invited once the agreement for them is recorded.";
    TargetUnknown "target_unknown" Final 0 422
        "The message this answers is not here.";
    TargetUnfit "target_unfit" Final 0 422
        "That cannot be done with this one.";
    TargetGone "target_gone" Final 0 410
        "This has been removed or called off in the meantime.";
    TooLate "too_late" Final 0 409
        "It is too late to change this now.";
    NothingToChange "nothing_to_change" Final 0 409
        "It is like that already, so there was nothing to change.";
    NoPlaces "no_places" Final 0 409
        "There are not enough places left for that many people.";
    IdReused "id_reused" Final 0 409
        "A different message was already sent under this name. Please write it again.";
    Poisonous "poisonous" Final 0 422
        "This message broke the connection twice, so it is kept here and not sent.";

    // Who you are, and what you may do.
    SignInAgain "sign_in_again" SignInAgain 0 401
        "Please sign in again.";
    DeviceEnded "device_ended" SignInAgain 0 401
        "You have been signed out of Roost here.";
    SignInCopied "sign_in_copied" SignInAgain 0 401
        "This sign-in was used from two places, so Roost has ended it in both. If that was not \
         you, somebody may have read what was kept here: tell your liaison worker.";
    EnrolmentUnusable "enrolment_unusable" Final 0 404
        "This link does not work. It may be used, out of date, or for someone else. \
         Ask for a new one.";
    CodeInvalid "code_invalid" Final 0 404
        "This code does not work. It may be mistyped, used already, or too old. Ask for a new one.";
    NotFound "not_found" Final 0 404
        "There is nothing here.";
    NotPermitted "not_permitted" Final 0 403
        "You cannot do that here.";
    SecondPersonNeeded "second_person_needed" Final 0 403
        "Somebody else has to agree first.";
    RoomClosed "room_closed" Final 0 403
        "This room is open from half past three until half past eight, and from ten in the \
         morning at weekends. Your words are kept here.";
    RoomNotReady "room_not_ready" Final 0 403
        "The young people's room opens when somebody is in place to look after it.";
    OriginForeign "origin_foreign" Final 0 403
        "This page does not belong to this Roost.";

    // Not now.
    TooMany "too_many" Later 60_000 429
        "That was a lot in a short time. Please wait a minute and try again.";
    Busy "busy" Later 1_000 503
        "Roost is very busy. Your message is kept and goes out in a moment.";
    StoreFull "store_full" Later 30_000 507
        "Roost has no room left to save messages. Yours is kept here and will be tried again.";
    StoreUnavailable "store_unavailable" Later 2_000 503
        "Roost cannot save messages just now. Yours is kept here and will be tried again.";
    SlowReader "slow_reader" Later 1_000 503
        "The connection was too slow to keep up. Coming back from where it stopped.";
    Silent "silent" Later 1_000 408
        "The connection went quiet. Coming back from where it stopped.";
    Draining "draining" Later 2_000 503
        "Roost is restarting. Back in a moment.";
}

impl Refusal {
    /// Whether it says that a sign-in was good and is over. Only on these does a phone forget what
    /// it keeps: `sign_in_again` may come from a server that has lost its keys or its disk.
    pub fn ends_sign_in(self) -> bool {
        matches!(self, Refusal::DeviceEnded | Refusal::SignInCopied)
    }
}

/// A refusal as a phone hears it, in a frame or in an `application/problem+json` body (RFC 9457).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Told {
    /// The stable code.
    pub code: String,
    /// What to do about it. A phone that does not know the code goes by this.
    pub class: Class,
    /// Words for the person.
    pub words: String,
    /// Wait this long (ms) before the same is tried again; 0 unless `class` is `later`.
    #[cfg_attr(test, ts(type = "number"))]
    pub after_ms: i64,
}

impl Told {
    /// As [`Refusal::ends_sign_in`]; a code that this build does not know ends none.
    pub fn ends_sign_in(&self) -> bool {
        Refusal::ALL.iter().any(|refusal| refusal.ends_sign_in() && refusal.code() == self.code)
    }
}

impl From<Refusal> for Told {
    fn from(refusal: Refusal) -> Told {
        Told {
            code: refusal.code().to_owned(),
            class: refusal.class(),
            words: refusal.words().to_owned(),
            after_ms: refusal.after_ms(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn each_refusal_has_its_own_code_and_a_wait_only_when_later() {
        let codes: HashSet<_> = Refusal::ALL.iter().map(|r| r.code()).collect();
        assert_eq!(codes.len(), Refusal::ALL.len());
        for refusal in Refusal::ALL {
            assert_eq!(refusal.after_ms() > 0, refusal.class() == Class::Later, "{refusal}");
            assert!(refusal.words().ends_with('.'), "{refusal}: words are a sentence");
            assert!((400..=599).contains(&refusal.status()), "{refusal}");
            let ends = matches!(refusal.code(), "device_ended" | "sign_in_copied");
            assert_eq!(Told::from(*refusal).ends_sign_in(), ends, "{refusal}");
        }
    }
}
