// How to keep Roost on this phone, step by step, for this phone and this browser.

import { isInApp, isKept, takeOffer, way, type Way } from "../install.ts";
import { go } from "../route.ts";
import { useRoost } from "../roost.ts";
import { words } from "../words.ts";
import { Sheet } from "./parts.tsx";

export function Install() {
    // It changes when the offer comes or is taken.
    const now = way();
    const { shown } = useRoost();
    return (
        <Sheet heading={isKept(now) ? words.install.headingKept : words.install.heading}>
            <p class="lead" role="status" data-testid="install-lead">
                {isKept(now) ? words.install.kept[now] : words.install.why}
            </p>
            <Ways way={now} take={() => void takeOffer()} />
            <Carry way={now} signedIn={shown.phase.value === "signed_in"} />
            <button type="button" class="button-plain" onClick={() => go({ at: "rooms" })}>
                {words.install.back}
            </button>
        </Sheet>
    );
}

/** What there is to do; `take` takes up the browser's own offer. */
export function Ways({ way: now, take }: { way: Way; take: () => void }) {
    if (isKept(now)) return null;
    if (now === "offered")
        return (
            <button
                type="button"
                class="button-main button-large"
                data-testid="install-take"
                onClick={take}
            >
                {words.install.take}
            </button>
        );
    return (
        <>
            {isInApp(now) && <p>{words.install.inApp}</p>}
            <ol class="steps" data-testid="install-steps" data-way={now}>
                {words.install.steps[now].map((step) => (
                    <li key={step}>{step}</li>
                ))}
            </ol>
            {isInApp(now) && <p class="address">{location.origin}/install</p>}
        </>
    );
}

/**
 * An iPhone keeps the sign-in of an app on the home screen apart from that of the browser, and
 * every phone that of another app's view.
 */
export function Carry({ way: now, signedIn }: { way: Way; signedIn: boolean }) {
    const inApp = isInApp(now);
    if (now !== "iphone" && !(inApp && signedIn)) return null;
    const { carry, carryHere, carryThere } = words.install;
    return (
        <section class="aside" data-testid="install-carry">
            <h2 class="dialog-heading">{words.install.carryHeading}</h2>
            <p>{inApp ? carry.inApp : carry.iphone}</p>
            <p>{signedIn ? carryHere : carryThere(words.nav.you, words.move.link)}</p>
            {signedIn && (
                <a class="button-main button-link" href="/#/move">
                    {words.install.carryCode}
                </a>
            )}
        </section>
    );
}
