// What can be done with one entry: react, reply, edit, pin, take out. Offers only what the server
// would take.

import { useState } from "preact/hooks";
import { copy } from "../copy.ts";
import { serverNow } from "../core/clock.ts";
import { Dialog } from "../dialog.tsx";
import type { CardOf, Entry } from "../generated/protocol.ts";
import { lineOf, textOf } from "../kind/index.ts";
import type { Around } from "../kind/kind.ts";
import { mayEdit, mayPin, mayRemove, mayWrite } from "../kind/may.ts";
import { typed } from "../kind/message/typed.ts";
import { Picker } from "../kind/reaction/index.tsx";
import { useRoost } from "../roost.ts";
import { words } from "../words.ts";
import { ToCopy } from "./fields.tsx";

type Props = {
    entry: Entry;
    card: CardOf | undefined;
    around: Around;
    answer: (entry: Entry) => void;
    /** Its text is where another app can take it up. */
    copied: () => void;
    close: () => void;
};

export function Menu(props: Props) {
    const { entry, card, around, close } = props;
    const [removing, setRemoving] = useState(false);
    const whose = mayRemove(entry, around);
    return (
        <Dialog heading={words.menu.heading} close={close} testId="menu">
            <p class="quote">{lineOf(entry, around, card)}</p>
            {removing && whose ? (
                <Removing {...props} whose={whose} keep={() => setRemoving(false)} />
            ) : (
                <Choices {...props} remove={() => setRemoving(true)} />
            )}
        </Dialog>
    );
}

function Choices(props: Props & { remove: () => void }) {
    const { entry, card, around, answer, copied, close, remove } = props;
    const { acts } = useRoost();
    const room = around.listed!.room;
    const now = serverNow();
    const open = mayWrite(around, now);
    const whose = mayRemove(entry, around);
    const text = textOf(entry, card);
    const pinned = card?.pinned !== undefined;
    const choices: [id: string, label: string, shown: boolean, act: () => void][] = [
        ["reply", words.menu.reply, open, () => answer(entry)],
        [
            "edit",
            words.menu.edit,
            mayEdit(entry, card, around, now),
            () => edit(room, entry, card),
        ],
        [
            "pin",
            pinned ? words.menu.unpin : words.menu.pin,
            open && mayPin(around),
            () => acts.send(room, "pin", { pinned: !pinned }, entry.id),
        ],
    ];
    return (
        <>
            {open && (
                <Picker
                    card={card}
                    around={around}
                    choose={(emoji) => {
                        acts.send(room, "reaction", { emoji }, entry.id);
                        close();
                    }}
                />
            )}
            <ul class="menu">
                {choices
                    .filter(([, , shown]) => shown)
                    .map(([id, label, , act]) => (
                        <Choice
                            key={id}
                            id={id}
                            label={label}
                            act={() => {
                                act();
                                close();
                            }}
                        />
                    ))}
                {text !== undefined && <Copying {...{ text, copied, close }} />}
                {whose && (
                    <Choice
                        id="remove"
                        label={whose === "own" ? words.menu.remove : words.menu.hide}
                        act={remove}
                    />
                )}
                <Choice id="close" label={words.menu.close} act={close} />
            </ul>
        </>
    );
}

function Choice({ id, label, act }: { id: string; label: string; act: () => void }) {
    return (
        <li>
            <button type="button" class="menu-choice" data-testid={`menu-${id}`} onClick={act}>
                {label}
            </button>
        </li>
    );
}

/** Where the browser copies nothing, the person can. */
function Copying({ text, copied, close }: { text: string } & Pick<Props, "copied" | "close">) {
    const [byHand, setByHand] = useState(false);
    const take = async () => {
        if (!(await copy(text))) {
            setByHand(true);
            return;
        }
        copied();
        close();
    };
    if (!byHand) return <Choice id="copy" label={words.menu.copy} act={() => void take()} />;
    return (
        <li>
            <p role="status">{words.copy.byHand}</p>
            <ToCopy label={words.menu.copy} text={text} rows={4} testId="copy-text" />
        </li>
    );
}

function Removing(props: Props & { whose: "own" | "other"; keep: () => void }) {
    const { entry, around, whose, keep, close } = props;
    const { acts } = useRoost();
    const own = whose === "own";
    return (
        <div class="form">
            <p role="alert">{own ? words.menu.removeSure : words.menu.hideSure}</p>
            <div class="form-acts">
                <button
                    type="button"
                    class="button-main"
                    data-testid="remove-yes"
                    onClick={() => {
                        acts.send(around.listed!.room, "redact", {}, entry.id);
                        close();
                    }}
                >
                    {own ? words.menu.removeYes : words.menu.hideYes}
                </button>
                <button type="button" class="button-plain" onClick={keep}>
                    {words.menu.keep}
                </button>
            </div>
        </div>
    );
}

/** The message goes back to where messages are written. */
function edit(room: string, entry: Entry, card: CardOf | undefined): void {
    const now = textOf(entry, card) ?? "";
    typed(room).value = { text: now, answers: undefined, edits: entry, asks: false };
}
