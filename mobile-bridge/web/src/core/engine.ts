// The phone's engine: a deterministic state machine. Inputs and a time go in, outputs come out;
// there is no clock, no randomness and no I/O. It is a port of the Rust core's `engine/`, held to
// it by transcripts: change them together.
//
// The driver's part of the bargain: `now` never goes back; after `close` (or `closed`) nothing of
// that connection comes in any more; the timer fires at or after its moment.

import { VERSION, type Refusal } from "../generated/protocol.ts";
import { Connection } from "./connection.ts";
import type { Input, Output, Saved, State } from "./face.ts";
import { Marks } from "./marks.ts";
import { Outbox } from "./outbox.ts";
import { authorsAbove, frame, type Greeting, type No, type PageHeard } from "./read.ts";
import { Sync } from "./sync.ts";
import { Turn } from "./turn.ts";
import { Typing } from "./typing.ts";

/** Close codes of PROTOCOL § 6 that mean something to a phone. */
const CLOSE_TOO_LARGE = 1009;
const CLOSE_MALFORMED = 4400;
const CLOSE_SIGN_IN = 4401;

/** Why a connection is given up: anything that time mends, the token, or what this phone sent. */
type Loss = "trouble" | "sign_in" | "broke";

export class Engine {
    #connection = new Connection();
    #sync: Sync;
    #outbox: Outbox;
    #marks: Marks;
    #typing = new Typing();
    /** The moment the driver's alarm is set to. */
    #armed: number | undefined;

    /** A stopped phone that remembers what its store kept. */
    constructor(saved: Saved) {
        this.#sync = new Sync(saved);
        this.#outbox = new Outbox(saved.outbox ?? []);
        this.#marks = new Marks(saved);
    }

    /** How the phone stands with the server. */
    get state(): State {
        return this.#connection.state;
    }

    /** Takes one input at a time (epoch ms) and says what is to be done. */
    step(now_ms: number, input: Input): Output[] {
        const turn = new Turn(now_ms);
        if (input.t === "timer") this.#armed = undefined;
        this.#take(input, turn);
        if (this.state.t === "live") {
            this.#outbox.pump(turn);
            this.#marks.pump(turn);
        } else {
            this.#outbox.ask(turn);
        }
        this.#typing.show(turn);
        const at = this.#deadline(now_ms);
        if (at !== this.#armed) {
            this.#armed = at;
            turn.act({ t: "timer", at: at ?? null });
        }
        return turn.outputs();
    }

    /** Whatever comes in a state that has no use for it is late news of a state that is over. */
    #take(input: Input, turn: Turn): void {
        const state = this.state.t;
        const resting = state === "stopped" || state === "signed_out";
        switch (input.t) {
            case "start":
                if (resting) this.#connection.dial(turn);
                return;
            case "token":
                this.#connection.token(input.access, turn);
                return;
            case "token_refused":
                if (state === "fetching_token") this.#tokenRefused(input.final, turn);
                return;
            case "opened":
                if (state === "opening") this.#greet(turn);
                return;
            case "frame":
                if (state === "greeting" || state === "live") this.#hear(input.text, turn);
                return;
            case "closed":
                if (this.#connection.hasSocket) this.#lose(lossByClose(input.code), turn);
                return;
            case "timer":
                this.#time(turn);
                return;
            case "wake":
                this.#wake(turn);
                return;
            case "stop":
                if (!resting) this.#stop(turn);
                return;
            default:
                this.#wish(input, turn);
        }
    }

    /** What the person wants. */
    #wish(input: Input, turn: Turn): void {
        switch (input.t) {
            case "send":
                this.#send(input, turn);
                return;
            case "discard":
                this.#outbox.discard(input.id, turn);
                return;
            case "retry":
                this.#outbox.retry(input.id, turn);
                return;
            case "older":
                if (this.state.t === "live") this.#sync.older(input.room, turn);
                return;
            case "read": {
                const head = this.#sync.room(input.room)?.head ?? 0;
                this.#marks.read(input.room, Math.min(input.seq, head), turn);
                return;
            }
            case "typing":
                if (this.state.t === "live") this.#typing.say(input.room, turn);
        }
    }

    #wake(turn: Turn): void {
        const { t } = this.state;
        if (t === "waiting") this.#connection.dial(turn);
        if (t !== "live") return;
        turn.transmit({ t: "beat", digest: this.#sync.digest() });
        this.#connection.prove(turn);
    }

    #stop(turn: Turn): void {
        this.#hangUp("trouble", turn);
        this.#connection.rest({ t: "stopped" }, turn);
    }

    #send({ room, draft, made_at }: Input & { t: "send" }, turn: Turn): void {
        const code: Refusal | undefined =
            this.state.t === "signed_out"
                ? "sign_in_again"
                : this.#sync.mayExist(room)
                  ? undefined
                  : "not_found";
        if (code) turn.act({ t: "rejected", id: draft.id, code });
        else this.#outbox.take(room, draft, made_at, turn);
    }

    #tokenRefused(final: boolean, turn: Turn): void {
        if (!final) {
            this.#connection.failed(turn);
            return;
        }
        for (const [room] of this.#sync.rooms()) turn.show({ t: "room", room });
        this.#sync = new Sync({});
        this.#marks = new Marks({});
        this.#outbox.clear(turn);
        turn.write({ t: "wipe_all" });
        turn.show({ t: "rooms" });
        this.#connection.rest({ t: "signed_out" }, turn);
    }

    #greet(turn: Turn): void {
        const token = this.#connection.opened(turn);
        const { epoch } = this.#sync;
        const cursors = this.#sync.introduce();
        const known = { ...(epoch ? { epoch } : {}), cursors, ...this.#sync.anchors() };
        turn.transmit({ t: "hello", v: VERSION, token, ...known });
    }

    #hear(text: string, turn: Turn): void {
        this.#connection.heard(turn);
        const live = this.state.t === "live";
        const heard = frame(text);
        if (heard.t === "welcome") {
            this.#welcome(heard.greeting, turn);
        } else if (heard.t === "bye") {
            this.#connection.stayAway(heard.retry_ms);
            turn.act({ t: "close" });
            this.#lose(lossByBye(heard.no), turn);
        } else if (live && heard.t === "page") {
            this.#page(heard.page, turn);
        } else if (live && heard.t === "ack") {
            const past = this.#sync.room(heard.room)?.isPast(heard.seq) ?? true;
            this.#outbox.acked(heard.id, heard.seq, past, turn);
        } else if (live && heard.t === "refused") {
            this.#refused(heard.room, heard.id, heard.no, turn);
        } else if (live && heard.t === "marks") {
            this.#marks.heard(heard.room, heard.marks, turn);
        } else if (live && heard.t === "typing") {
            this.#typing.heard(heard.room, heard.person, turn.now);
        } else if (live && heard.t === "beat") {
            this.#sync.beat(heard.digest, turn);
        }
    }

    #page(page: PageHeard, turn: Turn): void {
        const { room, ids } = page;
        const place = this.#sync.room(room);
        if (!place) return;
        this.#typing.arrived(room, authorsAbove(place.head, page));
        this.#sync.page(page, turn);
        this.#outbox.arrived(room, ids, (seq) => place.isPast(seq), turn);
    }

    #welcome(greeting: Greeting, turn: Turn): void {
        this.#connection.welcomed(greeting.silence_ms, greeting.retry_ms, turn);
        const setBack = this.#sync.welcome(greeting, turn);
        this.#marks.welcome(greeting, setBack, turn);
        this.#typing.welcome(greeting);
        if (setBack) this.#outbox.setBack(turn);
        this.#outbox.onlyRooms((room) => greeting.rooms.has(room), turn);
    }

    #refused(room: string | undefined, id: string | undefined, no: No, turn: Turn): void {
        if (id !== undefined) this.#outbox.refused(id, no, turn);
        else if (room !== undefined) this.#sync.refused(room);
        if (no.class === "sign_in_again") {
            turn.act({ t: "close" });
            this.#lose("sign_in", turn);
        }
    }

    /**
     * The alarm rang: does the present state end now? Whatever is due in the outbox, `pump`
     * sends.
     */
    #time(turn: Turn): void {
        const by = this.#connection.deadline;
        if (by === undefined || turn.now < by) return;
        if (this.state.t === "waiting") {
            this.#connection.dial(turn);
        } else {
            this.#hangUp("trouble", turn);
            this.#connection.failed(turn);
        }
    }

    /** The connection is over; what follows depends on why. */
    #lose(loss: Loss, turn: Turn): void {
        this.#outbox.unsend(loss === "broke", turn);
        this.#sync.forgetAsked();
        this.#typing.forget();
        if (loss === "sign_in") this.#connection.renew(turn);
        else this.#connection.failed(turn);
    }

    #hangUp(loss: Loss, turn: Turn): void {
        if (this.#connection.hasSocket) turn.act({ t: "close" });
        this.#outbox.unsend(loss === "broke", turn);
        this.#sync.forgetAsked();
        this.#typing.forget();
    }

    #deadline(now: number): number | undefined {
        const live = this.state.t === "live";
        const times = [
            this.#connection.deadline,
            live ? this.#outbox.deadline(now) : undefined,
            live ? this.#marks.deadline() : undefined,
            this.#typing.deadline(),
        ].filter((at) => at !== undefined);
        return times.length > 0 ? Math.min(...times) : undefined;
    }
}

function lossByClose(code: number): Loss {
    if (code === CLOSE_SIGN_IN) return "sign_in";
    return code === CLOSE_TOO_LARGE || code === CLOSE_MALFORMED ? "broke" : "trouble";
}

/** A `bye` says what its close code would say. */
function lossByBye(no: No): Loss {
    if (no.class === "sign_in_again") return "sign_in";
    return no.code === "frame_too_large" || no.code === "frame_malformed" ? "broke" : "trouble";
}
