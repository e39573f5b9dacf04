// What takes two people: to lift a suspension, and to make a liaison worker. One proposes, another
// agrees within a week.

import { useState } from "preact/hooks";
import { serverNow } from "../../core/clock.ts";
import type { Invited, Proposal } from "../../core/desk.ts";
import { Dialog } from "../../dialog.tsx";
import { go } from "../../route.ts";
import { useRoost } from "../../roost.ts";
import { words } from "../../words/later.ts";
import { useAsked, useDoing } from "../ask.ts";
import { Choices, Ends, Field, Form, isName, NAME_MAX_CHARS, Problem, Select } from "../fields.tsx";
import { Sure } from "../sure.tsx";
import { momentOf } from "../times.ts";
import { keepMade } from "./made.ts";

type Props = {
    constellation: string;
    proposals: readonly Proposal[];
    again: () => Promise<void>;
};

export function Proposals({ constellation, proposals, again }: Props) {
    const { desk } = useRoost();
    const [asked, setAsked] = useState<Proposal>();
    const [said, setSaid] = useState("");
    const agreed = ({ invited }: { invited?: Invited }) => {
        setAsked(undefined);
        setSaid(words.two.agreed);
        void again();
        if (!invited) return;
        keepMade(invited);
        go({ at: "person", constellation, person: invited.person });
    };
    return (
        <>
            <ul class="people">
                {proposals.map((each) => (
                    <Row key={each.proposal} proposal={each} ask={() => setAsked(each)} />
                ))}
            </ul>
            <p role="status" class="said-line">
                {said}
            </p>
            {asked && (
                <Sure
                    heading={whatOf(asked)}
                    body={[
                        words.two[asked.what === "lift" ? "liftSure" : "liaisonSure"](asked.name),
                    ]}
                    yes={words.two.yes}
                    no={words.two.no}
                    noSignal={words.desk.noSignal}
                    act={() => desk.agree(constellation, asked.proposal)}
                    done={agreed}
                    close={() => setAsked(undefined)}
                    testId="agree-sure"
                />
            )}
        </>
    );
}

function whatOf({ what, name }: Proposal): string {
    return words.two[what](name);
}

function Row({ proposal, ask }: { proposal: Proposal; ask: () => void }) {
    const until = momentOf(proposal.expires_at, serverNow());
    return (
        <li class="proposal" data-testid="proposal">
            <p class="person-name">{whatOf(proposal)}</p>
            <p class="quiet">{proposal.mine ? words.two.mine(until) : words.two.theirs(until)}</p>
            {!proposal.mine && (
                <button
                    type="button"
                    class="button-choice"
                    aria-label={words.two.agreeFor(whatOf(proposal))}
                    data-testid="agree"
                    onClick={ask}
                >
                    {words.two.agree}
                </button>
            )}
        </li>
    );
}

type ProposeProps = { constellation: string; close: (said?: string) => void };

export function ProposeLiaison({ constellation, close }: ProposeProps) {
    const { desk } = useRoost();
    const { value: elsewhere } = useAsked({
        key: `liaisons but of ${constellation}`,
        ask: () => desk.liaisonsElsewhere(constellation),
        noSignal: words.people.noSignal,
    });
    const [who, setWho] = useState<"new" | "here">("new");
    const [name, setName] = useState("");
    const [person, setPerson] = useState("");
    const [tries, setTries] = useState(0);
    const { busy, problem, run } = useDoing(words.invite.unsure);
    const fits = who === "new" ? isName(name) : person !== "";
    const submit = () => {
        setTries(tries + 1);
        if (!fits) return;
        const candidate = who === "new" ? { name: name.trim() } : { person };
        run(
            () => desk.proposeLiaison(constellation, candidate),
            () => close(words.two.proposed),
        );
    };
    const wrong = tries > 0 && !fits;
    return (
        <Dialog heading={words.two.proposeHeading} close={() => close()} testId="propose-form">
            <Form submit={submit} tries={tries} testId="propose">
                <p>{words.two.proposeBody}</p>
                {elsewhere && elsewhere.length > 0 && (
                    <Choices
                        label={words.two.proposeWho}
                        options={WHO}
                        value={who}
                        wrong={undefined}
                        change={setWho}
                        testId="propose-who"
                    />
                )}
                {who === "new" ? (
                    <Field
                        label={words.two.proposeName}
                        wrong={wrong ? words.invite.nameWrong : undefined}
                        value={name}
                        change={setName}
                        testId="propose-name"
                        max={NAME_MAX_CHARS}
                    />
                ) : (
                    <Select
                        label={words.two.proposeWhom}
                        choose={words.two.proposeChoose}
                        options={(elsewhere ?? []).map((each) => ({
                            value: each.person,
                            label: each.name,
                        }))}
                        value={person}
                        wrong={wrong ? words.two.proposeWrong : undefined}
                        change={setPerson}
                        testId="propose-person"
                    />
                )}
                <Problem words={problem} />
                <Ends
                    busy={busy}
                    yes={words.two.proposeYes}
                    no={words.two.proposeNo}
                    close={() => close()}
                    testId="propose-yes"
                />
            </Form>
        </Dialog>
    );
}

const WHO = [
    { value: "new", label: words.two.proposeNew },
    { value: "here", label: words.two.proposeHere },
] as const;
