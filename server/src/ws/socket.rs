//! The I/O of one phone's connection: one task, one bounded queue. It decides nothing; it carries
//! out what `session` says and reports what happened.

use super::{
    answer::close_code,
    line::Line,
    session::{Input, Output, Session},
};
use crate::{
    app::App,
    chain::Point,
    clock::{after, after_in_step},
    limits::connections::Slot,
    log::{Receipt, Who},
    metrics,
    outlet::{Inlet, Outlet, Push},
    people::{session::Me, token::Bearer},
};
use bytes::Bytes;
use futures_util::{StreamExt, future::poll_immediate, stream::FuturesUnordered};
use roost_shared::{
    EntryId, Refusal, RoomId,
    frame::{MARKS_EVERY_MS, ServerFrame},
    refusal::Class,
};
use std::{
    collections::VecDeque,
    future::{Future, poll_fn},
    net::IpAddr,
    pin::Pin,
    time::Duration,
};
use tokio::time::{Instant, Sleep, sleep_until, timeout};
/// Pushes that are passed on before one flush.
const PUSHES_A_FLUSH: usize = 64;
/// Nobody is asked back sooner, not even after a refusal that is final.
const RETRY_LEAST_MS: i64 = 1_000;
/// How long a closing socket waits for the phone to have heard why.
const GOODBYE: Duration = Duration::from_secs(1);

type Answer = (RoomId, EntryId, Result<Receipt, Refusal>);
type Pending = FuturesUnordered<Pin<Box<dyn Future<Output = Answer> + Send>>>;

/// The connection is over.
struct Over;

pub(super) struct Wire {
    pub(super) app: App,
    /// Where it was called from, as far as that is known.
    pub(super) from: Option<IpAddr>,
    line: Line,
    session: Session,
    pub(super) joined: Option<Box<Joined>>,
    pending: Pending,
    pub(super) wake: Pin<Box<Sleep>>,
    /// By when the phone must have taken what is being sent, once it does not take it at once.
    deadline: Option<Instant>,
    pub(super) slot: Slot,
}

/// What a signed-in connection holds on to.
pub(super) struct Joined {
    pub(super) me: Me,
    pub(super) inlet: Inlet,
    pub(super) rooms: Vec<RoomId>,
}

/// Runs one connection to its end. What is rare is boxed where it is awaited: an idle phone should
/// not hold the room that signing in, reading, waiting or closing takes.
pub fn run(
    app: App,
    line: Line,
    (slot, from): (Slot, Option<IpAddr>),
) -> impl Future<Output = ()> + Send {
    let wake = Box::pin(sleep_until(after(app.config.live.hello_ms)));
    let (session, pending) = (Session::default(), Pending::new());
    let (joined, deadline) = (None, None);
    let mut wire = Wire { app, from, line, session, joined, pending, wake, deadline, slot };
    async move {
        while let Ok(input) = wire.next().await {
            if wire.step(input).await.is_err() {
                break;
            }
        }
    }
}

impl Wire {
    /// The next thing that happens; what is urgent first.
    async fn next(&mut self) -> Result<Input, Over> {
        if self.joined.as_ref().is_some_and(|joined| joined.inlet.outlet.is_urgent()) {
            let push = next_push(&mut self.joined).await;
            return Ok(self.pushed(push));
        }
        let may_read = self.pending.len() < self.app.config.live.drafts_under_way;
        let turn = self.session.wants_turn();
        tokio::select! {
            input = self.line.next(), if may_read => input.ok_or(Over),
            push = next_push(&mut self.joined) => Ok(self.pushed(push)),
            Some((room, id, answer)) = self.pending.next(), if !self.pending.is_empty() => {
                Ok(Input::Appended { room, id, answer })
            }
            () = &mut self.wake => Ok(self.due()),
            () = std::future::ready(()), if turn => Ok(Input::Turn),
        }
    }

    fn pushed(&self, push: Push) -> Input {
        match push {
            Push::Behind => Input::Behind(self.heads()),
            push => Input::Push(push),
        }
    }

    fn due(&mut self) -> Input {
        self.wake.as_mut().reset(after_in_step(self.app.config.live.beat_ms));
        if self.joined.is_some() { Input::Beat(self.heads()) } else { Input::HelloLate }
    }

    fn heads(&self) -> Vec<(RoomId, Point)> {
        self.joined.as_ref().map_or_else(Vec::new, |joined| self.app.feeds.heads(&joined.rooms))
    }

    /// Carries out everything that follows from one input and from pages that are here already, and
    /// flushes once. All of it has one deadline: a phone that does not take it in time is too slow.
    async fn step(&mut self, input: Input) -> Result<(), Over> {
        self.deadline = None;
        self.carry_out(input).await?;
        for _ in 0..PUSHES_A_FLUSH {
            let Some(joined) = self.joined.as_mut() else { break };
            let Some(push) = joined.inlet.ready() else { break };
            let input = self.pushed(push);
            self.carry_out(input).await?;
        }
        if self.session.wants_beat() {
            let soon = after_in_step(MARKS_EVERY_MS.unsigned_abs()).min(self.wake.deadline());
            self.wake.as_mut().reset(soon);
        }
        self.flush().await
    }

    async fn carry_out(&mut self, input: Input) -> Result<(), Over> {
        let mut outputs = VecDeque::from(self.session.step(input));
        while let Some(output) = outputs.pop_front() {
            let next = match output {
                Output::Send(text) => {
                    self.send(text).await?;
                    continue;
                }
                Output::Close(refusal) => {
                    Box::pin(self.close(refusal)).await;
                    return Err(Over);
                }
                Output::Read { room, kind, read } => {
                    self.reads(room, kind, read);
                    continue;
                }
                Output::Holds(rooms) => {
                    self.holds(rooms);
                    continue;
                }
                Output::Typing(room) => {
                    self.say_typing(room);
                    continue;
                }
                Output::Append { room, draft } => match self.append(room, draft) {
                    Some(refused) => refused,
                    None => continue,
                },
                Output::SignIn { token, epoch, shown } => {
                    Input::Entered(Box::pin(self.sign_in(&token, epoch, shown)).await)
                }
                Output::Check { told, shown, holds } => {
                    let Some(entered) = Box::pin(self.check(told, &shown)).await.transpose() else {
                        self.holds(holds);
                        continue;
                    };
                    Input::Entered(entered)
                }
                Output::Reload => Input::Entered(Box::pin(self.reload()).await),
                Output::Fetch(ask) => {
                    let Some(joined) = self.joined.as_deref() else { continue };
                    let page = Box::pin(self.app.feeds.page(ask, &joined.inlet.outlet)).await;
                    Input::Page { ask, page: page.map_err(|error| error.refusal()) }
                }
            };
            outputs.extend(self.session.step(next));
        }
        Ok(())
    }

    async fn send(&mut self, text: Bytes) -> Result<(), Over> {
        self.line.say(text);
        if self.line.is_full() { self.flush().await } else { Ok(()) }
    }

    /// Waits until the system has taken what was said, which it usually does at once.
    async fn flush(&mut self) -> Result<(), Over> {
        match poll_immediate(poll_fn(|context| self.line.poll_flush(context))).await {
            Some(done) => done.map_err(|_| Over),
            None => Box::pin(self.wait_to_flush()).await,
        }
    }

    /// While this waits for the phone, the house may still call: whoever is no longer here is sent
    /// nothing more.
    async fn wait_to_flush(&mut self) -> Result<(), Over> {
        let write_ms = self.app.config.live.write_ms;
        let deadline = *self.deadline.get_or_insert_with(|| after(write_ms));
        let refusal = {
            let Wire { app, line, joined, .. } = self;
            let joined = joined.as_ref().map(|joined| (&*joined.inlet.outlet, joined.me.bearer()));
            tokio::select! {
                biased;
                done = poll_fn(|context| line.poll_flush(context)) => return done.map_err(|_| Over),
                () = sleep_until(deadline) => Refusal::SlowReader,
                refusal = unwelcome(app, joined) => refusal,
            }
        };
        self.close(refusal).await;
        Err(Over)
    }

    /// As whom the phone acts in a room. One that is none of theirs is none in any constellation.
    pub(super) fn who(&self, room: RoomId) -> Option<Who> {
        let home = |joined: &Joined| joined.me.who_in(joined.me.home());
        self.session.who(room).or(self.joined.as_deref().map(home))
    }

    /// Hands a draft to the log; the answer comes later, unless it is a refusal at the door.
    fn append(&mut self, room: RoomId, draft: roost_shared::Draft) -> Option<Input> {
        let id = draft.id;
        match self.app.log.submit(self.who(room)?, room, draft) {
            Ok(answer) => {
                self.pending.push(Box::pin(async move {
                    (room, id, answer.await.unwrap_or(Err(Refusal::Draining)))
                }));
                None
            }
            Err(refusal) => Some(Input::Appended { room, id, answer: Err(refusal) }),
        }
    }

    /// Says why, and gives the phone a moment to hear it.
    async fn close(&mut self, refusal: Refusal) {
        tracing::debug!(refusal.code = refusal.code(), "a connection is ended");
        metrics::all().closed(refusal);
        let wait_ms = refusal.after_ms().max(RETRY_LEAST_MS);
        let retry_ms = wait_ms + self.app.presence.retry_ms();
        let bye = ServerFrame::Bye { told: refusal.into(), retry_ms };
        let goodbye = self.line.close(bye.encode(), close_code(refusal), refusal.code());
        let _ = timeout(GOODBYE, goodbye).await;
    }
}

impl Drop for Wire {
    /// However the connection ends: nobody is left standing in a feed.
    fn drop(&mut self) {
        if let Some(joined) = self.joined.take() {
            self.app.presence.leave(joined.me.places(), &joined.inlet.outlet);
            for room in &joined.rooms {
                self.app.feeds.leave(*room, &joined.inlet.outlet);
            }
        }
    }
}

/// Waits until this phone may be here no longer. A reload that is due stays due: the session
/// carries it out when the write is done.
async fn unwelcome(app: &App, joined: Option<(&Outlet, Bearer)>) -> Refusal {
    let Some((outlet, bearer)) = joined else { return std::future::pending().await };
    outlet.urgent().await;
    if let Some(refusal) = outlet.is_cut() {
        return refusal;
    }
    let present = async {
        let mut conn = app.directory.reader().await?;
        app.people.present(&mut conn, bearer).await
    };
    match Box::pin(present).await {
        Err(error) if error.refusal().class() == Class::SignInAgain => error.refusal(),
        _ => std::future::pending().await,
    }
}

async fn next_push(joined: &mut Option<Box<Joined>>) -> Push {
    match joined {
        Some(joined) => joined.inlet.next().await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FUTURE_BYTES_MAX: usize = 2 * 1024;

    fn future_bytes<A, B, C, F: Future>(_: impl Fn(A, B, C) -> F) -> usize {
        size_of::<F>()
    }

    /// What one phone costs before its buffers: a future that grows is paid for by every phone.
    #[test]
    fn an_idle_connection_is_small() {
        let bytes = future_bytes(run);
        assert!(bytes <= FUTURE_BYTES_MAX, "the future of a connection has {bytes} bytes");
    }
}
