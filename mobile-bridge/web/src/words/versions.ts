// The words around what a message said before it was edited.

import { DEVICE } from "./device.ts";

export const versions = {
    edited: "edited",
    open: "edited, show earlier words",
    heading: "What it said before",
    looking: "Looking for the earlier words…",
    noSignal: `The earlier words are not kept on this ${DEVICE}. That needs a signal.`,
    gone: "This message was removed. What it said is not shown any more.",
    from: (when: string) => `From ${when}`,
    now: (when: string) => `Now, since ${when}`,
    close: "Close",
} as const;
