// @vitest-environment happy-dom
// The way in, as whoever is invited meets it.

import { act } from "preact/test-utils";
import { afterEach, expect, test, vi } from "vitest";
import type { Invitation } from "../core/session.ts";
import { WORDS, type Role } from "../generated/protocol.ts";
import { added, awaitOffer, offer } from "../install.ts";
import { route } from "../route.ts";
import { words } from "../words.ts";
import { Stage, clipboard } from "./stage.ts";

afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
    offer.value = undefined;
    added.value = false;
});

/** A phone on which nobody is signed in, with a link open on it. */
class Guest extends Stage {
    constructor(role: Role = "satellite", asks: { confirm?: boolean; code?: boolean } = {}) {
        super(role);
        this.shown.phase.value = "unknown";
        route.value = { at: "join", token: "t" };
        const invitation: Invitation = {
            constellation: "Wren",
            name: "Ruth",
            role,
            liaisons: ["Priya"],
            expires_at: 0,
            ...asks,
        };
        this.acts.link.look = () => Promise.resolve({ value: invitation });
        this.acts.join = (token, name) => {
            this.done.push(["join", token, name]);
            return Promise.resolve({ value: undefined });
        };
    }

    get text(): string {
        return this.place.textContent ?? "";
    }
}

test("an invitation says who invites whom to what, and only the last step spends it", async () => {
    const ruth = await new Guest().draw();
    const text = () => ruth.place.textContent;
    expect(ruth.done).toEqual([["opened", "t"]]);
    expect(text()).toContain("Ruth, you are invited to Wren constellation as a satellite carer.");
    expect(ruth.find("invited-by")?.textContent).toContain("Priya");
    expect(text()).toContain("Step 1 of 4");
    await ruth.press("step-next");
    expect(ruth.find("shown-name")?.textContent).toBe("Ruth");
    await ruth.fill("phone-name", "Ruth's tablet");
    await ruth.press("step-next");
    expect(ruth.find("not-encrypted")?.textContent).toContain("a second person has to agree");
    expect(ruth.done).toEqual([["opened", "t"]]);
    await ruth.press("join-button");
    expect(ruth.done.at(-1)).toEqual(["join", "t", "Ruth's tablet"]);
    expect(text()).toContain("You are in, Ruth");
    await ruth.press("step-in");
    expect(route.value).toEqual({ at: "rooms" });
});

const IPHONE =
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 " +
    "(KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1";
const ANDROID = "Mozilla/5.0 (Linux; Android 15; Pixel 8) Chrome/130.0 Mobile Safari/537.36";

const FIREFOX = "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0";
const SAMSUNG = ANDROID.replace("Chrome/130.0", "SamsungBrowser/27.0 Chrome/125.0");
const IN_APP = "Mozilla/5.0 (Linux; Android 15; Pixel 8; wv) Chrome/130.0 Mobile Safari/537.36";
const IN_APP_IPHONE = IPHONE.replace(" Version/18.1", "").replace(" Safari/604.1", "");

const browse = (agent: string) =>
    vi.spyOn(navigator, "userAgent", "get").mockReturnValue(agent);

/** Somebody who has just spent their link, in this browser. */
async function cameIn(agent: string, offered: boolean, standalone = false): Promise<Guest> {
    browse(agent);
    const nothing = () => undefined;
    const media = {
        matches: standalone,
        addEventListener: nothing,
        removeEventListener: nothing,
    };
    vi.stubGlobal("matchMedia", () => media);
    const guest = new Guest();
    const prompt = async () => void guest.done.push(["prompt"]);
    offer.value = offered ? (Object.assign(new Event("offer"), { prompt }) as never) : undefined;
    await guest.draw();
    for (const id of ["step-next", "step-next", "join-button"]) await guest.press(id);
    return guest;
}

test("a link that was sent asks for its code first, and says what is wrong", async () => {
    const ruth = await new Guest("satellite", { code: true }).draw();
    const said: string[] = [];
    ruth.acts.link.verify = (_, code) => {
        said.push(code);
        const { code_invalid } = WORDS;
        const refused = { code: "code_invalid", words: code_invalid, class: "final" } as never;
        return Promise.resolve(code === "482913" ? { value: undefined } : { refused });
    };
    await ruth.press("step-next");
    expect(ruth.text).toContain("Step 2 of 5");
    expect(ruth.text).toContain("Priya tells you a code of six digits");
    const give = async (typed: string) => {
        await ruth.fill("link-code-typed", typed);
        await ruth.press("link-code-yes");
        return ruth.find("wrong")?.textContent;
    };
    expect(await give("48291")).toBe(words.join.codeMissing);
    expect(said, "what cannot be right costs no try").toEqual([]);
    expect(await give("482 914")).toBe(words.join.codeNot);
    await give("482 913");
    expect(said).toEqual(["482914", "482913"]);
    expect(ruth.find("shown-name")?.textContent).toBe("Ruth");
    await ruth.press("step-back");
    expect(ruth.find("code-right"), "who goes back has given it").not.toBeNull();
    await ruth.press("step-next");
    expect(ruth.find("shown-name")).not.toBeNull();
});

test("the last wrong code ends the link, and the page says so", async () => {
    const ruth = await new Guest("young", { code: true }).draw();
    const refused = { code: "enrolment_unusable", words: "no", class: "final" } as never;
    ruth.acts.link.verify = () => Promise.resolve({ refused });
    await ruth.press("step-next");
    await ruth.fill("link-code-typed", "000000");
    await ruth.press("link-code-yes");
    expect(ruth.text).toContain(WORDS.enrolment_unusable);
});

test("on an iPhone one is told how to keep Roost, and of the code; one tap goes on", async () => {
    const ruth = await cameIn(IPHONE, false);
    expect(ruth.text).toContain("Step 4 of 5");
    expect(ruth.find("install-steps")!.dataset["way"]).toBe("iphone");
    expect(ruth.find("install-carry")!.querySelector("a")!.getAttribute("href")).toBe("/#/move");
    await ruth.press("keep-skip");
    expect(ruth.text).toContain("Step 5 of 5");
    expect(ruth.text).toContain("You are in, Ruth");
});

test("on Android the browser's own offer is one tap, and leads on", async () => {
    const ruth = await cameIn(ANDROID, true);
    expect(ruth.find("install-carry"), "no code is needed there").toBeNull();
    await ruth.press("install-take");
    expect(ruth.done.at(-1)).toEqual(["prompt"]);
    expect(ruth.text).toContain("Step 5 of 5");
    expect(ruth.text).toContain("You are in, Ruth");
});

test("behind the browser's own question the screen waits for the answer", async () => {
    const ruth = await cameIn(ANDROID, true);
    let answer: () => void = () => undefined;
    Object.assign(offer.value!, { userChoice: new Promise<void>((done) => (answer = done)) });
    await ruth.press("install-take");
    await ruth.press("install-take");
    expect(ruth.done.filter(([what]) => what === "prompt"), "asked once").toHaveLength(1);
    expect(ruth.find("install-steps"), "nobody has to do it by hand").toBeNull();
    expect(ruth.text).toContain("Step 4 of 5");
    answer();
    await vi.waitFor(() => expect(ruth.text).toContain("You are in, Ruth"));
});

test.each([
    [FIREFOX, "android_firefox", "Add app to Home screen"],
    [SAMSUNG, "android_samsung", "Add page to"],
])("a browser of Android that offers nothing says how it is done: %s", async (agent, way, said) => {
    const ruth = await cameIn(agent, false);
    expect(ruth.find("install-steps")!.dataset["way"]).toBe(way);
    expect(ruth.text).toContain(said);
    expect(ruth.find("install-carry"), "no code is needed there").toBeNull();
    await ruth.press("keep-skip");
    expect(ruth.text).toContain("You are in, Ruth");
});

test.each([
    [IN_APP_IPHONE, "Safari"],
    [IN_APP, "Chrome"],
])("inside another app one is led out before anything is spent: %s", async (agent, browser) => {
    browse(agent);
    const copied = clipboard("clipboard");
    const ruth = await new Guest().draw();
    expect(ruth.find("in-app")!.textContent).toContain(`Open in ${browser}`);
    expect(ruth.find("in-app")!.textContent).toContain("It has not been used up.");
    expect(location.hash, "what the app hands on is the link").toBe("#t");
    await ruth.press("in-app-copy");
    expect(copied).toEqual([`${location.origin}/join#t`]);
    expect(ruth.text).toContain(`Now open ${browser}`);
    expect(ruth.done).toEqual([["opened", "t"]]);
    await ruth.press("step-next");
    expect(ruth.find("shown-name"), "going on is possible").not.toBeNull();
    expect(location.hash, "the token stays nowhere").toBe("");
});

test("where nothing can be copied the link can be copied by hand", async () => {
    browse(IN_APP);
    clipboard("nothing");
    const ruth = await new Guest().draw();
    await ruth.press("in-app-copy");
    const link = ruth.find("in-app-link") as HTMLTextAreaElement;
    expect(link.value).toBe(`${location.origin}/join#t`);
});

test("in a browser of its own nobody is sent elsewhere", async () => {
    for (const agent of [IPHONE, ANDROID, FIREFOX, SAMSUNG]) {
        browse(agent);
        expect((await new Guest().draw()).find("in-app"), agent).toBeNull();
        expect(location.hash).toBe("");
    }
});

test("who went on inside another app is told how to take the sign-in along", async () => {
    const ruth = await cameIn(IN_APP_IPHONE, false);
    expect(ruth.find("install-steps")!.dataset["way"]).toBe("in_app_iphone");
    expect(ruth.find("install-carry")!.textContent).toContain("does not see that you are signed");
    expect(ruth.find("install-carry")!.querySelector("a")!.getAttribute("href")).toBe("/#/move");
});

test("in a browser where nobody is signed in the guide says where the code is", async () => {
    browse(IPHONE);
    const ruth = new Guest();
    route.value = { at: "install" };
    ruth.shown.phase.value = "signed_out";
    await ruth.draw();
    const carry = ruth.find("install-carry")!;
    expect(carry.textContent).toContain(`“You”, then “${words.move.link}”`);
    expect(carry.querySelector("a")).toBeNull();
    browse(IN_APP);
    expect((await ruth.draw()).find("install-carry"), "there is no code to be had").toBeNull();
});

test("once it is added nobody is told how, but where it is, until it is taken away", async () => {
    awaitOffer();
    const ruth = await cameIn(ANDROID, true);
    await ruth.press("install-take");
    route.value = { at: "install" };
    await ruth.draw();
    expect(ruth.find("install-steps"), "the offer was taken, or not").not.toBeNull();
    await act(async () => void dispatchEvent(new Event("appinstalled")));
    expect(ruth.find("install-lead")!.textContent).toBe(words.install.kept.added);
    expect(ruth.find("install-steps")).toBeNull();
    route.value = { at: "rooms" };
    await ruth.draw();
    expect(ruth.find("install-link")).toBeNull();
    await act(async () => void dispatchEvent(new Event("beforeinstallprompt")));
    expect(ruth.find("install-link")).not.toBeNull();
});

test("who said yes to the browser is not told how while the app is being made", async () => {
    const ruth = await cameIn(ANDROID, true);
    const userChoice = Promise.resolve({ outcome: "accepted" });
    Object.assign(offer.value!, { userChoice });
    await ruth.press("install-take");
    route.value = { at: "install" };
    await ruth.draw();
    expect(ruth.find("install-lead")!.textContent).toBe(words.install.kept.added);
    expect(ruth.find("install-steps")).toBeNull();
});

test("who cannot keep it from here, or has kept it, is not asked", async () => {
    const computer = "Mozilla/5.0 (X11; Linux x86_64) Chrome/130.0 Safari/537.36";
    const table: [string, boolean, boolean][] = [
        [IPHONE, false, true],
        [ANDROID, true, true],
        [ANDROID, false, false],
        [computer, true, false],
    ];
    for (const [agent, offered, standalone] of table) {
        const ruth = await cameIn(agent, offered, standalone);
        expect(ruth.text, `${agent} ${offered}`).toContain("Step 4 of 4");
        expect(ruth.find("keep-skip")).toBeNull();
    }
});

test("an offer that comes when one is in already moves nothing", async () => {
    const ruth = await cameIn(ANDROID, false);
    await act(async () => void (offer.value = new Event("offer") as never));
    expect(ruth.text).toContain("You are in, Ruth");
});

test("a liaison worker is invited by the service, and not by herself", async () => {
    const priya = await new Guest("liaison").draw();
    const from = priya.find("invited-by")?.textContent;
    expect(from).toBe("The invitation comes from your fostering service.");
});

test("a phone without a name is asked for one, beside the field", async () => {
    const ruth = await new Guest().draw();
    await ruth.press("step-next");
    await ruth.fill("phone-name", " ");
    await ruth.press("step-next");
    expect(ruth.find("wrong")?.textContent).toBe(words.join.phoneWrong);
    expect(ruth.find("phone-name")?.getAttribute("aria-invalid")).toBe("true");
});

test("who sees what is said for each role, and differently to a young person", async () => {
    const pages = new Map<Role, string>();
    for (const role of ["hub", "satellite", "liaison", "admin", "young"] as const) {
        const guest = await new Guest(role).draw();
        await guest.press("step-next");
        await guest.press("step-next");
        pages.set(role, guest.find("sees")!.textContent!);
        expect(guest.find("not-encrypted")).not.toBeNull();
    }
    expect(new Set(pages.values()).size).toBe(5);
    expect(pages.get("young")).toContain("Carers cannot get in");
    expect(pages.get("satellite")).toContain("Not Priya, and no other home.");
    expect(pages.get("admin")).toContain("You read none of it.");
});

test("whatever is wrong with a link, the page says the same", async () => {
    const heard = new Set<string>();
    const refusals = ["Ask again.", "It was taken back.", "Used yesterday."];
    for (const said of refusals) {
        const guest = new Guest();
        const refused = { code: "x", class: "final", words: said, after_ms: 0 } as const;
        guest.acts.link.look = () => Promise.resolve({ refused });
        heard.add((await guest.draw()).place.textContent!);
    }
    const cut = new Guest();
    route.value = { at: "join", token: "" };
    heard.add((await cut.draw()).place.textContent!);
    expect([...heard]).toEqual([`Roost${words.join.unusable}${WORDS.enrolment_unusable}`]);
});

test("a link that ends under way ends on the same page", async () => {
    const guest = new Guest();
    const refused = { code: "x", class: "final", words: "Used.", after_ms: 0 } as const;
    guest.acts.join = () => Promise.resolve({ refused });
    await guest.draw();
    await guest.press("step-next");
    await guest.press("step-next");
    await guest.press("join-button");
    expect(guest.find("link-unusable")?.textContent).toBe(WORDS.enrolment_unusable);
});

test("too many tries are no verdict on a link", async () => {
    const guest = new Guest();
    const refused = { code: "x", class: "later", words: "Wait a minute.", after_ms: 1 } as const;
    guest.acts.link.look = () => Promise.resolve({ refused });
    await guest.draw();
    expect(guest.find("link-unusable")).toBeNull();
    expect(guest.text).toContain("Wait a minute.");
});

test("a phone that somebody is signed in on does not even open another's link", async () => {
    const sam = new Guest();
    sam.shown.phase.value = "signed_in";
    await sam.draw();
    expect(sam.find("link-unusable")).not.toBeNull();
    expect(sam.find("signed-in-as")?.textContent).toContain("as Sam");
    expect(sam.done).toEqual([]);
});

test("at the kitchen table the phone shows a number, and goes on when it is picked", async () => {
    vi.useFakeTimers();
    const ruth = new Guest("satellite", { confirm: true });
    let state: "waiting" | "refused" | "confirmed" = "waiting";
    let number = 41;
    ruth.acts.link.claim = () =>
        Promise.resolve({ value: { claim: `c${number}`, number: number++, expires_at: 0 } });
    ruth.acts.link.outcome = () => Promise.resolve({ value: { state } });
    await ruth.draw();
    const later = () => act(async () => void (await vi.advanceTimersByTimeAsync(2_000)));
    await ruth.press("step-next");
    expect(ruth.find("number")?.textContent).toContain("41");
    await later();
    expect(ruth.find("number")).not.toBeNull();
    state = "refused";
    await later();
    expect(ruth.find("problem")?.textContent).toBe(words.join.numberRefused);
    state = "waiting";
    await ruth.press("number-again");
    expect(ruth.find("number")?.textContent).toContain("42");
    state = "confirmed";
    await later();
    expect(ruth.find("shown-name")?.textContent).toBe("Ruth");
});

test("a number says when it cannot be asked about, and a dead code ends on one page", async () => {
    vi.useFakeTimers();
    const ruth = new Guest("satellite", { confirm: true });
    const claimed = { claim: "c", number: 41, expires_at: 0 };
    ruth.acts.link.claim = () => Promise.resolve({ value: claimed });
    await ruth.draw();
    await ruth.press("step-next");
    await act(async () => void (await vi.advanceTimersByTimeAsync(2_000)));
    expect(ruth.find("number-waiting")?.textContent).toBe(words.join.numberNoSignal);
    const refused = { code: "x", class: "final", words: "Dead.", after_ms: 0 } as const;
    ruth.acts.link.outcome = () => Promise.resolve({ refused });
    await act(async () => void (await vi.advanceTimersByTimeAsync(2_000)));
    expect(ruth.find("link-unusable")).not.toBeNull();
});
