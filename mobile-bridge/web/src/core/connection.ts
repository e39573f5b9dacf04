// The connection: when to dial, when to give up, when to ask for a token. It counts time and
// names states; it does not know rooms, drafts or sockets. Every wait is computed, none is drawn
// by lot: what spreads phones over time is the server's `retry_ms`.

import type { State } from "./face.ts";
import type { Turn } from "./turn.ts";

/** The first wait after a lost connection, until the server says otherwise. */
export const RETRY_DEFAULT_MS = 500;

/** Added to it at the second failure in a row, and doubled at each further one. */
export const BACKOFF_FIRST_MS = 1_000;

/** No wait is longer. */
export const BACKOFF_MAX_MS = 60_000;

/** The connection must be open after this long, and `welcome` must come after this long again. */
export const GREETING_MS = 10_000;

/** The answer to `need_token` must come after this long. */
export const TOKEN_WAIT_MS = 30_000;

/** A token is used for new connections this long: it may live 10 minutes (PROTOCOL § 1). */
export const TOKEN_USE_MS = 540_000;

/** Without any frame for this long a live connection is dead, until the server says otherwise. */
export const SILENCE_DEFAULT_MS = 45_000;
const SILENCE_MIN_MS = 5_000;
const SILENCE_MAX_MS = 600_000;

/** On wake any frame must come within this long. */
export const PROOF_MS = 3_000;

/** A token that is refused so soon after the welcome it opened is not renewed at once. */
export const RENEW_GAP_MS = 5_000;

export class Connection {
    #state: State = { t: "stopped" };
    /** The deadline of the present state, if it has one. */
    #by: number | undefined;
    /** The access token, and until when it is used. */
    #token: { access: string; until: number } | undefined;
    /**
     * From when on `sign_in_again` leads to a new token without a wait; infinite while one is
     * renewed.
     */
    #renewFrom = -Infinity;
    #failures = 0;
    #retry_ms = RETRY_DEFAULT_MS;
    #silence_ms = SILENCE_DEFAULT_MS;

    get state(): State {
        return this.#state;
    }

    get deadline(): number | undefined {
        return this.#by;
    }

    /** Whether a socket is open or being opened. */
    get hasSocket(): boolean {
        const { t } = this.#state;
        return t === "opening" || t === "greeting" || t === "live";
    }

    /** Opens a connection, with a fresh token if need be. */
    dial(turn: Turn): void {
        if (this.#token && turn.now < this.#token.until) {
            this.#go({ t: "opening" }, turn.now + GREETING_MS, turn);
            turn.act({ t: "open" });
        } else {
            this.#token = undefined;
            this.#go({ t: "fetching_token" }, turn.now + TOKEN_WAIT_MS, turn);
            turn.act({ t: "need_token" });
        }
    }

    /** A token came. A late one, for which nobody waits any more, serves the next try. */
    token(access: string, turn: Turn): void {
        const { t } = this.#state;
        if (t === "waiting" || t === "fetching_token") {
            this.#token = { access, until: turn.now + TOKEN_USE_MS };
        }
        if (t === "fetching_token") this.dial(turn);
    }

    /** The socket is open. Returns the token for `hello`. */
    opened(turn: Turn): string {
        this.#go({ t: "greeting" }, turn.now + GREETING_MS, turn);
        return this.#token?.access ?? "";
    }

    /** A `welcome` came, the first on this connection or another one. */
    welcomed(silence_ms: number, retry_ms: number, turn: Turn): void {
        this.#silence_ms = clamp(silence_ms, SILENCE_MIN_MS, SILENCE_MAX_MS);
        this.stayAway(retry_ms);
        this.#failures = 0;
        if (this.#renewFrom === Infinity) this.#renewFrom = turn.now + RENEW_GAP_MS;
        this.#go({ t: "live" }, turn.now + this.#silence_ms, turn);
    }

    /** The server says how long to stay away when this connection ends. */
    stayAway(retry_ms: number): void {
        this.#retry_ms = clamp(retry_ms, 0, BACKOFF_MAX_MS);
    }

    /** Something was heard: the connection lives. */
    heard(turn: Turn): void {
        if (this.#state.t === "live") this.#by = turn.now + this.#silence_ms;
    }

    /** The phone woke: a live connection must prove itself soon. */
    prove(turn: Turn): void {
        this.#by = Math.min(this.#by ?? Infinity, turn.now + PROOF_MS);
    }

    /**
     * The connection is gone, or could not be made: wait, the longer the more often it happened.
     */
    failed(turn: Turn): void {
        const doublings = Math.min(Math.max(this.#failures - 1, 0), 16);
        const added = this.#failures === 0 ? 0 : BACKOFF_FIRST_MS * 2 ** doublings;
        const until = turn.now + Math.min(this.#retry_ms + added, BACKOFF_MAX_MS);
        this.#failures += 1;
        this.#go({ t: "waiting", until, attempt: this.#failures }, until, turn);
    }

    /**
     * The token is not good: fetch another at once, unless the last renewal has just come to
     * nothing.
     */
    renew(turn: Turn): void {
        this.#token = undefined;
        if (turn.now >= this.#renewFrom) {
            this.#renewFrom = Infinity;
            this.dial(turn);
        } else {
            this.failed(turn);
        }
    }

    /** Rests, by wish or because the sign-in is over. */
    rest(state: State, turn: Turn): void {
        if (state.t === "signed_out") {
            this.#token = undefined;
            this.#renewFrom = -Infinity;
            this.#retry_ms = RETRY_DEFAULT_MS;
            this.#silence_ms = SILENCE_DEFAULT_MS;
        }
        this.#failures = 0;
        this.#go(state, undefined, turn);
    }

    #go(state: State, by: number | undefined, turn: Turn): void {
        if (!sameState(this.#state, state)) turn.show({ t: "connection", state });
        this.#state = state;
        this.#by = by;
    }
}

function sameState(a: State, b: State): boolean {
    if (a.t === "waiting" && b.t === "waiting")
        return a.until === b.until && a.attempt === b.attempt;
    return a.t === b.t;
}

export function clamp(value: number, least: number, most: number): number {
    return Math.min(Math.max(value, least), most);
}
