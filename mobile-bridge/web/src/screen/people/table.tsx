// At the kitchen table, on the liaison worker's screen: the code to scan, then three numbers, one
// of which the phone shows.

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { serverNow } from "../../core/clock.ts";
import type { Invited, Of, Scan, Table as Standing } from "../../core/desk.ts";
import { go } from "../../route.ts";
import { useRoost } from "../../roost.ts";
import { words } from "../../words/later.ts";
import { span } from "../../words/say.ts";
import { useAsked, useDoing } from "../ask.ts";
import { Problem } from "../fields.tsx";
import { Page } from "../page.tsx";
import { useNow } from "../parts.tsx";
import { addressOf, keepMade, madeFor } from "./made.ts";
import { QrCode } from "./qr.tsx";
import { isOpen } from "./rules.ts";
import { useWhole } from "./whole.ts";

/** How often it is asked whether somebody has scanned. */
const ASK_MS = 2_000;

export function Table({ constellation, person }: Of) {
    const { desk } = useRoost();
    const of = { constellation, person };
    const { value } = useWhole(constellation);
    const member = value?.members.find((each) => each.person === person);
    const [opened, setOpened] = useState<Invited>();
    const { busy, problem, run } = useDoing(words.desk.noSignal);
    const show = () =>
        run(
            () => desk.openTable(of),
            (made) => {
                keepMade(made);
                setOpened(made);
            },
        );
    // Whoever left this screen and comes back finds the same code.
    const { invitation } = member ?? {};
    const earlier = isOpen(invitation) && invitation?.way === "table";
    const open = opened ?? (earlier ? madeFor(person, invitation?.enrolment) : undefined);
    const name = member?.name ?? words.room.someone;
    const back = { to: { at: "person", ...of } as const, label: words.people.back };
    const button = busy ? words.table.showing : open ? words.table.again : words.table.show;
    return (
        <Page heading={words.table.heading(name)} back={back}>
            {!open && (
                <p class="note">
                    {words.table.intro(name)}
                    {member?.state === "invited" && ` ${words.table.ends}`}
                </p>
            )}
            <Problem words={problem} />
            {open ? (
                <Shown
                    key={open.enrolment}
                    {...{ of, name, open }}
                    again={<Show press={show} busy={busy} label={button} />}
                />
            ) : (
                <Show press={show} busy={busy} label={button} />
            )}
        </Page>
    );
}

function Show({ press, busy, label }: { press: () => void; busy: boolean; label: string }) {
    return (
        <button
            type="button"
            class="button-main button-large"
            data-testid="table-show"
            aria-disabled={busy}
            onClick={press}
        >
            {label}
        </button>
    );
}

type ShownProps = { of: Of; name: string; open: Invited; again: JSX.Element };

/** A table that is open, until it is over. */
function Shown({ of, name, open, again }: ShownProps) {
    const { desk } = useRoost();
    const asked = useAsked({
        key: `table ${open.enrolment}`,
        ask: () => desk.table(of),
        noSignal: words.table.noSignal,
        every_ms: ASK_MS,
    });
    const [picked, setPicked] = useState<"right" | "wrong">();
    const { value, problem } = asked;
    const state = value?.invitation.state ?? "created";
    const scans = value?.claims ?? [];
    if (state === "accepted") return <Arrived name={name} of={of} />;
    if (state === "expired" || state === "revoked")
        return (
            <>
                <p class="lead" role="alert" data-testid="table-over">
                    {words.table.over[state]}
                </p>
                {again}
            </>
        );
    const said = picked ? words.table[picked](name) : waitingFor(state);
    return (
        <div class="table-open" data-once>
            {scans.length > 0 && <Pick {...{ of, scans, setPicked }} again={asked.again} />}
            {scans.length === 0 && !picked && <Code name={name} open={open} />}
            <p role="status" data-testid="table-said">
                {problem ?? (scans.length > 0 ? "" : said)}
            </p>
            {picked === "wrong" && scans.length === 0 && again}
        </div>
    );
}

function waitingFor(state: Standing["invitation"]["state"]): string {
    return state === "opened" ? words.table.opened : words.table.waiting;
}

function Code({ name, open }: { name: string; open: Invited }) {
    const left_ms = open.expires_at - useNow(true, serverNow);
    return (
        <>
            <p class="lead">{words.table.scan(name)}</p>
            <QrCode text={addressOf(open)} label={words.table.codeName(name)} />
            {left_ms > 0 && <p class="quiet">{words.table.left(span(left_ms))}</p>}
        </>
    );
}

type PickProps = {
    of: Of;
    scans: readonly Scan[];
    setPicked: (picked: "right" | "wrong") => void;
    again: () => Promise<void>;
};

/** The question which number the phone shows; of several phones, each has its own three. */
function Pick({ of, scans, setPicked, again }: PickProps) {
    const { desk } = useRoost();
    const { busy, problem, run } = useDoing(words.desk.noSignal);
    const heading = useRef<HTMLHeadingElement>(null);
    // The question has come by itself: whoever does not look at the screen is taken to it.
    useEffect(() => heading.current?.focus(), []);
    const pick = (scan: Scan, number: number) =>
        run(
            async () => {
                const answer = await desk.confirmScan(of, scan.claim, number);
                const wrong = "refused" in answer && answer.refused.code === "code_invalid";
                if (wrong) setPicked("wrong");
                if (wrong) await again();
                return answer;
            },
            () => {
                setPicked("right");
                void again();
            },
        );
    return (
        <section data-testid="pick">
            <h2 ref={heading} tabIndex={-1} class="lead">
                {words.table.ask}
            </h2>
            {scans.length > 1 && <p class="problem">{words.table.several}</p>}
            {scans.map((scan) => (
                <Numbers key={scan.claim} scan={scan} busy={busy} pick={pick} />
            ))}
            <p class="quiet">{busy ? words.table.picking : words.table.none}</p>
            <Problem words={problem} />
        </section>
    );
}

type NumbersProps = { scan: Scan; busy: boolean; pick: (scan: Scan, number: number) => void };

function Numbers({ scan, busy, pick }: NumbersProps) {
    const label = words.table.scanned(scan.device_name);
    return (
        <div role="group" aria-label={label} data-testid="scan">
            <p class="quiet">{label}</p>
            <div class="numbers">
                {scan.choices.map((number) => (
                    <button
                        key={number}
                        type="button"
                        class="button-choice number"
                        data-testid="pick-number"
                        aria-disabled={busy}
                        onClick={() => pick(scan, number)}
                    >
                        {number}
                    </button>
                ))}
            </div>
        </div>
    );
}

function Arrived({ name, of }: { name: string; of: Of }) {
    const heading = useRef<HTMLHeadingElement>(null);
    useEffect(() => heading.current?.focus(), []);
    return (
        <>
            <h2 ref={heading} tabIndex={-1} class="lead" data-testid="table-in">
                {words.table.in(name)}
            </h2>
            <button
                type="button"
                class="button-main button-large"
                data-testid="table-done"
                onClick={() => go({ at: "person", ...of }, "replace")}
            >
                {words.table.done}
            </button>
        </>
    );
}
