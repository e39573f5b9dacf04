//! People: who is in which constellation, how they come to be signed in, and what is known of them.
//! - `keys` and `token`: secrets and what is made of them;
//! - `by`: who does something, and whether they may;
//! - `register`: services, constellations, homes, people, as the operator writes them down;
//! - `members` and `roll`: the same as the liaison worker looks after them, and how they stand;
//! - `seats` and `peers`: the rooms that follow from what somebody is, and the young people's;
//! - `agreement`: without which no young person is invited;
//! - `enrol`, `funnel`, `verify` and `table`: invitations, where each stands, the code that opens
//!   one that is sent, and those at a kitchen table;
//! - `second`: what needs a second person: liaison workers, and lifting a suspension;
//! - `settings`: what somebody sets for themselves;
//! - `session`, `uses`, `devices` and `handover`: access and refresh, when they were first used,
//!   one's phones, and moving between them;
//! - `directory` and `told`: everything a phone is told in `welcome`;
//! - `rollback`: whether what a phone holds is the history that stands here.
//!
//! Every act on people here leaves a row in the trail in its own transaction.

pub mod agreement;
pub mod by;
pub mod devices;
pub mod directory;
pub mod enrol;
pub mod funnel;
pub mod handover;
pub mod keys;
pub mod members;
pub mod peers;
pub mod register;
pub mod roll;
pub mod rollback;
pub mod seats;
pub mod second;
pub mod session;
pub mod settings;
pub mod table;
pub mod token;
mod told;
mod uses;
mod verify;

pub use by::By;

use crate::{
    clock::entropy,
    config,
    error::Result,
    log::Parts,
    store::{Conn, Db, trail},
};
use roost_shared::{ConstellationId, EntryId};

/// The people of this Roost. Cheap to clone.
#[derive(Clone)]
pub struct People {
    pub(crate) db: Db,
    pub(crate) parts: Parts,
    pub(crate) limits: config::Session,
    uses: uses::Uses,
    renewing: session::Renewing,
}

/// Who does something that is written in the trail, as it is written there.
pub(crate) const OPERATOR: &str = "operator";

impl People {
    pub fn new(db: Db, parts: Parts, limits: config::Session) -> People {
        let (uses, renewing) = Default::default();
        People { db, parts, limits, uses, renewing }
    }

    pub(crate) fn now(&self) -> i64 {
        self.parts.clock.now()
    }

    /// Writes an act into the trail. Inside the transaction of the act, or it did not happen.
    pub(crate) async fn trail(
        &self,
        conn: &mut Conn,
        constellation: Option<ConstellationId>,
        actor: &str,
        act: (&str, String),
    ) -> Result<()> {
        let at = self.now();
        let id = EntryId::new(at, entropy()).to_string();
        let (action, object) = act;
        trail::add(conn, trail::Act { id, constellation, at, actor, action, object }).await
    }
}
