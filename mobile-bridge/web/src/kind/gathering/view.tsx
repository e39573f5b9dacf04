// The card of a gathering: what, when and where, who comes, what my home says, and what those who
// lead can do with it.

import { useState } from "preact/hooks";
import { serverNow } from "../../core/clock.ts";
import type { GatheringState } from "../../generated/protocol.ts";
import { useRoost } from "../../roost.ts";
import { Select } from "../../screen/fields.tsx";
import { words } from "../../words.ts";
import { askedOf, homeName, type Around, type ViewProps } from "../kind.ts";
import { mayAnswer, mayPublish } from "../may.ts";
import { Answering } from "../rsvp/composer.tsx";
import { Canceller, Planner } from "./form.tsx";
import { counted, detailsNow, stateOf } from "./rules.ts";
import { whenWords } from "./when.ts";

export function Card({ entry, card, around }: ViewProps) {
    const state = stateOf(card);
    const details = detailsNow(entry, card);
    if (!details) return null;
    const off = state?.status === "cancelled";
    return (
        <div class={off ? "gathering off" : "gathering"} data-testid="gathering">
            <p class="gathering-type">{words.gathering.types[details.type] ?? details.type}</p>
            <p class="gathering-title message-text">{details.title}</p>
            <p>{whenWords(details.starts_at, details.ends_at)}</p>
            {details.place && <p class="message-text">{details.place}</p>}
            {details.note && <p class="message-text gathering-note">{details.note}</p>}
            {state && entry.id !== undefined && (
                <Standing id={entry.id} state={state} around={around} />
            )}
        </div>
    );
}

type StandingProps = { id: string; state: GatheringState; around: Around };

function Standing({ id, state: held, around }: StandingProps) {
    const homes = askedOf(
        around.homes.map(({ home }) => home),
        around.people,
    );
    const state = counted(held, homes);
    const { details, reason } = state;
    if (state.status === "cancelled") {
        const why = reason ? words.gathering.offWhy(reason) : words.gathering.off;
        return <p class="gathering-off">{why}</p>;
    }
    const over = details.ends_at <= serverNow();
    const { home, listed } = around;
    const asked = !over && listed !== undefined && home !== undefined && mayAnswer(home, around);
    return (
        <>
            <Tally state={state} />
            {over && <p class="quiet">{words.gathering.over}</p>}
            {asked && (
                <Answering
                    gathering={id}
                    home={home}
                    given={state.answers[home]}
                    around={around}
                />
            )}
            <Who {...{ id, state, around, over, homes }} />
            {listed && <Deeds {...{ id, state, around, over }} />}
        </>
    );
}

function Tally({ state }: Pick<StandingProps, "state">) {
    const { going_heads, maybe_heads, homes_going, homes_not, details } = state;
    const lines = [
        words.gathering.tally(going_heads, homes_going),
        maybe_heads > 0 && words.gathering.maybe(maybe_heads),
        homes_not > 0 && words.gathering.not(homes_not),
        details.places && words.gathering.placesLeft(Math.max(0, details.places - going_heads)),
    ];
    return <p data-testid="tally">{lines.filter(Boolean).join(" · ")}</p>;
}

type Props = StandingProps & { over: boolean };

/** Each of the homes and what it said; those who lead may say it for a home that told them. */
function Who({ id, state, around, over, homes }: Props & { homes: readonly string[] }) {
    const [of, setOf] = useState<string>();
    const name = (home: string) => homeName(home, around, words.room.someone);
    const answers = Object.entries(state.answers);
    const missing = homes.filter((home) => !(home in state.answers));
    const others = over || !mayPublish(around) ? [] : homes.filter((home) => home !== around.home);
    return (
        <details class="who">
            <summary>{words.gathering.who}</summary>
            <ul>
                {answers.map(([home, { answer, heads, stale }]) => {
                    const said = words.rsvp.line(words.rsvp.answers[answer], heads);
                    const text = words.rsvp.said(name(home), said);
                    return <li key={home}>{stale ? `${text} · ${words.rsvp.stale}` : text}</li>;
                })}
            </ul>
            <p data-testid="no-answer">
                {missing.length > 0
                    ? words.gathering.waiting(missing.map(name))
                    : words.gathering.answeredAll}
            </p>
            {others.length > 0 && (
                <Select
                    label={words.rsvp.forHome}
                    choose={words.rsvp.forChoose}
                    options={others.map((home) => ({ value: home, label: name(home) }))}
                    value={of ?? ""}
                    wrong={undefined}
                    change={(home) => setOf(home || undefined)}
                    testId="answer-for"
                />
            )}
            {of !== undefined && others.includes(of) && (
                <Answering
                    key={of}
                    gathering={id}
                    home={of}
                    given={state.answers[of]}
                    around={around}
                    answered={() => setOf(undefined)}
                />
            )}
        </details>
    );
}

function Deeds({ id, state, around, over }: Props) {
    const [doing, setDoing] = useState<"change" | "cancel">();
    const room = around.listed!.room;
    const close = () => setDoing(undefined);
    const leads = !over && mayPublish(around);
    return (
        <div class="deeds">
            <Calendar room={room} id={id} />
            {leads && (
                <>
                    <button
                        type="button"
                        class="button-plain"
                        data-testid="gathering-change"
                        onClick={() => setDoing("change")}
                    >
                        {words.gathering.change}
                    </button>
                    <button
                        type="button"
                        class="button-plain"
                        data-testid="gathering-cancel"
                        onClick={() => setDoing("cancel")}
                    >
                        {words.gathering.cancel}
                    </button>
                </>
            )}
            {doing === "change" && (
                <Planner room={room} of={{ id, details: state.details }} close={close} />
            )}
            {doing === "cancel" && <Canceller room={room} id={id} close={close} />}
        </div>
    );
}

/** The file is fetched with the access token, which a plain link could not carry. */
function Calendar({ room, id }: { room: string; id: string }) {
    const { acts } = useRoost();
    const [problem, setProblem] = useState<string>();
    const save = async () => {
        const answer = await acts.calendar(room, id);
        if ("unreachable" in answer) setProblem(words.gathering.calendarNoSignal);
        else if ("refused" in answer) setProblem(answer.refused.words);
        else {
            setProblem(undefined);
            saveFile(answer.value, words.gathering.calendarFile);
        }
    };
    return (
        <>
            <button
                type="button"
                class="button-plain"
                data-testid="calendar"
                onClick={() => void save()}
            >
                {words.gathering.calendar}
            </button>
            {problem && (
                <p class="problem" role="alert">
                    {problem}
                </p>
            )}
        </>
    );
}

/** Some browsers ask first whether to take a file, and read it when the person has answered. */
const TAKEN_MS = 60_000;

function saveFile(file: Blob, name: string): void {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(file);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), TAKEN_MS);
}
