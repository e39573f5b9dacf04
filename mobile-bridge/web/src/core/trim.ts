// A phone keeps two weeks: what is older is forgotten when the app opens, now and then while it
// stays open, and when a sync that brought some of it has ended.

import type { Write } from "./face.ts";
import { answered, type Store } from "./store.ts";
import { KEPT_MS } from "./window.ts";

const EVERY_MS = 3_600_000;

/** A sync that has brought nothing old for so long has ended, or brings only what is young. */
const CALM_MS = 10_000;

export class Trim {
    #done_at = 0;
    #calm: ReturnType<typeof setTimeout> | undefined;

    isDue(): boolean {
        return Date.now() - this.#done_at > EVERY_MS;
    }

    /** Looks at what was just kept: too old a part of it goes again. */
    look(writes: readonly Write[], store: Store): void {
        const before_ms = Date.now() - KEPT_MS;
        const isOld = (write: Write) =>
            write.t === "put_entries" && write.entries.some(({ at }) => at < before_ms);
        if (!writes.some(isOld)) return;
        clearTimeout(this.#calm);
        this.#calm = setTimeout(() => void this.carryOut(store), CALM_MS);
    }

    async carryOut(store: Store): Promise<void> {
        this.#done_at = Date.now();
        // Nothing is lost by a clock that is wrong: what was trimmed can be read again.
        await answered(store.trim(this.#done_at - KEPT_MS)).catch(() => undefined);
    }
}
