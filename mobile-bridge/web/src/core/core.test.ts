// Small parts of the core, as tables.

import { describe, expect, test } from "vitest";
import type { Entry } from "../generated/protocol.ts";
import { check } from "../kind/message/rules.ts";
import { tidy } from "../kind/text.ts";
import { read, write, type Route } from "../route.ts";
import { madeAt, newId } from "./ids.ts";
import { Session } from "./session.ts";
import { merge, Shown } from "./shown.ts";
import { Spans } from "./spans.ts";

test("ids are UUIDv7, carry their time, and differ", () => {
    const at = 1_795_310_400_000;
    const ids = Array.from({ length: 200 }, () => newId(at));
    for (const id of ids) {
        expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        expect(madeAt(id)).toBe(at);
    }
    expect(new Set(ids).size).toBe(ids.length);
});

test("texts, as shared/src/text.rs has them", () => {
    const table: [string, string | undefined][] = [
        ["Is anyone free for a cuppa?", undefined],
        ["two\nlines\tand a tab", undefined],
        ["👩‍👧‍👦", undefined],
        ["🐦".repeat(4_000), undefined],
        ["", "text_empty"],
        [" \n\t ", "text_empty"],
        ["nul \0 byte", "text_unprintable"],
        ["carriage\r\nreturn", "text_unprintable"],
        ["next line \u0085", "text_unprintable"],
        ["a".repeat(4_001), "text_too_long"],
    ];
    for (const [text, expected] of table) expect(check(text), text.slice(0, 20)).toBe(expected);
    expect(check(tidy(" typed\r\non Windows \ud800 "))).toBeUndefined();
});

test("runs melt when they touch", () => {
    const table: [[number, number][], [number, number][]][] = [
        [
            [
                [1, 3],
                [4, 6],
            ],
            [[1, 6]],
        ],
        [
            [
                [1, 2],
                [4, 6],
            ],
            [
                [1, 2],
                [4, 6],
            ],
        ],
        [
            [
                [1, 2],
                [6, 9],
                [4, 4],
                [3, 5],
            ],
            [[1, 9]],
        ],
        [[[5, 4]], []],
    ];
    const runs = (list: [number, number][]) => list.map(([from, to]) => ({ from, to }));
    for (const [added, expected] of table)
        expect(new Spans(runs(added)).list()).toEqual(runs(expected));
});

test("addresses", () => {
    const room = "0190a6c0-0000-7000-8000-00000000000a";
    expect(read("/join", "#secret")).toEqual({ at: "join", token: "secret" });
    expect(read("/join", "")).toEqual({ at: "join", token: "" });
    expect(read("/", "#/room/nonsense")).toEqual({ at: "rooms" });
    const [constellation, person] = [room, room.replace(/a$/, "b")];
    const routes: Route[] = [
        { at: "rooms" },
        { at: "room", room },
        { at: "room", room, entry: 12 },
        { at: "people" },
        { at: "constellation", constellation },
        { at: "invite", constellation },
        { at: "person", constellation, person },
        { at: "table", constellation, person },
        { at: "you" },
        { at: "move" },
        { at: "code" },
        { at: "sign_out" },
    ];
    expect(write({ at: "join", token: "secret" })).toBe("/join");
    for (const route of routes) {
        const address = new URL(write(route), "http://roost");
        expect(read(address.pathname, address.hash)).toEqual(route);
    }
});

test("entries stay ascending and single", () => {
    const entry = (seq: number): Entry => ({ seq, id: `${seq}`, kind: "message", at: seq });
    const seqs = (list: readonly Entry[]) => list.map((each) => each.seq);
    expect(seqs(merge([], [entry(1)]))).toEqual([1]);
    expect(seqs(merge([entry(5)], [entry(6)]))).toEqual([5, 6]);
    expect(seqs(merge([entry(5), entry(6)], [entry(3), entry(5)]))).toEqual([3, 5, 6]);
});

test("a draft that was rejected stays on the screen until it is removed", () => {
    const shown = new Shown();
    const draft = { id: "d", kind: "message", body: { text: "hello" } };
    shown.left({ room: "r", draft, made_at: 1, no: "not_found" });
    expect(shown.unsent.value).toMatchObject([
        { state: "refused", words: "There is nothing here." },
    ]);
    shown.apply({ t: "drop_outbox", id: "d" });
    expect(shown.unsent.value).toEqual([]);
});

describe("session", () => {
    const told = { code: "x", class: "final", words: "No.", after_ms: 0 };
    const answering = (status: number, body: unknown) => {
        const asked: [string, RequestInit][] = [];
        const session = new Session((path, init) => {
            asked.push([path, init]);
            const text = body === undefined ? null : JSON.stringify(body);
            return Promise.resolve(new Response(text, { status }));
        });
        return { session, asked };
    };

    test("a refusal is one only in Roost's own form", async () => {
        expect(await answering(404, told).session.look("t")).toEqual({ refused: told });
        expect(await answering(502, "Bad gateway").session.look("t")).toEqual({
            unreachable: true,
        });
        expect(await answering(200, { name: "Sam" }).session.look("t")).toEqual({
            value: { name: "Sam" },
        });
    });

    test("the token travels in the body, and a cookie is asked for", async () => {
        const { session, asked } = answering(200, { access: "a", access_expires_at: 1 });
        await session.accept("t", "d", "Sam's phone");
        expect(asked[0]![0]).toBe("/api/enrolments/accept");
        expect(JSON.parse(asked[0]![1].body as string)).toEqual({
            token: "t",
            device: "d",
            device_name: "Sam's phone",
            cookie: true,
        });
    });

    test("a token that is turned away is renewed once, and not tried again", async () => {
        const over = { ...told, class: "sign_in_again" };
        const asked: string[] = [];
        const session = new Session((path) => {
            asked.push(path);
            const fresh = path === "/api/session/refresh";
            const body = fresh ? { access: "a", access_expires_at: 1_000 } : over;
            return Promise.resolve(
                new Response(JSON.stringify(body), { status: fresh ? 200 : 401 }),
            );
        });
        expect(await session.post("/api/one", {}, 0)).toEqual({ refused: over });
        expect(await session.get("/api/two", 0)).toEqual({ refused: over });
        expect(await session.post("/api/three", {}, 0)).toEqual({ refused: over });
        const refresh = "/api/session/refresh";
        const twice = (path: string) => [refresh, path, refresh, path];
        expect(asked).toEqual(["/api/one", "/api/two", "/api/three"].flatMap(twice));
    });

    test("signing out of what has ended already is signing out", async () => {
        const over = { ...told, class: "sign_in_again" };
        expect(await answering(401, over).session.end(0)).toEqual({ value: true });
        const offline = new Session(() => Promise.reject(new TypeError("no network")));
        expect(await offline.end(0)).toEqual({ unreachable: true });
    });

    test("while a sign-in is being ended, nobody asks for a new one", async () => {
        const asked: string[] = [];
        const fresh = { access: "a", access_expires_at: 1_000 };
        const session = new Session((path) => {
            asked.push(path);
            const ends = path === "/api/session/end";
            const body = ends ? null : JSON.stringify(fresh);
            return Promise.resolve(new Response(body, { status: ends ? 204 : 200 }));
        });
        await session.refresh();
        const ending = session.end(0);
        await Promise.resolve();
        expect(await session.refresh()).toEqual({ unreachable: true });
        expect(await ending).toEqual({ value: true });
        expect(asked).toEqual(["/api/session/refresh", "/api/session/end"]);
    });
});
