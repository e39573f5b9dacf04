// Builds the page and its service worker. No plugin of others: Vite's own compiler knows JSX, and
// each plugin is a tree to look after.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

/** What the page needs to open without a network, besides what is built here. */
const FIXED = ["/app.webmanifest", "/icons/roost.svg", "/icons/192.png"];

/**
 * Tells the page the name of its build, and the worker that name and the files to keep. The name
 * comes from the content of the files, so that the same source is the same build on every machine.
 */
function named(): Plugin {
    return {
        name: "roost-build",
        apply: "build",
        enforce: "post",
        generateBundle(_, bundle) {
            const page = bundle["index.html"];
            const worker = bundle["sw.js"];
            if (page?.type !== "asset" || worker?.type !== "chunk")
                throw new Error("the build lacks its page or its worker");
            if (worker.imports.length > 0) throw new Error("the worker must be one file");
            const files = Object.keys(bundle).filter((name) => name.startsWith("assets/")).sort();
            const hash = createHash("sha256").update(files.join()).update(page.source);
            const build = hash.update(worker.code).digest("hex").slice(0, 16);
            page.source = page.source.toString().replace("%ROOST_BUILD%", build);
            const kept = [...files.map((name) => `/${name}`), ...FIXED];
            worker.code = worker.code
                .replace("__ROOST_BUILD__", JSON.stringify(build))
                .replace("__ROOST_FILES__", JSON.stringify(kept));
        },
    };
}

/** What grows smaller by it; pictures are compressed already. */
const TEXTS = /\.(css|html|js|svg|webmanifest)$/;

/**
 * Writes each text a second and a third time, as small as it gets, so that the server need not
 * compress anything while somebody waits. Nobody but the server knows of these files.
 */
function compressed(): Plugin {
    return {
        name: "roost-compressed",
        apply: "build",
        writeBundle({ dir }) {
            const names = readdirSync(dir!, { recursive: true, encoding: "utf8" });
            for (const file of names.filter((name) => TEXTS.test(name))) {
                const path = join(dir!, file);
                const text = readFileSync(path);
                // Brotli's own default is its best.
                writeFileSync(`${path}.br`, brotliCompressSync(text));
                writeFileSync(`${path}.gz`, gzipSync(text, { level: 9 }));
            }
        },
    };
}

export default defineConfig({
    oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
    plugins: [named(), compressed()],
    build: {
        target: "es2022",
        // The server's policy is `default-src 'self'`: a data: address would be refused.
        assetsInlineLimit: 0,
        // What it would add is a second way of fetching, for browsers that are not served.
        modulePreload: { polyfill: false },
        emptyOutDir: true,
        rolldownOptions: {
            input: { index: "index.html", sw: "src/sw.ts" },
            output: {
                entryFileNames: ({ name }) =>
                    // The address of a worker must stay, or an installed app never finds the next.
                    name === "sw" ? "sw.js" : "assets/[name]-[hash].js",
            },
        },
    },
    server: {
        // `npm run dev` beside a running `roost demo --port 8080`.
        proxy: {
            "/api": "http://127.0.0.1:8080",
            "/ws": { target: "ws://127.0.0.1:8080", ws: true },
        },
    },
    test: { include: ["src/**/*.test.{ts,tsx}"] },
});
