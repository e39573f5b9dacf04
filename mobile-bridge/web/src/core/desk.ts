// The desk: what a liaison worker and an admin do with the people of a constellation, and what
// everybody does with their own phones and settings. Each call is one door of the server, whose
// manual is `/api/`; nothing is kept here, and the server decides.

import type { HomeCard, Role, Told } from "../generated/protocol.ts";
import type { Answer } from "./session.ts";

/** `waiting`: not signed in anywhere, and no invitation is open. */
export type Standing = "waiting" | "invited" | "active" | "suspended" | "ended";

/** Where an invitation stands; the last three are ends. */
export type Step = "created" | "sent" | "opened" | "verified" | "accepted" | "expired" | "revoked";

export type Progress = {
    enrolment: string;
    /** `hand`: the operator gave it from hand to hand. */
    way: "link" | "table" | "hand";
    state: Step;
    /** What opens a link that is sent, while it can be opened. */
    code?: string;
    /** How many codes were wrong; the fifth ends it. */
    wrong_codes: number;
    created_at: number;
    expires_at: number;
    sent_at?: number;
    opened_at?: number;
    verified_at?: number;
    accepted_at?: number;
    revoked_at?: number;
};

export type Member = {
    person: string;
    name: string;
    role: Role;
    home?: string;
    state: Standing;
    /** The newest one. */
    invitation?: Progress;
};

/** A constellation in a list, and how many of its people stand how. */
export type Listing = {
    constellation: string;
    name: string;
    members: Partial<Record<Standing, number>>;
};

/** What waits for a second person. */
export type Proposal = {
    proposal: string;
    what: "liaison" | "lift";
    person?: string;
    name: string;
    created_at: number;
    expires_at: number;
    /** Whether I proposed it, and so cannot confirm it. */
    mine: boolean;
};

/** Everything a desk shows of one constellation. */
export type Whole = {
    name: string;
    /** Whether I look after others, too. */
    several: boolean;
    homes: readonly HomeCard[];
    members: readonly Member[];
    proposals: readonly Proposal[];
};

/** A link, told once. */
export type Invited = { person: string; enrolment: string; token: string; expires_at: number };

export type Band = "13_17" | "11_12";
export type Capacity = "parental_responsibility" | "local_authority" | "carer";

/** What was agreed for a young person. */
export type Agreement = {
    band: Band;
    agreed_by: string;
    capacity: Capacity;
    delegated: boolean;
    agreed_at: number;
};

export type Invite = { name: string; role: Role; home: string; agreement?: Agreement };

/** A scan at the kitchen table to decide on: the phone shows one of the numbers. */
export type Scan = { claim: string; device_name: string; choices: number[]; created_at: number };
export type Table = { invitation: Progress; claims: Scan[] };

export type Device = {
    device: string;
    name: string;
    created_at: number;
    /** When it last asked for access; not told of a young person's. */
    seen_at?: number;
    this: boolean;
};

export type Code = { code: string; expires_at: number };

/** Minutes of the day, on the constellation's wall clock; it may run over midnight. */
export type Span = { from: number; to: number };

export type Quiet = Span & { on: boolean };

/** `until` is missing where it is until somebody turns it on again. */
export type Mute = { room: string; until?: number };

export type Length = "hour" | "eight_hours" | "week" | "always" | "off";

/** What a person has set for themselves, on all their phones. */
export type Settings = {
    quiet: Quiet;
    /** What it was to begin with; a young person's is never shorter. */
    usual: Quiet;
    /** A young person's school hours, Monday to Friday. */
    school?: Span;
    /** Whether others are told how far they have read, and they how far others have. */
    receipts: boolean;
    mutes: readonly Mute[];
};

/** A way to the server for whoever is signed in. */
export interface Doors {
    get<T>(path: string): Promise<Answer<T>>;
    post<T>(path: string, body: object): Promise<Answer<T>>;
    /** Why the last new access was refused, if it was. */
    over(): Told | undefined;
}

/** Somebody of a constellation. */
export type Of = { constellation: string; person: string };

export class Desk {
    #doors: Doors;

    constructor(doors: Doors) {
        this.#doors = doors;
    }

    /** Whether the sign-in of this phone is over because somebody holds a copy of it. */
    async wasCopied(): Promise<boolean> {
        const over = this.#doors.over();
        if (over) return over.code === "sign_in_copied";
        // Another tab was told.
        const answer = await this.#doors.get("/api/me");
        return "refused" in answer && answer.refused.code === "sign_in_copied";
    }

    async constellations(): Promise<Answer<Listing[]>> {
        const path = "/api/constellations";
        const answer = await this.#doors.get<{ constellations: Listing[] }>(path);
        return "value" in answer ? { value: answer.value.constellations } : answer;
    }

    /** All there is to show of one constellation: of one moment, or nothing. */
    async whole(constellation: string): Promise<Answer<Whole>> {
        const at = `/api/constellations/${constellation}`;
        const [listings, members, proposals] = await Promise.all([
            this.constellations(),
            this.#doors.get<Pick<Whole, "homes" | "members">>(`${at}/members`),
            this.#doors.get<Pick<Whole, "proposals">>(`${at}/proposals`),
        ]);
        if (!("value" in listings)) return listings;
        if (!("value" in members)) return members;
        if (!("value" in proposals)) return proposals;
        const listing = listings.value.find((each) => each.constellation === constellation);
        const [name, several] = [listing?.name ?? "", listings.value.length > 1];
        return { value: { name, several, ...members.value, ...proposals.value } };
    }

    addHome(constellation: string, name: string, hub: boolean): Promise<Answer<{ home: string }>> {
        return this.#doors.post(`/api/constellations/${constellation}/homes`, { name, hub });
    }

    invite(constellation: string, invite: Invite): Promise<Answer<Invited>> {
        return this.#doors.post(`/api/constellations/${constellation}/members`, invite);
    }

    /** A new link; the one before is dead. */
    inviteAgain(of: Of): Promise<Answer<Invited>> {
        return this.#act(of, "invite");
    }

    noteSent(of: Of): Promise<Answer<unknown>> {
        return this.#act(of, "sent");
    }

    revoke(of: Of): Promise<Answer<unknown>> {
        return this.#act(of, "revoke");
    }

    move(of: Of, home: string): Promise<Answer<unknown>> {
        return this.#act(of, "move", { home });
    }

    suspend(of: Of): Promise<Answer<unknown>> {
        return this.#act(of, "suspend");
    }

    /** Proposes to lift a suspension, or finds what somebody else has proposed already. */
    lift(of: Of): Promise<Answer<Proposal>> {
        return this.#act(of, "lift");
    }

    end(of: Of): Promise<Answer<unknown>> {
        return this.#act(of, "end");
    }

    takeBack(of: Of, home: string, agreement: Agreement | undefined): Promise<Answer<Invited>> {
        return this.#act(of, "return", { home, ...(agreement ? { agreement } : {}) });
    }

    /** Opens an enrolment at the kitchen table; an earlier link is dead. */
    openTable(of: Of): Promise<Answer<Invited>> {
        return this.#act(of, "table");
    }

    table(of: Of): Promise<Answer<Table>> {
        return this.#doors.get(`${member(of)}/table`);
    }

    confirmScan(of: Of, claim: string, number: number): Promise<Answer<unknown>> {
        return this.#act(of, "table/confirm", { claim, number });
    }

    /** Proposes a liaison worker: somebody new by name, or one of another constellation. */
    proposeLiaison(
        constellation: string,
        who: { name: string } | { person: string },
    ): Promise<Answer<Proposal>> {
        return this.#doors.post(`/api/constellations/${constellation}/proposals`, who);
    }

    /** The liaison workers of the other constellations who are not of this one. */
    async liaisonsElsewhere(constellation: string): Promise<Answer<Member[]>> {
        const listings = await this.constellations();
        if (!("value" in listings)) return listings;
        const asked = listings.value.map(async (listing) => ({
            here: listing.constellation === constellation,
            answer: await this.#doors.get<Pick<Whole, "members">>(
                `/api/constellations/${listing.constellation}/members`,
            ),
        }));
        const [here, elsewhere] = [new Set<string>(), new Map<string, Member>()];
        for (const one of await Promise.all(asked)) {
            if (!("value" in one.answer)) return one.answer;
            for (const member of one.answer.value.members) {
                if (member.role !== "liaison" || member.state === "ended") continue;
                if (one.here) here.add(member.person);
                else elsewhere.set(member.person, member);
            }
        }
        return { value: [...elsewhere.values()].filter(({ person }) => !here.has(person)) };
    }

    /** Agrees to what somebody else proposed; somebody new gets a link. */
    agree(
        constellation: string,
        proposal: string,
    ): Promise<Answer<{ person: string; invited?: Invited }>> {
        const path = `/api/constellations/${constellation}/proposals/${proposal}/confirm`;
        return this.#doors.post(path, {});
    }

    async devicesOf(of: Of): Promise<Answer<Device[]>> {
        return devices(await this.#doors.get(`${member(of)}/devices`));
    }

    endDeviceOf(of: Of, device: string): Promise<Answer<unknown>> {
        return this.#act(of, `devices/${device}/end`);
    }

    async devices(): Promise<Answer<Device[]>> {
        return devices(await this.#doors.get("/api/devices"));
    }

    endDevice(device: string): Promise<Answer<unknown>> {
        return this.#doors.post(`/api/devices/${device}/end`, {});
    }

    /** A code that carries this sign-in elsewhere; an earlier one is dead. */
    handOver(): Promise<Answer<Code>> {
        return this.#doors.post("/api/handover", {});
    }

    settings(): Promise<Answer<Settings>> {
        return this.#doors.get("/api/settings");
    }

    setQuiet(quiet: Quiet): Promise<Answer<Settings>> {
        return this.#doors.post("/api/settings/quiet", quiet);
    }

    setReceipts(on: boolean): Promise<Answer<Settings>> {
        return this.#doors.post("/api/settings/receipts", { on });
    }

    mute(room: string, length: Length): Promise<Answer<Settings>> {
        return this.#doors.post(`/api/rooms/${room}/mute`, { length });
    }

    #act<T>(of: Of, what: string, body: object = {}): Promise<Answer<T>> {
        return this.#doors.post(`${member(of)}/${what}`, body);
    }
}

function member({ constellation, person }: Of): string {
    return `/api/constellations/${constellation}/members/${person}`;
}

function devices(answer: Answer<{ devices: Device[] }>): Answer<Device[]> {
    return "value" in answer ? { value: answer.value.devices } : answer;
}
