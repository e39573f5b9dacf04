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

/** "O" of "The Okafors". */
export function initialOf(title: string): string {
    const name = title.replace(/^(the|our)\s+/i, "");
    return [...name][0]?.toLocaleUpperCase() ?? "";
}
