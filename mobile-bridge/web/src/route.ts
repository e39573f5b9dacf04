// Where in the page the person is. The server knows `/`, `/join` and `/install`; rooms live in
// the fragment, so that the phone's back button works and the server's log never names a room.

import { signal } from "@preact/signals";

export type Route =
    | { at: "join"; token: string }
    | { at: "rooms" }
    /** How to keep Roost on this phone; also for who is not signed in. */
    | { at: "install" }
    | { at: "room"; room: string }
    | { at: "sign_out" };

/** Reads an address. Pure, so that it can be tested as a table. */
export function read(path: string, hash: string): Route {
    if (path === "/join") return { at: "join", token: hash.replace(/^#/, "") };
    if (path === "/install") return { at: "install" };
    const room = /^#\/room\/([0-9a-f-]{36})$/.exec(hash)?.[1];
    if (room) return { at: "room", room };
    return hash === "#/sign-out" ? { at: "sign_out" } : { at: "rooms" };
}

export function write(route: Route): string {
    if (route.at === "room") return `/#/room/${route.room}`;
    if (route.at === "install") return "/install";
    return route.at === "sign_out" ? "/#/sign-out" : "/";
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
