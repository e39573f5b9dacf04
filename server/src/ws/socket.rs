//! The I/O of one phone's connection: one task, one bounded queue. It decides nothing; it carries
//! out what `session` says and reports what happened.

use super::session::{Entered, Input, Output, Session, close_code};
use crate::{
    app::App,
    clock::{after, spread},
    log::Receipt,
    people::session::Me,
    presence::{self, Inlet},
    store::rooms::Mine,
};
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket};
use bytes::Bytes;
use futures_util::{SinkExt, StreamExt, stream::FuturesUnordered};
use roost_shared::{
    EntryId, Epoch, Refusal, RoomId,
    frame::{ClientFrame, Cursors, ServerFrame},
};
use std::{collections::VecDeque, future::Future, pin::Pin, time::Duration};
use tokio::time::{Instant, sleep_until, timeout};

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

struct Wire {
    app: App,
    socket: WebSocket,
    session: Session,
    inlet: Option<Box<Joined>>,
    pending: Pending,
    wake: Instant,
}

/// What a signed-in connection holds on to.
struct Joined {
    me: Me,
    inlet: Inlet,
    rooms: Vec<RoomId>,
}

/// Runs one connection to its end.
pub async fn run(app: App, socket: WebSocket) {
    let wake = after(app.config.live.hello_ms);
    let session = Session::default();
    let pending = Pending::new();
    let mut wire = Wire { app, socket, session, inlet: None, pending, wake };
    while let Ok(input) = wire.next().await {
        if wire.step(input).await.is_err() {
            break;
        }
    }
    wire.leave();
}

impl Wire {
    /// The next thing that happens.
    async fn next(&mut self) -> Result<Input, Over> {
        let may_read = self.pending.len() < self.app.config.live.drafts_under_way;
        let joined = self.inlet.is_some();
        let turn = self.session.wants_turn();
        tokio::select! {
            message = self.socket.recv(), if may_read => Ok(read(message)?),
            push = next_push(&mut self.inlet), if joined => Ok(match push {
                Ok(push) => Input::Push(push),
                Err(refusal) => Input::End(refusal),
            }),
            Some((room, id, answer)) = self.pending.next() => {
                Ok(Input::Appended { room, id, answer })
            }
            () = sleep_until(self.wake) => Ok(self.due()),
            () = std::future::ready(()), if turn => Ok(Input::Turn),
        }
    }

    fn due(&mut self) -> Input {
        self.wake = after(self.app.config.live.beat_ms);
        if self.inlet.is_some() { Input::Beat } else { Input::HelloLate }
    }

    /// Carries out everything that follows from one input, and flushes once.
    async fn step(&mut self, input: Input) -> Result<(), Over> {
        self.carry_out(input).await?;
        for _ in 0..PUSHES_A_FLUSH {
            let Some(push) = self.inlet.as_mut().and_then(|joined| joined.inlet.ready()) else {
                break;
            };
            self.carry_out(Input::Push(push)).await?;
        }
        let limit = Duration::from_millis(self.app.config.live.write_ms);
        match timeout(limit, self.socket.flush()).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(Over),
            Err(_) => {
                self.close(Refusal::SlowReader).await;
                Err(Over)
            }
        }
    }

    async fn carry_out(&mut self, input: Input) -> Result<(), Over> {
        let mut outputs = VecDeque::from(self.session.step(input));
        while let Some(output) = outputs.pop_front() {
            let next = match output {
                Output::Send(text) => {
                    self.feed(text).await?;
                    continue;
                }
                Output::Close(refusal) => {
                    self.close(refusal).await;
                    return Err(Over);
                }
                Output::Append { room, draft } => match self.append(room, draft) {
                    Some(refused) => refused,
                    None => continue,
                },
                Output::SignIn { token, epoch, cursors } => {
                    Input::Entered(Box::pin(self.sign_in(&token, epoch, cursors)).await)
                }
                Output::Reload => Input::Entered(Box::pin(self.reload()).await),
                Output::Read(ask) => {
                    let page = Box::pin(self.app.feeds.page(ask)).await;
                    Input::Page { ask, page: page.map_err(|error| error.refusal()) }
                }
            };
            outputs.extend(self.session.step(next));
        }
        Ok(())
    }

    async fn feed(&mut self, text: Bytes) -> Result<(), Over> {
        let text = Utf8Bytes::try_from(text).map_err(|_| Over)?;
        let limit = Duration::from_millis(self.app.config.live.write_ms);
        match timeout(limit, self.socket.feed(Message::Text(text))).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(Over),
            Err(_) => {
                self.close(Refusal::SlowReader).await;
                Err(Over)
            }
        }
    }

    /// Hands a draft to the log; the answer comes later, unless it is a refusal at the door.
    fn append(&mut self, room: RoomId, draft: roost_shared::Draft) -> Option<Input> {
        let me = self.inlet.as_ref()?.me;
        let id = draft.id;
        match self.app.log.submit(me.who(), room, draft) {
            Ok(answer) => {
                self.pending.push(Box::pin(async move {
                    (room, id, answer.await.unwrap_or(Err(Refusal::Draining)))
                }));
                None
            }
            Err(refusal) => Some(Input::Appended { room, id, answer: Err(refusal) }),
        }
    }

    async fn sign_in(
        &mut self,
        token: &str,
        epoch: Option<Epoch>,
        mut cursors: Cursors,
    ) -> Result<Entered, Refusal> {
        let me = self.app.people.authenticate(token).await.map_err(|e| e.refusal())?;
        let live = &self.app.config.live;
        let inlet = presence::outlet(me.person, live.queue_frames, live.queue_bytes);
        self.app.presence.enter(me.constellation, &inlet.outlet);
        self.inlet = Some(Box::new(Joined { me, inlet, rooms: Vec::new() }));
        // Phones that came together do not beat together.
        let first = spread(i64::try_from(live.beat_ms).unwrap_or(i64::MAX));
        self.wake = after(u64::try_from(first).unwrap_or(0));
        let rooms = self.listen(&me).await?;
        if epoch == Some(self.app.directory.epoch()) {
            let back = self.app.directory.check_rollback(&rooms, &cursors).await;
            if back.map_err(|e| e.refusal())? {
                cursors.clear();
            }
        } else {
            cursors.clear();
        }
        entered(&self.app, &me, rooms, cursors).await
    }

    async fn reload(&mut self) -> Result<Entered, Refusal> {
        let me = self.inlet.as_ref().ok_or(Refusal::SignInAgain)?.me;
        let bearer = crate::people::token::Bearer { person: me.person, device: me.device };
        let me = self.app.people.present(bearer).await.map_err(|e| e.refusal())?;
        let rooms = self.listen(&me).await?;
        entered(&self.app, &me, rooms, Cursors::new()).await
    }

    /// Listens to the feeds of my rooms, then reads where their logs stand: in this order nothing
    /// that is committed meanwhile can fall between.
    async fn listen(&mut self, me: &Me) -> Result<Vec<Mine>, Refusal> {
        let mut rooms =
            self.app.directory.rooms(me.constellation, me.person).await.map_err(|e| e.refusal())?;
        let Some(joined) = self.inlet.as_mut() else { return Err(Refusal::SignInAgain) };
        let feeds = &self.app.feeds;
        for gone in joined.rooms.iter().filter(|old| !rooms.iter().any(|mine| mine.room == **old)) {
            feeds.leave(*gone, &joined.inlet.outlet);
        }
        joined.rooms = rooms.iter().map(|mine| mine.room).collect();
        let mut fresh = false;
        for mine in &mut rooms {
            match feeds.listen(me.constellation, mine.room, &joined.inlet.outlet) {
                Some(head) => mine.head = mine.head.max(head),
                None => fresh = true,
            }
        }
        if fresh {
            rooms = self
                .app
                .directory
                .rooms(me.constellation, me.person)
                .await
                .map_err(|e| e.refusal())?;
            rooms.iter().for_each(|mine| feeds.seen(mine.room, mine.head));
        }
        Ok(rooms)
    }

    /// Says why, and gives the phone a moment to hear it.
    async fn close(&mut self, refusal: Refusal) {
        let wait_ms = refusal.after_ms().max(RETRY_LEAST_MS);
        let retry_ms = wait_ms + spread(self.app.config.live.retry_spread_ms);
        let bye = ServerFrame::Bye { told: refusal.into(), retry_ms };
        let code = close_code(refusal);
        let reason = Utf8Bytes::from_static(refusal.code());
        let goodbye = async {
            self.socket.send(Message::Text(bye.encode().into())).await?;
            self.socket.send(Message::Close(Some(CloseFrame { code, reason }))).await?;
            // What the phone still sends is read and dropped, else the network may drop our last
            // words with it. After a frame over the limit nothing can be read: we stay a moment.
            while let Some(Ok(_)) = self.socket.recv().await {}
            if refusal == Refusal::FrameTooLarge {
                std::future::pending::<()>().await;
            }
            Ok::<(), axum::Error>(())
        };
        let _ = timeout(GOODBYE, goodbye).await;
    }

    fn leave(&mut self) {
        if let Some(joined) = self.inlet.take() {
            self.app.presence.leave(joined.me.constellation, &joined.inlet.outlet);
            for room in &joined.rooms {
                self.app.feeds.leave(*room, &joined.inlet.outlet);
            }
        }
    }
}

async fn entered(
    app: &App,
    me: &Me,
    rooms: Vec<Mine>,
    cursors: Cursors,
) -> Result<Entered, Refusal> {
    let welcome = app.directory.welcome(me, &rooms).await.map_err(|e| e.refusal())?;
    Ok(Entered { constellation: me.constellation, rooms, welcome, cursors })
}

async fn next_push(joined: &mut Option<Box<Joined>>) -> Result<crate::presence::Push, Refusal> {
    match joined {
        Some(joined) => joined.inlet.next().await,
        None => std::future::pending().await,
    }
}

fn read(message: Option<Result<Message, axum::Error>>) -> Result<Input, Over> {
    match message {
        Some(Ok(Message::Text(text))) => Ok(Input::Frame(ClientFrame::decode(&text))),
        Some(Ok(Message::Binary(_))) => Ok(Input::End(Refusal::FrameMalformed)),
        // tungstenite answers pings itself; a pong is proof of nothing that a beat does not prove.
        Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(Input::Turn),
        Some(Ok(Message::Close(_))) | None => Err(Over),
        Some(Err(error)) if is_too_large(&error) => Ok(Input::End(Refusal::FrameTooLarge)),
        Some(Err(_)) => Err(Over),
    }
}

fn is_too_large(error: &axum::Error) -> bool {
    // axum keeps tungstenite's error inside its own; its text is the only way to tell.
    error.to_string().contains("too long") || error.to_string().contains("too large")
}
