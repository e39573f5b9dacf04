// Where a text names a page of the web. Only what is plainly an address becomes a link, it shows
// where it leads, and nothing of it is fetched until somebody taps it.

export type Piece = string | { text: string; href: string; host: string | undefined };

const ADDRESS = /\bhttps?:\/\/[^\s<>"]+/giu;
/** What ends a sentence, not an address. */
const BEHIND = /[.,;:!?)\]}'’”»…]+$/u;

/** A text in pieces; put together again they are the text. */
export function piecesOf(text: string): Piece[] {
    const pieces: Piece[] = [];
    let from = 0;
    for (const { 0: found, index } of text.matchAll(ADDRESS)) {
        const typed = found.replace(BEHIND, "");
        const url = addressOf(typed);
        if (!url) continue;
        if (index > from) pieces.push(text.slice(from, index));
        // Letters of other alphabets can look like ours: then the host is also told in plain ones.
        const plain = typed.toLowerCase().includes(url.host);
        pieces.push({ text: typed, href: url.href, host: plain ? undefined : url.host });
        from = index + typed.length;
    }
    if (from < text.length) pieces.push(text.slice(from));
    return pieces;
}

/** Without a name before the host, which would look like the host itself. */
function addressOf(typed: string): URL | undefined {
    const url = URL.canParse(typed) ? new URL(typed) : undefined;
    const web = url?.protocol === "https:" || url?.protocol === "http:";
    return web && url.username === "" && url.password === "" ? url : undefined;
}
