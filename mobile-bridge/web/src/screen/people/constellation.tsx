// One constellation as those who look after it see it: what waits for them, and who is who by
// home. Nothing of what anybody said.

import { useState } from "preact/hooks";
import { serverNow } from "../../core/clock.ts";
import type { Member, Whole } from "../../core/desk.ts";
import { words } from "../../words/later.ts";
import { constellationWords } from "../../words/say.ts";
import { Link, Page } from "../page.tsx";
import { AddHome } from "./home.tsx";
import { inOrder, manages, waits, type Viewer } from "./rules.ts";
import { Proposals, ProposeLiaison } from "./two.tsx";
import { Unheard } from "../unheard.tsx";
import { useViewer, useWhole } from "./whole.ts";

export function Constellation({ constellation }: { constellation: string }) {
    const asked = useWhole(constellation);
    const viewer = useViewer();
    const whole = asked.value;
    const several = whole?.several && {
        back: { to: { at: "people" } as const, label: words.people.backToAll },
    };
    return (
        <Page
            heading={whole ? constellationWords(whole.name) : words.people.heading}
            {...several}
        >
            <Unheard asked={asked} />
            {whole && <Desk {...{ constellation, whole, viewer }} again={asked.again} />}
        </Page>
    );
}

type DeskProps = {
    constellation: string;
    whole: Whole;
    viewer: Viewer;
    again: () => Promise<void>;
};

function Desk({ constellation, whole, viewer, again }: DeskProps) {
    const [open, setOpen] = useState<"home" | "liaison">();
    // Said once, until the next thing is done.
    const [said, setSaid] = useState("");
    const close = (what = "") => {
        setOpen(undefined);
        setSaid(what);
        if (what) void again();
    };
    const liaison = viewer.role === "liaison";
    // Everybody who is invited belongs to a home.
    const bare = whole.homes.length === 0;
    return (
        <>
            {viewer.role === "admin" && <p class="quiet note">{words.people.adminSees}</p>}
            <Agenda {...{ constellation, whole, viewer, again }} />
            {liaison && bare && <p class="next-step">{words.people.begin}</p>}
            <div class="desk-acts">
                {liaison && !bare && (
                    <Link class="button-main" testId="invite" to={{ at: "invite", constellation }}>
                        {words.people.invite}
                    </Link>
                )}
                {liaison && (
                    <Opener testId="add-home" main={bare} press={() => setOpen("home")}>
                        {words.people.addHome}
                    </Opener>
                )}
                {viewer.role === "admin" && (
                    <Opener testId="propose-liaison" press={() => setOpen("liaison")}>
                        {words.people.proposeLiaison}
                    </Opener>
                )}
            </div>
            <p role="status" class="note said-line" data-testid="desk-said">
                {said}
            </p>
            <Roll constellation={constellation} whole={whole} />
            {open === "home" && <AddHome constellation={constellation} close={close} />}
            {open === "liaison" && <ProposeLiaison constellation={constellation} close={close} />}
        </>
    );
}

type OpenerProps = { testId: string; main?: boolean; press: () => void; children: string };

function Opener({ testId, main, press, children }: OpenerProps) {
    return (
        <button
            type="button"
            class={main ? "button-main" : "button-choice"}
            data-testid={testId}
            onClick={press}
        >
            {children}
        </button>
    );
}

/** Proposals to agree to, and whoever is on the way in: each with what to do next. */
function Agenda({ constellation, whole, viewer, again }: DeskProps) {
    const mine = (member: Member) => manages(viewer.role, member.role);
    const waiting = whole.members.filter((member) => waits(member) && mine(member));
    if (waiting.length === 0 && whole.proposals.length === 0) return null;
    return (
        <section class="group agenda" data-testid="agenda">
            <h2 class="subheading">{words.people.agenda}</h2>
            <Proposals constellation={constellation} proposals={whole.proposals} again={again} />
            <ul class="people">
                {waiting.map((member) => (
                    <li key={member.person}>
                        <Link
                            class="person-link"
                            testId="waiting"
                            to={{ at: "person", constellation, person: member.person }}
                        >
                            <span class="person-name">{member.name}</span>
                            <Chip member={member} />
                            <span class="quiet person-next">
                                {words.people.next(member.invitation, member.name, serverNow())}
                            </span>
                        </Link>
                    </li>
                ))}
            </ul>
        </section>
    );
}

/** How somebody stands, in two or three words. */
export function Chip({ member }: { member: Member }) {
    const { state, invitation } = member;
    const onTheWay = waits(member) && invitation && invitation.state !== "accepted";
    return (
        <span class={`chip chip-${state}`} data-testid="standing">
            {onTheWay ? words.people.step(invitation) : words.people.standing[state]}
        </span>
    );
}

function Roll({ constellation, whole }: { constellation: string; whole: Whole }) {
    const here = whole.members.filter(({ state }) => state !== "ended");
    const gone = whole.members.filter(({ state }) => state === "ended");
    const row = (member: Member) => (
        <li key={member.person}>
            <Link
                class="person-link"
                testId="member"
                to={{ at: "person", constellation, person: member.person }}
            >
                <span class="person-name">{member.name}</span>
                <Chip member={member} />
                {member.home && <span class="quiet person-next">{words.role[member.role]}</span>}
            </Link>
        </li>
    );
    const group = (heading: string, members: readonly Member[], empty?: string) =>
        (members.length > 0 || empty) && (
            <section class="group" data-testid="group">
                <h2 class="subheading">{heading}</h2>
                {members.length === 0 && <p class="quiet group-empty">{empty}</p>}
                <ul class="people">{members.map(row)}</ul>
            </section>
        );
    return (
        <div class="cards">
            {inOrder(whole.homes).map((home) =>
                group(
                    words.people.homeOf(home.name, home.hub),
                    here.filter((member) => member.home === home.home),
                    words.people.homeEmpty,
                ),
            )}
            {group(
                words.people.liaisons,
                here.filter(({ role }) => role === "liaison"),
            )}
            {group(
                words.people.admins,
                here.filter(({ role }) => role === "admin"),
            )}
            {gone.length > 0 && (
                <details class="group" data-testid="gone">
                    <summary>{words.people.gone(gone.length)}</summary>
                    <ul class="people">{gone.map(row)}</ul>
                </details>
            )}
        </div>
    );
}
