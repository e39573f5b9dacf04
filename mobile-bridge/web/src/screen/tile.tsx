// A small coloured sign for a room, so that the eye finds it before it reads. Says nothing that is
// not said in words beside it.

/** As many as the tokens have. */
const HUES = 6;

/** The same for the same id, on every phone. */
export function hueOf(id: string): string {
    let sum = 0;
    for (const char of id) sum = (sum * 31 + char.charCodeAt(0)) >>> 0;
    return `hue-${(sum % HUES) + 1}`;
}

export function Tile({ id, title }: { id: string; title: string }) {
    return (
        <span class={`tile ${hueOf(id)}`} aria-hidden="true">
            {initialOf(title)}
        </span>
    );
}

/** "O" of "The Okafors", and of a family in one emoji the family. */
export function initialOf(title: string): string {
    const name = title.replace(/^(the|our)\s+/i, "");
    return firstSign(name).toLocaleUpperCase();
}

/** What people see as one sign may be many characters: a flag, a family, a letter with its dots. */
function firstSign(text: string): string {
    // Missing on some phones of 2021.
    const signs = "Segmenter" in Intl ? new Intl.Segmenter().segment(text) : undefined;
    const [first] = signs ? Array.from(signs, ({ segment }) => segment) : text;
    return first ?? "";
}
