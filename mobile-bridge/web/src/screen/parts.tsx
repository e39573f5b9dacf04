// Small pieces that several screens share.

import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { serverNow } from "../core/clock.ts";
import type { Connection } from "../core/shown.ts";
import { nameOf, type Around } from "../kind/kind.ts";
import { useRoost } from "../roost.ts";
import { words } from "../words.ts";

/** The time now, kept fresh while something on the screen counts seconds. */
export function useNow(active: boolean, clock: () => number = Date.now): number {
    const [now, setNow] = useState(clock());
    useEffect(() => {
        if (!active) return;
        setNow(clock());
        const ticking = setInterval(() => setNow(clock()), 1_000);
        return () => clearInterval(ticking);
    }, [active]);
    return active ? Math.max(now, clock()) : now;
}

/** The time now, kept fresh by the minute. */
export function useMinute(): number {
    const [, draw] = useState(0);
    useEffect(() => {
        const ticking = setInterval(() => draw((count) => count + 1), 60_000);
        return () => clearInterval(ticking);
    }, []);
    return serverNow();
}

/** Whether somebody can be looking at the screen. */
export function useVisible(): boolean {
    const [visible, setVisible] = useState(document.visibilityState === "visible");
    useEffect(() => {
        const look = () => setVisible(document.visibilityState === "visible");
        document.addEventListener("visibilitychange", look);
        return () => document.removeEventListener("visibilitychange", look);
    }, []);
    return visible;
}

/** From here on a screen fits beside the rooms; the same width stands in `wide.css`. */
const WIDE = "(min-width: 60rem)";

/** Whether the rooms stand beside what is open. */
export function useWide(): boolean {
    const [wide, setWide] = useState(() => matchMedia(WIDE).matches);
    useEffect(() => {
        const query = matchMedia(WIDE);
        const look = () => setWide(query.matches);
        query.addEventListener("change", look);
        return () => query.removeEventListener("change", look);
    }, []);
    return wide;
}

/** Who is writing here now. */
export function TypingLine({ room, around }: { room: string; around: Around }) {
    const { shown } = useRoost();
    const people = shown.typing(room).value;
    const names = people.map((person) => nameOf(person, around, words.room.someone));
    // Not a live region: to be told at every pause of another's fingers would be noise.
    return (
        <p class="typing" data-testid="typing">
            {names.length > 0 ? words.room.writing(names) : ""}
        </p>
    );
}

/**
 * A heading that takes the focus when its screen appears, so that a screen reader starts there.
 */
export function Heading({ children }: { children: ComponentChildren }) {
    const heading = useRef<HTMLHeadingElement>(null);
    useEffect(() => heading.current?.focus(), []);
    return (
        <h1 ref={heading} tabIndex={-1} class="heading">
            {children}
        </h1>
    );
}

/** A screen with one thing on it: an invitation, a goodbye, a question. */
export function Sheet({ heading, children }: { heading: string; children: ComponentChildren }) {
    return (
        <main class="sheet">
            <p class="brand">
                <img class="brand-mark" src="/icons/roost.svg" alt="" />
                {words.roost}
            </p>
            <Heading>{heading}</Heading>
            {children}
        </main>
    );
}

/** The state of the connection, in words that are true. */
export function ConnectionLine() {
    const { shown } = useRoost();
    const connection = shown.connection.value;
    const now = useNow(connection.state === "waiting");
    return (
        <p
            class={`connection connection-${connection.state}`}
            data-testid="connection"
            data-state={connection.state}
        >
            <span class="connection-dot" aria-hidden="true" />
            {shown.unknownHere.value && connection.state === "waiting"
                ? words.connection.unknownHere
                : connectionWords(connection, now)}
        </p>
    );
}

export function connectionWords(connection: Connection, now_ms: number): string {
    switch (connection.state) {
        case "connected":
            return words.connection.connected;
        case "connecting":
            return words.connection.connecting;
        case "waiting": {
            const seconds = Math.ceil((connection.until_ms - now_ms) / 1_000);
            return seconds > 0 ? words.connection.waitingFor(seconds) : words.connection.waiting;
        }
    }
}

/** What the person must know of this phone before they rely on it. */
export function Notices() {
    const { acts, shown } = useRoost();
    return (
        <>
            {!shown.durable.value && (
                <p class="banner" role="status" data-testid="memory">
                    {words.store.memory}
                </p>
            )}
            {shown.unknownHere.value && (
                <p class="banner" role="status" data-testid="unknown-here">
                    {words.unknownHere}
                </p>
            )}
            {shown.outdated.value && (
                <p class="banner" role="alert" data-testid="outdated">
                    {words.outdated.body}{" "}
                    <button type="button" class="button-plain" onClick={() => acts.page.again()}>
                        {words.outdated.again}
                    </button>
                </p>
            )}
        </>
    );
}

/**
 * A newer build stands ready, and nobody looks away for it to come by itself. The line stands where
 * it moves nothing that somebody reads or is about to press: above the bar, or over the log.
 */
export function Newer({ over }: { over?: boolean }) {
    const { acts, shown } = useRoost();
    const newer = shown.newer.value;
    return (
        <div class={over ? "newer newer-over" : "newer"} role="status">
            {newer !== "none" && (
                <p class="newer-line" data-testid="newer">
                    {words.newer[newer]}
                    <button
                        type="button"
                        class="button-plain"
                        data-testid="newer-use"
                        onClick={() => acts.page.useNewer()}
                    >
                        {words.newer.use}
                    </button>
                </p>
            )}
        </div>
    );
}
