// What a gathering is and who comes: the port of `shared/src/kind/gathering.rs`, and of the checks
// and the counting in `tally.rs`.

import {
    GATHERING_MAX_MS,
    NOTE_MAX_CHARS,
    PLACE_MAX_CHARS,
    PLACES_MAX,
    REASON_MAX_CHARS,
    TITLE_MAX_CHARS,
    type Answer,
    type CardOf,
    type Gathering,
    type GatheringCancelled,
    type GatheringDetails,
    type GatheringState,
    type GatheringType,
    type Refusal,
} from "../../generated/protocol.ts";
import { fieldsOf, isInt, isOptional, isString } from "../body.ts";
import { line, within } from "../text.ts";

/** In the order in which they are offered. */
export const TYPES = [
    "meet_up",
    "support_group",
    "training",
    "planning",
    "childrens_activity",
] as const satisfies readonly GatheringType[];

const DETAILS = ["title", "type", "starts_at", "ends_at", "place", "note", "places"];
const TIME_MAX = Number.MAX_SAFE_INTEGER;
const isCount = (value: unknown): value is number => isInt(value, 0, 2 ** 32 - 1);

/** The gathering in a body, or `undefined` when it is not one. */
export function read(body: unknown): Gathering | undefined {
    const fields = fieldsOf(body, ["details", "cancelled", "changed"]);
    if (!fields || Object.keys(fields).length !== 1) return undefined;
    if ("details" in fields) {
        const details = readDetails(fields["details"]);
        return details && { details };
    }
    if ("changed" in fields) return fieldsOf(fields["changed"], []) && { changed: {} };
    const cancelled = readCancelled(fields["cancelled"]);
    return cancelled && { cancelled };
}

function readDetails(value: unknown): GatheringDetails | undefined {
    const fields = fieldsOf(value, DETAILS);
    if (!fields) return undefined;
    const { title, type, starts_at, ends_at, place, note, places } = fields;
    const fit =
        isString(title) &&
        TYPES.includes(type as GatheringType) &&
        isInt(starts_at, -TIME_MAX, TIME_MAX) &&
        isInt(ends_at, -TIME_MAX, TIME_MAX) &&
        isOptional(place, isString) &&
        isOptional(note, isString) &&
        isOptional(places, isCount);
    return fit ? (value as GatheringDetails) : undefined;
}

function readCancelled(value: unknown): GatheringCancelled | undefined {
    const fields = fieldsOf(value, ["reason"]);
    return fields && isOptional(fields["reason"], isString) ? fields : undefined;
}

/** Whether it is in order by itself; that it lies ahead is the server's to say. */
export function check(gathering: Gathering): Refusal | undefined {
    // What the log keeps of a change; that nobody says it is the server's to see to.
    if ("changed" in gathering) return undefined;
    if ("cancelled" in gathering) {
        const { reason } = gathering.cancelled;
        const wrong = isString(reason) && within(reason, REASON_MAX_CHARS);
        return wrong ? "details_invalid" : undefined;
    }
    const { title, place, note, places, starts_at, ends_at } = gathering.details;
    const lasts_ms = ends_at - starts_at;
    const wrong =
        line(title, TITLE_MAX_CHARS) ??
        (isString(place) ? line(place, PLACE_MAX_CHARS) : undefined) ??
        (isString(note) ? within(note, NOTE_MAX_CHARS) : undefined);
    const inOrder =
        wrong === undefined &&
        isOptional(places, (value) => isInt(value, 1, PLACES_MAX)) &&
        lasts_ms > 0 &&
        lasts_ms <= GATHERING_MAX_MS;
    return inOrder ? undefined : "details_invalid";
}

/** What the card tells of a gathering, if it is the card of one. */
export function stateOf(card: CardOf | undefined): GatheringState | undefined {
    const state = card?.state as Partial<GatheringState> | undefined;
    const fit = state?.details && state.answers;
    return fit ? (state as GatheringState) : undefined;
}

/**
 * Counted anew, over the homes that are asked now: the port of `GatheringState::count`. Homes come
 * and go without an entry, so the sums on a card may be older than the last move; the server counts
 * like this before it refuses anybody for want of places.
 */
export function counted(state: GatheringState, asked: readonly string[]): GatheringState {
    const all = Object.entries(state.answers).filter(([home]) => asked.includes(home));
    const of = (answer: Answer) => all.filter(([, given]) => given.answer === answer);
    const heads = (answer: Answer) => of(answer).reduce((sum, [, given]) => sum + given.heads, 0);
    return {
        ...state,
        answers: Object.fromEntries(all),
        going_heads: heads("going"),
        maybe_heads: heads("maybe"),
        homes_going: of("going").length,
        homes_not: of("not_going").length,
    };
}

/** What it is now: as its card tells, or as it was said at first. */
export function detailsNow(
    { body }: { body?: unknown },
    card: CardOf | undefined,
): GatheringDetails | undefined {
    const said = read(body);
    return stateOf(card)?.details ?? (said && "details" in said ? said.details : undefined);
}
