// The golden examples that Rust and TypeScript both read: `shared/vectors`.

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { sendable } from "../kind/rules.ts";
import { kindOf } from "../kind/index.ts";
import { digest } from "./digest.ts";
import { frame } from "./read.ts";

type Bodies = { body: unknown; text?: string; refused?: string }[];

function vector<T>(name: string): T {
    const path = new URL(`../../../../shared/vectors/${name}.json`, import.meta.url);
    return JSON.parse(readFileSync(path, "utf8")) as T;
}

test("digests", () => {
    const table = vector<{ places: Record<string, number>; digest: string }[]>("digests");
    for (const { places, digest: expected } of table) {
        expect(digest(Object.entries(places))).toBe(expected);
    }
});

describe("bodies", () => {
    const id = "0190a6c0-0000-7000-8000-0000000000e1";
    const around = { me: undefined, people: new Map() };
    for (const kind of ["message", "member"]) {
        test(kind, () => {
            for (const { body, text, refused } of vector<Bodies>(kind)) {
                expect(sendable({ id, kind, body }), JSON.stringify(body)).toBe(refused);
                // The text of a body is what travels and is stored; this phone writes the same.
                if (text !== undefined) expect(JSON.stringify(body)).toBe(text);
                expect(kindOf({ kind, body }, around) !== undefined).toBe(refused === undefined);
            }
        });
    }
    test("a kind that nobody knows", () => {
        expect(sendable({ id, kind: "of_tomorrow", body: {} })).toBe("kind_unknown");
        expect(kindOf({ kind: "of_tomorrow", body: {} }, around)).toBeUndefined();
    });
});

test("every frame of the server is heard", () => {
    for (const each of vector<{ t: string }[]>("server_frames")) {
        expect(frame(JSON.stringify(each)).t, JSON.stringify(each)).toBe(each.t);
    }
});

test("an entry of a kind of tomorrow is kept as it came", () => {
    const pages = vector<{ t: string; entries?: unknown[] }[]>("server_frames");
    const page = pages.find((each) => JSON.stringify(each).includes("of_tomorrow"));
    const heard = frame(JSON.stringify(page));
    expect(heard.t === "page" && heard.page.entries).toEqual(page?.entries);
});
