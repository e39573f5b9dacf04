// Where in the page the person is. The server knows `/`, `/join` and `/install`; everything else
// lives in the fragment, so that the phone's back button works and the server's log never names a
// room or a person.

import { signal } from "@preact/signals";

export type Route =
    | { at: "join"; token: string }
    | { at: "rooms" }
    /** How to keep Roost on this phone; also for who is not signed in. */
    | { at: "install" }
    /** `entry`: the place in it that somebody wants to see, a seq. */
    | { at: "room"; room: string; entry?: number }
    /** Who is who; of whom one looks after, the constellations. */
    | { at: "people" }
    | { at: "constellation"; constellation: string }
    | { at: "invite"; constellation: string }
    | { at: "person"; constellation: string; person: string }
    | { at: "table"; constellation: string; person: string }
    | { at: "you" }
    | { at: "quiet" }
    /** A code for another phone, and where such a code is typed in. */
    | { at: "move" }
    | { at: "code" }
    | { at: "sign_out" };

const ID = "([0-9a-f-]{36})";

/** What follows `#/`, and the route it stands for. */
const PLACES: readonly [pattern: RegExp, route: (ids: string[]) => Route][] = [
    [/^people$/, () => ({ at: "people" })],
    [/^you$/, () => ({ at: "you" })],
    [/^quiet$/, () => ({ at: "quiet" })],
    [/^move$/, () => ({ at: "move" })],
    [/^code$/, () => ({ at: "code" })],
    [/^sign-out$/, () => ({ at: "sign_out" })],
    [new RegExp(`^room/${ID}$`), ([room]) => ({ at: "room", room: room! })],
    [
        new RegExp(`^room/${ID}/([0-9]{1,15})$`),
        ([room, entry]) => ({ at: "room", room: room!, entry: Number(entry) }),
    ],
    [new RegExp(`^people/${ID}$`), ([one]) => ({ at: "constellation", constellation: one! })],
    [new RegExp(`^people/${ID}/invite$`), ([one]) => ({ at: "invite", constellation: one! })],
    [
        new RegExp(`^people/${ID}/${ID}$`),
        ([one, person]) => ({ at: "person", constellation: one!, person: person! }),
    ],
    [
        new RegExp(`^people/${ID}/${ID}/table$`),
        ([one, person]) => ({ at: "table", constellation: one!, person: person! }),
    ],
];

/** Reads an address. Pure, so that it can be tested as a table. */
export function read(path: string, hash: string): Route {
    if (path === "/join") return { at: "join", token: hash.replace(/^#/, "") };
    if (path === "/install") return { at: "install" };
    const place = hash.replace(/^#\//, "");
    for (const [pattern, route] of PLACES) {
        const found = pattern.exec(place);
        if (found) return route(found.slice(1));
    }
    return { at: "rooms" };
}

export function write(route: Route): string {
    switch (route.at) {
        case "join":
            // The token never stands in an address.
            return "/join";
        case "install":
            return "/install";
        case "rooms":
            return "/";
        case "room":
            return `/#/room/${route.room}${route.entry === undefined ? "" : `/${route.entry}`}`;
        case "constellation":
            return `/#/people/${route.constellation}`;
        case "invite":
            return `/#/people/${route.constellation}/invite`;
        case "person":
            return `/#/people/${route.constellation}/${route.person}`;
        case "table":
            return `/#/people/${route.constellation}/${route.person}/table`;
        case "sign_out":
            return "/#/sign-out";
        default:
            return `/#/${route.at}`;
    }
}

export const route = signal<Route>({ at: "rooms" });

/** Reads the address now and whenever it changes; typing another fragment is a `popstate` too. */
export function follow(): void {
    arrive();
    addEventListener("popstate", arrive);
}

function arrive(): void {
    route.value = read(location.pathname, location.hash);
    if (route.value.at === "join") {
        // The token must not stay in the address bar, in history, or in a picture of either.
        history.replaceState(null, "", "/join");
    }
}

export function go(to: Route, how: "push" | "replace" = "push"): void {
    if (how === "push") history.pushState(null, "", write(to));
    else history.replaceState(null, "", write(to));
    route.value = to;
}
