// The digest of PROTOCOL § 5: how phone and server find out, in eight characters, that they
// differ.

const OFFSET_BASIS = 0x811c9dc5;
const PRIME = 0x01000193;

/** 32-bit FNV-1a over `room:seq\n`, rooms ascending, as eight lower-case hex digits. */
export function digest(places: Iterable<readonly [room: string, seq: number]>): string {
    const rows = [...places].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    let hash = OFFSET_BASIS;
    for (const [room, seq] of rows) {
        const row = `${room}:${seq}\n`;
        for (let at = 0; at < row.length; at += 1) {
            // Ids and numbers are ASCII, so a code unit is a byte.
            hash = Math.imul(hash ^ row.charCodeAt(at), PRIME);
        }
    }
    return (hash >>> 0).toString(16).padStart(8, "0");
}
