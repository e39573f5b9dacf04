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
