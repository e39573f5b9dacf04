// A page as a screen reader has it: Chromium's accessibility tree, in the order of reading.

/** What one goes by; the rest is text between. */
const LANDMARKS = "banner main navigation region form dialog log heading";
const CONTROLS =
    "button link textbox combobox checkbox radio spinbutton DateTime DisclosureTriangle";
const NAMED = new Set(`${LANDMARKS} ${CONTROLS}`.split(" "));
/** What is inside these is the browser's. */
const WHOLE = new Set(["textbox", "combobox", "DateTime", "spinbutton"]);
/** More presses than there are stops on any screen. */
const STOPS_MAX = 200;
/** A field for a date and a time has so many stops, or fewer; more is the only stop there is. */
const SAME_MAX = 8;

const propertyOf = (node, name) => node.properties?.find((it) => it.name === name)?.value.value;

/** Everything one goes by, in the order of reading. */
async function reading(devtools) {
    const { nodes } = await devtools.send("Accessibility.getFullAXTree");
    const byId = new Map(nodes.map((node) => [node.nodeId, node]));
    const found = [];
    const walk = (node) => {
        const role = node.role?.value;
        if (!node.ignored && NAMED.has(role)) found.push(node);
        if (WHOLE.has(role)) return;
        for (const id of node.childIds ?? []) if (byId.has(id)) walk(byId.get(id));
    };
    walk(nodes[0]);
    return found;
}

/** Each as "role name"; of a heading also how deep it stands. */
function wordsOf(node) {
    const role = node.role.value === "heading" ? `h${propertyOf(node, "level")}` : node.role.value;
    return `${role} ${node.name?.value ?? ""}`.trim();
}

/** What Tab scrolled to is drawn: a button that leads back to the end comes and goes with it. */
const drawn = () =>
    new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())));

/** Where Tab leads, from stop to stop, until it comes round. */
async function stops(page, devtools) {
    const all = [];
    for (let press = 0, same = 0; press < STOPS_MAX && same <= SAME_MAX; press += 1) {
        await page.keyboard.press("Tab");
        await page.evaluate(drawn);
        const { result } = await devtools.send("Runtime.evaluate", {
            expression: "document.activeElement",
        });
        const { node } = await devtools.send("DOM.describeNode", { objectId: result.objectId });
        // Between the last stop and the first lies the browser itself.
        if (["BODY", "HTML"].includes(node.nodeName)) continue;
        const isSame = (it) => it?.backendNodeId === node.backendNodeId;
        same = isSame(all.at(-1)) ? same + 1 : 0;
        if (same > 0) continue;
        if (all.some(isSame)) break;
        all.push(node);
    }
    return all;
}

/** As they are met from the top of the page; the focus stood in the middle of it. */
function fromTop(places) {
    const first = places.indexOf(Math.min(...places));
    return [...places.slice(first), ...places.slice(0, first)];
}

/** The page in words, how its headings go down, and where Tab leads out of the order of reading. */
export async function heard(page) {
    const devtools = await page.context().newCDPSession(page);
    await devtools.send("DOM.enable");
    const nodes = await reading(devtools);
    const met = await stops(page, devtools);
    const placeOf = (stop) => nodes.findIndex((it) => it.backendDOMNodeId === stop.backendNodeId);
    const unread = met.filter((stop) => placeOf(stop) < 0);
    const order = fromTop(met.map(placeOf).filter((place) => place >= 0));
    const astray = order.filter((place, at) => at > 0 && place < order[at - 1]);
    // Of some choices that exclude each other one is a stop, and a heading is none.
    const isStop = (node) =>
        propertyOf(node, "focusable") && !["radio", "heading"].includes(node.role.value);
    const left = nodes.filter((node, place) => isStop(node) && !order.includes(place));
    await devtools.detach();
    const levels = nodes.map((node) => propertyOf(node, "level")).filter(Boolean);
    return {
        words: nodes.map(wordsOf),
        jumps: levels.filter((level, at) => level > (levels[at - 1] ?? 1) + 1),
        tops: levels.filter((level) => level === 1).length,
        astray: [
            ...[...astray.map((place) => nodes[place]), ...left].map(wordsOf),
            ...unread.map(({ attributes }) => `not in the tree: ${attributes}`),
        ],
    };
}

/** What of a room's log is told without being asked for, from now on: `window.told`. */
export function listen(page) {
    return page.evaluate(() => {
        window.told = [];
        const log = document.querySelector('[role="log"]');
        const said = (log.getAttribute("aria-relevant") ?? "additions text").split(" ");
        const isTold = (one) => {
            const region = one.closest("[aria-live], [role=status], [role=alert], [role=log]");
            return region === log && log.getAttribute("aria-live") === "polite";
        };
        new MutationObserver((changes) => {
            for (const { type, target, addedNodes } of changes) {
                const text = type === "characterData" && said.includes("text");
                if (text && isTold(target.parentElement)) window.told.push(target.data);
                for (const one of addedNodes) {
                    const at = one instanceof Element ? one : one.parentElement;
                    if (at && isTold(at)) window.told.push(one.textContent);
                }
            }
        }).observe(log, { subtree: true, childList: true, characterData: true });
    });
}
