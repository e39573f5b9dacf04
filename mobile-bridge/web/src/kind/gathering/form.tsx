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
import { Ends, Field, Form, Problem, type FieldInput } from "../../screen/fields.tsx";
import { words } from "../../words.ts";
import { aroundOf } from "../kind.ts";
import { line, tidy, within } from "../text.ts";
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
    if (title === "") return { at: "title", words: say.titleMissing };
    if (line(title, TITLE_MAX_CHARS)) return { at: "title", words: say.unfit };
    if (starts_at === undefined) return { at: "starts", words: say.startsMissing };
    // One that has begun may keep its start.
    if (starts_at < now_ms && starts_at !== before?.starts_at)
        return { at: "starts", words: say.past };
    if (ends_at === undefined) return { at: "ends", words: say.endsMissing };
    const times = { title, type: plan.type, starts_at, ends_at };
    if (check({ details: times })) return { at: "ends", words: say.order };
    if (place && line(place, PLACE_MAX_CHARS)) return { at: "place", words: say.unfit };
    if (note && within(note, NOTE_MAX_CHARS)) return { at: "note", words: say.unfit };
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
    const wrongNote = wrong?.at === "note" ? wrong.words : undefined;
    const field = (name: Named, input: FieldInput) => (
        <Field
            label={labelOf(name, plan)}
            wrong={wrong?.at === name ? wrong.words : undefined}
            value={plan[name]}
            change={(value) => change({ [name]: value })}
            testId={`plan-${name}`}
            input={input}
        />
    );
    return (
        <>
            {field("title", { maxLength: TITLE_MAX_CHARS, spellcheck: true })}
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
            {field("starts", { type: "datetime-local" })}
            {field("ends", { type: "datetime-local" })}
            {field("place", { maxLength: PLACE_MAX_CHARS, spellcheck: true })}
            <label class="field">
                {words.gathering.note}
                <textarea
                    rows={3}
                    maxLength={NOTE_MAX_CHARS}
                    value={plan.note}
                    {...(wrongNote ? { "data-wrong": "", "aria-invalid": "true" } : {})}
                    onInput={(event) => change({ note: event.currentTarget.value })}
                />
            </label>
            <Problem words={wrongNote} />
            {field("places", { type: "number", inputMode: "numeric", min: 1, max: PLACES_MAX })}
        </>
    );
}

type Named = Exclude<keyof Plan, "type" | "note">;

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
    const cancel = () => {
        const why = tidy(reason);
        acts.send(room, "gathering", { cancelled: why ? { reason: why } : {} }, id);
        close();
    };
    return (
        <Dialog heading={words.gathering.cancelHeading} close={close} testId="canceller">
            <div class="form">
                <label class="field">
                    {words.gathering.cancelWhy}
                    <textarea
                        rows={3}
                        maxLength={REASON_MAX_CHARS}
                        value={reason}
                        onInput={(event) => setReason(event.currentTarget.value)}
                    />
                </label>
                <Hearers room={room} />
                <div class="form-acts">
                    <button
                        type="button"
                        class="button-main"
                        data-testid="cancel-yes"
                        onClick={cancel}
                    >
                        {words.gathering.cancelYes}
                    </button>
                    <button type="button" class="button-plain" onClick={close}>
                        {words.gathering.cancelNo}
                    </button>
                </div>
            </div>
        </Dialog>
    );
}
