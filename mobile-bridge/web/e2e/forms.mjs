// Every field that takes a text, and what it was given: one that stands in the code or on a screen
// and not in this table fails, and so does one that was not given everything.

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { byId } from "./house.mjs";
import { fitted, harmAt } from "./ways.mjs";

/** How long a text each takes; as it is called in the code, where that is not its test id. */
const FIELDS = {
    composer: { chars: 4_000 },
    "search-text": { chars: 100 },
    "plan-title": { chars: 80, code: "plan-*" },
    "plan-place": { chars: 120, code: "plan-*" },
    "plan-note": { chars: 1_000, code: "plan-*" },
    "cancel-reason": { chars: 300 },
    "poll-question": { chars: 200 },
    "poll-answer-0": { chars: 80, code: "poll-answer-*" },
    "home-name": { chars: 60 },
    "invite-name": { chars: 60 },
    "agreed-by": { chars: 60 },
    "propose-name": { chars: 60 },
    "phone-name": { chars: 60 },
    "code-name": { chars: 60 },
    "code-typed": { chars: 60 },
    "link-code-typed": { chars: 60 },
    // Nobody types there: it shows what is to be sent, with a name in it.
    "link-text": {},
    // Nor there, where a browser lets nothing be copied: `message.test.tsx`, `join.test.tsx`.
    "copy-text": { rare: true },
    "in-app-link": { rare: true },
    // The browser lets no text into a date, a time or a number.
    "plan-starts": { code: "plan-*" },
    "plan-ends": { code: "plan-*" },
    "plan-places": { code: "plan-*" },
    "agreed-on": {},
    "quiet-from": {},
    "quiet-to": {},
};

/** The texts that each was given, and the fields met on screens. */
const given = new Map(Object.keys(FIELDS).map((name) => [name, new Set()]));
const met = new Set();

/** Every text field of the code: its test id, or else its file. */
function fieldsOfTheCode() {
    const src = fileURLToPath(new URL("../src/", import.meta.url));
    const files = readdirSync(src, { recursive: true });
    return files.filter((file) => /(?<!test)\.tsx$/.test(file)).flatMap((file) => {
        // What all fields are made of.
        if (file === "screen/fields.tsx") return [];
        const text = readFileSync(src + file, "utf8");
        const tags = text.matchAll(/<(Field|ToCopy|input|textarea)\b(.*?)\/>/gs);
        return [...tags].flatMap(([, tag, inside]) => {
            if (/type="(checkbox|radio)"/.test(inside)) return [];
            const id = /testI?i?d=(?:"([^"]+)"|\{`([^`]+)`\})/i.exec(inside);
            const name = id?.[1] ?? id?.[2]?.replace(/\$\{.*?\}/g, "*");
            return [name ?? `${file} ${tag}`];
        });
    });
}

/** Runs in the page: the fields that are there. */
function fieldsThere() {
    const all = document.querySelectorAll("input:not([type=checkbox], [type=radio]), textarea");
    return [...all].map((one) => one.dataset.testid ?? `a ${one.localName} without a name`);
}

/** What is wrong with a screen as it stands; and the fields on it are met. */
export async function lookedAt(who) {
    for (const name of await who.page.evaluate(fieldsThere))
        met.add(name.replace(/^(poll-answer)-\d$/, "$1-0"));
    return harmAt(who);
}

/** Types a text into a field. */
export async function type(page, name, text) {
    given.get(name).add(text);
    await byId(page, name).fill(text);
}

/** What is written through the door behind a form. */
export function written(name, text) {
    given.get(name).add(text);
    return text;
}

/** Each field of the table was given all of them, and was on a screen; and none was that is not. */
export function complete(tally) {
    const code = fieldsOfTheCode();
    const rows = Object.entries(FIELDS).map(([name, { code }]) => code ?? name);
    const unnamed = code.filter((it) => !rows.includes(it));
    const over = rows.filter((it) => !code.includes(it));
    tally.check("the table names every field of the code", unnamed.length === 0, `${unnamed}`);
    tally.check("and none that is gone", over.length === 0, `${over}`);
    for (const [name, { chars, rare }] of Object.entries(FIELDS)) {
        const left = chars ? fitted(chars).filter((text) => !given.get(name).has(text)) : [];
        tally.check(`all of them reached ${name}`, left.length === 0, `${left.length} did not`);
        if (!rare) tally.check(`${name} was on a screen`, met.has(name));
    }
    const more = [...met].filter((name) => !(name in FIELDS));
    tally.check("no screen has a field that the table has not", more.length === 0, more.join());
}
