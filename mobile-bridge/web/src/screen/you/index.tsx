// You: who is signed in, on which phones, and the ways out and over.

import type { Quiet } from "../../core/desk.ts";
import { useRoost } from "../../roost.ts";
import { words } from "../../words/later.ts";
import { constellationWords, list } from "../../words/say.ts";
import { clockOf } from "../minutes.ts";
import { Link, Page } from "../page.tsx";
import { Phones } from "../phones.tsx";
import { heardWords, useSettings } from "../settings.ts";
import { TextSize } from "./text.tsx";

export function You() {
    const roost = useRoost();
    const { desk, shown } = roost;
    const me = shown.people.value.get(shown.me.value ?? "");
    const settings = useSettings();
    const heard = settings && heardWords(roost);
    const quietLink = me?.role === "young" ? words.quiet.link : words.receipts.link;
    const names = shown.constellations.value.map(({ name }) => constellationWords(name));
    return (
        <Page heading={words.you.heading}>
            {me && (
                <div>
                    <p>
                        <span class="quiet">{words.you.signedInAs} </span>
                        <span class="person-name">{me.name}</span>
                    </p>
                    <p class="quiet">
                        {words.role[me.role]}
                        {names.length > 0 && ` · ${list(names)}`}
                    </p>
                </div>
            )}
            <div class="cards">
                <Phones
                    heading={words.you.phones}
                    load={{ key: "my phones", ask: () => desk.devices() }}
                    end={({ device }) => desk.endDevice(device)}
                    sure={() => words.you.endBody}
                    changed={() => undefined}
                />
                <section class="group">
                    <TextSize />
                    <p>
                        {words.language.heading}: {words.language.name}
                    </p>
                </section>
            </div>
            <ul class="acts">
                <li>
                    <Link class="act" testId="quiet" to={{ at: "quiet" }}>
                        <span class="act-label">{quietLink}</span>
                        {settings && <span class="quiet">{quietWords(settings.quiet)}</span>}
                        {heard && <span class="quiet">{heard}</span>}
                    </Link>
                </li>
                <li>
                    <Link class="act" testId="move" to={{ at: "move" }}>
                        <span class="act-label">{words.move.link}</span>
                    </Link>
                </li>
                <li>
                    <Link class="act" testId="sign-out" to={{ at: "sign_out" }}>
                        <span class="act-label">{words.signOut.link}</span>
                    </Link>
                </li>
            </ul>
        </Page>
    );
}

function quietWords({ on, from, to }: Quiet): string {
    return on ? words.quiet.night(clockOf(from), clockOf(to)) : words.quiet.off;
}
