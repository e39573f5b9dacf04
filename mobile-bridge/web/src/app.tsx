// Which screen stands: decided by where the person is and whether anybody is signed in.

import { useEffect, useRef } from "preact/hooks";
import { forgetTyped } from "./kind/message/typed.ts";
import { go, route, write, type Route } from "./route.ts";
import { RoostContext, useRoost, type Roost } from "./roost.ts";
import { forgetHeard } from "./screen/ask.ts";
import { Beside, NobodyChosen } from "./screen/frame.tsx";
import { Install } from "./screen/install.tsx";
import { Join } from "./screen/join.tsx";
import { later } from "./screen/later.tsx";
import { NeedLink, SignedOut, SignOut, Unreachable } from "./screen/leaving.tsx";
import { tabOf } from "./screen/page.tsx";
import { useWide } from "./screen/parts.tsx";
import { forgetMade } from "./screen/people/made.ts";
import { Room } from "./screen/room.tsx";
import { Rooms } from "./screen/rooms.tsx";
import { askAnew } from "./screen/settings.ts";
import { titleOf } from "./title.ts";
import { words } from "./words.ts";

const desk = () => import("./screen/people/desk.ts");
const People = later(() => desk().then((it) => it.People));
const Constellation = later(() => desk().then((it) => it.Constellation));
const Invite = later(() => desk().then((it) => it.Invite));
const Person = later(() => desk().then((it) => it.Person));
const Table = later(() => desk().then((it) => it.Table));
const account = () => import("./screen/you/account.ts");
const You = later(() => account().then((it) => it.You));
const QuietHours = later(() => account().then((it) => it.QuietHours));
const Move = later(() => account().then((it) => it.Move));
const UseCode = later(() => account().then((it) => it.UseCode));

export function App({ roost }: { roost: Roost }) {
    return (
        <RoostContext.Provider value={roost}>
            <Screen />
        </RoostContext.Provider>
    );
}

/** Until the disk has opened, and the server has said whether this sign-in stands. */
export function Opening() {
    return (
        <main class="sheet">
            <p role="status" data-testid="opening">
                {words.opening}
            </p>
        </main>
    );
}

function Screen() {
    const { shown } = useRoost();
    const at = route.value;
    const phase = shown.phase.value;
    const leaving = phase === "ended" || phase === "signed_out";
    const me = shown.me.value;
    const former = useRef(me);
    useEffect(() => {
        // Also where somebody else signs in over what was kept, in this tab or in another.
        const others = me !== undefined && former.current !== undefined && me !== former.current;
        former.current = me ?? former.current;
        if (!leaving && !others) return;
        forgetTyped();
        forgetHeard();
        forgetMade();
        askAnew();
    }, [leaving, me]);
    useEffect(() => void (document.title = titleOf(at.at, phase)), [at.at, phase]);

    if (phase === "opening") return <Opening />;
    if (at.at === "join") return <Join token={at.token} />;
    if (at.at === "install") return <Install />;
    if (phase === "signed_in") return <Inside at={at} />;
    if (at.at === "code") return <UseCode />;
    switch (phase) {
        case "unreachable":
            return <Unreachable />;
        case "unknown":
            return <NeedLink />;
        case "ended":
        case "signed_out":
            return <SignedOut bySelf={phase === "signed_out"} />;
    }
}

/** The screens of somebody who is signed in. */
function Inside({ at }: { at: Route }) {
    const wide = useWide();
    if (at.at === "sign_out") return <SignOut />;
    const room = at.at === "room" ? at.room : "";
    return (
        <Beside wide={wide} room={room} tab={tabOf(at)}>
            <Open at={at} wide={wide} />
        </Beside>
    );
}

/** The one that is open; the rooms stand beside it where there is room for both. */
function Open({ at, wide }: { at: Route; wide: boolean }) {
    switch (at.at) {
        case "room": {
            const leave = () => go({ at: "rooms" });
            return <Room key={write(at)} room={at.room} entry={at.entry} leave={leave} />;
        }
        case "people":
            return <People />;
        case "constellation":
            return <Constellation key={at.constellation} constellation={at.constellation} />;
        case "invite":
            return <Invite key={at.constellation} constellation={at.constellation} />;
        case "person":
            return <Person key={at.person} constellation={at.constellation} person={at.person} />;
        case "table":
            return <Table key={at.person} constellation={at.constellation} person={at.person} />;
        case "you":
            return <You />;
        case "quiet":
            return <QuietHours />;
        case "move":
            return <Move />;
        default:
            return wide ? <NobodyChosen /> : <Rooms />;
    }
}
