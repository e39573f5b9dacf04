// A link that was opened inside another app: what is kept there is soon gone, and the link is spent
// only once. Who reads this has spent nothing yet.

import { useEffect, useState } from "preact/hooks";
import { copy } from "../../copy.ts";
import { words } from "../../words.ts";
import { ToCopy } from "../fields.tsx";

type Props = {
    way: keyof typeof words.join.browsers;
    token: string;
    /** Some cannot open anything else. */
    stay: () => void;
};

export function Elsewhere({ way, token, stay }: Props) {
    const [copied, setCopied] = useState<boolean>();
    const browser = words.join.browsers[way];
    const link = `${location.origin}/join#${token}`;
    // The other app hands its browser the address that it shows: as long as this is read, that is
    // the link, and not the page without it (`route.ts`).
    useEffect(() => {
        history.replaceState(null, "", link);
        return () => history.replaceState(null, "", "/join");
    }, [link]);
    return (
        <section class="aside" data-testid="in-app">
            <h2 class="dialog-heading">{words.join.inAppHeading(browser)}</h2>
            <p>{words.join.inApp(browser)}</p>
            <button
                type="button"
                class="button-main button-large"
                data-testid="in-app-copy"
                onClick={() => void copy(link).then(setCopied)}
            >
                {words.join.inAppCopy}
            </button>
            <p role="status" class="said-line">
                {copied !== undefined &&
                    (copied ? words.join.inAppCopied(browser) : words.copy.byHand)}
            </p>
            {copied === false && (
                <ToCopy
                    label={words.join.inAppLink}
                    text={link}
                    rows={3}
                    testId="in-app-link"
                />
            )}
            <button type="button" class="button-plain" data-testid="step-next" onClick={stay}>
                {words.join.inAppStay}
            </button>
        </section>
    );
}
