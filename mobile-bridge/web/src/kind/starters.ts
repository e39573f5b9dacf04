// What can be started in a room beside a message: one line each.

import type { ComponentType } from "preact";
import { words } from "../words.ts";
import { Planner } from "./gathering/form.tsx";
import type { Around } from "./kind.ts";
import { mayPublish, mayWrite } from "./may.ts";
import { Asker } from "./poll/form.tsx";

export interface Starter {
    name: string;
    words: string;
    may: (around: Around, now_ms: number) => boolean;
    Form: ComponentType<{ room: string; close: () => void }>;
}

export const STARTERS: readonly Starter[] = [
    { name: "plan-gathering", words: words.gathering.publish, may: mayPublish, Form: Planner },
    { name: "ask-poll", words: words.poll.start, may: mayWrite, Form: Asker },
];
