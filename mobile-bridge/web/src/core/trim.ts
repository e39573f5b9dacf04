// A phone keeps two weeks: what is older is forgotten when the app opens, and now and then while it
// stays open.

import { answered, type Store } from "./store.ts";
import { KEPT_MS } from "./window.ts";

const EVERY_MS = 3_600_000;

export class Trim {
    #done_at = 0;

    isDue(): boolean {
        return Date.now() - this.#done_at > EVERY_MS;
    }

    async carryOut(store: Store): Promise<void> {
        this.#done_at = Date.now();
        // Nothing is lost by a clock that is wrong: what was trimmed can be read again.
        await answered(store.trim(this.#done_at - KEPT_MS)).catch(() => undefined);
    }
}
