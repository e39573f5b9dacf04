// Focus that does not fall out of a place when what held it goes: whoever works by keyboard or by
// ear goes on with the next thing there, or with the heading.

import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";

type Ref = RefObject<HTMLElement | null>;

export function useKeptFocus(place: Ref, heading: Ref): void {
    /** What has the focus, and everything that stands behind it. */
    const onwards = useRef<readonly HTMLElement[]>([]);
    useEffect(() => {
        const inside = place.current;
        const note = ({ target }: FocusEvent) => {
            const all = [...inside!.querySelectorAll<HTMLElement>("button, a")];
            const at = all.indexOf(target as HTMLElement);
            onwards.current = at < 0 ? [] : all.slice(at);
        };
        // A thing that is taken out of the page leaves the focus to nobody.
        const leave = ({ relatedTarget }: FocusEvent) => {
            if (relatedTarget) onwards.current = [];
        };
        inside?.addEventListener("focusout", leave);
        inside?.addEventListener("focusin", note);
    }, []);
    useLayoutEffect(() => {
        const [held] = onwards.current;
        if (!held || held.isConnected) return;
        const next = onwards.current.find((each) => each.isConnected) ?? heading.current;
        next?.focus();
    });
    // The place itself goes; a heading of the screen stays.
    useLayoutEffect(() => {
        const inside = place.current;
        return () => {
            const { activeElement: now, body } = document;
            const was = onwards.current.length > 0 && (now === body || inside?.contains(now));
            if (was) document.querySelector<HTMLElement>(".heading")?.focus();
        };
    }, []);
}
