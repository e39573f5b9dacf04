// A sheet that lies over the screen until it is dealt with. The browser's own dialog keeps the
// focus inside, closes on Escape and gives the focus back.

import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { isTouched } from "./unkept.ts";

type Props = {
    heading: string;
    close: () => void;
    testId: string;
    children: ComponentChildren;
};

export function Dialog({ heading, close, testId, children }: Props) {
    const box = useRef<HTMLDialogElement>(null);
    // Closed while it still stands in the page: a dialog that was taken out gives no focus back.
    useLayoutEffect(() => {
        const dialog = box.current;
        const before = document.activeElement;
        if (dialog && !dialog.open) dialog.showModal();
        return () => {
            dialog?.close();
            // The browser would do so, had the dialog not gone from the page by now.
            if (before instanceof HTMLElement) before.focus({ preventScroll: true });
        };
    }, []);
    return (
        <dialog
            ref={box}
            class="dialog"
            aria-label={heading}
            data-testid={testId}
            onCancel={(event) => {
                event.preventDefault();
                close();
            }}
            // The dialog covers only its own box: a press outside it lands on the backdrop. That is
            // a slip of the finger where somebody has filled something in.
            onClick={({ target, currentTarget }) =>
                target === currentTarget && !isTouched(currentTarget) && close()
            }
        >
            <div class="dialog-inside">
                <h2 class="dialog-heading">{heading}</h2>
                {children}
            </div>
        </dialog>
    );
}
