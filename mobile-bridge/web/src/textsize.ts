// The size of text on this phone. Everything is laid out in rem, so the root's size is the only one
// there is to set; `base.css` says how large each is.

import { signal } from "@preact/signals";

export const SIZES = ["small", "usual", "large", "largest"] as const;
export type Size = (typeof SIZES)[number];

const KEY = "roost.text";

export const size = signal<Size>("usual");

/** As it was chosen on this phone. Before anything is drawn, so that nothing moves. */
export function applySize(): void {
    const kept = keptSize();
    if (kept) put(kept);
}

export function chooseSize(chosen: Size): void {
    put(chosen);
    try {
        localStorage.setItem(KEY, chosen);
    } catch {
        // A phone that keeps nothing has it for as long as the page is open.
    }
}

function put(chosen: Size): void {
    size.value = chosen;
    document.documentElement.dataset["text"] = chosen;
}

function keptSize(): Size | undefined {
    try {
        const kept = localStorage.getItem(KEY);
        return SIZES.find((each) => each === kept);
    } catch {
        return undefined;
    }
}
