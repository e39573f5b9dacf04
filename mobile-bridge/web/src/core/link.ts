// What the page of an enrolment link asks, before anybody is signed in. Nothing here spends the
// link.

import type { Answer, Claimed, Invitation, Outcome, Session } from "./session.ts";

export interface Link {
    /** Who it is for. */
    look(token: string): Promise<Answer<Invitation>>;
    /** Tells whoever invites that its page is open. */
    opened(token: string): void;
    /** Tells the code that opens one that was sent. */
    verify(token: string, code: string): Promise<Answer<unknown>>;
    /** At the kitchen table: the number to show, and what became of it. */
    claim(token: string, device_name: string): Promise<Answer<Claimed>>;
    outcome(token: string, claim: string): Promise<Answer<{ state: Outcome }>>;
}

/** `device`: the id of this phone, which has to be the one that accepts. */
export function linkOver(session: Session, device: () => Promise<string>): Link {
    return {
        look: (token) => session.look(token),
        opened: (token) => void session.opened(token),
        verify: async (token, code) => session.verify(token, await device(), code),
        claim: async (token, name) => session.claim(token, await device(), name),
        outcome: (token, claim) => session.outcome(token, claim),
    };
}
