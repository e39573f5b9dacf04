//! Every promise of Roost, in one binary: one file per promise, named after it.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]

mod checker;
mod conformance;
mod conversation;
mod kill;
mod matrix;
mod postgres;
mod removal;
mod start;
mod sign_in;
mod tidy;
