//! Something said. With a target it is a reply to that entry.

use super::{Context, Effect, Kind, Needs};
use crate::{entry::Draft, policy::Action, refusal::Refusal, text};
use serde::{Deserialize, Serialize};

/// The body of a `message`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct Message {
    /// See [`text::check`] for what may stand here.
    pub text: String,
}

impl Kind for Message {
    fn action(&self) -> Action {
        Action::Post
    }

    fn needs(&self, draft: &Draft) -> Needs {
        Needs { target: draft.target.is_some(), membership_of: None }
    }

    fn permit(&self, context: &Context) -> Result<(), Refusal> {
        if context.targeted && context.target.is_none() {
            return Err(Refusal::TargetUnknown);
        }
        text::check(&self.text)
    }

    fn effects(&self, _: &Context) -> Vec<Effect> {
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{id::Seq, kind::Target, room::RoomKind};

    #[test]
    fn a_reply_needs_its_target() {
        let target = Some(Target { seq: Seq(1), kind: "message".to_owned() });
        let table = [
            ("hello", false, None, Ok(())),
            ("hello", true, target.clone(), Ok(())),
            ("hello", true, None, Err(Refusal::TargetUnknown)),
            ("", true, target, Err(Refusal::TextEmpty)),
        ];
        for (text, targeted, target, expected) in table {
            let context = Context {
                room_kind: RoomKind::Circle,
                seq: Seq(2),
                targeted,
                target,
                is_member: false,
            };
            let message = Message { text: text.to_owned() };
            assert_eq!(message.permit(&context), expected, "{text:?} targeted {targeted}");
            assert_eq!(message.effects(&context), []);
        }
    }
}
