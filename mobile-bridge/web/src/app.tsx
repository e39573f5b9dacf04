// Which screen stands: decided by where the person is and whether anybody is signed in.

import { useEffect } from "preact/hooks";
import { forgetTyped } from "./kind/message/typed.ts";
import { go, route, type Route } from "./route.ts";
import { RoostContext, useRoost, type Roost } from "./roost.ts";
import { Beside, NobodyChosen, useWide } from "./screen/frame.tsx";
import { Install } from "./screen/install.tsx";
import { Join } from "./screen/join.tsx";
import { NeedLink, SignedOut, SignOut, Unreachable } from "./screen/leaving.tsx";
import { Room } from "./screen/room.tsx";
import { Rooms } from "./screen/rooms.tsx";
import { words } from "./words.ts";

export function App({ roost }: { roost: Roost }) {
    return (
        <RoostContext.Provider value={roost}>
            <Screen />
        </RoostContext.Provider>
    );
}

function Screen() {
    const { shown } = useRoost();
    const at = route.value;
    const phase = shown.phase.value;
    const leaving = phase === "ended" || phase === "signed_out";
    useEffect(() => {
        if (leaving) forgetTyped();
    }, [leaving]);

    if (at.at === "join") return <Join token={at.token} />;
    if (at.at === "install") return <Install />;
    switch (phase) {
        case "opening":
            return (
                <main class="sheet">
                    <p role="status" class="soon">
                        {words.opening}
                    </p>
                </main>
            );
        case "unreachable":
            return <Unreachable />;
        case "unknown":
            return <NeedLink />;
        case "ended":
        case "signed_out":
            return <SignedOut bySelf={phase === "signed_out"} />;
        case "signed_in":
            return <Inside at={at} />;
    }
}

/** The screens of somebody who is signed in. */
function Inside({ at }: { at: Route }) {
    const wide = useWide();
    switch (at.at) {
        case "sign_out":
            return <SignOut />;
        case "room": {
            const leave = () => go({ at: "rooms" });
            const room = <Room key={at.room} room={at.room} leave={leave} />;
            return wide ? <Beside room={at.room}>{room}</Beside> : room;
        }
        default:
            return wide ? (
                <Beside room="">
                    <NobodyChosen />
                </Beside>
            ) : (
                <Rooms />
            );
    }
}
