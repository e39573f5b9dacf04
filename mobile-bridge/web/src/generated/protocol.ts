// Generated from shared/ by `ROOST_BLESS=1 cargo test -p roost-shared`. Not to be edited.

export type PersonId = string;

export type HomeId = string;

export type RoomId = string;

export type EntryId = string;

export type DeviceId = string;

export type Epoch = string;

export type Seq = number;

export type Role = "admin" | "liaison" | "hub" | "satellite" | "young";

export type RoomKind = "circle" | "hub_line" | "liaison_line";

export type View = "full";

export type Listed = { room: RoomId, kind: RoomKind, title: string, 
/**
 * The lowest seq this member may read.
 */
floor: Seq, 
/**
 * The last seq given.
 */
head: Seq, view: View, };

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

export type Refusal = "frame_malformed" | "frame_unknown" | "frame_too_large" | "version_unknown" | "hello_expected" | "hello_late" | "hello_twice" | "text_empty" | "text_too_long" | "text_unprintable" | "name_invalid" | "body_invalid" | "kind_unknown" | "target_unknown" | "id_reused" | "poisonous" | "sign_in_again" | "device_ended" | "enrolment_unusable" | "not_found" | "not_permitted" | "origin_foreign" | "too_many" | "busy" | "store_full" | "store_unavailable" | "slow_reader" | "silent" | "draining";

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
 * Absent when the instance that forwarded it does not know the kind.
 */
body?: unknown, };

export type Message = { 
/**
 * See [`text::check`] for what may stand here.
 */
text: string, };

export type Member = { person: PersonId, change: Change, };

export type Change = "joined" | "left";

export type PersonCard = { person: PersonId, name: string, role: Role, home?: HomeId, 
/**
 * Whether they have left the constellation.
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
 * `to - from + 1` entries, ascending.
 */
entries: Array<Entry>, };

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
epoch?: Epoch, cursors: Record<string, number>, } | { "t": "append", room: RoomId, id: EntryId, kind: string, target?: EntryId, body: unknown, } | { "t": "range", room: RoomId, after?: Seq, before?: Seq, 
/**
 * At most this many entries, 1 to 200; 200 when absent.
 */
limit?: number, } | { "t": "resume", cursors: Record<string, number>, } | { "t": "beat", digest: string, };

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
after_ms: number, } | { "t": "beat", digest: string, } | { "t": "bye", 
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
export const TEXT_MAX_CHARS = 4000;

export const WORDS: Record<Refusal, string> = {
    frame_malformed: "Roost could not read what this phone sent. Updating the app usually helps.",
    frame_unknown: "This phone asked for something Roost does not know. Updating the app usually helps.",
    frame_too_large: "That is too big to send. Please make it shorter.",
    version_unknown: "This version of the app and the server do not understand each other. Please update.",
    hello_expected: "This phone must say who it is before anything else.",
    hello_late: "The connection was too slow to start. Trying again.",
    hello_twice: "This connection has already said who it is.",
    text_empty: "There is nothing to send yet.",
    text_too_long: "That is longer than 4,000 characters. Please send it in parts.",
    text_unprintable: "That has hidden characters in it that cannot be sent. Please type it again.",
    name_invalid: "That name is empty, longer than 60 characters, or has hidden characters in it.",
    body_invalid: "Something in that is missing or not as it should be.",
    kind_unknown: "The server does not know this kind of message yet.",
    target_unknown: "The message this answers is not here.",
    id_reused: "A different message was already sent under this name. Please write it again.",
    poisonous: "This message broke the connection twice, so it is kept here and not sent.",
    sign_in_again: "Please sign in again.",
    device_ended: "This phone has been signed out of Roost.",
    enrolment_unusable: "This link does not work. It may be used, out of date, or for someone else. Ask for a new one.",
    not_found: "There is nothing here.",
    not_permitted: "You cannot do that here.",
    origin_foreign: "This page does not belong to this Roost.",
    too_many: "That was a lot in a short time. Please wait a minute and try again.",
    busy: "Roost is very busy. Your message is kept and goes out in a moment.",
    store_full: "Roost has no room left to save messages. Yours is kept here and will be tried again.",
    store_unavailable: "Roost cannot save messages just now. Yours is kept here and will be tried again.",
    slow_reader: "The connection was too slow to keep up. Coming back from where it stopped.",
    silent: "The connection went quiet. Coming back from where it stopped.",
    draining: "Roost is restarting. Back in a moment.",
};
