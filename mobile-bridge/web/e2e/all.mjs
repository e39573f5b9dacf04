// Every browser script there is. Two at a time, since each spends most of its time waiting; what
// measures comes last and alone, because others beside it would be measured too.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const LANES = [
    "screens access conversation firefox names guess reading young today far payloads slow",
    "people states app fields",
].map((lane) => lane.split(" "));
const ALONE = ["figures", "lighthouse"];

let failed = 0;

async function run(name) {
    const began = Date.now();
    const script = fileURLToPath(new URL(`${name}.mjs`, import.meta.url));
    const child = spawn(process.execPath, [script], { stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    for (const stream of [child.stdout, child.stderr])
        stream.setEncoding("utf8").on("data", (text) => (said += text));
    const [code] = await once(child, "close");
    if (code !== 0) failed += 1;
    // The server's log is worth reading only beside what went wrong.
    const lines = said.split("\n").filter((line) => code !== 0 || !line.startsWith("{"));
    const seconds = Math.round((Date.now() - began) / 1_000);
    console.log(`\n-- ${name}, ${seconds} s\n${lines.join("\n").trim()}`);
}

async function inTurn(names) {
    for (const name of names) await run(name);
}

await Promise.all(LANES.map(inTurn));
await inTurn(ALONE);
process.exitCode = failed > 0 ? 1 : 0;
