// Who is who, and the screens of whoever looks after a constellation; fetched when one of them is
// opened.

export { Constellation } from "./constellation.tsx";
export { Overview, People } from "./index.tsx";
export { Invite } from "./invite.tsx";
export { Person } from "./person.tsx";
export { Table } from "./table.tsx";
