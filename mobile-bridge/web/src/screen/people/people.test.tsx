// @vitest-environment happy-dom
// Who is who, and the desk of whoever looks after people.

import { afterEach, expect, test } from "vitest";
import type { Member, Proposal, Whole } from "../../core/desk.ts";
import type { HomeCard, Role } from "../../generated/protocol.ts";
import { route } from "../../route.ts";
import { words } from "../../words/later.ts";
import { forgetHeard } from "../ask.ts";
import { HUB, JO, OURS, PRIYA, ROOM, SAM, Stage } from "../stage.ts";
import { forgetMade } from "./made.ts";

const WREN = "0190a6c0-0000-7000-8000-0000000000c1";
const RUTH = "0190a6c0-0000-7000-8000-000000000009";
const AT = `/api/constellations/${WREN}`;
const OF_RUTH = `${AT}/members/${RUTH}`;

const HOMES: HomeCard[] = [
    { home: OURS, name: "The Okafors", hub: false },
    { home: HUB, name: "Jo's house", hub: true },
    { home: ROOM, name: "Mill Cottage", hub: false },
];
const MADE = { person: RUTH, enrolment: "e1", token: "secret", expires_at: Date.now() + 9e8 };

const ruth = (more: Partial<Member> = {}): Member => ({
    person: RUTH,
    name: "Ruth",
    role: "satellite",
    home: OURS,
    state: "waiting",
    ...more,
});

const invited = (state: "created" | "sent" | "expired", enrolment = "e1"): Partial<Member> => ({
    state: state === "expired" ? "waiting" : "invited",
    invitation: {
        enrolment,
        way: "link",
        state,
        wrong_codes: 0,
        created_at: Date.now(),
        expires_at: Date.now() + 9e8,
    },
});

/** The desk of somebody who looks after Wren. Sam is whatever a test needs. */
class Desk extends Stage {
    constructor(role: Role, members: Member[], proposals: Proposal[] = []) {
        super(role);
        this.hears({ homes: HOMES, members }, proposals);
        route.value = { at: "constellation", constellation: WREN };
    }

    hears(roll: Pick<Whole, "homes" | "members">, proposals: Proposal[] = []): void {
        const listing = { constellation: WREN, name: "Wren", members: {} };
        this.answers["GET /api/constellations"] = { value: { constellations: [listing] } };
        this.answers[`GET ${AT}/members`] = { value: roll };
        this.answers[`GET ${AT}/proposals`] = { value: { proposals } };
        this.answers[`GET ${OF_RUTH}/devices`] = { value: { devices: [] } };
    }

    atRuth(): this {
        route.value = { at: "person", constellation: WREN, person: RUTH };
        return this;
    }

    labels(id: string): string[] {
        return this.all(id).map((each) => each.textContent ?? "");
    }
}

afterEach(() => {
    forgetHeard();
    forgetMade();
});

test("carers see who is who by home, without whoever has left", async () => {
    const sam = new Stage("satellite");
    route.value = { at: "people" };
    const gone = { person: RUTH, name: "Ruth", role: "satellite", home: OURS, left: true } as const;
    sam.shown.people.value = new Map([...sam.shown.people.value, [RUTH, gone]]);
    await sam.draw();
    const groups = sam.all("who-group").map((each) => each.textContent);
    const ours = "The OkaforsSamyouRuth";
    expect(groups).toEqual(["Liaison workerPriya", "Jo's house, the hubJo", ours]);
});

test("a young person sees whom `welcome` tells them of, and no room before its time", async () => {
    const kit = new Stage("young", { kind: "peers" });
    kit.shown.people.value = new Map(
        [...kit.shown.people.value].filter(([id]) => id === SAM || id === PRIYA),
    );
    route.value = { at: "people" };
    await kit.draw();
    const groups = kit.all("who-group").map((each) => each.textContent);
    expect(groups).toEqual(["Liaison workerPriya", "In your roomSamyou"]);
    kit.shown.rooms.value = [];
    await kit.draw();
    expect(kit.place.textContent).toContain(words.rooms.youngNone);
    expect(kit.place.textContent).not.toContain("In your room");
});

test("whoever looks after one constellation goes straight to it", async () => {
    const priya = new Desk("liaison", []);
    route.value = { at: "people" };
    await priya.draw();
    expect(route.value).toEqual({ at: "constellation", constellation: WREN });
});

test("without signal the list says so in words, and is asked for again", async () => {
    const priya = new Desk("liaison", [ruth()]);
    const members = priya.answers[`GET ${AT}/members`]!;
    delete priya.answers[`GET ${AT}/members`];
    await priya.draw();
    expect(priya.find("unheard")?.textContent).toContain("This list needs signal.");
    priya.answers[`GET ${AT}/members`] = members;
    await priya.draw();
    expect(priya.find("unheard")).toBeNull();
    delete priya.answers[`GET ${AT}/members`];
    await priya.draw();
    expect(priya.find("unheard")?.textContent).toContain(words.people.stale);
    expect(priya.labels("member")[0]).toContain("Ruth");
});

test("whoever is on the way in stands on top, with what to do next", async () => {
    const priya = new Desk("liaison", [
        ruth(invited("sent")),
        ruth({ person: JO, name: "Jo", role: "hub", home: HUB, state: "active" }),
    ]);
    await priya.draw();
    expect(priya.labels("waiting")).toEqual(["RuthLink sentGive Ruth a day."]);
    expect(priya.all("group").map((each) => each.querySelector("h2")?.textContent)).toEqual([
        "Jo's house, the hub",
        "The Okafors",
        "Mill Cottage",
    ]);
});

test("an admin is offered no invitation, and waits for no carer", async () => {
    const ana = await new Desk("admin", [ruth(invited("sent"))]).draw();
    expect(ana.find("invite")).toBeNull();
    expect(ana.find("agenda")).toBeNull();
    expect(ana.find("propose-liaison")).not.toBeNull();
});

test("an invitation makes the role from the home, and shows its link once", async () => {
    const priya = new Desk("liaison", []);
    priya.answers[`POST ${AT}/members`] = { value: MADE };
    route.value = { at: "invite", constellation: WREN };
    await priya.draw();
    await priya.press("invite-yes");
    expect(priya.labels("wrong")).toEqual([words.invite.nameWrong, words.invite.homeWrong]);
    expect(document.activeElement).toBe(priya.find("invite-name"));
    expect(priya.posted).toEqual([]);
    await priya.fill("invite-name", " Ruth ");
    await priya.choose("home-select", HUB);
    priya.hears({ homes: HOMES, members: [ruth(invited("created"))] });
    await priya.press("invite-yes");
    expect(priya.posted).toEqual([[`${AT}/members`, { name: "Ruth", role: "hub", home: HUB }]]);
    expect(route.value).toEqual({ at: "person", constellation: WREN, person: RUTH });
    const text = priya.find("link-text") as HTMLTextAreaElement;
    expect(text.value).toContain("/join#secret");
    expect(priya.place.textContent).toContain("then press “I have sent it”");
});

test("a young person is not invited before the agreement is whole", async () => {
    const priya = new Desk("liaison", []);
    route.value = { at: "invite", constellation: WREN };
    await priya.draw();
    await priya.fill("invite-name", "Kit");
    await priya.choose("home-select", OURS);
    await priya.press("who-young");
    await priya.press("capacity-carer");
    await priya.press("invite-yes");
    expect(priya.posted).toEqual([]);
    expect(priya.labels("wrong")).toEqual([
        words.invite.bandWrong,
        words.invite.agreedByWrong,
        words.invite.delegatedWrong,
    ]);
    await priya.press("band-13_17");
    await priya.fill("agreed-by", "Robin");
    await priya.press("delegated");
    await priya.press("invite-yes");
    expect(priya.posted).toMatchObject([
        [
            `${AT}/members`,
            {
                name: "Kit",
                role: "young",
                home: OURS,
                agreement: {
                    band: "13_17",
                    agreed_by: "Robin",
                    capacity: "carer",
                    delegated: true,
                },
            },
        ],
    ]);
    expect(priya.find("problem")?.textContent).toBe(words.invite.unsure);
});

test("a link that is lost is only made anew, and that is asked first", async () => {
    const priya = await new Desk("liaison", [ruth(invited("created"))]).atRuth().draw();
    expect(priya.find("made-link")).toBeNull();
    expect(priya.place.textContent).toContain("if it is lost, make a new one");
    await priya.press("act-again");
    expect(priya.find("sure-again")?.textContent).toContain("stops working at once");
    expect(priya.posted).toEqual([]);
    priya.answers[`POST ${OF_RUTH}/invite`] = { value: { ...MADE, enrolment: "e2" } };
    priya.hears({ homes: HOMES, members: [ruth(invited("created", "e2"))] });
    await priya.press("sure-again-yes");
    expect(priya.posted).toEqual([[`${OF_RUTH}/invite`, {}]]);
    expect(priya.find("made-link")).not.toBeNull();
    // A colleague has made a newer one: this one is dead, and not shown any more.
    priya.hears({ homes: HOMES, members: [ruth(invited("created", "e3"))] });
    await priya.draw();
    expect(priya.find("made-link")).toBeNull();
});

test("somebody who is in gets a link for another phone, and sees it", async () => {
    const priya = new Desk("liaison", [ruth({ state: "active" })]).atRuth();
    await priya.draw();
    priya.answers[`POST ${OF_RUTH}/invite`] = { value: MADE };
    const { invitation } = invited("created");
    priya.hears({
        homes: HOMES,
        members: [ruth({ state: "active", ...(invitation && { invitation }) })],
    });
    await priya.press("act-another");
    expect(priya.find("made-link")).not.toBeNull();
    expect(priya.find("act-revoke")).not.toBeNull();
});

test.each(["suspend", "end"] as const)("what %s does is said before it is done", async (act) => {
    const priya = new Desk("liaison", [ruth({ state: "active" })]).atRuth();
    await priya.draw();
    await priya.press(`act-${act}`);
    expect(priya.find(`sure-${act}`)?.textContent).toContain("within a second");
    await priya.press(`sure-${act}-no`);
    expect(priya.posted).toEqual([]);
    await priya.press(`act-${act}`);
    await priya.press(`sure-${act}-yes`);
    expect(priya.posted).toEqual([[`${OF_RUTH}/${act}`, {}]]);
    expect(priya.find("problem")?.textContent).toBe("");
    const asked = priya.find(`sure-${act}`)?.querySelector('[data-testid="problem"]');
    expect(asked?.textContent).toBe(words.desk.noSignal);
});

test("one's own proposal is not one's own to agree to", async () => {
    const lift = {
        proposal: "p1",
        what: "lift",
        person: RUTH,
        name: "Ruth",
        created_at: 0,
        expires_at: 0,
    } as const;
    const mine = { ...lift, mine: true };
    const suspended = ruth({ state: "suspended" });
    const priya = await new Desk("liaison", [suspended], [mine]).atRuth().draw();
    expect(priya.find("agree")).toBeNull();
    expect(priya.find("act-lift")).toBeNull();
    const lena = new Desk("liaison", [suspended], [{ ...lift, mine: false }]).atRuth();
    await lena.draw();
    lena.answers[`POST ${AT}/proposals/p1/confirm`] = { value: { person: RUTH } };
    await lena.press("agree");
    await lena.press("agree-sure-yes");
    expect(lena.posted).toEqual([[`${AT}/proposals/p1/confirm`, {}]]);
});

test("one admin proposes a liaison worker, and another who agrees gets the link", async () => {
    const ana = await new Desk("admin", []).draw();
    await ana.press("propose-liaison");
    await ana.press("propose-yes");
    expect(ana.labels("wrong")).toEqual([words.invite.nameWrong]);
    await ana.fill("propose-name", "Ruth");
    const proposal = {
        proposal: "p1",
        what: "liaison",
        name: "Ruth",
        created_at: 0,
        expires_at: 0,
    } as const;
    ana.answers[`POST ${AT}/proposals`] = { value: { ...proposal, mine: true } };
    ana.hears({ homes: HOMES, members: [] }, [{ ...proposal, mine: true }]);
    await ana.press("propose-yes");
    expect(ana.posted).toEqual([[`${AT}/proposals`, { name: "Ruth" }]]);
    expect(ana.find("desk-said")?.textContent).toBe(words.two.proposed);
    expect(ana.find("agree")).toBeNull();

    const omar = new Desk("admin", [], [{ ...proposal, mine: false }]);
    omar.answers[`POST ${AT}/proposals/p1/confirm`] = { value: { person: RUTH, invited: MADE } };
    await omar.draw();
    await omar.press("agree");
    expect(omar.find("agree-sure")?.textContent).toContain("becomes a liaison worker here");
    const { home: _, ...liaison } = ruth({ role: "liaison", ...invited("created") });
    omar.hears({ homes: HOMES, members: [liaison] });
    await omar.press("agree-sure-yes");
    expect(route.value).toEqual({ at: "person", constellation: WREN, person: RUTH });
    expect(omar.find("made-link")).not.toBeNull();
});

test("a liaison worker of another constellation can be proposed for this one, too", async () => {
    const other = WREN.replace(/1$/, "2");
    const lena = ruth({ name: "Lena", role: "liaison", state: "active" });
    const here = { ...lena, person: JO, name: "Priya" };
    const ana = new Desk("admin", [here]);
    const listings = [WREN, other].map((constellation) => ({
        constellation,
        name: "",
        members: {},
    }));
    ana.answers["GET /api/constellations"] = { value: { constellations: listings } };
    const roll = { homes: [], members: [lena, here, ruth({ person: SAM, state: "active" })] };
    ana.answers[`GET /api/constellations/${other}/members`] = { value: roll };
    await ana.draw();
    await ana.press("propose-liaison");
    await ana.press("propose-who-here");
    const offered = [...ana.find("propose-person")!.querySelectorAll("option")];
    expect(offered.map((each) => each.textContent)).toEqual([words.two.proposeChoose, "Lena"]);
    await ana.press("propose-yes");
    expect(ana.labels("wrong")).toEqual([words.two.proposeWrong]);
    await ana.choose("propose-person", RUTH);
    await ana.press("propose-yes");
    expect(ana.posted).toEqual([[`${AT}/proposals`, { person: RUTH }]]);
});

test("a constellation without homes is begun with them", async () => {
    const priya = new Desk("liaison", []);
    priya.hears({ homes: [], members: [] });
    await priya.draw();
    expect(priya.place.textContent).toContain(words.people.begin);
    expect(priya.find("invite")).toBeNull();
    await priya.press("add-home");
    await priya.fill("home-name", "Jo's house");
    await priya.press("home-hub");
    priya.answers[`POST ${AT}/homes`] = { value: { home: HUB } };
    priya.hears({ homes: HOMES, members: [] });
    await priya.press("home-yes");
    expect(priya.posted).toEqual([[`${AT}/homes`, { name: "Jo's house", hub: true }]]);
    expect(priya.find("desk-said")?.textContent).toBe(words.home.added("Jo's house"));
    expect(priya.find("invite")).not.toBeNull();
});
