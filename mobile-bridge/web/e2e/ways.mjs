// Two hundred ways of making a page run what somebody wrote, how they are fitted into fields, and
// how one sees that none of them did anything.

/** Of a made-up link the server says that it is none, and the browser repeats it. */
export const REFUSED = /^Failed to load resource/;

/** What each would do if it could. */
const ACT = "ran=1";

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

const put = (form) => form.replaceAll("@", ACT);
const wide = (form) => form.replace(/</g, "\uff1c").replace(/>/g, "\uff1e");
const mixed = (form) => form.replace(/[a-z]/gi, (c, at) => (at % 2 ? c.toUpperCase() : c));
const marked = (text) => text.replace(/</g, "&lt;").replace(/>/g, "&gt;");

/** The same in other clothes; the act keeps its own, or it would be none. */
const CLOTHES = [
    put,
    (form) => put(form + wide(form)),
    (form) => put(mixed(form)),
    (form) => `${encodeURIComponent(put(form))} ${marked(put(form))}`,
];

export const PAYLOADS = CLOTHES.flatMap((dress) => FORMS.map(dress));

/** On one line, as most fields are. */
const onOneLine = (text) => text.replace(/[\t\u2028\u2029]/g, " ").trim();

/**
 * All of them, in as few texts of at most so many characters as their order allows: joined while
 * they fit, and one that is longer cut. A tag that is cut is one that what follows would close.
 */
export function fitted(max_chars) {
    const texts = [];
    for (const payload of PAYLOADS) {
        const text = [...onOneLine(payload)].slice(0, max_chars).join("").trim();
        const joined = `${texts.at(-1)} ${text}`;
        if (texts.length > 0 && [...joined].length <= max_chars) texts[texts.length - 1] = joined;
        else texts.push(text);
    }
    return texts;
}

/** Counts what the browser finds against the policy, from the first line of the page on. */
export const watch = () => {
    window.found = [];
    document.addEventListener("securitypolicyviolation", (event) => {
        window.found.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
    });
};


/** Every element that the app draws. One that a payload made would be another. */
const OURS =
    "a article b button dd details dialog div dl dt fieldset form h1 h2 h3 header img input " +
    "label legend li main nav ol option p path progress section select span summary svg textarea " +
    "time ul";

/** What has happened on a page that should not have, in words. */
export async function harmAt({ page, complaints }) {
    const seen = await page.evaluate(strange, OURS);
    return [...seen, ...complaints.filter((text) => !REFUSED.test(text))];
}

/** Runs in the page. */
function strange(ours) {
    const known = new Set(ours.split(" "));
    const wrong = [...window.found];
    if (window.ran) wrong.push("it ran");
    for (const one of document.body.querySelectorAll("*:not(body > noscript)")) {
        if (!known.has(one.localName)) wrong.push(`there is a ${one.localName}`);
        for (const { name, value } of one.attributes) {
            const leads = ["href", "src", "action", "srcdoc"].includes(name);
            const away = leads && !/^(\/|https?:\/\/127\.0\.0\.1)/.test(value);
            if (name.startsWith("on") || away) wrong.push(`${one.localName} ${name}=${value}`);
        }
    }
    return wrong;
}
