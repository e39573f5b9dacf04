// One's own sign-in: phones, and the ways over; fetched when one of them is opened.

export { UseCode } from "./code.tsx";
export { You } from "./index.tsx";
export { Move } from "./move.tsx";
