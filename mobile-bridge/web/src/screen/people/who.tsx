// Who is who: whom `welcome` tells somebody of, by home. It works without signal. A young person
// sees the liaison worker and who else is in their room, and nobody's home.

import type { HomeCard, PersonCard } from "../../generated/protocol.ts";
import { useRoost } from "../../roost.ts";
import { words } from "../../words/later.ts";
import { Page } from "../page.tsx";
import { inOrder } from "./rules.ts";
import { useViewer } from "./whole.ts";

export function WhoIsWho() {
    const { shown } = useRoost();
    const { role } = useViewer();
    const here = [...shown.people.value.values()].filter(({ left }) => !left);
    const liaisons = here.filter((card) => card.role === "liaison");
    return (
        <Page heading={words.people.whoHeading}>
            <div class="cards">
                <Group heading={words.people.liaisons} people={liaisons} />
                {role === "young" ? (
                    <Peers people={here.filter((card) => card.role === "young")} />
                ) : (
                    <Homes homes={shown.homes.value} people={here} />
                )}
            </div>
        </Page>
    );
}

function Peers({ people }: { people: readonly PersonCard[] }) {
    const { shown } = useRoost();
    if (!shown.rooms.value.some(({ kind }) => kind === "peers"))
        return <p class="empty">{words.rooms.youngNone}</p>;
    return (
        <>
            <Group heading={words.people.youngOthers} people={people} />
            {people.length < 2 && <p class="empty">{words.people.youngAlone}</p>}
        </>
    );
}

function Homes(props: { homes: readonly HomeCard[]; people: readonly PersonCard[] }) {
    return (
        <>
            {inOrder(props.homes).map((home) => (
                <Group
                    key={home.home}
                    heading={words.people.homeOf(home.name, home.hub)}
                    people={props.people.filter((card) => card.home === home.home)}
                    empty={words.people.homeEmpty}
                />
            ))}
        </>
    );
}

type GroupProps = { heading: string; people: readonly PersonCard[]; empty?: string };

function Group({ heading, people, empty }: GroupProps) {
    const { person: me } = useViewer();
    if (people.length === 0 && empty === undefined) return null;
    return (
        <section class="group" data-testid="who-group">
            <h2 class="subheading">{heading}</h2>
            {people.length === 0 && <p class="quiet group-empty">{empty}</p>}
            <ul class="people">
                {people.map((card) => (
                    <li key={card.person} class="person" data-testid="who">
                        <span class="person-name">{card.name}</span>
                        {card.person === me && <span class="quiet">{words.people.you}</span>}
                    </li>
                ))}
            </ul>
        </section>
    );
}
