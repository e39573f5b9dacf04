// The words above the list of rooms: what is on, and what waits for somebody.

export const today = {
    heading: "Today",
    rooms: "Rooms",
    asks: (name: string) => `${name} asks every home to confirm`,
    mine: "You asked every home to confirm",
    read: "Read it and confirm",
    open: (room: string) => `Open ${room}`,
    home: (said: string) => `Your home: ${said}`,
    unread: "New messages",
    unreadIn: (room: string, count: string) => `${room} · ${count}`,
    unreadMore: (rooms: number) => (rooms === 1 ? "and 1 more room" : `and ${rooms} more rooms`),
    more: (count: number, room: string) => `${count} more in ${room}`,
    peersOpen: (time: string) => `Your room is open until ${time}.`,
    peersOpens: (when: string) => `Your room opens ${when}.`,
} as const;
