// The service worker: keeps the files of one build, so that Roost opens without a network, and
// hands over to the next build. It holds nothing that people wrote, and never touches the API.

/** Put in by the build: its name, and its files by their addresses. */
declare const __ROOST_BUILD__: string;
declare const __ROOST_FILES__: readonly string[];

const worker = self as unknown as ServiceWorkerGlobalScope;
const BUILD = __ROOST_BUILD__;
const FILES = __ROOST_FILES__;
const PREFIX = "roost-";
const CACHE = PREFIX + BUILD;
const PAGE = "/";

worker.addEventListener("install", (event) => event.waitUntil(keepAll()));
worker.addEventListener("activate", (event) => event.waitUntil(takeOver()));
worker.addEventListener("fetch", (event) => {
    const { method, url, mode } = event.request;
    const { origin, pathname } = new URL(url);
    if (method !== "GET" || origin !== worker.location.origin) return;
    if (mode === "navigate") {
        if (isPage(pathname)) event.respondWith(kept(PAGE, event.request));
    } else if (FILES.includes(pathname)) {
        event.respondWith(kept(pathname, event.request));
    }
    // Everything else goes to the network as if nobody stood here: the API, and `sw.js` itself.
});

/** All files of this build or none: half a page is worse than the old one. */
async function keepAll(): Promise<void> {
    const page = await fresh(PAGE);
    // While a server is being renewed, the page and the worker may come from different builds.
    const text = await page.clone().text();
    if (!text.includes(BUILD)) throw new Error("the page is of another build");
    const cache = await caches.open(CACHE);
    const files = await Promise.all(FILES.map(fresh));
    await Promise.all(FILES.map((file, at) => cache.put(file, files[at]!)));
    await cache.put(PAGE, page);
    // Waiting until the last page is closed would strand an app that is never closed. A page that
    // is open changes to this build when nobody looks, or as soon as it opens a screen that it has
    // not fetched: those of its own build are gone.
    await worker.skipWaiting();
}

async function fresh(path: string): Promise<Response> {
    const response = await fetch(path, { cache: "no-cache" });
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
    return response;
}

async function takeOver(): Promise<void> {
    const names = await caches.keys();
    const old = names.filter((name) => name.startsWith(PREFIX) && name !== CACHE);
    await Promise.all(old.map((name) => caches.delete(name)));
    await worker.clients.claim();
}

/** From what is kept; from the network when the phone threw that away. */
async function kept(path: string, request: Request): Promise<Response> {
    const cache = await caches.open(CACHE);
    return (await cache.match(path)) ?? fetch(request);
}

/** Whether an address is one of the app's own screens. */
function isPage(path: string): boolean {
    return !path.startsWith("/api/") && !/\.\w+$/.test(path) && !/^\/(health|ready)z$/.test(path);
}
