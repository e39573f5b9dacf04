// The forms of those who lead: plan a gathering, change it, call it off.

import { useState } from "preact/hooks";
import { serverNow } from "../../core/clock.ts";
import { Dialog } from "../../dialog.tsx";
import {
    NOTE_MAX_CHARS,
    PLACE_MAX_CHARS,
    PLACES_MAX,
    REASON_MAX_CHARS,
    TITLE_MAX_CHARS,
    type GatheringDetails,
    type GatheringType,
} from "../../generated/protocol.ts";
import { useRoost } from "../../roost.ts";
import { Ends, Field, Form, wrongIn, type FieldProps } from "../../screen/fields.tsx";
import { words } from "../../words.ts";
import { aroundOf } from "../kind.ts";
import { tidy, within } from "../text.ts";
import { isElsewhere } from "../zone.ts";
import { check, TYPES } from "./rules.ts";
import { fromField, toField } from "./when.ts";

/** What the fields hold, as typed. */
export type Plan = {
    title: string;
    type: GatheringType;
    starts: string;
    ends: string;
    place: string;
    note: string;
    places: string;
};

const BLANK: Plan = {
    title: "",
    type: "meet_up",
    starts: "",
    ends: "",
    place: "",
    note: "",
    places: "",
};

/** How long a gathering lasts until somebody says otherwise. */
const LASTS_MS = 2 * 3_600_000;

function planOf({ title, type, starts_at, ends_at, place, note, places }: GatheringDetails): Plan {
    const times = { starts: toField(starts_at), ends: toField(ends_at) };
    const rest = { place: place ?? "", note: note ?? "", places: places ? `${places}` : "" };
    return { title, type, ...times, ...rest };
}

/** The first field that is wrong, and what is. */
export type Wrong = { at: keyof Plan; words: string };

/** The details that a plan stands for, or what is wrong with it. */
export function detailsOf(
    plan: Plan,
    now_ms: number,
    before?: GatheringDetails,
): GatheringDetails | Wrong {
    const [starts_at, ends_at] = [fromField(plan.starts), fromField(plan.ends)];
    const [title, place, note] = [tidy(plan.title), tidy(plan.place), tidy(plan.note)];
    const say = words.gathering;
    const untitled = wrongIn(title, TITLE_MAX_CHARS, say.titleMissing);
    if (untitled) return { at: "title", words: untitled };
    if (starts_at === undefined) return { at: "starts", words: say.startsMissing };
    // One that has begun may keep its start.
    if (starts_at < now_ms && starts_at !== before?.starts_at)
        return { at: "starts", words: say.past };
    if (ends_at === undefined) return { at: "ends", words: say.endsMissing };
    const times = { title, type: plan.type, starts_at, ends_at };
    if (check({ details: times })) return { at: "ends", words: say.order };
    const nowhere = wrongIn(place, PLACE_MAX_CHARS);
    if (nowhere) return { at: "place", words: nowhere };
    const unsaid = wrongIn(note, NOTE_MAX_CHARS, undefined, within);
    if (unsaid) return { at: "note", words: unsaid };
    const details: GatheringDetails = {
        ...times,
        ...(place ? { place } : {}),
        ...(note ? { note } : {}),
        ...(plan.places.trim() ? { places: Number(plan.places) } : {}),
    };
    return check({ details }) ? { at: "places", words: say.placesWrong } : details;
}

type Props = {
    room: string;
    /** The gathering to be changed; without one a new one is planned. */
    of?: { id: string; details: GatheringDetails };
    close: () => void;
};

export function Planner({ room, of, close }: Props) {
    const { acts } = useRoost();
    const [plan, setPlan] = useState<Plan>(of ? planOf(of.details) : BLANK);
    const [tries, setTries] = useState(0);
    const details = detailsOf(plan, serverNow(), of?.details);
    const wrong = "at" in details ? details : undefined;
    const save = () => {
        setTries(tries + 1);
        if (wrong) return;
        acts.send(room, "gathering", { details }, of?.id);
        close();
    };
    const heading = of ? words.gathering.headingChange : words.gathering.headingNew;
    return (
        <Dialog heading={heading} close={close} testId="planner">
            <Form submit={save} tries={tries} testId="planner-form">
                <Fields
                    plan={plan}
                    wrong={tries > 0 ? wrong : undefined}
                    change={(part) => setPlan(whole({ ...plan, ...part }))}
                />
                <Hearers room={room} />
                <Ends
                    busy={false}
                    yes={of ? words.gathering.saveChange : words.gathering.save}
                    no={words.gathering.stop}
                    close={close}
                    testId="planner-save"
                />
            </Form>
        </Dialog>
    );
}

/** Once there is a start, an empty end follows it. */
function whole(plan: Plan): Plan {
    const starts_at = fromField(plan.starts);
    return plan.ends === "" && starts_at !== undefined
        ? { ...plan, ends: toField(starts_at + LASTS_MS) }
        : plan;
}

type FieldsProps = {
    plan: Plan;
    wrong: Wrong | undefined;
    change: (part: Partial<Plan>) => void;
};

function Fields({ plan, wrong, change }: FieldsProps) {
    const field = (name: Named, more: Partial<FieldProps>) => (
        <Field
            label={labelOf(name, plan)}
            wrong={wrong?.at === name ? wrong.words : undefined}
            value={plan[name]}
            change={(value) => change({ [name]: value })}
            testId={`plan-${name}`}
            {...more}
        />
    );
    return (
        <>
            {field("title", { max: TITLE_MAX_CHARS, input: { spellcheck: true } })}
            <label class="field">
                {words.gathering.type}
                <select
                    value={plan.type}
                    data-testid="plan-type"
                    onChange={(event) =>
                        change({ type: event.currentTarget.value as GatheringType })
                    }
                >
                    {TYPES.map((type) => (
                        <option key={type} value={type}>
                            {words.gathering.types[type]}
                        </option>
                    ))}
                </select>
            </label>
            {field("starts", { input: { type: "datetime-local" } })}
            {field("ends", { input: { type: "datetime-local" } })}
            {field("place", { max: PLACE_MAX_CHARS, input: { spellcheck: true } })}
            {field("note", { max: NOTE_MAX_CHARS, rows: 3 })}
            {field("places", { input: PLACES })}
        </>
    );
}

const PLACES = { type: "number", inputMode: "numeric", min: 1, max: PLACES_MAX } as const;

type Named = Exclude<keyof Plan, "type">;

/** Of a time it says whose it is, to whoever has another on their phone. */
function labelOf(name: Named, plan: Plan): string {
    const label = words.gathering[name];
    const isTime = name === "starts" || name === "ends";
    const elsewhere = isTime && isElsewhere(fromField(plan[name]) ?? Date.now());
    return elsewhere ? words.moment.atHome(label) : label;
}

/** Who will hear of this: so that nobody has to wonder whom to ring as well. */
function Hearers({ room }: { room: string }) {
    const around = aroundOf(useRoost().shown, room);
    const others = around.homes.filter(({ home }) => home !== around.home).length;
    return (
        <p class="quiet" data-testid="hearers">
            {words.gathering.hearers(others)}
        </p>
    );
}

/** The last word before a gathering is called off. */
export function Canceller({ room, id, close }: { room: string; id: string; close: () => void }) {
    const { acts } = useRoost();
    const [reason, setReason] = useState("");
    const [tries, setTries] = useState(0);
    const wrong = wrongIn(reason, REASON_MAX_CHARS, undefined, within);
    const cancel = () => {
        setTries(tries + 1);
        if (wrong) return;
        const why = tidy(reason);
        acts.send(room, "gathering", { cancelled: why ? { reason: why } : {} }, id);
        close();
    };
    return (
        <Dialog heading={words.gathering.cancelHeading} close={close} testId="canceller">
            <Form submit={cancel} tries={tries} testId="cancel-form">
                <Field
                    label={words.gathering.cancelWhy}
                    wrong={tries > 0 ? wrong : undefined}
                    value={reason}
                    change={setReason}
                    testId="cancel-reason"
                    max={REASON_MAX_CHARS}
                    rows={3}
                />
                <Hearers room={room} />
                <Ends
                    busy={false}
                    yes={words.gathering.cancelYes}
                    no={words.gathering.cancelNo}
                    close={close}
                    testId="cancel-yes"
                />
            </Form>
        </Dialog>
    );
}
