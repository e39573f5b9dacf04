// Puts a text where another app can take it up.

/** Copies by the clipboard, or as browsers did before there was one (and do on plain http). */
export async function copy(text: string): Promise<boolean> {
    try {
        await navigator.clipboard.writeText(text);
        return true;
    } catch {
        return bySelecting(text);
    }
}

/** What lies under an open dialog cannot be selected. */
function bySelecting(text: string): boolean {
    const before = document.activeElement;
    const area = document.createElement("textarea");
    area.className = "unseen";
    area.readOnly = true;
    area.value = text;
    (document.querySelector("dialog[open]") ?? document.body).append(area);
    area.focus({ preventScroll: true });
    area.select();
    const copied = document.execCommand("copy");
    area.remove();
    if (before instanceof HTMLElement) before.focus({ preventScroll: true });
    return copied;
}
