// What the desk offers to whom, and when an agreement is one: as tables.

import { expect, test } from "vitest";
import type { Member, Progress, Standing, Step } from "../../core/desk.ts";
import type { HomeCard, Role } from "../../generated/protocol.ts";
import { span } from "../../words/say.ts";
import { words } from "../../words/later.ts";
import { isCode } from "../you/code.tsx";
import {
    actsOn,
    agreementOf,
    dateField,
    homesFor,
    inOrder,
    reaches,
    type Act,
} from "./rules.ts";

const HUB: HomeCard = { home: "h", name: "Jo's house", hub: true };
const MILL: HomeCard = { home: "m", name: "Mill Cottage", hub: false };
const ROW: HomeCard = { home: "r", name: "Orchard Row", hub: false };
const HOMES = [MILL, HUB, ROW];

const progress = (state: Step, way: Progress["way"] = "link"): Progress => ({
    enrolment: "e",
    way,
    state,
    wrong_codes: 0,
    created_at: 0,
    expires_at: 1,
});

function member(role: Role, state: Standing, invitation?: Progress): Member {
    const home = role === "hub" ? "h" : "m";
    const homed = role === "liaison" || role === "admin" ? {} : { home };
    return { person: "p", name: "Ruth", role, state, ...homed, ...(invitation && { invitation }) };
}

test("what is offered follows who looks, and how somebody stands", () => {
    const open = progress("created");
    const table: [viewer: Role, of: Member, acts: Act[]][] = [
        ["liaison", member("satellite", "waiting"), ["invite", "table", "move", "end"]],
        [
            "liaison",
            member("satellite", "invited", open),
            ["again", "table", "revoke", "move", "suspend", "end"],
        ],
        [
            "liaison",
            member("satellite", "active", progress("accepted")),
            ["another", "table", "move", "suspend", "end"],
        ],
        // A link for a second phone is open: it can be taken back.
        [
            "liaison",
            member("satellite", "active", open),
            ["again", "table", "revoke", "move", "suspend", "end"],
        ],
        // There is one hub: nobody of it moves.
        ["liaison", member("hub", "active"), ["another", "table", "suspend", "end"]],
        ["liaison", member("young", "suspended"), ["move", "lift", "end"]],
        ["liaison", member("young", "ended"), ["take_back"]],
        // A colleague is not hers to invite or end, but hers to suspend; an admin is neither.
        ["liaison", member("liaison", "active"), ["suspend"]],
        ["liaison", member("admin", "active"), []],
        ["admin", member("liaison", "active"), ["another", "table", "suspend", "end"]],
        ["admin", member("liaison", "ended"), []],
        ["admin", member("satellite", "active"), ["suspend"]],
        ["admin", member("satellite", "suspended"), ["lift"]],
    ];
    for (const [role, of, acts] of table) {
        const viewer = { role, person: "me" };
        expect(actsOn(of, viewer, HOMES, false), `${role} of ${of.role} ${of.state}`).toEqual(acts);
    }
});

test("where an admin is signed in, only an admin sees and ends", () => {
    const roles: Role[] = ["admin", "liaison", "hub", "satellite", "young"];
    expect(roles.map((role) => reaches("admin", role))).toEqual([true, true, true, true, true]);
    expect(roles.map((role) => reaches("liaison", role))).toEqual([false, true, true, true, true]);
});

test("nobody suspends or ends themselves, and nobody proposes twice", () => {
    const self = { role: "liaison", person: "p" } as const;
    expect(actsOn(member("liaison", "active"), self, HOMES, false)).toEqual([]);
    const admin = { role: "admin", person: "p" } as const;
    expect(actsOn(member("admin", "active"), admin, HOMES, false)).toEqual(["another", "table"]);
    const priya = { role: "liaison", person: "me" } as const;
    expect(actsOn(member("satellite", "suspended"), priya, [HUB], true)).toEqual(["end"]);
});

test("homes fit a role, and the hub comes first", () => {
    expect(homesFor("satellite", HOMES, "m")).toEqual([ROW]);
    expect(homesFor("hub", HOMES)).toEqual([HUB]);
    expect(homesFor("young", HOMES, "h")).toEqual([MILL, ROW]);
    expect(homesFor("liaison", HOMES)).toEqual([]);
    expect(inOrder(HOMES)).toEqual([HUB, MILL, ROW]);
});

test("an agreement is one when who agreed may, as the server has it", () => {
    const now = new Date(2026, 10, 22, 12).getTime();
    const good = {
        band: "13_17",
        agreed_by: " Robin ",
        capacity: "local_authority",
        delegated: true,
        agreed_on: "2026-11-22",
    } as const;
    const agreed_at = new Date(2026, 10, 22).getTime();
    const recorded = { ...good, agreed_by: "Robin", delegated: false, agreed_at };
    const { agreed_on: _, ...expected } = recorded;
    expect(agreementOf(good, now)).toEqual(expected);
    const carer = { ...good, capacity: "carer" } as const;
    expect(agreementOf(carer, now)).toMatchObject({ capacity: "carer", delegated: true });
    const table: [draft: object, wrong: object][] = [
        [{ ...carer, delegated: false }, { capacity: "not_delegated" }],
        [{ ...carer, band: "11_12" }, { capacity: "too_young" }],
        [{ ...good, band: undefined }, { band: "missing" }],
        [{ ...good, agreed_by: "  " }, { agreed_by: "missing" }],
        [{ ...good, capacity: undefined }, { capacity: "missing" }],
        [{ ...good, agreed_on: "" }, { agreed_on: "missing" }],
        [{ ...good, agreed_on: "2026-11-23" }, { agreed_on: "missing" }],
    ];
    for (const [draft, wrong] of table)
        expect(agreementOf(draft as typeof good, now), JSON.stringify(draft)).toEqual(wrong);
    expect(dateField(now)).toBe("2026-11-22");
});

test("how long something is good is never said longer than it is", () => {
    const minute = 60_000;
    const table: [ms: number, words: string][] = [
        [59_999, "less than a minute"],
        [minute, "1 minute"],
        [15 * minute - 1, "14 minutes"],
        [120 * minute, "2 hours"],
        [48 * 60 * minute - 1, "47 hours"],
        [7 * 24 * 60 * minute, "7 days"],
    ];
    for (const [ms, expected] of table) expect(span(ms)).toBe(expected);
});

test("a code is read as people type it", () => {
    for (const typed of ["ABCDEFGHJK", "abcde fghjk", " AB-CD-EF-GH-JK "])
        expect(isCode(typed), typed).toBe(true);
    for (const typed of ["", "ABCDEFGH", "ABCDEFGHJKM"]) expect(isCode(typed), typed).toBe(false);
});

test("every step of an invitation says what it is and what to do next", () => {
    const steps = [
        "created",
        "sent",
        "opened",
        "verified",
        "accepted",
        "expired",
        "revoked",
    ] as const;
    for (const way of ["link", "table", "hand"] as const) {
        const said = steps.map((state) => words.people.step(progress(state, way)));
        expect(new Set(said).size).toBe(steps.length);
        for (const state of steps)
            expect(words.people.next(progress(state, way), "Ruth", 0)).toMatch(/\.$/);
    }
});

test("a link that was guessed at says so, and whom to ask", () => {
    const guessed = { ...progress("revoked"), wrong_codes: 5 };
    expect(words.people.next(guessed, "Ruth", 0)).toContain("wrong code was given five times");
    expect(words.people.next({ ...guessed, wrong_codes: 4 }, "Ruth", 0)).not.toContain("wrong");
});

test("after a day and after three, more is said than to wait", () => {
    const sent = { ...progress("sent"), sent_at: 0 };
    const [minute, hour] = [60_000, 3_600_000];
    const said = [23, 25, 73].map((hours) => words.people.next(sent, "Ruth", hours * hour));
    expect(new Set(said).size).toBe(3);
    expect(said[0]).toBe("Give Ruth a day.");
    const opened = { ...sent, state: "opened", opened_at: 25 * hour } as const;
    expect(words.people.next(opened, "Ruth", 25 * hour + minute)).toContain("just be reading");
    expect(words.people.next(opened, "Ruth", 50 * hour)).toContain("not gone on");
});
