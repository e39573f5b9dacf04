// The frame of a screen that is neither a room nor a sheet, and the bar by which one gets around.
// Beside the rooms it has none of its own: theirs is there.

import type { ComponentChildren } from "preact";
import { go, route, write, type Route } from "../route.ts";
import { words } from "../words.ts";
import { ConnectionLine, Heading, Newer, Notices, useWide } from "./parts.tsx";

type Props = {
    heading: string;
    /** Where "back" leads; a screen of the bar has none. */
    back?: { to: Route; label: string };
    children: ComponentChildren;
};

export function Page({ heading, back, children }: Props) {
    const wide = useWide();
    return (
        <div class="screen">
            <header class={back ? "bar bar-room" : "bar"}>
                {back && (
                    <button
                        type="button"
                        class="button-icon"
                        aria-label={back.label}
                        data-testid="back"
                        onClick={() => go(back.to)}
                    >
                        ‹
                    </button>
                )}
                <div class="bar-text">
                    <Heading>{heading}</Heading>
                    <ConnectionLine />
                </div>
            </header>
            <Notices />
            {/* Somebody without a finger scrolls by keys, also where nothing can be pressed. */}
            <main class="scroll page" tabIndex={0}>
                {children}
            </main>
            {!wide && <Bar tab={tabOf(route.value)} />}
        </div>
    );
}

export type Tab = "rooms" | "people" | "you";

const TABS: readonly Tab[] = ["rooms", "people", "you"];

/** Which entry of the bar a screen belongs to. */
export function tabOf({ at }: Route): Tab {
    switch (at) {
        case "people":
        case "constellation":
        case "invite":
        case "person":
        case "table":
            return "people";
        case "you":
        case "quiet":
        case "move":
            return "you";
        default:
            return "rooms";
    }
}

export function Bar({ tab }: { tab: Tab }) {
    return (
        <>
            <Newer />
            <nav class="nav" aria-label={words.nav.label}>
                {TABS.map((each) => (
                    <Link
                        key={each}
                        to={{ at: each }}
                        class="nav-link"
                        testId={`nav-${each}`}
                        {...(each === tab ? { current: "page" as const } : {})}
                    >
                        {words.nav[each]}
                    </Link>
                ))}
            </nav>
        </>
    );
}

type LinkProps = {
    to: Route;
    class: string;
    testId: string;
    current?: "page";
    children: ComponentChildren;
};

/** A link within the page: it can be opened in another tab, and needs no load in this one. */
export function Link({ to, testId, current, children, ...rest }: LinkProps) {
    return (
        <a
            class={rest.class}
            href={write(to)}
            data-testid={testId}
            {...(current ? { "aria-current": current } : {})}
            onClick={(event) => {
                if (event.ctrlKey || event.metaKey || event.shiftKey) return;
                event.preventDefault();
                go(to);
            }}
        >
            {children}
        </a>
    );
}
