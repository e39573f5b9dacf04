// How Roost is kept among the apps of this phone: what the browser offers by itself, and otherwise
// what the person has to do, which depends on the phone and on the browser.

import { signal } from "@preact/signals";

/** Chromium's offer to install the page (it stands in no standard). */
interface Offer extends Event {
    prompt(): Promise<unknown>;
    /** What the person answered; some browsers end `prompt` before they have. */
    readonly userChoice: Promise<{ outcome: "accepted" | "dismissed" }>;
}

/** What this browser lets a person do. */
export type Way =
    /** It is kept already, and open as an app. */
    | "installed"
    /** It has just been added from here: it waits among the apps. */
    | "added"
    /** One tap here does it. */
    | "offered"
    /** Inside another app, where nothing can be kept. */
    | "in_app_iphone"
    | "in_app_android"
    | "iphone"
    | "android"
    /** Browsers of Android that make no offer, or call it something else. */
    | "android_firefox"
    | "android_samsung"
    | "computer";

/** What is known of the browser. */
export type Seen = {
    agent: string;
    touches: number;
    standalone: boolean;
    offered: boolean;
    added: boolean;
};

/** The browser's offer, while it stands. */
export const offer = signal<Offer | undefined>(undefined);

/** Whether it was added while this page stood open. */
export const added = signal(false);

/** Browsers that live in other apps and name themselves: Facebook, Instagram and others. */
const IN_APP = /FBA[NV]|FB_IAB|Instagram|WhatsApp|Snapchat|Line\/|MicroMessenger|Teams\/|GSA\//;

/** Pure, so that it can be tested as a table. */
export function wayOf({ agent, touches, standalone, offered, added }: Seen): Way {
    if (standalone) return "installed";
    if (added) return "added";
    // An iPad calls itself a Macintosh; no Macintosh has a screen to touch.
    const apple = /iPhone|iPad|iPod/.test(agent) || (/Macintosh/.test(agent) && touches > 1);
    const android = /Android/.test(agent);
    // A view inside an app lacks Safari's name on an iPhone, and says `wv` on Android.
    if (apple && (IN_APP.test(agent) || !/Safari\//.test(agent))) return "in_app_iphone";
    if (android && (IN_APP.test(agent) || /; wv\)/.test(agent))) return "in_app_android";
    if (offered) return "offered";
    if (!android) return apple ? "iphone" : "computer";
    if (/Firefox\//.test(agent)) return "android_firefox";
    return /SamsungBrowser\//.test(agent) ? "android_samsung" : "android";
}

/** Whether this is a view inside another app. */
export function isInApp(way: Way): way is "in_app_iphone" | "in_app_android" {
    return way === "in_app_iphone" || way === "in_app_android";
}

/** Whether there is nothing left to do. */
export function isKept(way: Way): way is "installed" | "added" {
    return way === "installed" || way === "added";
}

/**
 * Whether somebody who has just come in is asked: on a phone that does not keep Roost yet. Chrome
 * makes its offer itself, and makes none where Roost is kept already.
 */
export function isAsked({ agent, ...seen }: Seen): boolean {
    const now = wayOf({ agent, ...seen });
    if (now === "offered") return /Android/.test(agent);
    return !isKept(now) && now !== "computer" && now !== "android";
}

export function way(): Way {
    return wayOf(seen());
}

/** What is known of this browser now; a screen that asks changes when the offer comes. */
export function seen(): Seen {
    const apple = navigator as { standalone?: boolean };
    return {
        agent: navigator.userAgent,
        touches: navigator.maxTouchPoints,
        standalone: apple.standalone === true || matchMedia("(display-mode: standalone)").matches,
        offered: offer.value !== undefined,
        added: added.value,
    };
}

/** Keeps the browser's offer until the person wants it; it comes once, soon after the start. */
export function awaitOffer(): void {
    addEventListener("beforeinstallprompt", (event) => {
        event.preventDefault();
        offer.value = event as Offer;
        // A browser offers only what is not there: it was taken away again.
        added.value = false;
    });
    addEventListener("appinstalled", () => {
        offer.value = undefined;
        added.value = true;
    });
}

let taking: Promise<void> | undefined;

/**
 * Takes the offer up, once; the browser asks the person itself. It stands until they have answered:
 * behind the browser's question nothing changes.
 */
export function takeOffer(): Promise<void> {
    taking ??= take().finally(() => (taking = offer.value = undefined));
    return taking;
}

async function take(): Promise<void> {
    const standing = offer.value;
    await standing?.prompt();
    // On Android it takes a while longer until the app is there.
    if ((await standing?.userChoice)?.outcome === "accepted") added.value = true;
}
