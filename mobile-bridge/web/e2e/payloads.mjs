// Two hundred ways of making a page run what somebody wrote, in every field that takes a text. None
// runs, and the browser has nothing to report of the policy (T25), which it would tell the server.

import { AMPLE, byId, connected, enter, hears, joinBy, plan, until } from "./house.mjs";
import { Run } from "./run.mjs";

// Of a made-up link the server says that it is none, and the browser repeats it.
const REFUSED = /^Failed to load resource/;

/** In the end one is made on purpose, and the browser says so. */
const TRIED = /requires 'TrustedHTML' assignment/;
const expected = new RegExp(`${REFUSED.source}|${TRIED.source}`);

const run = new Run("payloads", { settings: AMPLE, expected });
const { house, tally } = run;
/** What the browsers told the server. */
let reports = 0;

/** What each would do if it could. */
const ACT = "window.ran=1";

/** Forms of markup and address; `@` is where the act stands. */
const FORMS = [
    "<script>@</script>",
    "<SCRIPT SRC=data:text/javascript,@></SCRIPT>",
    "<scr<script>ipt>@</scr</script>ipt>",
    "<img src=x onerror=@>",
    '<img src="x" onerror="@">',
    "<img src=x:x onerror&#61;@>",
    "<img/src/onerror=@>",
    "<svg onload=@>",
    "<svg><script>@</script></svg>",
    "<svg><animate onbegin=@ attributeName=x dur=1s>",
    "<svg><a xlink:href=javascript:@><text y=20>x</text></a></svg>",
    "<math><mtext></p><img src=x onerror=@>",
    "<body onload=@>",
    "<iframe src=javascript:@></iframe>",
    '<iframe srcdoc="<script>parent.@</script>"></iframe>',
    "<object data=javascript:@></object>",
    "<embed src=javascript:@>",
    "<link rel=import href=data:text/html,<script>@</script>>",
    "<link rel=stylesheet href=javascript:@>",
    "<style>@import 'javascript:@';</style>",
    "<style>*{background:url(javascript:@)}</style>",
    "<meta http-equiv=refresh content=0;url=javascript:@>",
    "<base href=javascript:@//>",
    "<form action=javascript:@><input type=submit autofocus></form>",
    "<input autofocus onfocus=@>",
    "<textarea autofocus onfocus=@>",
    "<select autofocus onfocus=@>",
    "<details open ontoggle=@>",
    "<video src=x onerror=@>",
    "<audio src=x onerror=@>",
    "<marquee onstart=@>x</marquee>",
    "<a href=javascript:@ autofocus onfocus=@>x</a>",
    "<template><script>@</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=@>'>",
    "<xmp><p title='</xmp><img src=x onerror=@>'>",
    "<!--><img src=x onerror=@>-->",
    "<![CDATA[<img src=x onerror=@>]]>",
    "]]><img src=x onerror=@>",
    "--><script>@</script>",
    "</textarea><script>@</script>",
    "</title><script>@</script>",
    "'\"><img src=x onerror=@>",
    "\"-@-\"",
    "'-@-'",
    "${@}",
    "{{constructor.constructor('@')()}}",
    "javascript:@",
    "java\tscript:@",
    "data:text/html,<script>@</script>",
    "\u2028@\u2029",
];

/** The same in other clothes. */
const CLOTHES = [
    (text) => text,
    (text) => text.replace(/</g, "\uff1c").replace(/>/g, "\uff1e") + text,
    (text) => text.replace(/[a-z]/gi, (c, at) => (at % 2 ? c.toUpperCase() : c)),
    (text) => `${encodeURIComponent(text)} ${text.replace(/</g, "&lt;").replace(/>/g, "&gt;")}`,
];

const PAYLOADS = CLOTHES.flatMap((dress) => FORMS.map((form) => dress(form.replaceAll("@", ACT))));

/** Counts what the browser finds against the policy, from the first line of the page on. */
const watch = () => {
    window.found = [];
    document.addEventListener("securitypolicyviolation", (event) => {
        window.found.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
    });
};

async function nothingRan({ page, complaints, name }, what) {
    const [ran, found] = await page.evaluate(() => [window.ran, window.found]);
    const ours = complaints.filter((text) => !REFUSED.test(text));
    const harm = [ran ? "it ran" : "", ...found, ...ours].filter(Boolean);
    tally.check(`${what}: nothing ran at ${name}'s`, harm.length === 0, harm.join(" | "));
}

/** As many as one message takes, so that two hundred are read and drawn in a few. */
async function asMessages(sam, jo) {
    const each = 25;
    for (let from = 0; from < PAYLOADS.length; from += each) {
        const text = PAYLOADS.slice(from, from + each).join("\n").replaceAll("\u2028", " ");
        await byId(sam.page, "composer").fill(text);
        await byId(sam.page, "send").click();
    }
    await byId(sam.page, "composer").fill("That was the last.");
    await byId(sam.page, "send").click();
    await hears(jo.page, "That was the last.");
    await nothingRan(sam, "as messages");
    await nothingRan(jo, "as messages");
    const drawn = await jo.page.locator(".message-text").allInnerTexts();
    const all = drawn.join("\n");
    const said = PAYLOADS.filter((text) => !text.includes("\u2028"));
    const missing = said.filter((text) => !all.includes(text.trim()));
    const first = JSON.stringify(missing[0] ?? "");
    tally.check("each stands there as it was written", missing.length === 0, first);
}

/** Every other field: what is typed there is drawn somewhere, or sent in an address. */
async function inFields(sam, jo) {
    await byId(sam.page, "search-open").click();
    for (const text of PAYLOADS) await byId(sam.page, "search-text").fill(text);
    for (const text of PAYLOADS.filter((_, at) => at % 20 === 0)) {
        await byId(sam.page, "search-text").fill(text.slice(0, 60));
        await byId(sam.page, "search-go").click();
    }
    await nothingRan(sam, "in the search");
    await byId(sam.page, "search-open").click();
    for (const text of PAYLOADS.filter((_, at) => at % 12 === 0)) {
        await plan(jo.page, text.slice(0, 80), text.slice(0, 80));
        await byId(jo.page, "planner-save").click();
        await byId(jo.page, "planner-save").waitFor({ state: "detached" });
    }
    await until("the gatherings are there", async () => {
        return (await byId(sam.page, "gathering").count()) >= 10;
    });
    await nothingRan(sam, "as gatherings");
    await nothingRan(jo, "as gatherings");
}

/** In the addresses of the page, which anybody can make and send. */
async function inAddresses(sam) {
    const { page } = sam;
    for (const text of PAYLOADS.slice(0, FORMS.length)) {
        for (const path of ["/join#", "/#/room/", "/#"]) {
            const address = `${house.base}${path}${encodeURIComponent(text)}`;
            await page.evaluate((to) => {
                history.pushState(null, "", to);
                dispatchEvent(new PopStateEvent("popstate"));
            }, address);
        }
    }
    await nothingRan(sam, "in addresses");
}

/** That a script which did get in would be stopped, and that this would be seen here. */
async function wouldBeSeen(jo) {
    const stopped = await jo.page.evaluate(() => {
        try {
            document.createElement("div").innerHTML = "<b>markup</b>";
            return false;
        } catch {
            return true;
        }
    });
    const seen = () => jo.page.evaluate(() => window.found.join());
    const reported = await until("a report", seen, 2_000).catch(() => "");
    const named = reported.includes("require-trusted-types-for");
    tally.check("text does not become markup, and trying is reported", stopped && named, reported);
    const sent = async () => reports > 0;
    const came = await until("a report to the server", sent, 5_000).catch(() => false);
    tally.check("to the server too", came);
}

await run.main(async () => {
    await house.open();
    const phones = await Promise.all([run.phone("sam"), run.phone("jo")]);
    const [sam, jo] = phones;
    for (const { context } of phones) {
        await context.addInitScript(watch);
        context.on("request", (sent) => (reports += sent.url().endsWith("/api/csp-reports")));
    }
    await joinBy(sam, house.persona("satellite").link);
    await joinBy(jo, house.persona("hub").link);
    for (const { page } of phones) {
        await connected(page);
        await enter(page, "circle");
    }
    tally.check("there are two hundred", PAYLOADS.length >= 200, `${PAYLOADS.length}`);
    await asMessages(sam, jo);
    await inFields(sam, jo);
    await inAddresses(sam);
    tally.check("two hundred payloads, and no report came", reports === 0, `${reports}`);
    await wouldBeSeen(jo);
});
