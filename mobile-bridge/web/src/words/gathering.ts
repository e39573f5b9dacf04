// The words of an event: planning it, what stands on its card, and what became of it.

import { PLACES_MAX, type GatheringType } from "../generated/protocol.ts";
import { list, people as heads } from "./say.ts";

export const gathering = {
    publish: "Event",
    headingNew: "Plan an event",
    headingChange: "Change the event",
    save: "Publish",
    saveChange: "Save the change",
    stop: "Do not save",
    hearers: (homes: number) =>
        homes === 1
            ? "The whole circle hears of this: the other home, and whoever looks after you."
            : `The whole circle hears of this: all ${homes} other homes, and whoever looks ` +
              "after you.",
    title: "What is it called?",
    type: "What sort of event?",
    types: {
        meet_up: "Meet-up",
        support_group: "Support group",
        training: "Training",
        planning: "Planning together",
        childrens_activity: "Children's activity",
    } satisfies Record<GatheringType, string>,
    starts: "Starts",
    ends: "Ends",
    place: "Where? (may be left empty)",
    note: "Anything else? (may be left empty)",
    places: "Places for how many people? (empty: no limit)",
    past: "The start must lie ahead.",
    order: "The end must come after the start, and within 31 days.",
    titleMissing: "Please give it a name.",
    startsMissing: "Please give it a start.",
    endsMissing: "Please give it an end.",
    placesWrong: `Please give a number from 1 to ${PLACES_MAX}, or none.`,
    off: "Called off",
    offWhy: (reason: string) => `Called off: ${reason}`,
    over: "This is over.",
    placesLeft: (left: number) =>
        left === 1 ? "1 place left" : left > 0 ? `${left} places left` : "No places left",
    tally: (count: number, homes: number) =>
        homes === 0
            ? "Nobody has said yet that they are coming."
            : `${heads(count)} from ${homes === 1 ? "1 home" : `${homes} homes`} coming`,
    maybe: (count: number) => `${heads(count)} perhaps`,
    not: (homes: number) => (homes === 1 ? "1 home cannot come" : `${homes} homes cannot come`),
    who: "Who is coming",
    waiting: (homes: readonly string[]) => `No answer yet: ${list(homes)}`,
    answeredAll: "Every home has answered.",
    calendar: "Add to calendar",
    calendarFile: "event.ics",
    calendarNoSignal: "Getting it needs signal. Try again in a moment.",
    change: "Change",
    cancel: "Call off",
    cancelHeading: "Call it off?",
    cancelWhy: "Why? Everyone will read this. (may be left empty)",
    cancelYes: "Yes, call it off",
    cancelNo: "No, it takes place",
    one: "an event",
    titled: (title: string) => `“${title}”`,
    changeLine: "An event was changed",
    changedLine: (name: string, which: string) => `${name} changed ${which}`,
    offLine: "An event was called off",
    cancelledLine: (name: string, which: string) => `${name} called off ${which}`,
} as const;
