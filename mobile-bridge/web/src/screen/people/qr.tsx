// A text as a QR code (ISO/IEC 18004), dark on white in both schemes: some cameras read no other.

import { encode } from "uqr";

/** White around it, in modules, as the standard asks for. */
const QUIET = 4;

export function QrCode({ text, label }: { text: string; label: string }) {
    const { size, data } = encode(text, { ecc: "M", border: QUIET });
    return (
        <svg
            class="qr"
            viewBox={`0 0 ${size} ${size}`}
            role="img"
            aria-label={label}
            data-testid="qr"
            // Modules that touch must leave no light between them.
            shape-rendering="crispEdges"
        >
            <path class="qr-dark" d={pathOf(data)} />
        </svg>
    );
}

/** One step right and back for each dark module: a single shape, which scales without seams. */
export function pathOf(data: readonly (readonly boolean[])[]): string {
    return data
        .flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : "")))
        .join("");
}
