// What can be found out about a screen's layout without eyes: whether something is pushed out of
// it, lies over something else, or is cut without saying so.

/** Everything that is wrong with how a page is laid out now, in words. */
export async function misplaced(page) {
    if (!(await page.evaluate(() => "seenOn" in window))) await page.evaluate(lookFrom);
    return [...(await page.evaluate(pushedOut)), ...(await page.evaluate(lyingOver))];
}

/** Runs in the page: what the other two look with. */
function lookFrom() {
    const isSeen = (one) => {
        const { width, height } = one.getBoundingClientRect();
        const drawn = one.checkVisibility({ visibilityProperty: true, opacityProperty: true });
        return drawn && width > 1 && height > 1 && getComputedStyle(one).clipPath === "none";
    };
    window.seenOn = () => {
        // A sheet that lies over the screen is the screen.
        const root = document.querySelector("dialog[open]") ?? document.body;
        return [...root.querySelectorAll("*")].filter((one) => isSeen(one) && !one.closest("svg"));
    };
    window.called = (one) => {
        const at = one.dataset.testid ?? one.className;
        return `${one.tagName.toLowerCase()} ${at} “${one.textContent.trim().slice(0, 24)}”`;
    };
}

/** Runs in the page: what reaches out of the screen, or is cut and does not say so. */
function pushedOut() {
    const wrong = [];
    const wide = document.documentElement.scrollWidth;
    if (wide > innerWidth) wrong.push(`the page is ${wide} px wide`);
    for (const one of window.seenOn()) {
        const say = (what) => wrong.push(`${window.called(one)} ${what}`);
        const { left, right } = one.getBoundingClientRect();
        if (left < -0.5 || right > innerWidth + 0.5) say(`reaches from ${left} to ${right}`);
        if (one.matches("textarea, input, select")) continue;
        const style = getComputedStyle(one);
        const clamped = style.webkitLineClamp !== "none";
        const tells = clamped || style.textOverflow === "ellipsis";
        const over = one.scrollWidth > one.clientWidth + 1;
        if (over && ["auto", "scroll"].includes(style.overflowX)) say("scrolls sideways");
        if (over && style.overflowX === "hidden" && !tells) say("is cut at the side");
        const high = one.scrollHeight > one.clientHeight + 1;
        if (high && style.overflowY === "hidden" && !clamped) say("is cut below");
    }
    return wrong;
}

/** Runs in the page: what can be pressed, and is not free of something else. */
function lyingOver() {
    const places = "button, a[href], input, select, textarea, summary, h1, .connection";
    const boxOf = (one) => {
        const box = one.getBoundingClientRect();
        // What is scrolled away lies over nothing.
        let at = one.parentElement;
        while (at && getComputedStyle(at).overflowY === "visible") at = at.parentElement;
        const frame = at?.getBoundingClientRect() ?? box;
        const [top, bottom] = [Math.max(box.top, frame.top), Math.min(box.bottom, frame.bottom)];
        return { one, left: box.left, right: box.right, top, bottom };
    };
    const apart = (one) => one.matches(places) && !one.closest(".choice, .check");
    const boxes = window.seenOn().filter(apart).map(boxOf);
    // The way to the end lies over the messages on purpose, and over nothing else.
    const meant = (a, b) => a.one.matches(".button-end") && b.one.closest(".log");
    const meet = (a, b) => {
        if (a.one.contains(b.one) || meant(a, b) || meant(b, a)) return false;
        const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        return across > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1;
    };
    return boxes.flatMap((a, at) => {
        const others = boxes.slice(at + 1).filter((b) => meet(a, b));
        return others.map((b) => `${window.called(a.one)} lies over ${window.called(b.one)}`);
    });
}
