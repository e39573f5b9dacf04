// The words of moving a sign-in to another phone, by a code.

import { DEVICE } from "./device.ts";

export const move = {
    link: "Move to another phone or computer, or to the app",
    heading: "Move Roost",
    body:
        "A code carries your sign-in to a new phone or computer, or from this browser into the " +
        "app on your home screen. Once it is used, you are signed out here.",
    unsent: "Something is not sent yet. Wait until it is: what was not sent stays behind.",
    make: "Make a code",
    making: "Making a code…",
    code: "Your code",
    spelt: (letters: string) => `Your code, letter by letter: ${letters}`,
    left: (left: string) => `It works once, and for ${left} more.`,
    over: "This code has run out.",
    again: "Make a new code",
    howHeading: "Where you want to go on",
    how: (place: string) => [`Open ${place}`, "Press “I have a code”", "Type the code in"],
    keep: "Show it to nobody else: whoever types it in is you.",
    noSignal: "Making a code needs signal. Try again in a moment.",
    back: "Not now",
    moved:
        `If you have just used your code, Roost is there now. What was kept on this ${DEVICE} ` +
        "has been removed.",
} as const;

export const code = {
    link: "I have a code",
    heading: "Use a code",
    body: "You made it where you are signed in now.",
    label: "The code: ten letters and numbers",
    missing: "The code has ten letters and numbers.",
    where: "Where are you now?",
    same: `On the same ${DEVICE}, in the app`,
    sameHint: "The browser you came from is signed out.",
    newPhone: "On another phone or computer",
    newPhoneHint: "The old one is signed out.",
    whereMissing: "Please choose where you are.",
    name: `What is this ${DEVICE} called?`,
    defaultName: `My new ${DEVICE}`,
    yes: "Sign in",
    busy: "Signing in…",
    no: "Back",
    noSignal: "Roost cannot be reached just now. The code is still good: try again.",
} as const;
