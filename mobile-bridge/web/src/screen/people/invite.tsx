// Inviting somebody: their name, what they are, their home, and for a young person the agreement.
// What comes out is a link, on the page of the person.

import { useState } from "preact/hooks";
import { serverNow } from "../../core/clock.ts";
import type { Invite as Invitation } from "../../core/desk.ts";
import type { HomeCard } from "../../generated/protocol.ts";
import { go } from "../../route.ts";
import { useRoost } from "../../roost.ts";
import { words } from "../../words/later.ts";
import { useDoing } from "../ask.ts";
import { Choices, Ends, Field, Form, isName, NAME_MAX_CHARS, Problem, Select } from "../fields.tsx";
import { Page } from "../page.tsx";
import { AgreementFields, blankAgreement } from "./agreement.tsx";
import { keepMade } from "./made.ts";
import { agreementOf, inOrder, isAgreement, type Draft } from "./rules.ts";
import { Unheard } from "../unheard.tsx";
import { useWhole } from "./whole.ts";

export function Invite({ constellation }: { constellation: string }) {
    const asked = useWhole(constellation);
    const homes = asked.value?.homes;
    const back = { to: { at: "constellation", constellation } as const, label: words.people.back };
    return (
        <Page heading={words.invite.heading} back={back}>
            <Unheard asked={asked} />
            {homes && <Inviting constellation={constellation} homes={homes} />}
        </Page>
    );
}

const WHO = [
    { value: "carer", label: words.invite.carer },
    { value: "young", label: words.invite.young },
] as const;

type Who = (typeof WHO)[number]["value"];

function Inviting(props: { constellation: string; homes: readonly HomeCard[] }) {
    const { constellation, homes } = props;
    const { desk } = useRoost();
    const [name, setName] = useState("");
    const [who, setWho] = useState<Who>("carer");
    const [home, setHome] = useState("");
    const [draft, setDraft] = useState<Draft>(blankAgreement(serverNow()));
    const [tries, setTries] = useState(0);
    const { busy, problem, run } = useDoing(words.invite.unsure);
    const found = homes.find((each) => each.home === home);
    const agreement = agreementOf(draft, serverNow());
    const agreed = who === "carer" || isAgreement(agreement);
    const wrong = tries === 0 || isAgreement(agreement) ? {} : agreement;
    const close = () => go({ at: "constellation", constellation });
    const submit = () => {
        setTries(tries + 1);
        if (!isName(name) || !found || !agreed) return;
        const role = who === "young" ? "young" : found.hub ? "hub" : "satellite";
        const recorded = who === "young" && isAgreement(agreement) ? { agreement } : {};
        const invite: Invitation = { name: name.trim(), role, home, ...recorded };
        run(
            () => desk.invite(constellation, invite),
            (invited) => {
                keepMade(invited);
                go({ at: "person", constellation, person: invited.person }, "replace");
            },
        );
    };
    if (homes.length === 0) return <p class="empty">{words.invite.noHomes}</p>;
    return (
        <Form submit={submit} tries={tries} testId="invite-form">
            <Field
                label={words.invite.name}
                wrong={tries > 0 && !isName(name) ? words.invite.nameWrong : undefined}
                value={name}
                change={setName}
                testId="invite-name"
                max={NAME_MAX_CHARS}
                input={{ autoCapitalize: "words" }}
            />
            <Choices
                label={words.invite.who}
                options={WHO}
                value={who}
                wrong={undefined}
                change={setWho}
                testId="who"
            />
            <HomeSelect homes={homes} value={home} tried={tries > 0} change={setHome} />
            {who === "young" && (
                <AgreementFields
                    draft={draft}
                    wrong={wrong}
                    change={(part) => setDraft({ ...draft, ...part })}
                />
            )}
            <Problem words={problem} />
            <Ends
                busy={busy}
                yes={busy ? words.invite.busy : words.invite.yes}
                no={words.invite.no}
                close={close}
                testId="invite-yes"
            />
        </Form>
    );
}

type HomeProps = {
    homes: readonly HomeCard[];
    value: string;
    tried: boolean;
    change: (home: string) => void;
    label?: string;
};

export function HomeSelect({ homes, value, tried, change, label }: HomeProps) {
    return (
        <Select
            label={label ?? words.invite.home}
            choose={words.invite.homeChoose}
            options={inOrder(homes).map(({ home, name, hub }) => ({
                value: home,
                label: words.people.homeOf(name, hub),
            }))}
            value={value}
            wrong={tried && !value ? words.invite.homeWrong : undefined}
            change={change}
            testId="home-select"
        />
    );
}
