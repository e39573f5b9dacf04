// Replays what the Rust core did: the same inputs must give the same outputs, step by step. The
// files are written by `cargo test -p roost-bridge`; without them this test fails rather than
// pass on nothing.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { Engine } from "./engine.ts";
import type { Input, Output, Saved } from "./face.ts";

const FOLDER =
    process.env["ROOST_TRANSCRIPTS"] ??
    fileURLToPath(new URL("../../../../target/transcripts", import.meta.url));
const FILES_MIN = 500;

type Line = { saved?: Saved; now?: number; input?: Input; outputs?: Output[] };

test("every transcript of the Rust core", () => {
    const names = existsSync(FOLDER)
        ? readdirSync(FOLDER).filter((name) => name.endsWith(".jsonl"))
        : [];
    expect(names.length, `transcripts in ${FOLDER}`).toBeGreaterThanOrEqual(FILES_MIN);
    for (const name of names) replay(name);
}, 120_000);

function replay(name: string): void {
    const lines = readFileSync(join(FOLDER, name), "utf8").split("\n").filter(Boolean);
    let engine = new Engine({});
    lines.forEach((text, at) => {
        const line = JSON.parse(text) as Line;
        // A line with `saved` is a start of the app, from what its store had kept.
        if (line.saved) engine = new Engine(line.saved);
        if (!line.input) return;
        const outputs = engine.step(line.now!, line.input);
        expect(outputs, `${name}, line ${at + 1}: ${JSON.stringify(line.input)}`).toEqual(
            line.outputs,
        );
    });
}
