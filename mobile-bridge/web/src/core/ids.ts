// Ids that a phone makes: UUIDv7 (RFC 9562). Uses `getRandomValues` only, which, unlike
// `randomUUID`, also exists on a plain http page on a kitchen network.

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** A fresh UUIDv7 as lower-case text; its first 48 bits are `now_ms`. */
export function newId(now_ms: number): string {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    // 48 bits do not fit a shift of 32-bit integers, so the time goes in by division.
    let rest = Math.floor(now_ms);
    for (let at = 5; at >= 0; at -= 1) {
        bytes[at] = rest % 256;
        rest = Math.floor(rest / 256);
    }
    bytes[6] = 0x70 | (bytes[6]! & 0x0f);
    bytes[8] = 0x80 | (bytes[8]! & 0x3f);
    const hex = Array.from(bytes, (byte) => HEX[byte]).join("");
    return [
        hex.slice(0, 8),
        hex.slice(8, 12),
        hex.slice(12, 16),
        hex.slice(16, 20),
        hex.slice(20),
    ].join("-");
}

/** The moment an id was made at, by the clock of the phone that made it, epoch ms. */
export function madeAt(id: string): number {
    return parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}
