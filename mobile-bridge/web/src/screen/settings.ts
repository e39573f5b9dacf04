// What the person has set for themselves, as the server told it last. Several screens show it, and
// one that changes it tells the others.

import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Mute, Settings } from "../core/desk.ts";
import { useRoost } from "../roost.ts";
import { useVisible } from "./parts.tsx";

const told = signal<Settings | undefined>(undefined);

/** Whoever goes to and fro between rooms asks once. */
const FRESH_MS = 30_000;
let asked_at = 0;

/** What the server answered. */
export function take(settings: Settings): void {
    told.value = settings;
}

/** Whoever signs in next sees nothing of it. */
export function forgetSettings(): void {
    told.value = undefined;
    asked_at = 0;
}

/** As it is known now, for what stands beside a screen that asks. */
export function known(): Settings | undefined {
    return told.value;
}

/** Asked again whenever somebody comes to look: another phone may have changed it. */
export function useSettings(): Settings | undefined {
    const { desk, shown } = useRoost();
    const visible = useVisible();
    const connected = shown.connection.value.state === "connected";
    useEffect(() => {
        if (!visible || !connected || Date.now() < asked_at + FRESH_MS) return;
        asked_at = Date.now();
        void desk.settings().then((answer) => {
            if ("value" in answer) take(answer.value);
            else asked_at = 0;
        });
    }, [visible, connected]);
    return told.value;
}

/** How a room is muted now, if it is. */
export function muteOf(
    settings: Settings | undefined,
    room: string,
    now_ms: number,
): Mute | undefined {
    const mute = settings?.mutes.find((each) => each.room === room);
    return mute && (mute.until === undefined || mute.until > now_ms) ? mute : undefined;
}
