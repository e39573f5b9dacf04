//! The connection: when to dial, when to give up, when to ask for a token. It counts time and names
//! states; it does not know rooms, drafts or sockets. Every wait is computed, none is drawn by lot:
//! what spreads phones over time is the server's `retry_ms`.

use super::face::{Changed, Output, State, Turn};

/// The first wait after a lost connection, until the server says otherwise.
pub const RETRY_DEFAULT_MS: i64 = 500;

/// Added to it at the second failure in a row, and doubled at each further one.
pub const BACKOFF_FIRST_MS: i64 = 1_000;

/// No wait is longer.
pub const BACKOFF_MAX_MS: i64 = 60_000;

/// The connection must be open after this long, and `welcome` must come after this long again.
pub const GREETING_MS: i64 = 10_000;

/// The answer to `need_token` must come after this long.
pub const TOKEN_WAIT_MS: i64 = 30_000;

/// A token is used for new connections this long: it may live 10 minutes (PROTOCOL, "Signing in").
pub const TOKEN_USE_MS: i64 = 540_000;

/// Without any frame for this long a live connection is dead, until the server says otherwise.
pub const SILENCE_DEFAULT_MS: i64 = 45_000;
const SILENCE_MIN_MS: i64 = 5_000;
const SILENCE_MAX_MS: i64 = 600_000;

/// On wake any frame must come within this long.
pub const PROOF_MS: i64 = 3_000;

/// A token that is refused so soon after the welcome it opened is not renewed at once.
pub const RENEW_GAP_MS: i64 = 5_000;

/// Later than any moment: a renewal is on its way and has not led to a welcome yet.
const NEVER: i64 = i64::MAX;

#[derive(Debug)]
pub(super) struct Connection {
    state: State,
    /// The deadline of the present state, if it has one.
    by: Option<i64>,
    /// The access token, and until when it is used.
    token: Option<(String, i64)>,
    /// From when on `sign_in_again` leads to a new token without a wait.
    renew_from: i64,
    failures: u32,
    retry_ms: i64,
    silence_ms: i64,
}

impl Connection {
    pub(super) fn new() -> Connection {
        Connection {
            state: State::Stopped,
            by: None,
            token: None,
            renew_from: i64::MIN,
            failures: 0,
            retry_ms: RETRY_DEFAULT_MS,
            silence_ms: SILENCE_DEFAULT_MS,
        }
    }

    pub(super) fn state(&self) -> State {
        self.state
    }

    pub(super) fn deadline(&self) -> Option<i64> {
        self.by
    }

    /// Whether a socket is open or being opened.
    pub(super) fn has_socket(&self) -> bool {
        matches!(self.state, State::Opening | State::Greeting | State::Live)
    }

    /// Opens a connection, with a fresh token if need be.
    pub(super) fn dial(&mut self, turn: &mut Turn) {
        match &self.token {
            Some((_, until)) if turn.now < *until => {
                self.go(State::Opening, Some(turn.now + GREETING_MS), turn);
                turn.act(Output::Open);
            }
            _ => {
                self.token = None;
                self.go(State::FetchingToken, Some(turn.now + TOKEN_WAIT_MS), turn);
                turn.act(Output::NeedToken);
            }
        }
    }

    /// A token came. A late one, for which nobody waits any more, serves the next try.
    pub(super) fn token(&mut self, access: String, turn: &mut Turn) {
        let late = matches!(self.state, State::Waiting { .. });
        if late || self.state == State::FetchingToken {
            self.token = Some((access, turn.now + TOKEN_USE_MS));
        }
        if self.state == State::FetchingToken {
            self.dial(turn);
        }
    }

    /// The socket is open. Returns the token for `hello`.
    pub(super) fn opened(&mut self, turn: &mut Turn) -> String {
        self.go(State::Greeting, Some(turn.now + GREETING_MS), turn);
        self.token.as_ref().map(|(access, _)| access.clone()).unwrap_or_default()
    }

    /// A `welcome` came, the first on this connection or another one.
    pub(super) fn welcomed(&mut self, silence_ms: i64, retry_ms: i64, turn: &mut Turn) {
        self.silence_ms = silence_ms.clamp(SILENCE_MIN_MS, SILENCE_MAX_MS);
        self.stay_away(retry_ms);
        self.failures = 0;
        if self.renew_from == NEVER {
            self.renew_from = turn.now + RENEW_GAP_MS;
        }
        self.go(State::Live, Some(turn.now + self.silence_ms), turn);
    }

    /// The server says how long to stay away when this connection ends.
    pub(super) fn stay_away(&mut self, retry_ms: i64) {
        self.retry_ms = retry_ms.clamp(0, BACKOFF_MAX_MS);
    }

    /// Something was heard: the connection lives.
    pub(super) fn heard(&mut self, turn: &Turn) {
        if self.state == State::Live {
            self.by = Some(turn.now + self.silence_ms);
        }
    }

    /// The phone woke: a live connection must prove itself soon.
    pub(super) fn prove(&mut self, turn: &Turn) {
        let soon = turn.now + PROOF_MS;
        self.by = Some(self.by.map_or(soon, |by| by.min(soon)));
    }

    /// The connection is gone, or could not be made: wait, the longer the more often it happened.
    pub(super) fn failed(&mut self, turn: &mut Turn) {
        let doublings = self.failures.saturating_sub(1).min(16);
        let added = if self.failures == 0 { 0 } else { BACKOFF_FIRST_MS << doublings };
        let until = turn.now + (self.retry_ms + added).min(BACKOFF_MAX_MS);
        self.failures += 1;
        self.go(State::Waiting { until, attempt: self.failures }, Some(until), turn);
    }

    /// The token is not good: fetch another at once, unless the last renewal has just come to
    /// nothing.
    pub(super) fn renew(&mut self, turn: &mut Turn) {
        self.token = None;
        if turn.now >= self.renew_from {
            self.renew_from = NEVER;
            self.dial(turn);
        } else {
            self.failed(turn);
        }
    }

    /// Rests, by wish or because the sign-in is over.
    pub(super) fn rest(&mut self, state: State, turn: &mut Turn) {
        if state == State::SignedOut {
            *self = Connection { state: self.state, ..Connection::new() };
        }
        self.failures = 0;
        self.go(state, None, turn);
    }

    fn go(&mut self, state: State, by: Option<i64>, turn: &mut Turn) {
        if self.state != state {
            turn.show(Changed::Connection { state });
        }
        self.state = state;
        self.by = by;
    }
}
