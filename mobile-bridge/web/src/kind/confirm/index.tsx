// "We have read this": which homes confirmed a message that asks for it, and the button of one's
// own.

import type { CardOf, Confirmed } from "../../generated/protocol.ts";
import { useRoost } from "../../roost.ts";
import { words } from "../../words.ts";
import { askedOf, homeName, nameOf, silent, type Around, type Piece } from "../kind.ts";
import { mayConfirm } from "../may.ts";
import { read } from "./rules.ts";

export const confirm = silent((body) => read(body) && words.confirm.line);

type Props = {
    entry: Piece;
    card: CardOf | undefined;
    around: Around;
    /** A confirmation of mine is on its way. */
    waiting: boolean;
};

export function Confirmations({ entry, card, around, waiting }: Props) {
    const { acts } = useRoost();
    const confirmed = card?.confirmed ?? {};
    const homes = askedOf(
        around.homes.map((each) => each.home),
        around.people,
    );
    const missing = homes.filter((each) => !(each in confirmed));
    const { home, listed } = around;
    const name = (of: string) => homeName(of, around, words.room.someone);
    const done = home !== undefined && home in confirmed;
    const asked = mayConfirm(around) && !done && !waiting && entry.id !== undefined;
    const said = Object.entries(confirmed).map(([of, by]) => homeWords(of, by, card, around));
    return (
        <div class="confirm" data-testid="confirm">
            <p class="confirm-asks">{done ? words.confirm.done : words.confirm.asks}</p>
            {asked && (
                <button
                    type="button"
                    class="button-main"
                    data-testid="confirm-button"
                    onClick={() => acts.send(listed!.room, "confirm", {}, entry.id)}
                >
                    {words.confirm.button}
                </button>
            )}
            {around.homes.length > 0 && (
                <details class="who">
                    <summary>
                        {words.confirm.count(said.length, said.length + missing.length)}
                    </summary>
                    <ul>
                        {said.map((text) => (
                            <li key={text}>{text}</li>
                        ))}
                    </ul>
                    {missing.length > 0 && (
                        <p>{words.confirm.missing(missing.map(name))}</p>
                    )}
                </details>
            )}
        </div>
    );
}

function homeWords(home: string, { by, at }: Confirmed, card: CardOf | undefined, around: Around) {
    const someone = words.room.someone;
    const text = words.confirm.by(homeName(home, around, someone), nameOf(by, around, someone));
    const earlier = card?.edited !== undefined && at < card.edited.at;
    return earlier ? words.confirm.earlier(text) : text;
}
