// The words of keeping Roost on a phone, as an app of its own.

import { DEVICE } from "./device.ts";

export const install = {
    link: `Keep Roost on this ${DEVICE}`,
    heading: `Keep Roost on this ${DEVICE}`,
    why: "As an app of its own, Roost opens with one tap and also without signal.",
    headingKept: `Roost is on this ${DEVICE}`,
    kept: {
        installed: "It is an app of its own already, and you are using it.",
        added:
            "Lovely: it is among your apps now, or will be in a moment. Look for the white bird, " +
            "and open Roost from there from now on. You can close this page.",
    },
    take: `Add Roost to this ${DEVICE}`,
    notNow: "Not now",
    back: "To your rooms",
    inApp:
        "This page is open inside another app, where nothing can be kept. Open it in the " +
        "browser of your phone first:",
    steps: {
        iphone: [
            "Tap the Share button: a square with an arrow that points up.",
            "Scroll down and choose “Add to Home Screen”. If it is not there, open this page " +
                "in Safari and begin again.",
            "Tap “Add”. Roost is now among your apps; open it from there.",
        ],
        in_app_iphone: [
            "Tap the three dots or the compass, and choose “Open in Safari”.",
            "If there is no such choice, open Safari and type in this address:",
        ],
        in_app_android: [
            "Tap the three dots, and choose “Open in browser” or “Open in Chrome”.",
            "If there is no such choice, open Chrome and type in this address:",
        ],
        android: [
            "Tap the three dots beside the address.",
            "Choose “Add to Home screen”, then “Install”.",
            "Roost is now among your apps; open it from there.",
        ],
        android_firefox: [
            "Tap the three dots beside the address.",
            "Choose “Add app to Home screen”, then “Add”.",
            "Roost is now among your apps; open it from there.",
        ],
        android_samsung: [
            "Tap the three lines at the bottom of the screen.",
            "Choose “Add page to”, then “Home screen”.",
            "Roost is now among your apps; open it from there.",
        ],
        computer: [
            "On a phone, open this page there: it tells you how.",
            "On this computer, Chrome and Edge show a small screen with an arrow in the " +
                "address bar; in Safari choose File, “Add to Dock”.",
        ],
    },
    carryHeading: "Then sign in once more",
    carry: {
        iphone:
            "An iPhone does not let the new app see that you are signed in. A code carries your " +
            "sign-in across.",
        inApp:
            "The browser of your phone does not see that you are signed in here. A code carries " +
            "your sign-in across.",
    },
    carryHere: "Get it here, then open Roost there, choose “I have a code” and type it in.",
    carryThere: (you: string, move: string) =>
        `Get it where you are signed in: “${you}”, then “${move}”. In the new app choose ` +
        "“I have a code” and type it in.",
    carryCode: "Get a code",
} as const;
