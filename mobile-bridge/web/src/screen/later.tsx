// A screen that few need is fetched when it is opened: the page comes sooner for everybody else. An
// installed app has all of them already.

import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { isWriting } from "../kind/message/typed.ts";
import { useRoost } from "../roost.ts";
import { words } from "../words.ts";
import { Sheet } from "./parts.tsx";

export function later<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
    return fetched(load, [Coming, Missing]);
}

/** As `later`, for what is a part of a screen. */
export function within<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
    return fetched(load, [Soon, Gone]);
}

function fetched<P extends object>(
    load: () => Promise<ComponentType<P>>,
    [Before, Without]: [ComponentType, ComponentType],
): ComponentType<P> {
    let here: ComponentType<P> | undefined;
    return function Later(props: P) {
        const [Screen, show] = useState(() => here);
        const { acts } = useRoost();
        const [missing, setMissing] = useState(false);
        useEffect(() => {
            if (Screen) return;
            const come = (screen: ComponentType<P>) => {
                here = screen;
                show(() => screen);
            };
            load().then(come, () => {
                setMissing(true);
                acts.page.missed();
            });
        }, []);
        if (Screen) return <Screen {...props} />;
        return missing ? <Without /> : <Before />;
    };
}

function Coming() {
    return (
        <main class="sheet">
            <Soon />
        </main>
    );
}

function Soon() {
    return (
        <p role="status" class="soon" data-testid="screen-coming">
            {words.opening}
        </p>
    );
}

function Gone() {
    const { acts } = useRoost();
    return (
        <div class="empty">
            <Why />
            <button type="button" class="button-plain" onClick={() => acts.page.again()}>
                {words.tryAgain}
            </button>
        </div>
    );
}

/** No signal, or the server has a newer build by now: loading the page anew mends both. */
function Missing() {
    const { acts } = useRoost();
    return (
        <Sheet heading={words.screenMissing.heading}>
            <Why />
            <button
                type="button"
                class="button-main button-large"
                onClick={() => acts.page.again()}
            >
                {words.tryAgain}
            </button>
        </Sheet>
    );
}

/** Somebody who wrote something hears that it is safe, where it is. */
function Why() {
    const { shown } = useRoost();
    const safe = shown.durable.value && (shown.unsent.value.length > 0 || isWriting());
    const { why, safe: safely } = words.screenMissing;
    return (
        <p role="alert" data-testid="screen-missing">
            {safe ? `${why} ${safely}` : why}
        </p>
    );
}
