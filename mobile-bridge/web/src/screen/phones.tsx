// Where somebody is signed in: one's own phones, or those of somebody one looks after.

import { useState } from "preact/hooks";
import type { Device } from "../core/desk.ts";
import type { Answer } from "../core/session.ts";
import { words } from "../words/later.ts";
import { useAsked } from "./ask.ts";
import { Sure } from "./sure.tsx";
import { momentOf } from "./times.ts";
import { useMinute } from "./parts.tsx";
import { Unheard } from "./unheard.tsx";

type Props = {
    heading: string;
    load: { key: string; ask: () => Promise<Answer<Device[]>> };
    end: (device: Device) => Promise<Answer<unknown>>;
    /** What ending a phone of this name does. */
    sure: (name: string) => string;
    changed: () => void;
};

export function Phones({ heading, load, end, sure, changed }: Props) {
    const asked = useAsked({ ...load, noSignal: words.you.unreachable });
    const [ending, setEnding] = useState<Device>();
    const [said, setSaid] = useState("");
    return (
        <section class="group" data-testid="phones">
            <h2 class="subheading">{heading}</h2>
            <Unheard asked={asked} />
            {asked.value?.length === 0 && <p class="quiet group-empty">{words.desk.phonesNone}</p>}
            <ul class="people">
                {asked.value?.map((device) => (
                    <Phone key={device.device} device={device} end={() => setEnding(device)} />
                ))}
            </ul>
            <p role="status" class="said-line">
                {said}
            </p>
            {ending && (
                <Sure
                    heading={words.you.endHeading(ending.name)}
                    body={[sure(ending.name)]}
                    yes={words.you.endYes}
                    no={words.you.endNo}
                    noSignal={words.desk.noSignal}
                    act={() => end(ending)}
                    done={() => {
                        setSaid(words.you.ended(ending.name));
                        setEnding(undefined);
                        void asked.again();
                        changed();
                    }}
                    close={() => setEnding(undefined)}
                    testId="end-phone"
                    grave
                />
            )}
        </section>
    );
}

function Phone({ device, end }: { device: Device; end: () => void }) {
    const now = useMinute();
    const { name, seen_at, created_at } = device;
    const seen = seen_at === undefined ? undefined : words.you.seen(momentOf(seen_at, now));
    return (
        <li class="phone" data-testid="phone" data-this={device.this}>
            <div class="phone-about">
                <p class="person-name">
                    {name}
                    {device.this && <span class="chip chip-active">{words.you.this}</span>}
                </p>
                <p class="quiet">
                    {words.you.since(momentOf(created_at, now))}
                    {seen && !device.this && ` · ${seen}`}
                </p>
            </div>
            {!device.this && (
                <button
                    type="button"
                    class="button-choice"
                    aria-label={words.you.endFor(name)}
                    data-testid="phone-end"
                    onClick={end}
                >
                    {words.you.end}
                </button>
            )}
        </li>
    );
}
