// Fills a room faster than anybody types: somebody of the demo who talks without a phone.

import { randomUUID } from "node:crypto";

/** Says so many messages in the circle, some at a time; `textOf` has the words of each. */
export async function fill(house, count, textOf) {
    const { access, rooms } = await talkerOf(house, house.persona("satellite", 1).link);
    const circle = rooms.find(({ kind }) => kind === "circle").room;
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

/** Spends a link without a phone: who it was for, access for the HTTP doors, and the rooms. */
export async function talkerOf(house, link) {
    const token = new URL(link).hash.slice(1);
    const body = { token, device: randomUUID(), device_name: "a script" };
    const { access, person } = await ask(house, "/api/enrolments/accept", undefined, body);
    const { rooms } = await ask(house, "/api/me", access);
    return { access, person, rooms };
}

export async function ask(house, path, access, body) {
    const headers = { "content-type": "application/json" };
    if (access) headers.authorization = `Bearer ${access}`;
    const sent = body ? { method: "POST", body: JSON.stringify(body) } : {};
    const answer = await fetch(house.base + path, { headers, ...sent });
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    return answer.status === 204 ? undefined : answer.json();
}
