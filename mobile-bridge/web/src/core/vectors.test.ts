// The golden examples that Rust and TypeScript both read: `shared/vectors`.

import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { GatheringState, PersonCard } from "../generated/protocol.ts";
import { counted } from "../kind/gathering/rules.ts";
import { kindOf, standsOf } from "../kind/index.ts";
import { askedOf, NOBODY } from "../kind/kind.ts";
import { isSaid, sendable } from "../kind/rules.ts";
import { chainAt, digest, type Stand } from "./digest.ts";
import { frame } from "./read.ts";

type Bodies = { body: unknown; text?: string; refused?: string }[];

const FOLDERS = readdirSync(new URL("../kind/", import.meta.url), { withFileTypes: true });
const KINDS = FOLDERS.filter((each) => each.isDirectory()).map(({ name }) => name);
const VECTORS = new URL("../../../../shared/vectors/", import.meta.url);

function vector<T>(name: string): T {
    return JSON.parse(readFileSync(new URL(`${name}.json`, VECTORS), "utf8")) as T;
}

test("digests", () => {
    type Row = {
        places: Record<string, number>;
        anchors?: Record<string, string>;
        digest: string;
    };
    for (const { places, anchors, digest: expected } of vector<Row[]>("digests")) {
        const rows = Object.entries(places);
        const stands = rows.map(([room, seq]): Stand => [room, seq, chainAt(anchors?.[room], seq)]);
        expect(digest(stands)).toBe(expected);
    }
});

test("who comes is counted over the homes that are asked", () => {
    type Row = {
        people: PersonCard[];
        answers: GatheringState["answers"];
        asked: string[];
        counted: Partial<GatheringState>;
    };
    for (const { people, answers, asked, counted: sums } of vector<Row[]>("counts")) {
        const homes = [...new Set([...Object.keys(answers), ...asked])].sort();
        const here = askedOf(homes, new Map(people.map((card) => [card.person, card])));
        expect(here).toEqual(asked);
        // The card was folded when other people lived there.
        const stale = { going_heads: 99, maybe_heads: 99, homes_going: 99, homes_not: 99 };
        const state = { answers, ...stale } as GatheringState;
        expect(counted(state, here)).toMatchObject(sums);
    }
});

describe("bodies", () => {
    const id = "0190a6c0-0000-7000-8000-0000000000e1";
    const around = NOBODY;
    test("every folder of a kind has a vector, and every vector is of a kind", () => {
        const others = ["client_frames", "counts", "digests", "server_frames"];
        const files = [...KINDS, ...others].map((name) => `${name}.json`);
        expect(files.sort()).toEqual(readdirSync(VECTORS).sort());
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
