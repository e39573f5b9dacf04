// Which way of installing is shown in which browser, by what browsers say of themselves.

import { expect, test } from "vitest";
import { wayOf, type Way } from "./install.ts";

const IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15";
const ANDROID = "Mozilla/5.0 (Linux; Android 15; Pixel 8";
const DROID = "Mozilla/5.0 (Android 15; Mobile";
const MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15";

const TABLE: [what: string, agent: string, way: Way, touches?: number][] = [
    ["Safari", `${IPHONE} (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1`, "iphone"],
    ["Chrome on an iPhone", `${IPHONE} CriOS/130.0 Mobile/15E148 Safari/604.1`, "iphone"],
    ["an app's view on an iPhone", `${IPHONE} (KHTML, like Gecko) Mobile/15E148`, "in_app_iphone"],
    ["Facebook on an iPhone", `${IPHONE} Mobile/15E148 [FBAN/FBIOS;FBAV/480]`, "in_app_iphone"],
    ["Instagram", `${IPHONE} Mobile Safari/604.1 Instagram 350.0`, "in_app_iphone"],
    ["an iPad", `${MAC} (KHTML, like Gecko) Version/18.1 Safari/605.1.15`, "iphone", 5],
    ["a Macintosh", `${MAC} (KHTML, like Gecko) Version/18.1 Safari/605.1.15`, "computer"],
    ["Chrome on Android", `${ANDROID}) Chrome/130.0 Mobile Safari/537.36`, "android"],
    ["Firefox on Android", `${DROID}; rv:140.0) Firefox/140.0`, "android_firefox"],
    ["Samsung", `${ANDROID}) SamsungBrowser/27.0 Chrome/125.0 Safari/537.36`, "android_samsung"],
    ["a view in an Android app", `${ANDROID}; wv) Chrome/130.0 Safari/537.36`, "in_app_android"],
    ["Firefox on a computer", "Mozilla/5.0 (X11; Linux x86_64) Firefox/132.0", "computer"],
];

test.each(TABLE)("%s", (_, agent, way, touches = 0) => {
    const seen = { agent, touches, standalone: false, offered: false, added: false };
    expect(wayOf(seen)).toBe(way);
    const app = { ...seen, standalone: true };
    expect(wayOf(app), "opened as an app").toBe("installed");
    expect(wayOf({ ...app, added: true }), "and added a while ago").toBe("installed");
    expect(wayOf({ ...seen, added: true }), "added from here").toBe("added");
    const offered = way.startsWith("in_app") ? way : "offered";
    expect(wayOf({ ...seen, offered: true })).toBe(offered);
});
