// The list of rooms: what each is called and what was said there last.

import { serverNow } from "../core/clock.ts";
import type { Shown, Unsent } from "../core/shown.ts";
import type { CardOf, Entry, Listed, Role } from "../generated/protocol.ts";
import { lineOf, standsOf } from "../kind/index.ts";
import { aroundOf, nameOf, type Around } from "../kind/kind.ts";
import { countsUnread, countWords, unreadOf } from "../kind/news.ts";
import { isKept, way } from "../install.ts";
import { go } from "../route.ts";
import { useRoost } from "../roost.ts";
import { words } from "../words.ts";
import { Bell } from "./bell.tsx";
import { Bar, type Tab } from "./page.tsx";
import { ConnectionLine, Heading, Notices, useMinute } from "./parts.tsx";
import { muteOf, useSettings } from "./settings.ts";
import { Tile } from "./tile.tsx";
import { shortOf } from "./times.ts";
import { Overview, Today, useToday } from "./today.tsx";

/**
 * `open` names the room that stands beside the list, or none where another screen does, of `tab`;
 * left out, the list is the screen.
 */
export function Rooms({ open, tab = "rooms" }: { open?: string; tab?: Tab }) {
    const { shown } = useRoost();
    const around = aroundOf(shown);
    const me = shown.me.value ? shown.people.value.get(shown.me.value) : undefined;
    const rooms = shown.rooms.value;
    const settings = useSettings();
    const now = useMinute();
    // Beside a room, the room is what the screen is about.
    const List = open === undefined ? "main" : "nav";
    return (
        <div class="screen">
            <header class="bar bar-rooms">
                <img class="brand-mark" src="/icons/roost.svg" alt="" />
                <div class="bar-text">
                    {open === undefined ? (
                        <Heading>{words.rooms.heading}</Heading>
                    ) : (
                        <h2 class="heading dialog-heading" tabIndex={-1}>
                            {words.rooms.heading}
                        </h2>
                    )}
                    <ConnectionLine />
                </div>
            </header>
            {open === undefined && <Notices />}
            <List class="scroll" aria-label={words.rooms.heading}>
                {open === undefined && <Above />}
                {rooms.length === 0 && <p class="empty">{noRooms(me?.role)}</p>}
                {open === undefined && me?.role === "admin" && <Overview />}
                <ul class="rooms">
                    {rooms.map((room) => (
                        <li key={room.room}>
                            <RoomLink
                                room={room}
                                around={around}
                                open={room.room === open}
                                muted={muteOf(settings, room.room, now) !== undefined}
                            />
                        </li>
                    ))}
                </ul>
                {!isKept(way()) && (
                    <a
                        class="keep-link"
                        href="/install"
                        data-testid="install-link"
                        onClick={(event) => {
                            event.preventDefault();
                            go({ at: "install" });
                        }}
                    >
                        {words.install.link}
                    </a>
                )}
            </List>
            <Bar tab={tab} />
        </div>
    );
}

/** What is on today; where there is nothing, the list is the screen. */
function Above() {
    const today = useToday();
    if (today.length === 0) return null;
    return (
        <>
            <Today today={today} />
            <h2 class="rooms-heading">{words.today.rooms}</h2>
        </>
    );
}

/** Without a `welcome` nobody knows yet whether there are rooms. */
function noRooms(role: Role | undefined): string {
    if (role === undefined) return words.rooms.notYet;
    if (role === "admin") return words.rooms.adminNone;
    return role === "young" ? words.rooms.youngNone : words.rooms.none;
}

type LinkProps = { room: Listed; around: Around; open: boolean; muted: boolean };

function RoomLink({ room, around, open, muted }: LinkProps) {
    const { shown } = useRoost();
    const entries = shown.entries(room.room).value;
    const last = entries.findLast((entry) => standsOf(entry) !== "silent");
    const card = last && shown.cards(room.room).value.get(last.id);
    const { read } = shown.reading(room.room).value;
    const unread = countsUnread(room, around.role) ? unreadOf(entries, read, around.me) : 0;
    const unsent = shown.unsent.value.filter((draft) => draft.room === room.room);
    const to = { at: "room", room: room.room } as const;
    return (
        <a
            class="room-link"
            href={`/#/room/${room.room}`}
            aria-current={open ? "page" : undefined}
            data-testid="room-link"
            data-room-kind={room.kind}
            data-room={room.room}
            onClick={(event) => {
                event.preventDefault();
                go(to);
            }}
        >
            <Tile id={room.room} title={room.title} />
            <span class="room-title">{room.title}</span>
            {last && <time class="room-time">{shortOf(last.at, serverNow())}</time>}
            <span class="room-last">
                {muted && (
                    <span class="room-muted" data-testid="room-muted">
                        <Bell muted />
                        {words.mute.sign}
                    </span>
                )}
                {last ? lastLine(last, card, around) : nothingWords(shown, room)}
            </span>
            {(unread > 0 || unsent.length > 0) && (
                <span class="room-tail">
                    {unsent.length > 0 && <Left unsent={unsent} />}
                    {unread > 0 && <Unread count={countWords(unread)} muted={muted} />}
                </span>
            )}
        </a>
    );
}

/** What of mine has not gone: what waits for the person comes before what waits for signal. */
function Left({ unsent }: { unsent: readonly Unsent[] }) {
    const asking = unsent.filter(({ state }) => state === "asking").length;
    const refused = unsent.some(({ state }) => state === "refused");
    const open = asking > 0 ? words.rooms.asking(asking) : refused && words.rooms.unsent;
    return (
        <span class={open ? "room-unsent problem" : "room-unsent"} data-testid="room-unsent">
            {open || words.rooms.waiting}
        </span>
    );
}

/** In a muted room the count is there and does not call. */
function Unread({ count, muted }: { count: string; muted: boolean }) {
    return (
        <span class={muted ? "room-unread hushed" : "room-unread"} data-testid="unread">
            <span aria-hidden="true">{count}</span>
            <span class="unseen">{words.rooms.fresh(count)}</span>
        </span>
    );
}

/** What was said long ago is not kept on the phone, or is not here yet, but it was said. */
function nothingWords(shown: Shown, room: Listed): string {
    if (shown.awaits(room)) return words.rooms.toCome;
    return shown.lastRead(room.room) > 0 ? words.rooms.nothingLately : words.rooms.nothingYet;
}

function lastLine(last: Entry, card: CardOf | undefined, around: Around): string {
    const line = lineOf(last, around, card);
    // A quiet line ("Jo joined") already names the person.
    if (!last.author || standsOf(last) !== "said") return line;
    const mine = last.author === around.me;
    return `${mine ? words.rooms.you : nameOf(last.author, around, words.room.someone)}: ${line}`;
}
