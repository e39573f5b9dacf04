// What every step of the way in is given, and looks like.

import type { ComponentChildren } from "preact";
import type { Invitation } from "../../core/session.ts";
import { words } from "../../words.ts";
import { Sheet } from "../parts.tsx";

export type StepProps = {
    token: string;
    invitation: Invitation;
    /** What this phone is to be called. */
    phone: string;
    callPhone: (name: string) => void;
    next: () => void;
    back: () => void;
    /** Whether this phone has given the code of the link; and that it just did. */
    opened: boolean;
    open: () => void;
    /** Signs this phone in, and goes on. */
    accept: () => void;
    busy: boolean;
    /** Why the last try to sign in did not work. */
    problem: string | undefined;
    /** The link is good no more. */
    lost: () => void;
    /** "Step 2 of 4". */
    place: string;
};

type ShellProps = { heading: string; place: string; children: ComponentChildren };

/** What every step looks like. */
export function StepSheet({ heading, place, children }: ShellProps) {
    return (
        <Sheet heading={heading}>
            <p class="quiet step-place" data-testid="step">
                {place}
            </p>
            {children}
        </Sheet>
    );
}

export function Onward({ press, label }: { press: () => void; label: string }) {
    return (
        <button
            type="button"
            class="button-main button-large"
            data-testid="step-next"
            onClick={press}
        >
            {label}
        </button>
    );
}

export function Back({ back }: { back: () => void }) {
    return (
        <button type="button" class="button-plain" data-testid="step-back" onClick={back}>
            {words.join.back}
        </button>
    );
}
