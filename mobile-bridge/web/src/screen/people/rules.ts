// What the desk offers to whom: the port of who may manage whom (`server/src/people/by.rs`) and of
// what an act needs. It only spares people a refusal; the server decides. Pure.

import type { Agreement, Band, Capacity, Member, Progress } from "../../core/desk.ts";
import type { HomeCard, Role } from "../../generated/protocol.ts";
import { isName } from "../fields.tsx";

export type Act =
    /** A link for somebody who has none open. */
    | "invite"
    /** A link in place of the open one. */
    | "again"
    /** A link for somebody who is in. */
    | "another"
    | "table"
    | "revoke"
    | "move"
    | "suspend"
    | "lift"
    | "end"
    | "take_back";

/** Who looks: their role here, and who they are. */
export type Viewer = { role: Role; person: string };

/** Whether the viewer invites, moves and ends people of this role. */
export function manages(viewer: Role, role: Role): boolean {
    const looked_after_by = role === "liaison" || role === "admin" ? "admin" : "liaison";
    return viewer === looked_after_by;
}

/** Whether the viewer may sign out and suspend people of this role: an admin, only another. */
export function reaches(viewer: Role, role: Role): boolean {
    return role !== "admin" || viewer === "admin";
}

/** Whether an invitation can still be accepted. */
export function isOpen(invitation: Progress | undefined): boolean {
    return ["created", "sent", "opened", "verified"].includes(invitation?.state ?? "");
}

/**
 * What can be done with somebody now, in the order in which it is offered. `proposed`: somebody
 * has proposed already to lift the suspension.
 */
export function actsOn(
    member: Member,
    viewer: Viewer,
    homes: readonly HomeCard[],
    proposed: boolean,
): Act[] {
    const managed = manages(viewer.role, member.role);
    const here = managed ? actsOfManager(member, homes) : [];
    const lift: Act[] = proposed ? [] : ["lift"];
    const safety: Act[] = member.state === "suspended" ? lift : ["suspend"];
    const others = member.person !== viewer.person;
    const signedIn = ["active", "suspended", "invited"].includes(member.state);
    const may = others && signedIn && reaches(viewer.role, member.role) ? safety : [];
    const end: Act[] = managed && others && member.state !== "ended" ? ["end"] : [];
    return [...here, ...may, ...end];
}

function actsOfManager(member: Member, homes: readonly HomeCard[]): Act[] {
    const move: Act[] = homesFor(member.role, homes, member.home).length > 0 ? ["move"] : [];
    switch (member.state) {
        case "waiting":
            return ["invite", "table", ...move];
        case "invited":
            return ["again", "table", "revoke", ...move];
        case "active":
            return isOpen(member.invitation)
                ? ["again", "table", "revoke", ...move]
                : ["another", "table", ...move];
        case "suspended":
            return move;
        case "ended":
            // A liaison worker comes back by two people's proposal.
            return isOfHome(member.role) ? ["take_back"] : [];
    }
}

function isOfHome(role: Role): boolean {
    return role === "hub" || role === "satellite" || role === "young";
}

/** The homes that somebody of this role can live in, but for the one they live in. */
export function homesFor(role: Role, homes: readonly HomeCard[], but?: string): HomeCard[] {
    if (!isOfHome(role)) return [];
    const fits = (home: HomeCard) => role === "young" || home.hub === (role === "hub");
    return homes.filter((home) => fits(home) && home.home !== but);
}

/** Homes as they are listed: the hub first. */
export function inOrder(homes: readonly HomeCard[]): HomeCard[] {
    return [...homes].sort((a, b) => Number(b.hub) - Number(a.hub));
}

/** Whoever is not in yet, or whose invitation has ended without them. */
export function waits(member: Member): boolean {
    return member.state === "waiting" || member.state === "invited";
}

/** An agreement while it is being filled in. */
export type Draft = {
    band?: Band;
    agreed_by: string;
    capacity?: Capacity;
    delegated: boolean;
    /** As a date field holds it: 2026-11-22. */
    agreed_on: string;
};

/** What is wrong with an agreement, by its field. */
export type Wrong = Partial<Record<"band" | "agreed_by" | "capacity" | "agreed_on", Fault>>;
export type Fault = "missing" | "not_delegated" | "too_young";

const DAY_MS = 86_400_000;

/**
 * The agreement as it is recorded, or what is missing. For 11 and 12 a carer's word is not enough,
 * and it never is without delegated authority (behaviours, Decisions).
 */
export function agreementOf(draft: Draft, now_ms: number): Agreement | Wrong {
    const { band, capacity, delegated } = draft;
    const agreed_by = draft.agreed_by.trim();
    const agreed_at = Date.parse(`${draft.agreed_on}T00:00`);
    const carer = capacity === "carer";
    const wrong: Wrong = {
        ...(band ? {} : { band: "missing" }),
        ...(isName(agreed_by) ? {} : { agreed_by: "missing" }),
        ...(capacity ? {} : { capacity: "missing" }),
        ...(carer && !delegated ? { capacity: "not_delegated" } : {}),
        ...(carer && band === "11_12" ? { capacity: "too_young" } : {}),
        ...(agreed_at > now_ms - 150 * 365 * DAY_MS && agreed_at <= now_ms
            ? {}
            : { agreed_on: "missing" }),
    };
    if (!band || !capacity || Object.keys(wrong).length > 0) return wrong;
    return { band, agreed_by, capacity, delegated: carer && delegated, agreed_at };
}

export function isAgreement(of: Agreement | Wrong): of is Agreement {
    return "agreed_at" in of;
}

/** Today as a date field holds it. */
export function dateField(now_ms: number): string {
    const day = new Date(now_ms);
    const pad = (n: number) => `${n}`.padStart(2, "0");
    return `${day.getFullYear()}-${pad(day.getMonth() + 1)}-${pad(day.getDate())}`;
}
