// The engine in words: a few stories of a phone. The wide net is `transcripts.test.ts`.

import { expect, test } from "vitest";
import type { Draft, Entry, ServerFrame } from "../generated/protocol.ts";
import { Engine } from "./engine.ts";
import type { Input, Output } from "./face.ts";
import { ASK_AFTER_MS } from "./outbox.ts";

const ROOM = "0190a6c0-0000-7000-8000-00000000000a";
const EPOCH = "0190a6c0-0000-7000-8000-0000000000ee";
const ME = "0190a6c0-0000-7000-8000-000000000001";

const idOf = (n: number) => `0190a6c0-0000-7000-8000-${n.toString(16).padStart(12, "0")}`;
const draft = (n: number): Draft => ({ id: idOf(n), kind: "message", body: { text: `no ${n}` } });
const entry = (seq: number): Entry => ({ seq, at: seq, author: ME, ...draft(seq) });

class Phone {
    engine = new Engine({});
    now = 1_000;

    do(input: Input): Output[] {
        this.now += 1;
        return this.engine.step(this.now, input);
    }

    hear(frame: ServerFrame): Output[] {
        return this.do({ t: "frame", text: JSON.stringify(frame) });
    }

    send(n: number): Output[] {
        return this.do({ t: "send", room: ROOM, draft: draft(n), made_at: this.now });
    }

    connect(head = 0): Output[] {
        this.do({ t: "start" });
        this.do({ t: "token", access: "a" });
        this.do({ t: "opened" });
        return this.greet(head);
    }

    greet(head = 0): Output[] {
        return this.hear({
            t: "welcome",
            v: 1,
            epoch: EPOCH,
            now: 0,
            beat_ms: 20_000,
            silence_ms: 45_000,
            retry_ms: 500,
            me: ME,
            people: [],
            constellations: [],
            homes: [],
            rooms: [{ room: ROOM, kind: "circle", title: "Wren", floor: 1, head, view: "full" }],
        });
    }

    page(from: number, to: number, head = to): Output[] {
        const entries = Array.from({ length: to - from + 1 }, (_, at) => entry(from + at));
        return this.hear({ t: "page", room: ROOM, from, to, head, entries });
    }
}

const names = (outputs: Output[]) => outputs.map((o) => (o.t === "write" ? o.write.t : o.t));
const sent = (outputs: Output[]) => outputs.flatMap((o) => (o.t === "transmit" ? [o.frame] : []));

test("a draft is on disk before it goes out, and leaves when its entry comes", () => {
    const phone = new Phone();
    phone.connect();
    expect(names(phone.send(1))).toEqual([
        "put_outbox",
        "transmit",
        "timer",
        "changed",
    ]);
    const acked = phone.hear({ t: "ack", room: ROOM, id: idOf(1), seq: 1, at: 1 });
    expect(names(acked)).toContain("put_outbox");
    expect(names(phone.page(1, 1))).toEqual(expect.arrayContaining(["put_entries", "drop_outbox"]));
});

test("what was in flight when the connection broke goes out again under its id", () => {
    const phone = new Phone();
    phone.connect();
    phone.send(1);
    phone.do({ t: "closed", code: 1006 });
    expect(phone.engine.state.t).toBe("waiting");
    phone.now += 1_000;
    phone.do({ t: "timer" });
    phone.do({ t: "opened" });
    expect(sent(phone.greet())).toMatchObject([{ t: "append", id: idOf(1) }]);
});

test("what waited for a day is asked about, holds nobody back, and goes when it is wanted", () => {
    const phone = new Phone();
    phone.connect();
    phone.do({ t: "closed", code: 1006 });
    phone.send(1);
    phone.now += ASK_AFTER_MS;
    phone.send(2);
    phone.do({ t: "timer" });
    phone.do({ t: "token", access: "b" });
    phone.do({ t: "opened" });
    expect(sent(phone.greet()), "what is young goes").toMatchObject([{ id: idOf(2) }]);
    expect(sent(phone.do({ t: "retry", id: idOf(1) })), "one at a time").toEqual([]);
    const next = sent(phone.hear({ t: "ack", room: ROOM, id: idOf(2), seq: 1, at: 1 }));
    expect(next).toMatchObject([{ t: "append", id: idOf(1) }]);
});

test("what reached the server long ago is not asked about once its entry comes", () => {
    const phone = new Phone();
    phone.connect();
    phone.send(1);
    phone.do({ t: "closed", code: 1006 });
    phone.now += ASK_AFTER_MS;
    const asks = phone.do({ t: "timer" });
    const item = expect.objectContaining({ draft: draft(1), state: { t: "asking" } });
    expect(asks).toContainEqual({ t: "write", write: { t: "put_outbox", item } });
    phone.do({ t: "token", access: "b" });
    phone.do({ t: "opened" });
    expect(sent(phone.greet(1))).toEqual([]);
    expect(names(phone.page(1, 1))).toContain("drop_outbox");
});

test("one draft of a room is in flight at a time", () => {
    const phone = new Phone();
    phone.connect();
    expect(sent(phone.send(1))).toHaveLength(1);
    expect(sent(phone.send(2))).toHaveLength(0);
    const next = sent(phone.hear({ t: "ack", room: ROOM, id: idOf(1), seq: 1, at: 1 }));
    expect(next).toMatchObject([{ t: "append", id: idOf(2) }]);
});

test("a hole is asked for, and an entry held is not written twice", () => {
    const phone = new Phone();
    phone.connect(3);
    phone.page(1, 3);
    expect(sent(phone.page(6, 6))).toEqual([{ t: "range", room: ROOM, after: 3 }]);
    const filled = phone.page(3, 6);
    const put = filled.flatMap((o) =>
        o.t === "write" && o.write.t === "put_entries" ? o.write.entries.map((e) => e.seq) : [],
    );
    expect(put).toEqual([4, 5]);
});

test("a final refusal keeps the words and says why", () => {
    const phone = new Phone();
    phone.connect();
    phone.send(1);
    const refused = phone.hear({
        t: "refused",
        room: ROOM,
        id: idOf(1),
        code: "not_permitted",
        class: "final",
        words: "You cannot do that here.",
        after_ms: 0,
    });
    expect(refused).toContainEqual({
        t: "write",
        write: expect.objectContaining({
            t: "put_outbox",
            item: expect.objectContaining({
                draft: draft(1),
                state: { t: "refused", code: "not_permitted", words: "You cannot do that here." },
            }),
        }),
    });
});

test("an ended sign-in wipes the phone", () => {
    const phone = new Phone();
    phone.connect();
    phone.do({ t: "closed", code: 4401 });
    expect(phone.engine.state.t).toBe("fetching_token");
    expect(names(phone.do({ t: "token_refused", final: true }))).toContain("wipe_all");
    expect(phone.engine.state.t).toBe("signed_out");
});

test("an older card changes nothing, and what was removed is forgotten", () => {
    const phone = new Phone();
    phone.connect(2);
    phone.page(1, 2);
    const page = (at_seq: number, hidden?: { by: "hub"; at: number }) =>
        phone.hear({
            t: "page",
            room: ROOM,
            from: 3,
            to: 2,
            head: 2,
            entries: [],
            cards: [{ target: idOf(1), seq: 1, at_seq, ...(hidden ? { hidden } : {}) }],
        });
    expect(names(page(5))).toContain("put_cards");
    expect(names(page(4))).not.toContain("put_cards");
    expect(names(page(6, { by: "hub", at: 1 }))).toEqual(
        expect.arrayContaining(["put_cards", "forget_body"]),
    );
});

test("a mark is said once a second at most, and the newest", () => {
    const phone = new Phone();
    phone.connect(9);
    const read = (seq: number) => sent(phone.do({ t: "read", room: ROOM, seq }));
    expect(read(3)).toEqual([{ t: "mark", room: ROOM, read: 3 }]);
    expect([...read(4), ...read(7)]).toEqual([]);
    phone.now += 1_000;
    expect(sent(phone.do({ t: "timer" }))).toEqual([{ t: "mark", room: ROOM, read: 7 }]);
});

test("writing is said now and then, and shown for six seconds", () => {
    const phone = new Phone();
    phone.connect();
    const typing = () => sent(phone.do({ t: "typing", room: ROOM }));
    expect(typing()).toEqual([{ t: "typing", room: ROOM }]);
    expect(typing()).toEqual([]);
    const told = (outputs: Output[]) =>
        outputs.flatMap((o) => (o.t === "changed" && o.what.t === "typing" ? o.what.people : []));
    expect(told(phone.hear({ t: "typing", room: ROOM, person: idOf(7) }))).toEqual([idOf(7)]);
    phone.now += 6_000;
    expect(phone.do({ t: "timer" })).toContainEqual({
        t: "changed",
        what: { t: "typing", room: ROOM, people: [] },
    });
});
