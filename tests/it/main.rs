//! Every promise of Roost, in one binary: one file per promise, named after it.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]

mod cards;
mod checker;
mod conformance;
mod conversation;
mod devices;
mod drain;
mod finds;
mod full;
mod guessing;
mod handover;
mod kill;
mod kitchen_table;
mod limits;
mod matrix;
mod membership;
mod metrics;
mod newcomers;
mod openapi;
mod peers;
mod postgres;
mod privacy;
mod protocol;
mod removal;
mod requests;
mod rollback;
mod rolling;
mod sign_in;
mod slow;
mod start;
mod tidy;
mod two_constellations;
mod two_people;
