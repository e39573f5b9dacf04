// People: for those who look after them the desk, for everybody else who is who.

import { useEffect } from "preact/hooks";
import type { Listing } from "../../core/desk.ts";
import { go } from "../../route.ts";
import { useRoost } from "../../roost.ts";
import { words } from "../../words/later.ts";
import { constellationWords } from "../../words/say.ts";
import { useAsked, type Asked } from "../ask.ts";
import { Link, Page } from "../page.tsx";
import { Unheard } from "../unheard.tsx";
import { useViewer } from "./whole.ts";
import { WhoIsWho } from "./who.tsx";

export function People() {
    const { shown } = useRoost();
    const { role } = useViewer();
    // Without a `welcome` nobody knows yet what to show.
    if (shown.me.value === undefined)
        return (
            <Page heading={words.people.heading}>
                <p class="empty">{words.people.whoNobody}</p>
            </Page>
        );
    return role === "liaison" || role === "admin" ? <Constellations /> : <WhoIsWho />;
}

function Constellations() {
    const asked = useListings();
    const only = asked.value?.length === 1 ? asked.value[0] : undefined;
    useEffect(() => {
        if (only) go({ at: "constellation", constellation: only.constellation }, "replace");
    }, [only?.constellation]);
    return (
        <Page heading={words.people.constellations}>
            <Listings asked={asked} />
        </Page>
    );
}

/** How each constellation stands, for the first screen of somebody who is in no room. */
export function Overview() {
    const asked = useListings();
    return (
        <section class="page" aria-labelledby="overview" data-testid="overview">
            <h2 class="today-heading" id="overview">
                {words.people.constellations}
            </h2>
            <Listings asked={asked} />
        </section>
    );
}

function useListings(): Asked<Listing[]> {
    const { desk } = useRoost();
    return useAsked({
        key: "constellations",
        ask: () => desk.constellations(),
        noSignal: words.people.noSignal,
    });
}

function Listings({ asked }: { asked: Asked<Listing[]> }) {
    return (
        <>
            <Unheard asked={asked} />
            {asked.value?.length === 0 && <p class="empty">{words.people.noConstellations}</p>}
            <ul class="people">
                {asked.value?.map((each) => (
                    <li key={each.constellation}>
                        <Row listing={each} />
                    </li>
                ))}
            </ul>
        </>
    );
}

function Row({ listing }: { listing: Listing }) {
    return (
        <Link
            class="person-link"
            testId="constellation-link"
            to={{ at: "constellation", constellation: listing.constellation }}
        >
            <span class="person-name">{constellationWords(listing.name)}</span>
            <span class="quiet person-next">{words.people.counts(listing.members)}</span>
        </Link>
    );
}
