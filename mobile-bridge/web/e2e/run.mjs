// How a browser script runs, from an empty folder to its exit code: a house, the phones that come
// to it, and what held.

import { House, openFirefox, phone, phoneIn } from "./house.mjs";
import { Tunnel } from "./tunnel.mjs";

export class Run {
    tally = new Tally();
    #phones = [];
    #tunnels = [];
    #firefox;
    #name;
    #expected;

    /**
     * `settings` go over those of the house; `expected` is what a script makes browsers complain of
     * on purpose.
     */
    constructor(name, { settings, expected } = {}) {
        this.#name = name;
        this.#expected = expected;
        this.house = new House(settings);
    }

    /** Somebody with a phone, until the end. */
    async phone(name, options) {
        return this.#keep(await phone(this.house, name, options));
    }

    /** The same with Firefox on it. */
    async fox(name) {
        this.#firefox ??= await openFirefox();
        return this.#keep(await phoneIn(this.#firefox, name));
    }

    #keep(made) {
        this.#phones.push(made);
        return made;
    }

    /** A way to the house that can be cut. */
    async tunnel() {
        const made = new Tunnel(this.house.base);
        this.#tunnels.push(made);
        await made.open();
        return made;
    }

    /** Whatever happens, everything is closed, and the exit code says whether all held. */
    async main(act) {
        try {
            await act();
            for (const who of this.#phones) this.#complaintsOf(who);
        } catch (problem) {
            console.error(problem);
            this.tally.failed ||= 1;
        } finally {
            await Promise.allSettled(this.#phones.map(({ context }) => context.close()));
            await this.#firefox?.close();
            for (const each of this.#tunnels) each.close();
            await this.house.close();
            this.tally.close(this.#name);
        }
    }

    #complaintsOf({ name, complaints }) {
        const ours = complaints.filter((text) => !this.#expected?.test(text));
        const what = `${name}'s browser had nothing to complain of`;
        this.tally.check(what, ours.length === 0, ours.join(" | "));
    }
}

/** Counts what held and what did not, and says so at the end in one line. */
class Tally {
    passed = 0;
    failed = 0;

    check(what, held, detail = "") {
        if (held) this.passed += 1;
        else this.failed += 1;
        console.log(`${held ? "ok  " : "FAIL"} ${what}${held ? "" : ` ${detail}`}`);
    }

    async step(what, act) {
        try {
            await act();
            this.check(what, true);
        } catch (problem) {
            this.check(what, false, String(problem).slice(0, 400));
            throw problem;
        }
    }

    close(name) {
        console.log(`${name}: ${this.passed} passed, ${this.failed} failed`);
        process.exitCode = this.failed > 0 ? 1 : 0;
    }
}
