// Looking for words in a room. The server looks, at a stretch of the log each time, and says where
// to go on; what it finds may lie above all that this phone holds.

import { useRef, useState } from "preact/hooks";
import { serverNow } from "../core/clock.ts";
import { QUERY_MAX_CHARS } from "../generated/protocol.ts";
import { lineOf } from "../kind/index.ts";
import { nameOf, type Around } from "../kind/kind.ts";
import { useRoost, type Found } from "../roost.ts";
import { words } from "../words.ts";
import { Left, wrongIn } from "./fields.tsx";
import { dayOf, timeOf } from "./times.ts";

type Props = {
    room: string;
    around: Around;
    show: (seq: number) => void;
};

export function Search({ room, around, show }: Props) {
    const { acts } = useRoost();
    const [asked, setAsked] = useState("");
    const [found, setFound] = useState<Found>();
    const [said, setSaid] = useState("");
    const looking = useRef(false);

    const look = async (text: string, below?: Found) => {
        // The server looks for one thing at a time for each person.
        if (looking.current) return;
        looking.current = true;
        setSaid(words.search.busy);
        const answer = await acts.search(room, text, below?.before);
        looking.current = false;
        if ("unreachable" in answer) setSaid(words.search.noSignal);
        else if ("refused" in answer) setSaid(answer.refused.words);
        else {
            const entries = [...(below?.entries ?? []), ...answer.value.entries];
            setAsked(text);
            setFound({ ...answer.value, entries });
            setSaid(words.search.found(entries.length, answer.value.more));
        }
    };

    return (
        <section class="search" aria-label={words.search.open} data-testid="search">
            <Asking ask={(text) => void look(text)} say={setSaid} />
            <p class="quiet" role="status" data-testid="search-said">
                {said}
            </p>
            {found && <Finds found={found} around={around} show={show} />}
            {found?.more && (
                <button
                    type="button"
                    class="button-plain"
                    data-testid="search-more"
                    onClick={() => void look(asked, found)}
                >
                    {words.search.more}
                </button>
            )}
        </section>
    );
}

type AskingProps = { ask: (text: string) => void; say: (what: string) => void };

function Asking({ ask, say }: AskingProps) {
    const [query, setQuery] = useState("");
    const wrong = wrongIn(query, QUERY_MAX_CHARS, words.search.missing);
    return (
        <form
            class="search-row"
            role="search"
            onSubmit={(event) => {
                event.preventDefault();
                if (wrong) say(wrong);
                else ask(query.trim());
            }}
        >
            <input
                type="search"
                class="search-text"
                aria-label={words.search.label}
                placeholder={words.search.label}
                value={query}
                data-testid="search-text"
                onInput={(event) => setQuery(event.currentTarget.value)}
            />
            <button type="submit" class="button-main" data-testid="search-go">
                {words.search.go}
            </button>
            <Left text={query} max={QUERY_MAX_CHARS} />
        </form>
    );
}

function Finds({ found, around, show }: Omit<Props, "room"> & { found: Found }) {
    const now = serverNow();
    return (
        <ul class="finds">
            {found.entries.map((entry) => {
                const name = nameOf(entry.author, around, words.room.someone);
                const text = lineOf(entry, around);
                const when = `${dayOf(entry.at, now)}, ${timeOf(entry.at)}`;
                return (
                    <li key={entry.id} data-testid="find">
                        <p class="quiet">
                            {name} · {when}
                        </p>
                        <p>{text}</p>
                        <button
                            type="button"
                            class="button-plain"
                            data-testid="find-show"
                            onClick={() => show(entry.seq)}
                        >
                            {words.search.show}
                        </button>
                    </li>
                );
            })}
        </ul>
    );
}
