// What stands on the page and nowhere else: what somebody put into a form, a link or a code that is
// told once, and, on a phone that keeps nothing, what is written and not sent. A page that holds
// any of it never leaves by itself, and no tap beside a sheet throws it away.

import type { Shown } from "./core/shown.ts";
import { isWriting } from "./kind/message/typed.ts";

/** A field within this is kept elsewhere. */
const KEPT = "[data-kept]";

/** What cannot be had again once it is gone. */
const ONCE = "[data-once]";

/** So long after a key somebody may still be looking for the next word. */
const PAUSE_MS = 10_000;

const touched = new WeakSet<Element>();
let typed_at = -Infinity;

/** Notices from now on which fields somebody has put something into, and when. */
export function watchFields(): void {
    const note = ({ target }: Event) => {
        typed_at = Date.now();
        if (target instanceof Element) touched.add(target);
    };
    document.addEventListener("input", note, true);
}

/** Whether somebody is in the middle of writing something, wherever it is kept. */
export function isTyping(): boolean {
    return Date.now() - typed_at < PAUSE_MS;
}

/** Whether somebody put something into a field in here that is kept nowhere else. */
export function isTouched(place: Element): boolean {
    const fields = [...place.querySelectorAll("input, select, textarea")];
    return fields.some((field) => touched.has(field) && !field.closest(KEPT));
}

/** Whether leaving the page would lose something. */
export function isUnkept({ durable, unsent }: Shown): boolean {
    if (isTouched(document.body) || document.querySelector(ONCE)) return true;
    return !durable.value && (unsent.value.length > 0 || isWriting());
}
