#!/usr/bin/env node
// Debian's Firefox, as Playwright expects it. Playwright speaks WebDriver BiDi with it, and begins
// with a command that Firefox ESR does not know yet: that one is answered here, and everything else
// goes through. When the next ESR knows it, this file can go and Playwright start Firefox itself.
// Of a download Firefox does not say yet which one it is: its address stands for that.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { WebSocket, WebSocketServer } from "ws";

const FIREFOX = process.env.ROOST_FIREFOX ?? "/usr/bin/firefox-esr";
/** It sets colour schemes, of which the Firefox script needs none. */
const UNKNOWN = "emulation.setMediaFeaturesOverride";
/** What Firefox says when it can be spoken with, and what Playwright waits to read. */
const LISTENING = /(WebDriver BiDi listening on )(ws:\S+)/;

const child = spawn(FIREFOX, process.argv.slice(2), { stdio: ["ignore", "ignore", "pipe"] });
child.on("exit", (code) => process.exit(code ?? 1));
process.on("SIGTERM", () => child.kill());
createInterface({ input: child.stderr }).on("line", async (line) => {
    const [, words, far] = LISTENING.exec(line) ?? [];
    if (far) process.stderr.write(`${words}${await between(far)}\n`);
});

/** Somewhere to speak with what listens at `far`. */
async function between(far) {
    const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
    server.on("connection", async (near, { url }) => {
        const firefox = new WebSocket(far + url);
        const opened = once(firefox, "open");
        near.on("message", async (data) => {
            const { id, method } = JSON.parse(data);
            await opened;
            if (method !== UNKNOWN) firefox.send(`${data}`);
            else near.send(JSON.stringify({ type: "success", id, result: {} }));
        });
        firefox.on("message", (data) => near.send(named(`${data}`)));
        firefox.on("close", () => near.close());
        near.on("close", () => firefox.close());
    });
    await once(server, "listening");
    return `ws://127.0.0.1:${server.address().port}`;
}

/** As Firefox said it; what begins or ends as a download has a name. */
function named(text) {
    if (!text.includes('"browsingContext.download')) return text;
    const { params, ...event } = JSON.parse(text);
    return JSON.stringify({ ...event, params: { ...params, download: params.url } });
}
