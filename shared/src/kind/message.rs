//! Something said. With a target it is a reply to that entry.

use super::{Context, Kind, Needs};
use crate::{
    entry::{Draft, Entry},
    policy::{Action, Role},
    refusal::Refusal,
    room::RoomKind,
    text,
};
use serde::{Deserialize, Serialize};

/// The body of a `message`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct Message {
    /// See [`text::check`] for what may stand here.
    pub text: String,
    /// Every home is asked to `confirm` that it has read this.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub please_confirm: bool,
}

impl Kind for Message {
    const WORDS: &'static [&'static str] = &["text"];

    fn action(&self) -> Action {
        Action::Post
    }

    fn needs(&self, draft: &Draft) -> Needs {
        Needs { target: draft.target.is_some(), ..Needs::default() }
    }

    fn check(&self) -> Result<(), Refusal> {
        text::check(&self.text)
    }

    fn permit(&self, context: &Context) -> Result<(), Refusal> {
        if self.please_confirm {
            let asks = matches!(context.author.role, Some(Role::Hub | Role::Liaison));
            if !asks || context.room_kind != RoomKind::Circle {
                return Err(Refusal::NotPermitted);
            }
        }
        if context.targeted { context.present().map(|_| ()) } else { Ok(()) }
    }

    fn is_news(_: &Entry) -> bool {
        true
    }

    fn is_said(_: &Draft) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        card::{Card, Hidden, HiddenBy},
        context::cast::judge,
        kind::Body,
    };
    use serde_json::json;

    #[test]
    fn a_reply_needs_its_target() {
        let plain = Context::for_tests();
        let lost = Context { targeted: true, ..plain.clone() };
        let reply = plain.clone().about("message", json!({"text": "hi"}));
        let hidden = Some(Hidden { by: HiddenBy::Author, at: 1 });
        let removed = reply.clone().with_card(Card { hidden, ..Card::default() });
        let mut blank = reply.clone();
        blank.target.as_mut().unwrap().body = None;
        let table = [
            ("hello", plain, Ok(())),
            ("hello", reply.clone(), Ok(())),
            ("hello", lost, Err(Refusal::TargetUnknown)),
            ("hello", removed, Err(Refusal::TargetGone)),
            ("hello", blank, Err(Refusal::TargetGone)),
            ("", reply, Err(Refusal::TextEmpty)),
        ];
        for (text, context, expected) in table {
            let body = json!({"text": text});
            assert_eq!(judge("message", &body, &context), expected, "{text:?} in {context:?}");
            let body = Body::read("message", &body).unwrap();
            assert_eq!(body.effects(&context), []);
            assert!(!body.fold(&context, &mut Card::default()) && body.card(&context).is_none());
        }
    }

    #[test]
    fn who_may_ask_for_confirmation() {
        use {Role::*, RoomKind::*};
        let table = [
            (Hub, Circle, Ok(())),
            (Liaison, Circle, Ok(())),
            (Satellite, Circle, Err(Refusal::NotPermitted)),
            (Hub, HubLine, Err(Refusal::NotPermitted)),
            (Liaison, LiaisonLine, Err(Refusal::NotPermitted)),
            (Liaison, Peers, Err(Refusal::NotPermitted)),
            (Young, Peers, Err(Refusal::NotPermitted)),
        ];
        for (role, room_kind, expected) in table {
            let context = Context::for_tests().by(role).within(room_kind);
            let asking = json!({"text": "Fire drill at 6", "please_confirm": true});
            assert_eq!(judge("message", &asking, &context), expected, "{role:?} in {room_kind:?}");
            let plain = json!({"text": "Fire drill at 6", "please_confirm": false});
            assert_eq!(judge("message", &plain, &context), Ok(()), "{role:?} in {room_kind:?}");
        }
    }
}
