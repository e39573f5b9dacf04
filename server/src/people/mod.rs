//! People: who is in which constellation, how they come to be signed in, and what is known of them.
//! - `keys` and `token`: secrets and what is made of them;
//! - `register`: services, constellations, homes, people, and the rooms that follow from them;
//! - `enrol`: invitations and what a tap on one does;
//! - `session`: access, refresh, and the end of a sign-in;
//! - `directory`: everything a phone is told in `welcome`.
//!
//! Every act here leaves a row in the trail in its own transaction.

pub mod directory;
pub mod enrol;
pub mod keys;
pub mod register;
pub mod session;
pub mod token;

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
}

/// Who does something that is written in the trail, as it is written there.
pub(crate) const OPERATOR: &str = "operator";

impl People {
    pub fn new(db: Db, parts: Parts, limits: config::Session) -> People {
        People { db, parts, limits }
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
