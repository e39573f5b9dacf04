// What is being written, as two tabs of one phone have it.

import { signal } from "@preact/signals";
import { expect, test } from "vitest";
import type { Written } from "../../core/shown.ts";
import { keepTyped, NOTHING, typed, type Typed } from "./typed.ts";

const ROOM = "0190a6c0-0000-7000-8000-00000000000a";

test("what another tab writes stands here too, and only the tab it is written in keeps it", () => {
    const elsewhere = signal<Written | undefined>(undefined);
    const kept: (Typed | undefined)[] = [];
    keepTyped({ typed: signal(new Map()), elsewhere, keep: (_, now) => void kept.push(now) });
    const here = typed(ROOM);
    const half = { ...NOTHING, text: "half a message" };
    elsewhere.value = { room: ROOM, typed: half };
    expect([here.value, kept]).toEqual([half, []]);
    const whole = { ...half, text: "half a message and the rest" };
    here.value = whole;
    expect(kept).toEqual([whole]);
    elsewhere.value = { room: ROOM, typed: undefined };
    expect([here.value, kept.length]).toEqual([NOTHING, 1]);
    here.value = half;
    here.value = NOTHING;
    expect(kept, "what is sent here is gone everywhere").toEqual([whole, half, undefined]);
});
