//! The harness of Roost's system tests. One file per thing a test holds in its hand:
//! - [`world`]: a furnished Roost in this process; [`instance`]: one in a process that can be
//!   killed;
//! - [`house`]: a constellation over SQLite and over Postgres, without a server;
//! - [`cast`]: the people in it; [`door`] and [`wire`]: HTTP and WebSocket as a phone speaks them;
//!   [`desk`]: what the liaison worker does;
//! - [`ample`]: limits for those who test;
//! - [`postgres`]: a private PostgreSQL; [`folder`]: a folder of the test's own;
//! - [`wait`]: until something holds, with a deadline; [`dice`]: chance that can be repeated;
//! - [`gate`]: who may measure time while who takes the machine;
//! - [`drone`]: a room in which a lot was said;
//! - [`sender`] and [`dump`]: a phone that never stops talking, and what the disk holds in the end;
//! - [`history`] and [`checker`]: what phones observed during a fault run, and the proof of it.

pub mod ample;
pub mod cast;
pub mod checker;
pub mod desk;
pub mod dice;
pub mod door;
pub mod drone;
pub mod dump;
pub mod folder;
pub mod gate;
pub mod history;
pub mod house;
pub mod ids;
pub mod instance;
pub mod postgres;
pub mod sender;
pub mod wait;
pub mod wire;
pub mod world;
