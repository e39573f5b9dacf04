// For tests: a core that stands still, people to fill it with, and hands to press with.

import { render } from "preact";
import { act } from "preact/test-utils";
import { createElement } from "preact";
import { App } from "../app.tsx";
import { Desk } from "../core/desk.ts";
import type { Answer } from "../core/session.ts";
import { Shown } from "../core/shown.ts";
import type { CardOf, Entry, Listed, Role, Welcome } from "../generated/protocol.ts";
import { route } from "../route.ts";
import type { Acts } from "../roost.ts";

export const ROOM = "0190a6c0-0000-7000-8000-00000000000a";
export const SAM = "0190a6c0-0000-7000-8000-000000000001";
export const JO = "0190a6c0-0000-7000-8000-000000000002";
export const PRIYA = "0190a6c0-0000-7000-8000-000000000003";
export const RUTH = "0190a6c0-0000-7000-8000-000000000004";
export const OURS = "0190a6c0-0000-7000-8000-0000000000f1";
export const HUB = "0190a6c0-0000-7000-8000-0000000000f2";

/** A phone of Sam's, who is whatever a test needs. */
export class Stage {
    shown = new Shown();
    done: unknown[][] = [];
    place!: HTMLElement;
    acts: Acts = {
        open: () => Promise.resolve(),
        link: {
            look: () => Promise.resolve({ unreachable: true }),
            opened: (token) => void this.done.push(["opened", token]),
            verify: () => Promise.resolve({ unreachable: true }),
            claim: () => Promise.resolve({ unreachable: true }),
            outcome: () => Promise.resolve({ unreachable: true }),
        },
        join: () => Promise.resolve({ unreachable: true }),
        redeem: () => Promise.resolve({ unreachable: true }),
        signOut: () => Promise.resolve({ unreachable: true }),
        send: (...all) => void this.done.push(["send", ...all.slice(1)]),
        retry: (id) => void this.done.push(["retry", id]),
        remove: (id) => void this.done.push(["remove", id]),
        more: (_, side, seq) => void this.done.push(["more", side, seq]),
        reach: (_, seq) => {
            this.done.push(["reach", seq]);
            return Promise.resolve(false);
        },
        entry: (_, seq) => {
            this.done.push(["entry", seq]);
            return Promise.resolve(said(seq, JO, "from long ago"));
        },
        page: {
            missed: () => void this.done.push(["missed"]),
            again: () => void this.done.push(["again"]),
            useNewer: () => void this.done.push(["useNewer"]),
        },
        read: (_, seq) => void this.done.push(["read", seq]),
        typing: () => void this.done.push(["typing"]),
        search: (_, query, before) => {
            this.done.push(["search", query, before]);
            return Promise.resolve({ value: { entries: [said(2, JO, "tea")], more: false } });
        },
        keepSettings: (settings) => void (this.shown.settings.value = settings),
        versions: (_, entry) =>
            Promise.resolve(this.#answer(`GET /api/rooms/${ROOM}/entries/${entry}/versions`)),
        calendar: () => Promise.resolve({ unreachable: true }),
    };

    /** What the server answers, by "GET /api/…" or "POST /api/…"; else it cannot be reached. */
    answers: Record<string, Answer<unknown>> = {};
    /** What was posted: path, body. */
    posted: [path: string, body: object][] = [];
    desk = new Desk({
        over: () => undefined,
        get: (path) => Promise.resolve(this.#answer(`GET ${path}`)),
        post: (path, body) => {
            this.posted.push([path, body]);
            return Promise.resolve(this.#answer(`POST ${path}`));
        },
    });

    #answer<T>(door: string): Answer<T> {
        return (this.answers[door] as Answer<T> | undefined) ?? { unreachable: true };
    }

    constructor(role: Role = "satellite", room: Partial<Listed> = {}) {
        this.shown.phase.value = "signed_in";
        this.shown.apply({ t: "put_welcome", welcome: welcome(role, room) });
        route.value = { at: "room", room: ROOM };
    }

    hold(...entries: Entry[]): this {
        this.shown.put(ROOM, entries);
        return this;
    }

    card(of: Entry, card: Partial<CardOf>): this {
        const whole = { target: of.id, seq: of.seq, at_seq: of.seq + 1, ...card };
        this.shown.apply({ t: "put_cards", room: ROOM, cards: [whole] });
        return this;
    }

    /** Until what was asked for is here, a screen that is fetched when it is opened among it. */
    private async settle(): Promise<void> {
        await act(answered);
        while (this.find("screen-coming")) await act(fetched);
        await act(answered);
    }

    async draw(): Promise<this> {
        const old = document.getElementById("roost");
        if (old) render(null, old);
        document.body.innerHTML = "<div id='roost'></div>";
        this.place = document.getElementById("roost")!;
        const { shown, acts, desk } = this;
        const roost = { shown, acts, desk };
        await act(async () => render(createElement(App, { roost }), this.place));
        await this.settle();
        return this;
    }

    find(id: string): HTMLElement | null {
        return this.place.querySelector<HTMLElement>(`[data-testid="${id}"]`);
    }

    all(id: string): HTMLElement[] {
        return [...this.place.querySelectorAll<HTMLElement>(`[data-testid="${id}"]`)];
    }

    entry(of: Entry): HTMLElement {
        return this.place.querySelector<HTMLElement>(`[data-entry-id="${of.id}"]`)!;
    }

    async press(id: string, nth = 0): Promise<void> {
        const button = this.all(id)[nth];
        if (!button) throw new Error(`there is no ${id} number ${nth}`);
        await act(async () => button.click());
        await this.settle();
    }

    fill(id: string, value: string): Promise<void> {
        const field = this.find(id) as HTMLInputElement;
        return act(async () => {
            field.value = value;
            field.dispatchEvent(new Event("input", { bubbles: true }));
        });
    }

    choose(id: string, value: string): Promise<void> {
        const select = this.find(id) as HTMLSelectElement;
        return act(async () => {
            select.value = value;
            select.dispatchEvent(new Event("change", { bubbles: true }));
        });
    }

    /** What was sent to the outbox: kind, body, target. */
    get sent(): unknown[][] {
        return this.done.filter(([what]) => what === "send").map(([, ...rest]) => rest);
    }
}

/** What a screen reader says of a field beside its label. */
export function spoken(field: Element): string | undefined {
    const by = field.getAttribute("aria-describedby") ?? "";
    return document.getElementById(by)?.textContent ?? undefined;
}

/** What is copied from now on: by the clipboard, by what there was before it, or not at all. */
export function clipboard(has: "clipboard" | "command" | "nothing"): string[] {
    const copied: string[] = [];
    const writeText = async (text: string) => {
        if (has !== "clipboard") throw new Error("not here");
        copied.push(text);
    };
    Object.defineProperty(navigator, "clipboard", { configurable: true, value: { writeText } });
    document.execCommand = () => {
        const area = document.activeElement as HTMLTextAreaElement;
        const marked = area.value.slice(area.selectionStart, area.selectionEnd);
        if (has === "command") copied.push(marked);
        return has === "command";
    };
    return copied;
}

/** What is fetched takes a moment of real time, whatever a test has made of time. */
const moment = globalThis.setTimeout;
const fetched = () => new Promise<void>((done) => void moment(done, 1));

/** Until what the screen asked for is answered: that takes a few turns, and no time. */
async function answered(): Promise<void> {
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

function welcome(role: Role, room: Partial<Listed>): Welcome {
    const listed: Listed = {
        room: ROOM,
        kind: "circle",
        title: "Wren",
        floor: 1,
        head: 0,
        view: "full",
        ...room,
    };
    const home = role === "hub" ? HUB : OURS;
    const mine = role === "liaison" || role === "young" ? {} : { home };
    return {
        v: 1,
        epoch: ROOM,
        now: 0,
        beat_ms: 1,
        silence_ms: 1,
        retry_ms: 1,
        me: SAM,
        constellations: [],
        homes: [
            { home: OURS, name: "The Okafors", hub: false },
            { home: HUB, name: "Jo's house", hub: true },
        ],
        people: [
            { person: SAM, name: "Sam", role, ...mine },
            { person: RUTH, name: "Ruth", role: "satellite", home: OURS },
            { person: JO, name: "Jo", role: "hub", home: HUB },
            { person: PRIYA, name: "Priya", role: "liaison" },
        ],
        rooms: [listed],
    };
}

/** Entry number `seq`, a message. */
export function said(seq: number, author: string, text: string, at = Date.now()): Entry {
    return { seq, id: idAt(seq), kind: "message", author, at, body: { text } };
}

/** Something done to an entry. */
export function did(seq: number, author: string, kind: string, of: Entry, body: unknown): Entry {
    return { seq, id: idAt(seq), kind, author, target: of.id, at: Date.now(), body };
}

export function idAt(seq: number): string {
    return `0190a6c0-0000-7000-8000-${seq.toString(16).padStart(12, "0")}`;
}
