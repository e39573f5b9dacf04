// The shell: keeps this page on the newest build. It registers the service worker, asks the network
// whether there is another build, and changes to it when nobody looks; at once when the server no
// longer understands this one, but never twice in a row. To whoever goes on looking it is offered.
// What is being written to a room comes along; while there is something on the page that would not,
// only the person leaves it.

import type { Shown } from "./core/shown.ts";
import { trusted } from "./trusted.ts";

const WORKER = "/sw.js";

/** A page that stays open asks for a newer build so often. */
const LOOK_EVERY_MS = 30 * 60_000;

/** So long it waits for a newer build to arrive before it loads itself anew without one. */
const ARRIVAL_MS = 10_000;

/** Somebody who is writing is asked about a newer build so much later. */
const OFFER_AGAIN_MS = 10_000;

/** The note that this page was loaded anew because the server did not understand it. */
const NOTE = "roost.renewed";

/** What the shell needs of the browser. */
export interface Browser {
    /** Missing on plain http, and in some private windows. */
    workers: ServiceWorkerContainer | undefined;
    /** Lasts as long as the tab, over loading anew. Missing where storage is refused. */
    notes: () => Pick<Storage, "getItem" | "setItem" | "removeItem">;
    hidden: () => boolean;
    /** Whether something stands on the page that would be lost with it. */
    unkept: () => boolean;
    /** Whether somebody is in the middle of writing something. */
    typing: () => boolean;
    reload: () => void;
    now: () => number;
}

export class Shell {
    #browser: Browser;
    /** What the person is told of the builds. */
    #shown: Pick<Shown, "outdated" | "newer">;
    /** What must be on disk before this page ends. */
    #settled: () => Promise<void>;
    #registration: ServiceWorkerRegistration | undefined;
    #looked_at = 0;
    /** Another build has taken over behind this page. */
    #newer = false;
    #leaving = false;

    constructor(
        browser: Browser,
        shown: Pick<Shown, "outdated" | "newer">,
        settled: () => Promise<void>,
    ) {
        this.#browser = browser;
        this.#shown = shown;
        this.#settled = settled;
    }

    async begin(): Promise<void> {
        const { workers, now } = this.#browser;
        // On the first visit the worker takes over a page of its own build.
        let known = workers?.controller !== null;
        workers?.addEventListener("controllerchange", () => {
            this.#newer = known;
            known = true;
            if (this.#shown.outdated.value || this.#browser.hidden()) this.#change();
            this.#offer();
        });
        this.#looked_at = now();
        // The worker's own file comes from the network each time, never from a cache.
        const options = { scope: "/", updateViaCache: "none" } as const;
        this.#registration = await workers
            ?.register(trusted(WORKER), options)
            .catch(() => undefined);
        // A window on a laptop may be looked at for weeks, and never be turned to.
        setInterval(() => this.turned(), LOOK_EVERY_MS);
    }

    /** The person turned to this page, or away from it; or some time has passed. */
    turned(): void {
        const { hidden, now } = this.#browser;
        if (hidden()) {
            this.#change();
        } else if (now() - this.#looked_at > LOOK_EVERY_MS) {
            this.#looked_at = now();
            void this.#registration?.update().catch(() => undefined);
        }
    }

    /** The server, or the disk, belongs to another build than this one. */
    async outdated(): Promise<void> {
        if (this.#leaving || this.#shown.outdated.value) return;
        this.#leaving = true;
        await this.#arrival();
        this.#leaving = false;
        if (this.#browser.unkept() || this.#noted()) this.#shown.outdated.value = true;
        else await this.#leave();
    }

    /** The server understands this build. */
    understood(): void {
        this.#shown.outdated.value = false;
        try {
            this.#browser.notes().removeItem(NOTE);
        } catch {
            // Where nothing can be noted, nothing was.
        }
    }

    /** A screen of this build cannot be had: a newer one took its place, or there is no signal. */
    missed(): void {
        this.#change();
    }

    /** The person wants it. */
    again(): void {
        void this.#leave();
    }

    /** The person wants the newer build; what they have begun meanwhile is not lost for it. */
    useNewer(): void {
        if (this.#browser.unkept()) this.#shown.newer.value = "unkept";
        else void this.#leave();
    }

    /** Waits until a newer worker stands, so that the page it gives is not the old one again. */
    async #arrival(): Promise<void> {
        const { workers } = this.#browser;
        const registration = this.#registration;
        if (!workers || !registration || this.#newer) return;
        await registration.update().catch(() => undefined);
        if (!registration.installing && !registration.waiting) return;
        await new Promise<void>((resolve) => {
            setTimeout(resolve, ARRIVAL_MS);
            workers.addEventListener("controllerchange", () => resolve(), { once: true });
        });
    }

    /** Whether this page is here because it was loaded anew for this very reason. Notes it. */
    #noted(): boolean {
        try {
            const notes = this.#browser.notes();
            if (notes.getItem(NOTE) !== null) return true;
            notes.setItem(NOTE, "1");
            return false;
        } catch {
            // A page that cannot note it could go on for ever: the person decides.
            return true;
        }
    }

    /** Onto the newer build, if there is one and nothing is lost by it. */
    #change(): void {
        if (this.#newer && !this.#browser.unkept()) void this.#leave();
    }

    /** Says that a newer build stands ready; whoever is writing hears of it when they are done. */
    #offer(): void {
        if (!this.#newer || this.#leaving) return;
        const { typing, unkept } = this.#browser;
        if (typing() || unkept()) setTimeout(() => this.#offer(), OFFER_AGAIN_MS);
        else this.#shown.newer.value = "ready";
    }

    async #leave(): Promise<void> {
        if (this.#leaving) return;
        this.#leaving = true;
        await this.#settled();
        this.#browser.reload();
    }
}
