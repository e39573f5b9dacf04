// Somebody of a constellation: how they stand, where their invitation is, what can be done, and
// where they are signed in.

import { useState } from "preact/hooks";
import { serverNow } from "../../core/clock.ts";
import type { Device, Member, Of, Progress, Whole } from "../../core/desk.ts";
import { useRoost } from "../../roost.ts";
import { words } from "../../words/later.ts";
import { Page } from "../page.tsx";
import { Phones } from "../phones.tsx";
import { momentOf } from "../times.ts";
import { Acts } from "./acts.tsx";
import { Chip } from "./constellation.tsx";
import { LinkCode } from "./code.tsx";
import { MadeLink } from "./link.tsx";
import { madeFor } from "./made.ts";
import { isOpen, reaches, waits } from "./rules.ts";
import { Proposals } from "./two.tsx";
import { Unheard } from "../unheard.tsx";
import { useViewer, useWhole } from "./whole.ts";

export function Person({ constellation, person }: Of) {
    const asked = useWhole(constellation);
    const member = asked.value?.members.find((each) => each.person === person);
    const back = { to: { at: "constellation", constellation } as const, label: words.people.back };
    return (
        <Page heading={member?.name ?? words.people.heading} back={back}>
            <Unheard asked={asked} />
            {asked.value && !member && <p class="empty">{words.people.personGone}</p>}
            {asked.value && member && (
                <About
                    key={person}
                    of={{ constellation, person }}
                    whole={asked.value}
                    member={member}
                    again={asked.again}
                />
            )}
        </Page>
    );
}

type Props = { of: Of; whole: Whole; member: Member; again: () => Promise<void> };

function About({ of, whole, member, again }: Props) {
    const { desk } = useRoost();
    const viewer = useViewer();
    const [said, setSaid] = useState("");
    const { invitation } = member;
    const home = whole.homes.find((each) => each.home === member.home);
    const made = madeFor(member.person, invitation?.enrolment);
    const open = isOpen(invitation);
    const proposals = whole.proposals.filter(({ person }) => person === member.person);
    const trace = invitation && <Trace invitation={invitation} />;
    const done = (what: string) => {
        setSaid(what);
        void again();
    };
    return (
        <>
            <div class="about">
                <p>
                    {words.role[member.role]}
                    {home && ` · ${words.people.homeOf(home.name, home.hub)}`}
                </p>
                <Chip member={member} />
            </div>
            <p role="status" class="said-line" data-testid="person-said">
                {said}
            </p>
            {open && made && invitation?.way === "link" && (
                <MadeLink
                    key={made.enrolment}
                    {...{ of, made, again }}
                    name={member.name}
                    constellation={whole.name}
                    state={invitation.state}
                />
            )}
            {invitation?.code !== undefined && <LinkCode name={member.name} {...{ invitation }} />}
            {(open || waits(member)) && (
                <p class="next-step">{nextOf(member, made !== undefined)}</p>
            )}
            {waits(member) && trace}
            <Proposals constellation={of.constellation} {...{ proposals, again }} />
            {member.state === "active" && reaches(viewer.role, member.role) && (
                <Phones
                    heading={words.desk.phones(member.name)}
                    load={{ key: `phones ${member.person}`, ask: () => desk.devicesOf(of) }}
                    end={(device: Device) => desk.endDeviceOf(of, device.device)}
                    sure={words.desk.phoneSure}
                    changed={() => void again()}
                />
            )}
            <Acts
                {...{ of, member, viewer, done }}
                homes={whole.homes}
                proposed={proposals.length > 0}
            />
            {!waits(member) && trace}
        </>
    );
}

function nextOf({ invitation, name }: Member, made: boolean): string {
    // While the link is still in sight, it is there to be sent.
    const shown = made && invitation?.state === "created" && invitation.way === "link";
    return shown ? words.people.sendIt(name) : words.people.next(invitation, name, serverNow());
}

/** When what happened to an invitation, in order. */
function Trace({ invitation }: { invitation: Progress }) {
    const { created_at, sent_at, opened_at, verified_at } = invitation;
    const { accepted_at, revoked_at, expires_at } = invitation;
    const say = words.people.trace;
    const over = invitation.state === "accepted" || invitation.state === "revoked";
    const end: [string, number][] = over
        ? []
        : [[invitation.state === "expired" ? say.expired : say.expires, expires_at]];
    const steps: [string, number | undefined][] = [
        [say.created, created_at],
        [say.sent, sent_at],
        [say.opened, opened_at],
        [say.verified, verified_at],
        [say.accepted, accepted_at],
        [say.revoked, accepted_at === undefined ? revoked_at : undefined],
        ...end,
    ];
    const now = serverNow();
    return (
        <section class="group" data-testid="trace">
            <h2 class="subheading">{words.people.invitation}</h2>
            <ol class="trace">
                {steps.map(([label, at]) =>
                    at === undefined ? null : (
                        <li key={label}>
                            <span>{label}</span>
                            <span class="quiet">{momentOf(at, now)}</span>
                        </li>
                    ),
                )}
            </ol>
        </section>
    );
}
