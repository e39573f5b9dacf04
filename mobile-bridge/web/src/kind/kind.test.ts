// What kinds compute, as tables.

import { afterEach, expect, test, vi } from "vitest";
import type { Entry, Listed, Role, RoomKind } from "../generated/protocol.ts";
import { words } from "../words.ts";
import { detailsOf, type Plan } from "./gathering/form.tsx";
import { fromField, toField, whenWords } from "./gathering/when.ts";
import { hoursAt } from "./hours.ts";
import { lineOf, removedWords } from "./index.ts";
import { NOBODY, type Around } from "./kind.ts";
import { piecesOf } from "./message/links.ts";
import { mayAnswer, mayConfirm, mayPin, mayPublish, mayRemove } from "./may.ts";
import { countWords, firstNews, unreadOf } from "./news.ts";
import { tallyOf } from "./reaction/index.tsx";
import { isElsewhere } from "./zone.ts";

afterEach(() => vi.unstubAllEnvs());

const ROLES: Role[] = ["admin", "liaison", "hub", "satellite", "young"];
const entry = (seq: number, more: Partial<Entry> = {}): Entry => ({
    seq,
    id: `e${seq}`,
    kind: "message",
    at: seq,
    author: "jo",
    body: { text: "hi" },
    ...more,
});

function around(role: Role, kind: RoomKind): Around {
    const listed: Listed = { room: "r", kind, title: "", floor: 1, head: 0, view: "full" };
    const home = role === "hub" || role === "satellite" ? `of ${role}` : undefined;
    return { ...NOBODY, me: "me", role, home, listed };
}

test("who is offered what, as shared/src/policy.rs has it", () => {
    const vote = entry(2, { kind: "poll", target: "e1", body: { choose: { option: 0 } } });
    const gathering = entry(1, { kind: "gathering" });
    // Columns: admin, liaison, hub, satellite, young.
    const table: [string, RoomKind, (of: Around) => unknown, string][] = [
        ["pin", "circle", mayPin, "-YY--"],
        ["pin", "hub_line", mayPin, "YYYYY"],
        ["pin", "peers", mayPin, "-Y---"],
        ["hide", "circle", (of) => mayRemove(entry(1), of), "-YY--"],
        ["hide", "hub_line", (of) => mayRemove(entry(1), of), "-Y---"],
        ["hide", "peers", (of) => mayRemove(entry(1), of), "-Y---"],
        ["hide a poll", "peers", (of) => mayRemove(entry(1, { kind: "poll" }), of), "-Y---"],
        ["hide a vote", "peers", (of) => mayRemove(vote, of), "-----"],
        ["hide what happens", "circle", (of) => mayRemove(gathering, of), "-YY--"],
        ["remove", "peers", (of) => mayRemove(entry(1, { author: "me" }), of), "YYYYY"],
        ["publish", "circle", mayPublish, "-YY--"],
        ["publish", "liaison_line", mayPublish, "-----"],
        ["confirm", "circle", mayConfirm, "--YY-"],
        ["answer", "circle", (of) => mayAnswer("of satellite", of), "-YYY-"],
    ];
    for (const [what, kind, may, cells] of table) {
        const told = ROLES.map((role) => (may(around(role, kind)) ? "Y" : "-")).join("");
        expect(told, `${what} in ${kind}`).toBe(cells);
    }
});

test("hours, as shared/src/room.rs has them", () => {
    // In winter London's clock is UTC; the last rows are in summer. 23 November 2026 is a Monday.
    const at = (day: number, hour: number, minute: number, month = 10) =>
        hoursAt(Date.UTC(2026, month, day, hour, minute));
    expect(at(23, 15, 29)).toEqual({ open: false, in_days: 0, minute: 930 });
    expect(at(23, 15, 30)).toEqual({ open: true, closes: 1_230 });
    expect(at(27, 20, 29)).toEqual({ open: true, closes: 1_230 });
    expect(at(27, 20, 30)).toEqual({ open: false, in_days: 1, minute: 600 });
    expect(at(28, 9, 59)).toEqual({ open: false, in_days: 0, minute: 600 });
    expect(at(29, 20, 30)).toEqual({ open: false, in_days: 1, minute: 930 });
    expect(at(6, 14, 30, 6)).toEqual({ open: true, closes: 1_230 });
    expect(at(6, 19, 30, 6)).toEqual({ open: false, in_days: 1, minute: 930 });
});

test("what is new", () => {
    const log = [
        entry(1),
        entry(2, { author: "me" }),
        entry(3, { kind: "reaction" }),
        entry(4, { kind: "gathering" }),
        entry(5),
    ];
    const { body: _, ...removed } = entry(6);
    expect(unreadOf([...log, removed], 1, "me")).toBe(2);
    expect(unreadOf(log, 5, "me")).toBe(0);
    expect(unreadOf(log, 0, undefined)).toBe(4);
    const many = Array.from({ length: 300 }, (_, at) => entry(at + 1));
    expect(countWords(unreadOf(many, 0, "me"))).toBe("99+");
    expect(countWords(unreadOf(many, 201, "me"))).toBe("99");
    expect(firstNews(log, { read: 1, head: 5 }, "me")).toBe(4);
    expect(firstNews(log, { read: 1, head: 3 }, "me")).toBeUndefined();
    expect(firstNews(log, { read: 0, head: 5 }, "me")).toBeUndefined();
});

test("a question is news, and an answer to it is none", () => {
    const asked = entry(2, { kind: "poll", body: { ask: { question: "?", options: [] } } });
    const chosen = entry(3, { kind: "poll", target: "e2", body: { choose: { option: 0 } } });
    expect(unreadOf([entry(1), asked, chosen], 1, "me")).toBe(1);
    expect(firstNews([entry(1), asked, chosen], { read: 1, head: 3 }, "me")).toBe(2);
    expect(unreadOf([entry(1, { kind: "of_tomorrow" })], 0, "me")).toBe(0);
});

test("a line is of the words of now, or of who took them out", () => {
    const card = { target: "e1", seq: 1, at_seq: 2 };
    const edited = { ...card, edited: { text: "other words", at: 1, times: 1 } };
    expect(lineOf(entry(1), NOBODY)).toBe("hi");
    expect(lineOf(entry(1), NOBODY, edited)).toBe("other words");
    expect(lineOf(entry(1), NOBODY, { ...card, hidden: { by: "hub", at: 1 } })).toBe(
        "Hidden by the hub",
    );
    const { body: _, ...bare } = entry(1);
    expect(removedWords(bare, undefined)).toBe("Removed");
    // Of a kind that the server's own build does not know.
    expect(removedWords({ ...bare, at: 0 }, undefined)).toBeUndefined();
    expect(removedWords({ ...bare, kind: "of_tomorrow" }, undefined)).toBeUndefined();
});

test("reactions in the order they are offered, unknown ones first", () => {
    const reactions = { a: "🎉", b: "👍", c: "🦊", d: "👍" };
    expect(tallyOf({ target: "e1", seq: 1, at_seq: 2, reactions })).toEqual([
        ["🦊", ["c"]],
        ["👍", ["b", "d"]],
        ["🎉", ["a"]],
    ]);
});

test("the plan of a gathering", () => {
    const now = Date.UTC(2026, 10, 22, 10);
    const plan = {
        title: "Tea",
        type: "meet_up",
        starts: "2026-11-28T14:00",
        ends: "2026-11-28T16:00",
        place: " ",
        note: "",
        places: "12",
    } as const;
    const starts_at = fromField(plan.starts)!;
    const ends_at = starts_at + 7_200_000;
    const details = { title: "Tea", type: "meet_up", starts_at, ends_at, places: 12 } as const;
    expect(detailsOf(plan, now)).toEqual(details);
    const say = words.gathering;
    const wrongs: [Partial<Plan>, keyof Plan, string][] = [
        [{ title: " ", starts: "" }, "title", say.titleMissing],
        [{ starts: "", ends: "" }, "starts", say.startsMissing],
        [{ starts: "2026-01-01T14:00", ends: "" }, "starts", say.past],
        [{ ends: "" }, "ends", say.endsMissing],
        [{ ends: plan.starts, places: "0" }, "ends", say.order],
        [{ ends: "2027-11-28T16:00" }, "ends", say.order],
        [{ title: "Tea\u000btime" }, "title", words.field.hidden],
        [{ place: "a\tb" }, "place", words.field.hidden],
        [{ note: "a\u000bb", places: "0" }, "note", words.field.hidden],
        [{ places: "0" }, "places", say.placesWrong],
        [{ places: "1.5" }, "places", say.placesWrong],
    ];
    for (const [part, at, why] of wrongs)
        expect(detailsOf({ ...plan, ...part }, now)).toEqual({ at, words: why });
    expect(detailsOf(plan, starts_at + 1)).toEqual({ at: "starts", words: say.past });
    expect(detailsOf(plan, starts_at + 1, details)).toEqual(details);
    expect(toField(starts_at)).toBe(plan.starts);
    expect(fromField("")).toBeUndefined();
    expect(whenWords(starts_at, ends_at)).toContain("–");
});

test("a gathering is typed and told by the clock at home, wherever the phone is", () => {
    // As typed; the instant; as told on a phone at home, and as the field holds it again.
    const table: [field: string, iso: string, back?: string][] = [
        ["2026-11-28T16:00", "2026-11-28T16:00Z"],
        ["2026-07-28T16:00", "2026-07-28T15:00Z"],
        ["2026-03-29T00:59", "2026-03-29T00:59Z"],
        // The hour that is skipped: an hour later, as on any clock that goes on.
        ["2026-03-29T01:30", "2026-03-29T01:30Z", "2026-03-29T02:30"],
        ["2026-03-29T02:00", "2026-03-29T01:00Z"],
        // The hour that comes twice: the first.
        ["2026-10-25T01:30", "2026-10-25T00:30Z"],
        ["2026-10-25T02:00", "2026-10-25T02:00Z"],
        ["2026-12-31T23:59", "2026-12-31T23:59Z"],
    ];
    const style = { hour: "2-digit", minute: "2-digit", timeZone: "UTC" } as const;
    const shown = new Intl.DateTimeFormat(undefined, style);
    const zones = ["Europe/London", "Europe/Madrid", "America/New_York", "Pacific/Auckland"];
    for (const zone of zones) {
        vi.stubEnv("TZ", zone);
        for (const [field, iso, back = field] of table) {
            const at = fromField(field)!;
            expect(new Date(at), `${field} in ${zone}`).toEqual(new Date(iso));
            expect(toField(at), `${iso} in ${zone}`).toBe(back);
            expect(whenWords(at, at + 60_000)).toContain(shown.format(new Date(`${back}Z`)));
            expect(whenWords(at, at + 60_000).endsWith(" (UK time)")).toBe(zone !== zones[0]);
        }
    }
});

test("a phone whose clock shows the same says nothing of it, under whatever name", () => {
    const [summer, winter] = [Date.UTC(2026, 6, 1), Date.UTC(2026, 11, 1)];
    const table: [zone: string, atSummer: boolean, atWinter: boolean][] = [
        ["Europe/London", false, false],
        ["Europe/Lisbon", false, false],
        ["Atlantic/Reykjavik", true, false],
        ["Africa/Lagos", false, true],
    ];
    for (const [zone, ...expected] of table) {
        vi.stubEnv("TZ", zone);
        expect([summer, winter].map(isElsewhere), zone).toEqual(expected);
    }
});

test("what becomes a link, and where it leads", () => {
    // The text, and the links in it: as typed, the host where that is not plain.
    const table: [string, string[]][] = [
        ["see https://example.org/a?b=1#c.", ["https://example.org/a?b=1#c"]],
        ["(HTTPS://Example.org), and http://a.test!", ["HTTPS://Example.org", "http://a.test"]],
        ["https://exаmple.org", ["https://exаmple.org xn--exmple-4nf.org"]],
        ["example.org, www.example.org, mailto:a@example.org", []],
        ["javascript:alert(1) data:text/html,x https://", []],
        ["https://roost.example.org@example.com/", []],
        ["https://a:b@example.com/", []],
        ["nothing", []],
    ];
    for (const [text, links] of table) {
        const pieces = piecesOf(text);
        const whole = pieces.map((piece) => (typeof piece === "string" ? piece : piece.text));
        expect(whole.join("")).toBe(text);
        const found = pieces.flatMap((piece) =>
            typeof piece === "string" ? [] : [`${piece.text} ${piece.host ?? ""}`.trim()],
        );
        expect(found, text).toEqual(links);
    }
});
