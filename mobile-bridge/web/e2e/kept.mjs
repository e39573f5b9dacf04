// What a phone keeps of Roost, looked at from outside the app.

import { until } from "./house.mjs";

/** The worker stands, and has all files. */
export async function installed(page) {
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    await until("the page is the worker's", () =>
        page.evaluate(() => navigator.serviceWorker.controller !== null),
    );
}

/** How many rows there are in one table, or in all. */
export function rowsOf(page, only) {
    return page.evaluate(async (only) => {
        const done = (asking) => new Promise((resolve) => {
            asking.onsuccess = () => resolve(asking.result);
        });
        const db = await done(indexedDB.open("roost"));
        let rows = 0;
        for (const table of only ? [only] : db.objectStoreNames)
            rows += await done(db.transaction(table).objectStore(table).count());
        db.close();
        return rows;
    }, only);
}

/** Which device this is. */
export function deviceOf(page) {
    return page.evaluate(async () => {
        const done = (asking) => new Promise((resolve) => {
            asking.onsuccess = () => resolve(asking.result);
        });
        const db = await done(indexedDB.open("roost"));
        const { device } = await done(db.transaction("facts").objectStore("facts").get("facts"));
        db.close();
        return device;
    });
}

/** Where anything with these words in it stands: the databases, the caches, and the notes. */
export function keepsAnywhere(page, words) {
    return page.evaluate(placesOf, words);
}

/** Runs in the page. */
async function placesOf(words) {
    const done = (asking) => new Promise((resolve) => {
        asking.onsuccess = () => resolve(asking.result);
    });
    const found = [];
    const look = (place, text) => void (text.includes(words) && found.push(place));
    for (const { name } of await indexedDB.databases()) {
        const db = await done(indexedDB.open(name));
        for (const table of db.objectStoreNames) {
            const at = db.transaction(table).objectStore(table);
            const [keys, rows] = await Promise.all([done(at.getAllKeys()), done(at.getAll())]);
            look(`${name}.${table}`, JSON.stringify([keys, rows]));
        }
        db.close();
    }
    for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const asked of await cache.keys()) {
            const answer = await cache.match(asked);
            look(`cache ${asked.url}`, asked.url + (await answer.text()));
        }
    }
    for (const notes of [localStorage, sessionStorage]) look("notes", JSON.stringify(notes));
    return found;
}
