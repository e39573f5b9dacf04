// Today: what is on and what waits for the person, above the list of rooms. Where there is nothing,
// there is nothing.

import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";
import type { Hours } from "../kind/hours.ts";
import { aroundOf, homeName, nameOf } from "../kind/kind.ts";
import { countWords } from "../kind/news.ts";
import { whenWords } from "../kind/gathering/when.ts";
import { read } from "../kind/message/rules.ts";
import { Answering } from "../kind/rsvp/composer.tsx";
import type { Listed } from "../generated/protocol.ts";
import { useRoost } from "../roost.ts";
import {
    todayOf,
    type Asked,
    type Gathering,
    type Item,
    type Notice,
    type Unread,
} from "../today.ts";
import { words } from "../words.ts";
import { constellationWords } from "../words/say.ts";
import { useKeptFocus } from "./focus.ts";
import { within } from "./later.tsx";
import { Link } from "./page.tsx";
import { useMinute } from "./parts.tsx";
import { hourWords, opensWords } from "./peers.tsx";
import { muteOf } from "./settings.ts";
import { dateOf } from "./times.ts";

/** A longer notice is read in its room before anybody says that they have read it. */
const READ_HERE_CHARS = 400;
/** So many rooms with news are named. */
const NAMED_MAX = 3;

/** The day of an admin, who is in no room: how each constellation stands. */
export const Overview = within(() => import("./people/desk.ts").then((it) => it.Overview));

/** What there is today, as the phone knows it now. */
export function useToday() {
    const { shown } = useRoost();
    const now_ms = useMinute();
    const { me, home, people } = aroundOf(shown);
    const settings = shown.settings.value?.told;
    const places = shown.constellations.value.map((card) => {
        const rooms = shown.rooms.value.filter(({ room }) => card.rooms.includes(room));
        const held = rooms.map((listed) => ({
            listed,
            entries: shown.entries(listed.room).value,
            cards: shown.cards(listed.room).value,
            read: shown.reading(listed.room).value.read,
            muted: muteOf(settings, listed.room, now_ms) !== undefined,
        }));
        return { card, rooms: held };
    });
    return todayOf({ me, home, people, places, unsent: shown.unsent.value, now_ms });
}

export function Today({ today }: { today: ReturnType<typeof useToday> }) {
    const now = useMinute();
    const place = useRef<HTMLElement>(null);
    const heading = useRef<HTMLHeadingElement>(null);
    useKeptFocus(place, heading);
    return (
        <section class="today" aria-labelledby="today" data-testid="today" ref={place}>
            <h2 class="today-heading" id="today" tabIndex={-1} ref={heading}>
                {words.today.heading} <span class="today-date">{dateOf(now)}</span>
            </h2>
            <p class="unseen" role="status" data-testid="today-said">
                {saidLast(today)}
            </p>
            {today.map(({ constellation, name, items }) => (
                <div key={constellation} class="today-place">
                    {today.length > 1 && <h3 class="today-name">{constellationWords(name)}</h3>}
                    {items.map((item) => (
                        <One key={keyOf(item)} item={item} />
                    ))}
                </div>
            ))}
        </section>
    );
}

/** What the person said last and is on its way, for ears: told once, when it is said. */
function saidLast(today: ReturnType<typeof useToday>): string {
    const waiting = today
        .flatMap(({ items }) => items)
        .flatMap((item) => (item.is === "notice" || item.is === "gathering" ? [item] : []))
        .filter(({ draft }) => draft && draft.state !== "refused")
        .sort((a, b) => b.draft!.made_at - a.draft!.made_at);
    const [last] = waiting;
    if (!last) return "";
    const said = words.acts.waiting[last.draft!.kind] ?? "";
    return last.is === "gathering" ? `${last.state.details.title}: ${said}` : said;
}

function keyOf(item: Item): string {
    switch (item.is) {
        case "notice":
            return item.entry.id;
        case "gathering":
            return item.id;
        case "more":
            return `more ${item.room.room}`;
        default:
            return item.is;
    }
}

function One({ item }: { item: Item }) {
    switch (item.is) {
        case "notice":
            return <NoticeCard {...item} />;
        case "gathering":
            return <GatheringCard {...item} />;
        case "more":
            return (
                <RoomLink room={item.room}>
                    {words.today.more(item.count, item.room.title)}
                </RoomLink>
            );
        case "unread":
            return <News rooms={item.rooms} />;
        case "hours":
            return <p data-testid="today-hours">{hoursWords(item.hours)}</p>;
    }
}

function hoursWords(hours: Hours): string {
    return hours.open
        ? words.today.peersOpen(hourWords(hours.closes))
        : words.today.peersOpens(opensWords(hours));
}

function NoticeCard(props: Notice) {
    const { room, entry, asked } = props;
    const { acts, shown } = useRoost();
    const around = aroundOf(shown, room.room);
    const edited = shown.cards(room.room).value.get(entry.id)?.edited?.text;
    const text = edited ?? read(entry.body)?.text ?? "";
    const short = text.length <= READ_HERE_CHARS;
    const name = nameOf(entry.author, around, words.room.someone);
    const mine = entry.author === around.me;
    return (
        <article class="today-card" data-testid="today-notice">
            <p class="gathering-type">{mine ? words.today.mine : words.today.asks(name)}</p>
            <p class={short ? "message-text" : "message-text cut"}>{text}</p>
            <Said {...props} kind="confirm" />
            {asked && open(props) && short && (
                <button
                    type="button"
                    class="button-main"
                    data-testid="today-confirm"
                    onClick={() => acts.send(room.room, "confirm", {}, entry.id)}
                >
                    {words.confirm.button}
                </button>
            )}
            <Missing {...props} say={words.confirm.missing} />
            <RoomLink room={room} entry={entry.seq}>
                {asked && !short ? words.today.read : words.today.open(room.title)}
            </RoomLink>
        </article>
    );
}

function GatheringCard(props: Gathering) {
    const { room, id, seq, state, asked } = props;
    const { shown } = useRoost();
    const around = aroundOf(shown, room.room);
    const { home } = around;
    const { title, place, starts_at, ends_at } = state.details;
    const given = home === undefined ? undefined : state.answers[home];
    const said = given && words.rsvp.line(words.rsvp.answers[given.answer], given.heads);
    return (
        <article class="today-card" data-testid="today-gathering">
            <p class="gathering-type">{whenWords(starts_at, ends_at)}</p>
            <p class="gathering-title message-text">{title}</p>
            {place && <p class="message-text">{place}</p>}
            <Said {...props} kind="rsvp" />
            {asked && home && open(props) && (
                <Answering gathering={id} home={home} given={given} around={around} />
            )}
            {said && !asked && <p class="quiet">{words.today.home(said)}</p>}
            <Missing {...props} say={words.gathering.waiting} />
            <RoomLink room={room} entry={seq}>
                {words.today.open(room.title)}
            </RoomLink>
        </article>
    );
}

/** Whether it is still to be said: nothing is on its way. */
function open({ draft }: Asked): boolean {
    return draft === undefined || draft.state === "refused";
}

/** What became of what I said: on its way, or not taken and why. */
function Said({ draft, kind }: Asked & { kind: "confirm" | "rsvp" }) {
    if (!draft) return null;
    if (draft.state !== "refused") return <p>{words.acts.waiting[kind]}</p>;
    return (
        <p class="problem" role="alert">
            {words.acts.refused[kind]} {draft.words}
        </p>
    );
}

type MissingProps = Asked & { say: (names: readonly string[]) => string };

function Missing({ room, missing, say }: MissingProps) {
    const { shown } = useRoost();
    if (missing.length === 0) return null;
    const around = aroundOf(shown, room.room);
    const names = missing.map((home) => homeName(home, around, words.room.someone));
    return (
        <p class="quiet" data-testid="today-missing">
            {say(names)}
        </p>
    );
}

function News({ rooms }: { rooms: readonly Unread[] }) {
    const more = rooms.length - NAMED_MAX;
    return (
        <div class="today-news" data-testid="today-news">
            <p class="gathering-type">{words.today.unread}</p>
            <div class="today-rooms">
                {rooms.slice(0, NAMED_MAX).map(({ room, count }) => (
                    <RoomLink key={room.room} room={room}>
                        {words.today.unreadIn(room.title, countWords(count))}
                    </RoomLink>
                ))}
                {more > 0 && <p class="quiet">{words.today.unreadMore(more)}</p>}
            </div>
        </div>
    );
}

type RoomLinkProps = {
    room: Listed;
    /** The place in the room that it is about. */
    entry?: number;
    children: ComponentChildren;
};

function RoomLink({ room: { room }, entry, children }: RoomLinkProps) {
    const to = { at: "room", room, ...(entry === undefined ? {} : { entry }) } as const;
    return (
        <Link class="today-link" testId="today-room" to={to}>
            {children}
        </Link>
    );
}
