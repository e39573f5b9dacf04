// Muting a room: for how long, and what rings all the same.

import { useState } from "preact/hooks";
import { serverNow } from "../core/clock.ts";
import type { Length, Mute } from "../core/desk.ts";
import { Dialog } from "../dialog.tsx";
import type { Role } from "../generated/protocol.ts";
import { useRoost } from "../roost.ts";
import { words } from "../words.ts";
import { useDoing } from "./ask.ts";
import { Bell } from "./bell.tsx";
import { useMinute } from "./parts.tsx";
import { heardWords, muteOf, set, unsavedMute, useSettings } from "./settings.ts";
import { momentOf } from "./times.ts";

const LENGTHS: readonly Length[] = ["hour", "eight_hours", "week", "always"];

type Props = { room: string; role: Role | undefined };

export function MuteButton({ room, role }: Props) {
    const [open, setOpen] = useState(false);
    const now = useMinute();
    const mute = muteOf(useSettings(), room, now);
    return (
        <>
            <button
                type="button"
                class="button-icon"
                aria-label={mute ? words.mute.openMuted : words.mute.open}
                data-testid="mute-open"
                data-muted={mute !== undefined}
                onClick={() => setOpen(true)}
            >
                <Bell muted={mute !== undefined} />
            </button>
            {open && (
                <Sheet room={room} role={role} mute={mute} close={() => setOpen(false)} />
            )}
        </>
    );
}

function Sheet({ room, role, mute, close }: Props & { mute: Mute | undefined; close: () => void }) {
    const roost = useRoost();
    const doing = useDoing(words.mute.noSignal);
    const chosen = unsavedMute(roost, room);
    const heard = heardWords(roost);
    const choose = (length: Length) => doing.run(() => set(roost, { room, length }), close);
    const rings = role === "young" ? words.mute.ringsYoung : words.mute.rings;
    const offered: readonly Length[] = mute ? ["off", ...LENGTHS] : LENGTHS;
    return (
        <Dialog
            heading={mute ? words.mute.headingMuted : words.mute.heading}
            close={close}
            testId="mute"
        >
            <p>{mute ? untilWords(mute) : words.mute.does}</p>
            {heard && <p class="quiet">{heard}</p>}
            <ul class="menu">
                {chosen && (
                    <li>
                        <button
                            type="button"
                            class="menu-choice"
                            data-testid="mute-again"
                            onClick={() => choose(chosen)}
                        >
                            {words.mute.again(words.mute.lengths[chosen])}
                        </button>
                    </li>
                )}
                {offered.map((length) => (
                    <li key={length}>
                        <button
                            type="button"
                            class="menu-choice"
                            data-testid={`mute-${length}`}
                            onClick={() => choose(length)}
                        >
                            {words.mute.lengths[length]}
                        </button>
                    </li>
                ))}
                <li>
                    <button type="button" class="menu-choice" onClick={close}>
                        {words.mute.close}
                    </button>
                </li>
            </ul>
            {doing.problem && (
                <p class="problem" role="alert">
                    {doing.problem}
                </p>
            )}
            <div class="rings" data-testid="mute-rings">
                <p>{words.mute.ringsHeading}</p>
                <ul>
                    {rings.map((each) => (
                        <li key={each}>{each}</li>
                    ))}
                </ul>
                <p>{words.mute.later}</p>
            </div>
        </Dialog>
    );
}

function untilWords({ until }: Mute): string {
    return until === undefined ? words.mute.always : words.mute.until(momentOf(until, serverNow()));
}
