// The time as the server has it. A phone's own clock may be wrong by a day, and whether something
// is open, over or too late is for the server to decide: the page should not say otherwise. Known
// from the first answer on; until then the phone's own clock has to do.

import { signal } from "@preact/signals";

/** The server tells whole seconds, and an answer takes a while: less is no difference. */
const NOTICED_MS = 30_000;

/** A screen that has drawn by the phone's clock draws anew when the server's is heard. */
const ahead_ms = signal(0);

export function serverNow(): number {
    return Date.now() + ahead_ms.value;
}

/** When an answer was sent, as its `Date` header has it (RFC 9110 § 6.6.1). */
export function hearDate(date: string | null): void {
    const by = Date.parse(date ?? "") - Date.now();
    if (Math.abs(by - ahead_ms.value) < NOTICED_MS || Number.isNaN(by)) return;
    ahead_ms.value = Math.abs(by) < NOTICED_MS ? 0 : by;
}
