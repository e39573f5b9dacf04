// Fills a room faster than anybody types: somebody of the demo who talks without a phone.

import { randomUUID } from "node:crypto";

/** Says so many messages in the circle, some at a time; `textOf` has the words of each. */
export async function fill(house, count, textOf) {
    const { access, circle } = await talker(house);
    let next = 0;
    const lane = async () => {
        while (next < count) {
            const body = { text: textOf(next++) };
            const draft = { id: randomUUID(), kind: "message", body };
            await ask(house, `/api/rooms/${circle}/entries`, access, draft);
        }
    };
    await Promise.all(Array.from({ length: 64 }, lane));
}

/** Access for the HTTP doors, and the room. */
async function talker(house) {
    const token = new URL(house.persona("satellite", 1).link).hash.slice(1);
    const body = { token, device: randomUUID(), device_name: "a script" };
    const { access } = await ask(house, "/api/enrolments/accept", undefined, body);
    const { rooms } = await ask(house, "/api/me", access);
    return { access, circle: rooms.find(({ kind }) => kind === "circle").room };
}

async function ask(house, path, access, body) {
    const headers = { "content-type": "application/json" };
    if (access) headers.authorization = `Bearer ${access}`;
    const sent = body ? { method: "POST", body: JSON.stringify(body) } : {};
    const answer = await fetch(house.base + path, { headers, ...sent });
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    return answer.json();
}
