// Generated from shared/ by `ROOST_BLESS=1 cargo test -p roost-shared`. Not to be edited.

export type ConstellationId = string;

export type PersonId = string;

export type HomeId = string;

export type RoomId = string;

export type EntryId = string;

export type DeviceId = string;

export type Epoch = string;

export type Seq = number;

export type Role = "admin" | "liaison" | "hub" | "satellite" | "young";

export type RoomKind = "circle" | "hub_line" | "liaison_line" | "peers";

export type View = "full";

export type Mark = { person: PersonId, 
/**
 * A phone of theirs holds everything up to here.
 */
delivered: Seq, 
/**
 * They had everything up to here on an unlocked, visible screen.
 */
read: Seq, };

export type Listed = { room: RoomId, kind: RoomKind, title: string, 
/**
 * The lowest seq this member may read.
 */
floor: Seq, 
/**
 * The last seq given.
 */
head: Seq, view: View, 
/**
 * How far I have read, on any of my phones; does not travel while it is 0.
 */
read?: Seq, 
/**
 * How far each of the others is, in a room that has marks.
 */
marks?: Array<Mark>, };

export type Class = "final" | "later" | "sign_in_again";

export type Told = { 
/**
 * The stable code.
 */
code: string, 
/**
 * What to do about it. A phone that does not know the code goes by this.
 */
class: Class, 
/**
 * Words for the person.
 */
words: string, 
/**
 * Wait this long (ms) before the same is tried again; 0 unless `class` is `later`.
 */
after_ms: number, };

export type Refusal = "frame_malformed" | "frame_unknown" | "frame_too_large" | "version_unknown" | "hello_expected" | "hello_late" | "hello_twice" | "text_empty" | "text_too_long" | "text_unprintable" | "name_invalid" | "body_invalid" | "kind_unknown" | "details_invalid" | "query_invalid" | "quiet_too_short" | "agreement_needed" | "target_unknown" | "target_unfit" | "target_gone" | "too_late" | "nothing_to_change" | "no_places" | "id_reused" | "poisonous" | "sign_in_again" | "device_ended" | "sign_in_copied" | "enrolment_unusable" | "code_invalid" | "not_found" | "not_permitted" | "second_person_needed" | "room_closed" | "room_not_ready" | "origin_foreign" | "too_many" | "busy" | "store_full" | "store_unavailable" | "slow_reader" | "silent" | "draining";

export type Draft = { id: EntryId, 
/**
 * The name of the kind; read it first, then `body` by it.
 */
kind: string, 
/**
 * The entry of the same room that this one answers.
 */
target?: EntryId, body: unknown, };

export type Entry = { 
/**
 * Its place in the room, without holes.
 */
seq: Seq, id: EntryId, kind: string, 
/**
 * Who wrote it; absent when Roost itself did, on behalf of the service.
 */
author?: PersonId, target?: EntryId, 
/**
 * When it was committed, epoch milliseconds; never before the entry below it.
 */
at: number, 
/**
 * Absent when it was removed, or when the instance that forwarded it does not know the kind.
 */
body?: unknown, };

export type Edited = { text: string, 
/**
 * Epoch ms. A confirmation from before it was of earlier words.
 */
at: number, times: number, };

export type Hidden = { by: HiddenBy, 
/**
 * Epoch ms.
 */
at: number, };

export type HiddenBy = "author" | "hub" | "liaison";

export type Pinned = { by: PersonId, 
/**
 * Epoch ms.
 */
at: number, };

export type Confirmed = { by: PersonId, 
/**
 * Epoch ms.
 */
at: number, };

export type Card = { 
/**
 * The last entry folded in; a phone replaces a card only by one with a higher `at_seq`.
 */
at_seq: Seq, 
/**
 * Who reacted with what. Read as any text, so that a phone survives the emoji of a newer
 * build.
 */
reactions?: Record<PersonId, string>, edited?: Edited, 
/**
 * When there, the entry is removed and no other part is.
 */
hidden?: Hidden, pinned?: Pinned, 
/**
 * The homes that confirmed, each by the first of its adults who did.
 */
confirmed?: Record<HomeId, Confirmed>, 
/**
 * The part of the entry's own kind: of a `gathering`, a [`crate::tally::GatheringState`].
 */
state?: unknown, };

export type CardOf = { target: EntryId, 
/**
 * The place of the target.
 */
seq: Seq, 
/**
 * The last entry folded in; a phone replaces a card only by one with a higher `at_seq`.
 */
at_seq: Seq, 
/**
 * Who reacted with what. Read as any text, so that a phone survives the emoji of a newer
 * build.
 */
reactions?: Record<PersonId, string>, edited?: Edited, 
/**
 * When there, the entry is removed and no other part is.
 */
hidden?: Hidden, pinned?: Pinned, 
/**
 * The homes that confirmed, each by the first of its adults who did.
 */
confirmed?: Record<HomeId, Confirmed>, 
/**
 * The part of the entry's own kind: of a `gathering`, a [`crate::tally::GatheringState`].
 */
state?: unknown, };

export type Message = { 
/**
 * See [`text::check`] for what may stand here.
 */
text: string, 
/**
 * Every home is asked to `confirm` that it has read this.
 */
please_confirm?: boolean, };

export type Emoji = (typeof EMOJI)[number];

export type Reaction = { 
/**
 * `null` takes mine back; it must be said, a body without it is not a reaction.
 */
emoji: Emoji | null, };

export type Edit = { 
/**
 * What stands there from now on; see [`text::check`].
 */
text: string, };

export type Redact = Record<string, never>;

export type Pin = { pinned: boolean, };

export type Confirm = Record<string, never>;

export type GatheringType = "meet_up" | "support_group" | "training" | "planning" | "childrens_activity";

export type GatheringDetails = { title: string, type: GatheringType, 
/**
 * Epoch ms.
 */
starts_at: number, 
/**
 * Epoch ms, after `starts_at`.
 */
ends_at: number, place?: string, note?: string, 
/**
 * How many heads fit; absent: as many as come.
 */
places?: number, };

export type GatheringStatus = "open" | "cancelled";

export type Answer = "going" | "maybe" | "not_going";

export type HomeAnswer = { answer: Answer, 
/**
 * How many of them; 0 when not going.
 */
heads: number, by: PersonId, 
/**
 * Epoch ms.
 */
at: number, 
/**
 * Given for another time or place: still counted, and asked to be confirmed again.
 */
stale: boolean, };

export type GatheringState = { details: GatheringDetails, 
/**
 * How often it was changed or called off; `SEQUENCE` in a calendar (RFC 5545).
 */
revision: number, status: GatheringStatus, 
/**
 * Why it was called off, if that was said.
 */
reason?: string, answers: Record<HomeId, HomeAnswer>, going_heads: number, maybe_heads: number, homes_going: number, homes_not: number, };

export type GatheringCancelled = { reason?: string, };

export type GatheringChanged = Record<string, never>;

export type Gathering = { "details": GatheringDetails } | { "cancelled": GatheringCancelled } | { "changed": GatheringChanged };

export type Rsvp = { answer: Answer, 
/**
 * How many of the home, 1 to 20; absent or 0 when not going.
 */
heads?: number, 
/**
 * The home it is for, when it is not the author's own.
 */
home?: HomeId, };

export type Question = { 
/**
 * One line, 1 to 200 characters.
 */
question: string, 
/**
 * 2 to 8 lines of 1 to 80 characters, no two alike.
 */
options: Array<string>, };

export type Choice = { 
/**
 * Its place among the options, from 0; absent to take an answer back.
 */
option?: number, };

export type PollClosed = Record<string, never>;

export type Poll = { "ask": Question } | { "choose": Choice } | { "close": PollClosed };

export type PollState = { poll: Question, 
/**
 * Who chose which option.
 */
choices: Record<PersonId, number>, closed: boolean, };

export type Member = { person: PersonId, change: Change, };

export type Change = "joined" | "left";

export type ConstellationCard = { constellation: ConstellationId, name: string, 
/**
 * What I am there.
 */
role: Role, rooms: Array<RoomId>, people: Array<PersonId>, homes: Array<HomeId>, };

export type PersonCard = { person: PersonId, name: string, role: Role, home?: HomeId, 
/**
 * Whether they have left; of several constellations, all of them.
 */
left?: boolean, };

export type HomeCard = { home: HomeId, name: string, hub: boolean, };

export type Page = { room: RoomId, 
/**
 * The first seq it covers.
 */
from: Seq, 
/**
 * The last seq it covers; `from - 1` when there was nothing to read.
 */
to: Seq, 
/**
 * The room's head when it was read.
 */
head: Seq, 
/**
 * What the room's history up to `to` is known by: `seq.chain.seal`. The phone keeps it as it
 * came. Absent from a page without entries, and where the history is older than anchors.
 */
anchor?: string, 
/**
 * `to - from + 1` entries, ascending.
 */
entries: Array<Entry>, 
/**
 * As they are now: the cards of these entries, and of those that these entries changed.
 */
cards?: Array<CardOf>, };

export type Welcome = { v: number, epoch: Epoch, 
/**
 * The server's clock, epoch ms.
 */
now: number, 
/**
 * A `beat` comes this often, ms.
 */
beat_ms: number, 
/**
 * Give up on the connection after this much silence, ms.
 */
silence_ms: number, 
/**
 * After a lost connection wait this long before the first try, ms; drawn for this phone.
 */
retry_ms: number, me: PersonId, 
/**
 * The constellations I am of: one, but for a liaison worker.
 */
constellations: Array<ConstellationCard>, 
/**
 * My rooms. A room that is not listed is wiped from the phone.
 */
rooms: Array<Listed>, 
/**
 * Everyone whose name may stand beside an entry or in a list.
 */
people: Array<PersonCard>, homes: Array<HomeCard>, };

export type ClientFrame = { "t": "hello", v: number, 
/**
 * An access token. It travels nowhere else.
 */
token: string, 
/**
 * The epoch the cursors belong to; cursors of another epoch count as 0.
 */
epoch?: Epoch, cursors: Record<string, number>, 
/**
 * Of each room the anchor of the last page that held its newest entry here.
 */
anchors?: { [key in string]: string }, } | { "t": "append", room: RoomId, id: EntryId, kind: string, target?: EntryId, body: unknown, } | { "t": "range", room: RoomId, after?: Seq, before?: Seq, 
/**
 * At most this many entries, 1 to 200; 200 when absent.
 */
limit?: number, } | { "t": "resume", cursors: Record<string, number>, 
/**
 * As in `hello`.
 */
anchors?: { [key in string]: string }, } | { "t": "mark", room: RoomId, read: Seq, } | { "t": "typing", room: RoomId, } | { "t": "beat", digest: string, };

export type ServerFrame = { "t": "welcome" } & Welcome | { "t": "page" } & Page | { "t": "ack", room: RoomId, id: EntryId, seq: Seq, at: number, } | { "t": "refused", room?: RoomId, id?: EntryId, 
/**
 * The stable code.
 */
code: string, 
/**
 * What to do about it. A phone that does not know the code goes by this.
 */
class: Class, 
/**
 * Words for the person.
 */
words: string, 
/**
 * Wait this long (ms) before the same is tried again; 0 unless `class` is `later`.
 */
after_ms: number, } | { "t": "marks", room: RoomId, marks: Array<Mark>, } | { "t": "typing", room: RoomId, person: PersonId, } | { "t": "beat", digest: string, } | { "t": "bye", 
/**
 * Come back after this long, ms; spread by the server so that phones do not return at
 * once.
 */
retry_ms: number, 
/**
 * The stable code.
 */
code: string, 
/**
 * What to do about it. A phone that does not know the code goes by this.
 */
class: Class, 
/**
 * Words for the person.
 */
words: string, 
/**
 * Wait this long (ms) before the same is tried again; 0 unless `class` is `later`.
 */
after_ms: number, };

export const VERSION = 1;
export const FRAME_MAX_BYTES = 65536;
export const PAGE_MAX_ENTRIES = 200;
export const TYPING_EVERY_MS = 3000;
export const TYPING_SHOWN_MS = 6000;
export const MARKS_EVERY_MS = 1000;
export const TEXT_MAX_CHARS = 4000;
export const QUERY_MAX_CHARS = 100;
export const EDIT_MS = 900000;
export const REVISIONS_MAX = 20;
export const TITLE_MAX_CHARS = 80;
export const PLACE_MAX_CHARS = 120;
export const NOTE_MAX_CHARS = 1000;
export const REASON_MAX_CHARS = 300;
export const GATHERING_MAX_MS = 2678400000;
export const GATHERING_AHEAD_MS = 63244800000;
export const PLACES_MAX = 500;
export const HEADS_MAX = 20;
export const QUESTION_MAX_CHARS = 200;
export const OPTIONS_MIN = 2;
export const OPTIONS_MAX = 8;
export const OPTION_MAX_CHARS = 80;
export const PEERS_WEEKDAY = { opens: 930, closes: 1230 };
export const PEERS_WEEKEND = { opens: 600, closes: 1230 };
export const EMOJI = ["👍","❤️","😂","😮","😢","🙏","🎉"] as const;

export const WORDS: Record<Refusal, string> = {
    frame_malformed: "Roost could not read what was sent from here. Updating the app usually helps.",
    frame_unknown: "Something was asked for that Roost does not know. Updating the app usually helps.",
    frame_too_large: "That is too big to send. Please make it shorter.",
    version_unknown: "This version of the app and the server do not understand each other. Please update.",
    hello_expected: "Whoever connects must say who they are before anything else.",
    hello_late: "The connection was too slow to start. Trying again.",
    hello_twice: "This connection has already said who it is.",
    text_empty: "There is nothing to send yet.",
    text_too_long: "That is longer than 4,000 characters. Please send it in parts.",
    text_unprintable: "That has hidden characters in it that cannot be sent. Please type it again.",
    name_invalid: "That name is empty, longer than 60 characters, or has hidden characters in it.",
    body_invalid: "Something in that is missing or not as it should be.",
    kind_unknown: "The server does not know this kind of message yet.",
    details_invalid: "Something in there is empty, too long, or already past. Please look through it again.",
    query_invalid: "Please search for a word or two, up to 100 characters.",
    quiet_too_short: "Your quiet hours can be longer, but from eight in the evening until eight in the morning it is always quiet.",
    agreement_needed: "A young person can be invited once the agreement for them is recorded.",
    target_unknown: "The message this answers is not here.",
    target_unfit: "That cannot be done with this one.",
    target_gone: "This has been removed or called off in the meantime.",
    too_late: "It is too late to change this now.",
    nothing_to_change: "It is like that already, so there was nothing to change.",
    no_places: "There are not enough places left for that many people.",
    id_reused: "A different message was already sent under this name. Please write it again.",
    poisonous: "This message broke the connection twice, so it is kept here and not sent.",
    sign_in_again: "Please sign in again.",
    device_ended: "You have been signed out of Roost here.",
    sign_in_copied: "This sign-in was used from two places, so Roost has ended it in both. If that was not you, somebody may have read what was kept here: tell your liaison worker.",
    enrolment_unusable: "This link does not work. It may be used, out of date, or for someone else. Ask for a new one.",
    code_invalid: "This code does not work. It may be mistyped, used already, or too old. Ask for a new one.",
    not_found: "There is nothing here.",
    not_permitted: "You cannot do that here.",
    second_person_needed: "Somebody else has to agree first.",
    room_closed: "This room is open from half past three until half past eight, and from ten in the morning at weekends. Your words are kept here.",
    room_not_ready: "The young people's room opens when somebody is in place to look after it.",
    origin_foreign: "This page does not belong to this Roost.",
    too_many: "That was a lot in a short time. Please wait a minute and try again.",
    busy: "Roost is very busy. Your message is kept and goes out in a moment.",
    store_full: "Roost has no room left to save messages. Yours is kept here and will be tried again.",
    store_unavailable: "Roost cannot save messages just now. Yours is kept here and will be tried again.",
    slow_reader: "The connection was too slow to keep up. Coming back from where it stopped.",
    silent: "The connection went quiet. Coming back from where it stopped.",
    draining: "Roost is restarting. Back in a moment.",
};
