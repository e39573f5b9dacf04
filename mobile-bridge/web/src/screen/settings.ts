// What the person has set for themselves: as the server told it last, also without signal, and what
// was chosen here and could not be saved. Several screens show it, and one that changes it tells
// the others.

import { useEffect } from "preact/hooks";
import type { Length, Mute, Quiet, Settings } from "../core/desk.ts";
import type { Answer } from "../core/session.ts";
import type { Choice, Known } from "../core/store.ts";
import { useRoost, type Roost } from "../roost.ts";
import { words } from "../words.ts";
import { useVisible } from "./parts.tsx";
import { momentOf } from "./times.ts";

/** Whoever goes to and fro between rooms asks once. */
const FRESH_MS = 30_000;
let asked_at = 0;

/** Whoever signs in next is asked about at once. */
export function askAnew(): void {
    asked_at = 0;
}

/** Sets something. Without signal the choice is kept on this phone, to try again. */
export async function set(roost: Roost, choice: Choice): Promise<Answer<Settings>> {
    const { acts, desk } = roost;
    const answer = await ("quiet" in choice
        ? desk.setQuiet(choice.quiet)
        : desk.mute(choice.room, choice.length));
    const others = known(roost).unsaved.filter((each) => !isSame(each, choice));
    const unsaved = "unreachable" in answer ? [...others, choice] : others;
    const told = "value" in answer ? { told: answer.value, heard_at: Date.now() } : {};
    acts.keepSettings({ ...known(roost), ...told, unsaved });
    return answer;
}

/** Whether others see what one has read. Not tried again: until it is saved it is as it was. */
export async function setReceipts(roost: Roost, on: boolean): Promise<Answer<Settings>> {
    const answer = await roost.desk.setReceipts(on);
    if ("value" in answer) hear(roost, answer.value);
    return answer;
}

function hear(roost: Roost, told: Settings): void {
    roost.acts.keepSettings({ ...known(roost), told, heard_at: Date.now() });
}

function isSame(a: Choice, b: Choice): boolean {
    return "room" in a ? "room" in b && a.room === b.room : "quiet" in b;
}

function known({ shown }: Roost): Known {
    return shown.settings.value ?? { unsaved: [] };
}

/** The quiet hours that were chosen here and could not be saved. */
export function unsavedQuiet(roost: Roost): Quiet | undefined {
    return known(roost).unsaved.find((each) => "quiet" in each)?.quiet;
}

/** For how long a room was to be muted, which could not be saved. */
export function unsavedMute(roost: Roost, room: string): Length | undefined {
    const kept = known(roost).unsaved.find((each) => "room" in each && each.room === room);
    return kept && "length" in kept ? kept.length : undefined;
}

/** Asked again whenever somebody comes to look: another phone may have changed it. */
export function useSettings(): Settings | undefined {
    const roost = useRoost();
    const { desk, shown } = roost;
    const visible = useVisible();
    const connected = shown.connection.value.state === "connected";
    useEffect(() => {
        if (!visible || !connected || Date.now() < asked_at + FRESH_MS) return;
        asked_at = Date.now();
        void desk.settings().then((answer) => {
            if (!("value" in answer)) asked_at = 0;
            else hear(roost, answer.value);
        });
    }, [visible, connected]);
    return shown.settings.value?.told;
}

/** Without signal: when the settings were last heard of, in words. */
export function heardWords({ shown }: Roost): string | undefined {
    const at = shown.settings.value?.heard_at;
    const connected = shown.connection.value.state === "connected";
    return connected || at === undefined ? undefined : words.heard(momentOf(at, Date.now()));
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
