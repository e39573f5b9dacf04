// The words of one's own account: where one is signed in.

import { DEVICE } from "./device.ts";

export const you = {
    heading: "You",
    signedInAs: "Signed in as",
    phones: "Where you are signed in",
    this: `this ${DEVICE}`,
    looking: "Looking where you are signed in…",
    unreachable: "The list needs signal.",
    since: (when: string) => `signed in since ${when}`,
    seen: (when: string) => `last here ${when}`,
    end: "Sign out",
    endFor: (name: string) => `Sign out ${name}`,
    endHeading: (name: string) => `Sign out ${name}?`,
    endBody:
        "It is out within a second, and what it kept is removed when it is next opened with " +
        "signal. To come back, it needs a new link or a code.",
    endYes: "Sign it out",
    endNo: "Leave it",
    ended: (name: string) => `${name} is signed out.`,
} as const;
