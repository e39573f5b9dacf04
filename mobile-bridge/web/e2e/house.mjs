// What the browser scripts share: a server of their own, and people with phones.

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium, firefox } from "playwright-core";

const BIN =
    process.env.ROOST_BIN ?? fileURLToPath(new URL("../../../target/debug/roost", import.meta.url));
const CHROMIUM = process.env.ROOST_CHROMIUM ?? "/usr/bin/chromium";
/** Debian's, with what Playwright lacks of it. */
const FIREFOX = fileURLToPath(new URL("fox.mjs", import.meta.url));
export const FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
];
const PATIENCE_MS = 30_000;
export const DAY_MS = 24 * 3_600_000;

export const PHONE = { width: 390, height: 844 };
export const LAPTOP = { width: 1280, height: 800 };

/** One machine is everybody here, and says more in a second than people do in a day. */
export const AMPLE = {
    ...Object.fromEntries(
        ["FRAMES", "REQUESTS", "SIGN_INS"].flatMap((what) => [
            [`ROOST_LIMITS__${what}_A_MINUTE`, "1000000"],
            [`ROOST_LIMITS__${what}_BURST`, "1000000"],
        ]),
    ),
    ROOST_LIMITS__GUESSES_IPV4_32: "1000000",
    ROOST_LIMITS__GUESSES_IPV4_24: "1000000",
    ROOST_LIMITS__GUESSES_OF_ALL: "1000000",
    ROOST_LIMITS__CONNECTIONS_AN_ADDRESS: "1000000",
    ROOST_LIMITS__CONNECTIONS: "1000000",
};

/** Tries until it gives something true; throws with `what` when that takes too long. */
export async function until(what, attempt, within_ms = PATIENCE_MS) {
    const end = Date.now() + within_ms;
    for (;;) {
        const result = await attempt().catch(() => undefined);
        if (result) return result;
        if (Date.now() > end) throw new Error(`waited ${within_ms} ms for: ${what}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
}

/** A port that nobody listens on at this moment. */
export async function freePort() {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address();
    server.close();
    await once(server, "close");
    return port;
}

/** One server on its own data, which can be killed and comes back on the same port. */
export class House {
    folder = mkdtempSync(join(tmpdir(), "roost-e2e-"));
    data = join(this.folder, "data");
    #settings;

    /** Settings go over those of the file: `{ ROOST_LIMITS__FRAMES_BURST: "100" }`. */
    constructor(settings = {}) {
        this.#settings = settings;
    }

    async open() {
        this.#spawn(["demo", "--data", this.data, "--port", "0"]);
        this.demo = await until("demo.json", async () =>
            JSON.parse(readFileSync(join(this.data, "demo.json"), "utf8")),
        );
        this.base = this.demo.base;
        await this.answers();
    }

    /** A house without furniture: what the operator sets up with `roost admin`, and no more. */
    async openBare() {
        this.roost("begin");
        const [service] = this.admin("add-service", "Riverbank Fostering");
        const [constellation] = this.admin("add-constellation", service, "Wren");
        const add = (role, name) => this.admin("add-person", constellation, role, name)[0];
        const people = { priya: add("liaison", "Priya"), ana: add("admin", "Ana") };
        const port = await freePort();
        this.#spawn(["serve", "--data", this.data, "--port", `${port}`]);
        this.base = `http://127.0.0.1:${port}`;
        await this.answers();
        return people;
    }

    /** The link of somebody, as the operator gives it from hand to hand. */
    enrol(person) {
        const [link] = this.admin("enrol", person, "--in-hand");
        return `${this.base}/join#${link.split("#")[1]}`;
    }

    /** What `roost admin` prints, line by line. */
    admin(...args) {
        return this.roost("admin", ...args);
    }

    /** What a command of the operator prints, line by line. */
    roost(...args) {
        const done = spawnSync(BIN, ["--data", this.data, ...args], { encoding: "utf8" });
        if (done.status !== 0) throw new Error(`roost ${args.join(" ")}: ${done.stderr}`);
        return done.stdout.trim().split("\n");
    }

    /** As a power cut does it: no goodbye. */
    async kill() {
        const gone = once(this.child, "exit");
        process.kill(this.child.pid, "SIGKILL");
        await gone;
    }

    async comeBack() {
        const { port } = new URL(this.base);
        this.#spawn(["serve", "--data", this.data, "--port", port]);
        await this.answers();
    }

    async answers() {
        await until("healthz", async () => (await fetch(`${this.base}/healthz`)).ok);
        this.policy = (await fetch(this.base)).headers.get("content-security-policy") ?? "";
    }

    persona(role, nth = 0) {
        const found = this.demo.personas.filter((each) => each.role === role)[nth];
        if (!found) throw new Error(`the demo has no ${role} number ${nth}`);
        return found;
    }

    async close() {
        if (this.child?.exitCode === null && this.child.signalCode === null) await this.kill();
        rmSync(this.folder, { recursive: true, force: true });
    }

    #spawn(args) {
        // Houses beside each other cannot share the port of the metrics.
        const quiet = { ROOST_METRICS__LISTEN: "", ROOST_TELEMETRY__FILTER: "warn" };
        const env = { ...process.env, ...quiet, ...this.#settings };
        this.child = spawn(BIN, args, { stdio: ["ignore", "ignore", "inherit"], env });
        this.child.on("error", (problem) => {
            console.error(`cannot start ${BIN}: ${problem.message}`);
            process.exit(1);
        });
    }
}

/** What every phone is like. */
const HANDSET = {
    viewport: PHONE,
    hasTouch: true,
    locale: "en-GB",
    timezoneId: "Europe/London",
};

/** A browser of somebody's own: its own profile, the size of a phone. */
export async function phone(house, name, options = {}) {
    const profile = join(house.folder, `profile-${name}`);
    const context = await chromium.launchPersistentContext(profile, {
        executablePath: CHROMIUM,
        headless: true,
        args: FLAGS,
        ...HANDSET,
        ...options,
    });
    return taken(name, context, context.pages()[0] ?? (await context.newPage()));
}

/** A Firefox in which several people have a phone each: containers keep them apart. */
export function openFirefox() {
    return firefox.launch({ channel: "moz-firefox", executablePath: FIREFOX, headless: true });
}

export async function phoneIn(browser, name) {
    const context = await browser.newContext(HANDSET);
    return taken(name, context, await context.newPage());
}

/** In somebody's hand; what its browser complains of is kept. */
function taken(name, context, page) {
    const complaints = [];
    listen(page, complaints);
    context.on("page", (more) => listen(more, complaints));
    return { name, context, page, complaints };
}

/** A server that is away makes the browser complain; anything else is ours. */
const EXPECTED = new RegExp(
    [
        "net::ERR_",
        "WebSocket connection to",
        "Firefox can’t establish a connection to the server at ws:",
        "The connection to ws:\\S+ was interrupted",
    ].join("|"),
);

function listen(page, complaints) {
    const complain = (text) => void (EXPECTED.test(text) || complaints.push(text));
    page.on("console", (message) => message.type() === "error" && complain(message.text()));
    // Firefox counts a socket that cannot be opened among the page's errors.
    page.on("pageerror", (problem) => complain(String(problem)));
}

export const byId = (page, id) => page.locator(`[data-testid="${id}"]`);

/** Goes on through the steps of an invitation, as far as the tap that spends it. */
export async function toTheTap(page, code) {
    const [onward, tap] = [byId(page, "step-next"), byId(page, "join-button")];
    if (code) await giveCode(page, code);
    await until("the last step before one is in", async () => {
        if (await tap.isVisible()) return true;
        await onward.click({ timeout: 1_000 });
        return false;
    });
}

/** What opens a link that was sent. */
export async function giveCode(page, code) {
    const [onward, typed] = [byId(page, "step-next"), byId(page, "link-code-typed")];
    await onward.or(typed).waitFor();
    if (await onward.isVisible()) await onward.click();
    await typed.fill(code);
    await byId(page, "link-code-yes").click();
    await byId(page, "shown-name").waitFor();
}

/** From any step of an invitation to the other side of the door. */
export async function walkIn(page, code) {
    await toTheTap(page, code);
    await byId(page, "join-button").click();
    await byId(page, "step-in").click();
}

export async function joinBy(who, link) {
    await who.page.goto(link);
    await walkIn(who.page);
    await byId(who.page, "room-link").first().waitFor();
}

/** The app is ended and opened again, as a phone does it. */
export async function reopen(who) {
    const { origin } = new URL(who.page.url());
    await who.page.close();
    who.page = await who.context.newPage();
    await who.page.goto(`${origin}/`);
}

/** Of this phone's clock, from the next page on. */
export function wrongBy(ms) {
    return (context) =>
        context.addInitScript((off) => {
            const true_now = Date.now.bind(Date);
            Date.now = () => true_now() + off;
        }, ms);
}

export async function connected(page) {
    await page.locator('[data-testid="connection"][data-state="connected"]').waitFor();
}

export async function enter(page, kind, nth = 0) {
    await page.locator(`[data-testid="room-link"][data-room-kind="${kind}"]`).nth(nth).click();
    await byId(page, "composer").waitFor();
}

export async function leave(page) {
    await byId(page, "back").click();
    await byId(page, "room-link").first().waitFor();
}

export async function say(page, text) {
    await byId(page, "composer").fill(text);
    await byId(page, "send").click();
}

/** Fills in a gathering of next week, as far as publishing it. */
export async function plan(page, title, place) {
    await byId(page, "plan-gathering").click();
    await byId(page, "plan-title").fill(title);
    const day = new Date(Date.now() + 6 * 24 * 3_600_000).toISOString().slice(0, 10);
    await byId(page, "plan-starts").fill(`${day}T16:00`);
    await byId(page, "plan-place").fill(place);
}

/** Opens what can be done with the entry of this text. */
export async function menuOf(page, text) {
    const entry = page.locator('[data-testid="entry"]').filter({ hasText: text }).first();
    await entry.locator(".bubble").click({ button: "right" });
    await byId(page, "menu").waitFor();
    return entry;
}

/** Waits until a text stands in the room as an entry (not as a draft). */
export async function hears(page, text, within_ms = PATIENCE_MS) {
    const entry = page.locator('[data-testid="entry"]').filter({ hasText: text });
    await entry.first().waitFor({ timeout: within_ms });
}

/** The room as it stands on this phone. */
export function room(page) {
    return byId(page, "entry").evaluateAll((items) =>
        items.map((item) => ({
            seq: Number(item.dataset.seq),
            id: item.dataset.entryId,
            // Quiet lines speak of "you" on one phone and of a name on the other.
            text: item.querySelector(".message-text")?.textContent ?? item.dataset.kind,
        })),
    );
}
