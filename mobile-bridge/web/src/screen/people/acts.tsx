// What can be done with somebody. Whatever ends something says first what will happen.

import { useState } from "preact/hooks";
import type { Answer } from "../../core/session.ts";
import type { Invited, Member, Of } from "../../core/desk.ts";
import type { HomeCard } from "../../generated/protocol.ts";
import { go } from "../../route.ts";
import { useRoost } from "../../roost.ts";
import { words } from "../../words/later.ts";
import { useDoing } from "../ask.ts";
import { Problem } from "../fields.tsx";
import { Sure } from "../sure.tsx";
import { keepMade } from "./made.ts";
import { Move, TakeBack } from "./move.tsx";
import { actsOn, type Act, type Viewer } from "./rules.ts";

type Props = {
    of: Of;
    member: Member;
    viewer: Viewer;
    homes: readonly HomeCard[];
    /** Whether it is proposed already to lift the suspension. */
    proposed: boolean;
    /** Something was done: what to say of it. */
    done: (said: string) => void;
};

const say = words.desk;

const LABELS: Record<Act, [label: string, hint: string]> = {
    invite: [say.invite, say.inviteHint],
    again: [say.again, say.inviteHint],
    another: [say.another, say.anotherHint],
    table: [say.table, say.tableHint],
    revoke: [say.revoke, ""],
    move: [say.move, ""],
    suspend: [say.suspend, say.suspendHint],
    lift: [say.lift, say.liftHint],
    end: [say.end, say.endHint],
    take_back: [say.takeBack, say.takeBackHint],
};

/** Acts that take something from somebody. */
const GRAVE: readonly Act[] = ["revoke", "suspend", "end"];

export function Acts(props: Props) {
    const { of, member, viewer, homes, proposed, done } = props;
    const { desk } = useRoost();
    const [open, setOpen] = useState<Act>();
    const { busy, problem, run } = useDoing(say.noSignal);
    const acts = actsOn(member, viewer, homes, proposed);
    const made = (invited: Invited) => {
        keepMade(invited);
        done("");
    };
    const press = (act: Act) => {
        if (act === "table") go({ at: "table", ...of });
        else if (act === "invite" || act === "another") run(() => desk.inviteAgain(of), made);
        else setOpen(act);
    };
    if (acts.length === 0) return null;
    return (
        <section class="group" data-testid="acts">
            <h2 class="subheading">{words.people.acts}</h2>
            <Problem words={problem} />
            <ul class="acts">
                {acts.map((act) => (
                    <li key={act}>
                        <button
                            type="button"
                            class={GRAVE.includes(act) ? "act act-grave" : "act"}
                            data-testid={`act-${act}`}
                            aria-disabled={busy}
                            onClick={() => press(act)}
                        >
                            <span class="act-label">{LABELS[act][0]}</span>
                            {LABELS[act][1] && <span class="quiet">{LABELS[act][1]}</span>}
                        </button>
                    </li>
                ))}
            </ul>
            {open && <Opened {...props} act={open} made={made} close={() => setOpen(undefined)} />}
        </section>
    );
}

type OpenedProps = Props & { act: Act; made: (invited: Invited) => void; close: () => void };

function Opened({ act, of, member, homes, done, made, close }: OpenedProps) {
    const { desk } = useRoost();
    const finish = (said: string) => {
        close();
        done(said);
    };
    if (act === "move")
        return <Move {...{ of, member, homes, close }} moved={() => finish(say.done.move)} />;
    const madeAndClosed = (invited: Invited) => {
        close();
        made(invited);
    };
    if (act === "take_back")
        return <TakeBack {...{ of, member, homes, close }} done={madeAndClosed} />;
    // These need no question.
    if (act === "invite" || act === "another" || act === "table") return null;
    const frame = {
        heading: say.heading[act](member.name),
        grave: GRAVE.includes(act),
        no: say.no,
        noSignal: say.noSignal,
        close,
        testId: `sure-${act}`,
    };
    const plain = (ask: () => Promise<Answer<unknown>>, said: string) => ({
        ...frame,
        act: ask,
        done: () => finish(said),
    });
    const { name } = member;
    switch (act) {
        case "again":
            return (
                <Sure
                    {...frame}
                    body={[say.againSure(name)]}
                    yes={say.againYes}
                    act={() => desk.inviteAgain(of)}
                    done={madeAndClosed}
                />
            );
        case "revoke":
            return (
                <Sure
                    {...plain(() => desk.revoke(of), say.done.revoke)}
                    body={[say.revokeSure(name)]}
                    yes={say.revokeYes}
                />
            );
        case "suspend":
            return (
                <Sure
                    {...plain(() => desk.suspend(of), say.done.suspend)}
                    body={[say.suspendSure(name)]}
                    yes={say.suspendYes(name)}
                />
            );
        case "lift":
            return (
                <Sure
                    {...frame}
                    body={[say.liftSure(name)]}
                    yes={say.liftYes}
                    act={() => desk.lift(of)}
                    done={({ mine }) => finish(mine ? say.done.lift : say.done.liftOther)}
                />
            );
        case "end":
            return (
                <Sure
                    {...plain(() => desk.end(of), say.done.end)}
                    body={[say.endSure(name)]}
                    yes={say.endYes(name)}
                />
            );
    }
}
