// Signing in and staying signed in, over HTTP (PROTOCOL § 1). The access token lives in memory
// only and the refresh token in a cookie that no script can read, so nothing here is worth
// stealing from storage.

import { hearDate } from "./clock.ts";
import type { Role, Told } from "../generated/protocol.ts";

export type Invitation = {
    constellation: string;
    name: string;
    role: Role;
    /** The names of those who look after the constellation; one of them invites. */
    liaisons: string[];
    expires_at: number;
    /** At the kitchen table: the phone shows a number first. */
    confirm?: boolean;
    /** It was sent: the code is told first. */
    code?: boolean;
};

/** A scan at the kitchen table: the number to show. */
export type Claimed = { claim: string; number: number; expires_at: number };
export type Outcome = "waiting" | "confirmed" | "refused";

/** What whoever redeems a code becomes: the device it is of, or a new one in its place. */
export type Becomes = "same" | "new_phone";

export type Redeemer = { device: string; device_name: string; as: Becomes };

export type SignIn = {
    person: string;
    device: string;
    access: string;
    access_expires_at: number;
};

/** What came of a request: its value, a refusal, or no answer that Roost gave. */
export type Answer<T> = { value: T } | { refused: Told } | { unreachable: true };

/**
 * Whether a refusal says that a sign-in was good and is over: only then is anything forgotten. A
 * server that does not know it (`sign_in_again`) may have lost its keys or its disk for a while.
 */
export function isOver({ code }: Told): boolean {
    return code === "device_ended" || code === "sign_in_copied";
}

type Fetch = (path: string, init: RequestInit) => Promise<Response>;

const PATIENCE_MS = 15_000;

export class Session {
    #fetch: Fetch;
    #access: { token: string; expires_at: number } | undefined;
    /** The sign-in is being ended, by whoever holds this phone. */
    #ending: Promise<Answer<true>> | undefined;
    /** Why the last new access was refused, if it was. */
    over: Told | undefined;

    constructor(fetcher: Fetch = (path, init) => fetch(path, init)) {
        this.#fetch = async (path, init) => {
            const response = await fetcher(path, init);
            hearDate(response.headers.get("date"));
            return response;
        };
    }

    /** Who a link is for. Spends nothing. */
    look(token: string): Promise<Answer<Invitation>> {
        return this.#post("/api/enrolments/look", { token });
    }

    /** Spends the link. Repeating it with the same device gives the same sign-in again. */
    async accept(token: string, device: string, device_name: string): Promise<Answer<SignIn>> {
        const body = { token, device, device_name, cookie: true };
        return this.#keep(await this.#post<SignIn>("/api/enrolments/accept", body));
    }

    /** Notes that the page of a link is open. Spends nothing. */
    opened(token: string): Promise<Answer<unknown>> {
        return this.#post("/api/enrolments/opened", { token });
    }

    /** Tells the code of a link that was sent: this device may accept then. */
    verify(token: string, device: string, code: string): Promise<Answer<unknown>> {
        return this.#post("/api/enrolments/verify", { token, device, code });
    }

    /** Scans at the kitchen table. The same device gets the same number, until it was refused. */
    claim(token: string, device: string, device_name: string): Promise<Answer<Claimed>> {
        return this.#post("/api/enrolments/claim", { token, device, device_name });
    }

    /** What became of a scan. */
    outcome(token: string, claim: string): Promise<Answer<{ state: Outcome }>> {
        return this.#post("/api/enrolments/claim/outcome", { token, claim });
    }

    /** Spends a code of another phone. Repeating it with the same device harms nobody. */
    async redeem(code: string, by: Redeemer): Promise<Answer<SignIn>> {
        const body = { code, ...by, cookie: true };
        return this.#keep(await this.#post<SignIn>("/api/handover/redeem", body));
    }

    /** A new access token for the cookie this browser holds. */
    async refresh(): Promise<Answer<SignIn>> {
        // The socket may hear of the end before the answer to it is here.
        const ended = await this.#ending;
        if (ended && "value" in ended) return { unreachable: true };
        const answer = await this.#post<SignIn>("/api/session/refresh", {});
        this.over = "refused" in answer ? answer.refused : undefined;
        return this.#keep(answer);
    }

    /**
     * Ends the sign-in on the server. An answer of "sign in again" means that it has ended
     * already.
     */
    async end(now_ms: number): Promise<Answer<true>> {
        const bearer = await this.#bearer(now_ms);
        if ("refused" in bearer) return ended(bearer.refused);
        if ("unreachable" in bearer) return bearer;
        this.#ending = this.#end(bearer.value);
        const answer = await this.#ending;
        this.#ending = undefined;
        return answer;
    }

    async #end(headers: object): Promise<Answer<true>> {
        const answer = await this.#post<unknown>("/api/session/end", {}, headers);
        if ("unreachable" in answer) return answer;
        if ("refused" in answer) return ended(answer.refused);
        this.#access = undefined;
        return { value: true };
    }

    /** Something to read, as JSON. */
    async get<T>(path: string, now_ms: number): Promise<Answer<T>> {
        return this.#get(path, now_ms, (response) => response.json() as Promise<T>);
    }

    /** Something to keep as a file. */
    async file(path: string, now_ms: number): Promise<Answer<Blob>> {
        return this.#get(path, now_ms, (response) => response.blob());
    }

    /** Something to be done by whoever is signed in. */
    async post<T>(path: string, body: object, now_ms: number): Promise<Answer<T>> {
        return this.#signed(now_ms, (headers) => this.#post<T>(path, body, headers));
    }

    #get<T>(
        path: string,
        now_ms: number,
        take: (response: Response) => Promise<T>,
    ): Promise<Answer<T>> {
        return this.#signed(now_ms, (headers) => this.#ask(path, headers, take));
    }

    /**
     * Asks with the access at hand. If that is turned away it is renewed, once: by a clock that is
     * slow it was still good, and only the server knows.
     */
    async #signed<T>(
        now_ms: number,
        ask: (headers: { authorization: string }) => Promise<Answer<T>>,
    ): Promise<Answer<T>> {
        const bearer = await this.#bearer(now_ms);
        if (!("value" in bearer)) return bearer;
        const first = await ask(bearer.value);
        if (!turnedAway(first)) return first;
        this.#access = undefined;
        const renewed = await this.#bearer(now_ms);
        if (!("value" in renewed)) return renewed;
        const second = await ask(renewed.value);
        if (turnedAway(second)) this.#access = undefined;
        return second;
    }

    async #ask<T>(
        path: string,
        headers: HeadersInit,
        take: (response: Response) => Promise<T>,
    ): Promise<Answer<T>> {
        try {
            const response = await this.#fetch(path, {
                headers,
                credentials: "same-origin",
                cache: "no-store",
                signal: timeout(PATIENCE_MS),
            });
            if (response.ok) return { value: await take(response) };
            const answer: unknown = await response.json();
            return isTold(answer) ? { refused: answer } : { unreachable: true };
        } catch {
            return { unreachable: true };
        }
    }

    /** The header that opens doors, renewed if need be. */
    async #bearer(now_ms: number): Promise<Answer<{ authorization: string }>> {
        if (!this.#access || this.#access.expires_at <= now_ms) {
            const fresh = await this.refresh();
            if (!("value" in fresh)) return fresh;
        }
        return { value: { authorization: `Bearer ${this.#access?.token ?? ""}` } };
    }

    #keep(answer: Answer<SignIn>): Answer<SignIn> {
        if ("value" in answer) {
            const { access, access_expires_at } = answer.value;
            this.#access = { token: access, expires_at: access_expires_at };
        }
        return answer;
    }

    async #post<T>(path: string, body: object, headers: object = {}): Promise<Answer<T>> {
        try {
            const response = await this.#fetch(path, {
                method: "POST",
                headers: { "content-type": "application/json", ...headers },
                body: JSON.stringify(body),
                credentials: "same-origin",
                cache: "no-store",
                signal: timeout(PATIENCE_MS),
            });
            if (response.status === 204) return { value: undefined as T };
            const answer: unknown = await response.json();
            if (response.ok) return { value: answer as T };
            // Only a refusal in Roost's own form is Roost's; a proxy's page is a missing network.
            return isTold(answer) ? { refused: answer } : { unreachable: true };
        } catch {
            return { unreachable: true };
        }
    }
}

/** An answer, or nothing when it does not come in time. */
export function inTime<T>(asked: Promise<T>, within_ms: number): Promise<T | undefined> {
    const patience = new Promise<undefined>((resolve) => {
        setTimeout(() => resolve(undefined), within_ms);
    });
    return Promise.race([asked, patience]);
}

function ended(refused: Told): Answer<true> {
    return refused.class === "sign_in_again" ? { value: true } : { refused };
}

/** Whether the server does not take this access any more. */
function turnedAway(answer: Answer<unknown>): boolean {
    return "refused" in answer && answer.refused.class === "sign_in_again";
}

function isTold(answer: unknown): answer is Told {
    const told = answer as Partial<Told> | null;
    return typeof told?.code === "string" && typeof told.class === "string";
}

/** `AbortSignal.timeout` is missing on phones of 2021, which Roost still serves. */
function timeout(after_ms: number): AbortSignal {
    const abort = new AbortController();
    setTimeout(() => abort.abort(), after_ms);
    return abort.signal;
}
