// What the page is open on, as the words call it: chosen once, since nothing becomes another while
// it is open. Where any of somebody's is meant, the words say where they are signed in.

/** What is known of it; `short_px` is the shorter side of its screen. */
export type Seen = { mouse: boolean; touches: number; short_px: number };

/** Wider than any phone that is held upright. */
const PHONE_MAX_PX = 600;

/**
 * A computer is what one points at with a mouse. A phone with a pen or a mouse beside it says the
 * same of itself, and stays a phone by its size. Pure, so that it can be tested as a table.
 */
export function deviceOf({ mouse, touches, short_px }: Seen): "phone" | "computer" {
    const small = touches > 0 && short_px < PHONE_MAX_PX;
    return mouse && !small ? "computer" : "phone";
}

function seen(): Seen {
    const { width, height } = screen;
    return {
        mouse: matchMedia("(hover: hover) and (pointer: fine)").matches,
        touches: navigator.maxTouchPoints,
        short_px: Math.min(width, height),
    };
}

/** "phone" or "computer"; tests of words alone have neither. */
export const DEVICE = "matchMedia" in globalThis ? deviceOf(seen()) : "phone";
