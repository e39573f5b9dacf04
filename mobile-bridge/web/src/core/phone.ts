// The phone: puts session, store, driver and tabs together, and offers what a person can do
// (`Acts`). Whether this tab connects or follows another, the screens see no difference.

import type { Draft, Entry, Refusal } from "../generated/protocol.ts";
import type { Acts } from "../roost.ts";
import { serverNow } from "./clock.ts";
import { Driver } from "./driver.ts";
import type { Input, State, Write } from "./face.ts";
import { calendar, search, versions } from "./finds.ts";
import { newId } from "./ids.ts";
import { linkOver, type Link } from "./link.ts";
import { onWake, type Page } from "./page.ts";
import { inTime, isOver } from "./session.ts";
import type { Answer, Becomes, Session, SignIn } from "./session.ts";
import { leftOf, type Shown, type Unsent } from "./shown.ts";
import { SteadyStore } from "./steady.ts";
import type { Facts, Kept, Known, Left, Store, Typed } from "./store.ts";
import { entryAt, more, reach, type Side } from "./surroundings.ts";
import { Tabs, type Message } from "./tabs.ts";
import { Trim } from "./trim.ts";

/**
 * So long a page that opens waits to hear whether its sign-in still stands, before it shows what
 * was kept: a lost phone that was signed out from afar must not show it even once. Where no answer
 * comes in that time it is shown until one does: without signal the rooms are wanted most.
 */
const ASK_FIRST_MS = 2_500;

export class Phone implements Acts {
    #store: SteadyStore;
    #session: Session;
    #shown: Shown;
    #driver: Driver;
    #tabs: Tabs;
    #facts: Facts = {};
    #state: State = { t: "stopped" };
    /** From the sign-in just made, so that the first connection needs no refresh. */
    #fresh: Promise<Answer<SignIn>> | undefined;
    /** When this tab, if it holds the connection, had read what it goes on from. */
    #resumed: Promise<void> = Promise.resolve();
    #trim = new Trim();
    readonly link: Link;
    readonly page: Page;

    constructor(store: Store, session: Session, shown: Shown, page: Page) {
        this.#store = new SteadyStore(store, () => (shown.durable.value = false));
        this.page = page;
        this.#session = session;
        this.#shown = shown;
        this.link = linkOver(session, () => this.#device());
        shown.durable.value = store.durable;
        this.#driver = new Driver({
            now: Date.now,
            url: `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws`,
            dial: (url) => new WebSocket(url),
            token: () => this.#token(),
            keep: (writes, taken) => this.#store.apply(writes, taken),
            kept: (writes) => this.#kept(writes),
            state: (state) => this.#connected(state),
            typing: (room, people) => this.#writing({ t: "typing", room, people }),
            rejected: (input, code) => this.#rejected(input, code),
            outdated: () => void page.outdated(),
        });
        this.#tabs = new Tabs({
            hold: () => void this.#resume(),
            lose: () => this.#yield(),
            hear: (message) => this.#hear(message),
        });
    }

    /**
     * Reads what was kept and, if somebody is signed in here, connects. `asked` is the server's
     * answer to whether the sign-in stands, on its way; without it, nobody new is signed in yet.
     */
    async begin(asked: Promise<Answer<SignIn>> | undefined): Promise<void> {
        await this.#trim.carryOut(this.#store);
        const kept = await this.#store.read();
        this.#facts = kept.facts;
        if (!kept.facts.person) {
            if (asked) await this.#enter(asked);
            else this.#shown.phase.value = "unknown";
        } else if (await this.#isOver(asked ?? this.#session.refresh())) {
            await this.#wipe();
            this.#shown.phase.value = "ended";
        } else {
            this.#shown.load(kept);
            this.#shown.phase.value = "signed_in";
        }
        this.#tabs.begin(!this.#store.durable);
        onWake(() => this.#wake());
    }

    /** Whether the server says in time that this sign-in is over. Its answer serves to connect. */
    async #isOver(asked: Promise<Answer<SignIn>>): Promise<boolean> {
        this.#fresh = asked;
        if (!navigator.onLine) return false;
        const answer = await inTime(asked, ASK_FIRST_MS);
        if (!answer) return false;
        // A network that was in the way is asked again, by the engine and in its own time.
        if (!("value" in answer)) this.#fresh = undefined;
        return "refused" in answer && isOver(answer.refused);
    }

    open(): Promise<void> {
        return this.#enter(this.#session.refresh());
    }

    /** Storage may have been cleared while the cookie lives: ask before sending anybody away. */
    async #enter(asked: Promise<Answer<SignIn>>): Promise<void> {
        const answer = await asked;
        if ("value" in answer) return this.#signedIn(answer.value);
        if ("unreachable" in answer) this.#shown.phase.value = "unreachable";
        else if (isOver(answer.refused)) this.#shown.phase.value = "ended";
        else this.#shown.phase.value = "unknown";
    }

    async join(token: string, device_name: string): Promise<Answer<unknown>> {
        const answer = await this.#session.accept(token, await this.#device(), device_name);
        if ("value" in answer) await this.#signedIn(answer.value);
        return answer;
    }

    async redeem(code: string, device_name: string, as: Becomes): Promise<Answer<unknown>> {
        const by = { device: await this.#device(), device_name, as };
        const answer = await this.#session.redeem(code, by);
        if ("value" in answer) await this.#signedIn(answer.value);
        return answer;
    }

    /** The id of this phone. Kept before it is sent: after a lost answer it must be the same. */
    async #device(): Promise<string> {
        const device = this.#facts.device ?? newId(Date.now());
        if (!this.#facts.device) await this.#putFacts({ ...this.#facts, device });
        return device;
    }

    async signOut(): Promise<Answer<true>> {
        const answer = await this.#session.end(serverNow());
        if ("value" in answer) {
            this.#driver.halt();
            await this.#wipe();
            this.#tabs.post({ t: "signed_out" });
            this.#shown.phase.value = "signed_out";
        }
        return answer;
    }

    send(room: string, kind: string, body: unknown, target?: string): void {
        const made_at = Date.now();
        const draft: Draft = { id: newId(made_at), kind, ...(target ? { target } : {}), body };
        this.#send({ room, draft, made_at });
    }

    #send(left: Left): void {
        if (this.#driver.running) {
            this.#takeUp([left]);
            return;
        }
        // Another tab has the connection. The words go to disk first, then it hears of them.
        void this.#store.leave(left).then(() => {
            this.#shown.left(left);
            this.#tabs.post({ t: "left", left });
            this.#tabs.probe();
        });
    }

    /** Keeps what is being written, so that a page that ends does not take it along. */
    keepTyped(room: string, typed: Typed | undefined): void {
        void this.#store.putTyped(room, typed);
        this.#tabs.post({ t: "typed", room, typed });
    }

    keepSettings(settings: Known): void {
        this.#shown.settings.value = settings;
        void this.#store.putSettings(settings);
    }

    /** When everything that was said and written here is on disk. */
    async settled(): Promise<void> {
        await this.#driver.settled();
        await this.#store.settled();
    }

    retry(id: string): void {
        const draft = this.#shown.unsent.value.find((draft) => draft.id === id);
        // Of one that was not taken in the engine knows nothing: it comes once more, as it is.
        if (draft?.beside) this.#send({ ...leftOf(draft), made_at: Date.now() });
        else this.#input({ t: "retry", id });
    }

    remove(id: string): void {
        // A draft that was not taken in lies beside the outbox: nobody else would drop that.
        void this.#store.apply([], id);
        this.#kept([{ t: "drop_outbox", id }]);
        this.#input({ t: "discard", id });
    }

    more(room: string, side: Side, seq: number | undefined): void {
        const ask = () => this.#input({ t: "older", room });
        void more(room, side, seq, { ...this.#from, ask });
    }

    reach(room: string, seq: number): Promise<boolean> {
        return reach(room, seq, this.#from);
    }

    entry(room: string, seq: number): Promise<Entry | undefined> {
        return entryAt(room, seq, this.#from);
    }

    /** Where what is not shown yet comes from. */
    get #from() {
        return { store: this.#store, session: this.#session, shown: this.#shown };
    }

    read(room: string, seq: number): void {
        // Most calls bring nothing new, and each would be a step of the engine.
        if (seq > this.#shown.reading(room).value.read) this.#input({ t: "read", room, seq });
    }

    typing(room: string): void {
        this.#input({ t: "typing", room });
    }

    // Asked of the server, and kept nowhere.
    search: Acts["search"] = (...asked) => search(this.#session, ...asked);
    versions: Acts["versions"] = (...asked) => versions(this.#session, ...asked);
    calendar: Acts["calendar"] = (...asked) => calendar(this.#session, ...asked);

    #input(input: Input): void {
        if (this.#driver.running) this.#driver.input(input);
        else this.#tabs.post({ t: "input", input });
    }

    #wake(): void {
        if (this.#trim.isDue()) void this.#trim.carryOut(this.#store);
        if (this.#driver.running) this.#driver.input({ t: "wake" });
        else this.#tabs.probe();
    }

    async #load(): Promise<Kept> {
        const kept = await this.#store.read();
        this.#facts = kept.facts;
        this.#shown.load(kept);
        return kept;
    }

    /** This tab holds the connection: begins from what is on disk now. */
    #resume(): Promise<void> {
        return (this.#resumed = this.#run());
    }

    async #run(): Promise<void> {
        const kept = await this.#load();
        if (!this.#facts.person || !this.#tabs.holding) return;
        this.#driver.run(kept.saved);
        this.#takeUp(kept.left);
    }

    /** Another tab took the connection: it hears of what may have been known here alone. */
    #yield(): void {
        this.#driver.halt();
        const open = ({ state }: Unsent) => state === "waiting" || state === "asking";
        for (const draft of this.#shown.unsent.value.filter(open)) this.#send(leftOf(draft));
    }

    #takeUp(left: readonly Left[]): void {
        for (const { room, draft, made_at } of left)
            this.#driver.input({ t: "send", room, draft, made_at }, draft.id);
    }

    async #signedIn(signIn: SignIn): Promise<void> {
        const { person, device } = signIn;
        if (this.#facts.person && this.#facts.person !== person) {
            // Nobody reads in this app what was written for somebody else.
            this.#driver.halt();
            await this.#store.wipe();
        }
        this.#fresh = Promise.resolve({ value: signIn });
        await this.#putFacts({ person, device });
        this.#shown.phase.value = "signed_in";
        this.#tabs.post({ t: "joined" });
        if (this.#tabs.holding) await this.#resume();
        else await this.#load();
    }

    async #token(): Promise<Answer<SignIn>> {
        const fresh = this.#fresh;
        this.#fresh = undefined;
        return fresh ?? this.#session.refresh();
    }

    #kept(writes: Write[] | readonly Write[]): void {
        if (writes.length === 0) return;
        for (const write of writes) this.#shown.apply(write);
        this.#trim.look(writes, this.#store);
        this.#tabs.post({ t: "kept", writes: [...writes] });
    }

    #connected(state: State): void {
        this.#state = state;
        this.#shown.connect(state, this.#isUnknown);
        this.#tellState();
        if (state.t === "live") this.page.understood();
        if (state.t === "signed_out") {
            this.#facts = {};
            this.#shown.phase.value = "ended";
        }
    }

    /** Whether the server does not know this sign-in just now. */
    get #isUnknown(): boolean {
        return this.#session.over?.class === "sign_in_again";
    }

    #tellState(): void {
        this.#tabs.post({ t: "state", state: this.#state, unknown: this.#isUnknown });
    }

    #writing(message: Message & { t: "typing" }): void {
        this.#shown.writing(message.room, message.people);
        this.#tabs.post(message);
    }

    #rejected(input: Input, no: Refusal): void {
        // Once the sign-in is over, nothing may be written down any more.
        if (input.t !== "send" || this.#state.t === "signed_out") return;
        const { room, draft, made_at } = input;
        const left: Left = { room, draft, made_at, no };
        void this.#store.leave(left);
        this.#shown.left(left);
        this.#tabs.post({ t: "rejected", left });
    }

    #hear(message: Message): void {
        switch (message.t) {
            case "kept":
                for (const write of message.writes) this.#heardKept(write);
                return;
            case "state":
                this.#shown.connect(message.state, message.unknown === true);
                if (message.state.t === "signed_out") this.#shown.phase.value = "ended";
                if (message.state.t === "live" && !this.#store.durable) void this.#leaveAgain();
                return;
            case "typing":
                this.#shown.writing(message.room, message.people);
                return;
            case "who":
                if (this.#tabs.holding) this.#tellState();
                return;
            case "left":
                // A tab that has just taken the connection is still reading what it goes on from.
                void this.#resumed.then(() => this.#takeUp([message.left]));
                return;
            case "rejected":
                this.#shown.left(message.left);
                return;
            case "input":
                this.#driver.input(message.input);
                return;
            case "typed":
                this.#shown.writtenElsewhere(message.room, message.typed);
                return;
            case "joined":
                this.#shown.phase.value = "signed_in";
                void (this.#tabs.holding ? this.#resume() : this.#load());
                return;
            case "signed_out":
                this.#driver.halt();
                this.#facts = {};
                this.#shown.apply({ t: "wipe_all" });
                this.#shown.phase.value = "signed_out";
        }
    }

    async #putFacts(facts: Facts): Promise<void> {
        this.#facts = facts;
        await this.#store.putFacts(facts);
    }

    #heardKept(write: Write): void {
        this.#shown.apply(write);
        // A holder without a disk cannot take from mine what it took up.
        if (write.t === "drop_outbox") void this.#store.apply([], write.id);
    }

    /** What lies in this tab's memory alone is told to whoever holds the connection now. */
    async #leaveAgain(): Promise<void> {
        for (const left of (await this.#store.read()).left)
            if (!left.no) this.#tabs.post({ t: "left", left });
    }

    async #wipe(): Promise<void> {
        this.#facts = {};
        await this.#store.wipe();
        this.#shown.apply({ t: "wipe_all" });
    }
}
