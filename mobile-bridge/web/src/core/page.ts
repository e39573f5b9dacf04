// The page that a phone stands on: what it is told, and when it comes back to life.

/** What a phone needs of the page that it stands on. */
export interface Page {
    /** The server does not speak with this build any more. */
    outdated(): Promise<void>;
    /** It does. */
    understood(): void;
    /** A screen that is fetched when it is opened did not come. */
    missed(): void;
    /** The person wants the page to be loaded anew; what was written to a room comes along. */
    again(): void;
    /** The person wants the newer build that stands ready, unless something would be lost by it. */
    useNewer(): void;
}

/** Whenever somebody turns to the page, or the network is back. */
export function onWake(wake: () => void): void {
    document.addEventListener("visibilitychange", () => {
        if (document.visibilityState === "visible") wake();
    });
    addEventListener("online", wake);
    addEventListener("pageshow", (event) => event.persisted && wake());
}
