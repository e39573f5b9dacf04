// The forms of those who lead: plan a gathering, change it, call it off.

import { useState } from "preact/hooks";
import { Dialog } from "../../dialog.tsx";
import {
    NOTE_MAX_CHARS,
    PLACE_MAX_CHARS,
    PLACES_MAX,
    REASON_MAX_CHARS,
    TITLE_MAX_CHARS,
    WORDS,
    type GatheringDetails,
    type GatheringType,
} from "../../generated/protocol.ts";
import { useRoost } from "../../roost.ts";
import { words } from "../../words.ts";
import { aroundOf } from "../kind.ts";
import { tidy } from "../text.ts";
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

/** The details that a plan stands for, or what is wrong with it, in words. */
export function detailsOf(
    plan: Plan,
    now_ms: number,
    before?: GatheringDetails,
): GatheringDetails | string {
    const [starts_at, ends_at] = [fromField(plan.starts), fromField(plan.ends)];
    const title = tidy(plan.title);
    if (title === "" || starts_at === undefined || ends_at === undefined)
        return words.gathering.missing;
    // One that has begun may keep its start.
    if (starts_at < now_ms && starts_at !== before?.starts_at) return words.gathering.past;
    const [place, note] = [tidy(plan.place), tidy(plan.note)];
    const details: GatheringDetails = {
        title,
        type: plan.type,
        starts_at,
        ends_at,
        ...(place ? { place } : {}),
        ...(note ? { note } : {}),
        ...(plan.places.trim() ? { places: Number(plan.places) } : {}),
    };
    if (check({ details }) === undefined) return details;
    return ends_at <= starts_at ? words.gathering.order : WORDS.details_invalid;
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
    const [problem, setProblem] = useState<string>();
    const save = () => {
        const details = detailsOf(plan, Date.now(), of?.details);
        if (typeof details === "string") {
            setProblem(details);
            return;
        }
        acts.send(room, "gathering", { details }, of?.id);
        close();
    };
    const heading = of ? words.gathering.headingChange : words.gathering.headingNew;
    return (
        <Dialog heading={heading} close={close} testId="planner">
            <form
                class="form"
                onSubmit={(event) => {
                    event.preventDefault();
                    save();
                }}
            >
                <Fields plan={plan} change={(part) => setPlan(whole({ ...plan, ...part }))} />
                <p class="problem" role="alert">
                    {problem}
                </p>
                <Hearers room={room} />
                <div class="form-acts">
                    <button type="submit" class="button-main" data-testid="planner-save">
                        {of ? words.gathering.saveChange : words.gathering.save}
                    </button>
                    <button type="button" class="button-plain" onClick={close}>
                        {words.gathering.stop}
                    </button>
                </div>
            </form>
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

type Change = (part: Partial<Plan>) => void;

function Fields({ plan, change }: { plan: Plan; change: Change }) {
    return (
        <>
            <Line name="title" most={TITLE_MAX_CHARS} plan={plan} change={change} />
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
            {(["starts", "ends"] as const).map((name) => (
                <label key={name} class="field">
                    {timeLabel(name, plan)}
                    <input
                        type="datetime-local"
                        data-testid={`plan-${name}`}
                        value={plan[name]}
                        onInput={(event) => change({ [name]: event.currentTarget.value })}
                    />
                </label>
            ))}
            <Line name="place" most={PLACE_MAX_CHARS} plan={plan} change={change} />
            <label class="field">
                {words.gathering.note}
                <textarea
                    rows={3}
                    maxLength={NOTE_MAX_CHARS}
                    value={plan.note}
                    onInput={(event) => change({ note: event.currentTarget.value })}
                />
            </label>
            <label class="field">
                {words.gathering.places}
                <input
                    type="number"
                    inputMode="numeric"
                    min={1}
                    max={PLACES_MAX}
                    value={plan.places}
                    onInput={(event) => change({ places: event.currentTarget.value })}
                />
            </label>
        </>
    );
}

/** Says whose time it is, to whoever has another on their phone. */
function timeLabel(name: "starts" | "ends", plan: Plan): string {
    const elsewhere = isElsewhere(fromField(plan[name]) ?? Date.now());
    return elsewhere ? words.moment.atHome(words.gathering[name]) : words.gathering[name];
}

function Line(props: { name: "title" | "place"; most: number; plan: Plan; change: Change }) {
    const { name, most, plan, change } = props;
    return (
        <label class="field">
            {words.gathering[name]}
            <input
                type="text"
                maxLength={most}
                data-testid={`plan-${name}`}
                value={plan[name]}
                onInput={(event) => change({ [name]: event.currentTarget.value })}
            />
        </label>
    );
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
