// The digest of PROTOCOL § 5: how phone and server find out, in eight characters, that they
// differ.

const OFFSET_BASIS = 0x811c9dc5;
const PRIME = 0x01000193;

/** Where a room stands: its seq, and the chain of the anchor there, if there is one. */
export type Stand = readonly [room: string, seq: number, chain: string | undefined];

/** The chain of an anchor at this seq; none of an anchor at another one. */
export function chainAt(anchor: string | undefined, seq: number): string | undefined {
    const [at, chain] = anchor?.split(".") ?? [];
    return at === String(seq) ? chain : undefined;
}

/**
 * 32-bit FNV-1a over `room:seq:chain\n`, or `room:seq\n` without an anchor, rooms ascending, as
 * eight lower-case hex digits.
 */
export function digest(stands: Iterable<Stand>): string {
    const rows = [...stands].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    let hash = OFFSET_BASIS;
    for (const [room, seq, chain] of rows) {
        const row = chain === undefined ? `${room}:${seq}\n` : `${room}:${seq}:${chain}\n`;
        for (let at = 0; at < row.length; at += 1) {
            // Ids, numbers and chains are ASCII, so a code unit is a byte.
            hash = Math.imul(hash ^ row.charCodeAt(at), PRIME);
        }
    }
    return (hash >>> 0).toString(16).padStart(8, "0");
}
