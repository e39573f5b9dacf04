// One's own sign-in and settings: phones, the ways over, quiet hours; fetched when one of them is
// opened.

export { UseCode } from "./code.tsx";
export { You } from "./index.tsx";
export { Move } from "./move.tsx";
export { QuietHours } from "./quiet.tsx";
