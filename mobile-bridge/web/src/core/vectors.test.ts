// The golden examples that Rust and TypeScript both read: `shared/vectors`.

import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { isSaid, sendable } from "../kind/rules.ts";
import { kindOf, standsOf } from "../kind/index.ts";
import { NOBODY } from "../kind/kind.ts";
import { digest } from "./digest.ts";
import { frame } from "./read.ts";

type Bodies = { body: unknown; text?: string; refused?: string }[];

const FOLDERS = readdirSync(new URL("../kind/", import.meta.url), { withFileTypes: true });
const KINDS = FOLDERS.filter((each) => each.isDirectory()).map(({ name }) => name);
const VECTORS = new URL("../../../../shared/vectors/", import.meta.url);

function vector<T>(name: string): T {
    return JSON.parse(readFileSync(new URL(`${name}.json`, VECTORS), "utf8")) as T;
}

test("digests", () => {
    const table = vector<{ places: Record<string, number>; digest: string }[]>("digests");
    for (const { places, digest: expected } of table) {
        expect(digest(Object.entries(places))).toBe(expected);
    }
});

describe("bodies", () => {
    const id = "0190a6c0-0000-7000-8000-0000000000e1";
    const around = NOBODY;
    test("every folder of a kind has a vector, and every vector is of a kind", () => {
        const others = ["client_frames.json", "digests.json", "server_frames.json"];
        const files = KINDS.map((kind) => `${kind}.json`);
        expect([...files, ...others].sort()).toEqual(readdirSync(VECTORS).sort());
    });
    for (const kind of KINDS) {
        test(kind, () => {
            for (const { body, text, refused } of vector<Bodies>(kind)) {
                expect(sendable({ id, kind, body }), JSON.stringify(body)).toBe(refused);
                const known = kindOf({ kind, body }, around);
                expect(known !== undefined).toBe(refused === undefined);
                for (const about of [{}, { target: id }]) {
                    const says = standsOf({ kind, body, ...about }) === "said";
                    expect(isSaid({ kind, ...about }), "a draft stands as its entry").toBe(says);
                }
                if (text === undefined) continue;
                // What travels and is stored says the same as the body it was made of.
                const stored = JSON.parse(text) as unknown;
                expect(sendable({ id, kind, body: stored })).toBeUndefined();
                expect(known!.line(stored, around)).toBe(known!.line(body, around));
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
