// One room: what was said, what of mine is still on its way, and the place to write.

import type { Entry } from "../generated/protocol.ts";
import { Composer, typed } from "../kind/message/composer.tsx";
import { useRoost } from "../roost.ts";
import { words } from "../words.ts";
import { Log } from "./log.tsx";
import { ConnectionLine, Heading, MemoryBanner } from "./parts.tsx";

export function Room({ room, leave }: { room: string; leave: () => void }) {
    const { shown } = useRoost();
    const listed = shown.rooms.value.find((each) => each.room === room);
    const around = { me: shown.me.value, people: shown.people.value };
    return (
        <div class="screen">
            <header class="bar bar-room">
                <button
                    type="button"
                    class="button-icon"
                    aria-label={words.back}
                    data-testid="back"
                    onClick={leave}
                >
                    ‹
                </button>
                <div class="bar-text">
                    <Heading>{listed?.title ?? words.roost}</Heading>
                    <ConnectionLine />
                </div>
            </header>
            <MemoryBanner />
            {listed ? (
                <>
                    <Log listed={listed} around={around} answer={(entry) => answer(room, entry)} />
                    <Composer room={room} around={around} />
                </>
            ) : (
                <main class="scroll">
                    <p class="empty">{words.room.gone}</p>
                </main>
            )}
        </div>
    );
}

function answer(room: string, entry: Entry): void {
    const writing = typed(room);
    writing.value = { ...writing.value, answers: entry };
}
