// Which home somebody is to live in from now on: when they move, and when they are taken back.

import { useState } from "preact/hooks";
import { serverNow } from "../../core/clock.ts";
import type { Invited, Member, Of } from "../../core/desk.ts";
import { Dialog } from "../../dialog.tsx";
import type { HomeCard } from "../../generated/protocol.ts";
import { useRoost } from "../../roost.ts";
import { words } from "../../words/later.ts";
import { useDoing } from "../ask.ts";
import { Ends, Form, Problem } from "../fields.tsx";
import { AgreementFields, blankAgreement } from "./agreement.tsx";
import { HomeSelect } from "./invite.tsx";
import { agreementOf, homesFor, isAgreement, type Draft } from "./rules.ts";

type Props = { of: Of; member: Member; homes: readonly HomeCard[]; close: () => void };

export function Move({ of, member, homes, close, moved }: Props & { moved: () => void }) {
    const { desk } = useRoost();
    const [home, setHome] = useState("");
    const [tries, setTries] = useState(0);
    const { busy, problem, run } = useDoing(words.desk.noSignal);
    const young = member.role === "young";
    const submit = () => {
        setTries(tries + 1);
        if (home) run(() => desk.move(of, home), moved);
    };
    return (
        <Dialog heading={words.desk.move} close={close} testId="sure-move">
            <Form submit={submit} tries={tries} testId="move-form">
                <p>{words.desk[young ? "moveYoung" : "moveSure"](member.name)}</p>
                <HomeSelect
                    homes={homesFor(member.role, homes, member.home)}
                    label={words.desk.moveTo}
                    value={home}
                    tried={tries > 0}
                    change={setHome}
                />
                <Problem words={problem} />
                <Ends
                    busy={busy}
                    yes={words.desk.moveYes}
                    no={words.desk.no}
                    close={close}
                    testId="move-yes"
                />
            </Form>
        </Dialog>
    );
}

type BackProps = Props & { done: (invited: Invited) => void };

export function TakeBack({ of, member, homes, close, done }: BackProps) {
    const { desk } = useRoost();
    const fitting = homesFor(member.role, homes);
    const [home, setHome] = useState(fitting.length === 1 ? fitting[0]!.home : "");
    const [draft, setDraft] = useState<Draft>(blankAgreement(serverNow()));
    const [tries, setTries] = useState(0);
    const { busy, problem, run } = useDoing(words.invite.unsure);
    const young = member.role === "young";
    const agreement = young ? agreementOf(draft, serverNow()) : undefined;
    const agreed = agreement === undefined || isAgreement(agreement);
    const submit = () => {
        setTries(tries + 1);
        if (!home || !agreed) return;
        run(() => desk.takeBack(of, home, agreement), done);
    };
    return (
        <Dialog heading={words.desk.takeBack} close={close} testId="sure-take_back">
            <Form submit={submit} tries={tries} testId="back-form">
                <p>{words.desk.takeBackHint}</p>
                <HomeSelect homes={fitting} value={home} tried={tries > 0} change={setHome} />
                {young && (
                    <AgreementFields
                        draft={draft}
                        wrong={tries === 0 || agreed ? {} : agreement}
                        change={(part) => setDraft({ ...draft, ...part })}
                    />
                )}
                <Problem words={problem} />
                <Ends
                    busy={busy}
                    yes={words.desk.takeBackYes}
                    no={words.desk.no}
                    close={close}
                    testId="back-yes"
                />
            </Form>
        </Dialog>
    );
}
